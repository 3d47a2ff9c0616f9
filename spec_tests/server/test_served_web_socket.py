"""A connection that has become a WebSocket's, over a real socket."""

from __future__ import annotations

import asyncio
from typing import Any

from spec_tests.server.test_upgrade import Client, echo, serving
from worker_runtime.websocket_protocol.connection import Close


class TestServedWebSocket:
    async def test_an_idle_one_is_no_task(self) -> None:
        async with serving(echo) as server:
            before = asyncio.all_tasks()
            clients = [await Client.connect(server) for _ in range(5)]
            for client in clients:
                client.send("x" * 1000, b"y")
                assert [await client.receive(), await client.receive()] == ["x" * 1000, b"y"]
            assert asyncio.all_tasks() == before
            assert not server.listener._connections
            assert server.listener.number_of_exchanges == 5
            for client in clients:
                await client.leave()
            while server.listener._web_sockets:
                await asyncio.sleep(0)

    async def test_it_is_logged_when_it_is_closed(self) -> None:
        seen: list[Any] = []
        async with serving(echo) as server:
            server.listener._service.log = lambda exchange: seen.append(
                (exchange.status, exchange.request.target)
            )
            client = await Client.connect(server)
            client.send("x")
            assert await client.receive() == "x" and seen == []
            await client.leave()
            while not seen:
                await asyncio.sleep(0)
            assert seen == [(101, "/chat")]

    async def test_it_closes_when_the_server_ends(self) -> None:
        async with serving(echo) as server:
            client = await Client.connect(server)
            draining = asyncio.ensure_future(server.listener.drain())
            assert await client.receive() == Close(1001, "")
            await client.leave()
            await draining

    async def test_the_content_of_what_is_no_handshake_is_read_all_the_same(self) -> None:
        async with serving(echo) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 4")
            writer.write(bytes(100_000) + b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            rest = await asyncio.wait_for(reader.readuntil(b"HTTP/1.1 426"), 5)
            assert rest
            writer.close()
            await writer.wait_closed()

    async def test_what_comes_with_the_handshake_is_not_lost(self) -> None:
        async with serving(echo) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            from spec_tests.server.test_upgrade import HANDSHAKE
            from worker_runtime.websocket_protocol.frames import TEXT, serialize_frame

            frame = serialize_frame(TEXT, b"early", b"\x37\xfa\x21\x3d")
            writer.write(f"{HANDSHAKE}\r\n".encode() + frame)
            await reader.readuntil(b"\r\n\r\n")
            assert await reader.readexactly(7) == b"\x81\x05early"
            writer.write_eof()
            assert await reader.read() == b""
            writer.close()
            await writer.wait_closed()
