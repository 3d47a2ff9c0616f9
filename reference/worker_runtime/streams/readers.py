"""Readers: a reader holds the lock of a readable stream, and reads it.

Streams Standard, 4.3 to 4.5 and 4.9.3: https://streams.spec.whatwg.org/#generic-reader-mixin
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, TypeAlias, TypedDict, Unpack

from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import RangeError
from ..webidl.interfaces import new
from ..webidl.promises import (
    FULFILLED,
    Promise,
    a_new_promise,
    a_promise_rejected_with,
    a_promise_resolved_with,
    mark_as_handled,
    reject,
    settle,
    take_up,
)
from ..webidl.type_mapping import to_integer
from .byte_controller import ReadableByteStreamController, byte_controller_of
from .byte_operations import readable_byte_stream_controller_pull_into
from .miscellaneous import is_detached_buffer, to_array_buffer_view
from .readable_operations import (
    ReadIntoRequest,
    ReadRequest,
    is_readable_stream_locked,
    readable_stream_byob_reader_error_read_into_requests,
    readable_stream_cancel,
    readable_stream_default_reader_error_read_requests,
)

if TYPE_CHECKING:
    from .readable_stream import ReadableStream

ReadableStreamReader: TypeAlias = "ReadableStreamDefaultReader | ReadableStreamBYOBReader"


class ReadableStreamBYOBReaderReadOptions(TypedDict, total=False):
    """1 by default.

    https://streams.spec.whatwg.org/#dictdef-readablestreambyobreaderreadoptions
    """

    min: int


class ReadableStreamReadResult(NamedTuple):
    """What `read()` answers; it unpacks: `value, done = await reader.read()`.

    https://streams.spec.whatwg.org/#dictdef-readablestreamreadresult
    """

    value: Any
    done: bool


class ReadableStreamGenericReader:
    """What both kinds of readers have.

    https://streams.spec.whatwg.org/#readablestreamgenericreader
    """

    __slots__ = ("__weakref__", "_closed_promise", "_is_read_at_rest", "_stream")

    _closed_promise: Promise[None]
    # Not of the standard: a ChunkReader reads just now, so no script is at work, but for the one
    # that the stream asks for a chunk.
    _is_read_at_rest: bool
    _stream: ReadableStream | None

    @property
    def closed(self) -> Promise[None]:
        """Fulfilled when the stream is closed, rejected when it is errored or the lock is released.

        https://streams.spec.whatwg.org/#generic-reader-closed
        """
        return self._closed_promise

    def cancel(self, reason: object = None) -> Promise[None]:
        """Nobody wants the rest: close the stream and tell its source why.

        https://streams.spec.whatwg.org/#generic-reader-cancel
        """
        if self._stream is None:
            return a_promise_rejected_with(
                TypeError("Cannot cancel: the reader has released its lock")
            )
        return readable_stream_reader_generic_cancel(self, reason)


class ReadableStreamDefaultReader(ReadableStreamGenericReader):
    """Reads chunks as they come.

    https://streams.spec.whatwg.org/#readablestreamdefaultreader
    """

    __slots__ = ("_abandoned_reads", "_read_requests")

    _mode: ClassVar[Literal["default"]] = "default"
    _read_requests: deque[ReadRequest]
    # not of the standard: the task that waited was cancelled
    _abandoned_reads: deque[Promise[ReadableStreamReadResult]]

    def __init__(self, stream: ReadableStream) -> None:
        """TypeError if the stream is locked.

        https://streams.spec.whatwg.org/#default-reader-constructor
        """
        set_up_readable_stream_default_reader(self, stream)

    def read(self) -> Promise[ReadableStreamReadResult]:
        """The next chunk, or that there is none any more.

        If a task is cancelled while it waits for a chunk, the chunk is not lost: the next reader
        gets it.

        https://streams.spec.whatwg.org/#default-reader-read
        """
        if self._stream is None:
            return a_promise_rejected_with(
                TypeError("Cannot read: the reader has released its lock")
            )
        while self._abandoned_reads:
            abandoned_read = self._abandoned_reads.popleft()
            if take_up(abandoned_read):
                return abandoned_read
        promise = _PromiseOfAChunk(self)
        readable_stream_default_reader_read(self, _PromiseReadRequest(promise))
        return promise

    def releaseLock(self) -> None:
        """Let others read the stream. A read that waits is rejected; its chunk goes to who reads
        next.

        https://streams.spec.whatwg.org/#default-reader-release-lock
        """
        if self._stream is None:
            return
        readable_stream_default_reader_release(self)


class ReadableStreamBYOBReader(ReadableStreamGenericReader):
    """Reads the bytes of a byte stream into views that its user brings.

    https://streams.spec.whatwg.org/#readablestreambyobreader
    """

    __slots__ = ("_read_into_requests",)

    _mode: ClassVar[Literal["byob"]] = "byob"
    _read_into_requests: deque[ReadIntoRequest]

    def __init__(self, stream: ReadableStream) -> None:
        """TypeError if the stream is locked, or is not a byte stream.

        https://streams.spec.whatwg.org/#byob-reader-constructor
        """
        set_up_readable_stream_byob_reader(self, stream)

    def read(
        self,
        view: bytearray | memoryview,
        options: ReadableStreamBYOBReaderReadOptions | None = None,
        **members: Unpack[ReadableStreamBYOBReaderReadOptions],
    ) -> Promise[ReadableStreamReadResult]:
        """Fill a writable view, at least with `min` elements: the value is a new memoryview of what
        was written.

        A memoryview that is passed is released. When the stream closes, the value is an empty view,
        and None if it is canceled. TypeError for a view that is empty, released or read-only,
        RangeError if it has less than `min` elements.

        https://streams.spec.whatwg.org/#byob-reader-read
        """
        try:
            view = to_array_buffer_view(view)
            members = to_dictionary(ReadableStreamBYOBReaderReadOptions, options, members)
            min = to_integer(members.get("min", 1), 64, enforce_range=True)
        except TypeError as error:
            return a_promise_rejected_with(error)
        if is_detached_buffer(view) or view.nbytes == 0:
            return a_promise_rejected_with(
                TypeError("Cannot read into a view that is empty or was released")
            )
        if view.readonly or not view.c_contiguous:
            return a_promise_rejected_with(
                TypeError("Cannot read into a view that is read-only or not contiguous")
            )
        if min == 0:
            return a_promise_rejected_with(TypeError("min must be greater than 0"))
        length = view.nbytes // view.itemsize
        if min > length:
            return a_promise_rejected_with(
                RangeError(f"min is {min}, but the view has {length} elements")
            )
        if self._stream is None:
            return a_promise_rejected_with(
                TypeError("Cannot read: the reader has released its lock")
            )
        promise: Promise[ReadableStreamReadResult] = a_new_promise()
        readable_stream_byob_reader_read(self, view, min, _PromiseReadRequest(promise))
        return promise

    def releaseLock(self) -> None:
        """Let others read the stream. A read that waits is rejected; its bytes go to who reads
        next.

        https://streams.spec.whatwg.org/#byob-reader-release-lock
        """
        if self._stream is None:
            return
        readable_stream_byob_reader_release(self)


class _PromiseOfAChunk(Promise[ReadableStreamReadResult]):
    """What a default reader's `read()` returns."""

    __slots__ = ("reader",)

    def __init__(self, reader: ReadableStreamDefaultReader) -> None:
        super().__init__()
        self.reader = reader

    def _has_been_abandoned(self) -> None:
        self.reader._abandoned_reads.append(self)


