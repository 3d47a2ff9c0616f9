"""The network: connections that carry bytes both ways, dialled or accepted, and datagrams.

What goes wrong is an OSError, also where the platform or this Python lacks what was asked for.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Protocol

from .addresses import NO_UNIX_SOCKETS
from .addresses import Address as Address
from .addresses import TCPAddress as TCPAddress
from .addresses import UDPAddress as UDPAddress
from .addresses import UnixAddress as UnixAddress
from .addresses import address_of as address_of
from .bound_sockets import BACKLOG, BoundSockets
from .byte_stream import ByteStream as ByteStream
from .socket_options import ListenOptions as ListenOptions
from .socket_options import SocketOptions as SocketOptions
from .socket_options import set_up_connection
from .socket_stream import SocketStream, dialled
from .tls import NO_LIMIT_OF_ASYNCIO, tls_context
from .tls import ClientTLS as ClientTLS
from .tls import PeerCertificate as PeerCertificate
from .tls import ServerTLS as ServerTLS
from .tls import TLSFacts as TLSFacts

if TYPE_CHECKING:
    from .datagram_socket import DatagramSocket

SECONDS_WITHOUT_ACCEPTING = 0.5  # when there are no descriptors
SECONDS_FOR_OTHERS = 0.001  # for a process with fewer connections to accept one


class ListeningSocket(Protocol):
    """What accepts connections."""

    addresses: list[Address]

    def accept_only(self, most: int) -> None:
        """Accept so many more, until this is called again. Others wait in the system's queue."""

    def close(self) -> None:
        """Accept no more; the connections that there are stay."""


class Network(Protocol):
    """The way out and the way in."""

    async def dial(
        self,
        address: Address,
        tls: ClientTLS | None = None,
        options: SocketOptions = SocketOptions(),
    ) -> ByteStream:
        """Connect. NotAllowed if that must not be."""

    async def listen(
        self,
        address: Address | BoundSockets,
        on_connection: Callable[[ByteStream], object],
        tls: ServerTLS | None = None,
        admits: Callable[[int], bool] | None = None,
        options: ListenOptions = ListenOptions(),
    ) -> ListeningSocket:
        """Call back with each connection that comes in, over TLS when its handshake is done.

        `admits` is asked for each, with how many are in their handshake; who is not admitted is
        closed. NotAllowed if nothing may listen there.
        """

    async def open_datagram_socket(
        self,
        local: UDPAddress | None,
        remote: UDPAddress | None,
        options: SocketOptions = SocketOptions(),
    ) -> DatagramSocket:
        """A socket for datagrams, which is bound to an address here or connected to one elsewhere:
        one of the two is None. NotAllowed if that must not be.
        """


class SystemNetwork:
    """The network of the machine, through asyncio."""

    __slots__ = ()

    async def dial(
        self,
        address: Address,
        tls: ClientTLS | None = None,
        options: SocketOptions = SocketOptions(),
    ) -> ByteStream:
        """Connect. Of a name with several addresses, the one that answers first is taken."""
        loop = asyncio.get_running_loop()
        security: dict[str, Any] = (
            {}
            if tls is None
            else {
                "ssl": tls_context(tls),
                "server_hostname": tls.server_name,
                **NO_LIMIT_OF_ASYNCIO,
            }
        )
        if isinstance(address, UnixAddress):
            try:
                return await dialled(
                    loop.create_unix_connection(
                        lambda: self.new_stream(loop), address.path, **security
                    )
                )
            except NotImplementedError:
                raise OSError(NO_UNIX_SOCKETS) from None

        async def connect() -> tuple[Any, SocketStream]:
            from .connecting import connected_socket  # many servers dial nobody

            connection = await connected_socket(address, options)
            made = await loop.create_connection(
                lambda: self.new_stream(loop), sock=connection, **security
            )
            if not options.no_delay:  # asyncio sets it
                set_up_connection(connection, options)
            return made

        return await dialled(connect())

    def new_stream(self, loop: asyncio.AbstractEventLoop) -> SocketStream:
        """What a connection that is dialled is."""
        return SocketStream(loop)

    async def listen(
        self,
        address: Address | BoundSockets,
        on_connection: Callable[[ByteStream], object],
        tls: ServerTLS | None = None,
        admits: Callable[[int], bool] | None = None,
        options: ListenOptions = ListenOptions(),
    ) -> ListeningSocket:
        """Call back with each connection that comes in, from now on. Where the system has no more
        descriptors, connections wait, which is said once.
        """
        security: dict[str, Any] = {}
        if tls is not None:
            security = {
                "ssl": tls_context(tls),
                "ssl_handshake_timeout": tls.handshake_timeout,
                **NO_LIMIT_OF_ASYNCIO,
            }
        bound = (
            address
            if isinstance(address, BoundSockets)
            else BoundSockets(address, options.backlog, options.ipv6_only)
        )
        return SystemListeningSocket(bound, on_connection, security, admits, options.most)

    async def open_datagram_socket(
        self,
        local: UDPAddress | None,
        remote: UDPAddress | None,
        options: SocketOptions = SocketOptions(),
    ) -> DatagramSocket:
        """A socket for datagrams, which is bound or connected."""
        from .datagram_socket import open_system_datagram_socket

        return await open_system_datagram_socket(local, remote, options)


