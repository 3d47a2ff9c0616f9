"""The network: connections that carry bytes both ways, dialled or accepted.

What goes wrong is an OSError, also where the platform or this Python lacks what was asked for.
"""

from __future__ import annotations

import asyncio
import os
import re
import select
import socket
import struct
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import Context, copy_context
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from .addresses import NO_UNIX_SOCKETS
from .addresses import Address as Address
from .addresses import TCPAddress as TCPAddress
from .addresses import UnixAddress as UnixAddress
from .addresses import address_of as address_of
from .bound_sockets import BACKLOG, BoundSockets

try:
    from fcntl import ioctl
    from termios import TIOCOUTQ
except ImportError:  # Windows
    ioctl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from ssl import SSLContext

T = TypeVar("T")

# A stream that nobody reads takes in about this many bytes; then the other side has to wait.
READ_AHEAD = 64 * 1024
# https://fetch.spec.whatwg.org/#resolve-an-origin
LOOPBACK_ADDRESSES = ("::1", "127.0.0.1")


class ServerTLS(NamedTuple):
    """What a server needs for TLS: files in PEM format. The key may stand in the file of the
    certificate.
    """

    certificate: str
    key: str | None = None
    application_protocols: tuple[str, ...] = ()
    handshake_timeout: float = 30.0
    """Seconds for a client to do its part."""


class ClientTLS(NamedTuple):
    """What a client needs for TLS: the name that the certificate has to be for, and who vouches for
    it, if not the system.
    """

    server_name: str
    authorities: str | None = None
    application_protocols: tuple[str, ...] = ()


class ByteStream(Protocol):
    """A connection that carries bytes both ways.

    Who reads it may wait in `read`, or be called with what comes. What is called, is called in the
    context in which the stream was accepted, or in an empty one where it was dialled: never in that
    of somebody who happened to read or write last.
    """

    on_data: Callable[[bytes], object] | None
    """While it is set and nobody waits in `read`, it is called with bytes as they come. Else they
    are kept for `read`.
    """
    first_look: Callable[[bytes], bool] | None
    """While it is set and somebody waits in `read`, it is called with bytes as they come. If it
    returns True they are its own, and `read` goes on waiting.
    """
    on_end: Callable[[], object] | None
    """Called once, without anybody reading, when the other side has nothing more to say; it may
    still listen.
    """
    on_loss: Callable[[], object] | None
    """Called once, when the connection is gone, whether the other side has ended it in order or
    not.
    """
    is_held_up: bool
    """Whether `drain` would have to wait."""
    bytes_written: int
    """How much has been written, since the beginning."""
    failure: Exception | None
    """Why the other side's end is not one in order, as far as that is known: a reset, or TLS
    without its closure alert. `read` raises it when everything before it has been read.
    """
    local_address: Address
    remote_address: Address
    application_protocol: str | None
    """What was agreed on in the TLS handshake."""
    is_secure: bool

    async def read(self) -> bytes:
        """The bytes that have come, at least one; none at the end. What is not read makes the other
        side wait.
        """

    def take(self) -> bytes:
        """The bytes that have come, if any; it does not wait."""

    def look(self) -> None:
        """Notice that the other side has ended or reset the connection, where nobody reads and
        nobody is told by the system: `on_end` or `on_loss` is called then.
        """

    def write(self, data: bytes) -> None:
        """Send bytes. They may wait in memory, so `drain` should follow."""

    def bytes_taken(self) -> int:
        """How much of what was written the other side has taken, as far as the system knows."""

    async def drain(self) -> None:
        """Wait until there is not too much waiting to be sent. ConnectionError if it never will
        be.
        """

    def write_eof(self) -> None:
        """Say that there is nothing more to say, where the protocol can; reading goes on. Nobody
        hears it where the other side has gone.
        """

    def close(self) -> None:
        """End the connection when everything has been sent."""

    def abort(self) -> None:
        """End the connection now, so that the other side sees that it was broken off."""

    async def wait_closed(self) -> None:
        """Wait until the connection has ended."""

    async def start_tls(self, tls: ClientTLS | ServerTLS) -> None:
        """Go on with TLS. Nothing that was received before may be unread."""


class ListeningSocket(Protocol):
    """What accepts connections."""

    addresses: list[Address]

    def close(self) -> None:
        """Accept no more; the connections that there are stay."""


