"""Legacy multi-byte Japanese encodings: EUC-JP, ISO-2022-JP and Shift_JIS.

Encoding Standard, 12: https://encoding.spec.whatwg.org/#legacy-multi-byte-japanese-encodings
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

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
    index_iso_2022_jp_katakana,
    index_jis0208,
    index_jis0212,
    index_shift_jis_pointer,
)
from .terminology import END_OF_QUEUE, EndOfQueue, IOQueue

# What Python's codecs have in JIS X 0208, and what the standard has instead.
JIS0208_DIFFERENCES = {
    "\u301c": "\uff5e", "\u2016": "\u2225", "\u2212": "\uff0d", "\u00a2": "\uffe0", "\u00a3":
    "\uffe1", "\u00ac": "\uffe2"
}  # fmt: skip

# ---- EUC-JP --------------------------------------------------------------------------------------


class EUCJPDecoder(Decoder):
    """https://encoding.spec.whatwg.org/#euc-jp-decoder"""

    __slots__ = ("_clean_runs", "_jis0212", "_leading")

    MISTAKES = {"~": b"\x8f\xa2\xb7"}  # for the standard these bytes are a fullwidth tilde

    def __init__(self) -> None:
        self._jis0212 = False
        self._leading = 0x00
        self._clean_runs = CleanRuns("euc_jp", JIS0208_DIFFERENCES, self.MISTAKES)

    def handler(
        self, io_queue: IOQueue[bytes], byte: int | EndOfQueue, mode: ErrorMode
    ) -> Result[str]:
        """Decode a byte, or a run of code points."""
        leading = self._leading
        if byte is END_OF_QUEUE:
            self._leading = 0x00
            return ERROR if leading else FINISHED
        if leading == 0x8E and 0xA1 <= byte <= 0xDF:
            self._leading = 0x00
            return chr(0xFF61 - 0xA1 + byte)
        if leading == 0x8F and 0xA1 <= byte <= 0xFE:
            self._jis0212 = True
            self._leading = byte
            return CONTINUE
        if leading:
            self._leading = 0x00
            code_point = None
            if 0xA1 <= leading <= 0xFE and 0xA1 <= byte <= 0xFE:
                index = index_jis0212() if self._jis0212 else index_jis0208()
                code_point = index.code_point((leading - 0xA1) * 94 + byte - 0xA1)
            self._jis0212 = False
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
        if byte in (0x8E, 0x8F) or 0xA1 <= byte <= 0xFE:
            self._leading = byte
            return CONTINUE
        return ERROR


