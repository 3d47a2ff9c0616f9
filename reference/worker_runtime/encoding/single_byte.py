"""Legacy single-byte encodings.

Encoding Standard, 9: https://encoding.spec.whatwg.org/#legacy-single-byte-encodings
"""

from __future__ import annotations

from codecs import charmap_decode
from functools import cache

from .encoders_and_decoders import FINISHED, Encoder, Error, ErrorMode, Result
from .implementation_considerations import CodecDecoder
from .indexes import index_single_byte
from .terminology import END_OF_QUEUE, EndOfQueue, IOQueue


class SingleByteDecoder(CodecDecoder):
    """The decoder of an encoding whose index has the lowercase name given.

    https://encoding.spec.whatwg.org/#single-byte-decoder
    """

    __slots__ = ()

    def __init__(self, index: str) -> None:
        decoding_table = _decoding_table(index)
        super().__init__(
            lambda input, errors, is_last: charmap_decode(input, errors, decoding_table)
        )


@cache
def _decoding_table(index: str) -> str:
    """The code point of each byte, as the charmap codec wants it: U+FFFE is an error."""
    ascii = "".join(map(chr, range(0x80)))
    return ascii + "".join(
        code_point or "\ufffe" for code_point in index_single_byte(index).code_points
    )


class SingleByteEncoder(Encoder):
    """The encoder of an encoding whose index has the lowercase name given.

    https://encoding.spec.whatwg.org/#single-byte-encoder
    """

    __slots__ = ("_index",)

    def __init__(self, index: str) -> None:
        self._index = index_single_byte(index)

    def handler(
        self, unused: IOQueue[str], code_point: int | EndOfQueue, mode: ErrorMode
    ) -> Result[bytes]:
        """Encode a code point."""
        if code_point is END_OF_QUEUE:
            return FINISHED
        if code_point <= 0x7F:
            return bytes((code_point,))
        pointer = self._index.pointer(code_point)
        if pointer is None:
            return Error.with_code_point(code_point)
        return bytes((pointer + 0x80,))
