"""Encoding Standard, 8.1."""

from __future__ import annotations

import pytest

from spec_tests.encoding.chunks import borders_that_matter, decode_byte_by_byte, mixtures
from worker_runtime import TextDecoder
from worker_runtime.encoding.encoders_and_decoders import (
    CONTINUE,
    ERROR,
    FINISHED,
    Decoder,
    ErrorMode,
    Result,
    process_a_queue,
)
from worker_runtime.encoding.hooks import encode
from worker_runtime.encoding.names_and_labels import UTF_8
from worker_runtime.encoding.terminology import END_OF_QUEUE, EndOfQueue, IOQueue

spec = pytest.mark.spec

# Whole code points at the ends of their ranges, and bytes that begin, continue and break them.
PIECES = [
    *(character.encode() for character in
    "\x00\x7f\x80\u07ff\u0800\ud7ff\ue000\ufeff\uffff\U00010000\U0010ffff"), *(bytes([byte]) for
    byte in (0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
    0xEC)), *(bytes([byte]) for byte in (0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF)),
    b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe0\x9f", b"\xf0\x8f", b"\xf0\x9f\x92",
]  # fmt: skip


class HandlerOfTheStandard(Decoder):
    """The steps of the UTF-8 decoder's handler, as they are written."""

    def __init__(self) -> None:
        self.code_point = self.bytes_seen = self.bytes_needed = 0
        self.lower_boundary, self.upper_boundary = 0x80, 0xBF

    def handler(
        self, io_queue: IOQueue[bytes], byte: int | EndOfQueue, mode: ErrorMode
    ) -> Result[str]:
        if byte is END_OF_QUEUE and self.bytes_needed != 0:
            self.bytes_needed = 0
            return ERROR
        if byte is END_OF_QUEUE:
            return FINISHED
        if self.bytes_needed == 0:
            if byte <= 0x7F:
                return chr(byte)
            if 0xC2 <= byte <= 0xDF:
                self.bytes_needed = 1
                self.code_point = byte & 0x1F
            elif 0xE0 <= byte <= 0xEF:
                if byte == 0xE0:
                    self.lower_boundary = 0xA0
                if byte == 0xED:
                    self.upper_boundary = 0x9F
                self.bytes_needed = 2
                self.code_point = byte & 0xF
            elif 0xF0 <= byte <= 0xF4:
                if byte == 0xF0:
                    self.lower_boundary = 0x90
                if byte == 0xF4:
                    self.upper_boundary = 0x8F
                self.bytes_needed = 3
                self.code_point = byte & 0x7
            else:
                return ERROR
            return CONTINUE
        if not self.lower_boundary <= byte <= self.upper_boundary:
            self.code_point = self.bytes_needed = self.bytes_seen = 0
            self.lower_boundary, self.upper_boundary = 0x80, 0xBF
            io_queue.restore(bytes([byte]))
            return ERROR
        self.lower_boundary, self.upper_boundary = 0x80, 0xBF
        self.code_point = (self.code_point << 6) | (byte & 0x3F)
        self.bytes_seen += 1
        if self.bytes_seen != self.bytes_needed:
            return CONTINUE
        code_point = self.code_point
        self.code_point = self.bytes_needed = self.bytes_seen = 0
        return chr(code_point)


def decode_as_the_standard_says(input: bytes) -> str:
    output: list[str] = []
    process_a_queue(HandlerOfTheStandard(), IOQueue(input), output, "replacement")
    return "".join(output)


@spec("https://encoding.spec.whatwg.org/#utf-8-decoder")
class TestUTF8Decoder:
    def test_every_scalar_value_decodes_to_itself(self) -> None:
        text = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000, 7)]))
        assert TextDecoder(ignoreBOM=True).decode(text.encode()) == text

    def test_two_bytes_are_what_the_standard_says(self) -> None:
        for first in range(0x80, 0x100):
            for second in (
                0x00,
                0x7F,
                0x80,
                0x8F,
                0x90,
                0x9F,
                0xA0,
                0xBF,
                0xC0,
                0xC2,
                0xE0,
                0xED,
                0xF0,
                0xF4,
                0xFF,
            ):
                input = bytes([first, second])
                assert decode_byte_by_byte("utf-8", input) == decode_as_the_standard_says(input), (
                    input
                )

    def test_mixtures_are_what_the_standard_says_wherever_they_are_cut(self) -> None:
        for input in mixtures(PIECES, 1000):
            assert decode_byte_by_byte("utf-8", input) == decode_as_the_standard_says(input), input
            assert borders_that_matter("utf-8", input) == [], input

    @pytest.mark.parametrize(
        "input", [b"\xed\xa0", b"\xed\xbf", b"\xf4\x90", b"\xe0\x80", b"\xc0"], ids=ascii
    )
    def test_an_error_does_not_wait_for_more_bytes(self, input: bytes) -> None:
        assert TextDecoder().decode(input, stream=True) == "\ufffd" * len(input)

    @pytest.mark.parametrize("cut", [1, 2, 3])
    def test_a_code_point_waits_until_it_is_complete(self, cut: int) -> None:
        decoder, bytes = TextDecoder(), "\U0001f4a9".encode()
        assert decoder.decode(bytes[:cut], stream=True) == ""
        assert decoder.decode(bytes[cut:], stream=True) == "\U0001f4a9"

    def test_a_fatal_error_is_at_the_byte_where_the_standard_sees_it(self) -> None:
        for input in mixtures(PIECES, 300):
            results = []
            for decoder in (HandlerOfTheStandard(), UTF_8.decoder()):
                io_queue = IOQueue(input)
                results.append(
                    [
                        process_a_queue(decoder, io_queue, [], "fatal") is FINISHED
                        for _ in range(len(input) + 1)
                    ]
                )
            assert results[0] == results[1], input


@spec("https://encoding.spec.whatwg.org/#utf-8-encoder")
class TestUTF8Encoder:
    @pytest.mark.parametrize(
        "code_point, bytes",
        [
            (0x00, b"\x00"), (0x7F, b"\x7f"), (0x80, b"\xc2\x80"), (0x7FF, b"\xdf\xbf"),
            (0x800, b"\xe0\xa0\x80"), (0xFFFF, b"\xef\xbf\xbf"), (0x10000, b"\xf0\x90\x80\x80"),
            (0x10FFFF, b"\xf4\x8f\xbf\xbf"),
        ],
    )  # fmt: skip
    def test_has_one_to_four_bytes_a_code_point(self, code_point: int, bytes: bytes) -> None:
        assert encode(chr(code_point), UTF_8) == bytes

    def test_is_the_inverse_of_the_decoder(self) -> None:
        text = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000, 7)]))
        assert decode_as_the_standard_says(encode(text[::11], UTF_8)) == text[::11]
