"""Interfacing with controllers: how a change inside a controller shows on its readable stream.

Streams Standard, 4.9.2: https://streams.spec.whatwg.org/#rs-abstract-ops-used-by-controllers

Here is also what those algorithms need of "Working with readable streams" (4.9.1) and of "Readers"
(4.9.3). Which interface a reader implements is said by its `_mode`, so that this file needs not
import those that stand upon it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Protocol

from ..webidl.promises import (
    FULFILLED,
    Promise,
    a_promise_rejected_with,
    a_promise_resolved_with,
    mark_as_handled,
    react,
    reject,
    settle,
)

if TYPE_CHECKING:
    from .readable_stream import ReadableStream
    from .readers import ReadableStreamBYOBReader, ReadableStreamDefaultReader, ReadableStreamReader


class ReadableStreamController(Protocol):
    """The internal methods that both kinds of controllers have.

    Part of https://streams.spec.whatwg.org/#rs-abstract-ops-used-by-controllers
    """

    def _cancel_steps(self, reason: object) -> Promise[None]:
        """https://streams.spec.whatwg.org/#abstract-opdef-readablestreamcontroller-cancelsteps"""

    def _pull_steps(self, read_request: ReadRequest) -> None:
        """https://streams.spec.whatwg.org/#abstract-opdef-readablestreamcontroller-pullsteps"""

    def _release_steps(self) -> None:
        """https://streams.spec.whatwg.org/#abstract-opdef-readablestreamcontroller-releasesteps"""


class ReadRequest(Protocol):
    """What to do when a chunk is there, when the stream is closed, and when it is errored; one of
    the three happens, once.

    https://streams.spec.whatwg.org/#read-request
    """

    def chunk_steps(self, chunk: Any) -> None:
        """https://streams.spec.whatwg.org/#read-request-chunk-steps"""

    def close_steps(self) -> None:
        """https://streams.spec.whatwg.org/#read-request-close-steps"""

    def error_steps(self, e: object) -> None:
        """https://streams.spec.whatwg.org/#read-request-error-steps"""


class ReadIntoRequest(Protocol):
    """What to do when a view is filled, when the stream is closed (with the view that was to be
    filled, or None if the stream was canceled), and when it is errored; one of the three happens,
    once.

    https://streams.spec.whatwg.org/#read-into-request
    """

    def chunk_steps(self, chunk: memoryview) -> None:
        """https://streams.spec.whatwg.org/#read-into-request-chunk-steps"""

    def close_steps(self, chunk: memoryview | None) -> None:
        """https://streams.spec.whatwg.org/#read-into-request-close-steps"""

    def error_steps(self, e: object) -> None:
        """https://streams.spec.whatwg.org/#read-into-request-error-steps"""


def is_readable_stream_locked(stream: ReadableStream) -> bool:
    """https://streams.spec.whatwg.org/#is-readable-stream-locked"""
    return stream._reader is not None


# ---- 4.9.2 Interfacing with controllers ----------------------------------------------------------


def readable_stream_add_read_into_request(
    stream: ReadableStream, read_request: ReadIntoRequest
) -> None:
    """https://streams.spec.whatwg.org/#readable-stream-add-read-into-request"""
    reader = stream._reader
    assert reader is not None and reader._mode == "byob"
    assert stream._state in ("readable", "closed")
    reader._read_into_requests.append(read_request)


def readable_stream_add_read_request(stream: ReadableStream, read_request: ReadRequest) -> None:
    """https://streams.spec.whatwg.org/#readable-stream-add-read-request"""
    reader = stream._reader
    assert reader is not None and reader._mode == "default"
    assert stream._state == "readable"
    reader._read_requests.append(read_request)


def readable_stream_cancel(stream: ReadableStream, reason: object) -> Promise[None]:
    """https://streams.spec.whatwg.org/#readable-stream-cancel"""
    stream._disturbed = True
    if stream._state == "closed":
        return a_promise_resolved_with(None)
    if stream._state == "errored":
        return a_promise_rejected_with(stream._stored_error)
    readable_stream_close(stream)
    reader = stream._reader
    if reader is not None and reader._mode == "byob":
        read_into_requests, reader._read_into_requests = reader._read_into_requests, deque()
        for read_into_request in read_into_requests:
            read_into_request.close_steps(None)
    source_cancel_promise = stream._controller._cancel_steps(reason)
    return react(source_cancel_promise, lambda _: None)


