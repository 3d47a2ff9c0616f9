"""Clients that do a server wrong, many at once, or read nothing. tools/bench/faults.py does more of
it, to a process of its own.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import socket
import struct
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime import fetch
from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.infrastructure import FetchController
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.host.socket_stream import SocketStream
from worker_runtime.streams.readable_stream import ReadableStream

from .raw_http import GET, LAST_GET, Client, content_of, hello, response, serving, statuses, until


async def chunks() -> AsyncIterator[bytes]:
    for _ in range(20):
        await asyncio.sleep(0)
        yield bytes(10_000)


async def handle_request(request: RequestRecord, controller: FetchController) -> ResponseRecord:
    if request.method == "POST":
        return response(await content_of(request))
    await asyncio.sleep(0)
    return response(BodyRecord(stream=ReadableStream.from_(chunks())))


def open_files() -> int:
    folder = Path("/proc/self/fd")
    return len(os.listdir(folder)) if folder.exists() else 0


NO_LINGERING = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
ABANDONED = {
    "nothing": b"",
    "a part of a head": b"GET / HT",
    "a head": POST + b"Content-Length: 1000\r\n\r\n",
    "a part of the content": POST + b"Content-Length: 1000\r\n\r\nxx",
    "a part of a chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhe",
    "a chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    "a chunk that is none": POST + b"Transfer-Encoding: chunked\r\n\r\nhello",
    "no request": b"hello\r\n\r\n",
    "content that nobody has asked for yet": POST
    + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n",
    "a request, and a part of another": GET + POST + b"Content-Length: 1000\r\n\r\nxx",
}  # fmt: skip


def reset(client: Client) -> None:
    client.writer.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGERING
    )
    client.writer.transport.abort()


class TestFaults:
    async def test_connections_that_are_reset_at_any_moment_leave_nothing_behind(self) -> None:
        chance = random.Random(1)
        post = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + bytes(50_000)
        async with serving(handle_request) as server:
            before = open_files()

            async def break_off() -> None:
                async with server.client() as client:
                    data = chance.choice([GET, GET * 3, post])
                    client.send(
                        data[: chance.randrange(len(data) + 1)] if chance.random() < 0.5 else data
                    )
                    for _ in range(chance.randrange(10)):
                        await asyncio.sleep(0)
                    reset(client)

            for _ in range(10):
                await asyncio.gather(*(break_off() for _ in range(30)))
            await until(lambda: not server.listener._connections)
            await until(lambda: open_files() <= before)
            assert statuses(await server.ask(LAST_GET)) == [200]

    @pytest.mark.parametrize("how", ["closes", "resets"])
    @pytest.mark.parametrize("name", sorted(ABANDONED))
    async def test_a_request_that_is_abandoned_leaves_no_descriptor(
        self, name: str, how: str
    ) -> None:
        data = ABANDONED[name]
        async with serving(handle_request) as server:
            before = open_files()
            for _ in range(20):
                with socket.create_connection(("127.0.0.1", server.port)) as client:
                    client.sendall(data)
                    await asyncio.sleep(0)
                    if how == "resets":
                        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGERING)
            await until(lambda: not server.listener._connections)
            await until(lambda: open_files() <= before)

    async def test_clients_that_drip_do_not_keep_others_waiting_nor_stay(self) -> None:
        clock = FakeClock()
        async with serving(hello, clock=clock) as server:
            drips = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(50)]
            for second in range(29):
                for _, writer in drips:
                    writer.write(b"GET / HTTP/1.1\r\nX:"[second : second + 1] or b"a")
                assert statuses(await server.ask(LAST_GET)) == [200]
                clock.advance(1)
            await until(lambda: len(server.listener._connections) == 50)
            clock.advance(2)
            for reader, writer in drips:
                assert statuses(await reader.read()) == [408]
                writer.close()
                await writer.wait_closed()

    async def test_responses_that_nobody_reads_leave_nothing_behind(self) -> None:
        open_connections: set[asyncio.StreamWriter] = set()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            open_connections.add(writer)
            try:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + bytes(10_000))
                await reader.read()
            except ConnectionError:
                pass
            finally:
                open_connections.discard(writer)
                writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        before = open_files()
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        for _ in range(10):
            responses = [await promise for promise in [fetch(url) for _ in range(100)]]
            assert len(open_connections) == 100
            del responses
            gc.collect()
            await until(lambda: not open_connections)
        await until(lambda: open_files() <= before)
        server.close()
        await server.wait_closed()

    async def test_a_large_upload_to_a_slow_reader_is_held_back(self) -> None:
        unread = 0

        async def read_slowly(
            request: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            nonlocal unread
            assert request.body is not None
            length = 0
            async for chunk in request.body.stream:
                length += len(chunk)
                for _ in range(20):
                    await asyncio.sleep(0)
                (connection,) = server.listener._connections
                assert isinstance(connection._client.stream, SocketStream)
                unread = max(unread, connection._client.stream._size)
            return response(str(length).encode())

        size = 16 * 2**20
        async with serving(read_slowly) as server, server.client() as client:
            client.send(
                b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
                % size
            )
            for _ in range(16):
                client.send(bytes(2**20))
                await client.writer.drain()
            assert (await client.read_to_end()).endswith(b"\r\n\r\n" + str(size).encode())
        assert 0 < unread < 2**20
