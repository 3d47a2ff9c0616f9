"""The server's end of a WebSocket connection, without a network; spec_tests/server has the rest."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable
from typing import Any

import pytest

from worker_runtime.host.clock import SystemClock
from worker_runtime.host.memory_network import MemoryNetwork
from worker_runtime.host.network import ByteStream, TCPAddress
from worker_runtime.webidl.promises import Promise, a_new_promise, resolve
from worker_runtime.websocket_protocol.connection import Connection
from worker_runtime.websockets.server_connections import ServerConnection
from worker_runtime.websockets.websocket_connections import ConnectionLimits

spec = pytest.mark.spec


class Notes:
    """What a connection tells."""

    def __init__(self) -> None:
        self.events: list[object] = []
        self.room: Promise[None] | None = None

    def message_received(self, data: str | bytes) -> Awaitable[object] | None:
        self.events.append(data)
        return self.room

    def closing_handshake_started(self) -> None:
        self.events.append("closing")

    def closed(self, code: int, reason: str, was_clean: bool, has_failed: bool) -> None:
        self.events.append((code, reason, was_clean, has_failed))


class Ends:
    """A connection within the process, and what its server is told."""

    def __init__(self, limits: ConnectionLimits = ConnectionLimits()) -> None:
        self.notes = Notes()
        self.limits = limits
        self.is_over = asyncio.Event()

    async def connect(self) -> None:
        network, address = MemoryNetwork(), TCPAddress("server", 80)
        await network.listen(address, self._serve)
        self.client = await network.dial(address)
        self.protocol = Connection("client", 1 << 20, os.urandom)
        await asyncio.sleep(0)

    def _serve(self, stream: ByteStream) -> None:
        protocol = Connection("server", 1 << 20, os.urandom)
        self.server = ServerConnection(stream, protocol, self.notes, SystemClock(), self.limits)
        self.server.begin(b"", False, self.is_over.set)

    async def see(self, *events: object) -> None:
        while self.notes.events != list(events):
            await asyncio.sleep(0)


@spec("https://websockets.spec.whatwg.org/#websocket-connections")
class TestServerConnection:
    async def test_messages_are_handed_on_without_a_task(self) -> None:
        ends = Ends()
        await ends.connect()
        for _ in range(3):
            await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 1
        ends.client.write(ends.protocol.send_message("a") + ends.protocol.send_message(b"b"))
        await ends.see("a", b"b")
        assert len(asyncio.all_tasks()) == 1
        ends.client.abort()
        await ends.is_over.wait()
        assert ends.notes.events[2:] == [(1006, "", False, True)]

    async def test_who_has_no_room_is_told_no_more(self) -> None:
        ends = Ends()
        await ends.connect()
        room = ends.notes.room = a_new_promise()
        for word in "abc":
            ends.client.write(ends.protocol.send_message(word))
        for _ in range(20):
            await asyncio.sleep(0)
        assert ends.notes.events == ["a"]
        ends.notes.room = None
        resolve(room)
        await ends.see("a", "b", "c")
        ends.client.write(ends.protocol.start_the_closing_handshake(1000, "x"))
        await ends.is_over.wait()
        assert ends.notes.events[3:] == ["closing", (1000, "x", True, False)]
        ends.client.close()

    async def test_an_end_while_it_hands_on_is_not_missed(self) -> None:
        ends = Ends()
        await ends.connect()
        room = ends.notes.room = a_new_promise()
        ends.client.write(ends.protocol.send_message("a"))
        await ends.see("a")
        ends.client.write_eof()
        for _ in range(5):
            await asyncio.sleep(0)
        assert not ends.is_over.is_set()
        resolve(room)
        await ends.is_over.wait()
        assert ends.notes.events[1:] == [(1006, "", False, True)]
        ends.client.close()

    @pytest.mark.parametrize("own_close", [False, True])
    async def test_a_deadline_ends_what_rests(self, own_close: bool) -> None:
        limits: Any = ConnectionLimits()._replace(close_timeout=0.01)
        ends = Ends(limits if own_close else limits._replace(ping_interval=0.01, idle_timeout=0.03))
        await ends.connect()
        if own_close:
            ends.server.close(1000)
        await ends.is_over.wait()
        reason = "" if own_close else "Nothing was heard from the other side for too long"
        assert ends.notes.events == [(1006, reason, False, True)]
        ends.client.abort()
