"""Encoding Standard, 9."""

from __future__ import annotations

import pytest

from spec_tests.encoding.chunks import borders_that_matter
from worker_runtime import TextDecoder
from worker_runtime.encoding.encoders_and_decoders import Encoding
from worker_runtime.encoding.hooks import encode
from worker_runtime.encoding.indexes import index_single_byte
from worker_runtime.encoding.names_and_labels import ENCODINGS

spec = pytest.mark.spec

SINGLE_BYTE = ENCODINGS[1:29]
each_encoding = pytest.mark.parametrize("encoding", SINGLE_BYTE, ids=lambda encoding: encoding.name)


def code_points_of(encoding: Encoding) -> list[str | None]:
    name = encoding.name.lower().removesuffix("-i")  # ISO-8859-8 and ISO-8859-8-I share their index
    return [*map(chr, range(0x80)), *index_single_byte(name).code_points]


@spec("https://encoding.spec.whatwg.org/#single-byte-decoder")
class TestSingleByteDecoder:
    def test_there_are_28_such_encodings(self) -> None:
        assert (len(SINGLE_BYTE), SINGLE_BYTE[0].name, SINGLE_BYTE[-1].name) == (
            28,
            "IBM866",
            "x-mac-cyrillic",
        )

    @each_encoding
    def test_a_byte_is_the_code_point_of_the_index_or_an_error(self, encoding: Encoding) -> None:
        expected = "".join(code_point or "\ufffd" for code_point in code_points_of(encoding))
        assert TextDecoder(encoding.name).decode(bytes(range(0x100))) == expected

    @each_encoding
    def test_errors_are_fatal_one_by_one(self, encoding: Encoding) -> None:
        decoder = TextDecoder(encoding.name, fatal=True)
        for byte, code_point in enumerate(code_points_of(encoding)):
            if code_point is None:
                with pytest.raises(TypeError, match=encoding.name):
                    decoder.decode(bytes([byte]))
            else:
                assert decoder.decode(bytes([byte])) == code_point

    def test_it_does_not_matter_where_the_input_is_cut(self) -> None:
        assert borders_that_matter("windows-1253", bytes(range(0x60, 0x100))) == []

    def test_after_a_fatal_error_the_next_call_begins_behind_it(self) -> None:
        decoder = TextDecoder("windows-1253", fatal=True)
        with pytest.raises(TypeError):
            decoder.decode(b"ab\xd2cd\xaaef", stream=True)
        with pytest.raises(TypeError):
            decoder.decode(b"gh", stream=True)
        assert decoder.decode(b"ij") == "efghij"


@spec("https://encoding.spec.whatwg.org/#single-byte-encoder")
class TestSingleByteEncoder:
    @each_encoding
    def test_is_the_inverse_of_the_decoder(self, encoding: Encoding) -> None:
        code_points = code_points_of(encoding)
        text = "".join(code_point for code_point in code_points if code_point)
        assert encode(text, encoding) == bytes(
            byte for byte, code_point in enumerate(code_points) if code_point
        )

    @each_encoding
    def test_what_is_not_in_the_index_is_an_error(self, encoding: Encoding) -> None:
        assert encode("a\u4e00\U0001f4a9\ufffd", encoding) == b"a&#19968;&#128169;&#65533;"
