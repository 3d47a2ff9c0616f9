"""Storing bodies: what a consumer reads of a response goes into the cache on its way.

RFC 9111, 3.3: https://www.rfc-editor.org/rfc/rfc9111#section-3.3

The consumer sets the pace. When it is not interested any more nothing more is received, and an
incomplete body is not stored.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from ..host.storage.backend import StorageError
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
from ..webidl.promises import Promise, a_new_promise, resolve
from .bodies import BodyRecord
from .storage_bottle import Bottle
from .stored_bodies import BodyWriter


class BodyBeingStored:
    """The copy of a body that is made while the body is read. When it is whole, `when_complete`
    gets it, to keep it.

    Whatever fails about it, also in `when_complete`, ends the copy and nothing else.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-3.3-1
    """

    __slots__ = ("__weakref__", "_most_bytes", "_when_complete", "_writer", "url")

    def __init__(
        self,
        bottle: Bottle,
        url: str,
        most_bytes: int,
        when_complete: Callable[[BodyWriter], object],
    ) -> None:
        self.url = url
        self._most_bytes = most_bytes
        self._when_complete = when_complete
        self._writer: BodyWriter | None = BodyWriter(bottle)

    def write(self, chunk: bytes | bytearray | memoryview) -> None:
        """Add a chunk; a body that is too long is not stored."""
        if self._writer is None:
            return
        try:
            self._writer.write(chunk)
        except StorageError:
            self.discard()
        else:
            if self._writer.length > self._most_bytes:
                self.discard()

    def finish(self) -> None:
        """All of the body is there."""
        if self._writer is not None:
            with suppress(StorageError):
                self._when_complete(self._writer)
            self.discard()

    def discard(self) -> None:
        """Do without a copy. Does nothing to one that is kept."""
        writer, self._writer = self._writer, None
        if writer is not None:
            with suppress(StorageError):
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
