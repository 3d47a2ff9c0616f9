"""The other side of a socket: what a test does with the connections that it accepts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from worker_runtime.host.byte_stream import ByteStream
from worker_runtime.host.network import ServerTLS, SystemNetwork, TCPAddress

Behaviour = Callable[[ByteStream], Awaitable[object]]


@asynccontextmanager
async def peer(behave: Behaviour, tls: ServerTLS | None = None) -> AsyncIterator[TCPAddress]:
    """A server that does something with each connection; its address. At the end no connection is
    left.
    """
    streams: list[ByteStream] = []
    tasks: list[asyncio.Task[None]] = []

    async def serve(stream: ByteStream) -> None:
        with suppress(OSError):
            await behave(stream)

    def accept(stream: ByteStream) -> None:
        streams.append(stream)
        tasks.append(asyncio.ensure_future(serve(stream)))

    listening = await SystemNetwork().listen(TCPAddress("127.0.0.1", 0), accept, tls)
    (address,) = listening.addresses
    assert isinstance(address, TCPAddress)
    try:
        yield address._replace(host="localhost" if tls is not None else address.host)
    finally:
        listening.close()
        for stream in streams:
            stream.abort()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for stream in streams:
            await asyncio.wait_for(stream.wait_closed(), 5)


def at(address: TCPAddress) -> str:
    """What `connect()` takes."""
    return f"{address.host}:{address.port}"


async def echo(stream: ByteStream) -> None:
    """Send back what comes, to its end."""
    while data := await stream.read():
        stream.write(data)
        await stream.drain()
    stream.close()


async def discard(stream: ByteStream) -> None:
    """Read everything, and say nothing."""
    while await stream.read():
        pass


async def wait(stream: ByteStream) -> None:
    """Neither read nor write nor end."""
    await asyncio.get_running_loop().create_future()
