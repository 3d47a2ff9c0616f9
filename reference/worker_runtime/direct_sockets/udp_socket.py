"""The UDPSocket interface.

Direct Sockets, 2: https://wicg.github.io/direct-sockets/#udpsocket-interface
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, TypedDict, Unpack

from ..host.addresses import UDPAddress
from ..host.datagram_socket import DatagramSocket
from ..host.network import SocketOptions
from ..host.network_policy import NotAllowed
from ..host.waiting import within
from ..html.event_loops import EventLoop, in_parallel, relevant_event_loop
from ..html.settings_objects import (
    EnvironmentSettingsObject,
    current_settings_object,
    queue_a_global_task,
)
from ..streams.other_specifications import cancel_readable_stream, is_locked
from ..streams.other_specifications_writable import abort_writable_stream
from ..streams.readable_stream import ReadableStream
from ..streams.writable_operations import is_writable_stream_locked
from ..streams.writable_stream import WritableStream
from ..webidl.dictionaries import to_dictionary
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
from .options import (
    SocketDnsQueryType,
    enforced,
    error_of,
    is_ip_address,
    to_dns_query_type,
    to_host,
)
from .udp_socket_streams import (
    initialize_the_udpsocket_readable_stream,
    initialize_the_udpsocket_writable_stream,
)

LEAST_PORT = 1024


class UDPSocketOptions(TypedDict, total=False):
    """https://wicg.github.io/direct-sockets/#dom-udpsocketoptions"""

    remoteAddress: str
    remotePort: int
    localAddress: str
    localPort: int
    sendBufferSize: int
    receiveBufferSize: int
    dnsQueryType: SocketDnsQueryType
    ipv6Only: bool


class UDPSocketOpenInfo(NamedTuple):
    """What `opened` is fulfilled with. There is a remote address where the socket is connected.

    https://wicg.github.io/direct-sockets/#dom-udpsocketopeninfo
    """

    readable: ReadableStream
    writable: WritableStream
    remoteAddress: str | None
    remotePort: int | None
    localAddress: str
    localPort: int


class Addresses(NamedTuple):
    """Those of the options: one of them is None.

    Part of https://wicg.github.io/direct-sockets/#dfn-mode
    """

    local: UDPAddress | None
    remote: UDPAddress | None


