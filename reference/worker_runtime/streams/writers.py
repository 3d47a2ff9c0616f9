"""Writers: a writer holds the lock of a writable stream, and writes to it.

Streams Standard, 5.3, 5.5.1 and 5.5.3: https://streams.spec.whatwg.org/#default-writer-class
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..dom.aborting_ongoing_activities import signal_abort
from ..webidl.interfaces import new
from ..webidl.promises import (
    FULFILLED,
    Promise,
    a_new_promise,
    a_promise_rejected_with,
    a_promise_resolved_with,
    mark_as_handled,
    settle,
)
from .writable_controller import (
    writable_stream_default_controller_close,
    writable_stream_default_controller_get_chunk_size,
    writable_stream_default_controller_get_desired_size,
    writable_stream_default_controller_write,
)
from .writable_operations import (
    PendingAbortRequest,
    is_writable_stream_locked,
    writable_stream_add_write_request,
    writable_stream_close_queued_or_in_flight,
    writable_stream_default_writer_ensure_closed_promise_rejected,
    writable_stream_default_writer_ensure_ready_promise_rejected,
    writable_stream_start_erroring,
)

if TYPE_CHECKING:
    from .writable_stream import WritableStream


class WritableStreamDefaultWriter:
    """Writes chunks, and says when the stream wants more of them.

    https://streams.spec.whatwg.org/#writablestreamdefaultwriter
    """

    # The standard's table of internal slots: [[readyPromise]] is _ready_promise.
    __slots__ = ("__weakref__", "_closed_promise", "_ready_promise", "_stream")

    _closed_promise: Promise[None]
    _ready_promise: Promise[None]
    _stream: WritableStream | None

    def __init__(self, stream: WritableStream) -> None:
        """TypeError if the stream is locked.

        https://streams.spec.whatwg.org/#default-writer-constructor
        """
        set_up_writable_stream_default_writer(self, stream)

    @property
    def closed(self) -> Promise[None]:
        """Fulfilled when the stream is closed, rejected when it is errored or the lock is released.

        https://streams.spec.whatwg.org/#default-writer-closed
        """
        return self._closed_promise

    @property
    def desiredSize(self) -> float | None:
        """How much fits until the high water mark is reached; None if the stream fails. TypeError
        without a lock.

        https://streams.spec.whatwg.org/#default-writer-desired-size
        """
        if self._stream is None:
            raise TypeError("The writer has released its lock")
        return writable_stream_default_writer_get_desired_size(self)

    @property
    def ready(self) -> Promise[None]:
        """Fulfilled as soon as the stream wants more; a new promise each time when it wants no
        more.

        https://streams.spec.whatwg.org/#default-writer-ready
        """
        return self._ready_promise

    def abort(self, reason: object = None) -> Promise[None]:
        """Give up: what is in the queue is gone, and the sink hears the reason.

        https://streams.spec.whatwg.org/#default-writer-abort
        """
        if self._stream is None:
            return a_promise_rejected_with(
                TypeError("Cannot abort: the writer has released its lock")
            )
        return writable_stream_default_writer_abort(self, reason)

    def close(self) -> Promise[None]:
        """Close the stream when everything is written; fulfilled when that is done.

        https://streams.spec.whatwg.org/#default-writer-close
        """
        stream = self._stream
        if stream is None:
            return a_promise_rejected_with(
                TypeError("Cannot close: the writer has released its lock")
            )
        if writable_stream_close_queued_or_in_flight(stream):
            return a_promise_rejected_with(TypeError("Cannot close: the stream is closing already"))
        return writable_stream_default_writer_close(self)

    def releaseLock(self) -> None:
        """Let others write to the stream; what has been written is not affected.

        https://streams.spec.whatwg.org/#default-writer-release-lock
        """
        stream = self._stream
        if stream is None:
            return
        assert stream._writer is not None
        writable_stream_default_writer_release(self)

    def write(self, chunk: object = None) -> Promise[None]:
        """Hand a chunk to the stream; fulfilled when the sink has written it.

        https://streams.spec.whatwg.org/#default-writer-write
        """
        if self._stream is None:
            return a_promise_rejected_with(
                TypeError("Cannot write: the writer has released its lock")
            )
        return writable_stream_default_writer_write(self, chunk)


# ---- of 5.5.1 Working with writable streams ------------------------------------------------------


def acquire_writable_stream_default_writer(stream: WritableStream) -> WritableStreamDefaultWriter:
    """https://streams.spec.whatwg.org/#acquire-writable-stream-default-writer"""
    writer = new(WritableStreamDefaultWriter)
    set_up_writable_stream_default_writer(writer, stream)
    return writer


def set_up_writable_stream_default_writer(
    writer: WritableStreamDefaultWriter, stream: WritableStream
) -> None:
    """TypeError if the stream is locked.

    https://streams.spec.whatwg.org/#set-up-writable-stream-default-writer
    """
    if is_writable_stream_locked(stream):
        raise TypeError("Cannot get a writer: the stream is locked")
    writer._stream = stream
    stream._writer = writer
    state = stream._state
    if state == "writable":
        if not writable_stream_close_queued_or_in_flight(stream) and stream._backpressure:
            writer._ready_promise = a_new_promise()
        else:
            writer._ready_promise = a_promise_resolved_with(None)
        writer._closed_promise = a_new_promise()
    elif state == "erroring":
        writer._ready_promise = a_promise_rejected_with(stream._stored_error)
        mark_as_handled(writer._ready_promise)
        writer._closed_promise = a_new_promise()
    elif state == "closed":
        writer._ready_promise = a_promise_resolved_with(None)
        writer._closed_promise = a_promise_resolved_with(None)
    else:
        assert state == "errored"
        stored_error = stream._stored_error
        writer._ready_promise = a_promise_rejected_with(stored_error)
        mark_as_handled(writer._ready_promise)
        writer._closed_promise = a_promise_rejected_with(stored_error)
        mark_as_handled(writer._closed_promise)


