"""A network within the process: what listens at an address is reached by who dials it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from itertools import count

from .bound_sockets import BoundSockets
from .byte_stream import READ_AHEAD, ByteStream
from .network import Address, ClientTLS, ServerTLS, TCPAddress
from .socket_stream import SocketStream


class MemoryListener:
    """What accepts the connections of one address."""

    def __init__(
        self,
        listeners: dict[Address, MemoryListener],
        address: Address,
        on_connection: Callable[[ByteStream], object],
        is_secure: bool,
    ) -> None:
        self.addresses = [address]
        self.context = copy_context()
        self.on_connection = on_connection
        self.is_secure = is_secure
        self._listeners = listeners

    def close(self) -> None:
        """Accept no more."""
        self._listeners.pop(self.addresses[0], None)


class TLSWithoutCertificates:
    """What a stream asks of TLS: it is there, and it ends in order."""

    def selected_alpn_protocol(self) -> None:
        """None was agreed on."""

    def read(self, length: int) -> bytes:
        """Nothing more: the other side has sent its closure alert."""
        return b""


class MemoryTransport(asyncio.Transport):
    """One end of a connection: what is written here is received at its peer, in later turns of the
    loop.
    """

    peer: MemoryTransport

    def __init__(
        self,
        network: MemoryNetwork,
        protocol: SocketStream,
        context: Context,
        local: Address,
        remote: Address,
        tls: ClientTLS | None,
    ) -> None:
        super().__init__(
            {
                "sockname": name_of(local),
                "peername": name_of(remote),
                "ssl_object": None if tls is None else TLSWithoutCertificates(),
            }
        )
        self.protocol = protocol
        self.context = context
        self._network = network
        self._loop = asyncio.get_running_loop()
        self._outgoing: deque[bytes] = deque()  # b"" is the end
        self._size = 0
        self._is_paused = False  # whether nothing is received here
        self._is_closing = False
        self._has_ended = False  # whether nothing more is sent from here
        self._is_lost = False
        self._flush_is_due = False
        self._holds_up = False  # whether the protocol has been told to write no more

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes; where the other side has gone, the connection is lost."""
        if self._is_closing or self._has_ended or not data:
            return
        if self.peer._is_lost:
            self._lose(ConnectionResetError("The other side has closed the connection"))
            return
        self._outgoing.append(bytes(data))
        self._size += len(data)
        if self._size > READ_AHEAD and not self._holds_up:
            self._holds_up = True
            self.protocol.pause_writing()
        self._flush_soon()

    def can_write_eof(self) -> bool:
        """Not with TLS."""
        return self.get_extra_info("ssl_object") is None

    def write_eof(self) -> None:
        """Nothing more is sent."""
        if not self._has_ended:
            self._has_ended = True
            self._outgoing.append(b"")
            self._flush_soon()

    def close(self) -> None:
        """End when all has been received."""
        if not self._is_closing:
            self.write_eof()
            self._is_closing = True
            self._flush_soon()

    def abort(self) -> None:
        """End now; the other side sees a reset."""
        self._outgoing.clear()
        self.peer._lose(ConnectionResetError("The other side has reset the connection"))
        self._lose(None)

    def is_closing(self) -> bool:
        """Whether it has ended, or will."""
        return self._is_closing or self._is_lost

    def pause_reading(self) -> None:
        """Receive no more for now."""
        self._is_paused = True

    def resume_reading(self) -> None:
        """Receive again."""
        self._is_paused = False
        self.peer._flush_soon()

    def is_reading(self) -> bool:
        """Whether what comes is received."""
        return not self._is_paused

    def get_write_buffer_size(self) -> int:
        """How many bytes have not been received."""
        return self._size

    def _flush_soon(self) -> None:
        if not self._flush_is_due and not self._is_lost:
            self._flush_is_due = True
            self._loop.call_soon(self._flush, context=self.peer.context)

    def _flush(self) -> None:
        self._flush_is_due = False
        peer = self.peer
        while self._outgoing and not peer._is_paused and not peer._is_lost:
            data = self._outgoing.popleft()
            self._size -= len(data)
            if data:
                peer.protocol.data_received(data)
            elif not peer.protocol.eof_received():
                peer.close()
        if self._size <= READ_AHEAD // 4 and self._holds_up:
            self._holds_up = False
            self.context.copy().run(self.protocol.resume_writing)
        if self._is_closing and (not self._outgoing or peer._is_lost):
            self._lose(None)

    def _lose(self, error: Exception | None) -> None:
        if not self._is_lost:
            self._is_lost = self._is_closing = True
            self._network.open_transports.discard(self)
            self._loop.call_soon(self.protocol.connection_lost, error, context=self.context)


class MemoryNetwork:
    """Any name and port can be listened at, and no other can be reached. TLS is taken for granted:
    there are no certificates.
    """

    def __init__(self) -> None:
        self._listeners: dict[Address, MemoryListener] = {}
        self._ports = count(49152)
        self.open_transports: set[MemoryTransport] = set()
        """The ends of connections that have not ended."""

    async def dial(self, address: Address, tls: ClientTLS | None = None) -> ByteStream:
        """Connect. ConnectionRefusedError if nobody listens there."""
        listener = self._listeners.get(address)
        if listener is None:
            raise ConnectionRefusedError(f"Nobody listens at {shown(address)}")
        if (tls is not None) != listener.is_secure:
            raise ConnectionResetError(f"{shown(address)} speaks {'no ' * (tls is not None)}TLS")
        loop, here = asyncio.get_running_loop(), TCPAddress("127.0.0.1", next(self._ports))
        context = Context()
        client = MemoryTransport(self, context.run(SocketStream, loop), context, here, address, tls)
        context = listener.context.copy()
        protocol = context.run(SocketStream, loop, listener.on_connection)
        server = MemoryTransport(self, protocol, context, address, here, tls)
        client.peer, server.peer = server, client
        for transport in (client, server):
            self.open_transports.add(transport)
            transport.context.run(transport.protocol.connection_made, transport)
        return client.protocol

    async def listen(
        self,
        address: Address | BoundSockets,
        on_connection: Callable[[ByteStream], object],
        tls: ServerTLS | None = None,
        admits: Callable[[int], bool] | None = None,
    ) -> MemoryListener:
        """Call back with each connection that is dialled. OSError if somebody listens there."""
        if isinstance(address, BoundSockets):
            raise OSError("A network within the process has no sockets")
        if address in self._listeners:
            raise OSError(f"Somebody listens at {shown(address)} already")
        listener = MemoryListener(self._listeners, address, on_connection, tls is not None)
        self._listeners[address] = listener
        return listener

    def stop_listening(self, address: Address) -> None:
        """Accept no more at an address; the connections that there are stay."""
        self._listeners.pop(address, None)


def name_of(address: Address) -> tuple[str, int] | str:
    """An address as a socket has it."""
    return (address.host, address.port) if isinstance(address, TCPAddress) else address.path


def shown(address: Address) -> str:
    """An address as people write it."""
    return f"{address.host}:{address.port}" if isinstance(address, TCPAddress) else address.path
