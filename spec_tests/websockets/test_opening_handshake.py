"""The opening handshake of the client, as the server sees it."""

from __future__ import annotations

import asyncio
import re

import pytest

from worker_runtime import DOMException
from worker_runtime.fetch.profile import profile
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.url.origins import TupleOrigin
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.websocket_protocol.handshake import HandshakeFailure, sec_websocket_accept
from worker_runtime.websockets.opening_handshake import (
    Established, establish_a_websocket_connection, get_a_url_record, obtain_a_websocket_connection, request_fields,
)  # fmt: skip

spec = pytest.mark.spec


@spec("https://websockets.spec.whatwg.org/#websocket-internal-url")
class TestGetAURLRecord:
    @pytest.mark.parametrize(
        "url, scheme",
        [("ws://x/", "ws"), ("wss://x/", "wss"), ("http://x/", "ws"), ("https://x/", "wss"), ("/y", "wss")],
    )  # fmt: skip
    def test_http_schemes_stand_for_their_own(self, url: str, scheme: str) -> None:
        assert get_a_url_record(url, url_parser("https://base.example/")).scheme == scheme

    @pytest.mark.parametrize("url", ["/y", "mailto:x", "ws://x/#f", "ws://a b/"])
    def test_anything_else_is_a_syntax_error(self, url: str) -> None:
        with pytest.raises(DOMException) as error:
            get_a_url_record(url, None)
        assert error.value.name == "SyntaxError"


@spec("https://websockets.spec.whatwg.org/#concept-websocket-connection-obtain")
class TestObtain:
    @pytest.mark.parametrize("port", [1, 22, 25, 6000])
    async def test_some_ports_are_for_other_protocols(self, port: int) -> None:
        with pytest.raises(OSError, match=f"port {port} "):
            await obtain_a_websocket_connection(url_parser(f"ws://127.0.0.1:{port}/"), EnvironmentSettingsObject())


@spec("https://websockets.spec.whatwg.org/#websocket-opening-handshake")
class TestRequestFields:
    def test_what_is_sent(self) -> None:
        url = url_parser("ws://us%65r:pass@[::1]:8080/")
        assert request_fields(url, ["a", "b"], "KEY", EnvironmentSettingsObject()) == [
            ("Host", "[::1]:8080"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
            ("Authorization", "Basic dXNlcjpwYXNz"),
            ("Sec-WebSocket-Key", "KEY"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Protocol", "a, b"),
            ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
        ]  # fmt: skip

    def test_a_browser_says_where_it_comes_from(self) -> None:
        token = profile.set("browser")
        settings = EnvironmentSettingsObject(origin=TupleOrigin("https", "x.example", None))
        assert ("Origin", "https://x.example") in request_fields(url_parser("ws://y/"), [], "KEY", settings)
        profile.reset(token)


@spec("https://websockets.spec.whatwg.org/#concept-websocket-establish")
class TestEstablish:
    async def establish(self, answer: str) -> Established:
        heads: list[bytes] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heads.append(head := await reader.readuntil(b"\r\n\r\n"))
            key = re.search(rb"Sec-WebSocket-Key: (\S+)", head)
            assert key is not None
            writer.write(answer.replace("ACCEPT", sec_websocket_accept(key[1].decode())).replace("\n", "\r\n").encode())
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            url = url_parser(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/path?query")
            established = await establish_a_websocket_connection(url, ["chat"], EnvironmentSettingsObject())
        assert heads[0].startswith(b"GET /path?query HTTP/1.1\r\n")
        return established

    async def test_informational_responses_come_before_and_data_after(self) -> None:
        established = await self.establish(
            "HTTP/1.1 103 Early\nLink: x\n\nHTTP/1.1 101 Yes\nUpgrade: websocket\nConnection: Upgrade\n"
            "Sec-WebSocket-Accept: ACCEPT\nSec-WebSocket-Protocol: chat\n\n\x01data"
        )
        assert (established.handshake.protocol, established.data) == ("chat", b"\x01data")
        established.stream.abort()
        await established.stream.wait_closed()

    @pytest.mark.parametrize("answer", ["HTTP/1.1 200 OK\n\n", "HTTP/1.1 301 Moved\nLocation: /\n\n", "HTTP/1.1 101 X\n\n"])
    async def test_any_other_answer_is_a_failure(self, answer: str) -> None:
        with pytest.raises(HandshakeFailure):
            await self.establish(answer)
