"""RFC 9112, 9: a connection over a stream of bytes, whose other side is the test."""

from __future__ import annotations

import asyncio

import pytest

from spec_tests.fakes import FakeClock
from spec_tests.fetch.scripted_network import ScriptedStream, SilentNetwork
from worker_runtime.host.network import TCPAddress
from worker_runtime.http.connection import ClientConnection, ServerConnection
from worker_runtime.http.edge import Edge
from worker_runtime.http.failures_and_timeouts import Awaited
from worker_runtime.http.fields import MessageFailure

spec = pytest.mark.spec
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"


class Harness:
    def __init__(self, is_server: bool = True) -> None:
        self.clock = FakeClock(monotonic=0)
        self.stream = ScriptedStream(SilentNetwork(), TCPAddress("a", 1))
        self.missed: list[tuple[float, Awaited]] = []
        role = ServerConnection() if is_server else ClientConnection()
        self.edge: Edge[ServerConnection | ClientConnection] = Edge(
            self.stream, role, self.clock, self.miss, content_timeout=30, taking_timeout=60
        )

    def miss(self, awaited: Awaited) -> None:
        self.missed.append((self.clock.now, awaited))

    def receive_head(self, data: bytes) -> None:
        self.edge.http.receive_data(data)
        assert isinstance(self.edge.http, ServerConnection)
        assert self.edge.http.next_request() is not None


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-9")
class TestEdge:
    async def test_content_is_received_as_it_comes(self) -> None:
        h = Harness()
        h.receive_head(POST + b"\r\nhe")
        assert await h.edge.receive_content() == b"he"
        receiving = asyncio.ensure_future(h.edge.receive_content())
        await asyncio.sleep(0)
        h.stream.feed(b"llo")
        assert await receiving == b"llo"
        assert await h.edge.receive_content() == b""
        assert h.clock.alarms == set() or h.edge.deadlines.awaited is None

    async def test_content_that_is_waited_for_is_asked_for(self) -> None:
        h = Harness()
        h.receive_head(POST + b"Expect: 100-continue\r\n\r\n")
        receiving = asyncio.ensure_future(h.edge.receive_content())
        await asyncio.sleep(0)
        assert h.stream.sent == b"HTTP/1.1 100 Continue\r\n\r\n"
        h.stream.feed(b"hello")
        assert await receiving == b"hello"

    async def test_content_that_does_not_come_is_missed(self) -> None:
        h = Harness()
        h.receive_head(POST + b"\r\n")
        receiving = asyncio.ensure_future(h.edge.receive_content())
        await asyncio.sleep(0)
        h.clock.advance(31)
        assert h.missed == [(30, "content")]
        h.edge.give_up(TimeoutError("too late"))
        with pytest.raises(TimeoutError, match="too late"):
            await receiving
        assert h.edge.deadlines.awaited is None

    async def test_content_that_ends_early_is_broken(self) -> None:
        h = Harness()
        h.receive_head(POST + b"\r\nhe")
        await h.edge.receive_content()
        h.stream.end()
        with pytest.raises(MessageFailure, match="3 bytes before"):
            await h.edge.receive_content()

    async def test_what_has_come_is_taken_without_waiting(self) -> None:
        h = Harness(is_server=False)
        h.edge.receive_what_has_come()
        h.stream.feed(b"HTTP/1.1 204 No Content\r\n\r\n")
        h.edge.receive_what_has_come()
        assert h.edge.http.has_unused_data
        h.stream.failure = ConnectionAbortedError("no closure alert")
        with pytest.raises(ConnectionAbortedError):
            h.edge.receive_what_has_come()

    async def test_what_is_sent_waits_for_room(self) -> None:
        h = Harness()
        await h.edge.send(b"a")
        h.stream.is_held_up = True
        sending = asyncio.ensure_future(h.edge.send(b"b"))
        for taken in range(5):
            await asyncio.sleep(0)
            h.stream.taken = taken
            h.clock.advance(59)
        assert h.missed == [] and not sending.done()
        h.stream.is_held_up = False
        h.stream.feed(b"")
        await sending
        assert h.stream.sent == b"ab"
        h.clock.advance(100)
        assert h.missed == []

    async def test_a_side_that_takes_nothing_is_missed(self) -> None:
        h = Harness()
        h.stream.is_held_up = True
        sending = asyncio.ensure_future(h.edge.send(b"a"))
        await asyncio.sleep(0)
        h.clock.advance(61)
        assert h.missed == [(60, "message to be taken")]
        h.edge.give_up(TimeoutError("too late"))
        with pytest.raises(ConnectionError):
            await sending
