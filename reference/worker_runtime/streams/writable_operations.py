"""Interfacing with controllers: how a change inside a controller shows on its writable stream.

Streams Standard, 5.5.2: https://streams.spec.whatwg.org/#ws-abstract-ops-used-by-controllers

Here is also what those algorithms need of "Working with writable streams" (5.5.1) and of "Writers"
(5.5.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..webidl.promises import (
    FULFILLED,
    PENDING,
    Promise,
    a_new_promise,
    a_promise_rejected_with,
    mark_as_handled,
    perform_promise_then,
    reject,
    settle,
)

if TYPE_CHECKING:
    from .writable_stream import WritableStream
    from .writers import WritableStreamDefaultWriter


@dataclass(slots=True, eq=False)
class PendingAbortRequest:
    """https://streams.spec.whatwg.org/#pending-abort-request"""

    promise: Promise[None]
    reason: object
    was_already_erroring: bool


def is_writable_stream_locked(stream: WritableStream) -> bool:
    """https://streams.spec.whatwg.org/#is-writable-stream-locked"""
    return stream._writer is not None


# ---- 5.5.2 Interfacing with controllers ----------------------------------------------------------


def writable_stream_add_write_request(stream: WritableStream) -> Promise[None]:
    """https://streams.spec.whatwg.org/#writable-stream-add-write-request"""
    assert is_writable_stream_locked(stream)
    assert stream._state == "writable"
    promise: Promise[None] = a_new_promise()
    stream._write_requests.append(promise)
    return promise


def writable_stream_close_queued_or_in_flight(stream: WritableStream) -> bool:
    """https://streams.spec.whatwg.org/#writable-stream-close-queued-or-in-flight"""
    return stream._close_request is not None or stream._in_flight_close_request is not None


def writable_stream_deal_with_rejection(stream: WritableStream, error: object) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-deal-with-rejection"""
    if stream._state == "writable":
        writable_stream_start_erroring(stream, error)
        return
    assert stream._state == "erroring"
    writable_stream_finish_erroring(stream)


def writable_stream_finish_erroring(stream: WritableStream) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-finish-erroring"""
    assert stream._state == "erroring"
    assert not writable_stream_has_operation_marked_in_flight(stream)
    stream._state = "errored"
    stream._controller._error_steps()
    stored_error = stream._stored_error
    for write_request in stream._write_requests:
        reject(write_request, stored_error)
    stream._write_requests.clear()
    if stream._pending_abort_request is None:
        writable_stream_reject_close_and_closed_promise_if_needed(stream)
        return
    abort_request, stream._pending_abort_request = stream._pending_abort_request, None
    if abort_request.was_already_erroring:
        reject(abort_request.promise, stored_error)
        writable_stream_reject_close_and_closed_promise_if_needed(stream)
        return
    promise = stream._controller._abort_steps(abort_request.reason)

    def upon_fulfillment(_: object) -> None:
        settle(abort_request.promise, FULFILLED, None)
        writable_stream_reject_close_and_closed_promise_if_needed(stream)

    def upon_rejection(reason: object) -> None:
        reject(abort_request.promise, reason)
        writable_stream_reject_close_and_closed_promise_if_needed(stream)

    perform_promise_then(promise, upon_fulfillment, upon_rejection)


def writable_stream_finish_in_flight_close(stream: WritableStream) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-close"""
    assert stream._in_flight_close_request is not None
    settle(stream._in_flight_close_request, FULFILLED, None)
    stream._in_flight_close_request = None
    assert stream._state in ("writable", "erroring")
    if stream._state == "erroring":
        stream._stored_error = None
        if stream._pending_abort_request is not None:
            settle(stream._pending_abort_request.promise, FULFILLED, None)
            stream._pending_abort_request = None
    stream._state = "closed"
    if stream._writer is not None:
        settle(stream._writer._closed_promise, FULFILLED, None)
    assert stream._pending_abort_request is None
    assert stream._stored_error is None


def writable_stream_finish_in_flight_close_with_error(
    stream: WritableStream, error: object
) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-close-with-error"""
    assert stream._in_flight_close_request is not None
    reject(stream._in_flight_close_request, error)
    stream._in_flight_close_request = None
    assert stream._state in ("writable", "erroring")
    if stream._pending_abort_request is not None:
        reject(stream._pending_abort_request.promise, error)
        stream._pending_abort_request = None
    writable_stream_deal_with_rejection(stream, error)


