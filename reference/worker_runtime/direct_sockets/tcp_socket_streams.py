"""The streams of a TCPSocket.

Direct Sockets, 1.2 and 1.3:
https://wicg.github.io/direct-sockets/#tcpsocket-readable-attribute-internal
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..dom import aborting_ongoing_activities
from ..host.byte_stream import PIECE, ByteStream, send
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
from ..streams.other_specifications_writable import (
    set_up_writable_stream,
    signal_of_writable_stream,
)
from ..streams.readable_stream import ReadableStream
from ..streams.writable_stream import WritableStream
from ..webidl.interfaces import new
from ..webidl.promises import Promise, a_new_promise, reject, resolve
from ..webidl.type_mapping import get_a_copy_of_the_buffer_source
from .concepts import is_active, settle_the_closed_promise
from .options import error_of

if TYPE_CHECKING:
    from .tcp_socket import TCPSocket

# ---- [[readable]] --------------------------------------------------------------------------------


def initialize_the_tcpsocket_readable_stream(socket: TCPSocket) -> None:
    """https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpsocket-readable-stream"""
    stream = new(ReadableStream)
    set_up_readable_stream_with_byte_reading_support(
        stream,
        partial(pull, socket),
        lambda reason: handle_closing_the_tcpsocket_readable_stream(socket),
    )
    socket._readable = stream


def pull(socket: TCPSocket) -> Promise[None] | None:
    """What has come and the reader had no room for is given first.

    Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpsocket-readable-stream
    """
    if data := socket._left_over or socket._stream.take():
        socket._left_over = pull_from_bytes(data, socket._readable)
        return None
    # DEVIATION: by the letter the promise is resolved at once, so that a second reading could begin
    # before the first has ended.
    promise: Promise[None] = a_new_promise()
    in_parallel(receive(socket, promise))
    return promise


async def receive(socket: TCPSocket, promise: Promise[None]) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpsocket-readable-stream"""
    data, failure = b"", None
    try:
        data = await socket._stream.read()
    except OSError as error:
        failure = error
    queue_a_global_task(
        "TCPSocket",
        socket._settings_object,
        partial(when_bytes_have_been_read, socket, promise, data, failure),
    )


def when_bytes_have_been_read(
    socket: TCPSocket, promise: Promise[None], data: bytes, failure: OSError | None
) -> None:
    """No bytes are the end of the other side.

    Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpsocket-readable-stream
    """
    if is_readable(socket._readable):
        if failure is not None:
            error_readable_stream(socket._readable, error_of(failure))
            handle_closing_the_tcpsocket_readable_stream(socket)
        elif data:
            socket._left_over = pull_from_bytes(data, socket._readable)
        else:
            close_readable_stream(socket._readable)
            handle_closing_the_tcpsocket_readable_stream(socket)
    resolve(promise)


def handle_closing_the_tcpsocket_readable_stream(socket: TCPSocket) -> None:
    """https://wicg.github.io/direct-sockets/#dfn-handle-closing-the-tcpsocket-readable-stream"""
    if is_active(socket._writable):
        return
    let_steps_out(socket._stream.close)
    queue_a_global_task(
        "TCPSocket",
        socket._settings_object,
        partial(settle_the_closed_promise, socket, socket._writable, socket._readable),
    )


# ---- [[writable]] --------------------------------------------------------------------------------


def initialize_the_tcpsocket_writable_stream(socket: TCPSocket) -> None:
    """https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpsocket-writable-stream"""
    stream = new(WritableStream)
    set_up_writable_stream(
        stream,
        partial(write, socket),
        partial(shut_down, socket),
        lambda reason: shut_down(socket),
    )
    aborting_ongoing_activities.add(
        signal_of_writable_stream(stream), partial(stop_writing, socket)
    )
    socket._writable = stream


def write(socket: TCPSocket, chunk: object) -> Promise[None] | None:
    """None if the network has taken it already.

    Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpsocket-writable-stream
    """
    data = get_a_copy_of_the_buffer_source(chunk)
    stream = socket._stream
    if len(data) <= PIECE and not stream.is_lost and current_gate.get() is None:
        # OPTIMIZATION: nothing goes on in parallel where nobody has to wait.
        stream.write(data)
        data = b""
        if not stream.is_held_up:
            return None
    promise: Promise[None] = a_new_promise()
    socket._pending_write = promise
    socket._stop_writing = in_parallel(write_to_the_socket(socket, stream, data, promise)).cancel
    return promise


async def write_to_the_socket(
    socket: TCPSocket, stream: ByteStream, data: bytes, promise: Promise[None]
) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpsocket-writable-stream"""
    failure = None
    if current_gate.get() is not None:
        await until_let_out()
    try:
        await send(stream, data)
    except OSError as error:
        failure = stream.failure if isinstance(stream.failure, OSError) else error
    queue_a_global_task(
        "TCPSocket",
        socket._settings_object,
        partial(when_bytes_have_been_written, socket, promise, failure),
    )


def when_bytes_have_been_written(
    socket: TCPSocket, promise: Promise[None], failure: OSError | None
) -> None:
    """Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpsocket-writable-stream"""
    socket._stop_writing = socket._pending_write = None
    if failure is None:
        resolve(promise)
        return
    reject(promise, error_of(failure))
    handle_closing_the_tcpsocket_writable_stream(socket)


def stop_writing(socket: TCPSocket) -> None:
    """The signal is aborted: a write ends, however much of it has been written.

    Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpsocket-writable-stream
    """
    if socket._pending_write is not None and socket._stop_writing is not None:
        socket._stop_writing()
        reject(socket._pending_write, signal_of_writable_stream(socket._writable).reason)
        socket._stop_writing = socket._pending_write = None


def shut_down(socket: TCPSocket) -> None:
    """The other side is told that nothing more will come, after all that was written.

    Part of https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpsocket-writable-stream
    """
    let_steps_out(socket._stream.write_eof)
    handle_closing_the_tcpsocket_writable_stream(socket)


def handle_closing_the_tcpsocket_writable_stream(socket: TCPSocket) -> None:
    """https://wicg.github.io/direct-sockets/#dfn-handle-closing-the-tcpsocket-writable-stream"""
    if is_active(socket._readable):
        return
    let_steps_out(socket._stream.close)
    queue_a_global_task(
        "TCPSocket",
        socket._settings_object,
        partial(settle_the_closed_promise, socket, socket._readable, socket._writable),
    )
