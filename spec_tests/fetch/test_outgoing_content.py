"""Outgoing content: a stream that is sent, by whichever role."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime.fetch.outgoing_content import OutgoingContent
from worker_runtime.host.network import TCPAddress
from worker_runtime.http.connection import ClientConnection
from worker_runtime.http.edge import Edge
from worker_runtime.streams.readable_stream import ReadableStream

from .scripted_network import ScriptedStream, SilentNetwork

spec = pytest.mark.spec


class Harness:
    def __init__(self, length: int | None = None) -> None:
        self.stream = ScriptedStream(SilentNetwork(), TCPAddress("a", 1))
        http = ClientConnection()
        http.send_request("POST", "/", [("host", "a")], length)
        self.edge = Edge(self.stream, http, FakeClock(), lambda awaited: None, 60, 60)
        self.reasons: list[object] = []

    def content(self, *chunks: object, failure: Exception | None = None) -> OutgoingContent:
        async def source() -> AsyncIterator[object]:
            try:
                for chunk in chunks:
                    yield chunk
                if failure is not None:
                    raise failure
            finally:
                self.reasons.append("closed")

        return OutgoingContent(self.edge, ReadableStream.from_(source()))


@spec("https://www.rfc-editor.org/rfc/rfc9112#section-7")
class TestOutgoingContent:
    async def test_is_framed_to_its_end(self) -> None:
        h = Harness()
        assert await h.content(b"a", b"", bytearray(b"bc"), memoryview(b"d")).send()
        assert h.stream.sent == b"1\r\na\r\n2\r\nbc\r\n1\r\nd\r\n0\r\n\r\n"
        assert h.edge.http._outgoing == 0

    async def test_is_what_was_said(self) -> None:
        h = Harness(length=3)
        assert await h.content(b"a", b"bc").send()
        assert h.stream.sent == b"abc"

    @pytest.mark.parametrize("chunk", ["text", 1, None])
    async def test_is_bytes(self, chunk: object) -> None:
        h = Harness()
        with pytest.raises(TypeError, match="bytes"):
            await h.content(b"a", chunk).send()
        assert h.reasons == ["closed"] and not h.edge.http.may_go_on

    async def test_a_source_that_fails_is_not_taken_for_a_network_that_does(self) -> None:
        h = Harness()
        with pytest.raises(ConnectionError, match="of the source"):
            await h.content(b"a", failure=ConnectionError("of the source")).send()
        assert not h.edge.http.may_go_on

    async def test_a_side_that_takes_no_more_ends_the_source(self) -> None:
        h = Harness()
        h.stream.is_held_up = True
        sending = asyncio.ensure_future(h.content(b"a", b"b").send())
        while h.stream.drainer is None:
            await asyncio.sleep(0)
        h.stream.abort()
        assert await sending is False
        await asyncio.sleep(0)
        assert h.reasons == ["closed"] and not h.edge.http.may_go_on

    async def test_can_be_cancelled_while_nothing_comes(self) -> None:
        h = Harness()
        reasons: list[object] = []
        content = OutgoingContent(h.edge, ReadableStream({"cancel": reasons.append}))
        sending = asyncio.ensure_future(content.send())
        await asyncio.sleep(0)
        content.cancel("enough")
        assert await sending is False
        assert reasons == ["enough"]