class EUCJPEncoder(Encoder):
    """https://encoding.spec.whatwg.org/#euc-jp-encoder"""

    __slots__ = ()

    def handler(
        self, unused: IOQueue[str], code_point: int | EndOfQueue, mode: ErrorMode
    ) -> Result[bytes]:
        """Encode a code point."""
        if code_point is END_OF_QUEUE:
            return FINISHED
        if code_point <= 0x7F:
            return bytes((code_point,))
        if code_point == 0xA5:
            return b"\x5c"
        if code_point == 0x203E:
            return b"\x7e"
        if 0xFF61 <= code_point <= 0xFF9F:
            return bytes((0x8E, code_point - 0xFF61 + 0xA1))
        if code_point == 0x2212:
            code_point = 0xFF0D
        pointer = index_jis0208().pointer(code_point)
        if pointer is None:
            return Error.with_code_point(code_point)
        return bytes((pointer // 94 + 0xA1, pointer % 94 + 0xA1))


# ---- ISO-2022-JP ---------------------------------------------------------------------------------

DecoderState: TypeAlias = Literal[
    "ASCII", "Roman", "katakana", "leading byte", "trailing byte", "escape start", "escape"
]
EncoderState: TypeAlias = Literal["ASCII", "Roman", "jis0208"]


class ISO2022JPDecoder(Decoder):
    """https://encoding.spec.whatwg.org/#iso-2022-jp-decoder"""

    __slots__ = ("_clean_runs", "_leading", "_output", "_output_state", "_state")

    ESCAPES: dict[DecoderState, bytes] = {
        "ASCII": b"\x1b(B",
        "Roman": b"\x1b(J",
        "leading byte": b"\x1b$B",
    }
    STATES: dict[bytes, DecoderState] = {escape: state for state, escape in ESCAPES.items()}

    # Escape sequences with at least a code point behind each.
    CLEAN_RUN = rb"(?:\x1b\$B[\x21-\x7e]{2,}+|\x1b\([BJ][^\x0e\x0f\x1b\x80-\xff]++)++"

    def __init__(self) -> None:
        self._state: DecoderState = "ASCII"
        self._output_state: DecoderState = "ASCII"
        self._leading = 0x00
        self._output = False
        self._clean_runs = CleanRuns("iso2022_jp", JIS0208_DIFFERENCES)

    def handler(
        self, io_queue: IOQueue[bytes], byte: int | EndOfQueue, mode: ErrorMode
    ) -> Result[str]:
        """Decode a byte, or a run of code points."""
        match self._state:
            case "trailing byte":
                return self._trailing_byte(byte)
            case "escape start":
                return self._escape_start(io_queue, byte)
            case "escape":
                return self._escape(io_queue, byte)
        if byte is END_OF_QUEUE:
            return FINISHED
        # OPTIMIZATION: a codec decodes what it can.
        if run := self._read_clean_run(io_queue, byte):
            return run
        if byte == 0x1B:
            self._state = "escape start"
            return CONTINUE
        self._output = False
        match self._state:
            case "ASCII" if byte <= 0x7F and byte not in (0x0E, 0x0F):
                return chr(byte)
            case "Roman" if byte <= 0x7F and byte not in (0x0E, 0x0F):
                return "\u00a5" if byte == 0x5C else "\u203e" if byte == 0x7E else chr(byte)
            case "katakana" if 0x21 <= byte <= 0x5F:
                return chr(0xFF61 - 0x21 + byte)
            case "leading byte" if 0x21 <= byte <= 0x7E:
                self._leading = byte
                self._state = "trailing byte"
                return CONTINUE
        return ERROR

    def _read_clean_run(self, io_queue: IOQueue[bytes], byte: int) -> str:
        """The code points of a run that starts with an escape sequence, or else goes on in the
        state in which this is.
        """
        window = self._clean_runs.window()
        if not window or self._state not in self.ESCAPES or byte == 0x1B and self._output:
            return ""
        run = io_queue.read_run(window)
        escape = b"" if byte == 0x1B else self.ESCAPES[self._state]
        input = escape + run
        clean = re.match(self.CLEAN_RUN, input)
        code_points, length = self._clean_runs.decode(clean[0]) if clean else ("", 0)
        if not code_points:
            if len(run) == window:  # and not only what the end of the queue has cut off
                self._clean_runs.end(0)
            io_queue.restore(run[1:])
            return ""
        if input[length - 3] == 0x1B:  # an escape sequence, which goes with what is behind it
            length -= 3
        last_escape = input.rindex(b"\x1b", 0, length)
        self._state = self._output_state = self.STATES[input[last_escape : last_escape + 3]]
        self._output = False
        io_queue.restore(run[length - len(escape) :])
        return code_points

    def _trailing_byte(self, byte: int | EndOfQueue) -> Result[str]:
        """https://encoding.spec.whatwg.org/#iso-2022-jp-decoder-trail-byte"""
        if byte == 0x1B:
            self._state = "escape start"
            return ERROR
        self._state = "leading byte"
        if byte is not END_OF_QUEUE and 0x21 <= byte <= 0x7E:
            return index_jis0208().code_point((self._leading - 0x21) * 94 + byte - 0x21) or ERROR
        return ERROR

    def _escape_start(self, io_queue: IOQueue[bytes], byte: int | EndOfQueue) -> Result[str]:
        """https://encoding.spec.whatwg.org/#iso-2022-jp-decoder-escape-start"""
        if byte is not END_OF_QUEUE:
            if byte in (0x24, 0x28):
                self._leading = byte
                self._state = "escape"
                return CONTINUE
            io_queue.restore(bytes((byte,)))
        self._output = False
        self._state = self._output_state
        return ERROR

    def _escape(self, io_queue: IOQueue[bytes], byte: int | EndOfQueue) -> Result[str]:
        """https://encoding.spec.whatwg.org/#iso-2022-jp-decoder-escape"""
        leading = self._leading
        self._leading = 0x00
        state: DecoderState | None = None
        match leading, byte:
            case 0x28, 0x42:
                state = "ASCII"
            case 0x28, 0x4A:
                state = "Roman"
            case 0x28, 0x49:
                state = "katakana"
            case 0x24, (0x40 | 0x42):
                state = "leading byte"
        if state is not None:
            self._state = self._output_state = state
            output = self._output
            self._output = True
            return ERROR if output else CONTINUE
        io_queue.restore(bytes((leading,)) if byte is END_OF_QUEUE else bytes((leading, byte)))
        self._output = False
        self._state = self._output_state
        return ERROR


class ISO2022JPEncoder(Encoder):
    """https://encoding.spec.whatwg.org/#iso-2022-jp-encoder"""

    __slots__ = ("_state",)

    def __init__(self) -> None:
        self._state: EncoderState = "ASCII"

    def handler(
        self, io_queue: IOQueue[str], code_point: int | EndOfQueue, mode: ErrorMode
    ) -> Result[bytes]:
        """Encode a code point, or change the state and put it back."""
        if code_point is END_OF_QUEUE:
            if self._state == "ASCII":
                return FINISHED
            self._state = "ASCII"
            return b"\x1b\x28\x42"
        if self._state != "jis0208" and code_point in (0x0E, 0x0F, 0x1B):
            # not itself, which would be an escape sequence in what is meant as text
            return Error.with_code_point(0xFFFD)
        if self._state == "ASCII" and code_point <= 0x7F:
            return bytes((code_point,))
        if self._state == "Roman":
            if code_point <= 0x7F and code_point not in (0x5C, 0x7E):
                return bytes((code_point,))
            if code_point == 0xA5:
                return b"\x5c"
            if code_point == 0x203E:
                return b"\x7e"
        if code_point <= 0x7F and self._state != "ASCII":
            io_queue.restore(chr(code_point))
            self._state = "ASCII"
            return b"\x1b\x28\x42"
        if code_point in (0xA5, 0x203E) and self._state != "Roman":
            io_queue.restore(chr(code_point))
            self._state = "Roman"
            return b"\x1b\x28\x4a"
        if code_point == 0x2212:
            code_point = 0xFF0D
        if 0xFF61 <= code_point <= 0xFF9F:
            code_point = ord(index_iso_2022_jp_katakana().code_points[code_point - 0xFF61] or "")
        pointer = index_jis0208().pointer(code_point)
        if pointer is None:
            if self._state == "jis0208":
                io_queue.restore(chr(code_point))
                self._state = "ASCII"
                return b"\x1b\x28\x42"
            return Error.with_code_point(code_point)
        if self._state != "jis0208":
            io_queue.restore(chr(code_point))
            self._state = "jis0208"
            return b"\x1b\x24\x42"
        return bytes((pointer // 94 + 0x21, pointer % 94 + 0x21))


# ---- Shift_JIS -----------------------------------------------------------------------------------


class ShiftJISDecoder(Decoder):
    """https://encoding.spec.whatwg.org/#shift_jis-decoder"""

    __slots__ = ("_clean_runs", "_leading")

    MISTAKES = {
        "\uf8f0": b"\xa0",
        "\uf8f1": b"\xfd",
        "\uf8f2": b"\xfe",
        "\uf8f3": b"\xff",
    }  # for the standard these bytes are errors

    def __init__(self) -> None:
        self._leading = 0x00
        self._clean_runs = CleanRuns("cp932", mistakes=self.MISTAKES)

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
            if 0x40 <= byte <= 0x7E or 0x80 <= byte <= 0xFC:
                offset = 0x40 if byte < 0x7F else 0x41
                leading_offset = 0x81 if leading < 0xA0 else 0xC1
                pointer = (leading - leading_offset) * 188 + byte - offset
                if 8836 <= pointer <= 10715:
                    return chr(0xE000 - 8836 + pointer)
                code_point = index_jis0208().code_point(pointer)
            if code_point is not None:
                return code_point
            if byte <= 0x7F:
                io_queue.restore(bytes((byte,)))
            return ERROR
        # OPTIMIZATION: a codec decodes what it can.
        if run := self._clean_runs.read(io_queue):
            return run
        if byte <= 0x80:
            return chr(byte)
        if 0xA1 <= byte <= 0xDF:
            return chr(0xFF61 - 0xA1 + byte)
        if 0x81 <= byte <= 0x9F or 0xE0 <= byte <= 0xFC:
            self._leading = byte
            return CONTINUE
        return ERROR


class ShiftJISEncoder(Encoder):
    """https://encoding.spec.whatwg.org/#shift_jis-encoder"""

    __slots__ = ()

    def handler(
        self, unused: IOQueue[str], code_point: int | EndOfQueue, mode: ErrorMode
    ) -> Result[bytes]:
        """Encode a code point."""
        if code_point is END_OF_QUEUE:
            return FINISHED
        if code_point <= 0x80:
            return bytes((code_point,))
        if code_point == 0xA5:
            return b"\x5c"
        if code_point == 0x203E:
            return b"\x7e"
        if 0xFF61 <= code_point <= 0xFF9F:
            return bytes((code_point - 0xFF61 + 0xA1,))
        if code_point == 0x2212:
            code_point = 0xFF0D
        pointer = index_shift_jis_pointer(code_point)
        if pointer is None:
            return Error.with_code_point(code_point)
        leading, trailing = pointer // 188, pointer % 188
        return bytes(
            (
                leading + (0x81 if leading < 0x1F else 0xC1),
                trailing + (0x40 if trailing < 0x3F else 0x41),
            )
        )
