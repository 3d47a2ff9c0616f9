"""Bodies into storage: what a consumer reads of a response goes into the cache on its way.

RFC 9111, 3.3: https://www.rfc-editor.org/rfc/rfc9111#section-3.3

The consumer sets the pace. When it is not interested any more nothing more is received, and an
incomplete body is not stored.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ..storage.large_values import LargeValues, ValueWriter
from ..streams.other_specifications import (
    cancel_reader,
    close_readable_stream,
    enqueue_into_readable_stream,
    error_readable_stream,
    get_a_reader,
    read_a_chunk,
    set_up_readable_stream_with_byte_reading_support,
)
from ..streams.readable_stream import ReadableStream
from ..webidl.interfaces import new
from ..webidl.promises import Promise, a_new_promise, is_fulfilled, perform_promise_then, resolve
from .bodies import BodyRecord

MOST_CHUNKS_TO_WAIT = 64


class BodyBeingStored:
    """The copy of a body that is made while the body is read. When it is whole, `when_complete`
    gets it, to keep it; it promises to have done so.

    Whatever fails about it, also in `when_complete`, ends the copy and nothing else. So does a
    storage that is slower than the consumer by many chunks.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-3.3-1
    """

    __slots__ = (
        "__weakref__", "_is_whole", "_most_bytes", "_waiting_count", "_when_complete", "_writer",
        "url",
    )  # fmt: skip

    def __init__(
        self,
        values: LargeValues,
        url: str,
        most_bytes: int,
        when_complete: Callable[[ValueWriter], Promise[None]],
    ) -> None:
        self.url = url
        self._is_whole = False
        self._most_bytes = most_bytes
        self._waiting_count = 0  # of writings that are not known to be done
        self._when_complete = when_complete
        self._writer: ValueWriter | None = ValueWriter(values)

    def write(self, chunk: bytes | bytearray | memoryview) -> None:
        """Add a chunk; a body that is too long is not stored."""
        if self._writer is None:
            return
        promise = self._writer.write(chunk)
        if not is_fulfilled(promise):
            self._waiting_count += 1
            perform_promise_then(promise, self._has_been_written, self._has_failed)
        if self._writer.length > self._most_bytes or self._waiting_count > MOST_CHUNKS_TO_WAIT:
            self.discard()

    def _has_been_written(self, _: None) -> None:
        self._waiting_count -= 1
        if self._is_whole and not self._waiting_count:
            self._complete()

    def _has_failed(self, _: object) -> None:
        self.discard()

    def finish(self) -> None:
        """All of the body is there."""
        self._is_whole = True
        if not self._waiting_count:
            self._complete()

    def _complete(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            promise = self._when_complete(writer)
            perform_promise_then(promise, None, lambda _: writer.discard())

    def discard(self) -> None:
        """Do without a copy. Does nothing to one that is kept."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.discard()


def body_to_read(body: BodyRecord, being_stored: BodyBeingStored) -> BodyRecord:
    """The body in place of one whose bytes are to be stored as they are read. What is in hand is
    stored at once.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-3.3-2
    """
    if isinstance(body.source, bytes):
        being_stored.write(body.source)
        being_stored.finish()
        return body
    return BodyRecord(None, body.length, partial(_stream_of, body, being_stored))


def _stream_of(body: BodyRecord, being_stored: BodyBeingStored) -> ReadableStream:
    stream = new(ReadableStream)
    reading = _Reading(body, stream, being_stored)
    set_up_readable_stream_with_byte_reading_support(stream, reading.pull, reading.cancel)
    return stream


class _Reading:
    """Reads a chunk of the body each time that one is wanted."""

    __slots__ = ("_being_stored", "_promise", "_reader", "_stream")

    def __init__(
        self, body: BodyRecord, stream: ReadableStream, being_stored: BodyBeingStored
    ) -> None:
        self._being_stored = being_stored
        self._reader = get_a_reader(body.stream)
        self._stream = stream
        self._promise: Promise[Any] = a_new_promise()  # that the chunk which is wanted is there

    def pull(self) -> Promise[Any]:
        self._promise = a_new_promise()
        read_a_chunk(self._reader, self)
        return self._promise

    def cancel(self, reason: object) -> Promise[None]:
        self._being_stored.discard()
        return cancel_reader(self._reader, reason)

    def chunk_steps(self, chunk: Any) -> None:
        self._being_stored.write(chunk)
        enqueue_into_readable_stream(self._stream, chunk)
        resolve(self._promise)

    def close_steps(self) -> None:
        self._being_stored.finish()
        close_readable_stream(self._stream)
        resolve(self._promise)

    def error_steps(self, e: object) -> None:
        self._being_stored.discard()
        error_readable_stream(self._stream, e)
        resolve(self._promise)
