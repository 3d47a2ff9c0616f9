"""Options: how the members of the dictionaries become what the network takes.

Direct Sockets, 1.1.1, 2.1.1 and 3.1.1:
https://wicg.github.io/direct-sockets/#tcpsocketoptions-dictionary
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, get_args

from ..host.network_policy import NotAllowed
from ..url.host_parsing import host_parser
from ..url.host_serializing import host_serializer
from ..url.writing import URLFailure
from ..webidl.exceptions import DOMException
from ..webidl.type_mapping import to_integer

# https://wicg.github.io/direct-sockets/#dom-socketdnsquerytype
SocketDnsQueryType: TypeAlias = Literal["ipv4", "ipv6"]


def to_dns_query_type(value: object) -> SocketDnsQueryType:
    """TypeError if it is not one.

    Part of https://wicg.github.io/direct-sockets/#dom-socketdnsquerytype
    """
    for name in get_args(SocketDnsQueryType):
        if value == name:
            return name  # type: ignore[no-any-return]
    raise TypeError(f'dnsQueryType is "ipv4" or "ipv6", not {value!r}')


def enforced(members: Mapping[str, Any], name: str, bits: int, least: int = 1) -> int | None:
    """A member that is an integer with [EnforceRange]; None if it is not there. TypeError if it is
    less than it may be.

    Part of https://wicg.github.io/direct-sockets/#dom-tcpsocket-constructor
    """
    if name not in members:
        return None
    number = to_integer(members[name], bits, enforce_range=True)
    if number < least:
        raise TypeError(f"{name} is at least {least}, not {number}")
    return number


def is_ip_address(address: str) -> bool:
    """Whether it is the number of a host.

    Part of https://wicg.github.io/direct-sockets/#dom-udpsocketoptions-localaddress
    """
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return False
    return True


def to_host(address: str) -> str:
    """What the network is asked for: a name in ASCII or a number, as in a serialized URL. OSError
    if it is neither.

    Part of https://wicg.github.io/direct-sockets/#dom-tcpsocketopeninfo-remoteaddress
    """
    try:
        return host_serializer(host_parser(f"[{address}]" if ":" in address else address)).strip(
            "[]"
        )
    except URLFailure as failure:
        raise OSError(f"{address!r} is no host ({failure})") from None


def error_of(failure: Exception) -> DOMException:
    """A "NotAllowedError" where a permission is missing, else a "NetworkError", with the words of
    the system.

    Part of https://wicg.github.io/direct-sockets/#dom-tcpsocket-constructor
    """
    name = "NotAllowedError" if isinstance(failure, NotAllowed) else "NetworkError"
    error = DOMException(getattr(failure, "strerror", None) or str(failure), name)
    error.__cause__ = failure
    return error
