"""The servers of a world; what they answer is in test_world.py."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from spec_tests.world.test_world import WORKER
from worker_runtime.host.byte_stream import ByteStream
from worker_runtime.testing import Leak, TCPAddress, UDPAddress, World, in_virtual_time

CLOCK = """
from worker_runtime import Response, UDPSocket

async def fetch(request):
    socket = UDPSocket(remoteAddress="localhost", remotePort=37)
    readable, writable, *_ = await socket.opened
    await writable.getWriter().write({"data": b""})
    answer = (await readable.getReader().read()).value.data
    return Response(answer)
"""
DOUBLER = """
import asyncio
from worker_runtime import Response, TCPServerSocket

server = TCPServerSocket("127.0.0.1")

async def serve():
    info = await server.opened
    reader = info.readable.getReader()
    socket = (await reader.read()).value
    reader.releaseLock()
    readable, writable, *_ = await socket.opened
    writer = writable.getWriter()
    async for chunk in readable:
        await writer.write(bytes(chunk) * 2)
    await writer.close()
    await server.close()

serving = asyncio.ensure_future(serve())

async def fetch(request):
    return Response(str((await server.opened).localPort))
"""


class TestFakeNetwork:
    @pytest.mark.parametrize("url", ["mailto:a@b", "data:,x", "about:blank"])
    def test_a_url_without_a_server_is_refused(self, url: str) -> None:
        @in_virtual_time
        async def test() -> None:
            async with World(WORKER) as world:
                with pytest.raises(ValueError, match="Not the URL of a server"):
                    world.network[url] = WORKER

        test()

    @in_virtual_time
    async def test_connections_are_counted(self) -> None:
        async with World(WORKER) as world:
            stream = await world.network.dial(TCPAddress("localhost", 80))
            assert world.network.open_connections == 2
            stream.close()
            await world.advance()
            assert world.network.open_connections == 0

    def test_one_that_nobody_closes_is_a_leak(self) -> None:
        @in_virtual_time
        async def test() -> None:
            async with World(WORKER) as world:
                await world.network.dial(TCPAddress("localhost", 80))

        with pytest.raises(Leak, match="1 ends of connections"):
            test()

    @in_virtual_time
    async def test_a_program_may_listen(self) -> None:
        async with World(WORKER) as world:
            accepted: list[object] = []
            listening = await world.network.listen(TCPAddress("here", 1), accepted.append)
            assert listening.addresses == [TCPAddress("here", 1)]
            listening.close()

    @in_virtual_time
    async def test_its_server_may_be_an_async_function(self) -> None:
        async def echo(stream: ByteStream) -> None:
            while data := await stream.read():
                if data == b"wrong":
                    raise ValueError(data)
                stream.write(data)

        async with World(WORKER) as world:
            listening = await world.network.listen(TCPAddress("here", 1), echo)
            for said in (b"one", b"two", b""):  # of which the last is broken off
                stream = await world.network.dial(TCPAddress("here", 1))
                stream.write(said)
                assert not said or await stream.read() == said
                stream.close() if said else stream.abort()
            stream = await world.network.dial(TCPAddress("here", 1))
            stream.write(b"wrong")
            assert await stream.read() == b""  # it is closed, and the world knows why
            stream.close()
            assert [str(error) for error in world.errors] == ["b'wrong'"]
            world.errors.clear()
            listening.close()

    @in_virtual_time
    async def test_a_worker_sends_datagrams_to_a_program(self, tmp_path: Path) -> None:
        (tmp_path / "worker.py").write_text(CLOCK)
        async with World(tmp_path / "worker.py") as world:
            server = await world.network.open_datagram_socket(UDPAddress("127.0.0.1", 37), None)

            async def tell_the_time() -> None:
                while True:
                    for _, source in await server.receive(9):
                        await asyncio.sleep(1)
                        await server.send(str(world.clock.wall()).encode(), source)

            telling = asyncio.ensure_future(tell_the_time())
            asking = asyncio.ensure_future(world.fetch("/"))
            await world.advance(seconds=2)
            assert await (await asking).text() == "1767225601.0"
            telling.cancel()
            server.close()

    def test_a_datagram_socket_that_nobody_closes_is_a_leak(self) -> None:
        @in_virtual_time
        async def test() -> None:
            async with World(WORKER) as world:
                await world.network.open_datagram_socket(UDPAddress("127.0.0.1", 37), None)

        with pytest.raises(Leak, match="1 sockets for datagrams"):
            test()

    @in_virtual_time
    async def test_a_worker_accepts_the_connections_of_a_program(self, tmp_path: Path) -> None:
        (tmp_path / "worker.py").write_text(DOUBLER)
        async with World(tmp_path / "worker.py") as world:
            port = int(await (await world.fetch("/")).text())
            client = await world.network.dial(TCPAddress("127.0.0.1", port))
            client.write(b"ab")
            assert await client.read() == b"abab"
            client.close()
            await world.advance()
