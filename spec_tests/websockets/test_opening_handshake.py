"""The opening handshake of the client, as the server sees it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from spec_tests.fakes import RecordingConsole, running_in
from spec_tests.fetch.scripted_network import Received, ScriptedNetwork, network_of, response
from worker_runtime import fetch
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.infrastructure import AnyResponse
from worker_runtime.fetch.responses import ResponseRecord, basic_filtered_response, network_error
from worker_runtime.host.host import Host
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, current_settings_object
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.websocket_protocol.handshake import HandshakeFailure, sec_websocket_accept
from worker_runtime.websockets.opening_handshake import establish_a_websocket_connection, validate
from worker_runtime.websockets.websocket_connections import WebSocketConnection

spec = pytest.mark.spec
KEY = "AQIDBAUGBwgJCgsMDQ4PEA=="


def accepted(request: Received, **headers: str) -> bytes:
    """What a server answers that speaks the protocol."""
    accept = sec_websocket_accept(request.headers["sec-websocket-key"])
    fields = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec_WebSocket_Accept": accept,
        **headers,
    }
    return response(b"", "101 Switching Protocols", content_length="", **fields)


class Told:
    """What comes of an attempt."""

    def __init__(self) -> None:
        self.events: list[object] = []
        self.is_over = asyncio.Event()
        self.connection: WebSocketConnection | None = None

    def established(self, connection: WebSocketConnection, protocol: str, extensions: str) -> None:
        self.connection = connection
        self.events.append(("established", protocol, extensions))

    def message_received(self, data: str | bytes) -> None:
        self.events.append(data)

    def closing_handshake_started(self) -> None:
        self.events.append("closing")

    def closed(self, code: int, reason: str, was_clean: bool, has_failed: bool) -> None:
        self.events.append((code, reason, was_clean, has_failed))
        self.is_over.set()

    async def end(self, network: ScriptedNetwork) -> None:
        """Wait for the closing handshake; then the server ends the connection, too."""
        while "closing" not in self.events:
            await asyncio.sleep(0)
        network.streams[-1].end()
        await self.is_over.wait()


def establish(url: str, *protocols: str) -> tuple[Told, Any]:
    told = Told()
    return told, establish_a_websocket_connection(
        url_parser(url), protocols, current_settings_object(), told
    )


def only(network: ScriptedNetwork) -> Received:
    (request,) = network.requests
    return request


@pytest.fixture
def warnings() -> Any:
    """What is written on the console."""
    console = RecordingConsole()
    with running_in(EnvironmentSettingsObject(Host(console=console))):
        yield console.messages


@spec("https://websockets.spec.whatwg.org/#concept-websocket-establish")
class TestEstablish:
    async def test_the_request_is_one_of_fetch(self) -> None:
        with network_of(accepted) as network:
            told, _ = establish("ws://us%65r:pass@[::1]:8080/path?query", "a", "b")
            await told.is_over.wait()
        request = only(network)
        assert (request.method, request.target) == ("GET", "/path?query")
        assert len(request.headers.pop("sec-websocket-key")) == 24
        assert request.headers.pop("user-agent")
        assert request.headers == {
            "host": "[::1]:8080", "upgrade": "websocket", "connection": "Upgrade",
            "sec-websocket-version": "13", "sec-websocket-protocol": "a, b",
            "sec-websocket-extensions": "permessage-deflate; client_max_window_bits",
            "authorization": "Basic dXNlcjpwYXNz", "accept": "*/*", "accept-language": "*",
            "accept-encoding": "gzip, deflate", "pragma": "no-cache", "cache-control": "no-cache",
        }  # fmt: skip

    async def test_a_browser_says_where_it_comes_from(self) -> None:
        with network_of(
            lambda request: accepted(request) + b"\x88\x00", browser_at="https://x.example/page"
        ) as network:
            told, _ = establish("wss://y.example/")
            await told.end(network)
        assert only(network).headers["origin"] == "https://x.example"
        assert "referer" not in only(network).headers
        ((address, tls),) = network.dialled
        assert address == ("y.example", 443)
        assert tls is not None and tls.server_name == "y.example"

    async def test_the_handshake_has_the_cookies_of_http_and_may_set_some(self) -> None:
        def serve(request: Received) -> bytes:
            if request.target == "/login":
                return response(b"", Set_Cookie="a=1; HttpOnly")
            return accepted(request, Set_Cookie="b=2") + b"\x88\x00"

        with network_of(serve, browser_at="https://x.example/page") as network:
            await fetch("/login")
            for _ in range(2):
                told, _ = establish("wss://x.example/chat")
                await told.end(network)
        assert [request.headers.get("cookie") for request in network.requests] == [
            None,
            "a=1",
            "a=1; b=2",
        ]

    async def test_informational_responses_come_before_and_messages_after(self) -> None:
        def serve(request: Received) -> bytes:
            early = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            return (
                early
                + accepted(request, Sec_WebSocket_Protocol="chat")
                + b"\x81\x02hi\x88\x02\x0f\xa0"
            )

        with network_of(serve) as network:
            told, _ = establish("ws://x.example/", "chat")
            while len(told.events) < 3:
                await asyncio.sleep(0)
            (stream,) = network.streams
            stream.end()
            await told.is_over.wait()
        assert told.events == [
            ("established", "chat", ""),
            "hi",
            "closing",
            (4000, "", True, False),
        ]
        assert stream.is_closed

    @pytest.mark.parametrize(
        "answer, why",
        [
            (
                response(b"not here", "404 Not Found"),
                "The server answered with the status 404, not 101",
            ),
            (response(b"", "401 Unauthorized"), "The server answered with the status 401, not 101"),
            (
                response(status="302 Found", Location="/"),
                "the server redirects with status 302, which is to be an error",
            ),
            (
                response(status="101 Switching Protocols"),
                "The server's Upgrade is '', not 'websocket'",
            ),
        ],
    )
    async def test_any_other_answer_fails_it_and_the_console_says_why(
        self, warnings: list[object], answer: bytes, why: str
    ) -> None:
        with network_of(lambda request: answer) as network:
            told, _ = establish("ws://x.example/")
            await told.is_over.wait()
            await asyncio.sleep(0)
        assert told.events == [(1006, "", False, True)]
        assert warnings == [
            ("reportWarning", f"WebSocket connection to 'ws://x.example/' failed: {why}")
        ]
        assert [stream.is_closed for stream in network.streams] == [True]

    @pytest.mark.parametrize("port", [1, 22, 25, 6000])
    async def test_some_ports_are_for_other_protocols(
        self, warnings: list[tuple[str, str]], port: int
    ) -> None:
        with network_of(accepted) as network:
            told, _ = establish(f"ws://127.0.0.1:{port}/")
            await told.is_over.wait()
        assert (network.dialled, told.events) == ([], [(1006, "", False, True)])
        assert f"port {port} is blocked" in warnings[0][1]

    async def test_a_page_that_came_over_tls_needs_tls(
        self, warnings: list[tuple[str, str]]
    ) -> None:
        with network_of(accepted, browser_at="https://x.example/") as network:
            told, _ = establish("ws://y.example/")
            await told.is_over.wait()
        assert (network.dialled, told.events) == ([], [(1006, "", False, True)])
        assert "mixed content" in warnings[0][1]

    async def test_an_attempt_can_be_ended(self, warnings: list[object]) -> None:
        with network_of(lambda request: None) as network:
            told, controller = establish("ws://x.example/")
            while not network.requests:
                await asyncio.sleep(0)
            controller.abort()
            await told.is_over.wait()
        assert (told.events, warnings) == ([(1006, "", False, True)], [])
        assert network.streams[0].is_closed


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-4.1")
class TestValidate:
    def answer(self, status: int = 101, **headers: str) -> AnyResponse:
        accept = sec_websocket_accept(KEY)
        fields = {
            "Upgrade": "WebSocket",
            "Connection": "keep-alive, upgrade",
            "Sec-WebSocket-Accept": accept,
        }
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        record = ResponseRecord(HeaderList(list(fields.items())))
        record.status = status
        return basic_filtered_response(record)

    def test_what_was_agreed_on(self) -> None:
        answer = self.answer(
            Sec_WebSocket_Protocol="b", Sec_WebSocket_Extensions="permessage-deflate"
        )
        handshake = validate(answer, ["a", "b"], KEY)
        assert (handshake.protocol, handshake.extensions) == ("b", "permessage-deflate")
        assert handshake.deflate is not None

    @pytest.mark.parametrize(
        "answer, why",
        [
            ({}, "none of the protocols a, b"),
            ({"Sec_WebSocket_Protocol": ""}, "Not a value of Sec-WebSocket-Protocol: ''"),
            ({"Sec_WebSocket_Protocol": "a, b"}, "Not a value of Sec-WebSocket-Protocol: 'a, b'"),
            ({"Sec_WebSocket_Protocol": "c"}, "'c', which was not asked for"),
            (
                {"Sec_WebSocket_Protocol": "a", "Sec_WebSocket_Accept": "x"},
                "is not the answer to the key",
            ),
            ({"status": 200}, "status 200"),
        ],
    )
    def test_anything_else_is_a_failure(self, answer: dict[str, Any], why: str) -> None:
        with pytest.raises(HandshakeFailure, match=why):
            validate(self.answer(**answer), ["a", "b"], KEY)

    def test_a_network_error_says_why(self) -> None:
        with pytest.raises(HandshakeFailure, match="no such host"):
            validate(network_error("no such host"), [], KEY)


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-1.7")
class TestGoOn:
    async def test_the_connection_is_no_longer_of_the_pool(self) -> None:
        with network_of(lambda request: accepted(request) + b"\x81\x05first") as network:
            told, _ = establish("ws://x.example/")
            while len(told.events) < 2:
                await asyncio.sleep(0)
            network.streams[0].feed(b"\x81\x06second")
            network.streams[0].end()
            await told.is_over.wait()
        assert told.events == [("established", "", ""), "first", "second", (1006, "", False, True)]
