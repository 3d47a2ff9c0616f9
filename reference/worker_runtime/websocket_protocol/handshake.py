"""The opening handshake, of either side.

RFC 6455, 4: https://www.rfc-editor.org/rfc/rfc6455#section-4
"""

from __future__ import annotations

import re
from base64 import b64encode
from binascii import Error as NotBase64
from binascii import a2b_base64
from collections.abc import Sequence
from hashlib import sha1
from typing import NamedTuple

from ..http.fields import Fields, is_token, list_members
from ..http.message import RequestHead, ResponseHead
from .permessage_deflate import (
    NAME,
    DeflateParameters,
    ExtensionOffer,
    InvalidParameters,
    accept_a_response,
)

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
VERSION = "13"
UPGRADE_FIELDS = [("upgrade", "websocket"), ("sec-websocket-version", VERSION)]  # of a 426

# extension-param = token [ "=" (token | quoted-string) ]
EXTENSION_PARAMETER = re.compile(
    r'([^\s=";,]+)(?:[ \t]*=[ \t]*(?:([^\s=";,]+)|"((?:[^"\\]|\\.)*)"))?'
)


class HandshakeFailure(Exception):
    """What the other side has sent is not a valid handshake. A server answers with the status and
    the fields; a client fails the connection.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-4.4
    """

    def __init__(self, message: str, status: int = 400, fields: Fields | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.fields: Fields = fields or []


class ClientHandshake(NamedTuple):
    """What a client asks for. The protocols are in the order in which it would like them.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-1.3
    """

    key: str
    protocols: list[str]
    extensions: list[ExtensionOffer]


def sec_websocket_accept(key: str) -> str:
    """What shows a client that its handshake has been understood.

    https://www.rfc-editor.org/rfc/rfc6455#section-11.3.3
    """
    return b64encode(sha1(key.encode("latin-1") + GUID).digest()).decode()


def parse_extensions(value: str) -> list[ExtensionOffer]:
    """The extensions in a field; ValueError if its syntax is wrong. A value in quotes has to be a
    token, too.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-11.3.2
    """
    extensions = []
    for member in list_members(value):
        if member[0] == ";":
            raise ValueError(f"{member[:80]!r} is not an extension")
        name, *parameters = re.findall(r'(?:[^";]|"(?:[^"\\]|\\.)*"?)+', member)
        pairs: list[tuple[str, str | None]] = []
        for parameter in parameters:
            match = EXTENSION_PARAMETER.fullmatch(parameter.strip(" \t"))
            token = match and (match[2] if match[3] is None else re.sub(r"\\(.)", r"\1", match[3]))
            if (
                match is None
                or not is_token(match[1])
                or (token is not None and not is_token(token))
            ):
                raise ValueError(f"{parameter.strip()[:80]!r} is not the parameter of an extension")
            pairs.append((match[1], token))
        if not is_token(name.strip(" \t")) or member.endswith(";"):
            raise ValueError(f"{member[:80]!r} is not an extension")
        extensions.append(ExtensionOffer(name.strip(" \t"), pairs))
    return extensions


# ---- the server ----------------------------------------------------------------------------------


def read_the_clients_opening_handshake(request: RequestHead) -> ClientHandshake:
    """HandshakeFailure, with what to answer, if the request is not a valid opening handshake.

    https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1
    Part of https://www.rfc-editor.org/rfc/rfc6455#section-11.3.5
    """
    values = request.values
    if "websocket" not in options_of(values, "upgrade") or "upgrade" not in options_of(
        values, "connection"
    ):
        raise HandshakeFailure("What is here speaks the WebSocket Protocol", 426, UPGRADE_FIELDS)
    if request.method != "GET" or request.version < 1:
        raise HandshakeFailure(
            f"A handshake is a GET request of HTTP/1.1, not {request.method} of "
            f"HTTP/1.{request.version}"
        )
    if values.get("sec-websocket-version") != VERSION:  # two lines of it are refused as well
        raise HandshakeFailure("The version of the WebSocket Protocol is 13", 426, UPGRADE_FIELDS)
    key = values.get("sec-websocket-key", "")
    if not is_key(key):
        raise HandshakeFailure(f"Sec-WebSocket-Key is 16 bytes in base64, not {key[:80]!r}")
    protocols = list_members(values.get("sec-websocket-protocol", ""))
    if not all(map(is_token, protocols)) or len(set(protocols)) != len(protocols):
        value = values["sec-websocket-protocol"]
        raise HandshakeFailure(
            f"Sec-WebSocket-Protocol is a list of different tokens, not {value[:80]!r}"
        )
    try:
        extensions = parse_extensions(values.get("sec-websocket-extensions", ""))
    except ValueError as error:
        raise HandshakeFailure(f"In Sec-WebSocket-Extensions: {error}") from None
    return ClientHandshake(key, protocols, extensions)


def options_of(values: dict[str, str], name: str) -> list[str]:
    """The members of a field, in lower case.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2
    """
    return [member.lower() for member in list_members(values.get(name, ""))]


def is_key(value: str) -> bool:
    """Part of https://www.rfc-editor.org/rfc/rfc6455#section-11.3.1"""
    try:
        return len(value) == 24 and len(a2b_base64(value, strict_mode=True)) == 16
    except (NotBase64, ValueError):
        return False


def servers_opening_handshake(handshake: ClientHandshake, protocol: str, extension: str) -> Fields:
    """The fields of the 101 response; where the protocol or the extension is empty, there is none.

    https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2
    Part of https://www.rfc-editor.org/rfc/rfc6455#section-11.3.4
    """
    if protocol and protocol not in handshake.protocols:
        raise ValueError(
            f"The client has not asked for the protocol {protocol!r}, but for "
            f"{handshake.protocols!r}"
        )
    fields = [
        ("upgrade", "websocket"),
        ("sec-websocket-accept", sec_websocket_accept(handshake.key)),
    ]
    if protocol:
        fields.append(("sec-websocket-protocol", protocol))
    if extension:
        fields.append(("sec-websocket-extensions", extension))
    return fields


# ---- the client ----------------------------------------------------------------------------------


class ServerHandshake(NamedTuple):
    """What a server has agreed to. The protocol is empty if there is none. `extensions` is spelt as
    the server spells it.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-4.2
    """

    protocol: str
    extensions: str
    deflate: DeflateParameters | None


def read_the_servers_opening_handshake(
    response: ResponseHead, key: str, protocols: Sequence[str], offers_deflate: bool
) -> ServerHandshake:
    """HandshakeFailure, with the reason, if it is not the answer to what was asked.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-4.1
    """
    values = response.values
    if response.status != 101:
        raise HandshakeFailure(f"The server answered with the status {response.status}, not 101")
    if values.get("upgrade", "").lower() != "websocket":
        raise HandshakeFailure(
            f"The server's Upgrade is {values.get('upgrade', '')[:80]!r}, not 'websocket'"
        )
    if "upgrade" not in options_of(values, "connection"):
        raise HandshakeFailure(
            f"The server's Connection is {values.get('connection', '')[:80]!r}, without 'Upgrade'"
        )
    if values.get("sec-websocket-accept") != sec_websocket_accept(key):
        raise HandshakeFailure(
            "The server's Sec-WebSocket-Accept is not the answer to the key that it was sent"
        )
    try:
        extensions = parse_extensions(values.get("sec-websocket-extensions", ""))
    except ValueError as error:
        raise HandshakeFailure(f"In the server's Sec-WebSocket-Extensions: {error}") from None
    if (
        len(extensions) > 1
        or any(extension.name != NAME for extension in extensions)
        or (extensions and not offers_deflate)
    ):
        raise HandshakeFailure(
            f"The server uses extensions that were not offered: "
            f"{values['sec-websocket-extensions'][:80]!r}"
        )
    try:
        deflate = accept_a_response(extensions[0]) if extensions else None
    except InvalidParameters as error:
        raise HandshakeFailure(f"In the server's Sec-WebSocket-Extensions: {error}") from None
    protocol = values.get("sec-websocket-protocol")
    if protocol is not None and protocol not in protocols:
        raise HandshakeFailure(
            f"The server has chosen the protocol {protocol[:80]!r}, which was not asked for"
        )
    return ServerHandshake(protocol or "", values.get("sec-websocket-extensions", ""), deflate)
