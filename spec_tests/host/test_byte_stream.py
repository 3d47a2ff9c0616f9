"""What holds for every byte stream, over sockets or within the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

import pytest

from spec_tests.host.ends import both_ends, read_all
from worker_runtime.host.byte_stream import READ_AHEAD, ByteStream
from worker_runtime.host.memory_network import MemoryNetwork
from worker_runtime.host.network import TCPAddress

Ends: TypeAlias = Callable[[], AbstractAsyncContextManager[tuple[ByteStream, ByteStream]]]


@asynccontextmanager
async def ends_in_memory() -> AsyncIterator[tuple[ByteStream, ByteStream]]:
    network, accepted = MemoryNetwork(), list[ByteStream]()
    await network.listen(TCPAddress("a.example", 1), accepted.append)
    client = await network.dial(TCPAddress("a.example", 1))
    yield client, accepted[0]
    for stream in (client, accepted[0]):
        stream.abort()
        await stream.wait_closed()


@pytest.mark.parametrize("ends", [both_ends, ends_in_memory], ids=["sockets", "memory"])
class TestByteStream:
    async def test_one_side_may_end_and_still_listen(self, ends: Ends) -> None:
        async with ends() as (client, server):
            client.write(b"last words")
            client.write_eof()
            assert await read_all(server) == b"last words"
            server.write(b"answer")
            server.close()
            assert await read_all(client) == b"answer"
            assert client.failure is None

    async def test_a_reset_is_not_an_end(self, ends: Ends) -> None:
        async with ends() as (client, server):
            client.abort()
            with pytest.raises(ConnectionResetError):
                await server.read()
            assert server.failure is not None

    async def test_who_is_not_read_makes_the_other_side_wait(self, ends: Ends) -> None:
        async with ends() as (client, server):
            total = 0
            while not client.is_held_up:
                client.write(bytes(READ_AHEAD))
                total += READ_AHEAD
                await asyncio.sleep(0)
            draining = asyncio.ensure_future(client.drain())
            received = 0
            while received < total:
                received += len(await server.read())
            await draining
