"""SocketInfo: the two ends of a connection that is there.

Sockets API, 4.2: https://sockets-api.proposal.wintertc.org/#socketinfo-dictionary
"""

from __future__ import annotations

from typing import NamedTuple

from ..host.addresses import Address, UnixAddress
from ..host.byte_stream import ByteStream


class SocketInfo(NamedTuple):
    """The two ends of a connection, each as "host:port", and the protocol that TLS has agreed on.

    https://sockets-api.proposal.wintertc.org/#dictdef-socketinfo
    """

    remoteAddress: str | None = None
    localAddress: str | None = None
    alpn: str | None = None


def info_of(stream: ByteStream) -> SocketInfo:
    """What there is to know of a connection.

    Part of https://sockets-api.proposal.wintertc.org/#dictdef-socketinfo
    """
    remote, local = shown(stream.remote_address), shown(stream.local_address)
    return SocketInfo(remote, local, stream.application_protocol)


def shown(address: Address) -> str:
    """An address as a string: a host by its number, and a port.

    Part of https://sockets-api.proposal.wintertc.org/#dom-socketinfo-remoteaddress
    """
    if isinstance(address, UnixAddress):
        return address.path
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