class SystemListeningSocket:
    """What accepts connections of asyncio's."""

    __slots__ = (
        "_admits", "_bound", "_connecting", "_context", "_has_complained", "_has_waited",
        "_is_watched", "_loop",
        "_most", "_on_connection", "_security", "_sockets", "_timer", "addresses",
    )  # fmt: skip

    def __init__(
        self,
        bound: BoundSockets,
        on_connection: Callable[[ByteStream], object],
        security: dict[str, Any],
        admits: Callable[[int], bool] | None,
        most: int | None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()
        self._bound = bound
        self._on_connection = on_connection
        self._security = security
        self._admits = admits
        self._connecting: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None  # while nothing is accepted
        self._has_complained = False
        self._has_waited = False  # for other processes, to which the next connection was left
        self._sockets = [listening.dup() for listening in bound.sockets]
        self.addresses = bound.addresses
        self._most = most  # how many more are accepted; None: all
        self._is_watched = False
        self._go_on()

    def accept_only(self, most: int) -> None:
        """Accept so many more, until this is called again."""
        self._most = most
        if self._timer is None:
            self._go_on()

    def close(self) -> None:
        """Accept no more, and remove a socket from the file system."""
        self._pause()
        for listening in self._sockets:
            listening.close()
        self._sockets.clear()
        self._bound.close()
        if self._security:  # a handshake may go on for long
            for task in self._connecting:
                task.cancel()

    def _go_on(self) -> None:
        self._timer = None
        if self._most != 0 and not self._is_watched:
            self._is_watched = True
            for listening in self._sockets:
                self._loop.add_reader(listening, self._accept, listening)

    def _pause(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._is_watched:
            self._is_watched = False
            for listening in self._sockets:
                self._loop.remove_reader(listening)

    def _accept(self, listening: socket.socket) -> None:
        # Where other processes accept, too, they are to have their share of what comes at once.
        load = self._bound.load
        if load is not None and not self._has_waited:
            if load.another_has_fewer(len(self._connecting)):
                self._pause()
                self._has_waited = True
                self._timer = self._loop.call_later(SECONDS_FOR_OTHERS, self._go_on)
                return
        self._has_waited = False
        for _ in range(1 if self._bound.are_shared else BACKLOG):
            if self._most == 0:
                self._pause()
                return
            try:
                connection, _ = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:  # there are no more descriptors
                self._complain(error)
                self._pause()
                self._timer = self._loop.call_later(SECONDS_WITHOUT_ACCEPTING, self._go_on)
                return
            if self._admits is not None and not self._admits(len(self._connecting)):
                connection.close()
                continue
            connection.setblocking(False)
            if connection.family != getattr(socket, "AF_UNIX", None):
                # asyncio does so only where the listening socket was made with its protocol
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._most is not None:
                self._most -= 1
            steps = self._connect(connection)
            task = self._loop.create_task(steps, context=self._context.copy())
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)

    async def _connect(self, connection: socket.socket) -> None:
        task = asyncio.current_task(self._loop)
        assert task is not None

        def hand_over(stream: ByteStream) -> None:
            self._connecting.discard(task)
            self._on_connection(stream)

        with suppress(OSError):  # its handshake fails, or does not come to an end
            await self._loop.connect_accepted_socket(
                lambda: SocketStream(self._loop, hand_over), connection, **self._security
            )

    def _complain(self, error: OSError) -> None:
        if not self._has_complained:
            self._has_complained = True
            text = f"Connections have to wait, because none can be accepted: {error.strerror}"
            print(text, file=sys.stderr, flush=True)


def most_connections() -> int | None:
    """How many connections the descriptors of this process allow; None if nobody counts them.

    An eighth of them, at least 16, is left for other uses.
    """
    try:
        import resource
    except ImportError:  # Windows
        return None
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if most == resource.RLIM_INFINITY else max(1, most - max(16, most // 8))
