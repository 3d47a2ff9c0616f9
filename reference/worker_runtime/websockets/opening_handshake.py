"""Opening handshake: from a URL to a connection.

WebSockets Standard, 2: https://websockets.spec.whatwg.org/#websocket-protocol
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import NamedTuple

from ..fetch.port_blocking import BAD_PORTS
from ..fetch.profile import profile
from ..host.network import ByteStream, ClientTLS, TCPAddress
from ..html.settings_objects import EnvironmentSettingsObject
from ..http.connection import ClientConnection
from ..http.fields import MessageFailure
from ..http.message import ResponseHead
from ..url.host_parsing import host_serializer
from ..url.origins import ascii_serialization_of_an_origin
from ..url.percent_encoded_bytes import percent_decode_string
from ..url.url_parsing import url_parser
from ..url.url_representation import URLRecord
from ..url.url_serializing import url_path_serializer
from ..url.writing import URLFailure
from ..webidl.exceptions import DOMException
from ..websocket_protocol.handshake import (
    VERSION,
    HandshakeFailure,
    ServerHandshake,
    read_the_servers_opening_handshake,
)

PERMESSAGE_DEFLATE = "permessage-deflate; client_max_window_bits"
DEFAULT_PORTS = {"ws": 80, "wss": 443}


class Established(NamedTuple):
    """A stream of bytes whose other side speaks the protocol, what it has agreed to, and what it has said since.

    https://websockets.spec.whatwg.org/#network-intro
    """

    stream: ByteStream
    handshake: ServerHandshake
    data: bytes


def get_a_url_record(url: str, base_url: URLRecord | None) -> URLRecord:
    """A URL whose scheme is ws or wss; a SyntaxError DOMException if it is none.

    https://websockets.spec.whatwg.org/#websocket-internal-url
    """
    try:
        url_record = url_parser(url, base_url)
    except URLFailure as failure:
        raise DOMException(f"Invalid URL: {url!r} ({failure})", "SyntaxError") from None
    url_record.scheme = {"http": "ws", "https": "wss"}.get(url_record.scheme, url_record.scheme)
    if url_record.scheme not in DEFAULT_PORTS:
        raise DOMException(f"The URL of a WebSocket has the scheme ws or wss, not {url_record.scheme!r}", "SyntaxError")
    if url_record.fragment is not None:
        raise DOMException(f"The URL of a WebSocket has no fragment: {url!r}", "SyntaxError")
    return url_record


async def obtain_a_websocket_connection(url: URLRecord, settings: EnvironmentSettingsObject) -> ByteStream:
    """Connect to where a URL points. OSError if that fails.

    https://websockets.spec.whatwg.org/#concept-websocket-connection-obtain
    """
    if url.port in BAD_PORTS:
        raise OSError(f"The port {url.port} is one that no WebSocket may use")
    host = host_serializer(url.host).strip("[]") if url.host is not None else ""
    address = TCPAddress(host, DEFAULT_PORTS[url.scheme] if url.port is None else url.port)
    return await settings.network.dial(address, ClientTLS(host, None, ("http/1.1",)) if url.scheme == "wss" else None)


async def establish_a_websocket_connection(
    url: URLRecord, protocols: Sequence[str], settings: EnvironmentSettingsObject
) -> Established:
    """OSError, MessageFailure or HandshakeFailure if there is no connection; then nothing is left of it.

    https://websockets.spec.whatwg.org/#concept-websocket-establish
    """
    stream = await obtain_a_websocket_connection(url, settings)
    try:
        key_value = b64encode(settings.entropy.random_bytes(16)).decode()
        http = ClientConnection()
        path = url_path_serializer(url) + ("" if url.query is None else "?" + url.query)
        stream.write(http.send_request("GET", path, request_fields(url, protocols, key_value, settings), 0))
        response = await _final_response(http, stream)
        handshake = read_the_servers_opening_handshake(response, key_value, protocols, offers_deflate=True)
        return Established(stream, handshake, http.take_unused_data())
    except BaseException:
        stream.abort()
        raise


def request_fields(
    url: URLRecord, protocols: Sequence[str], key_value: str, settings: EnvironmentSettingsObject
) -> list[tuple[str, str]]:
    """The header list of the request, as Fetch completes it.

    https://websockets.spec.whatwg.org/#websocket-opening-handshake
    """
    assert url.host is not None
    host = host_serializer(url.host) + ("" if url.port is None else f":{url.port}")
    fields = [("Host", host), ("Upgrade", "websocket"), ("Connection", "Upgrade")]
    if profile.get() == "browser":
        fields.append(("Origin", ascii_serialization_of_an_origin(settings.origin)))
    if url.includes_credentials:
        credentials = percent_decode_string(url.username) + b":" + percent_decode_string(url.password)
        fields.append(("Authorization", "Basic " + b64encode(credentials).decode()))
    fields += [("Sec-WebSocket-Key", key_value), ("Sec-WebSocket-Version", VERSION)]
    if protocols:
        fields.append(("Sec-WebSocket-Protocol", ", ".join(protocols)))
    fields.append(("Sec-WebSocket-Extensions", PERMESSAGE_DEFLATE))
    return fields


async def _final_response(http: ClientConnection, stream: ByteStream) -> ResponseHead:
    while True:
        while (response := http.next_response()) is None:
            http.receive_data(await stream.read())
        if response.status >= 200 or response.status == 101:
            return response


# What can go wrong until a connection is established.
FAILURES = (OSError, MessageFailure, HandshakeFailure)
