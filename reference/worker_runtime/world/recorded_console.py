"""The console of a world: it keeps what it is told."""

from __future__ import annotations

from typing import NamedTuple

from ..webidl.exceptions import Thrown


class Message(NamedTuple):
    """What was written: its log level, such as "log" or "warn", and its text."""

    log_level: str
    text: str


class RecordedConsole:
    """Messages, and what was thrown and nobody caught. A test that expects such an error takes it
    away: `world.errors.clear()`.
    """

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.errors: list[Exception] = []

    def write(self, log_level: str, text: str) -> None:
        """Keep a message."""
        self.messages.append(Message(log_level, text))

    def report(self, value: object, what: str) -> None:
        """Keep an error, with a note of where it was seen."""
        error = value if isinstance(value, Exception) else Thrown(value)
        error.add_note(what)
        self.errors.append(error)
