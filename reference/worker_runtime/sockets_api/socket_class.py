"""The Socket class: a TCP connection as two streams.

Sockets API, 3.2 to 3.4: https://sockets-api.proposal.wintertc.org/#socket-class
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ..host.addresses import TCPAddress
from ..html.event_loops import EventLoop, call_in_a_turn, in_parallel, relevant_event_loop
from ..html.settings_objects import EnvironmentSettingsObject
from ..streams.other_specifications import cancel_readable_stream
from ..streams.other_specifications_writable import abort_writable_stream
from ..streams.readable_stream import ReadableStream
from ..streams.writable_stream import WritableStream
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import Promise, a_new_promise, mark_as_handled, reject
from .attributes import set_up_readable, set_up_writable
from .concepts import Sockets, break_off, end
from .socket_error import SocketError
from .socket_info import SocketInfo
from .starting_tls import upgrade

if TYPE_CHECKING:
    from ..host.byte_stream import ByteStream
    from .connect import SecureTransportKind, Security


class Socket:
    """A TCP connection, or one that is to be. `connect()` makes it.

    One that nobody can use any more, neither by it nor by its streams, ends: in order if its
    writable side is closed, broken off if not.

    https://sockets-api.proposal.wintertc.org/#socket
    """

    __slots__ = (
        "__weakref__", "_address", "_allow_half_open", "_closed", "_event_loop", "_has_ended",
        "_is_over", "_left_over", "_opened", "_readable", "_security",
        "_settings_object", "_stop_connecting", "_stop_reading", "_stream", "_upgraded",
        "_writable",
    )  # fmt: skip

    _address: TCPAddress | None  # where it connects to; None: it was accepted
    _allow_half_open: bool
    _closed: Promise[None]
    _event_loop: EventLoop
    _has_ended: bool  # whether the other side has nothing more to say
    _is_over: bool
    _left_over: memoryview  # what has been received, and the reader had no room for
    _opened: Promise[SocketInfo]
    _readable: ReadableStream
    _security: Security
    _settings_object: EnvironmentSettingsObject
    _stop_connecting: Callable[[], object] | None  # while it goes on in parallel
    _stop_reading: Callable[[], object] | None  # likewise
    _stream: ByteStream | None  # while there is a connection that is this socket's
    _upgraded: bool
    _writable: WritableStream

    __init__ = illegal_constructor

    def __del__(self) -> None:
        if getattr(self, "_stream", None) is not None and not self._is_over:
            # in its own thread, and not in the midst of what Python does just now
            call_in_a_turn(self._event_loop, partial(break_off, self))

    @property
    def readable(self) -> ReadableStream:
        """What the other side sends: bytes, of which a BYOB reader takes as many as it likes.

        https://sockets-api.proposal.wintertc.org/#dom-socket-readable
        """
        return self._readable

    @property
    def writable(self) -> WritableStream:
        """What it is sent: buffers, or text, which goes as UTF-8.

        https://sockets-api.proposal.wintertc.org/#dom-socket-writable
        """
        return self._writable

    @property
    def opened(self) -> Promise[SocketInfo]:
        """Fulfilled when there is a connection, with TLS where that is asked for; rejected with a
        SocketError if there is none.

        https://sockets-api.proposal.wintertc.org/#dom-socket-opened
        """
        return self._opened

    @property
    def closed(self) -> Promise[None]:
        """Fulfilled when the socket is closed, also by the other side; rejected with a SocketError
        if there never was a connection.

        https://sockets-api.proposal.wintertc.org/#dom-socket-closed
        """
        return self._closed

    @property
    def upgraded(self) -> bool:
        """Whether `startTls()` has taken the connection away.

        https://sockets-api.proposal.wintertc.org/#dom-socket-upgraded
        """
        return self._upgraded

    @property
    def secureTransport(self) -> SecureTransportKind:
        """What `connect()` was asked for; "on" for what `startTls()` returns.

        SPEC_NOTES.md#socket-secure-transport
        """
        return self._security.kind

    def close(self, reason: object = None) -> Promise[None]:
        """Close the connection, cancel what is not read and abort what is not written, with the
        reason. Returns `closed`.

        https://sockets-api.proposal.wintertc.org/#dom-socket-close
        """
        if self._is_over:
            return self._closed
        mark_as_handled(cancel_readable_stream(self._readable, reason))
        mark_as_handled(abort_writable_stream(self._writable, reason))
        reject(self._opened, reason)
        end(self)
        return self._closed

    def startTls(self) -> Socket:
        """Go on with TLS: a new socket has the connection from now on, when all that was written
        has been sent.

        SocketError if the socket was not made with "starttls", is closed, or has no connection any
        more. What the other side has sent and nobody has read is an error of the new socket: it
        could come from anybody.

        https://sockets-api.proposal.wintertc.org/#dom-socket-starttls
        """
        if self._security.kind != "starttls":
            raise SocketError(
                f'startTls() is for sockets made with secureTransport="starttls", not '
                f"{self._security.kind!r}"
            )
        if self._upgraded:
            raise SocketError("startTls() has been called already")
        if self._is_over:
            raise SocketError("The socket is closed")
        self._upgraded = True
        socket = create_a_socket(
            self._settings_object,
            self._address,
            self._security._replace(kind="on"),
            self._allow_half_open,
        )
        socket._stop_connecting = in_parallel(upgrade(self, socket)).cancel
        return socket


def create_a_socket(
    settings_object: EnvironmentSettingsObject,
    address: TCPAddress | None,
    security: Security,
    allow_half_open: bool,
) -> Socket:
    """A socket in the state *pending*: its streams can be used, and wait.

    Part of https://sockets-api.proposal.wintertc.org/#connect-concept
    """
    socket: Socket = new(Socket)
    socket._stream = None
    socket._has_ended = socket._is_over = socket._upgraded = False
    socket._settings_object = settings_object
    socket._event_loop = relevant_event_loop()
    socket._address = address
    socket._security = security
    socket._allow_half_open = allow_half_open
    socket._stop_connecting = socket._stop_reading = None
    socket._left_over = memoryview(b"")
    socket._readable = set_up_readable(socket)
    socket._writable = set_up_writable(socket)
    socket._opened = a_new_promise()
    mark_as_handled(socket._opened)
    socket._closed = a_new_promise()
    mark_as_handled(socket._closed)
    settings_object.record(Sockets).add(socket)
    return socket
