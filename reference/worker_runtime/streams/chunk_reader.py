"""Chunk reader: how a coroutine of the platform reads a stream to its end.

Streams Standard, 9.1.2: https://streams.spec.whatwg.org/#other-specs-rs-reading
"""

from __future__ import annotations

from typing import Any

from ..webidl.exceptions import exception_of
from ..webidl.interfaces import END_OF_ITERATION, EndOfIteration
from ..webidl.promises import Promise, a_new_promise, resolve
from .readers import ReadableStreamDefaultReader, readable_stream_default_reader_read


class ChunkReader:
    """The read request of a caller that reads chunk after chunk, used for each of them.

    OPTIMIZATION: a chunk that is there takes no promise; and while this reads, no script is at work
    but the one that the stream asks for a chunk.

    Part of https://streams.spec.whatwg.org/#other-specs-rs-reading
    """

    __slots__ = ("_chunk", "_failure", "_is_there", "_reader", "_waiter")

    def __init__(self, reader: ReadableStreamDefaultReader) -> None:
        self._reader = reader
        self._chunk: Any = None
        self._failure: BaseException | None = None
        self._is_there = False
        self._waiter: Promise[None] | None = None

    async def read(self) -> Any | EndOfIteration:
        """The next chunk, or END_OF_ITERATION; raises what the stream is errored with."""
        reader = self._reader
        self._is_there = False
        reader._is_read_at_rest = True
        try:
            readable_stream_default_reader_read(reader, self)
        finally:
            reader._is_read_at_rest = False
        if not self._is_there:
            self._waiter = a_new_promise()
            try:
                await self._waiter
            finally:
                self._waiter = None
        if self._failure is not None:
            raise self._failure
        chunk, self._chunk = self._chunk, None
        return chunk

    def chunk_steps(self, chunk: Any) -> None:
        self._chunk = chunk
        self._is_there = True
        if self._waiter is not None:
            resolve(self._waiter)

    def close_steps(self) -> None:
        self.chunk_steps(END_OF_ITERATION)

    def error_steps(self, e: object) -> None:
        self._failure = exception_of(e)
        self.chunk_steps(None)
