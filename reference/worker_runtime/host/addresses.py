"""Addresses: where connections are dialled to and accepted."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

NO_UNIX_SOCKETS = "Python has no unix sockets on this platform"


class TCPAddress(NamedTuple):
    """A host by name or by number, and a port; port 0 is any that is free. No host is every
    interface of this machine.
    """

    host: str
    port: int


class UnixAddress(NamedTuple):
    """A socket in the file system."""

    path: str


Address: TypeAlias = TCPAddress | UnixAddress
UDPAddress: TypeAlias = TCPAddress  # where datagrams are sent: a host and a port, too


def address_of(name: object) -> Address:
    """An address from what a socket calls itself or its peer: a path, or a tuple of host, port and
    more.
    """
    if isinstance(name, tuple):
        return TCPAddress(str(name[0]), int(name[1]))
    return UnixAddress(name if isinstance(name, str) else "")
