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
        super().__init__(utf_8_decode)

    def _cannot_be_completed(self, bytes_seen: bytes) -> bool:
        """The codec waits for the third byte of a surrogate, since an error handler may want it:
        the second is an error.
        """
        return len(bytes_seen) == 2 and bytes_seen[0] == 0xED and bytes_seen[1] > 0x9F


class UTF8Encoder(Encoder):
    """https://encoding.spec.whatwg.org/#utf-8-encoder"""

    __slots__ = ()

    def handler(
        self, io_queue: IOQueue[str], code_point: int | EndOfQueue, mode: ErrorMode
    ) -> Result[bytes]:
        """Encode all that the queue has."""
        if code_point is END_OF_QUEUE:
            return FINISHED
        # OPTIMIZATION: Python's codec is this encoder.
        return io_queue.read_run().encode("utf-8")
