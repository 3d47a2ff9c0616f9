"""The TCPSocket interface.

Direct Sockets, 1: https://wicg.github.io/direct-sockets/#tcpsocket-interface
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple, TypedDict, Unpack

from ..host.addresses import TCPAddress
from ..host.byte_stream import ByteStream
from ..host.gates import current_gate
from ..host.letting_out import until_let_out
from ..host.network import SocketOptions
from ..host.waiting import within
from ..html.event_loops import EventLoop, in_parallel, relevant_event_loop
from ..html.settings_objects import (
    EnvironmentSettingsObject,
    current_settings_object,
    queue_a_global_task,
)
from ..sockets_api.open_sockets import keep_until_it_is_lost
from ..streams.other_specifications import cancel_readable_stream, is_locked
from ..streams.other_specifications_writable import abort_writable_stream
from ..streams.readable_stream import ReadableStream
from ..streams.writable_operations import is_writable_stream_locked
from ..streams.writable_stream import WritableStream
from ..webidl.dictionaries import to_dictionary
from ..webidl.interfaces import new
from ..webidl.promises import (
    PENDING,
    Promise,
    a_new_promise,
    is_fulfilled,
    mark_as_handled,
    reject,
    resolve,
)
from ..webidl.type_mapping import to_dom_string, to_integer
from .concepts import DirectSockets, has_been_dropped, invalid_state
from .options import SocketDnsQueryType, enforced, error_of, to_dns_query_type, to_host
from .tcp_socket_streams import (
    initialize_the_tcpsocket_readable_stream,
    initialize_the_tcpsocket_writable_stream,
)

MILLISECONDS = 1000


class TCPSocketOptions(TypedDict, total=False):
    """https://wicg.github.io/direct-sockets/#dom-tcpsocketoptions"""

    sendBufferSize: int
    receiveBufferSize: int
    noDelay: bool
    keepAliveDelay: int
    dnsQueryType: SocketDnsQueryType


class TCPSocketOpenInfo(NamedTuple):
    """What `opened` is fulfilled with.

    https://wicg.github.io/direct-sockets/#dom-tcpsocketopeninfo
    """

    readable: ReadableStream
    writable: WritableStream
    remoteAddress: str
    remotePort: int
    localAddress: str
    localPort: int


class TCPSocket:
    """A TCP connection. What nobody can use any more is broken off.

    https://wicg.github.io/direct-sockets/#dom-tcpsocket
    """

    # The text's table of internal slots, and what this implementation needs.
    __slots__ = (
        "__weakref__", "_closed_promise", "_event_loop", "_left_over",
        "_opened_promise", "_pending_write", "_readable", "_settings_object", "_stop_connecting",
        "_stop_writing", "_stream", "_was_closed", "_writable",
    )  # fmt: skip

    _closed_promise: Promise[None]
    _event_loop: EventLoop
    _left_over: memoryview  # what has been received, and the reader had no room for
    _opened_promise: Promise[TCPSocketOpenInfo]
    _pending_write: Promise[None] | None
    _readable: ReadableStream
    _settings_object: EnvironmentSettingsObject
    _stop_connecting: Callable[[], object] | None  # while it goes on in parallel
    _stop_writing: Callable[[], object] | None  # likewise
    _stream: ByteStream  # as soon as it is opened
    _was_closed: bool  # by its method
    _writable: WritableStream

    def __init__(
        self,
        remoteAddress: str,
        remotePort: int,
        options: TCPSocketOptions | None = None,
        **members: Unpack[TCPSocketOptions],
    ) -> None:
        """Connect to a host by name or number. TypeError for options that cannot be.

        https://wicg.github.io/direct-sockets/#dom-tcpsocket-constructor
        """
        host, port = to_dom_string(remoteAddress), to_integer(remotePort, 16)
        members = to_dictionary(TCPSocketOptions, options, members)
        keep_alive_delay = enforced(members, "keepAliveDelay", 32, MILLISECONDS)
        network_options = SocketOptions(
            family=to_dns_query_type(members["dnsQueryType"])
            if "dnsQueryType" in members
            else None,
            send_buffer_size=enforced(members, "sendBufferSize", 32),
            receive_buffer_size=enforced(members, "receiveBufferSize", 32),
            no_delay=bool(members.get("noDelay", False)),
            keep_alive_delay=keep_alive_delay and round(keep_alive_delay / MILLISECONDS),
        )
        initialize(self, current_settings_object())
        self._stop_connecting = in_parallel(
            open_a_tcp_socket(self, host, port, network_options)
        ).cancel

    def __del__(self) -> None:
        if getattr(self, "_closed_promise", None) is not None:
            has_been_dropped(self)

    @property
    def opened(self) -> Promise[TCPSocketOpenInfo]:
        """Fulfilled with the streams and the addresses; rejected with a "NetworkError" or
        "NotAllowedError" DOMException.

        https://wicg.github.io/direct-sockets/#dom-tcpsocket-opened
        """
        return self._opened_promise

    @property
    def closed(self) -> Promise[None]:
        """Fulfilled when both streams are closed; rejected when both have ended and one by an
        error.

        https://wicg.github.io/direct-sockets/#dom-tcpsocket-closed
        """
        return self._closed_promise

    def close(self) -> Promise[None]:
        """Cancel and abort the streams, which must not be locked. Returns `closed`.

        https://wicg.github.io/direct-sockets/#dom-tcpsocket-close
        """
        if not is_fulfilled(self._opened_promise):
            return invalid_state("The socket is not open")
        if self._closed_promise._state != PENDING:
            return self._closed_promise
        if is_locked(self._readable) or is_writable_stream_locked(self._writable):
            return invalid_state("A stream of the socket is locked: release its reader or writer")
        self._was_closed = True
        mark_as_handled(cancel_readable_stream(self._readable, None))
        mark_as_handled(abort_writable_stream(self._writable, None))
        return self._closed_promise

    def _break_off(self) -> None:
        if self._stop_connecting is not None:
            self._stop_connecting()
        elif hasattr(self, "_stream"):
            self._stream.abort()


