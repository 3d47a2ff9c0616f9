"""TextEncoder, and what it shares with TextEncoderStream.

Encoding Standard, 7.3 and 7.4: https://encoding.spec.whatwg.org/#interface-textencoder
"""

from __future__ import annotations

from typing import NamedTuple

from ..webidl.type_mapping import to_usv_string
from .hooks import utf_8_encode


class TextEncoderCommon:
    """The attribute of TextEncoder and TextEncoderStream.

    https://encoding.spec.whatwg.org/#textencodercommon
    """

    __slots__ = ()

    @property
    def encoding(self) -> str:
        """https://encoding.spec.whatwg.org/#dom-textencoder-encoding"""
        return "utf-8"


class TextEncoderEncodeIntoResult(NamedTuple):
    """How many UTF-16 code units were read, and how many bytes were written.

    https://encoding.spec.whatwg.org/#dictdef-textencoderencodeintoresult
    """

    read: int
    written: int


class TextEncoder(TextEncoderCommon):
    """Turns strings into UTF-8.

    https://encoding.spec.whatwg.org/#textencoder
    """

    __slots__ = ()

    def encode(self, input: str = "") -> bytes:
        """https://encoding.spec.whatwg.org/#dom-textencoder-encode"""
        return utf_8_encode(to_usv_string(input))

    def encodeInto(
        self, source: str, destination: bytearray | memoryview
    ) -> TextEncoderEncodeIntoResult:
        """Write as much as the destination, a writable buffer, has room for; a code point is
        written whole or not at all.

        https://encoding.spec.whatwg.org/#dom-textencoder-encodeinto
        """
        source = to_usv_string(source)
        try:
            view = memoryview(destination)
        except ValueError:  # it has been released, as a detached buffer, which has no room
            return TextEncoderEncodeIntoResult(0, 0)
        with view, view.cast("B") as room:
            if room.readonly:
                raise TypeError(
                    f"Expected a buffer that can be written to, not {type(destination).__name__}"
                )
            # OPTIMIZATION: all at once. No code point needs less than a byte, so what cannot fit is
            # not even encoded.
            bytes = utf_8_encode(source[: len(room)])
            written = min(len(bytes), len(room))
            # in the middle of a code point
            while written < len(bytes) and bytes[written] & 0xC0 == 0x80:
                written -= 1
            room[:written] = bytes[:written]
        read = len(bytes[:written].decode("utf-8").encode("utf-16-le")) // 2
        return TextEncoderEncodeIntoResult(read, written)
