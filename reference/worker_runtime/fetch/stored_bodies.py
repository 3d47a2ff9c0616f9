"""Stored bodies: the bytes of cached responses, in chunks, so that no body has to fit into memory.

Fetch Standard, 2.2.4: https://fetch.spec.whatwg.org/#bodies

A body that fits into one chunk is written together with its item, and read at once. Of a larger one
each chunk is written when it is there and read when it is wanted.
"""

from __future__ import annotations

from functools import partial

from ..host.storage.backend import StorageError
from ..streams.other_specifications import (
    cancel_reader,
    close_readable_stream,
    enqueue_into_readable_stream,
    set_up_readable_stream_with_byte_reading_support,
)
from ..streams.readable_stream import ReadableStream
from ..streams.readers import ReadableStreamDefaultReader
from ..webidl.interfaces import new
from ..webidl.promises import mark_as_handled
from .bodies import BodyRecord
from .storage_bottle import BODY, LENGTH_OF_NUMBER, Bottle, Hold

CHUNK_SIZE = 65_536
LEFT_OVER = "What was being stored is gone: it was taken for left over, as nothing more of it came for a long time"
NO_BODY = b"0" * LENGTH_OF_NUMBER  # in the place of a body's number


class BodyWriter:
    """The bytes of a body on their way into the storage: loose, until an item leads to them.

    Part of https://fetch.spec.whatwg.org/#concept-body
    """

    __slots__ = ("_bottle", "_chunk_count", "_hold", "_rest", "length")

    def __init__(self, bottle: Bottle) -> None:
        self._bottle = bottle
        self._hold: Hold | None = None  # of the number, which it has when the first chunk is stored
        self._chunk_count = 0  # of those that are stored
        self._rest = bytearray()  # up to a chunk: it may be the last one
        self.length = 0

    def write(self, bytes: bytes | bytearray | memoryview) -> None:
        """Add bytes. StorageError if there is no room for them."""
        view = memoryview(bytes).cast("B")
        self.length += len(view)
        room = CHUNK_SIZE - len(self._rest)
        if len(view) <= room:
            self._rest += view
            return
        if self._hold is None:
            self._bottle.remove_what_is_left_over()
        with self._bottle.transaction():
            self._hold = hold = self._hold_of_loose_number()
            self._rest += view[:room]
            self._store(hold.number, self._rest)
            rest = view[room:]
            while len(rest) > CHUNK_SIZE:
                self._store(hold.number, rest[:CHUNK_SIZE])
                rest = rest[CHUNK_SIZE:]
        self._rest = bytearray(rest)

    def _hold_of_loose_number(self) -> Hold:
        if self._hold is None:
            number = self._bottle.next_number()
            self._bottle.loosen(number)
            return self._bottle.hold(number)
        if not self._bottle.is_loose(self._hold.number):
            raise StorageError(LEFT_OVER)
        self._bottle.renew_the_lease()
        return self._hold

    def _store(self, number: bytes, chunk: bytearray | memoryview) -> None:
        self._bottle.storage.put(_chunk_key(number, self._chunk_count), bytes(chunk))
        self._chunk_count += 1

    async def write_all(self, reader: ReadableStreamDefaultReader) -> None:
        """Write all that a stream has. If it fails, or has a chunk that is no bytes, or the storage
        fails, all is discarded.
        """
        try:
            while True:
                chunk, done = await reader.read()
                if done:
                    return
                if not isinstance(chunk, (bytes, bytearray, memoryview)):
                    raise TypeError(f"Expected a chunk of bytes, not {type(chunk).__name__}")
                self.write(chunk)
        except BaseException as error:
            mark_as_handled(cancel_reader(reader, error))
            self.discard()
            raise

    def finish(self) -> bytes:
        """Store the rest; returns the number that the item has to lead to. Call it within the
        item's transaction.
        """
        if self.length == 0:
            return NO_BODY
        if self._hold is None:
            number = self._bottle.next_number()
        else:
            number = self._hold.number
            if not self._bottle.fasten(number):
                raise StorageError(LEFT_OVER)
        self._store(number, self._rest)
        return number

    def discard(self) -> None:
        """Remove what was written, unless an item leads to it."""
        hold, self._hold = self._hold, None
        if hold is not None and self._bottle.is_loose(hold.number):
            with self._bottle.transaction():
                self._bottle.remove(hold.number)


def _chunk_key(number: bytes, index: int) -> bytes:
    return b"%b%b/%08x" % (BODY, number, index)


def stored_body(bottle: Bottle, number: bytes, length: int) -> BodyRecord:
    """The body with a number. It can be read to its end although its item is deleted meanwhile.

    If another process deletes the item, reading fails with a TypeError.

    Part of https://fetch.spec.whatwg.org/#concept-body
    """
    if length > CHUNK_SIZE:
        return BodyRecord(None, length, partial(_stream_of, _StoredChunks(bottle, number, length)))
    # OPTIMIZATION: bytes in hand need no stream.
    return BodyRecord(
        b"" if length == 0 else _StoredChunks(bottle, number, length).next_chunk(), length
    )


class _StoredChunks:
    """Reads the chunks of a body, one after the other."""

    __slots__ = ("_bottle", "_hold", "_index", "remaining")

    def __init__(self, bottle: Bottle, number: bytes, length: int) -> None:
        self._bottle = bottle
        self._hold = bottle.hold(number)
        self._index = 0
        self.remaining = length  # bytes that have not been read

    def next_chunk(self) -> bytes:
        """The next chunk; TypeError if it is not there."""
        key = _chunk_key(self._hold.number, self._index)
        try:
            chunk = self._bottle.storage.get(key)
        except StorageError as error:
            raise TypeError(f"Cannot read the cached body: {error}") from error
        if chunk is None or len(chunk) != min(CHUNK_SIZE, self.remaining):
            missing = f"The cached body ends {self.remaining} bytes too early"
            raise TypeError(f"{missing}: another process has deleted it, or the storage is damaged")
        self._index += 1
        self.remaining -= len(chunk)
        return chunk


def _stream_of(chunks: _StoredChunks) -> ReadableStream:
    stream = new(ReadableStream)

    def pull_algorithm() -> None:
        enqueue_into_readable_stream(stream, chunks.next_chunk())
        if not chunks.remaining:
            close_readable_stream(stream)

    set_up_readable_stream_with_byte_reading_support(stream, pull_algorithm)
    return stream
