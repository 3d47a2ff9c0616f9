"""Using streams in other specifications: the only door through which other rooms make, feed and
read readable streams.

Streams Standard, 9.1 and 9.5: https://streams.spec.whatwg.org/#other-specs

A stream that is to be set up is new: `stream = new(ReadableStream)`, or `self` in the constructor
of a subclass. An algorithm may return a Promise, or whatever can be awaited; anything else counts
as done. `other_specifications_writable` has the other kinds.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ..dom.aborting_ongoing_activities import AbortSignal
from ..webidl.callbacks import invoke_returning_a_promise
from ..webidl.interfaces import new
from ..webidl.promises import Promise, mark_as_handled
from .byte_controller import (
    ReadableByteStreamController,
    byte_controller_of,
    readable_byte_stream_controller_get_byob_request,
    set_up_readable_byte_stream_controller,
)
from .byte_operations import (
    readable_byte_stream_controller_close,
    readable_byte_stream_controller_enqueue,
    readable_byte_stream_controller_respond,
)
from .byte_queue import (
    readable_byte_stream_controller_error,
    readable_byte_stream_controller_get_desired_size,
)
from .default_controller import (
    ReadableStreamDefaultController,
    default_controller_of,
    readable_stream_default_controller_close,
    readable_stream_default_controller_enqueue,
    readable_stream_default_controller_error,
    readable_stream_default_controller_get_desired_size,
    set_up_readable_stream_default_controller,
)
from .other_specifications_writable import (
    GenericTransformStream,
    create_an_identity_transform_stream,
)
from .pipe_to import readable_stream_pipe_to
from .queuing_strategies import SizeAlgorithm
from .readable_operations import ReadRequest, is_readable_stream_locked, readable_stream_cancel
from .readable_stream import ReadableStream as ReadableStream
from .readable_stream import (
    initialize_readable_stream,
    readable_stream_from_iterable,
    readable_stream_tee,
)
from .readers import (
    ReadableStreamDefaultReader,
    acquire_readable_stream_default_reader,
    readable_stream_default_reader_read,
    readable_stream_default_reader_release,
    readable_stream_reader_generic_cancel,
    set_up_readable_stream_default_reader,
)
from .transform_stream import TransformStream
from .writable_operations import is_writable_stream_locked
from .writable_stream import WritableStream

# ---- 9.1.1 Readable streams: creation and manipulation -------------------------------------------


def set_up_readable_stream(
    stream: ReadableStream,
    pull_algorithm: Callable[[], Any] = lambda: None,
    cancel_algorithm: Callable[[Any], Any] = lambda reason: None,
    high_water_mark: float = 1,
    size_algorithm: SizeAlgorithm = lambda chunk: 1,
) -> None:
    """https://streams.spec.whatwg.org/#readablestream-set-up"""
    initialize_readable_stream(stream)
    set_up_readable_stream_default_controller(
        stream,
        new(ReadableStreamDefaultController),
        lambda: None,
        partial(invoke_returning_a_promise, pull_algorithm),
        partial(invoke_returning_a_promise, cancel_algorithm),
        high_water_mark,
        size_algorithm,
    )


def set_up_readable_stream_with_byte_reading_support(
    stream: ReadableStream,
    pull_algorithm: Callable[[], Any] = lambda: None,
    cancel_algorithm: Callable[[Any], Any] = lambda reason: None,
    high_water_mark: float = 0,
) -> None:
    """https://streams.spec.whatwg.org/#readablestream-set-up-with-byte-reading-support"""
    initialize_readable_stream(stream)
    set_up_readable_byte_stream_controller(
        stream,
        new(ReadableByteStreamController),
        lambda: None,
        partial(invoke_returning_a_promise, pull_algorithm),
        partial(invoke_returning_a_promise, cancel_algorithm),
        high_water_mark,
        None,
    )


def create_readable_stream_from_an_async_sequence(sequence: object) -> ReadableStream:
    """TypeError if it cannot be iterated over.

    https://streams.spec.whatwg.org/#readablestream-create-from-async-sequence
    """
    return readable_stream_from_iterable(sequence)


# The following, up to "Reading", are for streams that were set up by one of the algorithms above.


def desired_size_to_fill_up_to_the_high_water_mark(stream: ReadableStream) -> float:
    """https://streams.spec.whatwg.org/#readablestream-desired-size-to-fill-up-to-the-high-water-mark"""
    if not is_readable(stream):
        return 0
    if isinstance(stream._controller, ReadableByteStreamController):
        desired_size = readable_byte_stream_controller_get_desired_size(stream._controller)
    else:
        desired_size = readable_stream_default_controller_get_desired_size(
            default_controller_of(stream)
        )
    assert desired_size is not None
    return desired_size


