"""Upgrade: a worker's WebSocket, with a client over a real socket."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from socket import SO_RCVBUF, SOL_SOCKET
from socket import socket as system_socket

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime import (
    AbortController,
    Promise,
    Request,
    Response,
    WebSocketPair,
    upgradeWebSocket,
)
from worker_runtime.cloudflare.web_socket_pair import PairedWebSocket
from worker_runtime.fetch import request_class
from worker_runtime.fetch.infrastructure import FetchController
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import FilteredResponse, ResponseRecord
from worker_runtime.host.network import TCPAddress
from worker_runtime.server.config import Config
from worker_runtime.server.listener import Listener
from worker_runtime.server.service import Service
from worker_runtime.websocket_protocol.connection import Close, Connection, Event, Pong
from worker_runtime.websocket_protocol.permessage_deflate import DeflateParameters

spec = pytest.mark.spec
HANDSHAKE = (
    "GET /chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
Worker = Callable[[Request], Response]


class Server:
    """A server with a worker, and what its sockets were told."""

    def __init__(self, worker: Worker, config: Config, clock: FakeClock | None) -> None:
        def handle(
            record: RequestRecord, controller: FetchController
        ) -> ResponseRecord | FilteredResponse:
            return worker(
                request_class.create(record, "immutable", lambda: AbortController().signal)
            )._response

        self.service = Service(handle, config, clock)
        self.listener = Listener(self.service)
        self.port = 0


@asynccontextmanager
async def serving(
    worker: Worker, config: Config = Config(), clock: FakeClock | None = None
) -> AsyncIterator[Server]:
    server = Server(worker, config, clock)
    (address,) = await server.listener.listen(TCPAddress("127.0.0.1", 0))
    assert isinstance(address, TCPAddress)
    server.port = address.port
    try:
        yield server
    finally:
        await server.listener.drain()


class Client:
    """A client of the test's own: the protocol over asyncio's streams."""

    head = b""

    @classmethod
    async def connect(
        cls, server: Server, fields: str = "", deflate: DeflateParameters | None = None
    ) -> Client:
        client = cls()
        client.reader, client.writer = await asyncio.open_connection("127.0.0.1", server.port)
        client.writer.write(f"{HANDSHAKE}{fields}\r\n".encode())
        client.head = await client.reader.readuntil(b"\r\n\r\n")
        client.protocol = Connection("client", 1 << 27, os.urandom, deflate)
        return client

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    protocol: Connection

    def send(self, *messages: str | bytes) -> None:
        self.writer.write(b"".join(map(self.protocol.send_message, messages)))

    async def receive(self) -> Event | None:
        while (event := self.protocol.next_event()) is None:
            data = await self.reader.read(1 << 16)
            if not data:
                return None
            self.protocol.receive_data(data)
        return event

    async def leave(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):  # the server may have given it up
            await self.writer.wait_closed()


def echo(request: Request) -> Response:
    """A worker that sends back what it gets."""
    client, server = WebSocketPair()
    server.accept()
    server.addEventListener("message", lambda event: server.send(event.data))
    return Response(None, status=101, webSocket=client)


class Log:
    """A worker that writes down what its socket is told."""

    def __init__(self) -> None:
        self.events: list[tuple[object, ...]] = []
        self.is_closed = asyncio.Event()
        self.sockets: list[PairedWebSocket] = []

    def __call__(self, request: Request) -> Response:
        client, server = WebSocketPair()
        server.accept()
        self.sockets.append(server)
        server.onmessage = lambda event: self.events.append(("message", event.data))
        server.onerror = lambda event: self.events.append(("error",))
        server.onclose = self._closed
        return Response(None, status=101, webSocket=client)

    def _closed(self, event: object) -> None:
        self.events.append(("close", event.code, event.reason, event.wasClean))  # type: ignore[attr-defined]
        self.is_closed.set()


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2")
@spec("SPEC_NOTES.md#web-socket-pair-way-out")
@spec("SPEC_NOTES.md#web-socket-pair-coupling")
class TestUpgrade:
    async def test_messages_go_both_ways(self) -> None:
        async with serving(echo) as server:
            client = await Client.connect(server)
            assert client.head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
            assert b"\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in client.head
            messages: list[str | bytes] = ["hello", b"bytes", "", "ä€😀" * 30_000]
            client.send(*messages)
            assert [await client.receive() for _ in messages] == messages
            client.writer.write(client.protocol.send_ping(b"there?"))
            assert await client.receive() == Pong(b"there?")
            client.writer.write(client.protocol.start_the_closing_handshake(4000, "bye"))
            assert await client.receive() == Close(4000, "")
            assert await client.reader.read() == b""
            await client.leave()

    async def test_what_comes_with_the_handshake_is_not_lost(self) -> None:
        async with serving(echo) as server:
            client = Client()
            client.reader, client.writer = await asyncio.open_connection("127.0.0.1", server.port)
            client.protocol = Connection("client", 1000, os.urandom)
            client.writer.write(f"{HANDSHAKE}\r\n".encode() + client.protocol.send_message("early"))
            await client.reader.readuntil(b"\r\n\r\n")
            assert await client.receive() == "early"
            await client.leave()

    async def test_a_message_may_have_a_mib(self) -> None:
        async with serving(echo) as server:
            client = await Client.connect(server)
            message = bytes(1 << 20)
            client.send(message)
            assert await client.receive() == message
            await client.leave()

    async def test_ten_thousand_messages_come_back_in_order(self) -> None:
        async with serving(echo) as server:
            client = await Client.connect(server)
            client.send(*map(str, range(10_000)))
            assert [await client.receive() for _ in range(10_000)] == [*map(str, range(10_000))]
            await client.leave()

    async def test_compression_is_agreed_on(self) -> None:
        async with serving(echo) as server:
            client = await Client.connect(
                server,
                "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
                DeflateParameters(True, True),
            )
            assert (
                b"permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n"
                in client.head
            )
            for message in ("x" * 100_000, "short", os.urandom(1000)):
                client.send(message)
                assert await client.receive() == message
            await client.leave()

    @pytest.mark.parametrize(
        "change, status",
        [(("Upgrade: websocket", "Upgrade: h2c"), b"426"), (("Version: 13", "Version: 12"), b"426"),
            (("ZQ==", "ZQ"), b"400"),
         (("\r\nHost", "\r\nContent-Length: 300000\r\nHost"), b"400"),
         (("Host: x\r\n", ""), b"400"), (("Host: x", "Host: x\r\nHost: x"), b"400"),
         (("Host: x", "Host: a b"), b"400"), (("GET", "POST"), b"400"),
         (("HTTP/1.1", "HTTP/1.0"), b"400"),
         (("Connection: Upgrade", "Connection: keep-alive"), b"426"),
         (("Sec-WebSocket-Key", "X-Key"), b"400"), (("Sec-WebSocket-Version", "X-Version"), b"426"),
         (("Version: 13", "Version: 13\r\nSec-WebSocket-Version: 13"), b"426"),
         (("ZQ==\r\n", "ZQ==\r\nSec-WebSocket-Extensions: a;;\r\n"), b"400"),
         (("ZQ==\r\n", "ZQ==\r\nSec-WebSocket-Protocol: a, a\r\n"), b"400")],
    )  # fmt: skip
    async def test_a_request_that_is_no_handshake_is_refused(
        self, change: tuple[str, str], status: bytes
    ) -> None:
        async with serving(echo) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write((HANDSHAKE + "Connection: close\r\n\r\n").replace(*change).encode() + b"x")
            answer = await reader.read()
            assert answer.startswith(b"HTTP/1.1 " + status)
            assert status != b"426" or b"\r\nsec-websocket-version: 13\r\n" in answer
            writer.close()
            await writer.wait_closed()

    async def test_the_worker_chooses_a_protocol_that_was_asked_for(self) -> None:
        def worker(request: Request) -> Response:
            client, server = WebSocketPair()
            server.accept()
            return Response(
                None,
                status=101,
                headers={"Sec-WebSocket-Protocol": "b", "X-Other": "1"},
                webSocket=client,
            )

        async with serving(worker) as server:
            client = await Client.connect(server, "Sec-WebSocket-Protocol: a, b\r\n")
            assert b"\r\nsec-websocket-protocol: b\r\n" in client.head
            assert b"\r\nX-Other: 1\r\n" in client.head
            await client.leave()

    async def test_a_client_that_leaves_without_a_word_is_1006(self) -> None:
        log = Log()
        async with serving(log) as server:
            client = await Client.connect(server)
            client.writer.transport.abort()
            await log.is_closed.wait()
            assert log.events == [("error",), ("close", 1006, "", False)]

    async def test_a_protocol_error_is_told_to_the_client(self) -> None:
        log = Log()
        async with serving(log) as server:
            client = await Client.connect(server)
            client.writer.write(b"\x81\x00")
            assert await client.receive() == Close(1002, "A client's frame has no mask")
            await client.leave()
            await log.is_closed.wait()
            assert log.events == [("error",), ("close", 1006, "", False)]

    async def test_messages_are_answered_before_what_ends_the_connection(self) -> None:
        async with serving(echo) as server:
            for end, close in (
                (b"\x88\x80mask", Close(1005, "")),
                (b"\x81\x00", Close(1002, "A client's frame has no mask")),
            ):
                client = await Client.connect(server)
                client.writer.write(
                    b"".join(client.protocol.send_message(str(number)) for number in range(100))
                    + end
                )
                assert [await client.receive() for _ in range(100)] == [
                    str(number) for number in range(100)
                ]
                assert await client.receive() == close
                await client.leave()

    async def test_handshakes_that_break_off_leave_nothing_behind(self) -> None:
        async with serving(echo) as server:
            request = f"{HANDSHAKE}\r\n".encode() + b"\x81\x85mask"
            for length in range(1, len(request), 3):
                reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
                writer.write(request[:length])
                await asyncio.sleep(0)
                writer.transport.abort()
            while server.listener._number:
                await asyncio.sleep(0)

    async def test_a_message_that_is_too_long_is_1009(self) -> None:
        async with serving(echo, Config(websocket_message=1000)) as server:
            client = await Client.connect(server)
            client.send(bytes(1001))
            assert await client.receive() == Close(1009, "A message is longer than 1000 bytes")
            await client.leave()

    async def test_shutting_down_closes_with_1001(self) -> None:
        log = Log()
        async with serving(log) as server:
            client = await Client.connect(server)
            draining = asyncio.ensure_future(server.listener.drain())
            assert await client.receive() == Close(1001, "")
            client.writer.write(client.protocol.take_answers())
            await draining
            assert log.events == [("close", 1001, "", True)]
            await client.leave()


class TestKeepAlive:
    async def test_a_silent_client_is_asked_and_then_given_up(self) -> None:
        log, clock = Log(), FakeClock()
        async with serving(log, clock=clock) as server:
            client = await Client.connect(server)
            client.send("x")
            while not log.events:
                await asyncio.sleep(0)
            clock.advance(30)
            assert await client.reader.readexactly(2) == b"\x89\x00"
            client.send("y")
            while len(log.events) < 2:
                await asyncio.sleep(0)
            clock.advance(74)
            assert await client.reader.readexactly(2) == b"\x89\x00"
            assert not log.is_closed.is_set()
            clock.advance(1)
            await log.is_closed.wait()
            assert log.events[-1] == (
                "close",
                1006,
                "Nothing was heard from the other side for too long",
                False,
            )
            await client.leave()


class TestBackpressure:
    async def test_a_client_that_reads_nothing_loses_the_connection_with_1008(self) -> None:
        log = Log()
        async with serving(log, Config(websocket_unsent=1_000_000)) as server:
            client = await Client.connect(server)
            for _ in range(1000):
                log.sockets[0].send(bytes(100_000))
                await asyncio.sleep(0)
                if log.is_closed.is_set():
                    break
            await log.is_closed.wait()
            assert log.events[-1] == (
                "close",
                1008,
                "The other side does not take what it is sent",
                False,
            )
            await client.leave()

    async def test_a_long_message_before_the_close_may_take_long(self) -> None:
        clock, size = FakeClock(), 12_000_000

        def worker(request: Request) -> Response:
            client, server = WebSocketPair()
            server.accept()
            server.send(bytes(size))
            server.close(1000)
            return Response(None, status=101, webSocket=client)

        async with serving(worker, clock=clock) as server:
            connection = system_socket()
            connection.setsockopt(SOL_SOCKET, SO_RCVBUF, 50_000)
            connection.setblocking(False)
            await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", server.port))
            reader, writer = await asyncio.open_connection(sock=connection, limit=50_000)
            writer.write(f"{HANDSHAKE}\r\n".encode())
            received = passed = 0
            while received < size and (piece := await reader.read(100_000)):
                received += len(piece)
                while passed < received:
                    passed += 100_000
                    for _ in range(10):
                        await asyncio.sleep(0)
                    clock.advance(5)  # the whole takes ten minutes, and the closing has ten seconds
            assert received > size
            writer.transport.abort()

    async def test_who_takes_nothing_at_all_is_given_up(self) -> None:
        clock = FakeClock()

        def worker(request: Request) -> Response:
            client, server = WebSocketPair()
            server.accept()
            server.send(bytes(12_000_000))
            return Response(None, status=101, webSocket=client)

        async with serving(worker, clock=clock) as server:
            client = await Client.connect(server)
            (connection,) = server.listener._web_sockets
            while not connection._stream.is_held_up:
                await asyncio.sleep(0)
            for _ in range(10):
                await asyncio.sleep(0)
                clock.advance(30)
            while server.listener._web_sockets:
                await asyncio.sleep(0)
            await client.leave()

    async def test_listeners_that_are_slow_stop_the_reading(self) -> None:
        running, may_end = 0, Promise.withResolvers()

        def worker(request: Request) -> Response:
            client, server = WebSocketPair()
            server.accept()

            async def listener(event: object) -> None:
                nonlocal running
                running += 1
                await may_end.promise
                server.send("done")

            server.addEventListener("message", listener)
            return Response(None, status=101, webSocket=client)

        async with serving(worker) as server:
            client = await Client.connect(server)
            for _ in range(200):
                client.send("x" * 10_000)
            for _ in range(200):
                await asyncio.sleep(0)
            assert 64 <= running < 100
            may_end.resolve()
            assert [await client.receive() for _ in range(200)] == ["done"] * 200
            await client.leave()


@spec("SPEC_NOTES.md#upgrade-web-socket")
class TestUpgradeWebSocket:
    async def test_the_socket_opens_when_the_response_is_sent(self) -> None:
        events: list[str] = []

        def worker(request: Request) -> Response:
            socket, response = upgradeWebSocket(request, protocol="chat")
            assert socket.readyState == socket.CONNECTING

            def on_open(event: object) -> None:
                events.append(f"open {socket.protocol}")
                socket.send("welcome")

            socket.onopen = on_open
            return response

        async with serving(worker) as server:
            client = await Client.connect(server, "Sec-WebSocket-Protocol: chat\r\n")
            assert await client.receive() == "welcome"
            assert events == ["open chat"]
            await client.leave()

    async def test_its_idle_timeout_is_the_sockets_own(self) -> None:
        clock = FakeClock()

        def worker(request: Request) -> Response:
            socket, response = upgradeWebSocket(request, idleTimeout=10)
            socket.onopen = lambda event: socket.send("open")
            return response

        async with serving(worker, clock=clock) as server:
            client = await Client.connect(server)
            assert await client.receive() == "open"
            clock.advance(5)
            assert await client.reader.readexactly(2) == b"\x89\x00"
            clock.advance(5)
            with suppress(ConnectionResetError):
                assert await client.reader.read() == b""
            await client.leave()
