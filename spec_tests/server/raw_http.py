"""A server in this process with a handler instead of a worker, and clients that send whatever bytes
they like.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.infrastructure import FetchController
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.host.clock import Clock
from worker_runtime.host.network import TCPAddress
from worker_runtime.server.config import Config
from worker_runtime.server.listener import Listener
from worker_runtime.server.service import Logged, RequestHandler, Service
from worker_runtime.streams import other_specifications as streams

HOST = b"Host: a\r\n"
GET = b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"
LAST_GET = b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"


class Client:
    """A connection to the server, raw."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def read_until(self, end: bytes) -> bytes:
        async with asyncio.timeout(20):
            return await self.reader.readuntil(end)

    async def read_to_end(self) -> bytes:
        async with asyncio.timeout(20):
            return await self.reader.read()

    async def ask(self, data: bytes) -> bytes:
        """Send, and read to the end that the server makes."""
        self.send(data)
        return await self.read_to_end()


class Server:
    """The server: where it is, and what it has seen."""

    def __init__(self, listener: Listener, service: Service, port: int) -> None:
        self.listener = listener
        self.service = service
        self.port = port

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Client(reader, writer)
        finally:
            writer.transport.abort()

    async def ask(self, data: bytes) -> bytes:
        """What the server answers to these bytes, until it ends the connection."""
        async with self.client() as client:
            return await client.ask(data)


@asynccontextmanager
async def serving(
    handle_request: RequestHandler,
    config: Config = Config(),
    clock: Clock | None = None,
    log: Callable[[Logged], object] | None = None,
) -> AsyncIterator[Server]:
    service = Service(handle_request, config, clock, log)
    listener = Listener(service)
    (address,) = await listener.listen(TCPAddress("127.0.0.1", 0))
    assert isinstance(address, TCPAddress)
    try:
        yield Server(listener, service, address.port)
    finally:
        for connection in list(listener._connections):
            connection.abort()
        await listener.drain()


def response(
    body: bytes | BodyRecord | None = b"hello", status: int = 200, **fields: str
) -> ResponseRecord:
    record = ResponseRecord(
        HeaderList([(name.replace("_", "-"), value) for name, value in fields.items()])
    )
    record.status = status
    record.body = BodyRecord(body, len(body)) if isinstance(body, bytes) else body
    return record


def hello(request: RequestRecord, controller: FetchController) -> ResponseRecord:
    return response()


async def content_of(request: RequestRecord) -> bytes:
    """All of a request's content."""
    if request.body is None:
        return b""
    at_hand = request.body.take_bytes()
    if at_hand is not None:
        return at_hand
    reader = streams.get_a_reader(request.body.stream)
    content = b""
    while True:
        chunk, done = await reader.read()
        if done:
            return content
        content += chunk


async def echo(request: RequestRecord, controller: FetchController) -> ResponseRecord:
    return response(await content_of(request), x_method=request.method)


def statuses(answer: bytes) -> list[int]:
    """The status of each response."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]


async def until(condition: Callable[[], object]) -> None:
    """Let the loop turn until something is so."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0)
