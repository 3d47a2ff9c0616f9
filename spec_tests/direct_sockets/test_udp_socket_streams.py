"""The streams of a UDPSocket, and their messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from spec_tests.direct_sockets.outcomes import a_scope, is_pending, outcome
from worker_runtime import UDPSocket
from worker_runtime.direct_sockets.udp_socket import UDPSocketOpenInfo
from worker_runtime.direct_sockets.udp_socket_streams import UDPMessage
from worker_runtime.host.host import Host
from worker_runtime.host.network import SystemNetwork
from worker_runtime.host.restricted_network import RestrictedNetwork

spec = pytest.mark.spec


@asynccontextmanager
async def both(**options: Any) -> AsyncIterator[tuple[UDPSocketOpenInfo, UDPSocketOpenInfo]]:
    """One that is bound, and one that is connected to it."""
    with a_scope():
        info = await UDPSocket(localAddress="127.0.0.1", **options).opened
        connected = UDPSocket(remoteAddress="127.0.0.1", remotePort=info.localPort)
        yield info, await connected.opened


@spec("https://wicg.github.io/direct-sockets/#dfn-initialize-the-udpsocket-readable-stream")
class TestReadable:
    async def test_a_message_has_its_source_where_the_socket_is_bound(self) -> None:
        async with both() as (bound, connected):
            await connected.writable.getWriter().write({"data": b"question"})
            question = (await bound.readable.getReader().read()).value
            assert question == UDPMessage(b"question", "127.0.0.1", connected.localPort)
            await bound.writable.getWriter().write(question)  # back to where it comes from
            answer = (await connected.readable.getReader().read()).value
            assert answer == UDPMessage(b"question", None, None, None)

    async def test_order_and_boundaries_are_kept(self) -> None:
        messages = [b"", b"a", b"", bytes(65_000), *(bytes([n]) * n for n in range(100))]
        async with both() as (bound, connected):
            writer, reader = connected.writable.getWriter(), bound.readable.getReader()
            received = []
            for message in messages:
                await writer.write({"data": message})
                received.append((await reader.read()).value.data)
            assert received == messages

    async def test_who_reads_slowly_loses_datagrams_and_takes_no_memory(self) -> None:
        async with both(receiveBufferSize=20_000) as (bound, connected):
            writer = connected.writable.getWriter()
            for number in range(500):
                await writer.write({"data": number.to_bytes(2) * 500})
            assert not bound.readable._controller._queue
            reader, numbers = bound.readable.getReader(), list[int]()
            reading = reader.read()
            while True:
                await asyncio.sleep(0.002)
                if is_pending(reading):
                    break
                numbers.append(int.from_bytes((await reading).value.data[:2]))
                reading = reader.read()
            assert 0 < len(numbers) < 100 and numbers == [*range(len(numbers))]

    async def test_nobody_there_is_an_error(self) -> None:
        async with both() as (bound, connected):
            await bound.readable.cancel()
            await bound.writable.close()
            socket = UDPSocket(remoteAddress="127.0.0.1", remotePort=bound.localPort)
            readable, writable, *_ = await socket.opened
            reader, writer = readable.getReader(), writable.getWriter()
            await writer.write({"data": b"x"})
            assert await outcome(reader.read()) == "NetworkError"
            assert is_pending(socket.closed)
            await writer.close()
            assert await outcome(socket.closed) == "NetworkError"


@spec("https://wicg.github.io/direct-sockets/#dfn-initialize-the-udpsocket-writable-stream")
class TestWritable:
    @pytest.mark.parametrize("message", [
        {"data": b"x"}, {"data": bytearray(b"x")}, {"data": memoryview(b"x")},
        SimpleNamespace(data=b"x"), UDPMessage(b"x"),
    ])  # fmt: skip
    async def test_takes_mappings_and_objects(self, message: object) -> None:
        async with both() as (bound, connected):
            await connected.writable.getWriter().write(message)
            assert (await bound.readable.getReader().read()).value.data == b"x"

    @pytest.mark.parametrize("message", [
        None, b"x", {}, {"data": "x"}, {"data": 7}, {"date": b"x"},
        {"data": b"x", "remoteAddress": "127.0.0.1"}, {"data": b"x", "remotePort": 1},
        {"data": b"x", "dnsQueryType": "ipv4"},
    ])  # fmt: skip
    async def test_and_nothing_else_where_it_is_connected(self, message: object) -> None:
        async with both() as (_, connected):
            assert await outcome(connected.writable.getWriter().write(message)) == "TypeError"

    @pytest.mark.parametrize("message", [
        {"data": b"x"}, {"data": b"x", "remotePort": 1}, {"data": b"x", "remoteAddress": "::1"},
        {"data": b"x", "remoteAddress": "::1", "remotePort": 1, "dnsQueryType": "a"},
    ])  # fmt: skip
    async def test_nor_without_an_address_where_it_is_bound(self, message: object) -> None:
        async with both() as (bound, _):
            assert await outcome(bound.writable.getWriter().write(message)) == "TypeError"

    async def test_a_name_is_looked_up_as_asked_for(self) -> None:
        async with both() as (bound, connected):
            writer = bound.writable.getWriter()
            port = connected.localPort
            await writer.write({"data": b"x", "remoteAddress": "localhost", "remotePort": port,
                "dnsQueryType": "ipv4"})  # fmt: skip
            assert (await connected.readable.getReader().read()).value.data == b"x"

    @pytest.mark.parametrize("message", [
        {"data": bytes(65_508)}, {"data": b"x", "remoteAddress": "a b"},
        {"data": b"x", "dnsQueryType": "ipv6"},
    ])  # fmt: skip
    async def test_what_cannot_be_sent_is_an_error(self, message: dict[str, Any]) -> None:
        async with both() as (bound, connected):
            address = {"remoteAddress": "127.0.0.1", "remotePort": connected.localPort}
            writing = bound.writable.getWriter().write({**address, **message})
            assert await outcome(writing) == "NetworkError"

    async def test_what_may_not_be_sent_is_a_not_allowed_error(self) -> None:
        network = RestrictedNetwork(SystemNetwork(), ["127.0.0.1:53"], ["0"])
        with a_scope(Host(network=network)):
            info = await UDPSocket(localAddress="127.0.0.1").opened
            message = {"data": b"x", "remoteAddress": "127.0.0.1", "remotePort": 54}
            assert await outcome(info.writable.getWriter().write(message)) == "NotAllowedError"


@spec("https://wicg.github.io/direct-sockets/#dfn-handle-closing-the-udpsocket-readable-stream")
@spec("https://wicg.github.io/direct-sockets/#dfn-handle-closing-the-udpsocket-writable-stream")
class TestHandleClosing:
    @pytest.mark.parametrize("order", ["readable first", "writable first"])
    @pytest.mark.parametrize("how, closed", [("close", "fulfilled"), ("abort", "'mine'")])
    async def test_it_is_closed_when_both_streams_are(
        self, order: str, how: str, closed: str
    ) -> None:
        socket = UDPSocket(localAddress="127.0.0.1")
        readable, writable, *_ = await socket.opened
        steps = [
            readable.cancel,
            writable.close if how == "close" else lambda: writable.abort("mine"),
        ]
        for step in steps if order == "readable first" else reversed(steps):
            assert is_pending(socket.closed)
            await step()
        assert await outcome(socket.closed) == closed

    async def test_a_write_that_fails_ends_it_when_nothing_is_read(self) -> None:
        socket = UDPSocket(localAddress="127.0.0.1")
        readable, writable, *_ = await socket.opened
        await readable.cancel()
        message = {"data": bytes(70_000), "remoteAddress": "127.0.0.1", "remotePort": 9}
        assert await outcome(writable.getWriter().write(message)) == "NetworkError"
        assert await outcome(socket.closed) == "NetworkError"
