"""The streams of a UDPSocket, and their messages.

Direct Sockets, 2.1.2, 2.2 and 2.3: https://wicg.github.io/direct-sockets/#udpmessage-dictionary
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from ..dom import aborting_ongoing_activities
from ..host.addresses import UDPAddress
from ..host.datagram_socket import Datagram
from ..host.gates import current_gate
from ..host.letting_out import until_let_out
from ..host.network import SocketOptions
from ..html.event_loops import in_parallel
from ..html.settings_objects import queue_a_global_task
from ..streams.other_specifications import (
    desired_size_to_fill_up_to_the_high_water_mark,
    enqueue_into_readable_stream,
    error_readable_stream,
    is_readable,
    set_up_readable_stream,
)
from ..streams.other_specifications_writable import (
    set_up_writable_stream,
    signal_of_writable_stream,
)
from ..streams.readable_stream import ReadableStream
from ..streams.writable_stream import WritableStream
from ..webidl.dictionaries import to_dictionary
from ..webidl.interfaces import new
from ..webidl.promises import Promise, a_new_promise, reject, resolve
from ..webidl.type_mapping import get_a_copy_of_the_buffer_source, to_dom_string, to_integer
from .concepts import give_back, is_active, settle_the_closed_promise
from .options import SocketDnsQueryType, error_of, to_dns_query_type, to_host

if TYPE_CHECKING:
    from .udp_socket import UDPSocket

AT_ONCE = 32  # datagrams that are taken from the system together


class UDPMessage(NamedTuple):
    """A datagram that has come. The address is that of its source, where the socket is bound.

    https://wicg.github.io/direct-sockets/#dom-udpmessage
    """

    data: bytes
    remoteAddress: str | None = None
    remotePort: int | None = None
    dnsQueryType: SocketDnsQueryType | None = None


class UDPMessageInit(TypedDict, total=False):
    """The dictionary UDPMessage, as the writable stream takes it.

    Part of https://wicg.github.io/direct-sockets/#dom-udpmessage
    """

    data: Any  # a buffer
    remoteAddress: str
    remotePort: int
    dnsQueryType: SocketDnsQueryType


# ---- [[readable]] --------------------------------------------------------------------------------


def initialize_the_udpsocket_readable_stream(socket: UDPSocket) -> None:
    """https://wicg.github.io/direct-sockets/#dfn-initialize-the-udpsocket-readable-stream"""
    stream = new(ReadableStream)
    set_up_readable_stream(
        stream,
        partial(pull, socket),
        lambda reason: handle_closing_the_udpsocket_readable_stream(socket),
        high_water_mark=0,  # what nobody reads waits in the system, which drops what is too much
    )
    socket._readable = stream


def pull(socket: UDPSocket) -> Promise[None]:
    """Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-udpsocket-readable-stream"""
    # DEVIATION: as for a TCPSocket, the promise is resolved when datagrams have come.
    promise: Promise[None] = a_new_promise()
    in_parallel(receive(socket, promise))
    return promise


async def receive(socket: UDPSocket, promise: Promise[None]) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-udpsocket-readable-stream"""
    datagrams: list[Datagram] = []
    failure = None
    desired_size = desired_size_to_fill_up_to_the_high_water_mark(socket._readable)
    try:
        datagrams = await socket._datagrams.receive(max(AT_ONCE, int(desired_size)))
    except OSError as error:
        failure = error
    queue_a_global_task(
        "UDPSocket",
        socket._settings_object,
        partial(when_packets_have_been_received, socket, promise, datagrams, failure),
    )


def when_packets_have_been_received(
    socket: UDPSocket, promise: Promise[None], datagrams: list[Datagram], failure: OSError | None
) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-udpsocket-readable-stream"""
    for data, source in datagrams:
        message = UDPMessage(data) if socket._is_connected else UDPMessage(data, *source)
        enqueue_into_readable_stream(socket._readable, message)
    if failure is not None and is_readable(socket._readable):
        error_readable_stream(socket._readable, error_of(failure))
        handle_closing_the_udpsocket_readable_stream(socket)
    resolve(promise)


