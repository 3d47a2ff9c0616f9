"""The WebSocketError interface: an error that says how a WebSocket is to be closed, or has been.

What no standard defines: SPEC_NOTES.md#web-socket-error
"""

from __future__ import annotations

from typing import Any, Self, TypedDict, Unpack

from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import DOMException
from ..webidl.type_mapping import to_integer, to_usv_string
from ..websocket_protocol.frames import CloseCode
from .common_algorithms import validate_close_code_and_reason


class WebSocketErrorInit(TypedDict, total=False):
    """The dictionary WebSocketCloseInfo, as the constructor takes it.

    SPEC_NOTES.md#web-socket-error-init
    """

    closeCode: int | None
    reason: str


class WebSocketError(DOMException):
    """Given to `abort` or `cancel`, it says with what code and reason to close. In a rejection it
    has the other side's.

    SPEC_NOTES.md#web-socket-error
    """

    def __init__(
        self,
        message: str = "",
        init: WebSocketErrorInit | WebSocketError | None = None,
        **members: Unpack[WebSocketErrorInit],
    ) -> None:
        """InvalidAccessError or SyntaxError DOMException if a worker may not send that code or
        reason.
        """
        super().__init__(message, "WebSocketError")
        members = to_dictionary(WebSocketErrorInit, init, members)
        code = members.get("closeCode")
        if code is not None:
            code = to_integer(code, 16, enforce_range=True)
        reason = to_usv_string(members.get("reason", ""))
        validate_close_code_and_reason(code, reason)
        self._close_code = int(CloseCode.NORMAL_CLOSURE) if code is None and reason else code
        self._reason = reason

    @property
    def closeCode(self) -> int | None:
        """1000, 3000 to 4999, or what the other side has sent, or None."""
        return self._close_code

    @property
    def reason(self) -> str:
        """Words for it; 123 bytes at most."""
        return self._reason

    def _serialization_steps(self, for_storage: bool) -> dict[str, object]:
        return {"message": self._message, "closeCode": self.closeCode, "reason": self._reason}

    @classmethod
    def _deserialization_steps(cls, data: dict[str, Any]) -> Self:
        error = cls(data["message"])
        error._close_code, error._reason = data["closeCode"], data["reason"]
        return error


def unclean_close(message: str, code: int, reason: str) -> WebSocketError:
    """An error with a code that is not for workers to send.

    SPEC_NOTES.md#web-socket-error-of-a-close
    """
    error = WebSocketError(message)
    error._close_code, error._reason = int(code), reason
    return error
