"""Interpreting an event stream: from lines to events.

HTML Standard, 9.2.6:
https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .parsing_an_event_stream import MOST_CHARACTERS, StreamTooLong

LONGEST_RECONNECTION_TIME = 2**31 - 1  # milliseconds, some 25 days


class ReceivedEvent(NamedTuple):
    """What an event stream says happened.

    Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage
    """

    type: str
    data: str
    last_event_id: str


class EventStreamInterpreter:
    """What there is of an event, and what the stream has said about reconnecting.

    Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation.
    """

    __slots__ = (
        "_data_buffer", "_event_type_buffer", "_last_event_id_buffer", "_length_of_data",
        "last_event_id_string", "reconnection_time",
    )  # fmt: skip

    def __init__(self, last_event_id_string: str = "") -> None:
        self._data_buffer: list[str] = []  # of its lines
        self._length_of_data = 0
        self._event_type_buffer = ""
        # DEVIATION: by the letter it is empty at first, so that the first event of the next
        # connection, if it has no id, would make the one before be forgotten.
        self._last_event_id_buffer = last_event_id_string
        self.last_event_id_string = last_event_id_string
        self.reconnection_time: int | None = None  # None: the stream has said nothing

    def events(self, lines: Iterable[str]) -> Iterator[ReceivedEvent]:
        """The events that end with one of the lines. StreamTooLong if one has too much data.

        Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
        """
        for line in lines:
            if not line:
                if (event := self._dispatch_the_event()) is not None:
                    yield event
                continue
            field, _, value = line.partition(":")
            if field:  # Otherwise it is a comment.
                self._process_the_field(field, value.removeprefix(" "))

    def _process_the_field(self, field: str, value: str) -> None:
        """Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation"""
        match field:
            case "event":
                self._event_type_buffer = value
            case "data":
                self._data_buffer.append(value)
                self._length_of_data += len(value) + 1
                if self._length_of_data > MOST_CHARACTERS:
                    raise StreamTooLong(
                        f"An event of the stream has over {MOST_CHARACTERS} characters of data"
                    )
            case "id" if "\0" not in value:
                self._last_event_id_buffer = value
            case "retry" if value.isascii() and value.isdigit():
                # A number of thousands of digits is a long time, and no number for Python.
                time = int(value.lstrip("0")[:16] or "0")
                self.reconnection_time = min(time, LONGEST_RECONNECTION_TIME)

    def _dispatch_the_event(self) -> ReceivedEvent | None:
        """An event, unless it has no data.

        Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage
        """
        self.last_event_id_string = self._last_event_id_buffer
        lines, type = self._data_buffer, self._event_type_buffer
        self._data_buffer, self._event_type_buffer, self._length_of_data = [], "", 0
        if not lines:
            return None
        return ReceivedEvent(type or "message", "\n".join(lines), self.last_event_id_string)
