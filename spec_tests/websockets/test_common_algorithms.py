"""What WebSocket and WebSocketStream share."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime import DOMException
from worker_runtime.fetch.infrastructure import FetchController
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.websockets.common_algorithms import (
    CLOSED, CLOSING, CONNECTING, OPEN, close_the_web_socket, convert_protocols, get_a_url_record,
    validate_close_code_and_reason,
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

    def close(self, code: int | None, reason: str) -> None:
        self.done.append(("close", code, reason))


@spec("https://websockets.spec.whatwg.org/#dom-websocket-close-code-reason-reason")
class TestCloseTheWebSocket:
    def test_an_attempt_fails(self) -> None:
        socket = Socket(CONNECTING, False)
        close_the_web_socket(socket, 3000)
        assert (socket.done, socket._ready_state) == (["abort", ("closed", 1006, "", False, True)], CLOSING)

    @pytest.mark.parametrize(
        "arguments, sent", [((), (None, "")), ((3000,), (3000, "")), ((4000, "x"), (4000, "x")), ((None, "x"), (1000, "x"))]
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
