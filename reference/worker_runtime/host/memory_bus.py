"""A bus in memory: several hosts in one event loop are as processes of one server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .bus_broker import BYTES_OF_AN_IDENTITY, Broker
from .bus_frames import Frame
from .bus_member import BusMember


class MemoryBroker:
    """A server whose processes are hosts in this event loop."""

    def __init__(self) -> None:
        self._broker = Broker(bytes(BYTES_OF_AN_IDENTITY))
        self._members: dict[int, BusMember] = {}

    async def join(self, report: Callable[[str], object] = print) -> BusMember:
        """A new member."""
        number = self._broker.connect()
        loop = asyncio.get_running_loop()

        def deliver(frame: Frame) -> None:
            if number in self._members:
                member.receive(frame)

        def to_the_member(frame: Frame) -> None:
            loop.call_soon(deliver, frame)

        def take(frame: Frame) -> None:
            if number in self._members:
                self._broker.receive(number, frame, to_the_member)

        def to_the_broker(frame: Frame) -> None:
            loop.call_soon(take, frame)

        member = self._members[number] = BusMember(to_the_broker, report)
        await member.join()
        return member

    def kill(self, member: int) -> None:
        """It is dead: what it has sent and nobody has got is lost."""
        self._members.pop(member).lose()
        self._broker.leave(member)
