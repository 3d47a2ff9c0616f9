"""WebSocketError."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime import DOMException, WebSocketError, structuredClone
from worker_runtime.websockets.web_socket_error import unclean_close

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#web-socket-error")
class TestWebSocketError:
    def test_defaults(self) -> None:
        error = WebSocketError()
        assert isinstance(error, DOMException)
        assert (error.name, error.message, error.code, error.closeCode, error.reason) == (
            "WebSocketError",
            "",
            0,
            None,
            "",
        )

    @pytest.mark.parametrize(
        "init, code, reason",
        [({"closeCode": 3456, "reason": "x"}, 3456, "x"), ({"closeCode": 1000}, 1000, ""),
         ({"reason": "x\ud800"}, 1000, "x\ufffd")],
    )  # fmt: skip
    def test_a_reason_needs_a_code(self, init: Any, code: int, reason: str) -> None:
        error = WebSocketError("words", **init)
        assert (error.message, error.closeCode, error.reason) == ("words", code, reason)

    @pytest.mark.parametrize(
        "init, name",
        [({"closeCode": 999}, "InvalidAccessError"), ({"closeCode": 1001}, "InvalidAccessError"),
         ({"closeCode": 2999}, "InvalidAccessError"), ({"closeCode": 5000}, "InvalidAccessError"),
         ({"closeCode": 1000, "reason": "x" * 124}, "SyntaxError"),
         ({"reason": "€" * 42}, "SyntaxError")],
    )  # fmt: skip
    def test_what_may_not_be_sent_is_refused(self, init: Any, name: str) -> None:
        with pytest.raises(DOMException) as error:
            WebSocketError("", **init)
        assert error.value.name == name

    @pytest.mark.parametrize("code", [-1, 65536, float("nan")])
    def test_a_code_out_of_range_is_a_type_error(self, code: Any) -> None:
        with pytest.raises(TypeError):
            WebSocketError("", closeCode=code)


@spec("SPEC_NOTES.md#web-socket-error-of-a-close")
class TestUncleanClose:
    def test_has_a_code_that_nobody_may_send_and_keeps_it_in_a_copy(self) -> None:
        error = unclean_close("words", 1006, "why")
        copy = structuredClone(error)
        assert isinstance(copy, WebSocketError) and copy is not error
        for each in (error, copy):
            assert (each.message, each.closeCode, each.reason) == ("words", 1006, "why")