def handle_closing_the_udpsocket_readable_stream(socket: UDPSocket) -> None:
    """https://wicg.github.io/direct-sockets/#dfn-handle-closing-the-udpsocket-readable-stream"""
    if is_active(socket._writable):
        return
    give_back(socket, socket._datagrams)
    queue_a_global_task(
        "UDPSocket",
        socket._settings_object,
        partial(settle_the_closed_promise, socket, socket._writable, socket._readable),
    )


# ---- [[writable]] --------------------------------------------------------------------------------


def initialize_the_udpsocket_writable_stream(socket: UDPSocket) -> None:
    """https://wicg.github.io/direct-sockets/#dfn-initialize-the-udpsocket-writable-stream"""
    stream = new(WritableStream)
    set_up_writable_stream(
        stream,
        partial(write, socket),
        partial(handle_closing_the_udpsocket_writable_stream, socket),
        lambda reason: handle_closing_the_udpsocket_writable_stream(socket),
    )
    aborting_ongoing_activities.add(
        signal_of_writable_stream(stream), partial(stop_writing, socket)
    )
    socket._writable = stream


def write(socket: UDPSocket, chunk: object) -> Promise[None]:
    """TypeError if it is no message, or has no address where the socket is bound, or has one where
    it is connected.

    Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-udpsocket-writable-stream
    """
    if chunk is None:
        raise TypeError("Expected a message with `data`, not None")
    nothing: UDPMessageInit = {}
    message = to_dictionary(UDPMessageInit, chunk, nothing)
    if "data" not in message:
        raise TypeError("A message has `data`")
    if socket._is_connected:
        for name in ("remoteAddress", "remotePort", "dnsQueryType"):
            if name in message:
                raise TypeError(f"A socket that is connected takes no messages with {name}")
        address, options = None, None
    else:
        for name in ("remoteAddress", "remotePort"):
            if name not in message:
                raise TypeError(f"A socket that is bound takes no messages without {name}")
        port = to_integer(message["remotePort"], 16)
        address = UDPAddress(to_dom_string(message["remoteAddress"]), port)
        family = to_dns_query_type(message["dnsQueryType"]) if "dnsQueryType" in message else None
        options = SocketOptions(family=family)
    data = get_a_copy_of_the_buffer_source(message["data"])
    promise: Promise[None] = a_new_promise()
    socket._pending_write = promise
    sending = in_parallel(send(socket, data, address, options, promise))
    socket._stop_writing = sending.cancel
    return promise


async def send(
    socket: UDPSocket,
    data: bytes,
    address: UDPAddress | None,
    options: SocketOptions | None,
    promise: Promise[None],
) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-udpsocket-writable-stream"""
    failure = None
    if current_gate.get() is not None:
        await until_let_out()
    try:
        if address is not None:
            address = address._replace(host=to_host(address.host))
        await socket._datagrams.send(data, address, options)
    except OSError as error:
        failure = error
    queue_a_global_task(
        "UDPSocket",
        socket._settings_object,
        partial(when_the_data_has_been_sent, socket, promise, failure),
    )


def when_the_data_has_been_sent(
    socket: UDPSocket, promise: Promise[None], failure: OSError | None
) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-udpsocket-writable-stream"""
    socket._stop_writing = socket._pending_write = None
    if failure is None:
        resolve(promise)
        return
    reject(promise, error_of(failure))
    handle_closing_the_udpsocket_writable_stream(socket)


def stop_writing(socket: UDPSocket) -> None:
    """The signal is aborted: who waits to send a datagram waits no more.

    Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-udpsocket-writable-stream
    """
    if socket._pending_write is not None and socket._stop_writing is not None:
        socket._stop_writing()
        reject(socket._pending_write, signal_of_writable_stream(socket._writable).reason)
        socket._stop_writing = socket._pending_write = None


def handle_closing_the_udpsocket_writable_stream(socket: UDPSocket) -> None:
    """https://wicg.github.io/direct-sockets/#dfn-handle-closing-the-udpsocket-writable-stream"""
    if is_active(socket._readable):
        return
    give_back(socket, socket._datagrams)
    queue_a_global_task(
        "UDPSocket",
        socket._settings_object,
        partial(settle_the_closed_promise, socket, socket._readable, socket._writable),
    )
