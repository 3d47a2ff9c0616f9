"""Legacy multi-byte Korean encodings: EUC-KR.

Encoding Standard, 13: https://encoding.spec.whatwg.org/#legacy-multi-byte-korean-encodings
"""

from __future__ import annotations

from .encoders_and_decoders import (
    CONTINUE,
    ERROR,
    FINISHED,
    Decoder,
    Encoder,
    Error,
    ErrorMode,
    Result,
)
from .implementation_considerations import CleanRuns
from .indexes import index_euc_kr
from .terminology import END_OF_QUEUE, EndOfQueue, IOQueue


class EUCKRDecoder(Decoder):
    """https://encoding.spec.whatwg.org/#euc-kr-decoder"""

    __slots__ = ("_clean_runs", "_leading")

    def __init__(self) -> None:
        self._leading = 0x00
        self._clean_runs = CleanRuns("cp949")

    def handler(
        self, io_queue: IOQueue[bytes], byte: int | EndOfQueue, mode: ErrorMode
    ) -> Result[str]:
        """Decode a byte, or a run of code points."""
        leading = self._leading
        if byte is END_OF_QUEUE:
            self._leading = 0x00
            return ERROR if leading else FINISHED
        if leading:
            self._leading = 0x00
            code_point = None
            if 0x41 <= byte <= 0xFE:
                code_point = index_euc_kr().code_point((leading - 0x81) * 190 + (byte - 0x41))
            if code_point is not None:
                return code_point
            if byte <= 0x7F:
                io_queue.restore(bytes((byte,)))
            return ERROR
        # OPTIMIZATION: a codec decodes what it can.
        if run := self._clean_runs.read(io_queue):
            return run
        if byte <= 0x7F:
            return chr(byte)
        if 0x81 <= byte <= 0xFE:
            self._leading = byte
            return CONTINUE
        return ERROR


class EUCKREncoder(Encoder):
    """https://encoding.spec.whatwg.org/#euc-kr-encoder"""

    __slots__ = ()

    def handler(
        self, unused: IOQueue[str], code_point: int | EndOfQueue, mode: ErrorMode
    ) -> Result[bytes]:
        """Encode a code point."""
        if code_point is END_OF_QUEUE:
            return FINISHED
        if code_point <= 0x7F:
            return bytes((code_point,))
        pointer = index_euc_kr().pointer(code_point)
        if pointer is None:
            return Error.with_code_point(code_point)
        return bytes((pointer // 190 + 0x81, pointer % 190 + 0x41))