class Network(Protocol):
    """The way out and the way in."""

    async def dial(self, address: Address, tls: ClientTLS | None = None) -> ByteStream:
        """Connect."""

    async def listen(
        self,
        address: Address | BoundSockets,
        on_connection: Callable[[ByteStream], object],
        tls: ServerTLS | None = None,
        admits: Callable[[int], bool] | None = None,
    ) -> ListeningSocket:
        """Call back with each connection that comes in, over TLS when its handshake is done.

        `admits` is asked for each, with how many are in their handshake; who is not admitted is
        closed.
        """


class TruncatedTLS(ConnectionAbortedError):
    """The other side has ended the connection, but not TLS: somebody else may have done it."""


class SystemNetwork:
    """The network of the machine, through asyncio."""

    __slots__ = ()

    async def dial(self, address: Address, tls: ClientTLS | None = None) -> ByteStream:
        """Connect. Of a name with several addresses, the one that answers first is taken.

        "localhost" is this machine, whatever a name server or the file of hosts says:
        https://www.rfc-editor.org/rfc/rfc6761#section-6.3
        """
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
                        lambda: SocketStream(loop), address.path, **security
                    )
                )
            except NotImplementedError:
                raise OSError(NO_UNIX_SOCKETS) from None
        else:
            host, port = address
            failure: OSError | None = None
            for place in LOOPBACK_ADDRESSES if host == "localhost" else (host,):
                try:
                    return await dialled(
                        loop.create_connection(
                            lambda: SocketStream(loop),
                            place,
                            port,
                            happy_eyeballs_delay=0.25,
                            **security,
                        )
                    )
                except OSError as error:
                    failure = in_the_systems_words(error)
                # The system is not asked for a name with an empty label, or one of over 63
                # characters.
                except ValueError as error:
                    failure = OSError(f"{host!r} cannot be looked up: {error}")
                    failure.__cause__ = error
            assert failure is not None
            raise failure

    async def listen(
        self,
        address: Address | BoundSockets,
        on_connection: Callable[[ByteStream], object],
        tls: ServerTLS | None = None,
        admits: Callable[[int], bool] | None = None,
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
        bound = address if isinstance(address, BoundSockets) else BoundSockets(address)
        return SystemListeningSocket(bound, on_connection, security, admits)


class SystemListeningSocket:
    """What accepts connections of asyncio's."""

    __slots__ = (
        "_admits", "_bound", "_connecting", "_context", "_has_complained", "_loop",
        "_on_connection", "_security", "_sockets", "_timer", "addresses",
    )  # fmt: skip

    def __init__(
        self,
        bound: BoundSockets,
        on_connection: Callable[[ByteStream], object],
        security: dict[str, Any],
        admits: Callable[[int], bool] | None,
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
        self._sockets = [listening.dup() for listening in bound.sockets]
        self.addresses = bound.addresses
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
        for listening in self._sockets:
            self._loop.add_reader(listening, self._accept, listening)

    def _pause(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for listening in self._sockets:
            self._loop.remove_reader(listening)

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(BACKLOG):
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


class SocketStream(asyncio.Protocol):
    """A connection that carries bytes both ways, over a transport of asyncio."""

    __slots__ = (
        "_chunks", "_closed", "_context", "_drainers", "_has_ended", "_is_lost", "_is_paused",
        "_loop", "_on_connection", "_reader", "_size", "_transport", "_was_told_of_end",
        "application_protocol", "bytes_written", "failure", "first_look", "is_held_up", "is_secure",
        "local_address", "on_data", "on_end", "on_loss", "remote_address",
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
        self._loop = loop
        # asyncio calls back in the context in which it was asked to: that is this one, whoever asks
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
        self._is_lost = False
        self.bytes_written = 0

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
        if not (self._is_paused or self._has_ended) or self._is_lost:
            return
        events = events_of(self._transport.get_extra_info("socket"))
        if events & (POLLERR | POLLHUP):
            self._transport.abort()
        elif events & POLLRDHUP:
            self._tell_of_end()

    def write(self, data: bytes) -> None:
        """Send bytes; `drain` should follow."""
        self.bytes_written += len(data)
        self._transport.write(data)

    def bytes_taken(self) -> int:
        """How much the other side has taken; where the system does not say, how much the system
        has.
        """
        if self._is_lost:
            return self.bytes_written
        waiting = bytes_on_their_way(self._transport.get_extra_info("socket")) or 0
        return self.bytes_written - self._transport.get_write_buffer_size() - waiting

    async def drain(self) -> None:
        """Wait until there is not too much waiting to be sent."""
        if self._is_lost:
            raise ConnectionResetError("The connection is closed")
        if self.is_held_up:
            drainer = self._loop.create_future()
            self._drainers.append(drainer)
            try:
                await drainer
            finally:
                self._drainers.remove(drainer)

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
        if self._is_lost or self._transport.is_closing():
            return  # it has been closed or is lost; asyncio's TLS does not bear to be closed twice
        self._transport.close()
        if self.is_secure or self._transport.get_write_buffer_size():
            self._see_to_the_end(SHORTEST_LOOK, self.bytes_taken(), 0.0)

    def _see_to_the_end(self, pause: float, taken_before: int, seconds_without: float) -> None:
        if self._is_lost:
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
        if self._is_lost:
            return
        connection = self._transport.get_extra_info("socket")
        if connection is not None and connection.family != getattr(socket, "AF_UNIX", None):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGERING)
        self._transport.abort()

    async def wait_closed(self) -> None:
        """Wait until the connection has ended."""
        if not self._is_lost:
            if self._closed is None:
                self._closed = self._loop.create_future()
            await asyncio.shield(self._closed)

    async def start_tls(self, tls: ClientTLS | ServerTLS) -> None:
        """Go on with TLS."""
        server_name = tls.server_name if isinstance(tls, ClientTLS) else None
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
            raise ConnectionError("The connection was lost during the TLS handshake")
        self._use(transport)

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
        if self._on_connection is not None:
            self._on_connection(self)

    def data_received(self, data: bytes) -> None:
        """Hand bytes on, or keep them until they are read; pause if nobody comes for them."""
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
        self._is_lost = self._has_ended = True
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


# ---- addresses and certificates ------------------------------------------------------------------

# Seconds: how often it is looked whether what was sent at the end has arrived, and how long the
# other side may take none of it.
SHORTEST_LOOK, LONGEST_LOOK, LONGEST_END = 0.05, 5.0, 60.0
# asyncio would count from the beginning of the end, however much the other side takes
NO_LIMIT_OF_ASYNCIO = {"ssl_shutdown_timeout": 24 * 60 * 60.0}
SECONDS_WITHOUT_ACCEPTING = 0.5  # when there are no descriptors
NO_LINGERING = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


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


def in_the_systems_words(error: OSError) -> OSError:
    """Why there is no connection; asyncio says which of its calls failed, and the first of several
    failures is enough.
    """
    call = re.search(r"\[Errno (\d+)\] Connect call failed", str(error))
    return error if call is None else OSError(int(call[1]), os.strerror(int(call[1])))


def tls_context(tls: ClientTLS | ServerTLS) -> SSLContext:
    """What the ssl module makes of it. ValueError or OSError, with the file's name, if the files
    are of no use.
    """
    if isinstance(tls, ClientTLS):
        return client_context(tls.authorities, tls.application_protocols)
    ssl = import_ssl()
    context: SSLContext = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(tls.certificate, tls.key)
    except OSError as error:  # which does not say what file it is about
        files = tls.certificate if tls.key is None else f"{tls.certificate} and {tls.key}"
        raise OSError(f"No certificate with its key can be read from {files}: {error}") from None
    if tls.application_protocols:
        context.set_alpn_protocols(list(tls.application_protocols))
    return context


@lru_cache(maxsize=16)  # reading the certificates of the system takes 20 ms
def client_context(authorities: str | None, application_protocols: tuple[str, ...]) -> SSLContext:
    """A context that verifies the other side."""
    context: SSLContext = import_ssl().create_default_context(cafile=authorities)
    if application_protocols:
        context.set_alpn_protocols(list(application_protocols))
    return context


def has_closure_alert(tls: Any) -> bool:
    """Whether the other side has ended TLS in order, so that nothing can have been cut off.

    https://www.rfc-editor.org/rfc/rfc9112#section-9.8
    """
    try:
        return bool(tls.read(1) == b"")
    except OSError:  # it waits for more
        return False


def import_ssl() -> Any:
    """The ssl module, which not every Python has; plain connections do without."""
    try:
        import ssl
    except ImportError:
        raise OSError(
            "TLS is asked for, but this Python was built without the ssl module"
        ) from None
    return ssl
