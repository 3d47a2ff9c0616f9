"""Ownership: which of the processes of a server has an object, and how calls get there.

SPEC_NOTES.md#ownership
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any

from ...host.bus import BusFailure, BusOverflow
from ...host.host import Host
from ...html.event_loops import in_parallel, relevant_event_loop, run_a_task
from ...html.structured_data.byte_format_reading import record_from_bytes
from ...html.structured_data.structured_deserialize import structured_deserialize
from ...webidl.promises import Promise, a_new_promise, reject, resolve, upon_fulfillment
from .alarms import Outcome
from .ids import DurableObjectId
from .life_cycle import DurableObjects, Event, Space
from .remote_fetch import OutgoingFetch
from .remote_messages import (
    ANSWERS,
    CALLS,
    check_size,
    error_from_bytes,
    error_of_the_bus,
    from_bytes,
    lost_error,
    to_bytes,
)

MOST_ROUTES = 4_096  # that are remembered though nothing is on its way there


class Reset:
    """What a stub has reached, when all that is known of it is that it was reset.

    Part of SPEC_NOTES.md#deliver-over-processes
    """

    ended_in_order = False

    def __init__(self, error: Exception) -> None:
        self.broken = error


class RoutedCall:
    """An event on its way to whatever process has its object: what to do if that is this one, and
    else what to say to the other one.

    Part of SPEC_NOTES.md#deliver-over-processes
    """

    __slots__ = ("context", "event", "fetch", "kind", "number", "on_target", "operation", "owner",
                 "payload", "promise", "route")  # fmt: skip

    def __init__(
        self,
        kind: str,
        event: Event,
        operation: str = "",
        payload: Callable[[], bytes] = bytes,
        fetch: OutgoingFetch | None = None,
        on_target: Callable[[Any], object] = lambda target: None,
    ) -> None:
        self.kind = kind
        self.event = event
        self.operation = operation
        self.payload = payload  # made when it goes to another process
        self.fetch = fetch
        self.on_target = on_target  # is told of what the call has reached
        self.promise: Promise[Any] = a_new_promise()
        self.context = copy_context()
        self.number = 0
        self.owner = 0
        self.route: Route | None = None


class Route:
    """Where the calls of an object go from here, while it is not this process that has it.

    SPEC_NOTES.md#route
    """

    __slots__ = ("id", "in_flight", "is_claiming", "moved", "owner", "queue", "space")

    def __init__(self, space: Space, id: DurableObjectId) -> None:
        self.space = space
        self.id = id
        self.owner: int | None = None  # None: it has to be asked for
        self.is_claiming = False
        self.queue: deque[RoutedCall] = deque()
        self.in_flight: dict[int, RoutedCall] = {}
        self.moved: list[RoutedCall] = []


class Ownership:
    """The objects that this process has, and the ways to those that others have.

    SPEC_NOTES.md#ownership
    """

    def __init__(self, host: Host) -> None:
        self.host = host
        self.bus = host.bus
        self.objects = host.record(DurableObjects)
        self._routes: dict[tuple[str, str], Route] = {}
        self._last_number = 0
        self._calls: dict[int, RoutedCall] = {}  # that others have to answer
        self._fetches: dict[int, tuple[int, OutgoingFetch]] = {}  # what comes after an answer
        self.bus.listen(ANSWERS, self._receive)
        self.bus.when_gone(self._on_gone)

    def has(self, space: Space, id: str) -> bool:
        """Whether the object is this process's.

        Part of SPEC_NOTES.md#ownership
        """
        return self.bus.owns(name_of(space.unique_key, id))

    # ---- calls -----------------------------------------------------------------------------------

    def deliver(self, space: Space, id: DurableObjectId, call: RoutedCall) -> Promise[Any]:
        """Perform an event on the object, wherever it is. Those of this process begin in the order
        in which they are delivered.

        SPEC_NOTES.md#deliver-over-processes
        """
        key = (space.unique_key, id._text)
        route = self._routes.get(key)
        if route is None:
            if self.has(space, id._text):
                return self._deliver_here(space, id, call)
            self._forget_routes()
            route = self._routes[key] = Route(space, id)
        if route.owner is None or route.moved:
            route.queue.append(call)
            self._claim(route)
        else:
            self._send(route, call)
        return call.promise

    def _deliver_here(self, space: Space, id: DurableObjectId, call: RoutedCall) -> Promise[Any]:
        container = space.container(id)
        call.on_target(container)
        return container.deliver(call.event)

    def _claim(self, route: Route) -> None:
        if not route.is_claiming and not route.in_flight:
            route.is_claiming = True
            in_parallel(self._ask_for_the_owner(route))

    async def _ask_for_the_owner(self, route: Route) -> None:
        space, id = route.space, route.id
        try:
            owner = await self.bus.claim(name_of(space.unique_key, id._text))
        except BusFailure as failure:
            error = error_of_the_bus(failure)
            for call in route.queue:
                reject(call.promise, error)
            route.queue.clear()
            return
        finally:
            route.is_claiming = False
        queue, route.queue = route.queue, deque()
        if owner == self.bus.member:
            self._routes.pop((space.unique_key, id._text), None)
            for call in queue:
                resolve(call.promise, self._deliver_here(space, id, call))
            return
        route.owner = owner
        for call in queue:
            if route.owner is None:
                route.queue.append(call)
            else:
                self._send(route, call)

    def _send(self, route: Route, call: RoutedCall) -> None:
        owner = route.owner
        assert owner is not None
        self._last_number = number = self._last_number + 1
        call.number, call.owner, call.route = number, owner, route
        id = route.id
        try:
            payload = check_size(call.payload())
            message = [
                call.kind, number, route.space.unique_key, id._text, id._name, call.operation,
                payload,
            ]  # fmt: skip
            self.bus.send(owner, CALLS, to_bytes(message))
        except BusOverflow as overflow:
            reject(call.promise, error_of_the_bus(overflow))
            return
        except BusFailure:  # that process has died meanwhile, and has not got the call
            route.owner = None
            route.queue.append(call)
            self._claim(route)
            return
        except Exception as error:
            reject(call.promise, error)
            return
        self._calls[number] = route.in_flight[number] = call
        if call.fetch is not None:
            call.fetch.begin(partial(self._say, owner, number))

    def _say(self, owner: int, number: int, kind: str, *items: Any) -> None:
        """About a fetch that is under way. BusFailure if a message of a WebSocket does not go."""
        try:
            message = to_bytes([kind, number, *items])
            self.bus.send(owner, CALLS, message, is_awaited=kind != "message")
        except BusFailure:
            if kind == "message":
                raise

    # ---- answers ---------------------------------------------------------------------------------

    def _receive(self, member: int, message: bytes) -> None:
        kind, number, *items = from_bytes(message)
        call = self._calls.get(number)
        if call is not None and call.owner == member:
            steps = partial(self._take_an_answer, call, kind, items)
            call.context.run(run_a_task, relevant_event_loop(), steps)
        elif number in self._fetches and self._fetches[number][0] == member:
            run_a_task(relevant_event_loop(), self._fetches[number][1].receive, kind, items)

    def _take_an_answer(self, call: RoutedCall, kind: str, items: list[Any]) -> None:
        try:
            self._on_answer(call, kind, items)
        except Exception as error:  # what has come cannot be made anew here
            reject(call.promise, error)

    def _on_answer(self, call: RoutedCall, kind: str, items: list[Any]) -> None:
        match kind, items:
            case "result", [bytes(result)]:
                self._settled(call)
                value = structured_deserialize(record_from_bytes(result))
                resolve(call.promise, value)
            case "error", [list(flags), bytes(data)]:
                self._settled(call)
                error = error_from_bytes(flags, data)
                if "durableObjectReset" in flags:
                    call.on_target(Reset(error))
                if call.fetch is not None:
                    call.fetch.end()
                reject(call.promise, error)
            case "outcome", [bool(has_failed), float(_) | None as time]:
                self._settled(call)
                resolve(call.promise, Outcome(has_failed, time))
            case "moved", []:
                self._on_move(call)
            case "response", [bytes(head)] if call.fetch is not None:
                self._settled(call)
                number = call.number
                self._fetches[number] = call.owner, call.fetch
                upon_fulfillment(call.fetch.is_over, lambda _: self._fetches.pop(number, None))
                resolve(call.promise, call.fetch.response(head))
            case _ if call.fetch is not None:
                call.fetch.receive(kind, items)
            case _:
                raise ValueError(f"{kind} is no answer")

    def _settled(self, call: RoutedCall) -> None:
        del self._calls[call.number]
        route = call.route
        assert route is not None
        del route.in_flight[call.number]
        if route.moved and not route.in_flight:
            self._ask_anew(route)

    def _on_move(self, call: RoutedCall) -> None:
        """The object was let go of before the call came: nothing was done. All calls that went
        there are answered before anyone asks anew, so that they keep their order.
        """
        route = call.route
        assert route is not None
        route.moved.append(call)
        if call.fetch is not None:
            call.fetch.moves()
        self._settled(call)

    def _ask_anew(self, route: Route) -> None:
        route.queue.extendleft(reversed(route.moved))
        route.moved.clear()
        route.owner = None
        self._claim(route)

    # ---- the end of others, and of instances -----------------------------------------------------

    def _on_gone(self, member: int) -> None:
        """Nobody knows what has come of what that process was asked for."""
        is_this_one = member == self.bus.member
        for call in [call for call in self._calls.values() if call.owner == member]:
            call.context.run(run_a_task, relevant_event_loop(), partial(self._lose, call))
        for number, (owner, fetch) in list(self._fetches.items()):
            if owner == member:
                del self._fetches[number]
                run_a_task(relevant_event_loop(), fetch.lose)
        for key, route in list(self._routes.items()):
            if route.owner == member:
                route.owner = None
                if route.queue:
                    self._claim(route)
                else:
                    del self._routes[key]
        if is_this_one:  # others may have its objects
            for space in self.objects.spaces.values():
                space.alarms.stop()
                for container in list(space.containers.values()):
                    container.break_(lost_error())

    def _lose(self, call: RoutedCall) -> None:
        route = call.route
        assert route is not None
        self._calls.pop(call.number, None)
        route.in_flight.pop(call.number, None)
        route.queue.extendleft(reversed(route.moved))  # those have not begun
        route.moved.clear()
        error = lost_error()
        call.on_target(Reset(error))
        if call.fetch is not None:
            call.fetch.lose()
        reject(call.promise, error)

    def on_leave(self, member: int) -> None:
        """A process ends, and has no objects any more: ask it for nothing, and tell it so.

        Part of SPEC_NOTES.md#leave
        """
        for key, route in list(self._routes.items()):
            if route.owner == member and not route.in_flight:
                del self._routes[key]
        self._say(member, 0, "farewell")

    def let_go(self, space: Space, id: str) -> None:
        """The object has no instance here any more: any process may have it.

        SPEC_NOTES.md#let-go
        """
        self.bus.release(name_of(space.unique_key, id))

    def _forget_routes(self) -> None:
        if len(self._routes) >= MOST_ROUTES:
            for key, route in list(self._routes.items()):
                if not route.in_flight and not route.queue and not route.is_claiming:
                    del self._routes[key]


def name_of(unique_key: str, id: str) -> bytes:
    """What an object is called on the bus.

    Part of SPEC_NOTES.md#ownership
    """
    return f"durable-object\0{unique_key}\0{id}".encode("utf-8", "surrogatepass")
