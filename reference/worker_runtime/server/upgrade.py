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
from ..websocket_protocol.handshake import HandshakeFailure as HandshakeFailure
from ..websocket_protocol.handshake import (
    read_the_clients_opening_handshake,
    servers_opening_handshake,
)
from ..websocket_protocol.permessage_deflate import accept_an_offer
from ..websockets.server_connections import ServerConnection
from ..websockets.websocket_connections import ConnectionLimits
from .client import Client
from .service import Service

HANDSHAKE_FIELDS = frozenset({
    "upgrade", "connection", "sec-websocket-accept", "sec-websocket-protocol",
    "sec-websocket-extensions",
})  # fmt: skip


def upgrade(client: Client, request: RequestHead, response: ResponseRecord) -> ServerConnection:
    """Answer the handshake; returns the connection that is to begin. HandshakeFailure if the
    request is not one; one of MISTAKES if the response does not fit it.
    """
    end = response.upgrade
    if not isinstance(end, PairedWebSocket) or end._way_in.taker is not None:
        raise ValueError("The end of a WebSocketPair that goes with a response is in use already")
    handshake = read_the_clients_opening_handshake(request)
    if not client.http.is_content_complete:
        raise HandshakeFailure("A handshake has no content")
    config = client.service.config
    deflate, extension = accept_an_offer(handshake.extensions) or (None, "")
    protocol = response.header_list.get("sec-websocket-protocol") or ""
    fields = servers_opening_handshake(handshake, protocol, extension)
    fields += [field for field in response.header_list if field[0].lower() not in HANDSHAKE_FIELDS]
    reason = response.status_message or reason_phrase(101)
    client.stream.write(client.http.send_response(101, reason, client.service.date(), fields, None))
    other_end = end._other_end
    connection = ServerConnection(
        client.stream,
        Connection(
            "server",
            config.websocket_message,
            default_host().entropy.random_bytes,
            deflate,
            client.service.websocket_budget,
        ),
        other_end._way_in,
        client.service.clock,
        limits_of(client.service, other_end._idle_timeout),
    )
    couple(end, connection, protocol, extension)
    return connection


def limits_of(service: Service, idle_timeout: float | None) -> ConnectionLimits:
    """Those of the server; the worker may have said how long a silence may be."""
    limits = service.websocket_limits
    if idle_timeout is None:
        return limits
    return limits._replace(ping_interval=idle_timeout / 2, idle_timeout=idle_timeout)


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
