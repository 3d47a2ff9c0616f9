"""Legacy miscellaneous encodings: replacement, UTF-16BE, UTF-16LE and x-user-defined.

Encoding Standard, 14: https://encoding.spec.whatwg.org/#legacy-miscellaneous-encodings
"""

from __future__ import annotations

from codecs import charmap_decode, utf_16_be_decode, utf_16_le_decode

from .encoders_and_decoders import ERROR, FINISHED, Decoder, Encoder, Error, ErrorMode, Result
from .implementation_considerations import CodecDecoder
from .terminology import END_OF_QUEUE, EndOfQueue, IOQueue


class ReplacementDecoder(Decoder):
    """https://encoding.spec.whatwg.org/#replacement-decoder"""

    __slots__ = ("_replacement_error_returned",)

    def __init__(self) -> None:
        self._replacement_error_returned = False

    def handler(
        self, unused: IOQueue[bytes], byte: int | EndOfQueue, mode: ErrorMode
    ) -> Result[str]:
        """An error, and then the end, whatever the bytes are."""
        if byte is END_OF_QUEUE:
            return FINISHED
        if not self._replacement_error_returned:
            self._replacement_error_returned = True
            return ERROR
        return FINISHED


class SharedUTF16Decoder(CodecDecoder):
    """https://encoding.spec.whatwg.org/#shared-utf-16-decoder"""

    __slots__ = ()

    def __init__(self, is_utf_16be_decoder: bool = False) -> None:
        super().__init__(utf_16_be_decode if is_utf_16be_decoder else utf_16_le_decode)


class XUserDefinedDecoder(CodecDecoder):
    """https://encoding.spec.whatwg.org/#x-user-defined-decoder"""

    __slots__ = ()

    def __init__(self) -> None:
        decoding_table = "".join(map(chr, [*range(0x80), *range(0xF780, 0xF800)]))
        super().__init__(
            lambda input, errors, is_last: charmap_decode(input, errors, decoding_table)
        )


class XUserDefinedEncoder(Encoder):
    """https://encoding.spec.whatwg.org/#x-user-defined-encoder"""

    __slots__ = ()

    def handler(
        self, unused: IOQueue[str], code_point: int | EndOfQueue, mode: ErrorMode
    ) -> Result[bytes]:
        """Encode a code point."""
        if code_point is END_OF_QUEUE:
            return FINISHED
        if code_point <= 0x7F:
            return bytes((code_point,))
        if 0xF780 <= code_point <= 0xF7FF:
            return bytes((code_point - 0xF780 + 0x80,))
        return Error.with_code_point(code_point)
