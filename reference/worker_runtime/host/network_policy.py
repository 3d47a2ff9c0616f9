"""Network policy: what a worker may reach, and where it may listen."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

PolicyName: TypeAlias = Literal["open", "deployed"]
SMTP_PORT = 25
NAT64 = ipaddress.ip_network("64:ff9b::/96")
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# What not every Python knows to be for other uses.
NOT_PUBLIC = tuple(map(ipaddress.ip_network, (
    "192.0.0.0/24", "192.88.99.0/24", "2001:20::/27", "3fff::/20",
)))  # fmt: skip


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
    https://www.iana.org/assignments/iana-ipv6-special-registry
    """
    try:
        address = ipaddress.ip_address(number.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        embedded = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            embedded = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo is not None:
            return False
        if embedded is not None:
            return is_public(str(embedded))
        if address not in GLOBAL_UNICAST:  # the only ones that are given to anybody
            return False
    if any(address in network for network in NOT_PUBLIC):
        return False
    return address.is_global and not address.is_multicast


def not_admitted(host: str, numbers: Iterable[str]) -> NotAllowed:
    """What is raised for a host, where none of the numbers that it stands for is admitted."""
    others = ", ".join(number for number in dict.fromkeys(numbers) if number != host)
    which_is = f", which is {others}" if others else ""
    return NotAllowed(f"This worker may not reach {host}{which_is}")
