"""The console: where messages for people go."""

from __future__ import annotations

import sys
import traceback
from typing import Protocol

PACKAGE_FOLDER = __file__.rpartition("host")[0]
LEVELS_OF_STANDARD_ERROR = frozenset(
    {"assert", "countReset", "error", "reportWarning", "trace", "warn"}
)


# C0 but for tab and newline, DEL, and C1: a terminal obeys them, a reader does not see them.
CONTROLS = {
    code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (9, 10)
}
CONTROLS_IN_A_LINE = {**CONTROLS, 9: "\\t", 10: "\\n"}


def escaped(text: str) -> str:
    """A text of others on one line, with its control characters escaped: it can forge neither a
    line of a log nor what a terminal shows.
    """
    return text if text.isprintable() else text.translate(CONTROLS_IN_A_LINE)


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
    text = "".join(lines).rstrip("\n")
    return text_without_controls_of_messages(text, value).translate(CONTROLS)


def text_without_controls_of_messages(text: str, error: BaseException | None) -> str:
    """A traceback in which the messages of its exceptions stay on their lines."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        try:
            message = str(error)
        except Exception:  # of its own __str__
            message = ""
        if not message.isprintable() and not isinstance(error, SyntaxError):
            text = text.replace(message, message.translate(CONTROLS_IN_A_LINE))
        error = error.__cause__ or error.__context__
    return text
