"""Socket options: how a socket is set up, beyond what the system does by itself."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

from .bound_sockets import BACKLOG

Family: TypeAlias = Literal["ipv4", "ipv6"]

FAMILIES = {None: socket.AF_UNSPEC, "ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}
# What the system takes for either size at most; it makes less of it if it has to.
MOST_BUFFER_SIZE = 2**30


class SocketOptions(NamedTuple):
    """What a connection or a datagram socket is to be like. None is what the system does."""

    family: Family | None = None
    """The only kind of addresses that a name may stand for."""
    admits: Callable[[str], bool] | None = None
    """Whether what a name stands for, a number, may be reached; None: all of it may."""
    send_buffer_size: int | None = None
    """Bytes, more than 0."""
    receive_buffer_size: int | None = None
    """Bytes, more than 0."""
    no_delay: bool = True
    """Whether small writes are sent at once, where there is a connection."""
    keep_alive_delay: int | None = None
    """Seconds of silence, more than 0, after which the system asks whether the other side is there.
    """
    ipv6_only: bool = False
    """Whether a socket at `::` takes nothing from IPv4 addresses."""


class ListenOptions(NamedTuple):
    """What a listening socket is to be like."""

    backlog: int = BACKLOG
    """How many connections the system keeps while nobody accepts them."""
    ipv6_only: bool = True
    """Whether a socket at `::` takes nothing from IPv4 addresses."""
    most: int | None = None
    """How many are accepted before `accept_only` is called; None: all."""


def set_buffer_sizes(one: socket.socket, options: SocketOptions) -> None:
    """Set what has to be set before a socket is connected or bound."""
    for name, size in (
        (socket.SO_SNDBUF, options.send_buffer_size),
        (socket.SO_RCVBUF, options.receive_buffer_size),
    ):
        if size is not None:
            one.setsockopt(socket.SOL_SOCKET, name, min(size, MOST_BUFFER_SIZE))


def set_up_connection(one: socket.socket, options: SocketOptions) -> None:
    """Set what holds for a TCP connection that is there."""
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, options.no_delay)
    if options.keep_alive_delay is None:
        return
    one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    seconds = min(options.keep_alive_delay, 32767)  # more is an error
    # Linux has the first two, macOS the third; Windows has the first two since 2017.
    idle = "TCP_KEEPALIVE" if sys.platform == "darwin" else "TCP_KEEPIDLE"
    for option in (idle, "TCP_KEEPINTVL"):
        if hasattr(socket, option):
            one.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), seconds)