def writable_stream_finish_in_flight_write(stream: WritableStream) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-write"""
    assert stream._in_flight_write_request is not None
    settle(stream._in_flight_write_request, FULFILLED, None)
    stream._in_flight_write_request = None


def writable_stream_finish_in_flight_write_with_error(
    stream: WritableStream, error: object
) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-write-with-error"""
    assert stream._in_flight_write_request is not None
    reject(stream._in_flight_write_request, error)
    stream._in_flight_write_request = None
    assert stream._state in ("writable", "erroring")
    writable_stream_deal_with_rejection(stream, error)


def writable_stream_has_operation_marked_in_flight(stream: WritableStream) -> bool:
    """https://streams.spec.whatwg.org/#writable-stream-has-operation-marked-in-flight"""
    return (
        stream._in_flight_write_request is not None or stream._in_flight_close_request is not None
    )


def writable_stream_mark_close_request_in_flight(stream: WritableStream) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-mark-close-request-in-flight"""
    assert stream._in_flight_close_request is None
    assert stream._close_request is not None
    stream._in_flight_close_request, stream._close_request = stream._close_request, None


def writable_stream_mark_first_write_request_in_flight(stream: WritableStream) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-mark-first-write-request-in-flight"""
    assert stream._in_flight_write_request is None
    stream._in_flight_write_request = stream._write_requests.popleft()


def writable_stream_reject_close_and_closed_promise_if_needed(stream: WritableStream) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-reject-close-and-closed-promise-if-needed"""
    assert stream._state == "errored"
    if stream._close_request is not None:
        assert stream._in_flight_close_request is None
        reject(stream._close_request, stream._stored_error)
        stream._close_request = None
    writer = stream._writer
    if writer is not None:
        reject(writer._closed_promise, stream._stored_error)
        mark_as_handled(writer._closed_promise)


def writable_stream_start_erroring(stream: WritableStream, reason: object) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-start-erroring"""
    assert stream._stored_error is None
    assert stream._state == "writable"
    controller = stream._controller
    stream._state = "erroring"
    stream._stored_error = reason
    writer = stream._writer
    if writer is not None:
        writable_stream_default_writer_ensure_ready_promise_rejected(writer, reason)
    if not writable_stream_has_operation_marked_in_flight(stream) and controller._started:
        writable_stream_finish_erroring(stream)


def writable_stream_update_backpressure(stream: WritableStream, backpressure: bool) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-update-backpressure"""
    assert stream._state == "writable"
    assert not writable_stream_close_queued_or_in_flight(stream)
    writer = stream._writer
    if writer is not None and backpressure is not stream._backpressure:
        if backpressure:
            writer._ready_promise = a_new_promise()
        else:
            settle(writer._ready_promise, FULFILLED, None)
    stream._backpressure = backpressure


# ---- of 5.5.3 Writers ----------------------------------------------------------------------------


def writable_stream_default_writer_ensure_closed_promise_rejected(
    writer: WritableStreamDefaultWriter, error: object
) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-default-writer-ensure-closed-promise-rejected"""
    if writer._closed_promise._state == PENDING:
        reject(writer._closed_promise, error)
    else:
        writer._closed_promise = a_promise_rejected_with(error)
    mark_as_handled(writer._closed_promise)


def writable_stream_default_writer_ensure_ready_promise_rejected(
    writer: WritableStreamDefaultWriter, error: object
) -> None:
    """https://streams.spec.whatwg.org/#writable-stream-default-writer-ensure-ready-promise-rejected"""
    if writer._ready_promise._state == PENDING:
        reject(writer._ready_promise, error)
    else:
        writer._ready_promise = a_promise_rejected_with(error)
    mark_as_handled(writer._ready_promise)
