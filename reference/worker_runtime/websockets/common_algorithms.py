"""Common algorithms: what the interfaces WebSocket and WebSocketStream share.

WebSockets Standard, 3.1: https://websockets.spec.whatwg.org/#interface-definition
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, Protocol
from weakref import WeakSet

from ..fetch.infrastructure import FetchController
from ..host.gates import current_gate
from ..html.settings_objects import EnvironmentSettingsObject
from ..http.fields import is_token
from ..url.url_parsing import url_parser
from ..url.url_representation import URLRecord
from ..url.writing import URLFailure
from ..webidl.exceptions import DOMException
from ..webidl.type_mapping import to_dom_string
from ..websocket_protocol.frames import CloseCode
from .opening_handshake import ClientFeedback
from .websocket_connections import Channel

CONNECTING, OPEN, CLOSING, CLOSED = range(4)


class WebSockets(WeakSet[Any]):
    """The WebSockets of a scope, which disappear with it.

    Part of https://html.spec.whatwg.org/multipage/workers.html#worker-processing-model
    """

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        super().__init__()
        settings_object.closing_steps.append(self.make_disappear)

    def make_disappear(self) -> None:
        """The scope ends."""
        for web_socket in list(self):
            make_disappear(web_socket)


class HasAConnection(Protocol):
    """An object of either interface. Its connection is None until it is told that there is one.

    Part of https://websockets.spec.whatwg.org/#websocket-ready-state
    """

    _ready_state: int
    _attempt: FetchController
    _feedback: ClientFeedback

    @property
    def _connection(self) -> Channel | None: ...


def get_a_url_record(url: str, base_url: URLRecord | None) -> URLRecord:
    """A URL whose scheme is ws or wss; a SyntaxError DOMException if it is not one.

    Part of https://websockets.spec.whatwg.org/#dom-websocket-websocket
    """
    try:
        url_record = url_parser(url, base_url)
    except URLFailure as failure:
        raise DOMException(f"Invalid URL: {url!r} ({failure})", "SyntaxError") from None
    url_record.scheme = {"http": "ws", "https": "wss"}.get(url_record.scheme, url_record.scheme)
    if url_record.scheme not in ("ws", "wss"):
        raise DOMException(
            f"The URL of a WebSocket has the scheme ws or wss, not {url_record.scheme!r}",
            "SyntaxError",
        )
    if url_record.fragment is not None:
        raise DOMException(f"The URL of a WebSocket has no fragment: {url!r}", "SyntaxError")
    return url_record


def convert_protocols(protocols: Iterable[str]) -> list[str]:
    """A list of them; a SyntaxError DOMException if one is not a token, or is there twice.

    https://websockets.spec.whatwg.org/#dom-websocket-websocket-url-protocols-protocols
    """
    protocols = [to_dom_string(protocol) for protocol in protocols]
    if len({protocol.lower() for protocol in protocols}) != len(protocols) or not all(
        map(is_token, protocols)
    ):
        raise DOMException(
            f"The protocols of a WebSocket are different tokens, not {protocols!r}", "SyntaxError"
        )
    return protocols


def validate_close_code_and_reason(code: int | None, reason: str) -> None:
    """https://websockets.spec.whatwg.org/#dom-websocket-close-code-reason-code"""
    if code is not None and code != CloseCode.NORMAL_CLOSURE and not 3000 <= code <= 4999:
        raise DOMException(
            f"The code is 1000, or from 3000 to 4999, not {code!r}", "InvalidAccessError"
        )
    if len(reason.encode()) > 123:
        raise DOMException(
            f"The reason has at most 123 bytes, not {len(reason.encode())}", "SyntaxError"
        )


def close_the_web_socket(object: HasAConnection, code: int | None = None, reason: str = "") -> None:
    """Close, whatever has been established so far. An InvalidAccessError or a SyntaxError if code
    or reason are not allowed.

    https://websockets.spec.whatwg.org/#dom-websocket-close-code-reason-reason
    """
    validate_close_code_and_reason(code, reason)
    if object._ready_state >= CLOSING:
        return
    object._ready_state = CLOSING
    if object._connection is None:
        object._attempt.abort()
        object._feedback.closed(CloseCode.ABNORMAL_CLOSURE, "", False, True)
    else:
        code = CloseCode.NORMAL_CLOSURE if code is None and reason else code
        gate = current_gate.get()
        if gate is None:
            object._connection.close(code, reason)
        else:
            gate.let_out(partial(object._connection.close, code, reason))


def make_disappear(object: HasAConnection) -> None:
    """The worker that it belongs to has ended, so nobody is told.

    https://websockets.spec.whatwg.org/#make-disappear
    """
    if object._connection is not None:
        object._connection.close(CloseCode.GOING_AWAY)
    elif object._ready_state == CONNECTING:
        object._attempt.abort()