class _PromiseReadRequest:
    """The read request, or read-into request, that `read()` makes: its steps settle a promise."""

    __slots__ = ("promise",)

    def __init__(self, promise: Promise[ReadableStreamReadResult]) -> None:
        self.promise = promise

    def chunk_steps(self, chunk: Any) -> None:
        settle(self.promise, FULFILLED, ReadableStreamReadResult(chunk, False))

    def close_steps(self, chunk: memoryview | None = None) -> None:
        settle(self.promise, FULFILLED, ReadableStreamReadResult(chunk, True))

    def error_steps(self, e: object) -> None:
        reject(self.promise, e)


# ---- of 4.9.1 Working with readable streams ------------------------------------------------------


def acquire_readable_stream_byob_reader(stream: ReadableStream) -> ReadableStreamBYOBReader:
    """https://streams.spec.whatwg.org/#acquire-readable-stream-byob-reader"""
    reader = new(ReadableStreamBYOBReader)
    set_up_readable_stream_byob_reader(reader, stream)
    return reader


def acquire_readable_stream_default_reader(stream: ReadableStream) -> ReadableStreamDefaultReader:
    """https://streams.spec.whatwg.org/#acquire-readable-stream-reader"""
    reader = new(ReadableStreamDefaultReader)
    set_up_readable_stream_default_reader(reader, stream)
    return reader


