"""Attributes: what the two streams of a socket do.

Sockets API, 3.3: https://sockets-api.proposal.wintertc.org/#attributes
"""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from typing import TYPE_CHECKING

from ..host.byte_stream import PIECE, send
from ..host.gates import current_gate, let_steps_out
from ..host.letting_out import until_let_out
from ..html.event_loops import in_parallel
from ..html.settings_objects import queue_a_global_task
from ..streams.other_specifications import (
    close_readable_stream,
    error_readable_stream,
    is_readable,
    pull_from_bytes,
    set_up_readable_stream_with_byte_reading_support,
)
from ..streams.other_specifications_writable import error_writable_stream, set_up_writable_stream
from ..streams.readable_stream import ReadableStream
from ..streams.writable_stream import WritableStream
from ..webidl.interfaces import new
from ..webidl.promises import Promise, a_new_promise, resolve
from ..webidl.type_mapping import get_a_copy_of_the_buffer_source, to_usv_string
from .concepts import end, end_when_all_is_written
from .socket_error import SocketError, socket_error

if TYPE_CHECKING:
    from .socket_class import Socket

# ---- readable ------------------------------------------------------------------------------------


def set_up_readable(socket: Socket) -> ReadableStream:
    """Nothing is taken from the network before somebody reads, but for what asyncio reads ahead:
    the other side has to wait.

    Part of https://sockets-api.proposal.wintertc.org/#readable-attribute
    """
    readable = new(ReadableStream)
    set_up_readable_stream_with_byte_reading_support(readable, partial(pull, socket))
    return readable


def pull(socket: Socket) -> Promise[None] | None:
    """Give the reader what has come, or what comes next.

    Part of https://sockets-api.proposal.wintertc.org/#dom-socket-readable
    """
    if socket._upgraded:
        return None  # the connection is no longer this socket's
    if socket._left_over:
        socket._left_over = pull_from_bytes(socket._left_over, socket._readable)
        return None
    stream = socket._stream
    if stream is not None and (data := stream.take()):
        socket._left_over = pull_from_bytes(data, socket._readable)
        return None
    promise: Promise[None] = a_new_promise()
    socket._stop_reading = in_parallel(receive(socket, promise)).cancel
    return promise


async def receive(socket: Socket, promise: Promise[None]) -> None:
    """Wait for something to come, or for the end.

    Part of https://sockets-api.proposal.wintertc.org/#dom-socket-readable
    """
    data, failure = b"", None
    try:
        await socket._opened
    except Exception:
        return  # the stream has been told
    assert socket._stream is not None
    try:
        data = await socket._stream.read()
    except OSError as error:
        failure = error
    queue_a_global_task(
        "networking",
        socket._settings_object,
        partial(when_something_has_come, socket, promise, data, failure),
    )


def when_something_has_come(
    socket: Socket, promise: Promise[None], data: bytes, failure: OSError | None
) -> None:
    """Bytes, the end of the other side (b""), or a failure.

    Part of https://sockets-api.proposal.wintertc.org/#dom-socket-closed
    """
    if socket._is_over:
        return
    socket._stop_reading = None
    if failure is not None:
        error = socket_error("The connection is broken", failure)
        error_readable_stream(socket._readable, error)
        error_writable_stream(socket._writable, error)
        end(socket)
    elif data and is_readable(socket._readable):
        socket._left_over = pull_from_bytes(data, socket._readable)
    elif not data:
        close_readable_stream(socket._readable)
        socket._has_ended = True
        if not (socket._allow_half_open and can_be_half_open(socket)):
            end_when_all_is_written(socket)
        elif socket._writable._state != "writable":
            end(socket)
    resolve(promise)


def can_be_half_open(socket: Socket) -> bool:
    """Whether something can be sent to who has said that it has nothing more to say. Over TLS
    asyncio ends both directions at once.

    Part of https://sockets-api.proposal.wintertc.org/#dom-socketoptions-allowhalfopen
    """
    return socket._stream is not None and not socket._stream.is_secure


# ---- writable ------------------------------------------------------------------------------------


def set_up_writable(socket: Socket) -> WritableStream:
    """A chunk is written when the network has room for more.

    Part of https://sockets-api.proposal.wintertc.org/#writable-attribute
    """
    writable = new(WritableStream)
    set_up_writable_stream(
        writable,
        partial(write, socket),
        partial(finish_writing, socket),
        lambda reason: finish_writing(socket),
    )
    return writable


def write(socket: Socket, chunk: object) -> Awaitable[None] | None:
    """Hand a chunk to the network, and wait until it takes more; None if it does already.

    Part of https://sockets-api.proposal.wintertc.org/#dom-socket-writable
    """
    data = (
        to_usv_string(chunk).encode()
        if isinstance(chunk, str)
        else get_a_copy_of_the_buffer_source(chunk)
    )
    stream = socket._stream
    has_to_wait = current_gate.get() is not None or len(data) > PIECE
    if stream is None or stream.is_lost or has_to_wait:
        return in_parallel(write_in_pieces(socket, data))
    stream.write(data)
    return in_parallel(write_in_pieces(socket, b"")) if stream.is_held_up else None


async def write_in_pieces(socket: Socket, data: bytes) -> None:
    """Send bytes as the other side takes them.

    Part of https://sockets-api.proposal.wintertc.org/#dom-socket-writable
    """
    await socket._opened
    if current_gate.get() is not None:
        await until_let_out()
    stream = socket._stream
    if stream is None:
        raise SocketError("The socket is closed")
    try:
        await send(stream, data)
    except OSError as failure:
        if socket._has_ended and not socket._is_over:
            end(socket)
        raise socket_error("The connection is broken", stream.failure or failure) from None


def finish_writing(socket: Socket) -> Awaitable[None] | None:
    """Let the other side know that nothing more will come, where the protocol can.

    Part of https://sockets-api.proposal.wintertc.org/#dom-socket-writable
    """
    if socket._stream is None and not socket._is_over:
        return in_parallel(finish_writing_when_it_is_opened(socket))
    if socket._stream is not None and not socket._upgraded and not socket._is_over:
        let_steps_out(socket._stream.write_eof)
        if socket._has_ended:
            end(socket)
    return None


async def finish_writing_when_it_is_opened(socket: Socket) -> None:
    """Part of https://sockets-api.proposal.wintertc.org/#dom-socket-writable"""
    await socket._opened
    finish_writing(socket)
