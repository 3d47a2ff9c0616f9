"""Processing model: the connection of an event source, and the next one when it has ended.

HTML Standard, 9.2.3:
https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import ref

from ...dom.dispatching_events import fire_an_event
from ...dom.event_target import EventTarget
from ...fetch import fetching
from ...fetch.headers import normalize
from ...fetch.http_extensions import extract_a_mime_type
from ...fetch.infrastructure import AnyResponse, FetchController
from ...fetch.requests import RequestRecord
from ...fetch.responses import FilteredResponse
from ...host.clock import TimerHandle
from ...streams.other_specifications import get_a_reader
from ...url.origins import ascii_serialization_of_an_origin
from ...url.url_serializing import origin
from ...webidl.awaitables import tasks_begun_by
from ...webidl.promises import Promise, a_new_promise, resolve
from ..event_loops import in_parallel, promise_of_another_turn
from ..message_event import fire_a_message_event
from ..settings_objects import EnvironmentSettingsObject, queue_a_global_task
from .interpreting_an_event_stream import EventStreamInterpreter, ReceivedEvent
from .parsing_an_event_stream import EventStreamLines, StreamTooLong

CONNECTING, OPEN, CLOSED = range(3)

FIRST_RECONNECTION_TIME = 3000  # milliseconds
FIRST_BACK_OFF, LONGEST_BACK_OFF = 1.0, 64.0  # seconds
LONGEST_ID_TO_SEND = 4096  # bytes
MOST_RUNNING_LISTENERS = 64
BYTES_OF_A_TURN = 4096  # of which hundreds of events may be


class EventSourceRecord:
    """An event source, apart from what scripts see of it: that is its target, which this holds
    while somebody listens to it.

    Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model
    """

    __slots__ = (
        "_held_target", "_target", "alarm", "controller", "event_loop", "fruitless_attempts",
        "last_event_id_string",
        "listeners_are_few", "reading", "ready_state", "reconnection_time", "request",
        "running_listeners", "settings_object",
    )  # fmt: skip

    def __init__(
        self,
        target: EventTarget,
        settings_object: EnvironmentSettingsObject,
        request: RequestRecord,
    ) -> None:
        self._target = ref(target)
        self._held_target: EventTarget | None = None
        self.settings_object = settings_object
        self.event_loop = settings_object.event_loop
        self.request = request
        self.ready_state = CONNECTING
        self.reconnection_time = FIRST_RECONNECTION_TIME
        self.last_event_id_string = ""
        self.controller: FetchController | None = None
        self.reading: Any = None  # the task that reads the stream
        self.alarm: TimerHandle | None = None  # for the next attempt
        self.fruitless_attempts = 0  # one after the other, of which no event has come
        self.running_listeners = 0
        self.listeners_are_few: Promise[None] | None = None  # while the stream waits for that
        sources = settings_object.record(EventSources)
        sources.forget_those_whose_loop_has_ended()
        sources.add(self)

    def queue(self, steps: Callable[..., object], *arguments: object) -> None:
        """Queue a task, which is performed unless the event source has gone by then.

        Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#remote-event-task-source
        """
        queue_a_global_task(
            "remote event", self.settings_object, partial(self._perform, steps, arguments)
        )

    def _perform(self, steps: Callable[..., object], arguments: tuple[object, ...]) -> None:
        target = self._target()
        if target is not None:
            steps(self, target, *arguments)

    def be_held_by_the_scope(self, is_listened_to: bool) -> None:
        """What is listened to stays until it is closed, even if nobody has it.

        Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#garbage-collection
        """
        is_held = is_listened_to and self.ready_state != CLOSED
        self._held_target = self._target() if is_held else None

    def close(self) -> None:
        """No event comes any more, and no connection is made.

        Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-close
        """
        self.ready_state = CLOSED
        self._held_target = None
        self.settings_object.record(EventSources).discard(self)
        if self.alarm is not None:
            self.alarm.cancel()
        if self.reading is not None:
            self.reading.cancel()
        if self.controller is not None and self.controller.state == "ongoing":
            self.controller.abort()


class EventSources(set[EventSourceRecord]):
    """Those of a scope that are not closed. They are when the scope ends.

    Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#garbage-collection
    """

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        super().__init__()
        settings_object.closing_steps.append(self._forcibly_close)

    def forget_those_whose_loop_has_ended(self) -> None:
        """A plain script may have one loop after the other."""
        for record in list(self):
            if record.event_loop.asyncio_loop.is_closed():
                self.discard(record)

    def _forcibly_close(self) -> None:
        """https://html.spec.whatwg.org/multipage/server-sent-events.html#concept-eventsource-forcibly-close"""
        for record in list(self):
            record.close()


# ---- one connection ------------------------------------------------------------------------------


def fetch_the_stream(record: EventSourceRecord) -> None:
    """Fetch the request of an event source, and process the response.

    Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource
    """
    # Each connection begins with a copy: redirects are followed anew, and do not add up.
    request = record.request.clone()
    last_event_id = record.last_event_id_string.encode().decode("latin-1")
    if last_event_id and len(last_event_id) <= LONGEST_ID_TO_SEND:
        request.header_list.set("Last-Event-ID", normalize(last_event_id))
    record.fruitless_attempts += 1
    record.controller = fetching.fetch(request, partial(process_response, record))


