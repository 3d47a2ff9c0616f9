"""Bodies and WebSockets between processes: chunk after chunk, each when it is asked for.

SPEC_NOTES.md#remote-bodies
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...fetch.bodies import BodyRecord
from ...html.event_loops import in_parallel
from ...streams.chunk_reader import ChunkReader
from ...streams.other_specifications import (
    ReadableStream,
    cancel_reader,
    close_readable_stream,
    enqueue_into_readable_stream,
    error_readable_stream,
    get_a_reader,
    is_readable,
    set_up_readable_stream_with_byte_reading_support,
)
from ...webidl.interfaces import END_OF_ITERATION, new
from ...webidl.promises import Promise, a_new_promise, mark_as_handled, resolve
from .remote_messages import error_from_bytes, error_to_bytes

LARGEST_CHUNK = 256 * 1024
MOST_BYTES_WITH_THE_HEAD = 64 * 1024

# Sends a message about one exchange: its kind, and what follows the number.
Say = Callable[..., object]


class BodySender:
    """Sends a body to another process, as it is asked for.

    SPEC_NOTES.md#body-sender
    """

    def __init__(self, stream: ReadableStream, say: Say) -> None:
        self._reader = get_a_reader(stream)
        self._chunks = ChunkReader(self._reader)
        self._say = say
        self._rest = memoryview(b"")
        self.is_over: Promise[None] = a_new_promise()

    def pull(self) -> None:
        """The other side wants a chunk."""
        in_parallel(self._send_a_chunk())

    async def _send_a_chunk(self) -> None:
        try:
            while not self._rest:
                chunk: Any = await self._chunks.read()
                if chunk is END_OF_ITERATION:
                    self._say("end")
                    resolve(self.is_over)
                    return
                self._rest = memoryview(chunk).cast("B")
        except Exception as error:
            self._say("failed", *error_to_bytes(error))
            resolve(self.is_over)
            return
        piece, self._rest = self._rest[:LARGEST_CHUNK], self._rest[LARGEST_CHUNK:]
        self._say("chunk", bytes(piece))

    def cancel(self, reason: object) -> None:
        """The other side wants no more."""
        mark_as_handled(cancel_reader(self._reader, reason))
        resolve(self.is_over)


class BodyReceiver:
    """A body that comes from another process.

    SPEC_NOTES.md#body-receiver
    """

    def __init__(self, length: int | None, say: Say) -> None:
        self._say = say
        self._stream: ReadableStream | None = None
        self._asked: Promise[None] | None = None
        self._failure: Exception | None = None
        self.is_over: Promise[None] = a_new_promise()
        self.body = BodyRecord(None, length, self._make_stream)

    def _make_stream(self) -> ReadableStream:
        stream: ReadableStream = new(ReadableStream)
        self._stream = stream
        set_up_readable_stream_with_byte_reading_support(stream, self._pull, self._cancel)
        if self._failure is not None:
            error_readable_stream(stream, self._failure)
        return stream

    def _pull(self) -> Promise[None]:
        self._asked = a_new_promise()
        self._say("pull")
        return self._asked

    def _cancel(self, reason: object) -> None:
        self._say("cancel")
        resolve(self.is_over)

    def receive(self, kind: str, items: list[Any]) -> None:
        """A chunk, the end, or a failure. ValueError if it is something else."""
        match kind, items:
            case "chunk", [bytes(chunk)] if chunk:
                if self._stream is not None and is_readable(self._stream):
                    enqueue_into_readable_stream(self._stream, chunk)
            case "end", []:
                if self._stream is not None and is_readable(self._stream):
                    close_readable_stream(self._stream)
                resolve(self.is_over)
            case "failed", [list(flags), bytes(error)]:
                self.fail(error_from_bytes(flags, error))
            case _:
                raise ValueError(f"{kind} is nothing of a body")
        asked, self._asked = self._asked, None
        if asked is not None:
            resolve(asked)

    def fail(self, error: Exception) -> None:
        """Nothing more will come."""
        self._failure = error
        if self._stream is not None and is_readable(self._stream):
            error_readable_stream(self._stream, error)
        resolve(self.is_over)
