"""Byte streams over sockets of the system, through asyncio."""

from __future__ import annotations

import asyncio
import select
import socket
import struct
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import Context, copy_context
from typing import Any, TypeVar

from .addresses import Address, address_of
from .byte_stream import READ_AHEAD, ByteStream
from .tls import (
    NO_LIMIT_OF_ASYNCIO,
    ClientTLS,
    ServerTLS,
    TLSFacts,
    TruncatedTLS,
    facts_of,
    has_closure_alert,
    tls_context,
)

try:
    from fcntl import ioctl
    from termios import TIOCOUTQ
except ImportError:  # Windows
    ioctl = None  # type: ignore[assignment]

T = TypeVar("T")

# Seconds: how often it is looked whether what was sent at the end has arrived, and how long the
# other side may take none of it.
SHORTEST_LOOK, LONGEST_LOOK, LONGEST_END = 0.05, 5.0, 60.0
NO_LINGERING = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class SocketStream(asyncio.Protocol):
    """A connection that carries bytes both ways, over a transport of asyncio."""

    __slots__ = (
        "_chunks", "_closed", "_context", "_drainers", "_has_ended", "_is_paused", "_loop",
        "_on_connection", "_reader", "_size", "_transport", "_was_told_of_end",
        "application_protocol", "bytes_received", "bytes_written", "connected_at", "failure",
        "first_look", "is_held_up", "is_lost", "is_secure", "local_address", "on_data", "on_end",
        "on_loss", "remote_address",
    )  # fmt: skip

    _transport: asyncio.Transport
    local_address: Address
    remote_address: Address

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        on_connection: Callable[[ByteStream], object] | None = None,
    ) -> None:
        self.on_data: Callable[[bytes], object] | None = None
        self.first_look: Callable[[bytes], bool] | None = None
        self.on_end: Callable[[], object] | None = None
        self.on_loss: Callable[[], object] | None = None
        self.is_held_up = False  # whether too much waits to be sent
        self.application_protocol: str | None = None
        self.is_secure = False
        self.connected_at = loop.time()
        self._loop = loop
        # asyncio calls back in the context in which it was asked to: that is this one
        self._context = copy_context()
        self._on_connection = on_connection
        self._chunks: list[bytes] = []  # what has come and is not read
        self._size = 0  # of it, in bytes
        self._reader: asyncio.Future[None] | None = None  # who waits in `read`
        self._drainers: list[asyncio.Future[None]] = []  # who waits in `drain`
        self._closed: asyncio.Future[None] | None = None  # who waits in `wait_closed`
        self._is_paused = False  # whether the transport reads no more for now
        self._has_ended = False  # whether the other side has nothing more to say
        self._was_told_of_end = False  # whether `on_end` has been called
        self.failure: Exception | None = None
        self.is_lost = False
        self.bytes_written = self.bytes_received = 0

    # ---- what users call -------------------------------------------------------------------------

    async def read(self) -> bytes:
        """The bytes that have come, at least one; none at the end."""
        if not self._chunks:
            if not self._has_ended:
                assert self._reader is None, "somebody reads already"
                self._reader = self._loop.create_future()
                try:
                    await self._reader
                finally:
                    self._reader = None
            if not self._chunks and self.failure is not None:
                raise self.failure
        return self.take()

    def take(self) -> bytes:
        """The bytes that have come, if any."""
        chunks, self._chunks = self._chunks, []
        self._size = 0
        if self._is_paused:
            self._is_paused = False
            self._context.copy().run(self._transport.resume_reading)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def look(self) -> None:
        """Notice an end or a loss. While it is paused, or after an end, asyncio watches nothing."""
        if not (self._is_paused or self._has_ended) or self.is_lost:
            return
        events = events_of(self._transport.get_extra_info("socket"))
        if events & (POLLERR | POLLHUP):
            self._transport.abort()
        elif events & POLLRDHUP:
            self._tell_of_end()

    def write(self, data: bytes) -> None:
        """Send bytes; `drain` should follow."""
        self.bytes_written += len(data)
        if not self._transport.is_closing():  # asyncio would log each write to what is lost
            self._transport.write(data)

    def bytes_taken(self) -> int:
        """How much the other side has taken; where the system does not say, how much the system
        has.
        """
        if self.is_lost:
            return self.bytes_written
        waiting = bytes_on_their_way(self._transport.get_extra_info("socket")) or 0
        return self.bytes_written - self._transport.get_write_buffer_size() - waiting

    async def drain(self) -> None:
        """Wait until there is not too much waiting to be sent."""
        if self.is_lost:
            raise ConnectionResetError("The connection is closed")
        if self.is_held_up:
            drainer = self._loop.create_future()
            self._drainers.append(drainer)
            try:
                await drainer
            finally:
                self._drainers.remove(drainer)
            if self.is_lost:  # it was closed, and has just sent the last of it
                raise ConnectionResetError("The connection is closed")

    def write_eof(self) -> None:
        """Say that there is nothing more to say, where the protocol can."""
        if self._transport.can_write_eof() and not self._transport.is_closing():
            with suppress(OSError):  # the other side has gone
                self._transport.write_eof()

    def close(self) -> None:
        """End the connection when everything has been sent, or the other side takes no more. Its
        closure alert is not waited for.

        https://www.rfc-editor.org/rfc/rfc8446#section-6.1
        """
        if self.is_lost or self._transport.is_closing():
            return  # it has been closed or is lost; asyncio's TLS does not bear to be closed twice
        self._transport.close()
        if self.is_secure or self._transport.get_write_buffer_size():
            self._see_to_the_end(SHORTEST_LOOK, self.bytes_taken(), 0.0)

    def _see_to_the_end(self, pause: float, taken_before: int, seconds_without: float) -> None:
        if self.is_lost:
            return
        taken = self.bytes_taken()
        seconds_without = seconds_without + pause if taken == taken_before else 0.0
        if seconds_without > LONGEST_END or (self.is_secure and self._has_arrived()):
            self._transport.abort()
            return
        self._loop.call_later(
            pause,
            self._see_to_the_end,
            min(2 * pause, LONGEST_LOOK),
            taken,
            seconds_without,
            context=self._context,
        )

    def _has_arrived(self) -> bool:
        """Whether the other side is known to have all that it was sent."""
        waiting = bytes_on_their_way(self._transport.get_extra_info("socket"))
        return waiting == 0 and not self._transport.get_write_buffer_size()

    def abort(self) -> None:
        """End the connection now, with a reset where there is one: an orderly end would look like
        the end of the data.
        """
        if self.is_lost:
            return
        connection = self._transport.get_extra_info("socket")
        if connection is not None and connection.family != getattr(socket, "AF_UNIX", None):
            with suppress(OSError):  # it is closed just now
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGERING)
        self._transport.abort()

    async def wait_closed(self) -> None:
        """Wait until the connection has ended."""
        if not self.is_lost:
            if self._closed is None:
                self._closed = self._loop.create_future()
            await asyncio.shield(self._closed)

    def tls_facts(self) -> TLSFacts | None:
        """What was agreed on in the TLS handshake."""
        tls = self._transport.get_extra_info("ssl_object")
        return None if tls is None else facts_of(tls)

    async def start_tls(self, tls: ClientTLS | ServerTLS) -> None:
        """Go on with TLS."""
        self.check_that_nothing_is_unread()
        if self.is_lost:
            raise ConnectionResetError("The connection is closed")
        server_name = tls.server_name if isinstance(tls, ClientTLS) else None
        try:
            transport = await in_an_empty_context(
                self._loop.start_tls(
                    self._transport,
                    self,
                    tls_context(tls),
                    server_side=isinstance(tls, ServerTLS),
                    server_hostname=server_name,
                    **NO_LIMIT_OF_ASYNCIO,
                )
            )
            if transport is None:
                raise ConnectionResetError("The connection was lost during the TLS handshake")
        except BaseException as error:
            # asyncio has closed the transport, and tells nobody
            self._transport.abort()
            if not self.is_lost:
                self.connection_lost(error if isinstance(error, OSError) else None)
            raise
        self._use(transport)

    def check_that_nothing_is_unread(self) -> None:
        """ConnectionAbortedError if something has come: who has read it in plain text and who has
        sent it might not be the same.

        https://www.rfc-editor.org/rfc/rfc3207#section-6
        """
        if self._chunks:
            raise ConnectionAbortedError("Something came before TLS, and nobody has read it")

    def _use(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.local_address = address_of(transport.get_extra_info("sockname"))
        self.remote_address = address_of(transport.get_extra_info("peername"))
        if (tls := transport.get_extra_info("ssl_object")) is not None:
            self.is_secure = True
            self.application_protocol = tls.selected_alpn_protocol()

    # ---- what asyncio calls ----------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is there."""
        assert isinstance(transport, asyncio.Transport)
        self._use(transport)
        on_connection, self._on_connection = self._on_connection, None
        if on_connection is not None:
            on_connection(self)

    def data_received(self, data: bytes) -> None:
        """Hand bytes on, or keep them until they are read; pause if nobody comes for them."""
        self.bytes_received += len(data)
        if self._reader is None:
            if self.on_data is not None:
                self.on_data(data)
                return
        elif self.first_look is not None and not self._chunks and self.first_look(data):
            return
        self._chunks.append(data)
        self._size += len(data)
        if self._reader is not None:
            if not self._reader.done():
                self._reader.set_result(None)
        elif self._size > READ_AHEAD and not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """The other side has nothing more to say; without TLS it may still listen, so the transport
        stays open.
        """
        self._has_ended = True
        if self.is_secure and not has_closure_alert(self._transport.get_extra_info("ssl_object")):
            self.failure = TruncatedTLS("The TLS connection ended without close_notify")
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)
        self._tell_of_end()
        return not self.is_secure

    def _tell_of_end(self) -> None:
        if self.on_end is not None and not self._was_told_of_end:
            self._was_told_of_end = True
            self.on_end()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self.is_lost = self._has_ended = True
        self.failure = self.failure or exc
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)
        for drainer in self._drainers:
            if not drainer.done():
                drainer.set_exception(ConnectionResetError("The connection is closed"))
        if self._closed is not None and not self._closed.done():
            self._closed.set_result(None)
        if self.on_loss is not None:
            self._context.copy().run(self.on_loss)

    def pause_writing(self) -> None:
        """Too much waits to be sent."""
        self.is_held_up = True

    def resume_writing(self) -> None:
        """Enough of it has been sent."""
        self.is_held_up = False
        for drainer in self._drainers:
            if not drainer.done():
                drainer.set_result(None)


