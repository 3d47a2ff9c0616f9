"""AnySocketAddress: where a socket is to connect to.

Sockets API, 4.3: https://sockets-api.proposal.wintertc.org/#anysocketaddress-type
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, TypedDict

from ..host.addresses import TCPAddress
from ..url.host_parsing import host_parser
from ..url.host_serializing import host_serializer
from ..url.writing import URLFailure
from ..webidl.callbacks import dictionary_member
from ..webidl.type_mapping import to_dom_string, to_integer
from .socket_error import SocketError


class SocketAddress(TypedDict, total=False):
    """https://sockets-api.proposal.wintertc.org/#dictdef-socketaddress"""

    hostname: str
    port: int


# https://sockets-api.proposal.wintertc.org/#typedefdef-anysocketaddress
AnySocketAddress: TypeAlias = str | SocketAddress


def to_address(address: AnySocketAddress) -> TCPAddress:
    """The host, as a serialized URL has it, and the port. SocketError if the address is not
    formatted correctly.

    Part of https://sockets-api.proposal.wintertc.org/#typedefdef-anysocketaddress
    """
    if isinstance(address, Mapping) or hasattr(address, "hostname"):
        hostname = dictionary_member(address, "hostname")
        port = dictionary_member(address, "port")
        if hostname is None or port is None:
            raise SocketError("An address has a hostname and a port")
        hostname, port = to_dom_string(hostname), to_integer(port, 16)
        if ":" in hostname and not hostname.startswith("["):
            hostname = f"[{hostname}]"
    else:
        text = to_dom_string(address)
        hostname, _, digits = text.rpartition(":")
        is_port = digits.isascii() and digits.isdecimal() and len(digits) <= 5
        if not hostname or not is_port or int(digits) > 65535:
            raise SocketError(
                f'An address is "hostname:port", such as "example.com:443", not {text!r}'
            )
        port = int(digits)
    return TCPAddress(to_host(hostname), port)


def to_host(hostname: str) -> str:
    """What is dialled for a host: a name in ASCII, or a number. SocketError if it is no host.

    Part of https://sockets-api.proposal.wintertc.org/#dom-socketaddress-hostname
    """
    try:
        return host_serializer(host_parser(hostname)).strip("[]")
    except URLFailure as failure:
        raise SocketError(f"{hostname!r} is no host ({failure})") from None
