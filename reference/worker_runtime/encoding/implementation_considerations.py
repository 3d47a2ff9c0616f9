"""Implementation considerations: decoders that let Python's codecs do their work.

Encoding Standard: https://encoding.spec.whatwg.org/#implementation-considerations
"""

from __future__ import annotations

from collections.abc import Callable

from .encoders_and_decoders import ERROR, FINISHED, Decoder, ErrorMode, Result
from .terminology import END_OF_QUEUE, EndOfQueue, IOQueue


class CodecDecoder(Decoder):
    """A decoder that is a codec of Python to the letter.

    The codec is a function such as `codecs.utf_8_decode`: it takes bytes, how to handle errors, and whether the bytes are the
    last, and returns the code points and the number of bytes that it has used.

    https://encoding.spec.whatwg.org/#implementation-considerations
    """

    # The bytes of a code point that is not complete: all the state that the standard's handlers keep in several variables.
    __slots__ = ("_bytes_seen", "_codec")

    def __init__(self, codec: Callable[[bytes, str, bool], tuple[str, int]]) -> None:
        self._codec = codec
        self._bytes_seen = b""

    def handler(self, io_queue: IOQueue[bytes], byte: int | EndOfQueue, mode: ErrorMode) -> Result[str]:
        """Decode all that the queue has."""
        if byte is END_OF_QUEUE:
            if not self._bytes_seen:
                return FINISHED
            self._bytes_seen = b""
            return ERROR
        bytes = self._bytes_seen + io_queue.read_run()
        try:
            code_points, length = self._codec(bytes, "replace" if mode == "replacement" else "strict", False)
        except UnicodeDecodeError as error:
            io_queue.restore(bytes[error.end :])
            self._bytes_seen = b""
            return ERROR
        self._bytes_seen = bytes[length:]
        return code_points
