"""Calls from other processes to objects of this one.

SPEC_NOTES.md#served-calls
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ...host.bus import BusFailure
from ...host.host import Host
from ...html.event_loops import relevant_event_loop, run_a_task
from ...html.structured_data.byte_format_reading import record_from_bytes
from ...html.structured_data.byte_format_writing import record_to_bytes
from ...html.structured_data.structured_serialize import structured_serialize
from ...webidl.promises import Promise, a_new_promise, perform_promise_then, resolve
from .alarms import Outcome, run_in_the_object
from .ids import DurableObjectId, id_from_string
from .life_cycle import Container, DurableObjects, Space
from .ownership import Ownership
from .remote_fetch import IncomingFetch
from .remote_messages import (
    ANSWERS,
    CALLS,
    NEWS,
    check_size,
    error_to_bytes,
    from_bytes,
    lost_error,
    to_bytes,
)
from .rpc import call_a_method, read_a_property

IDLE_SECONDS_AT_THE_END = 0.1

Exchange = tuple[int, int]  # the member that has called, and its number of the call


class ServedCalls:
    """What other processes ask of the objects of this one.

    SPEC_NOTES.md#served-calls
    """

    def __init__(self, host: Host) -> None:
        self._bus = host.bus
        self._objects = host.record(DurableObjects)
        self._ownership = host.record(Ownership)
        self._fetches: dict[Exchange, IncomingFetch] = {}
        # While this process ends: who waits until an object has been let go of.
        self._held: dict[tuple[str, str], list[Exchange]] | None = None
        self._is_handed_over: Promise[None] = a_new_promise()
        # When this process ends: those that may still send it calls.
        self._to_say_farewell: set[int] | None = None
        self._nobody_calls: Promise[None] = a_new_promise()
        self._bus.listen(CALLS, self._receive)
        self._bus.when_gone(self._on_gone)

    def _receive(self, member: int, message: bytes) -> None:
        kind, number, *items = from_bytes(message)
        if type(number) is not int:
            raise ValueError("a call has no number")
        exchange = member, number
        match items:
            case [str(unique_key), str(id), str(_) | None as name, str(operation), bytes(payload)]:
                space = self._objects.spaces.get(unique_key)
                if space is None or space.settings_object is None:
                    self._say(exchange, "moved")
                    return
                steps = partial(self._begin, exchange, space, kind, id, name, operation, payload)
                space.settings_object.context.copy().run(run_a_task, relevant_event_loop(), steps)
            case [] if kind == "farewell":
                self._has_said_farewell(member)
            case _ if exchange in self._fetches:
                steps = partial(self._fetches[exchange].receive, kind, items)
                run_a_task(relevant_event_loop(), steps)

    def _begin(
        self,
        exchange: Exchange,
        space: Space,
        kind: str,
        id: str,
        name: str | None,
        operation: str,
        payload: bytes,
    ) -> None:
        if not self._ownership.has(space, id):
            self._say(exchange, "moved")
            return
        if self._held is not None and id in space.containers:
            self._held.setdefault((space.unique_key, id), []).append(exchange)
            return
        id_object = id_from_string(space.key, id)
        id_object._name = name
        try:
            answer = self._perform(exchange, space, kind, id_object, operation, payload)
        except Exception as error:
            self._say(exchange, "error", *error_to_bytes(error))
            return
        container, promise, on_result = answer

        def fail(error: Any) -> None:
            if container.ended_in_order:  # the process ends before the call has
                error = lost_error()
            if (fetch := self._forget_a_fetch(exchange)) is not None:
                fetch.end()
            self._say(exchange, "error", *error_to_bytes(error))

        def succeed(result: Any) -> None:
            try:
                on_result(result)
            except Exception as error:
                fail(error)

        perform_promise_then(promise, succeed, fail)

    def _perform(
        self,
        exchange: Exchange,
        space: Space,
        kind: str,
        id: DurableObjectId,
        operation: str,
        payload: bytes,
    ) -> tuple[Container, Promise[Any], Callable[[Any], object]]:
        """Deliver the event; where it was, its promise, and what is done with its result.

        SPEC_NOTES.md#perform-a-served-call
        """
        event: Callable[[Any], object]
        on_result: Callable[[Any], object] = partial(self._send_a_result, exchange)
        match kind:
            case "call":
                event = partial(call_a_method, operation, record_from_bytes(payload))
            case "get":
                event = partial(read_a_property, operation)
            case "alarm":
                match from_bytes(payload):
                    case ["alarm", float(time), int(retry_count)]:
                        container = space.container(id)
                        event = partial(run_in_the_object, container, time, retry_count)
                        on_result = partial(self._send_an_outcome, exchange)
                    case _:
                        raise ValueError("it is no alarm")
            case "fetch":
                fetch = IncomingFetch(payload, partial(self._say, exchange))
                event = lambda instance: instance.fetch(fetch.request)
                on_result = partial(self._respond, exchange, space.container(id), fetch)
                self._fetches[exchange] = fetch
            case _:
                raise ValueError(f"{kind} is no call")
        container = space.container(id)
        return container, container.deliver(event), on_result

    def _send_a_result(self, exchange: Exchange, result: Any) -> None:
        self._say(exchange, "result", check_size(record_to_bytes(structured_serialize(result))))

    def _send_an_outcome(self, exchange: Exchange, outcome: Outcome) -> None:
        self._say(exchange, "outcome", outcome.has_failed, outcome.time)

    def _respond(
        self, exchange: Exchange, container: Container, fetch: IncomingFetch, response: Any
    ) -> None:
        """The object stays as long as its response is on the way; for sockets it may hibernate."""
        fetch.respond(response)
        if not fetch.has_a_socket:
            container.wait_for(fetch.is_over)
        perform_promise_then(
            fetch.is_over, lambda _: self._forget_a_fetch(exchange), lambda _: None
        )

    def _say(self, exchange: Exchange, kind: str, *items: Any) -> None:
        member, number = exchange
        try:
            message = to_bytes([kind, number, *items])
            self._bus.send(member, ANSWERS, message, is_awaited=kind != "message")
        except BusFailure:
            if kind == "message":
                raise  # the socket is to know
            if (fetch := self._forget_a_fetch(exchange)) is not None:
                fetch.lose()

    def _on_gone(self, member: int) -> None:
        self._has_said_farewell(member)
        for exchange, fetch in list(self._fetches.items()):
            if exchange[0] == member:
                self._forget_a_fetch(exchange)
                run_a_task(relevant_event_loop(), fetch.lose)

    # ---- the end of instances, and of this process -----------------------------------------------

    def let_go(self, space: Space, id: str) -> None:
        """The object has no instance here any more: who waits for that asks another process.

        Part of SPEC_NOTES.md#let-go
        """
        self._ownership.let_go(space, id)
        if self._held is not None:
            for exchange in self._held.pop((space.unique_key, id), ()):
                self._say(exchange, "moved")
            self._look_whether_all_is_handed_over()

    def hand_over(self) -> Promise[None]:
        """This process is about to end: let go of each object as soon as it has nothing to do. A
        promise that is fulfilled when there is none left.

        SPEC_NOTES.md#hand-over
        """
        self._held = {}
        self._objects.idle_seconds = min(self._objects.idle_seconds, IDLE_SECONDS_AT_THE_END)
        for space in self._objects.spaces.values():
            for container in list(space.containers.values()):
                container.drop_if_idle()
        self._look_whether_all_is_handed_over()
        return self._is_handed_over

    def leave(self) -> Promise[None]:
        """This process has no objects any more, and will have none. A promise that is fulfilled
        when all others know it, and what they have sent before is answered.

        SPEC_NOTES.md#leave
        """
        self._to_say_farewell = set(self._bus.others)
        self._bus.publish(NEWS, to_bytes(["leaves", ""]))
        self._has_said_farewell(self._bus.member)
        return self._nobody_calls

    def _has_said_farewell(self, member: int) -> None:
        if self._to_say_farewell is not None:
            self._to_say_farewell.discard(member)
            if not self._to_say_farewell:
                resolve(self._nobody_calls)

    def _forget_a_fetch(self, exchange: Exchange) -> IncomingFetch | None:
        fetch = self._fetches.pop(exchange, None)
        if self._held is not None:
            self._look_whether_all_is_handed_over()
        return fetch

    def _look_whether_all_is_handed_over(self) -> None:
        has_instances = any(space.containers for space in self._objects.spaces.values())
        if not has_instances and not self._fetches:
            resolve(self._is_handed_over)