def process_response(record: EventSourceRecord, response: AnyResponse) -> None:
    """Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource"""
    internal_response = (
        response.internal_response if isinstance(response, FilteredResponse) else response
    )
    if response.type == "error":
        if internal_response.aborted:
            fail_the_connection(record)
        else:
            reestablish_the_connection(record)
        return
    mime_type = extract_a_mime_type(response.header_list)
    if response.status != 200 or mime_type is None or mime_type.essence != "text/event-stream":
        fail_the_connection(record)
        return
    announce_the_connection(record)
    record.reading = in_parallel(interpret_the_body(record, response))


async def interpret_the_body(record: EventSourceRecord, response: AnyResponse) -> None:
    """Interpret the body line by line. When it has ended, however it has, the connection is made
    anew; one that is too long is given up.

    Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
    """
    assert response.url is not None
    stream_origin = ascii_serialization_of_an_origin(origin(response.url))
    lines, interpreter = EventStreamLines(), EventStreamInterpreter(record.last_event_id_string)
    try:
        if response.body is not None:
            reader = get_a_reader(response.body.stream)
            while not (result := await reader.read()).done:
                for begin in range(0, len(result.value), BYTES_OF_A_TURN):
                    piece = result.value[begin : begin + BYTES_OF_A_TURN]
                    for event in interpreter.events(lines.take(piece)):
                        record.fruitless_attempts = 0
                        record.queue(dispatch_the_event, event, stream_origin)
                    record.last_event_id_string = interpreter.last_event_id_string
                    if interpreter.reconnection_time is not None:
                        record.reconnection_time = interpreter.reconnection_time
                    # The events have their turn before more is interpreted.
                    await promise_of_another_turn()
                    if record.running_listeners >= MOST_RUNNING_LISTENERS:
                        record.listeners_are_few = a_new_promise()
                        await record.listeners_are_few
    except StreamTooLong:
        fail_the_connection(record)
        return
    except Exception:
        if record.ready_state == CLOSED:
            return
    except BaseException:
        record.close()  # The loop ends.
        raise
    reestablish_the_connection(record)


def dispatch_the_event(
    record: EventSourceRecord, target: EventTarget, event: ReceivedEvent, stream_origin: str
) -> None:
    """https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage"""
    if record.ready_state == CLOSED:
        return
    steps = partial(
        fire_a_message_event, event.type, target, event.data, stream_origin,
        last_event_id=event.last_event_id,
    )  # fmt: skip
    for task in tasks_begun_by(steps):
        record.running_listeners += 1
        task.add_done_callback(partial(a_listener_is_done, record))


def a_listener_is_done(record: EventSourceRecord, task: Any) -> None:
    """Let more of the stream be read, if it had to wait.

    Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage
    """
    record.running_listeners -= 1
    if record.listeners_are_few is not None:
        resolve(record.listeners_are_few)
        record.listeners_are_few = None


# ---- states --------------------------------------------------------------------------------------


def announce_the_connection(record: EventSourceRecord) -> None:
    """https://html.spec.whatwg.org/multipage/server-sent-events.html#announce-the-connection"""

    def steps(record: EventSourceRecord, target: EventTarget) -> None:
        if record.ready_state != CLOSED:
            record.ready_state = OPEN
            fire_an_event("open", target)

    record.queue(steps)


def reestablish_the_connection(record: EventSourceRecord) -> None:
    """https://html.spec.whatwg.org/multipage/server-sent-events.html#reestablish-the-connection"""

    def steps(record: EventSourceRecord, target: EventTarget) -> None:
        if record.ready_state == CLOSED:
            return
        record.ready_state = CONNECTING
        fire_an_event("error", target)
        # The waiting begins here, so that this task has been run when it ends.
        if record.ready_state == CONNECTING:
            clock = record.settings_object.host.clock
            record.alarm = clock.call_later(delay_of(record), partial(record.queue, connect_again))

    record.queue(steps)


def connect_again(record: EventSourceRecord, target: EventTarget) -> None:
    """Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#reestablish-the-connection"""
    if record.ready_state == CONNECTING:
        fetch_the_stream(record)


def delay_of(record: EventSourceRecord) -> float:
    """Seconds: what the server has said, and more after each attempt in a row that was fruitless.

    Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#reestablish-the-connection
    """
    back_off = 0.0
    if record.fruitless_attempts > 1:
        doublings = min(record.fruitless_attempts - 2, 16)
        back_off = min(FIRST_BACK_OFF * 2**doublings, LONGEST_BACK_OFF)
    return record.reconnection_time / 1000 + back_off


def fail_the_connection(record: EventSourceRecord) -> None:
    """https://html.spec.whatwg.org/multipage/server-sent-events.html#fail-the-connection"""

    def steps(record: EventSourceRecord, target: EventTarget) -> None:
        if record.ready_state != CLOSED:
            record.close()
            fire_an_event("error", target)

    record.queue(steps)
