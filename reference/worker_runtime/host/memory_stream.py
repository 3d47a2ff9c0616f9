"""Byte streams within the process."""

from __future__ import annotations

import asyncio
from collections import deque
from contextvars import Context
from typing import Any

from .addresses import Address, TCPAddress
from .byte_stream import READ_AHEAD
from .socket_stream import SocketStream
from .tls import ClientTLS, ServerTLS


class TLSWithoutCertificates:
    """What a stream asks of TLS: it is there, and it ends in order."""

    def selected_alpn_protocol(self) -> None:
        """None was agreed on."""

    def version(self) -> str:
        """There is no protocol."""
        return "memory"

    def cipher(self) -> tuple[str]:
        """Nothing is enciphered."""
        return ("NULL",)

    def getpeercert(self, binary_form: bool = False) -> None:
        """The other end has shown none."""

    def read(self, length: int) -> bytes:
        """Nothing more: the other side has sent its closure alert."""
        return b""


class MemoryStream(SocketStream):
    """A byte stream within the process."""

    __slots__ = ("__weakref__",)

    async def start_tls(self, tls: ClientTLS | ServerTLS) -> None:
        """Go on with TLS when the other side does."""
        self.check_that_nothing_is_unread()
        transport = self._transport
        assert isinstance(transport, MemoryTransport)
        await transport.upgrade()
        self._use(transport)


class MemoryTransport(asyncio.Transport):
    """One end of a connection: what is written here is received at its peer, in later turns of the
    loop.
    """

    peer: MemoryTransport
    is_done_in_any_order = True  # what is sent over this one, and over others

    def __init__(
        self,
        open_transports: set[MemoryTransport],
        protocol: MemoryStream,
        context: Context,
        local: Address,
        remote: Address,
        tls: ClientTLS | None,
    ) -> None:
        super().__init__(
            {
                "sockname": name_of(local),
                "peername": name_of(remote),
            }
        )
        self._tls = None if tls is None else TLSWithoutCertificates()
        self.protocol = protocol
        self.context = context
        self._open_transports = open_transports
        self._loop = asyncio.get_running_loop()
        self._outgoing: deque[bytes] = deque()  # b"" is the end
        self._size = 0
        self._is_paused = True  # whether nothing is received here; until it begins
        self._upgrade: asyncio.Future[None] | None = None  # while it waits for its peer to do TLS
        self._is_closing = False
        self._has_ended = False  # whether nothing more is sent from here
        self._is_lost = False
        self._flush_is_due = False
        self._holds_up = False  # whether the protocol has been told to write no more

    def get_extra_info(self, name: str, default: object = None) -> Any:
        """What TLS there is, and the addresses."""
        return self._tls if name == "ssl_object" else super().get_extra_info(name, default)

    def begin(self) -> None:
        """The connection is there, at this end."""
        self._open_transports.add(self)
        self.context.run(self.protocol.connection_made, self)
        if self._is_lost:  # it is gone already
            self._open_transports.discard(self)
        self.resume_reading()

    async def upgrade(self) -> None:
        """Let there be TLS as soon as both ends want it. What comes before is an error."""
        self._upgrade = self._loop.create_future()
        if self.peer._upgrade is not None:
            for end in (self, self.peer):
                assert end._upgrade is not None
                end._tls = TLSWithoutCertificates()
                end._upgrade.set_result(None)
        elif self._is_lost:
            raise ConnectionResetError("The other side has closed the connection")
        await self._upgrade

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
        return self._tls is None

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
            if peer._upgrade is not None and not peer._upgrade.done():
                peer._upgrade.set_exception(
                    ConnectionAbortedError("Plain text has come where TLS was to begin")
                )
                peer.abort()
            elif data:
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
            self._open_transports.discard(self)
            if self._upgrade is not None and not self._upgrade.done():
                self._upgrade.set_exception(error or ConnectionResetError("It has been closed"))
            self._loop.call_soon(self.protocol.connection_lost, error, context=self.context)


def name_of(address: Address) -> tuple[str, int] | str:
    """An address as a socket has it."""
    return (address.host, address.port) if isinstance(address, TCPAddress) else address.path
