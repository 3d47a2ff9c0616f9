"""Asynchronous iteration: `async for chunk in stream`.

Streams Standard, 4.2.5: https://streams.spec.whatwg.org/#rs-asynciterator
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ..html.event_loops import is_running, queue_a_microtask, relevant_event_loop
from ..webidl.interfaces import END_OF_ITERATION, AsyncIterator, EndOfIteration
from ..webidl.promises import Promise, a_new_promise, a_promise_resolved_with, reject, resolve
from .readable_operations import readable_stream_cancel
from .readers import (
    ReadableStreamDefaultReader,
    acquire_readable_stream_default_reader,
    readable_stream_default_reader_read,
    readable_stream_default_reader_release,
    readable_stream_reader_generic_cancel,
)

if TYPE_CHECKING:
    from .readable_stream import ReadableStream


class ReadableStreamAsyncIterator(AsyncIterator[Any]):
    """Reads a stream to its end.

    A loop that is left before that, by `break`, by an exception or by cancellation, drops its
    iterator, and that does what leaving `for await` does in JavaScript: it releases the lock, and
    cancels the stream unless `preventCancel` was asked for. A caller that keeps the iterator can go
    on with it: a chunk that a cancelled task waited for is the next one.

    https://streams.spec.whatwg.org/#rs-asynciterator-prototype
    """

    __slots__ = ("_event_loop", "_prevent_cancel", "_reader")

    def __init__(self, stream: ReadableStream, prevent_cancel: bool) -> None:
        """TypeError if the stream is locked.

        https://streams.spec.whatwg.org/#rs-get-iterator
        """
        super().__init__()
        self._event_loop = relevant_event_loop()
        self._reader = acquire_readable_stream_default_reader(stream)
        self._prevent_cancel = prevent_cancel

    def _get_the_next_iteration_result(self) -> Promise[Any | EndOfIteration]:
        """https://streams.spec.whatwg.org/#rs-asynciterator-prototype-next"""
        reader = self._reader
        assert reader._stream is not None
        promise = a_new_promise()
        readable_stream_default_reader_read(reader, _IterationReadRequest(reader, promise))
        return promise

    def _asynchronous_iterator_return(self, value: object) -> Promise[Any]:
        """https://streams.spec.whatwg.org/#rs-asynciterator-prototype-return"""
        reader = self._reader
        assert reader._stream is not None
        # in JavaScript there is none; here, one may have been given up
        reader._read_requests.clear()
        if not self._prevent_cancel:
            result = readable_stream_reader_generic_cancel(reader, value)
            readable_stream_default_reader_release(reader)
            return result
        readable_stream_default_reader_release(reader)
        return a_promise_resolved_with(None)

    def __del__(self) -> None:
        stream = self._reader._stream if hasattr(self, "_reader") else None
        if stream is None or not is_running(self._event_loop):
            return
        self._reader._read_requests.clear()
        readable_stream_default_reader_release(self._reader)
        if not self._prevent_cancel:
            # the source must not be called from anywhere
            queue_a_microtask(partial(readable_stream_cancel, stream, None))


class _IterationReadRequest:
    """The read request of an iterator: at the end of the stream it gives the lock back."""

    __slots__ = ("promise", "reader")

    def __init__(
        self, reader: ReadableStreamDefaultReader, promise: Promise[Any | EndOfIteration]
    ) -> None:
        self.reader = reader
        self.promise = promise

    def chunk_steps(self, chunk: Any) -> None:
        resolve(self.promise, chunk)

    def close_steps(self) -> None:
        readable_stream_default_reader_release(self.reader)
        resolve(self.promise, END_OF_ITERATION)

    def error_steps(self, e: object) -> None:
        readable_stream_default_reader_release(self.reader)
        reject(self.promise, e)
