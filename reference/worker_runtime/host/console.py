"""The console: where messages for people go."""

from __future__ import annotations

import sys
import traceback
from typing import Protocol

PACKAGE_FOLDER = __file__.rpartition("host")[0]
LEVELS_OF_STANDARD_ERROR = frozenset(
    {"assert", "countReset", "error", "reportWarning", "trace", "warn"}
)


class Mistake(TypeError):
    """A mistake in a worker. Its message has the place and what to write, so no traceback is
    shown.
    """


class Console(Protocol):
    """Takes messages, and what was thrown and nobody caught."""

    def write(self, log_level: str, text: str) -> None:
        """Take a message: lines without control characters, and without a newline at the end."""

    def report(self, value: object, what: str) -> None:
        """Take what was thrown, an exception or another value, and words such as "Uncaught"."""


class StandardStreams:
    """Standard error for warnings, errors and traces, standard output for the rest."""

    __slots__ = ()

    def write(self, log_level: str, text: str) -> None:
        """A stream that is closed or missing takes nothing; what its encoding lacks is escaped."""
        stream = sys.stderr if log_level in LEVELS_OF_STANDARD_ERROR else sys.stdout
        if stream is None:  # as in a process without a console
            return
        if not text.isascii():
            encoding = stream.encoding or "utf-8"
            text = text.encode(encoding, "backslashreplace").decode(encoding)
        try:
            stream.write(text + "\n")
            stream.flush()
        except (OSError, ValueError):
            pass

    def report(self, value: object, what: str) -> None:
        """The value with its traceback, on standard error."""
        self.write("error", f"{what} {description_of(value)}")


def description_of(value: object) -> str:
    """What was thrown, and where. Frames of this package that led to the worker's are left out."""
    if not isinstance(value, BaseException):
        return repr(value)
    if isinstance(value, Mistake):
        return str(value)
    frames = value.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename.startswith(PACKAGE_FOLDER):
        frames = frames.tb_next
    lines = traceback.format_exception(type(value), value, frames or value.__traceback__)
    return "".join(lines).rstrip("\n")
