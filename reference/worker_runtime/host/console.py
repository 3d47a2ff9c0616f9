"""The console: where messages for people go."""

from __future__ import annotations

import sys
import traceback
from typing import Protocol

PACKAGE_FOLDER = __file__.rpartition("host")[0]
LIBRARY_FOLDER = traceback.__file__.rpartition("traceback")[0]
MOST_FRAMES = 7
"""How many frames of a traceback are shown, the last ones: about a screen."""
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
        """The place in the worker, and the value with its traceback, on standard error."""
        self.write("error", report_of(value, what))


def report_of(value: object, what: str) -> str:
    """A few lines for people: where it was, what was thrown, and how it came to that."""
    if isinstance(value, Mistake):
        return description_of(value)
    place = place_of(value)
    return (
        f"{what} {description_of(value)}"
        if place is None
        else (f"{place}: {what} {description_of(value)}")
    )


def description_of(value: object) -> str:
    """What was thrown, and where. Frames of this package are left out around the worker's, unless
    it is the package's own failure.
    """
    if not isinstance(value, BaseException):
        return repr(value)
    if isinstance(value, Mistake):
        return str(value)
    report = traceback.TracebackException(
        type(value), value, value.__traceback__, limit=-MOST_FRAMES, compact=True
    )
    each: traceback.TracebackException | None = report
    while each is not None:
        each.stack[:] = frames_to_show(each.stack)
        each = each.__cause__ or each.__context__
    text = "".join(report.format()).strip("\n ")
    return text_without_controls_of_messages(text, value).translate(CONTROLS)


def frames_to_show(stack: list[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    """The frames from the worker's first to its last, and what that has called outside of this
    package; those of the package at the end, too, if it has not raised the exception on purpose.
    """
    first = next((at for at, frame in enumerate(stack) if not is_own(frame)), None)
    if first is None:
        return stack
    end = len(stack)
    if (stack[-1].line or "").startswith("raise "):
        while is_own(stack[end - 1]):
            end -= 1
    return stack[first:end]


def is_own(frame: traceback.FrameSummary) -> bool:
    """Whether it is this package's."""
    return frame.filename.startswith(PACKAGE_FOLDER)


def place_of(value: object) -> str | None:
    """The file and the line of the worker at which something was thrown; None if it has none."""
    if isinstance(value, SyntaxError) and value.filename:
        return f"{value.filename}:{value.lineno or 1}"
    if not isinstance(value, BaseException):
        return None
    frames = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(value.__traceback__)
        if not frame.f_code.co_filename.startswith((PACKAGE_FOLDER, "<"))
    ]
    of_the_worker = [frame for frame in frames if not is_installed(frame[0])]
    for file, line in reversed(of_the_worker or frames):
        return f"{file}:{line}"
    return None


def is_installed(file: str) -> bool:
    """Whether it is Python's own, or of a package that was installed."""
    return file.startswith(LIBRARY_FOLDER) or "site-packages" in file


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
