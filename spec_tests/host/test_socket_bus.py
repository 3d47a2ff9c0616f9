"""A bus over inherited sockets."""

from __future__ import annotations

import asyncio
import os
import socket
import sys

import pytest

from worker_runtime.host.bus import BusFailure
from worker_runtime.host.socket_bus import (
    InvitedMember,
    SocketBroker,
    SocketBus,
    join_over_a_socket,
)

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no processes that inherit sockets"
)


class Server:
    """A broker and its members, all in this process."""

    def __init__(self) -> None:
        self.broker = SocketBroker()
        self.distrusted: list[str] = []
        self.invited: list[InvitedMember] = []

    def invite(self) -> int:
        """The descriptor of a place for a member."""
        invited = self.broker.invite(lambda failure: self.distrusted.append(str(failure)))
        self.invited.append(invited)
        descriptor = os.dup(invited.descriptor)  # as a process inherits it
        invited.has_inherited()
        return descriptor

    async def join(self) -> SocketBus:
        return await join_over_a_socket(self.invite(), print)

    async def end(self, *members: SocketBus) -> None:
        for member in members:
            await member.end()
        for invited in self.invited:
            self.broker.leave(invited)
        await asyncio.sleep(0.01)


class TestSocketBus:
    async def test_large_messages_arrive_whole_and_in_order(self) -> None:
        server, heard = Server(), list[bytes]()
        first, second = await server.join(), await server.join()
        second.bus.listen("a", lambda member, message: heard.append(message))
        sent = [bytes([number]) * 3_000_000 for number in range(5)]
        for message in sent:
            first.bus.send(second.bus.member, "a", message)
        while len(heard) < 5:
            await asyncio.sleep(0.001)
        assert heard == sent
        await server.end(first, second)

    async def test_a_name_is_free_when_its_owner_is_said_to_be_dead(self) -> None:
        server, gone = Server(), list[int]()
        first, second = await server.join(), await server.join()
        second.bus.when_gone(gone.append)
        assert await first.bus.claim(b"n") == first.bus.member
        await first.end()
        await asyncio.sleep(0.01)
        assert await second.bus.claim(b"n") == first.bus.member  # nobody knows yet
        server.broker.leave(server.invited[0])
        assert await second.bus.claim(b"n") == second.bus.member
        assert gone == [first.bus.member]
        await server.end(second)

    async def test_without_its_broker_a_member_has_nothing(self) -> None:
        server, gone = Server(), list[int]()
        member = await server.join()
        member.bus.when_gone(gone.append)
        await server.end()
        assert gone == [member.bus.member]
        with pytest.raises(BusFailure):
            await member.bus.claim(b"n")

    async def test_who_cannot_join_is_told(self) -> None:
        server = Server()
        descriptor = server.invite()
        await server.end()
        with pytest.raises(BusFailure):
            await join_over_a_socket(descriptor, print)

    async def test_what_sends_no_frames_is_not_trusted(self) -> None:
        server = Server()
        with socket.socket(fileno=server.invite()) as stranger:
            stranger.sendall(b"GET / HTTP/1.1\r\n")
            while not server.distrusted:
                await asyncio.sleep(0.001)
        assert "cannot have" in server.distrusted[0]
        await server.end()
