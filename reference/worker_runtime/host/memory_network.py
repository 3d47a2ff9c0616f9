"""A network within the process: what listens at an address is reached by who dials it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from itertools import count

from .addresses import UDPAddress
from .bound_sockets import BoundSockets
from .byte_stream import ByteStream
from .datagram_socket import DatagramSocket
from .memory_datagrams import MemoryDatagramSocket, names_of
from .memory_stream import MemoryStream, MemoryTransport
from .network import Address, ClientTLS, ServerTLS, TCPAddress
from .network_policy import not_admitted
from .resolving import is_localhost
from .socket_options import ListenOptions, SocketOptions


class MemoryListener:
    """What accepts the connections of one address."""

    def __init__(
        self,
        listeners: dict[Address, MemoryListener],
        address: Address,
        on_connection: Callable[[ByteStream], object],
        is_secure: bool,
        options: ListenOptions,
    ) -> None:
        self.addresses = [address]
        self.context = copy_context()
        self.on_connection = on_connection
        self.is_secure = is_secure
        self._backlog = options.backlog
        self._most = options.most
        self._waiting: deque[MemoryTransport] = deque()  # which have been dialled
        self._listeners = listeners

    def accept_only(self, most: int) -> None:
        """Accept so many more, until this is called again."""
        self._most = most
        self._accept()

    def take(self, transport: MemoryTransport) -> None:
        """A connection is dialled. ConnectionRefusedError if too many wait already."""
        if len(self._waiting) >= self._backlog:
            raise ConnectionRefusedError(f"Too many wait at {shown(self.addresses[0])}")
        self._waiting.append(transport)
        self._accept()

    def _accept(self) -> None:
        while self._waiting and self._most != 0:
            transport = self._waiting.popleft()
            if self._most is not None:
                self._most -= 1
            transport.begin()

    def close(self) -> None:
        """Accept no more; those that wait are broken off."""
        self._listeners.pop(self.addresses[0], None)
        while self._waiting:
            self._waiting.popleft().abort()


class MemoryNetwork:
    """Any name and port can be listened at, and no other can be reached. TLS is taken for granted:
    there are no certificates.
    """

    def __init__(self) -> None:
        self._listeners: dict[Address, MemoryListener] = {}
        self._ports = count(49152)
        self.open_transports: set[MemoryTransport] = set()
        """The ends of connections that have not ended."""
        self.datagram_sockets: dict[UDPAddress, MemoryDatagramSocket] = {}
        """Those that are open, by their addresses."""

    async def dial(
        self,
        address: Address,
        tls: ClientTLS | None = None,
        options: SocketOptions = SocketOptions(),
    ) -> ByteStream:
        """Connect. ConnectionRefusedError if nobody listens there."""
        check_number(address, options)
        listener = self.listener_at(address)
        if listener is None:
            raise ConnectionRefusedError(f"Nobody listens at {shown(address)}")
        if (tls is not None) != listener.is_secure:
            raise ConnectionResetError(f"{shown(address)} speaks {'no ' * (tls is not None)}TLS")
        loop, here = asyncio.get_running_loop(), TCPAddress("127.0.0.1", next(self._ports))
        context = Context()
        stream = context.run(MemoryStream, loop)
        client = MemoryTransport(self.open_transports, stream, context, here, address, tls)
        context = listener.context.copy()
        protocol = context.run(MemoryStream, loop, listener.on_connection)
        server = MemoryTransport(self.open_transports, protocol, context, address, here, tls)
        client.peer, server.peer = server, client
        listener.take(server)
        client.begin()
        return stream

    async def listen(
        self,
        address: Address | BoundSockets,
        on_connection: Callable[[ByteStream], object],
        tls: ServerTLS | None = None,
        admits: Callable[[int], bool] | None = None,
        options: ListenOptions = ListenOptions(),
    ) -> MemoryListener:
        """Call back with each connection that is dialled. OSError if somebody listens there."""
        if isinstance(address, BoundSockets):
            raise OSError("A network within the process has no sockets")
        address = self._with_a_port(address)
        if address in self._listeners:
            raise OSError(f"Somebody listens at {shown(address)} already")
        listener = MemoryListener(self._listeners, address, on_connection, tls is not None, options)
        self._listeners[address] = listener
        return listener

    async def open_datagram_socket(
        self,
        local: UDPAddress | None,
        remote: UDPAddress | None,
        options: SocketOptions = SocketOptions(),
    ) -> DatagramSocket:
        """A socket for datagrams. OSError if there is one at its address already."""
        if remote is not None:
            check_number(remote, options)
        address = self._with_a_port(local or UDPAddress("127.0.0.1", 0))
        assert isinstance(address, TCPAddress)
        if address in self.datagram_sockets:
            raise OSError(f"{shown(address)} is taken already")
        return MemoryDatagramSocket(self.datagram_sockets, address, remote, options)

    def listener_at(self, address: Address) -> MemoryListener | None:
        """What accepts the connections of an address, if it is that of every interface here,
        too.
        """
        return next(
            (self._listeners[each] for each in names_of(address) if each in self._listeners), None
        )

    def stop_listening(self, address: Address) -> None:
        """Accept no more at an address; the connections that there are stay."""
        self._listeners.pop(address, None)

    def _with_a_port(self, address: Address) -> Address:
        if isinstance(address, TCPAddress) and address.port == 0:
            return address._replace(port=next(self._ports))
        return address


def check_number(address: Address, options: SocketOptions) -> None:
    """NotAllowed if the options do not admit a number. Names stand for none here."""
    if options.admits is not None and isinstance(address, TCPAddress):
        number = "127.0.0.1" if is_localhost(address.host) else address.host
        is_number = number.replace(".", "").isdecimal() or ":" in number
        if is_number and not options.admits(number):
            raise not_admitted(address.host, (number,))


def shown(address: Address) -> str:
    """An address as people write it."""
    return f"{address.host}:{address.port}" if isinstance(address, TCPAddress) else address.path
