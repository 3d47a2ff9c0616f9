"""What the three kinds of sockets have in common.

Direct Sockets: https://wicg.github.io/direct-sockets/#tcpsocket-interface
"""

from __future__ import annotations

from functools import partial
from typing import Any, Protocol
from weakref import WeakSet

from ..host.datagram_socket import DatagramSocket
from ..host.network import ListeningSocket
from ..html.event_loops import EventLoop, call_in_a_turn
from ..html.settings_objects import EnvironmentSettingsObject
from ..sockets_api.open_sockets import OpenSockets
from ..streams.readable_stream import ReadableStream
from ..streams.writable_stream import WritableStream
from ..webidl.exceptions import DOMException
from ..webidl.promises import PENDING, Promise, a_promise_rejected_with, reject, resolve


class HasAnEnd(Protocol):
    """A socket of any kind.

    Part of https://wicg.github.io/direct-sockets/#dfn-closedpromise
    """

    _closed_promise: Promise[None]
    _event_loop: EventLoop
    _opened_promise: Promise[Any]
    _settings_object: EnvironmentSettingsObject

    def _break_off(self) -> None:
        """Give everything back to the system, now."""


class HasTwoStreams(HasAnEnd, Protocol):
    """A TCPSocket or a UDPSocket.

    Part of https://wicg.github.io/direct-sockets/#dfn-closedpromise
    """

    _was_closed: bool  # by its method


class DirectSockets(WeakSet[Any]):
    """The sockets of a scope, which end with it.

    Part of https://html.spec.whatwg.org/multipage/workers.html#worker-processing-model
    """

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        super().__init__()
        settings_object.closing_steps.append(self.end)

    def end(self) -> None:
        """The scope ends."""
        for socket in list(self):
            socket._break_off()


def keep(socket: HasAnEnd, opened: ListeningSocket | DatagramSocket) -> None:
    """Keep what a socket has of the system, until it is given back.

    Part of https://wicg.github.io/direct-sockets/#dfn-openedpromise
    """
    socket._event_loop.record(OpenSockets).opened.add(opened)


def give_back(socket: HasAnEnd, opened: ListeningSocket | DatagramSocket) -> None:
    """Close what a socket has of the system.

    Part of https://wicg.github.io/direct-sockets/#dfn-handle-closing-the-udpsocket-readable-stream
    """
    opened.close()
    record = socket._event_loop.record(OpenSockets)
    record.opened.discard(opened)
    record.waiting.discard(socket)


def has_been_dropped(socket: HasAnEnd) -> None:
    """Nobody can use a socket any more: what it has is given back, in its own thread. Who waits for
    the end learns of it.

    Part of https://wicg.github.io/direct-sockets/#dfn-closedpromise
    """
    if socket._closed_promise._state == PENDING:
        call_in_a_turn(socket._event_loop, partial(end_what_was_dropped, socket))


def end_what_was_dropped(socket: HasAnEnd) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dfn-closedpromise"""
    socket._break_off()
    resolve(socket._closed_promise)


def is_active(stream: ReadableStream | WritableStream) -> bool:
    """Whether something can still go through a stream.

    Part of https://wicg.github.io/direct-sockets/#dfn-handle-closing-the-tcpsocket-readable-stream
    """
    return stream._state in ("readable", "writable", "erroring")


def settle_the_closed_promise(
    socket: HasTwoStreams,
    first: ReadableStream | WritableStream,
    second: ReadableStream | WritableStream,
) -> None:
    """Reject it with what has errored the first stream, or else the second; or resolve it.

    Part of https://wicg.github.io/direct-sockets/#dfn-handle-closing-the-tcpsocket-readable-stream
    """
    for stream in (first, second):
        # DEVIATION: by the letter the method `close()`, which aborts `writable`, would have it
        # rejected with undefined.
        is_aborted = socket._was_closed and isinstance(stream, WritableStream)
        if stream._state == "errored" and not is_aborted:
            reject(socket._closed_promise, stream._stored_error)
            return
    resolve(socket._closed_promise)


def invalid_state(message: str) -> Promise[None]:
    """A promise rejected with an "InvalidStateError".

    Part of https://wicg.github.io/direct-sockets/#dom-tcpsocket-close
    """
    return a_promise_rejected_with(DOMException(message, "InvalidStateError"))
