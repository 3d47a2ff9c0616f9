"""ServerSentEventStream: events in, the bytes of an event stream out.

SPEC_NOTES.md#server-sent-event-stream
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, TypedDict, Unpack, cast
from weakref import ref

from ...streams.other_specifications import desired_size_to_fill_up_to_the_high_water_mark
from ...streams.other_specifications_writable import (
    GenericTransformStream,
    enqueue_into_transform_stream,
    set_up_transform_stream,
)
from ...streams.transform_stream import TransformStream
from ...webidl.dictionaries import to_dictionary
from ...webidl.interfaces import new
from ...webidl.type_mapping import to_double, to_integer, to_usv_string
from ..timers import clearTimeout, setTimeout

LINE_END = re.compile("\r\n|\n|\r")
NO_PART_OF_A_LINE = re.compile("[\n\r\0]")


class ServerSentEvent(TypedDict, total=False):
    """Any of them, or several.

    SPEC_NOTES.md#server-sent-event
    """

    data: str
    event: str
    id: str | int
    retry: int
    comment: str


class ServerSentEventStreamOptions(TypedDict, total=False):
    """15,000 milliseconds by default; 0 is never.

    SPEC_NOTES.md#server-sent-event-stream-options
    """

    keepAlive: float


class ServerSentEventStream(GenericTransformStream):
    """SPEC_NOTES.md#server-sent-event-stream"""

    __slots__ = ("__weakref__", "_is_silent", "_timer", "_transform")

    _is_silent: bool  # since the timer was set
    _timer: int | None  # None: nothing is sent to keep it alive, or nothing more

    def __init__(
        self,
        options: ServerSentEventStreamOptions | None = None,
        **members: Unpack[ServerSentEventStreamOptions],
    ) -> None:
        """Needs a running event loop.

        SPEC_NOTES.md#server-sent-event-stream-constructor
        """
        members = to_dictionary(ServerSentEventStreamOptions, options, members)
        keep_alive = to_double(members.get("keepAlive", 15_000))
        if not 0 <= keep_alive < 2**31:  # as far as timers go
            raise TypeError(f"keepAlive is a number of milliseconds, or 0: {keep_alive!r}")
        self._is_silent = True
        self._transform = new(TransformStream)
        set_up_transform_stream(
            self._transform, self._serialize_and_enqueue, self._end, lambda reason: self._end()
        )
        self._timer = None
        if keep_alive:
            self._timer = setTimeout(partial(keep_alive_after, keep_alive, ref(self)), keep_alive)

    def _serialize_and_enqueue(self, chunk: Any) -> None:
        self._is_silent = False
        enqueue_into_transform_stream(self._transform, serialize_an_event(chunk).encode())

    def _end(self) -> None:
        if self._timer is not None:
            clearTimeout(self._timer)
            self._timer = None


def keep_alive_after(milliseconds: float, reference: ref[ServerSentEventStream]) -> None:
    """Send a comment if nothing else was sent, and if what was sent before is on its way.

    SPEC_NOTES.md#server-sent-event-keep-alive
    """
    stream = reference()
    if stream is None or stream._timer is None:
        return
    if stream._is_silent and not desired_size_to_fill_up_to_the_high_water_mark(stream.readable):
        enqueue_into_transform_stream(stream._transform, b":\n\n")
    stream._is_silent = True
    stream._timer = setTimeout(partial(keep_alive_after, milliseconds, reference), milliseconds)


def serialize_an_event(event: str | ServerSentEvent) -> str:
    """The lines of an event, with an empty one at their end; TypeError for what would break them.

    SPEC_NOTES.md#serialize-an-event
    """
    if isinstance(event, str):
        event = {"data": event}
    if not isinstance(event, Mapping):
        raise TypeError(
            f"An event is a string, or a mapping such as {{'data': 'x'}}, not {event!r:.60}"
        )
    members = to_dictionary(ServerSentEvent, event, cast(ServerSentEvent, {}))
    if not members:
        raise TypeError("An event has data, event, id, retry or comment")
    lines: list[str] = []
    if "comment" in members:
        lines += [f": {line}" for line in LINE_END.split(to_usv_string(members["comment"]))]
    if "event" in members:
        lines.append(f"event: {one_line('event', members['event'])}")
    if "id" in members:
        lines.append(f"id: {one_line('id', members['id'])}")
    if "retry" in members:
        lines.append(f"retry: {to_integer(members['retry'], 64, enforce_range=True)}")
    if "data" in members:
        lines += [f"data: {line}" for line in LINE_END.split(to_usv_string(members["data"]))]
    return "\n".join([*lines, "", ""])


def one_line(name: str, value: object) -> str:
    """TypeError for a value that would go on in another line, and for NUL.

    Part of SPEC_NOTES.md#serialize-an-event
    """
    line = to_usv_string(value)
    if NO_PART_OF_A_LINE.search(line):
        raise TypeError(f"The {name} of an event is one line, without NUL: {line!r:.60}")
    return line
