"""Implementation considerations: Python's codecs as decoders, wherever they say the same as the
standard.

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

    The codec is a function such as `codecs.utf_8_decode`: it takes bytes, how to handle errors, and
    whether the bytes are the last, and returns the code points and the number of bytes that it has
    used.

    Part of https://encoding.spec.whatwg.org/#implementation-considerations
    """

    # The bytes of a code point that is not complete: all the state that the standard's handlers
    # keep in several variables. After a fatal error, all that is behind it.
    __slots__ = ("_bytes_seen", "_codec")

    def __init__(self, codec: Callable[[bytes, str, bool], tuple[str, int]]) -> None:
        self._codec = codec
        self._bytes_seen = b""

    def handler(
        self, io_queue: IOQueue[bytes], byte: int | EndOfQueue, mode: ErrorMode
    ) -> Result[str]:
        """Decode all that the queue has."""
        is_last = byte is END_OF_QUEUE
        if is_last and not self._bytes_seen:
            return FINISHED
        try:
            # OPTIMIZATION: all at once, instead of one item after the other.
            return self.decode(b"" if is_last else io_queue.read_run(), mode, is_last)
        except UnicodeDecodeError:
            return ERROR

    def decode(self, input: bytes, mode: ErrorMode, is_last: bool) -> str:
        """Decode without a queue; UnicodeDecodeError where the mode is "fatal"."""
        if self._bytes_seen:
            input = self._bytes_seen + input
        errors = "replace" if mode == "replacement" else "strict"
        try:
            code_points, length = self._codec(input, errors, is_last)
            if length != len(input) and self._cannot_be_completed(input[length:]):
                code_points, length = self._codec(input, errors, True)
        except UnicodeDecodeError as error:
            self._bytes_seen = input[error.end :]
            raise
        self._bytes_seen = input[length:]
        return code_points

    def _cannot_be_completed(self, bytes_seen: bytes) -> bool:
        """Whether the codec waits for more bytes where the standard has an error already."""
        return False


class CleanRuns:
    """What a decoder of a multi-byte encoding has a codec of Python decode: runs of bytes about
    which the two agree.

    `differences` are code points of the codec for which the standard always has another one.
    `mistakes` are those that are right for other bytes, and wrong for the bytes that are given.
    What is wrong, as what is an error for the codec, ends a run and is left to the standard's
    algorithm.

    Part of https://encoding.spec.whatwg.org/#implementation-considerations
    """

    __slots__ = ("_codec", "_decoder", "_differences", "_mistakes", "_pause", "_window")

    def __init__(
        self, codec: str, differences: Mapping[str, str] = {}, mistakes: Mapping[str, bytes] = {}
    ) -> None:
        self._codec = codec
        self._decoder = codecs.getincrementaldecoder(codec)()
        self._differences = differences
        self._mistakes = mistakes
        self._window = GREATEST_WINDOW
        self._pause = 0

    def read(self, io_queue: IOQueue[bytes]) -> str:
        """The code points of a run that starts with the byte read last; none, and nothing is read,
        if there is no such run.
        """
        window = self.window()
        if not window:
            return ""
        run = io_queue.read_run(window)
        code_points, length = self.decode(run)
        io_queue.restore(run[length or 1 :])
        return code_points

    def window(self) -> int:
        """How many bytes to try at once: fewer where runs are short, since each end costs a try;
        none where none can start.
        """
        if self._pause:
            self._pause -= 1
            return 0
        return self._window

    def decode(self, run: bytes) -> tuple[str, int]:
        """The code points at the beginning of a run, and the number of bytes that they are made
        of.
        """
        decoder = self._decoder
        decoder.reset()
        try:
            code_points = decoder.decode(run)
            length = len(run) - len(decoder.getstate()[0])
            ended = False
        except UnicodeDecodeError as error:
            decoder.reset()
            length = error.start
            code_points = decoder.decode(run[:length])
            ended = True
        mistakes = [
            code_points.index(wrong)
            for wrong, bytes in self._mistakes.items()
            if wrong in code_points and bytes in run
        ]
        if mistakes:
            code_points = code_points[: min(mistakes)]
            length = len(code_points.encode(self._codec))
            ended = True
        if ended:
            self.end(length)
        else:
            self._window = min(self._window * 2, GREATEST_WINDOW)
        if any([code_point in code_points for code_point in self._differences]):
            code_points = re.sub(
                f"[{''.join(self._differences)}]",
                lambda found: self._differences[found[0]],
                code_points,
            )
        return code_points, length

    def end(self, length: int) -> None:
        """A run has ended after `length` bytes. What ended it is left to the standard's algorithm;
        where there was no run, more is left to it each time.
        """
        if length:
            self._window = max(LEAST_WINDOW, min(length * 2, GREATEST_WINDOW))
            self._pause = 1
        elif self._window > LEAST_WINDOW:
            self._window //= 2
        else:
            self._pause = PAUSE
