"""Network policy: what a worker may reach, and where it may listen."""

from __future__ import annotations

import ipaddress
from typing import Literal, NamedTuple, TypeAlias

PolicyName: TypeAlias = Literal["open", "deployed"]
SMTP_PORT = 25
NAT64 = ipaddress.ip_network("64:ff9b::/96")
LOCAL_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")  # which older Pythons take for public


class NotAllowed(PermissionError):
    """The policy of the network forbids it. What the system forbids is another PermissionError."""


class Listening(NamedTuple):
    """Where a worker may listen: a port, at any interface if there is no host."""

    host: str | None
    port: int


def is_public(number: str) -> bool:
    """Whether the number of a host is one of the open network: neither of this machine nor of a
    private network, also where an IPv6 address stands for an IPv4 address.

    https://www.iana.org/assignments/iana-ipv4-special-registry
    """
    try:
        address = ipaddress.ip_address(number.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        embedded = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            embedded = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo is not None or address in LOCAL_NAT64:
            return False
        if embedded is not None:
            return is_public(str(embedded))
    return address.is_global and not (address.is_multicast or address.is_reserved)
