"""The TCPServerSocket interface.

Direct Sockets, 3: https://wicg.github.io/direct-sockets/#tcpserversocket-interface
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, TypedDict, Unpack
from weakref import ref

from ..host.addresses import TCPAddress
from ..host.bound_sockets import BACKLOG
from ..host.byte_stream import ByteStream
from ..host.network import ListeningSocket, ListenOptions
from ..host.network_policy import NotAllowed
from ..html.event_loops import EventLoop, in_parallel, relevant_event_loop
from ..html.settings_objects import (
    EnvironmentSettingsObject,
    current_settings_object,
    queue_a_global_task,
)
from ..sockets_api.open_sockets import OpenSockets
from ..streams.other_specifications import (
    cancel_readable_stream,
    desired_size_to_fill_up_to_the_high_water_mark,
    enqueue_into_readable_stream,
    is_locked,
    is_readable,
    set_up_readable_stream,
)
from ..streams.readable_stream import ReadableStream
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
from ..webidl.type_mapping import to_dom_string
from .concepts import DirectSockets, give_back, has_been_dropped, invalid_state, keep
from .options import enforced, error_of, is_ip_address
from .tcp_socket import create_an_accepted_socket

LEAST_PORT = 32678  # as the text has it
MOST_BACKLOG = 65535


class TCPServerSocketOptions(TypedDict, total=False):
    """https://wicg.github.io/direct-sockets/#dom-tcpserversocketoptions"""

    localPort: int
    backlog: int
    ipv6Only: bool


class TCPServerSocketOpenInfo(NamedTuple):
    """What `opened` is fulfilled with; the stream is one of TCPSockets.

    https://wicg.github.io/direct-sockets/#dom-tcpserversocketopeninfo
    """

    readable: ReadableStream
    localAddress: str
    localPort: int


class TCPServerSocket:
    """A socket that accepts connections: each is a TCPSocket that comes out of a stream. Those that
    nobody reads wait in the system. What nobody can use any more is closed.

    https://wicg.github.io/direct-sockets/#dom-tcpserversocket
    """

    # The text's table of internal slots, and what this implementation needs.
    __slots__ = (
        "__weakref__", "_closed_promise", "_event_loop", "_listening", "_opened_promise",
        "_readable", "_settings_object", "_stop_opening",
    )  # fmt: skip

    _closed_promise: Promise[None]
    _event_loop: EventLoop
    _listening: ListeningSocket  # as soon as it is opened
    _opened_promise: Promise[TCPServerSocketOpenInfo]
    _readable: ReadableStream
    _settings_object: EnvironmentSettingsObject
    _stop_opening: Callable[[], object] | None  # while it goes on in parallel

    def __init__(
        self,
        localAddress: str,
        options: TCPServerSocketOptions | None = None,
        **members: Unpack[TCPServerSocketOptions],
    ) -> None:
        """Listen at an address of this machine. TypeError if it is not the number of a host, and
        for options that cannot be.

        https://wicg.github.io/direct-sockets/#dom-tcpserversocket-constructor
        """
        address = to_dom_string(localAddress)
        members = to_dictionary(TCPServerSocketOptions, options, members)
        if not is_ip_address(address):
            raise TypeError(f"localAddress is the number of a host, not {address!r}")
        port, backlog = enforced(members, "localPort", 16), enforced(members, "backlog", 32)
        if members.get("ipv6Only") and address != "::":
            raise TypeError("ipv6Only is for the localAddress '::'")
        self._settings_object = current_settings_object()
        self._event_loop = relevant_event_loop()
        self._opened_promise = a_new_promise()
        self._closed_promise = a_new_promise()
        # DEVIATION: as for a TCPSocket
        mark_as_handled(self._closed_promise)
        self._settings_object.record(DirectSockets).add(self)
        network_options = ListenOptions(
            BACKLOG if backlog is None else min(backlog, MOST_BACKLOG),
            bool(members.get("ipv6Only", sys.platform == "win32")),
            most=0,
        )
        self._stop_opening = in_parallel(
            open_a_tcp_server_socket(self, TCPAddress(address, port or 0), network_options)
        ).cancel

    def __del__(self) -> None:
        if getattr(self, "_closed_promise", None) is not None:
            has_been_dropped(self)

    @property
    def opened(self) -> Promise[TCPServerSocketOpenInfo]:
        """Fulfilled with the stream and the address; rejected with a "NetworkError" or
        "NotAllowedError" DOMException.

        https://wicg.github.io/direct-sockets/#dom-tcpserversocket-opened
        """
        return self._opened_promise

    @property
    def closed(self) -> Promise[None]:
        """Fulfilled when the stream is canceled.

        https://wicg.github.io/direct-sockets/#dom-tcpserversocket-closed
        """
        return self._closed_promise

    def close(self) -> Promise[None]:
        """Accept no more: cancel the stream, which must not be locked. Returns `closed`.

        https://wicg.github.io/direct-sockets/#dom-tcpserversocket-close
        """
        if not is_fulfilled(self._opened_promise):
            return invalid_state("The socket is not open")
        if self._closed_promise._state != PENDING:
            return self._closed_promise
        if is_locked(self._readable):
            return invalid_state("The stream of the socket is locked: release its reader")
        mark_as_handled(cancel_readable_stream(self._readable, None))
        return self._closed_promise

    def _break_off(self) -> None:
        if self._stop_opening is not None:
            self._stop_opening()
        elif hasattr(self, "_listening"):
            give_back(self, self._listening)


