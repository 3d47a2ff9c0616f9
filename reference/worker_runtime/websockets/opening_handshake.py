"""Opening handshake: a request that is fetched, whose response is the beginning of a WebSocket
connection.

WebSockets Standard, 2.2: https://websockets.spec.whatwg.org/#websocket-opening-handshake
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from copy import copy
from typing import Protocol

from ..console.supporting_operations import report_a_warning_to_the_console
from ..fetch.connections import PooledConnection
from ..fetch.fetching import fetch
from ..fetch.headers import HeaderFailure, extract_header_list_values
from ..fetch.infrastructure import AnyResponse, FetchController
from ..fetch.requests import RequestRecord
from ..fetch.responses import FilteredResponse, ResponseRecord
from ..html.event_loops import in_parallel
from ..html.settings_objects import EnvironmentSettingsObject
from ..http.message import ResponseHead
from ..url.percent_encoded_bytes import percent_decode_string
from ..url.url_representation import URLRecord
from ..url.url_serializing import url_serializer
from ..websocket_protocol.connection import Connection
from ..websocket_protocol.frames import CloseCode
from ..websocket_protocol.handshake import (
    VERSION,
    HandshakeFailure,
    ServerHandshake,
    read_the_servers_opening_handshake,
)
from .websocket_connections import ConnectionLimits, Feedback, WebSocketConnection

PERMESSAGE_DEFLATE = "permessage-deflate; client_max_window_bits"
CLIENT_LIMITS = ConnectionLimits(unsent=1024 * 1024 * 1024)


class ClientFeedback(Feedback, Protocol):
    """It is told what comes of a connection that is yet to be established.

    Part of https://websockets.spec.whatwg.org/#feedback-from-the-protocol
    """

    def established(self, connection: WebSocketConnection, protocol: str, extensions: str) -> None:
        """The opening handshake is done."""


def establish_a_websocket_connection(
    url: URLRecord,
    protocols: Sequence[str],
    client: EnvironmentSettingsObject,
    feedback: ClientFeedback,
) -> FetchController:
    """The feedback is told all that comes of it. Until then, what is returned can end it.

    https://websockets.spec.whatwg.org/#concept-websocket-establish
    """
    request_url = copy(url)
    request_url.scheme = "http" if url.scheme == "ws" else "https"
    request = RequestRecord(request_url)
    request.client = client
    request.service_workers_mode = "none"
    request.referrer = "no-referrer"
    request.mode = "websocket"
    request.credentials_mode = "include"
    request.cache_mode = "no-store"
    request.redirect_mode = "error"
    request.header_list.append("Upgrade", "websocket")
    request.header_list.append("Connection", "Upgrade")
    key_value = b64encode(client.host.entropy.random_bytes(16)).decode()
    request.header_list.append("Sec-WebSocket-Key", key_value)
    request.header_list.append("Sec-WebSocket-Version", VERSION)
    for protocol in protocols:
        request.header_list.combine("Sec-WebSocket-Protocol", protocol)
    request.header_list.append("Sec-WebSocket-Extensions", PERMESSAGE_DEFLATE)
    if url.includes_credentials:
        # DEVIATION: Fetch would send these after a 401 only, and to nobody here. Browsers send them
        # at once.
        credentials = (
            percent_decode_string(url.username) + b":" + percent_decode_string(url.password)
        )
        request.header_list.append("Authorization", "Basic " + b64encode(credentials).decode())

    def process_response(response: AnyResponse) -> None:
        internal_response = (
            response.internal_response if isinstance(response, FilteredResponse) else response
        )
        http_connection = internal_response.connection
        try:
            handshake = validate(response, protocols, key_value)
        except HandshakeFailure as failure:
            if http_connection is not None:
                http_connection.close()
            # why it has failed is for the console; a script is not told
            if not internal_response.aborted:
                report_a_warning_to_the_console(
                    f"WebSocket connection to {url_serializer(url)!r} failed: {failure}"
                )
            feedback.closed(CloseCode.ABNORMAL_CLOSURE, "", False, True)
            return
        assert http_connection is not None
        protocol = Connection(
            "client", CLIENT_LIMITS.message, client.host.entropy.random_bytes, handshake.deflate
        )
        connection = WebSocketConnection(
            http_connection.stream, protocol, True, feedback, client.host.clock, CLIENT_LIMITS
        )
        feedback.established(connection, handshake.protocol, handshake.extensions)
        in_parallel(go_on(http_connection, connection))

    return fetch(request, process_response)


def validate(response: AnyResponse, protocols: Sequence[str], key_value: str) -> ServerHandshake:
    """What the server has agreed to; HandshakeFailure, with the reason, if it has not answered what
    was asked.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-4.1
    """
    if isinstance(response, ResponseRecord) and response.type == "error":
        raise HandshakeFailure(response.failure)
    header_list = response.header_list
    if response.status == 101 and protocols:
        try:
            values = extract_header_list_values("Sec-WebSocket-Protocol", header_list)
        except HeaderFailure as failure:
            raise HandshakeFailure(str(failure)) from None
        if values is None:
            raise HandshakeFailure(
                f"The server has chosen none of the protocols {', '.join(protocols)}"
            )
    fields = {name.lower(): header_list.get(name) or "" for name, _ in header_list}
    head = ResponseHead(response.status, response.status_message, 1, list(header_list), fields)
    return read_the_servers_opening_handshake(head, key_value, protocols, offers_deflate=True)


async def go_on(http_connection: PooledConnection, connection: WebSocketConnection) -> None:
    """From the end of one protocol to the end of the other.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-1.7
    """
    await connection.run(http_connection.leave_to_another_protocol())