def needs_more_data(stream: ReadableStream) -> bool:
    """https://streams.spec.whatwg.org/#readablestream-need-more-data"""
    return desired_size_to_fill_up_to_the_high_water_mark(stream) > 0


def close_readable_stream(stream: ReadableStream) -> None:
    """Close it when its queue has been read. Does nothing if it is closing, closed or errored.

    https://streams.spec.whatwg.org/#readablestream-close
    """
    if isinstance(stream._controller, ReadableByteStreamController):
        controller = byte_controller_of(stream)
        readable_byte_stream_controller_close(controller)
        if controller._pending_pull_intos:
            readable_byte_stream_controller_respond(controller, 0)
    else:
        readable_stream_default_controller_close(default_controller_of(stream))


def error_readable_stream(stream: ReadableStream, e: object) -> None:
    """Does nothing if it is closed or errored.

    https://streams.spec.whatwg.org/#readablestream-error
    """
    if isinstance(stream._controller, ReadableByteStreamController):
        readable_byte_stream_controller_error(stream._controller, e)
    else:
        readable_stream_default_controller_error(default_controller_of(stream), e)


def enqueue_into_readable_stream(stream: ReadableStream, chunk: Any) -> None:
    """Bytes for a stream with byte reading support; the current BYOB request view, or its
    beginning, if it was written into.

    Does nothing if the stream is closing, closed or errored.

    https://streams.spec.whatwg.org/#readablestream-enqueue
    """
    if isinstance(stream._controller, ReadableStreamDefaultController):
        readable_stream_default_controller_enqueue(stream._controller, chunk)
        return
    controller = byte_controller_of(stream)
    byob_view = current_byob_request_view(stream)
    if byob_view is not None and isinstance(chunk, memoryview) and chunk.obj is byob_view.obj:
        assert chunk.nbytes <= byob_view.nbytes
        readable_byte_stream_controller_respond(controller, chunk.nbytes)
    else:
        readable_byte_stream_controller_enqueue(controller, chunk)


# The following two are for streams that were set up with byte reading support.


def current_byob_request_view(stream: ReadableStream) -> memoryview | None:
    """Where the reader wants the bytes. It must not be released.

    https://streams.spec.whatwg.org/#readablestream-current-byob-request-view
    """
    byob_request = readable_byte_stream_controller_get_byob_request(byte_controller_of(stream))
    return None if byob_request is None else byob_request._view


def pull_from_bytes(bytes: bytes | memoryview, stream: ReadableStream) -> memoryview:
    """Give the stream as many bytes as its reader wants, all if it has no view of its own; returns
    those that remain.

    https://streams.spec.whatwg.org/#readablestream-pull-from-bytes
    """
    controller = byte_controller_of(stream)
    byob_view = current_byob_request_view(stream)
    if byob_view is None:
        readable_byte_stream_controller_enqueue(controller, bytes)
        return memoryview(b"")
    pull_size = min(len(bytes), byob_view.nbytes)
    byob_view[:pull_size] = bytes[:pull_size]
    readable_byte_stream_controller_respond(controller, pull_size)
    return memoryview(bytes)[pull_size:]


# ---- 9.1.2 Readable streams: reading -------------------------------------------------------------


def get_a_reader(stream: ReadableStream) -> ReadableStreamDefaultReader:
    """TypeError if the stream is locked.

    https://streams.spec.whatwg.org/#readablestream-get-a-reader
    """
    return acquire_readable_stream_default_reader(stream)


def set_up_reader(reader: ReadableStreamDefaultReader, stream: ReadableStream) -> None:
    """TypeError if the stream is locked.

    https://streams.spec.whatwg.org/#readablestreamdefaultreader-set-up
    """
    set_up_readable_stream_default_reader(reader, stream)


def read_a_chunk(reader: ReadableStreamDefaultReader, read_request: ReadRequest) -> None:
    """https://streams.spec.whatwg.org/#readablestreamdefaultreader-read-a-chunk"""
    readable_stream_default_reader_read(reader, read_request)


def read_all_bytes(
    reader: ReadableStreamDefaultReader,
    success_steps: Callable[[bytes], object],
    failure_steps: Callable[[Any], object],
) -> None:
    """The failure is that of the stream, or a TypeError for a chunk that is not bytes.

    https://streams.spec.whatwg.org/#readablestreamdefaultreader-read-all-bytes
    """
    _ReadLoop(reader, success_steps, failure_steps).run()


