"""What WebSocket and WebSocketStream share."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from spec_tests.fakes import running_worker
from spec_tests.fetch.scripted_network import network_of
from worker_runtime import DOMException, WebSocket, WebSocketStream
from worker_runtime.fetch.infrastructure import FetchController
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.websocket_protocol.connection import Close, Connection
from worker_runtime.websockets.common_algorithms import (
    CLOSED,
    CLOSING,
    CONNECTING,
    OPEN,
    close_the_web_socket,
    convert_protocols,
    get_a_url_record,
    make_disappear,
    validate_close_code_and_reason,
)  # fmt: skip

from .test_web_socket_stream import Server

spec = pytest.mark.spec


@spec("https://websockets.spec.whatwg.org/#dom-websocket-websocket")
class TestGetAURLRecord:
    @pytest.mark.parametrize(
        "url, scheme",
        [("ws://x/", "ws"), ("wss://x/", "wss"), ("http://x/", "ws"), ("https://x/", "wss"),
            ("/y", "wss")],
    )  # fmt: skip
    def test_http_schemes_stand_for_their_own(self, url: str, scheme: str) -> None:
        assert get_a_url_record(url, url_parser("https://base.example/")).scheme == scheme

    @pytest.mark.parametrize("url", ["/y", "mailto:x", "ws://x/#f", "ws://x/#", "ws://a b/"])
    def test_anything_else_is_a_syntax_error(self, url: str) -> None:
        with pytest.raises(DOMException) as error:
            get_a_url_record(url, None)
        assert error.value.name == "SyntaxError"


@spec("https://websockets.spec.whatwg.org/#dom-websocket-websocket-url-protocols-protocols")
class TestConvertProtocols:
    def test_any_iterable_will_do(self) -> None:
        assert convert_protocols(iter(["chat", "v1.chat"])) == ["chat", "v1.chat"]

    @pytest.mark.parametrize("protocols", [[""], ["a b"], ["a", "a"], ["a", "A"], ["a,b"], ["ä"]])
    def test_they_are_different_tokens(self, protocols: list[str]) -> None:
        with pytest.raises(DOMException, match="different tokens") as error:
            convert_protocols(protocols)
        assert error.value.name == "SyntaxError"


@spec("https://websockets.spec.whatwg.org/#dom-websocket-close-code-reason-code")
class TestValidateCloseCodeAndReason:
    @pytest.mark.parametrize("code", [None, 1000, 3000, 4999])
    def test_these_may_be_sent(self, code: int | None) -> None:
        validate_close_code_and_reason(code, "é" * 61)
        with pytest.raises(DOMException, match="not 124"):  # one letter more may not
            validate_close_code_and_reason(code, "é" * 62)

    @pytest.mark.parametrize("code", [0, 999, 1001, 1005, 2999, 5000, 65535])
    def test_these_may_not(self, code: int) -> None:
        with pytest.raises(DOMException, match=f"not {code}") as error:
            validate_close_code_and_reason(code, "")
        assert error.value.name == "InvalidAccessError"

    def test_a_reason_is_measured_in_utf_8(self) -> None:
        with pytest.raises(DOMException, match="not 124") as error:
            validate_close_code_and_reason(1000, "é" * 62)
        assert error.value.name == "SyntaxError"


class Socket:
    """An object of either interface, and what it does."""

    def __init__(self, ready_state: int, has_connection: bool) -> None:
        self.done: list[object] = []
        self._ready_state = ready_state
        self._attempt = FetchController()
        self._attempt.upon_abort(lambda reason: self.done.append("abort"))
        feedback: Any = self
        self._feedback = feedback
        self._connection: Any = self if has_connection else None

    def closed(self, *arguments: object) -> None:
        self.done.append(("closed", *arguments))

    def close(self, code: int | None, reason: str = "") -> None:
        self.done.append(("close", code, reason))


@spec("https://websockets.spec.whatwg.org/#dom-websocket-close-code-reason-reason")
class TestCloseTheWebSocket:
    def test_an_attempt_fails(self) -> None:
        socket = Socket(CONNECTING, False)
        close_the_web_socket(socket, 3000)
        assert (socket.done, socket._ready_state) == (
            ["abort", ("closed", 1006, "", False, True)],
            CLOSING,
        )

    @pytest.mark.parametrize(
        "arguments, sent",
        [
            ((), (None, "")),
            ((3000,), (3000, "")),
            ((4000, "x"), (4000, "x")),
            ((None, "x"), (1000, "x")),
        ],
    )
    def test_a_connection_is_closed(self, arguments: Any, sent: tuple[object, ...]) -> None:
        socket = Socket(OPEN, True)
        close_the_web_socket(socket, *arguments)
        assert (socket.done, socket._ready_state) == ([("close", *sent)], CLOSING)

    @pytest.mark.parametrize("ready_state", [CLOSING, CLOSED])
    def test_what_is_closed_stays_so(self, ready_state: int) -> None:
        socket = Socket(ready_state, True)
        close_the_web_socket(socket)
        assert (socket.done, socket._ready_state) == ([], ready_state)
        with pytest.raises(DOMException):
            close_the_web_socket(socket, 1)


@spec("https://websockets.spec.whatwg.org/#make-disappear")
class TestMakeDisappear:
    @pytest.mark.parametrize(
        "ready_state, has_connection, done",
        [(CONNECTING, False, ["abort"]), (OPEN, True, [("close", 1001, "")]), (CLOSED, False, [])],
    )  # fmt: skip
    def test_an_attempt_is_given_up_and_a_connection_is_closed(
        self, ready_state: int, has_connection: bool, done: list[object]
    ) -> None:
        socket = Socket(ready_state, has_connection)
        make_disappear(socket)
        assert socket.done == done

    async def test_with_their_worker_all_of_them_do(self) -> None:
        server = Server()
        heard: list[object] = []
        with network_of(server.answer) as network, running_worker() as worker:
            worker.host.network = network
            socket, stream = WebSocket("ws://x.example/"), WebSocketStream("ws://y.example/")
            socket.onclose = heard.append
            await server.until(
                lambda: len(server.requests) == 2 and socket.readyState == WebSocket.OPEN
            )
            await stream.opened
        closes = [Connection("server", 1000, os.urandom) for _ in network.streams]
        for each, protocol in zip(network.streams, closes, strict=True):
            while not each.sent:
                await asyncio.sleep(0)
            protocol.receive_data(each.sent)
            each.sent = b""
            assert protocol.next_event() == Close(1001, "")
            each.feed(protocol.take_answers())
            each.end()
        while not all(each.is_closed for each in network.streams):
            await asyncio.sleep(0)
        assert heard == []