def writable_stream_abort(stream: WritableStream, reason: object) -> Promise[None]:
    """https://streams.spec.whatwg.org/#writable-stream-abort"""
    if stream._state in ("closed", "errored"):
        return a_promise_resolved_with(None)
    signal_abort(stream._controller._abort_controller.signal, reason)
    state = stream._state  # which an author's code may just have changed
    if state in ("closed", "errored"):
        return a_promise_resolved_with(None)
    if stream._pending_abort_request is not None:
        return stream._pending_abort_request.promise
    assert state in ("writable", "erroring")
    was_already_erroring = False
    if state == "erroring":
        was_already_erroring = True
        reason = None
    promise: Promise[None] = a_new_promise()
    stream._pending_abort_request = PendingAbortRequest(promise, reason, was_already_erroring)
    if not was_already_erroring:
        writable_stream_start_erroring(stream, reason)
    return promise


def writable_stream_close(stream: WritableStream) -> Promise[None]:
    """https://streams.spec.whatwg.org/#writable-stream-close"""
    state = stream._state
    if state in ("closed", "errored"):
        return a_promise_rejected_with(TypeError(f"Cannot close: the stream is {state}"))
    assert state in ("writable", "erroring")
    assert not writable_stream_close_queued_or_in_flight(stream)
    promise: Promise[None] = a_new_promise()
    stream._close_request = promise
    writer = stream._writer
    if writer is not None and stream._backpressure and state == "writable":
        settle(writer._ready_promise, FULFILLED, None)
    writable_stream_default_controller_close(stream._controller)
    return promise


# ---- 5.5.3 Writers -------------------------------------------------------------------------------


def writable_stream_default_writer_abort(
    writer: WritableStreamDefaultWriter, reason: object
) -> Promise[None]:
    """https://streams.spec.whatwg.org/#writable-stream-default-writer-abort"""
    stream = writer._stream
    assert stream is not None
    return writable_stream_abort(stream, reason)


def writable_stream_default_writer_close(writer: WritableStreamDefaultWriter) -> Promise[None]:
    """https://streams.spec.whatwg.org/#writable-stream-default-writer-close"""
    stream = writer._stream
    assert stream is not None
    return writable_stream_close(stream)


def writable_stream_default_writer_close_with_error_propagation(
    writer: WritableStreamDefaultWriter,
) -> Promise[None]:
    """https://streams.spec.whatwg.org/#writable-stream-default-writer-close-with-error-propagation"""
    stream = writer._stream
    assert stream is not None
    state = stream._state
    if writable_stream_close_queued_or_in_flight(stream) or state == "closed":
        return a_promise_resolved_with(None)
    if state == "errored":
        return a_promise_rejected_with(stream._stored_error)
    assert state in ("writable", "erroring")
    return writable_stream_default_writer_close(writer)


def writable_stream_default_writer_get_desired_size(
    writer: WritableStreamDefaultWriter,
) -> float | None:
    """https://streams.spec.whatwg.org/#writable-stream-default-writer-get-desired-size"""
    stream = writer._stream
    assert stream is not None
    state = stream._state
    if state in ("errored", "erroring"):
        return None
    if state == "closed":
        return 0
    return writable_stream_default_controller_get_desired_size(stream._controller)


def writable_stream_default_writer_release(writer: WritableStreamDefaultWriter) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-default-writer-release"""
    stream = writer._stream
    assert stream is not None
    assert stream._writer is writer
    released_error = TypeError("The writer has released its lock")
    writable_stream_default_writer_ensure_ready_promise_rejected(writer, released_error)
    writable_stream_default_writer_ensure_closed_promise_rejected(writer, released_error)
    stream._writer = None
    writer._stream = None


def writable_stream_default_writer_write(
    writer: WritableStreamDefaultWriter, chunk: object
) -> Promise[None]:
    """https://streams.spec.whatwg.org/#writable-stream-default-writer-write"""
    stream = writer._stream
    assert stream is not None
    controller = stream._controller
    chunk_size = writable_stream_default_controller_get_chunk_size(controller, chunk)
    if stream is not writer._stream:
        return a_promise_rejected_with(TypeError("Cannot write: the writer has released its lock"))
    state = stream._state
    if state == "errored":
        return a_promise_rejected_with(stream._stored_error)
    if writable_stream_close_queued_or_in_flight(stream) or state == "closed":
        return a_promise_rejected_with(TypeError("Cannot write: the stream is closing or closed"))
    if state == "erroring":
        return a_promise_rejected_with(stream._stored_error)
    assert state == "writable"
    promise = writable_stream_add_write_request(stream)
    writable_stream_default_controller_write(controller, chunk, chunk_size)
    return promise
