"""Bound sockets: an address that is taken, and whose connections wait until somebody accepts them.

Several processes can accept the connections of one address: one of them binds it, and the others
inherit its file descriptors.
"""

from __future__ import annotations

import errno
import os
import socket
import stat
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .addresses import NO_UNIX_SOCKETS, Address, TCPAddress, UnixAddress, address_of

if TYPE_CHECKING:
    from .shared_loads import Load

BACKLOG = 128  # connections that the system keeps while nobody accepts them


class BoundSockets:
    """The sockets of one address; a name may stand for several."""

    __slots__ = ("_inode", "addresses", "are_shared", "load", "sockets")

    def __init__(
        self,
        address: Address | Sequence[int],
        backlog: int = BACKLOG,
        ipv6_only: bool = True,
    ) -> None:
        """Take an address: so many connections queue from now on. OSError if it cannot be taken.

        In place of an address there may be the descriptors that another process has handed down.
        """
        self._inode: int | None = None  # of a socket in the file system that is ours
        # Whether other processes accept here, too.
        self.are_shared = not isinstance(address, UnixAddress | TCPAddress)
        self.load: Load | None = None  # of this process, where that is known of all of them
        if isinstance(address, UnixAddress):
            self.sockets = [self._bind_in_the_file_system(address.path)]
        elif isinstance(address, TCPAddress):
            self.sockets = _bind_all(*address, backlog, ipv6_only)
        else:
            self.sockets = [socket.socket(fileno=descriptor) for descriptor in address]
            for inherited in self.sockets:
                inherited.setblocking(False)  # accepting must not wait
        self.addresses = [address_of(bound.getsockname()) for bound in self.sockets]

    def close(self) -> None:
        """Let go of the address, and remove our socket from the file system."""
        for bound, address in zip(self.sockets, self.addresses):
            bound.close()
            if isinstance(address, UnixAddress) and self._inode is not None:
                with suppress(OSError):
                    if os.stat(address.path).st_ino == self._inode:  # not another server's
                        os.unlink(address.path)
        self._inode = None

    def _bind_in_the_file_system(self, path: str) -> socket.socket:
        family = getattr(socket, "AF_UNIX", None)
        if family is None:
            raise OSError(NO_UNIX_SOCKETS)
        with suppress(FileNotFoundError):
            if stat.S_ISSOCK(os.stat(path).st_mode):
                if _somebody_accepts_at(family, path):
                    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
                os.unlink(path)  # left behind by a server that was killed
        bound = _bound(family, path)
        self._inode = os.stat(path).st_ino
        return bound


def _bind_all(host: str, port: int, backlog: int, ipv6_only: bool) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    try:
        for family, _, _, _, where in socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            if sockets and port == 0:  # all of them have the port of the first
                where = (where[0], sockets[0].getsockname()[1], *where[2:])
            sockets.append(_bound(family, where, backlog, ipv6_only))
    except OSError:
        for bound in sockets:
            bound.close()
        raise
    return sockets


def _bound(
    family: int, where: Any, backlog: int = BACKLOG, ipv6_only: bool = True
) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32" and family in (socket.AF_INET, socket.AF_INET6):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, ipv6_only)
        bound.bind(where)
        bound.listen(backlog)
        bound.setblocking(False)
    except OSError:
        bound.close()
        raise
    return bound


def _somebody_accepts_at(family: int, path: str) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(path)
        except OSError:
            return False
    return True
