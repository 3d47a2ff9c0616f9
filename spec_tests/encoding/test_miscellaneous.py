"""Encoding Standard, 14."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.encoding.chunks import borders_that_matter, decode_byte_by_byte, mixtures
from worker_runtime import TextDecoder
from worker_runtime.encoding.encoders_and_decoders import (
    CONTINUE,
    ERROR,
    FINISHED,
    Decoder,
    Error,
    ErrorMode,
    Result,
    process_a_queue,
)
from worker_runtime.encoding.hooks import encode
from worker_runtime.encoding.names_and_labels import (
    REPLACEMENT,
    UTF_16BE,
    UTF_16LE,
    get_an_encoding,
)
from worker_runtime.encoding.terminology import END_OF_QUEUE, EndOfQueue, IOQueue

spec = pytest.mark.spec

# Code units, whole and in halves: a letter, the ends of the surrogates' ranges, their neighbours.
PIECES = [
    b"\x00",
    b"\x61",
    b"\xd8",
    b"\xdc",
    b"\x00\x61",
    b"\x61\x00",
    b"\x00\xd8",
    b"\xd8\x00",
    b"\xff\xdb",
    b"\xdb\xff",
]
PIECES += [
    b"\x00\xdc",
    b"\xdc\x00",
    b"\xff\xdf",
    b"\xdf\xff",
    b"\xff\xd7",
    b"\xd7\xff",
    b"\x00\xe0",
    b"\xe0\x00",
    b"\xfe\xff",
]


class HandlerOfTheStandard(Decoder):
    """The steps of the shared UTF-16 decoder's handler, as they are written."""

    def __init__(self, is_utf_16be_decoder: bool) -> None:
        self.leading_byte: int | None = None
        self.leading_surrogate: int | None = None
        self.is_utf_16be_decoder = is_utf_16be_decoder

    def handler(
        self, io_queue: IOQueue[bytes], byte: int | EndOfQueue, mode: ErrorMode
    ) -> Result[str]:
        if byte is END_OF_QUEUE and (
            self.leading_byte is not None or self.leading_surrogate is not None
        ):
            self.leading_byte = self.leading_surrogate = None
            return ERROR
        if byte is END_OF_QUEUE:
            return FINISHED
        if self.leading_byte is None:
            self.leading_byte = byte
            return CONTINUE
        code_unit = (
            (self.leading_byte << 8) + byte
            if self.is_utf_16be_decoder
            else (byte << 8) + self.leading_byte
        )
        self.leading_byte = None
        if self.leading_surrogate is not None:
            leading_surrogate = self.leading_surrogate
            self.leading_surrogate = None
            if 0xDC00 <= code_unit <= 0xDFFF:
                return chr(0x10000 + ((leading_surrogate - 0xD800) << 10) + (code_unit - 0xDC00))
            io_queue.restore(code_unit.to_bytes(2, "big" if self.is_utf_16be_decoder else "little"))
            return ERROR
        if 0xD800 <= code_unit <= 0xDBFF:
            self.leading_surrogate = code_unit
            return CONTINUE
        if 0xDC00 <= code_unit <= 0xDFFF:
            return ERROR
        return chr(code_unit)


def decode_as_the_standard_says(input: bytes, is_utf_16be_decoder: bool) -> str:
    output: list[str] = []
    process_a_queue(
        HandlerOfTheStandard(is_utf_16be_decoder), IOQueue(input), output, "replacement"
    )
    return "".join(output)


@spec("https://encoding.spec.whatwg.org/#replacement-decoder")
class TestReplacementDecoder:
    @pytest.mark.parametrize(
        "input, output", [(b"", ""), (b"a", "\ufffd"), (b"<script>" * 9, "\ufffd")]
    )
    def test_is_one_error_for_any_bytes(self, input: bytes, output: str) -> None:
        items: list[str] = []
        assert (
            process_a_queue(REPLACEMENT.decoder(), IOQueue(input), items, "replacement") is FINISHED
        )
        assert "".join(items) == output

    def test_the_error_may_be_fatal(self) -> None:
        assert isinstance(process_a_queue(REPLACEMENT.decoder(), IOQueue(b"a"), [], "fatal"), Error)


@spec("https://encoding.spec.whatwg.org/#shared-utf-16-decoder")
class TestSharedUTF16Decoder:
    @pytest.mark.parametrize(
        "is_utf_16be_decoder, label", [(True, "utf-16be"), (False, "utf-16le")]
    )
    def test_mixtures_are_what_the_standard_says_wherever_they_are_cut(
        self, is_utf_16be_decoder: bool, label: str
    ) -> None:
        for input in mixtures(PIECES, 1000):
            assert decode_byte_by_byte(label, input) == decode_as_the_standard_says(
                input, is_utf_16be_decoder
            ), input
            assert borders_that_matter(label, input) == [], input

    @pytest.mark.parametrize("encoding", [UTF_16BE, UTF_16LE], ids=lambda encoding: encoding.name)
    def test_a_fatal_error_is_where_the_standard_sees_it(self, encoding: Any) -> None:
        for input in mixtures(PIECES, 300):
            results = []
            for decoder in (HandlerOfTheStandard(encoding is UTF_16BE), encoding.decoder()):
                io_queue = IOQueue(input)
                results.append(
                    [
                        process_a_queue(decoder, io_queue, [], "fatal") is FINISHED
                        for _ in range(len(input) + 1)
                    ]
                )
            assert results[0] == results[1], input

    def test_the_official_vectors_pass(self, wpt_data: Callable[[str], Any]) -> None:
        for vector in wpt_data("encoding/textdecoder-utf16-surrogates.json")["data"]["bad"]:
            input = bytes(vector["input"])
            assert TextDecoder(vector["encoding"]).decode(input) == vector["expected"]
            with pytest.raises(TypeError):
                TextDecoder(vector["encoding"], fatal=True).decode(input)


@spec("https://encoding.spec.whatwg.org/#x-user-defined-decoder")
class TestXUserDefinedDecoder:
    def test_the_upper_half_is_in_the_private_use_area(self) -> None:
        expected = "".join(map(chr, [*range(0x80), *range(0xF780, 0xF800)]))
        assert TextDecoder("x-user-defined", fatal=True).decode(bytes(range(0x100))) == expected


@spec("https://encoding.spec.whatwg.org/#x-user-defined-encoder")
class TestXUserDefinedEncoder:
    def test_is_the_inverse_of_the_decoder(self) -> None:
        encoding = get_an_encoding("x-user-defined")
        assert encoding is not None
        assert encode(TextDecoder("x-user-defined").decode(bytes(range(0x100))), encoding) == bytes(
            range(0x100)
        )
        assert encode("\x80\uf77f\uf800", encoding) == b"&#128;&#63359;&#63488;"