class UDPSocket:
    """A socket for datagrams: *connected* to one other side, or *bound* to an address of this
    machine. What nobody can use any more is closed.

    https://wicg.github.io/direct-sockets/#dom-udpsocket
    """

    # The text's table of internal slots, and what this implementation needs.
    __slots__ = (
        "__weakref__", "_closed_promise", "_datagrams", "_event_loop", "_is_connected",
        "_opened_promise", "_pending_write", "_readable", "_settings_object", "_stop_opening",
        "_stop_writing", "_was_closed", "_writable",
    )  # fmt: skip

    _closed_promise: Promise[None]
    _datagrams: DatagramSocket  # as soon as it is opened
    _event_loop: EventLoop
    _is_connected: bool  # the mode; else it is bound
    _opened_promise: Promise[UDPSocketOpenInfo]
    _pending_write: Promise[None] | None
    _readable: ReadableStream
    _settings_object: EnvironmentSettingsObject
    _stop_opening: Callable[[], object] | None  # while it goes on in parallel
    _stop_writing: Callable[[], object] | None  # likewise
    _was_closed: bool  # by its method
    _writable: WritableStream

    def __init__(
        self, options: UDPSocketOptions | None = None, **members: Unpack[UDPSocketOptions]
    ) -> None:
        """Open a socket. TypeError for options that cannot be, or do not go together.

        https://wicg.github.io/direct-sockets/#dom-udpsocket-constructor
        """
        members = to_dictionary(UDPSocketOptions, options, members)
        addresses = infer_the_mode(members)
        network_options = SocketOptions(
            family=to_dns_query_type(members["dnsQueryType"])
            if "dnsQueryType" in members
            else None,
            send_buffer_size=enforced(members, "sendBufferSize", 32),
            receive_buffer_size=enforced(members, "receiveBufferSize", 32),
            ipv6_only=bool(members.get("ipv6Only", sys.platform == "win32")),
        )
        self._is_connected = addresses.remote is not None
        self._was_closed = False
        self._pending_write = self._stop_writing = None
        self._settings_object = current_settings_object()
        self._event_loop = relevant_event_loop()
        self._opened_promise = a_new_promise()
        self._closed_promise = a_new_promise()
        # DEVIATION: as for a TCPSocket
        mark_as_handled(self._closed_promise)
        self._settings_object.record(DirectSockets).add(self)
        self._stop_opening = in_parallel(open_a_udp_socket(self, addresses, network_options)).cancel

    def __del__(self) -> None:
        if getattr(self, "_closed_promise", None) is not None:
            has_been_dropped(self)

    @property
    def opened(self) -> Promise[UDPSocketOpenInfo]:
        """Fulfilled with the streams and the addresses; rejected with a "NetworkError" or
        "NotAllowedError" DOMException.

        https://wicg.github.io/direct-sockets/#dom-udpsocket-opened
        """
        return self._opened_promise

    @property
    def closed(self) -> Promise[None]:
        """Fulfilled when both streams are closed; rejected when both have ended and one by an
        error.

        https://wicg.github.io/direct-sockets/#dom-udpsocket-closed
        """
        return self._closed_promise

    def close(self) -> Promise[None]:
        """Cancel and abort the streams, which must not be locked. Returns `closed`.

        https://wicg.github.io/direct-sockets/#dom-udpsocket-close
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
        if self._stop_opening is not None:
            self._stop_opening()
        elif hasattr(self, "_datagrams"):
            give_back(self, self._datagrams)


def infer_the_mode(options: UDPSocketOptions) -> Addresses:
    """What a socket is to be connected or bound to. TypeError where the options do not say that.

    Part of https://wicg.github.io/direct-sockets/#dom-udpsocket-constructor
    """
    addresses = Addresses(None, None)
    if ("remoteAddress" in options) != ("remotePort" in options):
        raise TypeError("remoteAddress and remotePort go together")
    local_port = enforced(options, "localPort", 16)
    if "remoteAddress" in options:
        remote_port = enforced(options, "remotePort", 16, 0)
        assert remote_port is not None
        remote = UDPAddress(to_dom_string(options["remoteAddress"]), remote_port)
        addresses = Addresses(None, remote)
    if local_port is not None and "localAddress" not in options:
        raise TypeError("localPort goes with localAddress")
    if "localAddress" in options:
        if addresses.remote is not None:
            raise TypeError("A socket has a remoteAddress or a localAddress, not both")
        local = to_dom_string(options["localAddress"])
        if not is_ip_address(local):
            raise TypeError(f"localAddress is the number of a host, not {local!r}")
        addresses = Addresses(UDPAddress(local, local_port or 0), None)
    if addresses == (None, None):
        raise TypeError("A socket has a remoteAddress and remotePort, or a localAddress")
    if addresses.remote is None and "dnsQueryType" in options:
        raise TypeError("dnsQueryType goes with remoteAddress")
    if "ipv6Only" in options and (addresses.local is None or addresses.local.host != "::"):
        raise TypeError("ipv6Only is for the localAddress '::'")
    return addresses


async def open_a_udp_socket(
    socket: UDPSocket, addresses: Addresses, options: SocketOptions
) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dom-udpsocket-constructor"""
    outside = socket._settings_object.host
    local, remote = addresses
    try:
        # DEVIATION: low ports are for the user of a browser; elsewhere the network says which ports
        # may be bound.
        if outside.profile == "browser" and local is not None and 0 < local.port < LEAST_PORT:
            raise NotAllowed(f"Port {local.port} is less than {LEAST_PORT}")
        if remote is not None:
            remote = remote._replace(host=to_host(remote.host))
        opening = outside.network.open_datagram_socket(local, remote, options)
        datagrams = await within(
            outside.timeouts.connect, outside.clock, opening, lambda opened: opened.close()
        )
    except OSError as failure:
        steps = partial(fail_to_open, socket, failure)
    else:
        steps = partial(has_opened, socket, datagrams)
    queue_a_global_task("UDPSocket", socket._settings_object, steps)


def fail_to_open(socket: UDPSocket, failure: OSError) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dom-udpsocket-constructor"""
    socket._stop_opening = None
    error = error_of(failure)
    reject(socket._opened_promise, error)
    reject(socket._closed_promise, error)


def has_opened(socket: UDPSocket, datagrams: DatagramSocket) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dom-udpsocket-constructor"""
    socket._stop_opening = None
    socket._datagrams = datagrams
    if socket._settings_object.closing:
        datagrams.close()
        return
    keep(socket, datagrams)
    initialize_the_udpsocket_readable_stream(socket)
    initialize_the_udpsocket_writable_stream(socket)
    host, port = datagrams.remote_address or (None, None)
    open_info = UDPSocketOpenInfo(
        socket._readable, socket._writable, host, port, *datagrams.local_address
    )
    resolve(socket._opened_promise, open_info)