async def open_a_tcp_server_socket(
    socket: TCPServerSocket, address: TCPAddress, options: ListenOptions
) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dom-tcpserversocket-constructor"""
    outside = socket._settings_object.host
    try:
        # DEVIATION: low ports are for the user of a browser; elsewhere the network says which ports
        # may be listened at.
        if outside.profile == "browser" and 0 < address.port < LEAST_PORT:
            raise NotAllowed(f"Port {address.port} is less than {LEAST_PORT}")
        on_connection = partial(when_a_connection_has_come, ref(socket))
        listening = await outside.network.listen(address, on_connection, options=options)
    except OSError as failure:
        steps = partial(fail_to_open, socket, failure)
    else:
        steps = partial(has_opened, socket, listening)
    queue_a_global_task("TCPServerSocket", socket._settings_object, steps)


def fail_to_open(socket: TCPServerSocket, failure: OSError) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dom-tcpserversocket-constructor"""
    socket._stop_opening = None
    error = error_of(failure)
    reject(socket._opened_promise, error)
    reject(socket._closed_promise, error)


def has_opened(socket: TCPServerSocket, listening: ListeningSocket) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dom-tcpserversocket-constructor"""
    socket._stop_opening = None
    socket._listening = listening
    if socket._settings_object.closing:
        listening.close()
        return
    keep(socket, listening)
    initialize_the_tcpserversocket_readable_stream(socket)
    (local,) = listening.addresses
    assert isinstance(local, TCPAddress)
    resolve(socket._opened_promise, TCPServerSocketOpenInfo(socket._readable, *local))


# ---- [[readable]] --------------------------------------------------------------------------------


def initialize_the_tcpserversocket_readable_stream(socket: TCPServerSocket) -> None:
    """https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpserversocket-readable-stream"""
    stream = new(ReadableStream)
    set_up_readable_stream(
        stream,
        partial(pull, socket),
        lambda reason: handle_closing_the_tcpserversocket_readable_stream(socket),
        high_water_mark=0,  # so none is accepted that nobody waits for
    )
    socket._readable = stream


def pull(socket: TCPServerSocket) -> None:
    """While somebody waits, the socket is kept.

    Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpserversocket-readable-stream
    """
    desired_size = desired_size_to_fill_up_to_the_high_water_mark(socket._readable)
    socket._event_loop.record(OpenSockets).waiting.add(socket)
    socket._listening.accept_only(max(1, int(desired_size)))


def when_a_connection_has_come(reference: ref[TCPServerSocket], stream: ByteStream) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpserversocket-readable-stream"""
    socket = reference()
    if socket is None:
        stream.abort()
        return
    settings_object = socket._settings_object
    socket._event_loop.record(OpenSockets).waiting.discard(socket)
    if settings_object.closing:
        stream.abort()
        return
    queue_a_global_task(
        "TCPServerSocket", settings_object, partial(enqueue_the_connection, socket, stream)
    )


def enqueue_the_connection(socket: TCPServerSocket, stream: ByteStream) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpserversocket-readable-stream"""
    if not is_readable(socket._readable):
        stream.abort()
        return
    tcp_socket = create_an_accepted_socket(socket._settings_object, stream)
    enqueue_into_readable_stream(socket._readable, tcp_socket)


def handle_closing_the_tcpserversocket_readable_stream(socket: TCPServerSocket) -> None:
    """https://wicg.github.io/direct-sockets/#dfn-handle-closing-the-tcpserversocket-readable-stream"""
    give_back(socket, socket._listening)
    queue_a_global_task(
        "TCPServerSocket", socket._settings_object, partial(resolve, socket._closed_promise)
    )
