"""Wakers: of each class of objects one process keeps the timers of all alarms, and rings wherever
the objects are.

SPEC_NOTES.md#wakers
"""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from typing import Any

from ...host.bus import BusFailure
from ...host.host import Host
from ...html.event_loops import in_parallel, relevant_event_loop, run_a_task
from .alarms import Outcome, run_in_the_object
from .ids import DurableObjectId, id_from_string
from .life_cycle import DurableObjects, Space
from .ownership import Ownership, RoutedCall
from .remote_messages import NEWS, from_bytes, to_bytes


class Wakers:
    """Who is the waker of which class, as far as this process has to know.

    SPEC_NOTES.md#wakers
    """

    def __init__(self, host: Host) -> None:
        self._bus = host.bus
        self._objects = host.record(DurableObjects)
        self._ownership = host.record(Ownership)
        self._is_leaving = False
        self._bus.listen(NEWS, self._receive)
        self._bus.when_gone(lambda member: self.apply())

    def watch(self, space: Space) -> None:
        """Let the alarms of a space be rung by its waker, which may be this process.

        SPEC_NOTES.md#watch-a-space
        """
        space.alarms.ring = partial(self._ring, space)
        space.alarms.tell = partial(self._tell, space)
        space.alarms.is_waker = False
        self.apply()

    def apply(self) -> None:
        """Be the waker of each space that has none.

        Part of SPEC_NOTES.md#wakers
        """
        for space in self._objects.spaces.values():
            if space.alarms.tell is not None and not space.alarms.is_waker:
                in_parallel(self._apply_for(space))

    async def _apply_for(self, space: Space) -> None:
        try:
            owner = await self._bus.claim(waker_name(space))
        except BusFailure:
            return
        if owner == self._bus.member and not space.alarms.is_waker:
            if self._is_leaving:
                self._resign(space)
            else:
                space.alarms.is_waker = True
                space.alarms.load()

    def resign(self) -> None:
        """This process is about to end: others are to wake.

        Part of SPEC_NOTES.md#wakers
        """
        self._is_leaving = True
        for space in self._objects.spaces.values():
            if space.alarms.is_waker:
                space.alarms.is_waker = False
                space.alarms.stop()
                self._resign(space)

    def _resign(self, space: Space) -> None:
        self._bus.release(waker_name(space))
        self._bus.publish(NEWS, to_bytes(["resigned", space.unique_key]))

    def _tell(self, space: Space, id: DurableObjectId, time: float | None) -> None:
        """All are told, since the waker may be another one soon."""
        news = ["alarm", space.unique_key, id._text, id._name, time]
        self._bus.publish(NEWS, to_bytes(news))

    def _receive(self, member: int, message: bytes) -> None:
        match from_bytes(message):
            case ["alarm", str(unique_key), str(text), str(_) | None as name,
                  float(_) | None as time]:  # fmt: skip
                space = self._objects.spaces.get(unique_key)
                if space is not None and space.alarms.is_waker:
                    id = id_from_string(space.key, text)
                    id._name = name
                    run_a_task(relevant_event_loop(), partial(space.alarms.hear, id, time))
            case ["resigned", str(_)]:
                self.apply()
            case ["leaves", str(_)]:
                self._ownership.on_leave(member)
            case _:
                raise ValueError("it is no news")

    async def _ring(
        self, space: Space, id: DurableObjectId, time: float, retry_count: int
    ) -> Outcome:
        """Ring wherever the object is.

        SPEC_NOTES.md#ring-over-processes
        """

        def event(instance: Any) -> Awaitable[Outcome]:
            return run_in_the_object(space.container(id), time, retry_count, instance)

        payload = partial(to_bytes, ["alarm", time, retry_count])
        outcome: Outcome = await self._ownership.deliver(
            space, id, RoutedCall("alarm", event, payload=payload)
        )
        return outcome


def waker_name(space: Space) -> bytes:
    """What the waker of a space owns on the bus.

    Part of SPEC_NOTES.md#wakers
    """
    return f"durable-alarms\0{space.unique_key}".encode("utf-8", "surrogatepass")