def readable_stream_close(stream: ReadableStream) -> None:
    """https://streams.spec.whatwg.org/#readable-stream-close"""
    assert stream._state == "readable"
    stream._state = "closed"
    reader = stream._reader
    if reader is None:
        return
    settle(reader._closed_promise, FULFILLED, None)
    if reader._mode == "default":
        read_requests, reader._read_requests = reader._read_requests, deque()
        for read_request in read_requests:
            read_request.close_steps()


def readable_stream_error(stream: ReadableStream, e: object) -> None:
    """https://streams.spec.whatwg.org/#readable-stream-error"""
    assert stream._state == "readable"
    stream._state = "errored"
    stream._stored_error = e
    reader = stream._reader
    if reader is None:
        return
    reject(reader._closed_promise, e)
    mark_as_handled(reader._closed_promise)
    if reader._mode == "default":
        readable_stream_default_reader_error_read_requests(reader, e)
    else:
        assert reader._mode == "byob"
        readable_stream_byob_reader_error_read_into_requests(reader, e)


def readable_stream_fulfill_read_into_request(
    stream: ReadableStream, chunk: memoryview, done: bool
) -> None:
    """https://streams.spec.whatwg.org/#readable-stream-fulfill-read-into-request"""
    reader = stream._reader
    assert reader is not None and reader._mode == "byob"
    read_into_request = reader._read_into_requests.popleft()
    if done:
        read_into_request.close_steps(chunk)
    else:
        read_into_request.chunk_steps(chunk)


def readable_stream_fulfill_read_request(stream: ReadableStream, chunk: object, done: bool) -> None:
    """https://streams.spec.whatwg.org/#readable-stream-fulfill-read-request"""
    reader = stream._reader
    assert reader is not None and reader._mode == "default"
    read_request = reader._read_requests.popleft()
    if done:
        read_request.close_steps()
    else:
        read_request.chunk_steps(chunk)


def readable_stream_get_num_read_into_requests(stream: ReadableStream) -> int:
    """https://streams.spec.whatwg.org/#readable-stream-get-num-read-into-requests"""
    reader = stream._reader
    assert reader is not None and reader._mode == "byob"
    return len(reader._read_into_requests)


def readable_stream_get_num_read_requests(stream: ReadableStream) -> int:
    """https://streams.spec.whatwg.org/#readable-stream-get-num-read-requests"""
    reader = stream._reader
    assert reader is not None and reader._mode == "default"
    return len(reader._read_requests)


def readable_stream_has_byob_reader(stream: ReadableStream) -> bool:
    """https://streams.spec.whatwg.org/#readable-stream-has-byob-reader"""
    return stream._reader is not None and stream._reader._mode == "byob"


def readable_stream_has_default_reader(stream: ReadableStream) -> bool:
    """https://streams.spec.whatwg.org/#readable-stream-has-default-reader"""
    return stream._reader is not None and stream._reader._mode == "default"


# ---- of 4.9.3 Readers ----------------------------------------------------------------------------


def readable_stream_byob_reader_error_read_into_requests(
    reader: ReadableStreamBYOBReader, e: object
) -> None:
    """https://streams.spec.whatwg.org/#abstract-opdef-readablestreambyobreadererrorreadintorequests"""
    read_into_requests, reader._read_into_requests = reader._read_into_requests, deque()
    for read_into_request in read_into_requests:
        read_into_request.error_steps(e)


def readable_stream_default_reader_error_read_requests(
    reader: ReadableStreamDefaultReader, e: object
) -> None:
    """https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaultreadererrorreadrequests"""
    read_requests, reader._read_requests = reader._read_requests, deque()
    for read_request in read_requests:
        read_request.error_steps(e)