def initialize(socket: TCPSocket, settings_object: EnvironmentSettingsObject) -> None:
    """The slots of a socket that is yet to be opened.

    Part of https://wicg.github.io/direct-sockets/#dom-tcpsocket-constructor
    """
    socket._settings_object = settings_object
    socket._event_loop = relevant_event_loop()
    socket._opened_promise = a_new_promise()
    socket._closed_promise = a_new_promise()
    # DEVIATION: by the letter a rejection of it alone is reported, although who waits for `opened`
    # or uses a stream has been told.
    mark_as_handled(socket._closed_promise)
    socket._was_closed = False
    socket._left_over = memoryview(b"")
    socket._pending_write = socket._stop_connecting = socket._stop_writing = None
    settings_object.record(DirectSockets).add(socket)


async def open_a_tcp_socket(
    socket: TCPSocket, host: str, port: int, options: SocketOptions
) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dom-tcpsocket-constructor"""
    outside = socket._settings_object.host
    if current_gate.get() is not None:
        await until_let_out()
    try:
        address = TCPAddress(to_host(host), port)
        dialling = outside.network.dial(address, None, options)
        stream = await within(
            outside.timeouts.connect, outside.clock, dialling, lambda stream: stream.abort()
        )
    except OSError as failure:
        steps = partial(fail_to_open, socket, failure)
    else:
        steps = partial(has_opened, socket, stream)
    queue_a_global_task("TCPSocket", socket._settings_object, steps)


def fail_to_open(socket: TCPSocket, failure: OSError) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dom-tcpsocket-constructor"""
    socket._stop_connecting = None
    error = error_of(failure)
    reject(socket._opened_promise, error)
    reject(socket._closed_promise, error)


def has_opened(socket: TCPSocket, stream: ByteStream) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dom-tcpsocket-constructor"""
    socket._stop_connecting = None
    socket._stream = stream
    if socket._settings_object.closing:
        stream.abort()
        return
    keep_until_it_is_lost(stream, socket._event_loop)
    initialize_the_tcpsocket_readable_stream(socket)
    initialize_the_tcpsocket_writable_stream(socket)
    # The system does not know the addresses of a connection that has been reset already.
    remote, local = (
        each if isinstance(each, TCPAddress) else TCPAddress("", 0)
        for each in (stream.remote_address, stream.local_address)
    )
    open_info = TCPSocketOpenInfo(socket._readable, socket._writable, *remote, *local)
    resolve(socket._opened_promise, open_info)


def create_an_accepted_socket(
    settings_object: EnvironmentSettingsObject, stream: ByteStream
) -> TCPSocket:
    """A TCPSocket that the operating system has accepted, which is open.

    Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpserversocket-readable-stream
    """
    socket: TCPSocket = new(TCPSocket)
    initialize(socket, settings_object)
    has_opened(socket, stream)
    return socket
