"""A bus over sockets: each process of a server inherits one end of a pair, the supervisor has the
other ends, and the broker.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from .bus import BusFailure
from .bus_broker import BYTES_OF_AN_IDENTITY, Broker
from .bus_frames import Frame, FrameReader, encode
from .bus_member import BusMember

SECONDS_TO_END = 1.0


class FrameConnection(asyncio.Protocol):
    """Frames over a socket."""

    def __init__(
        self, receive: Callable[[Frame], object], lose: Callable[[BusFailure | None], object]
    ) -> None:
        self._receive = receive
        self._lose = lose
        self._reader = FrameReader()
        self._transport: asyncio.Transport | None = None
        self._is_lost = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It can be used."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        try:
            for frame in self._reader.feed(data):
                self._receive(frame)
        except BusFailure as failure:
            self.close()
            self._lose(failure)

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side has ended."""
        self._transport = None
        self._is_lost.set()
        self._lose(None)

    def write(self, frame: Frame) -> None:
        """Send a frame, if there is still somebody."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(encode(frame))

    def close(self) -> None:
        """Send nothing any more, and what is not on its way neither."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    async def end(self) -> None:
        """Send nothing any more, once all is on its way; it does not wait for long."""
        if self._transport is not None:
            self._transport.close()
            with suppress(TimeoutError):
                async with asyncio.timeout(SECONDS_TO_END):
                    await self._is_lost.wait()


class SocketBus:
    """The way to the broker from a process that has inherited one end of a pair."""

    def __init__(self, member: BusMember, connection: FrameConnection) -> None:
        self.bus = member
        self._connection = connection

    async def end(self) -> None:
        """What it has said arrives; it says and hears nothing any more."""
        await self._connection.end()
        self.bus.lose()


async def join_over_a_socket(descriptor: int, report: Callable[[str], object]) -> SocketBus:
    """Become a member. BusFailure if the broker is gone."""
    loop = asyncio.get_running_loop()

    def write(frame: Frame) -> None:
        connection.write(frame)

    member = BusMember(write, report)
    connection = FrameConnection(member.receive, lambda failure: member.lose())
    own_end = socket.socket(fileno=descriptor)
    own_end.setblocking(False)
    await loop.connect_accepted_socket(lambda: connection, own_end)
    await member.join()
    return SocketBus(member, connection)


class InvitedMember:
    """A process that can join, or has: the descriptor is for it to inherit."""

    __slots__ = ("_connecting", "_connection", "_other_end", "descriptor", "number")

    def __init__(
        self,
        number: int,
        own_end: socket.socket,
        other_end: socket.socket,
        connection: FrameConnection,
    ) -> None:
        self.number = number
        self.descriptor = other_end.fileno()
        self._other_end = other_end
        self._connection = connection
        own_end.setblocking(False)
        loop = asyncio.get_running_loop()
        self._connecting = loop.create_task(
            loop.connect_accepted_socket(lambda: connection, own_end)
        )

    def has_inherited(self) -> None:
        """The process has the descriptor: this one needs it no more."""
        self._other_end.close()

    def close(self) -> None:
        """Send it nothing any more."""
        self._connecting.add_done_callback(lambda _: self._connection.close())


class SocketBroker:
    """The broker in the supervisor of a server."""

    def __init__(self) -> None:
        self._broker = Broker(os.urandom(BYTES_OF_AN_IDENTITY))

    def invite(self, distrust: Callable[[BusFailure], object]) -> InvitedMember:
        """A place for a process that is about to start. `distrust` is told that it has sent what is
        no frame: it has to end.
        """
        number = self._broker.connect()
        own_end, other_end = socket.socketpair()

        def lose(failure: BusFailure | None) -> None:
            if failure is not None:
                distrust(failure)

        connection = FrameConnection(
            lambda frame: self._broker.receive(number, frame, connection.write), lose
        )
        return InvitedMember(number, own_end, other_end, connection)

    def leave(self, invited: InvitedMember) -> None:
        """The process is dead."""
        invited.close()
        self._broker.leave(invited.number)