def in_an_empty_context(steps: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Perform steps of asyncio that let it call back later: not in the context of who needs them
    now, whose variables are nobody else's business.
    """
    return asyncio.get_running_loop().create_task(steps, context=Context())


async def dialled(connecting: Coroutine[Any, Any, tuple[Any, SocketStream]]) -> SocketStream:
    """The stream that comes about; it is closed if nobody waits for it any more just then."""
    task = in_an_empty_context(connecting)
    try:
        _, stream = await task
    except asyncio.CancelledError:
        if task.done() and not task.cancelled() and task.exception() is None:
            task.result()[1].abort()
        raise
    return stream


# ---- what the system knows of a connection -------------------------------------------------------

POLLERR = getattr(select, "POLLERR", 0)
POLLHUP = getattr(select, "POLLHUP", 0)
POLLRDHUP = getattr(select, "POLLRDHUP", 0)  # Linux has it


def events_of(connection: socket.socket | None) -> int:
    """What has happened to a socket: POLLRDHUP if the other side has ended, POLLHUP if both have.

    0 where the system cannot say.
    """
    if connection is None or connection.fileno() < 0 or not hasattr(select, "poll"):
        return 0
    poll = select.poll()
    poll.register(connection.fileno(), POLLRDHUP)
    return next((events for _, events in poll.poll(0)), 0)


def bytes_on_their_way(connection: socket.socket | None) -> int | None:
    """How much the system has been given for the other side that has not arrived; None where it
    does not say.
    """
    if connection is None or ioctl is None:
        return None
    try:
        return int(struct.unpack("i", ioctl(connection.fileno(), TIOCOUTQ, bytes(4)))[0])
    except (OSError, ValueError):  # it is closed, or does not know
        return None
