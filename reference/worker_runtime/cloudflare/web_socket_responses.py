"""WebSocket responses: a Response that takes an end of a WebSocketPair with it.

What no standard defines: SPEC_NOTES.md#web-socket-pair-response
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..fetch.response_class import Response, ResponseInit
from ..fetch.responses import FilteredResponse, ResponseRecord

if TYPE_CHECKING:
    from ..websockets.web_socket import WebSocket


class ResponseForWebSockets:
    """What is added to Response.

    Part of SPEC_NOTES.md#web-socket-pair-response
    """

    __slots__ = ()

    _response: ResponseRecord | FilteredResponse

    @property
    def webSocket(self) -> WebSocket | None:
        """The end of a WebSocketPair that goes with the response.

        SPEC_NOTES.md#response-web-socket
        """
        web_socket: Any = getattr(self._response, "upgrade", None)
        return web_socket  # type: ignore[no-any-return]


def take_a_web_socket(response: Response, init: ResponseInit) -> ResponseInit:
    """With an end of a pair, the status is 101 and there is no body; returns the other members.

    SPEC_NOTES.md#web-socket-pair-response
    """
    others = init.copy()
    web_socket = others.pop("webSocket", None)
    if web_socket is not None:
        status = others.pop("status", 200)
        if status != 101 or not getattr(web_socket, "_is_of_a_pair", False):
            raise TypeError(
                "An end of a WebSocketPair goes with the status 101, "
                f"not {type(web_socket).__name__} with {status!r}: "
                "write Response(None, status=101, webSocket=client)"
            )
        assert isinstance(response._response, ResponseRecord)
        response._response.upgrade = web_socket
        response._response.status = 101
    return others
