"""Concepts: the states of a socket, from *pending* to *closed*.

Sockets API, 2: https://sockets-api.proposal.wintertc.org/#concepts
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from ..host.byte_stream import ByteStream
from ..host.gates import let_steps_out
from ..host.host import Host
from ..host.waiting import within
from ..html.event_loops import in_parallel
from ..html.settings_objects import EnvironmentSettingsObject
from ..streams.other_specifications import error_readable_stream
from ..streams.other_specifications_writable import close_writable_stream, error_writable_stream
from ..streams.writable_operations import writable_stream_close_queued_or_in_flight
from ..webidl.promises import (
    Promise,
    a_promise_rejected_with,
    a_promise_resolved_with,
    mark_as_handled,
    reject,
    resolve,
)
from .open_sockets import keep_until_it_is_lost
from .socket_error import SocketError
from .socket_info import info_of

if TYPE_CHECKING:
    from .socket_class import Socket


class Sockets(WeakSet[Any]):
    """The sockets of a scope, which end with it.

    Part of https://html.spec.whatwg.org/multipage/workers.html#worker-processing-model
    """

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        super().__init__()
        settings_object.closing_steps.append(self.end)

    def end(self) -> None:
        """The scope ends."""
        for socket in list(self):
            break_off(socket)


def establish(socket: Socket, stream: ByteStream) -> None:
    """The socket is *connected*.

    Part of https://sockets-api.proposal.wintertc.org/#socket-concept
    """
    socket._stop_connecting = None
    if socket._is_over:  # it was closed just now
        stream.abort()
        return
    socket._stream = stream
    keep_until_it_is_lost(stream, socket._event_loop)
    resolve(socket._opened, info_of(stream))


def fail_to_connect(socket: Socket, error: SocketError) -> None:
    """There is no connection, and will be none.

    Part of https://sockets-api.proposal.wintertc.org/#dom-connect-connect
    """
    if socket._is_over:
        return
    socket._stop_connecting = None
    socket._is_over = True
    reject(socket._closed, error)
    reject(socket._opened, error)
    # DEVIATION: by the letter `readable` is canceled, which tells who reads that all has come.
    error_readable_stream(socket._readable, error)
    error_writable_stream(socket._writable, error)


def become_closed(socket: Socket) -> None:
    """The socket is *closed*. What becomes of its connection is the caller's to say.

    Part of https://sockets-api.proposal.wintertc.org/#socket-concept
    """
    socket._is_over = True
    for stop in (socket._stop_connecting, socket._stop_reading):
        if stop is not None:
            stop()
    socket._stop_connecting = socket._stop_reading = None
    resolve(socket._closed)


def end(socket: Socket) -> None:
    """Close the socket, and its connection when all that the network was given is sent.

    Part of https://sockets-api.proposal.wintertc.org/#socket-concept
    """
    become_closed(socket)
    if socket._stream is not None:
        let_steps_out(socket._stream.close)


def end_when_all_is_written(socket: Socket) -> None:
    """Close the socket, and its connection when all is written that `writable` was given. The other
    side has a while to take more of it.

    Part of https://sockets-api.proposal.wintertc.org/#dom-socketoptions-allowhalfopen
    """
    become_closed(socket)
    written = close_the_writable_stream(socket)
    mark_as_handled(written)
    assert socket._stream is not None
    in_parallel(finish(socket._stream, written, socket._settings_object.host))


async def finish(stream: ByteStream, written: Promise[None], host: Host) -> None:
    """Close a connection when everything is written, or the other side takes nothing more.

    Part of https://sockets-api.proposal.wintertc.org/#dom-socketoptions-allowhalfopen
    """

    async def all_is_written() -> None:
        await written

    taken = -1
    while taken != (taken := stream.bytes_taken()):
        try:
            await within(host.timeouts.content, host.clock, all_is_written(), lambda _: None)
        except TimeoutError:
            continue
        except Exception:
            break  # the other side has gone
        stream.close()
        return
    stream.abort()


def close_the_writable_stream(socket: Socket) -> Promise[None]:
    """Close `writable`, whoever has locked it. The promise is of all that it was given being
    written.

    Part of https://sockets-api.proposal.wintertc.org/#writable-attribute
    """
    writable = socket._writable
    if writable_stream_close_queued_or_in_flight(writable):
        closing = writable._close_request or writable._in_flight_close_request
        assert closing is not None
        return closing
    if writable._state == "writable":
        return close_writable_stream(writable)
    if writable._state == "closed":
        return a_promise_resolved_with(None)
    return a_promise_rejected_with(writable._stored_error)


def break_off(socket: Socket) -> None:
    """Close the socket, and let the other side see that its connection was broken off; but one that
    has said all it had to say ends in order.

    Part of https://sockets-api.proposal.wintertc.org/#socket-concept
    """
    become_closed(socket)
    if socket._stream is None:
        return
    if socket._writable._state == "closed":
        socket._stream.close()
    else:
        socket._stream.abort()
