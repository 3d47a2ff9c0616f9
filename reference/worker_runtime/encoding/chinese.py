"""Legacy multi-byte Chinese encodings: GBK and gb18030 (simplified), Big5 (traditional).

Encoding Standard, 10: https://encoding.spec.whatwg.org/#gbk and 11:
https://encoding.spec.whatwg.org/#big5
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
from .indexes import (
    index_big5,
    index_big5_pointer,
    index_gb18030,
    index_gb18030_ranges_code_point,
    index_gb18030_ranges_pointer,
)
from .terminology import END_OF_QUEUE, EndOfQueue, IOQueue

# ---- simplified: GBK and gb18030 -----------------------------------------------------------------


class GB18030Decoder(Decoder):
    """The decoder of gb18030, and of GBK.

    https://encoding.spec.whatwg.org/#gb18030-decoder
    """

    __slots__ = ("_clean_runs", "_clean_runs_of_gbk", "_first", "_second", "_third")

    # What Python's codec has where the standard follows GB18030-2022, and what the standard has
    # there.
    DIFFERENCES = {
        "\ue5e5": "\u3000", "\ue7c7": "\u1e3f", "\u1e3f": "\ue7c7", "\ue78d": "\ufe10", "\ue78e":
        "\ufe12", "\ue78f": "\ufe11", "\ue790": "\ufe13", "\ue791": "\ufe14", "\ue792": "\ufe15",
        "\ue793": "\ufe16", "\ue794": "\ufe17", "\ue795": "\ufe18", "\ue796": "\ufe19", "\ue81e":
        "\u9fb4", "\ue826": "\u9fb5", "\ue82b": "\u9fb6", "\ue82c": "\u9fb7", "\ue832": "\u9fb8",
        "\ue843": "\u9fb9", "\ue854": "\u9fba", "\ue864": "\u9fbb",
    }  # fmt: skip

    def __init__(self) -> None:
        self._first = self._second = self._third = 0x00
        self._clean_runs_of_gbk = CleanRuns("gbk")  # faster, and enough for most text
        self._clean_runs = CleanRuns("gb18030", self.DIFFERENCES)

    def handler(
        self, io_queue: IOQueue[bytes], byte: int | EndOfQueue, mode: ErrorMode
    ) -> Result[str]:
        """Decode a byte, or a run of code points."""
        first, second, third = self._first, self._second, self._third
        if byte is END_OF_QUEUE:
            self._first = self._second = self._third = 0x00
            # the second and third are never there without the first
            return ERROR if first else FINISHED
        if third:
            self._first = self._second = self._third = 0x00
            if not 0x30 <= byte <= 0x39:
                io_queue.restore(bytes((second, third, byte)))
                return ERROR
            pointer = (
                (first - 0x81) * (10 * 126 * 10)
                + (second - 0x30) * (10 * 126)
                + (third - 0x81) * 10
                + byte
                - 0x30
            )
            return index_gb18030_ranges_code_point(pointer) or ERROR
        if second:
            if 0x81 <= byte <= 0xFE:
                self._third = byte
                return CONTINUE
            io_queue.restore(bytes((second, byte)))
            self._first = self._second = 0x00
            return ERROR
        if first:
            if 0x30 <= byte <= 0x39:
                self._second = byte
                return CONTINUE
            self._first = 0x00
            code_point = None
            if 0x40 <= byte <= 0x7E or 0x80 <= byte <= 0xFE:
                offset = 0x40 if byte < 0x7F else 0x41
                code_point = index_gb18030().code_point((first - 0x81) * 190 + (byte - offset))
            if code_point is not None:
                return code_point
            if byte <= 0x7F:
                io_queue.restore(bytes((byte,)))
            return ERROR
        # OPTIMIZATION: codecs decode what they can.
        if run := self._clean_runs_of_gbk.read(io_queue) or self._clean_runs.read(io_queue):
            return run
        if byte <= 0x7F:
            return chr(byte)
        if byte == 0x80:
            return "\u20ac"
        if 0x81 <= byte <= 0xFE:
            self._first = byte
            return CONTINUE
        return ERROR


class GB18030Encoder(Encoder):
    """The encoder of gb18030, or of GBK.

    https://encoding.spec.whatwg.org/#gb18030-encoder
    """

    __slots__ = ("_is_gbk",)

    # The code points of GB18030-2005 that GB18030-2022 has elsewhere.
    TABLE = {
        0xE78D: b"\xa6\xd9", 0xE78E: b"\xa6\xda", 0xE78F: b"\xa6\xdb", 0xE790: b"\xa6\xdc", 0xE791:
        b"\xa6\xdd", 0xE792: b"\xa6\xde", 0xE793: b"\xa6\xdf", 0xE794: b"\xa6\xec", 0xE795:
        b"\xa6\xed", 0xE796: b"\xa6\xf3", 0xE81E: b"\xfe\x59", 0xE826: b"\xfe\x61", 0xE82B:
        b"\xfe\x66", 0xE82C: b"\xfe\x67", 0xE832: b"\xfe\x6d", 0xE843: b"\xfe\x7e", 0xE854:
        b"\xfe\x90", 0xE864: b"\xfe\xa0",
    }  # fmt: skip

    def __init__(self, is_gbk: bool = False) -> None:
        self._is_gbk = is_gbk

    def handler(
        self, unused: IOQueue[str], code_point: int | EndOfQueue, mode: ErrorMode
    ) -> Result[bytes]:
        """Encode a code point."""
        if code_point is END_OF_QUEUE:
            return FINISHED
        if code_point <= 0x7F:
            return bytes((code_point,))
        if code_point == 0xE5E5:
            return Error.with_code_point(code_point)
        if self._is_gbk and code_point == 0x20AC:
            return b"\x80"
        if code_point in self.TABLE:
            return self.TABLE[code_point]
        pointer = index_gb18030().pointer(code_point)
        if pointer is not None:
            leading, trailing = pointer // 190 + 0x81, pointer % 190
            return bytes((leading, trailing + (0x40 if trailing < 0x3F else 0x41)))
        if self._is_gbk:
            return Error.with_code_point(code_point)
        pointer = index_gb18030_ranges_pointer(code_point)
        byte1, pointer = divmod(pointer, 10 * 126 * 10)
        byte2, pointer = divmod(pointer, 10 * 126)
        byte3, byte4 = divmod(pointer, 10)
        return bytes((byte1 + 0x81, byte2 + 0x30, byte3 + 0x81, byte4 + 0x30))


# ---- traditional: Big5 ---------------------------------------------------------------------------


class Big5Decoder(Decoder):
    """https://encoding.spec.whatwg.org/#big5-decoder"""

    __slots__ = ("_clean_runs", "_leading")

    # The pointers that stand for two code points.
    TABLE = {1133: "\u00ca\u0304", 1135: "\u00ca\u030c", 1164: "\u00ea\u0304", 1166: "\u00ea\u030c"}

    # What Python's codec has, and what the standard has instead.
    DIFFERENCES = {
        "\u2022": "\u2027", "\uff64": "\ufe51", "\u203e": "\u00af", "\u223c": "\uff5e", "\u2641":
        "\u2295", "\u2609": "\u2299", "\u00a5": "\uffe5", "\u00a2": "\uffe0", "\u00a3": "\uffe1",
    }  # fmt: skip
    # for the standard these bytes are other slashes
    MISTAKES = {"\uff0f": b"\xa2\x41", "\uff3c": b"\xa2\x42"}

    def __init__(self) -> None:
        self._leading = 0x00
        self._clean_runs = CleanRuns("big5hkscs", self.DIFFERENCES, self.MISTAKES)

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
            if 0x40 <= byte <= 0x7E or 0xA1 <= byte <= 0xFE:
                pointer = (leading - 0x81) * 157 + (byte - (0x40 if byte < 0x7F else 0x62))
                if pointer in self.TABLE:
                    return self.TABLE[pointer]
                code_point = index_big5().code_point(pointer)
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


class Big5Encoder(Encoder):
    """https://encoding.spec.whatwg.org/#big5-encoder"""

    __slots__ = ()

    def handler(
        self, unused: IOQueue[str], code_point: int | EndOfQueue, mode: ErrorMode
    ) -> Result[bytes]:
        """Encode a code point."""
        if code_point is END_OF_QUEUE:
            return FINISHED
        if code_point <= 0x7F:
            return bytes((code_point,))
        pointer = index_big5_pointer(code_point)
        if pointer is None:
            return Error.with_code_point(code_point)
        leading, trailing = pointer // 157 + 0x81, pointer % 157
        return bytes((leading, trailing + (0x40 if trailing < 0x3F else 0x62)))