class _ReadLoop:
    """The read-loop and its read request. A chunk that is there at once is the next turn of a
    `while`, not a recursion.
    """

    __slots__ = ("chunks", "failure_steps", "has_a_chunk", "is_running", "reader", "success_steps")

    def __init__(
        self,
        reader: ReadableStreamDefaultReader,
        success_steps: Callable[[bytes], object],
        failure_steps: Callable[[Any], object],
    ) -> None:
        self.reader = reader
        self.chunks: list[bytes | bytearray | memoryview] = []
        self.success_steps = success_steps
        self.failure_steps = failure_steps
        self.has_a_chunk = self.is_running = False

    def run(self) -> None:
        """Part of https://streams.spec.whatwg.org/#read-loop"""
        self.is_running = self.has_a_chunk = True
        while self.has_a_chunk:
            self.has_a_chunk = False
            readable_stream_default_reader_read(self.reader, self)
        self.is_running = False

    def chunk_steps(self, chunk: object) -> None:
        if not isinstance(chunk, (bytes, bytearray, memoryview)):
            self.failure_steps(TypeError(f"Expected a chunk of bytes, not {type(chunk).__name__}"))
            return
        self.chunks.append(chunk)
        self.has_a_chunk = True
        if not self.is_running:
            self.run()

    def close_steps(self) -> None:
        self.success_steps(b"".join(self.chunks))

    def error_steps(self, e: object) -> None:
        self.failure_steps(e)


def release_reader(reader: ReadableStreamDefaultReader) -> None:
    """https://streams.spec.whatwg.org/#readablestreamdefaultreader-release"""
    readable_stream_default_reader_release(reader)


def cancel_reader(reader: ReadableStreamDefaultReader, reason: object) -> Promise[None]:
    """https://streams.spec.whatwg.org/#readablestreamdefaultreader-cancel"""
    return readable_stream_reader_generic_cancel(reader, reason)


def cancel_readable_stream(stream: ReadableStream, reason: object) -> Promise[None]:
    """https://streams.spec.whatwg.org/#readablestream-cancel"""
    return readable_stream_cancel(stream, reason)


def tee_readable_stream(stream: ReadableStream) -> list[ReadableStream]:
    """Two branches, of which the second has clones of the chunks. TypeError if the stream is
    locked.

    https://streams.spec.whatwg.org/#readablestream-tee
    """
    return readable_stream_tee(stream, True)


# ---- 9.1.3 Readable streams: introspection -------------------------------------------------------


def is_readable(stream: ReadableStream) -> bool:
    """https://streams.spec.whatwg.org/#readablestream-readable"""
    return stream._state == "readable"


def is_closed(stream: ReadableStream) -> bool:
    """https://streams.spec.whatwg.org/#readablestream-closed"""
    return stream._state == "closed"


def is_errored(stream: ReadableStream) -> bool:
    """https://streams.spec.whatwg.org/#readablestream-errored"""
    return stream._state == "errored"


def is_locked(stream: ReadableStream) -> bool:
    """https://streams.spec.whatwg.org/#readablestream-locked"""
    return is_readable_stream_locked(stream)


def is_disturbed(stream: ReadableStream) -> bool:
    """Whether it has ever been read from or canceled.

    https://streams.spec.whatwg.org/#is-readable-stream-disturbed
    """
    return stream._disturbed


# ---- 9.5 Piping ----------------------------------------------------------------------------------


def pipe_to(
    readable: ReadableStream,
    writable: WritableStream,
    prevent_close: bool = False,
    prevent_abort: bool = False,
    prevent_cancel: bool = False,
    signal: AbortSignal | None = None,
) -> Promise[None]:
    """Neither may be locked.

    https://streams.spec.whatwg.org/#readablestream-pipe
    """
    assert not is_readable_stream_locked(readable)
    assert not is_writable_stream_locked(writable)
    return readable_stream_pipe_to(
        readable, writable, prevent_close, prevent_abort, prevent_cancel, signal
    )


def pipe_through(
    readable: ReadableStream,
    transform: TransformStream | GenericTransformStream,
    prevent_close: bool = False,
    prevent_abort: bool = False,
    prevent_cancel: bool = False,
    signal: AbortSignal | None = None,
) -> ReadableStream:
    """Neither the stream nor the transform stream's writable side may be locked.

    https://streams.spec.whatwg.org/#readablestream-pipe-through
    """
    assert not is_readable_stream_locked(readable)
    assert not is_writable_stream_locked(transform.writable)
    promise = readable_stream_pipe_to(
        readable, transform.writable, prevent_close, prevent_abort, prevent_cancel, signal
    )
    mark_as_handled(promise)
    return transform.readable


def create_a_proxy(stream: ReadableStream) -> ReadableStream:
    """A stream that gives what this one has, which is locked and disturbed from now on.

    https://streams.spec.whatwg.org/#readablestream-create-a-proxy
    """
    identity_transform = create_an_identity_transform_stream()
    return pipe_through(stream, identity_transform)
