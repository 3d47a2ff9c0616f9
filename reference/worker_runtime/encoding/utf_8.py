"""UTF-8.

Encoding Standard, 8.1: https://encoding.spec.whatwg.org/#utf-8
"""

from __future__ import annotations

from codecs import utf_8_decode

from .encoders_and_decoders import FINISHED, Encoder, ErrorMode, Result
from .implementation_considerations import CodecDecoder
from .terminology import END_OF_QUEUE, EndOfQueue, IOQueue


class UTF8Decoder(CodecDecoder):
    """https://encoding.spec.whatwg.org/#utf-8-decoder"""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(_codec)


def _codec(input: bytes, errors: str, is_last: bool) -> tuple[str, int]:
    code_points, length = utf_8_decode(input, errors, is_last)
    if len(input) - length == 2 and input[length] == 0xED and input[length + 1] > 0x9F:
        # Python waits for the third byte of a surrogate, since an error handler may want it. Here the second is an error.
        return utf_8_decode(input, errors, True)
    return code_points, length


class UTF8Encoder(Encoder):
    """https://encoding.spec.whatwg.org/#utf-8-encoder"""

    __slots__ = ()

    def handler(self, io_queue: IOQueue[str], code_point: int | EndOfQueue, mode: ErrorMode) -> Result[bytes]:
        """Encode all that the queue has."""
        if code_point is END_OF_QUEUE:
            return FINISHED
        # OPTIMIZATION: Python's codec is this encoder.
        return io_queue.read_run().encode("utf-8")
