"""Implementation considerations: Python's codecs as decoders, wherever they say the same as the standard.

Encoding Standard: https://encoding.spec.whatwg.org/#implementation-considerations
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping

from .encoders_and_decoders import ERROR, FINISHED, Decoder, ErrorMode, Result
from .terminology import END_OF_QUEUE, EndOfQueue, IOQueue

LEAST_WINDOW, GREATEST_WINDOW = 16, 4096  # bytes
PAUSE = 8  # items


class CodecDecoder(Decoder):
    """A decoder that is a codec of Python to the letter.

    The codec is a function such as `codecs.utf_8_decode`: it takes bytes, how to handle errors, and whether the bytes are the
    last, and returns the code points and the number of bytes that it has used.

    https://encoding.spec.whatwg.org/#decoder
    """

    # The bytes of a code point that is not complete: all the state that the standard's handlers keep in several variables.
    # After a fatal error, all that is behind it.
    __slots__ = ("_bytes_seen", "_codec")

    def __init__(self, codec: Callable[[bytes, str, bool], tuple[str, int]]) -> None:
        self._codec = codec
        self._bytes_seen = b""

    def handler(self, io_queue: IOQueue[bytes], byte: int | EndOfQueue, mode: ErrorMode) -> Result[str]:
        """Decode all that the queue has."""
        is_last = byte is END_OF_QUEUE
        if is_last and not self._bytes_seen:
            return FINISHED
        try:
            return self.decode(b"" if is_last else io_queue.read_run(), mode, is_last)
        except UnicodeDecodeError:
            return ERROR

    def decode(self, input: bytes, mode: ErrorMode, is_last: bool) -> str:
        """Decode without a queue; UnicodeDecodeError where the mode is "fatal"."""
        if self._bytes_seen:
            input = self._bytes_seen + input
        try:
            code_points, length = self._codec(input, "replace" if mode == "replacement" else "strict", is_last)
        except UnicodeDecodeError as error:
            self._bytes_seen = input[error.end :]
            raise
        self._bytes_seen = input[length:]
        return code_points


class CleanRuns:
    """What a decoder of a multi-byte encoding has a codec of Python decode: runs of bytes about which the two agree.

    The codec may give other code points in some places, if each always stands for the same code point of the standard. What
    it gets wrong in another way has to be doubtful, and is left to the standard's algorithm, as are errors.

    https://encoding.spec.whatwg.org/#implementation-considerations
    """

    __slots__ = ("_codec", "_differences", "_is_doubtful", "_window")

    def __init__(
        self,
        codec: str,
        differences: Mapping[str, str] = {},
        is_doubtful: Callable[[bytes, str], bool] = lambda run, code_points: False,
    ) -> None:
        self._codec = codecs.getincrementaldecoder(codec)()
        self._differences = differences
        self._is_doubtful = is_doubtful
        self._window = GREATEST_WINDOW

    def read(self, io_queue: IOQueue[bytes]) -> str:
        """The code points of a run that starts with the byte read last; none, and nothing is read, if there is no such run."""
        window = self.window()
        if not window:
            return ""
        run = io_queue.read_run(window)
        code_points, length = self.decode(run)
        io_queue.restore(run[length or 1 :])
        return code_points

    def window(self) -> int:
        """How many bytes to try at once: the fewer the more tries fail, and none for a while if even the least window does."""
        if self._window < 0:
            self._window = self._window + 1 or LEAST_WINDOW
            return 0
        return self._window

    def fail(self) -> None:
        """Let the next window be smaller."""
        self._window = self._window // 2 if self._window > LEAST_WINDOW else -PAUSE

    def decode(self, run: bytes) -> tuple[str, int]:
        """The code points at the beginning of a run, and the number of bytes that they are made of."""
        codec = self._codec
        codec.reset()
        try:
            code_points = codec.decode(run)
            length = len(run) - len(codec.getstate()[0])
            self._window = min(self._window * 2, GREATEST_WINDOW)
        except UnicodeDecodeError as error:
            codec.reset()
            length = error.start
            code_points = codec.decode(run[:length])
            self.fail()
        if self._is_doubtful(run, code_points):
            self._window = LEAST_WINDOW
            self.fail()
            return "", 0
        if any([code_point in code_points for code_point in self._differences]):
            code_points = re.sub(f"[{''.join(self._differences)}]", lambda found: self._differences[found[0]], code_points)
        return code_points, length
