"""Decompression contexts: a format is undone in small steps.

Compression Standard, 5: https://compression.spec.whatwg.org/#decompressionstream-context

A few bytes can mean gigabytes, or long work without any output. So a step does a bounded amount of
work, and a context holds no more than its window, one piece of input and one of output.
"""

from __future__ import annotations

import zlib
from collections.abc import Generator
from typing import TypeAlias

OUTPUT_LENGTH = 256 * 1024  # bytes that come out of zlib at once
# bytes that go into a decoder at once: what it does not consume is copied each time
INPUT_LENGTH = 16 * 1024

# It yields output, or no bytes if it wants input, which is sent to it, or None if it has done much
# work without output. It returns what stands behind the end of the data.
Decoding: TypeAlias = Generator[bytes | None, bytes, bytes]

# How zlib is told of a format: the size of the window, with a sign or 16 for what is around the
# data.
WBITS: dict[str, int] = {
    "deflate": zlib.MAX_WBITS,
    "deflate-raw": -zlib.MAX_WBITS,
    "gzip": zlib.MAX_WBITS + 16,
}


class DecompressionContext:
    """Compressed data: `receive` some, then take `step()` after `step()`.

    https://compression.spec.whatwg.org/#decompressionstream-context
    """

    __slots__ = (
        "_decoding", "_format", "_input", "_position", "_wants_input", "is_at_the_end",
        "steps_in_a_turn",
    )  # fmt: skip

    def __init__(self, format: str) -> None:
        """The format is a CompressionFormat, or "zstd"."""
        self._format = format
        self._input = b""
        self._position = 0  # what is before it has been decoded
        # how many steps may be taken before other tasks have their turn
        self.steps_in_a_turn = 16 if format in WBITS else 2
        self.begin()

    def begin(self) -> None:
        """Decode what is unused as a stream of its own."""
        self._decoding = decoding(self._format)
        next(self._decoding)
        self._wants_input = True
        self.is_at_the_end = False

    @property
    def unused_data(self) -> memoryview:
        """What has not been decoded; at the end, what stands behind it."""
        return memoryview(self._input)[self._position :]

    def receive(self, data: bytes) -> None:
        """Take in more data. The steps before this one have to be done."""
        self._input = self._input[self._position :] + data
        self._position = 0

    def step(self) -> bytes | None:
        """Some output, or no bytes after work that gave none; None if input is needed, or at the
        end. ValueError or zlib.error if the data is wrong.
        """
        piece: bytes | None = b""
        while piece == b"":
            try:
                if not self._wants_input:
                    piece = next(self._decoding)
                elif self._position < len(self._input) and not self.is_at_the_end:
                    input = self._input[self._position : self._position + INPUT_LENGTH]
                    self._position += len(input)
                    piece = self._decoding.send(input)
                else:
                    return None
            except StopIteration as end:
                self._position -= len(end.value)
                self._wants_input = self.is_at_the_end = True
                return None
            self._wants_input = piece == b""
        return piece or b""


def decoding(format: str) -> Decoding:
    """What undoes a format; it is loaded when it is first needed.

    Part of https://compression.spec.whatwg.org/#decompress-and-enqueue-a-chunk
    """
    if format == "brotli":
        from ..brotli.decoder import decode

        return decode()
    if format == "zstd":
        from ..zstandard.frames import frame

        return frame()
    return inflate(WBITS[format])


def inflate(wbits: int) -> Decoding:
    """https://www.rfc-editor.org/rfc/rfc1951#section-3.2.3"""
    context = zlib.decompressobj(wbits=wbits)
    while not context.eof:
        input = yield b""
        is_full = True
        while is_full and not context.eof:
            piece = context.decompress(input, OUTPUT_LENGTH)
            yield piece or None
            is_full = len(piece) == OUTPUT_LENGTH
            input = context.unconsumed_tail
    return context.unused_data
