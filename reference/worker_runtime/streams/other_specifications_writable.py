"""Using streams in other specifications: writable and transform streams.

Streams Standard, 9.2 and 9.3: https://streams.spec.whatwg.org/#other-specs-ws

A stream that is to be set up is new: `stream = new(WritableStream)`, or `self` in the constructor
of a subclass. An algorithm may return a Promise, or whatever can be awaited; anything else counts
as done.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ..dom.aborting_ongoing_activities import AbortSignal
from ..webidl.callbacks import invoke_returning_a_promise
from ..webidl.interfaces import new
from ..webidl.promises import Promise, a_promise_resolved_with
from .queuing_strategies import SizeAlgorithm
from .readable_stream import ReadableStream
from .transform_controller import (
    TransformStreamDefaultController,
    set_up_transform_stream_default_controller,
    transform_stream_default_controller_enqueue,
    transform_stream_default_controller_error,
    transform_stream_default_controller_terminate,
)
from .transform_stream import TransformStream, initialize_transform_stream
from .writable_controller import (
    WritableStreamDefaultController,
    set_up_writable_stream_default_controller,
    writable_stream_default_controller_error_if_needed,
)
from .writable_stream import WritableStream, initialize_writable_stream
from .writers import (
    WritableStreamDefaultWriter,
    acquire_writable_stream_default_writer,
    set_up_writable_stream_default_writer,
    writable_stream_abort,
    writable_stream_close,
    writable_stream_default_writer_release,
    writable_stream_default_writer_write,
)

# ---- 9.2 Writable streams ------------------------------------------------------------------------


def set_up_writable_stream(
    stream: WritableStream,
    write_algorithm: Callable[[Any], Any],
    close_algorithm: Callable[[], Any] = lambda: None,
    abort_algorithm: Callable[[Any], Any] = lambda reason: None,
    high_water_mark: float = 1,
    size_algorithm: SizeAlgorithm = lambda chunk: 1,
) -> None:
    """https://streams.spec.whatwg.org/#writablestream-set-up"""
    initialize_writable_stream(stream)
    set_up_writable_stream_default_controller(
        stream,
        new(WritableStreamDefaultController),
        lambda: None,
        partial(invoke_returning_a_promise, write_algorithm),
        partial(invoke_returning_a_promise, close_algorithm),
        partial(invoke_returning_a_promise, abort_algorithm),
        high_water_mark,
        size_algorithm,
    )


def error_writable_stream(stream: WritableStream, e: object) -> None:
    """Does nothing if it is no longer writable. For streams that were set up by the algorithm
    above.

    https://streams.spec.whatwg.org/#writablestream-error
    """
    writable_stream_default_controller_error_if_needed(stream._controller, e)


def signal_of_writable_stream(stream: WritableStream) -> AbortSignal:
    """Aborted when the stream is. For streams that were set up by the algorithm above.

    https://streams.spec.whatwg.org/#writablestream-signal
    """
    return stream._controller._abort_controller.signal


def get_a_writer(stream: WritableStream) -> WritableStreamDefaultWriter:
    """TypeError if the stream is locked.

    https://streams.spec.whatwg.org/#writablestream-get-a-writer
    """
    return acquire_writable_stream_default_writer(stream)


def set_up_writer(writer: WritableStreamDefaultWriter, stream: WritableStream) -> None:
    """TypeError if the stream is locked.

    https://streams.spec.whatwg.org/#writablestreamdefaultwriter-set-up
    """
    set_up_writable_stream_default_writer(writer, stream)


def write_a_chunk(writer: WritableStreamDefaultWriter, chunk: object) -> Promise[None]:
    """https://streams.spec.whatwg.org/#writablestreamdefaultwriter-write-a-chunk"""
    return writable_stream_default_writer_write(writer, chunk)


def release_writer(writer: WritableStreamDefaultWriter) -> None:
    """https://streams.spec.whatwg.org/#writablestreamdefaultwriter-release"""
    writable_stream_default_writer_release(writer)


def close_writable_stream(stream: WritableStream) -> Promise[None]:
    """https://streams.spec.whatwg.org/#writablestream-close"""
    return writable_stream_close(stream)


def abort_writable_stream(stream: WritableStream, reason: object) -> Promise[None]:
    """https://streams.spec.whatwg.org/#writablestream-abort"""
    return writable_stream_abort(stream, reason)


# ---- 9.3 Transform streams -----------------------------------------------------------------------


def set_up_transform_stream(
    stream: TransformStream,
    transform_algorithm: Callable[[Any], Any],
    flush_algorithm: Callable[[], Any] = lambda: None,
    cancel_algorithm: Callable[[Any], Any] = lambda reason: None,
) -> None:
    """https://streams.spec.whatwg.org/#transformstream-set-up"""
    initialize_transform_stream(
        stream, a_promise_resolved_with(None), 1, lambda chunk: 1, 0, lambda chunk: 1
    )
    set_up_transform_stream_default_controller(
        stream,
        new(TransformStreamDefaultController),
        partial(invoke_returning_a_promise, transform_algorithm),
        partial(invoke_returning_a_promise, flush_algorithm),
        partial(invoke_returning_a_promise, cancel_algorithm),
    )


def create_an_identity_transform_stream() -> TransformStream:
    """https://streams.spec.whatwg.org/#create-an-identity-transformstream"""
    transform_stream = new(TransformStream)
    set_up_transform_stream(
        transform_stream, partial(enqueue_into_transform_stream, transform_stream)
    )
    return transform_stream


# The following three are for streams that were set up by the algorithm above.


def enqueue_into_transform_stream(stream: TransformStream, chunk: object) -> None:
    """TypeError if its readable side is closing, closed or errored.

    https://streams.spec.whatwg.org/#transformstream-enqueue
    """
    transform_stream_default_controller_enqueue(stream._controller, chunk)


def terminate_transform_stream(stream: TransformStream) -> None:
    """https://streams.spec.whatwg.org/#transformstream-terminate"""
    transform_stream_default_controller_terminate(stream._controller)


def error_transform_stream(stream: TransformStream, e: object) -> None:
    """https://streams.spec.whatwg.org/#transformstream-error"""
    transform_stream_default_controller_error(stream._controller, e)


def promise_of_room_in_transform_stream(stream: TransformStream) -> Promise[None] | None:
    """Fulfilled when the readable side wants a chunk, is canceled or is errored; None if it wants
    one now.

    This is not in the standard: it lets a transform algorithm that makes many chunks of one keep
    them back.

    Part of https://streams.spec.whatwg.org/#transformstream-backpressurechangepromise
    """
    return stream._backpressure_change_promise if stream._backpressure else None


class GenericTransformStream:
    """A mixin for interfaces that have a transform stream: their initialization sets `_transform`,
    an attribute or a slot.

    https://streams.spec.whatwg.org/#generictransformstream
    """

    __slots__ = ()

    _transform: TransformStream

    @property
    def readable(self) -> ReadableStream:
        """https://streams.spec.whatwg.org/#dom-generictransformstream-readable"""
        return self._transform._readable

    @property
    def writable(self) -> WritableStream:
        """https://streams.spec.whatwg.org/#dom-generictransformstream-writable"""
        return self._transform._writable