# ---- 4.9.3 Readers -------------------------------------------------------------------------------


def readable_stream_reader_generic_cancel(
    reader: ReadableStreamGenericReader, reason: object
) -> Promise[None]:
    """https://streams.spec.whatwg.org/#readable-stream-reader-generic-cancel"""
    stream = reader._stream
    assert stream is not None
    return readable_stream_cancel(stream, reason)


def readable_stream_reader_generic_initialize(
    reader: ReadableStreamReader, stream: ReadableStream
) -> None:
    """https://streams.spec.whatwg.org/#readable-stream-reader-generic-initialize"""
    reader._stream = stream
    reader._is_read_at_rest = False
    stream._reader = reader
    if stream._state == "readable":
        reader._closed_promise = a_new_promise()
    elif stream._state == "closed":
        reader._closed_promise = a_promise_resolved_with(None)
    else:
        assert stream._state == "errored"
        reader._closed_promise = a_promise_rejected_with(stream._stored_error)
        mark_as_handled(reader._closed_promise)


def readable_stream_reader_generic_release(reader: ReadableStreamReader) -> None:
    """https://streams.spec.whatwg.org/#readable-stream-reader-generic-release"""
    stream = reader._stream
    assert stream is not None
    assert stream._reader is reader
    released = TypeError("The reader has released its lock")
    if stream._state == "readable":
        reject(reader._closed_promise, released)
    else:
        reader._closed_promise = a_promise_rejected_with(released)
    mark_as_handled(reader._closed_promise)
    stream._controller._release_steps()
    stream._reader = None
    reader._stream = None


def readable_stream_byob_reader_read(
    reader: ReadableStreamBYOBReader, view: memoryview, min: int, read_into_request: ReadIntoRequest
) -> None:
    """https://streams.spec.whatwg.org/#readable-stream-byob-reader-read"""
    stream = reader._stream
    assert stream is not None
    stream._disturbed = True
    if stream._state == "errored":
        read_into_request.error_steps(stream._stored_error)
    else:
        readable_byte_stream_controller_pull_into(
            byte_controller_of(stream), view, min, read_into_request
        )


def readable_stream_byob_reader_release(reader: ReadableStreamBYOBReader) -> None:
    """https://streams.spec.whatwg.org/#abstract-opdef-readablestreambyobreaderrelease"""
    readable_stream_reader_generic_release(reader)
    e = TypeError("The reader has released its lock")
    readable_stream_byob_reader_error_read_into_requests(reader, e)


def readable_stream_default_reader_read(
    reader: ReadableStreamDefaultReader, read_request: ReadRequest
) -> None:
    """https://streams.spec.whatwg.org/#readable-stream-default-reader-read"""
    stream = reader._stream
    assert stream is not None
    stream._disturbed = True
    if stream._state == "closed":
        read_request.close_steps()
    elif stream._state == "errored":
        read_request.error_steps(stream._stored_error)
    else:
        assert stream._state == "readable"
        stream._controller._pull_steps(read_request)


def readable_stream_default_reader_release(reader: ReadableStreamDefaultReader) -> None:
    """https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaultreaderrelease"""
    readable_stream_reader_generic_release(reader)
    e = TypeError("The reader has released its lock")
    readable_stream_default_reader_error_read_requests(reader, e)


def set_up_readable_stream_byob_reader(
    reader: ReadableStreamBYOBReader, stream: ReadableStream
) -> None:
    """TypeError if the stream is locked, or is not a byte stream.

    https://streams.spec.whatwg.org/#set-up-readable-stream-byob-reader
    """
    if is_readable_stream_locked(stream):
        raise TypeError("Cannot get a reader: the stream is locked")
    if not isinstance(stream._controller, ReadableByteStreamController):
        raise TypeError("Cannot get a BYOB reader: the stream is no byte stream")
    readable_stream_reader_generic_initialize(reader, stream)
    reader._read_into_requests = deque()


def set_up_readable_stream_default_reader(
    reader: ReadableStreamDefaultReader, stream: ReadableStream
) -> None:
    """TypeError if the stream is locked.

    https://streams.spec.whatwg.org/#set-up-readable-stream-default-reader
    """
    if is_readable_stream_locked(stream):
        raise TypeError("Cannot get a reader: the stream is locked")
    readable_stream_reader_generic_initialize(reader, stream)
    reader._read_requests = deque()
    reader._abandoned_reads = deque()
