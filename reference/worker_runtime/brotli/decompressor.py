"""A decoder with the members of zlib's: it gives no more than it is asked for.

RFC 7932, 10: https://www.rfc-editor.org/rfc/rfc7932#section-10
"""

from __future__ import annotations

from .decoder import decode


class Decompressor:
    """Decodes a stream. It keeps what it was given, so `unconsumed_tail` is always empty.

    https://www.rfc-editor.org/rfc/rfc7932#section-1.4
    """

    __slots__ = ("_input", "_is_over", "_output", "_stream", "_wants_input", "unused_data")

    unconsumed_tail = b""

    def __init__(self) -> None:
        self._stream = decode()
        self._wants_input = not next(self._stream)
        self._input = b""
        self._output = b""  # what was decoded, and is more than was asked for
        self._is_over = False
        self.unused_data = b""  # what stood behind the end

    @property
    def eof(self) -> bool:
        """Whether the end has been reached, and all output has been given."""
        return self._is_over and not self._output

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """The next output: `max_length` bytes, or less if there is no more yet. BrotliFailure if
        the data is wrong.
        """
        self._input += data
        output = bytearray(self._output)
        while (
            len(output) < max_length
            and not self._is_over
            and (self._input or not self._wants_input)
        ):
            try:
                if self._wants_input:
                    input, self._input = self._input, b""
                    piece = self._stream.send(input)
                else:
                    piece = next(self._stream)
            except StopIteration as end:
                self._is_over = True
                self._input = end.value + self._input
            else:
                output += piece
                self._wants_input = not piece
        if self._is_over:
            self.unused_data += self._input
            self._input = b""
        self._output = bytes(output[max_length:])
        return bytes(output[:max_length])
