"""Upgrade: a request that a worker answers with an end of a WebSocketPair goes on as a WebSocket.

RFC 6455, 4.2: https://www.rfc-editor.org/rfc/rfc6455#section-4.2
"""

from __future__ import annotations

from ..cloudflare.web_socket_pair import PairedWebSocket, couple
from ..fetch.responses import ResponseRecord
from ..host.console import escaped
from ..host.host import default_host
from ..http.fields import Fields, MessageFailure
from ..http.message import RequestHead, reason_phrase
from ..websocket_protocol.connection import Connection
from ..websocket_protocol.frames import CloseCode
from ..websocket_protocol.handshake import HandshakeFailure as HandshakeFailure
from ..websocket_protocol.handshake import (
    read_the_clients_opening_handshake,
    servers_opening_handshake,
)
from ..websocket_protocol.permessage_deflate import accept_an_offer
from ..websockets.websocket_connections import ConnectionLimits, WebSocketConnection
from .client import Client

HANDSHAKE_FIELDS = frozenset({
    "upgrade", "connection", "sec-websocket-accept", "sec-websocket-protocol",
    "sec-websocket-extensions",
})  # fmt: skip


class Upgrade:
    """A connection that has become a WebSocket's."""

    __slots__ = ("_client", "_connection")

    def __init__(self, client: Client, request: RequestHead, response: ResponseRecord) -> None:
        """Answer the handshake. HandshakeFailure if the request is not one; one of MISTAKES if the
        response does not fit it.
        """
        end = response.upgrade
        if not isinstance(end, PairedWebSocket) or end._way_in.taker is not None:
            raise ValueError(
                "The end of a WebSocketPair that goes with a response is in use already"
            )
        handshake = read_the_clients_opening_handshake(request)
        if not client.http.is_content_complete:
            raise HandshakeFailure("A handshake has no content")
        config, clock = client.service.config, client.service.clock
        deflate, extension = accept_an_offer(handshake.extensions) or (None, "")
        protocol = response.header_list.get("sec-websocket-protocol") or ""
        fields = servers_opening_handshake(handshake, protocol, extension)
        fields += [
            field for field in response.header_list if field[0].lower() not in HANDSHAKE_FIELDS
        ]
        reason = response.status_message or reason_phrase(101)
        client.stream.write(
            client.http.send_response(101, reason, client.service.date(), fields, None)
        )
        other_end = end._other_end
        limits = ConnectionLimits(
            config.websocket_message,
            config.websocket_unsent,
            config.websocket_ping_timeout,
            config.websocket_idle_timeout,
        )
        if other_end._idle_timeout is not None:
            limits = limits._replace(
                ping_interval=other_end._idle_timeout / 2, idle_timeout=other_end._idle_timeout
            )
        self._client = client
        self._connection = WebSocketConnection(
            client.stream,
            Connection(
                "server",
                limits.message,
                default_host().entropy.random_bytes,
                deflate,
                client.service.websocket_budget,
            ),
            False,
            other_end._way_in,
            clock,
            limits,
        )
        couple(end, self._connection, protocol, extension)

    async def run(self) -> None:
        """Live until the WebSocket is closed."""
        await self._connection.run(self._client.http.take_unused_data())

    def shut_down(self) -> None:
        """The server ends, so it closes."""
        self._connection.close(CloseCode.GOING_AWAY)


def refuse(client: Client, failure: HandshakeFailure, is_last: bool) -> None:
    """Answer a request that is not a handshake.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-4.4
    """
    status, reason = failure.status, reason_phrase(failure.status)
    content = f"{status} {reason}\n{escaped(str(failure))}\n".encode()
    fields: Fields = [("content-type", "text/plain;charset=UTF-8"), *failure.fields]
    date = client.service.date()
    client.stream.write(
        client.http.send_whole_response(status, reason, date, fields, content, is_last)
    )


# What can be wrong with a response that comes with an end of a pair.
MISTAKES = (MessageFailure, ValueError)
