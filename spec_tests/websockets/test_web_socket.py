"""WebSocket, as a client of a server of the test's own."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from spec_tests.server.test_upgrade import echo, serving
from worker_runtime import Blob, DOMException, Request, Response, WebSocket, WebSocketPair
from worker_runtime.host.host import Host
from worker_runtime.host.network import TCPAddress
from worker_runtime.host.tls import ClientTLS
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, realm_execution_context
from worker_runtime.server.config import Config
from worker_runtime.websocket_protocol.handshake import sec_websocket_accept

spec = pytest.mark.spec


class Log:
    """The events of a socket, in their order."""

    def __init__(self, socket: WebSocket) -> None:
        self.events: list[tuple[object, ...]] = []
        self.is_open, self.is_closed = asyncio.Event(), asyncio.Event()
        self.messages: asyncio.Queue[object] = asyncio.Queue()
        socket.onopen = self._on_open
        socket.onerror = lambda event: self.events.append(("error",))
        socket.onmessage = lambda event: self.messages.put_nowait(event.data)
        socket.onclose = self._on_close

    def _on_open(self, event: Any) -> None:
        self.events.append(("open",))
        self.is_open.set()

    def _on_close(self, event: Any) -> None:
        self.events.append(("close", event.code, event.reason, event.wasClean))
        self.is_closed.set()


@spec("https://websockets.spec.whatwg.org/#websocket")
@spec("https://websockets.spec.whatwg.org/#dom-websocket-websocket")
class TestConstructor:
    @pytest.mark.parametrize(
        "url, message",
        [
            ("relative", "Invalid URL"),
            ("ftp://x/", "has the scheme ws or wss, not 'ftp'"),
            ("ws://x/#", "no fragment"),
            ("ws://x/#f", "no fragment"),
        ],
    )
    async def test_what_is_no_url_of_a_socket_is_a_syntax_error(
        self, url: str, message: str
    ) -> None:
        with pytest.raises(DOMException, match=message) as error:
            WebSocket(url)
        assert error.value.name == "SyntaxError"

    @pytest.mark.parametrize("protocols", [[""], ["a b"], ["a", "a"], ["a", "A"], "a,b", ["ä"]])
    async def test_protocols_are_different_tokens(self, protocols: Any) -> None:
        with pytest.raises(DOMException, match="different tokens"):
            WebSocket("ws://x/", protocols)

    @spec("https://websockets.spec.whatwg.org/#dom-websocket-readystate")
    @spec("https://websockets.spec.whatwg.org/#dom-websocket-url")
    async def test_http_means_ws(self) -> None:
        async with serving(echo) as server:
            socket = WebSocket(f"http://127.0.0.1:{server.port}/a?b")
            assert (socket.url, socket.readyState) == (
                f"ws://127.0.0.1:{server.port}/a?b",
                WebSocket.CONNECTING,
            )
            log = Log(socket)
            await log.is_open.wait()
            socket.close()
            await log.is_closed.wait()


@spec("https://websockets.spec.whatwg.org/#dom-websocket-close")
@spec("https://websockets.spec.whatwg.org/#feedback-from-the-protocol")
class TestFeedback:
    @spec("https://websockets.spec.whatwg.org/#dom-websocket-binarytype")
    @spec("https://websockets.spec.whatwg.org/#dom-websocket-bufferedamount")
    @spec("https://websockets.spec.whatwg.org/#dom-websocket-extensions")
    @spec("https://websockets.spec.whatwg.org/#dom-websocket-send")
    async def test_messages_of_every_kind_come_back(self) -> None:
        async with serving(echo) as server:
            socket = WebSocket(f"ws://127.0.0.1:{server.port}/")
            log = Log(socket)
            await log.is_open.wait()
            assert socket.extensions.startswith("permessage-deflate")
            socket.send("text" * 1000)
            assert socket.bufferedAmount == 4000
            socket.send("€")
            assert socket.bufferedAmount == 4003
            assert [await log.messages.get(), await log.messages.get()] == ["text" * 1000, "€"]
            assert socket.bufferedAmount == 0
            socket.send(b"bytes")
            blob = await log.messages.get()
            assert isinstance(blob, Blob)
            assert await blob.bytes() == b"bytes"
            socket.binaryType = "arraybuffer"
            socket.binaryType = "other"  # type: ignore[assignment]
            socket.send(Blob(["blob"]))
            assert await log.messages.get() == b"blob"
            socket.close(3000, "done")
            assert socket.readyState == WebSocket.CLOSING
            await log.is_closed.wait()
            assert log.events == [("open",), ("close", 3000, "", True)]
            assert socket.readyState == WebSocket.CLOSED

    async def test_a_server_that_closes(self) -> None:
        def worker(request: Request) -> Response:
            client, server = WebSocketPair()
            server.accept()
            server.send("last words")
            server.close(4000, "bye")
            return Response(None, status=101, webSocket=client)

        async with serving(worker) as server:
            socket = WebSocket(f"ws://127.0.0.1:{server.port}/")
            log = Log(socket)
            await log.is_closed.wait()
            assert log.events == [("open",), ("close", 4000, "bye", True)]
            assert log.messages.get_nowait() == "last words"

    async def test_a_handshake_that_is_refused_is_an_error(self) -> None:
        async with serving(lambda request: Response("no", status=403)) as server:
            socket = WebSocket(f"ws://127.0.0.1:{server.port}/")
            log = Log(socket)
            await log.is_closed.wait()
            assert log.events == [("error",), ("close", 1006, "", False)]

    async def test_a_port_where_nobody_listens_is_an_error(self) -> None:
        async with serving(echo) as server:
            port = server.port
        log = Log(WebSocket(f"ws://127.0.0.1:{port}/"))
        await log.is_closed.wait()
        assert log.events == [("error",), ("close", 1006, "", False)]

    async def test_a_server_that_breaks_the_protocol_is_an_error(self) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            key = head.partition("Sec-WebSocket-Key: ")[2].partition("\r\n")[0]
            writer.write(
                "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Accept: {sec_websocket_accept(key)}\r\n\r\n".encode()
                + b"\x81\x81abcd\x00"
            )  # fmt: skip
            received.set_result(await reader.read())
            writer.close()

        received: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
            log = Log(WebSocket(f"ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"))
            await log.is_closed.wait()
            assert log.events == [("open",), ("error",), ("close", 1006, "", False)]
            assert (await received)[:2] == b"\x88\x9d"  # a close frame with a reason, masked

    async def test_closing_while_it_connects_fails_it(self) -> None:
        async with serving(echo) as server:
            socket = WebSocket(f"ws://127.0.0.1:{server.port}/")
            log = Log(socket)
            with pytest.raises(DOMException, match="before the connection is open"):
                socket.send("x")
            socket.close()
            assert (socket.readyState, log.events) == (WebSocket.CLOSING, [])
            await log.is_closed.wait()
            assert log.events == [("error",), ("close", 1006, "", False)]

    async def test_compression_goes_both_ways_with_large_messages(self) -> None:
        async with serving(echo, Config(websocket_message=10_000_000)) as server:
            socket = WebSocket(f"ws://127.0.0.1:{server.port}/")
            log = Log(socket)
            await log.is_open.wait()
            socket.send("ä" * 3_000_000)
            assert await log.messages.get() == "ä" * 3_000_000
            socket.close()
            await log.is_closed.wait()


class TestNetworkOfTheWorker:
    async def test_is_the_one_of_its_settings_object(self) -> None:
        class NoNetwork:
            async def dial(self, address: TCPAddress, tls: object = None) -> None:
                dialled.append((address, tls))
                raise OSError("no")

        dialled: list[tuple[TCPAddress, object]] = []
        token = realm_execution_context.set(EnvironmentSettingsObject(Host(network=NoNetwork())))  # type: ignore[arg-type]
        try:
            log = Log(WebSocket("wss://example.com/"))
        finally:
            realm_execution_context.reset(token)
        await log.is_closed.wait()
        ((address, tls),) = dialled
        assert address == ("example.com", 443)
        assert tls == ClientTLS("example.com")
