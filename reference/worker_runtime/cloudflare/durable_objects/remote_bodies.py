"""Bodies and WebSockets between processes: chunk after chunk, each when it is asked for.

SPEC_NOTES.md#remote-bodies
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import ref

from ...fetch.bodies import BodyRecord
from ...html.event_loops import call_in_a_turn, in_parallel, relevant_event_loop
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
    """A body that comes from another process. When nobody has it any more, nobody wants more of it.

    SPEC_NOTES.md#body-receiver
    """

    def __init__(self, say: Say) -> None:
        self._say = say
        self._event_loop = relevant_event_loop()
        self._stream: ref[ReadableStream] | None = None  # as soon as somebody asks for it
        self._maker: ref[Any] | None = None  # of the stream; the body has it until then
        self._asked: Promise[None] | None = None
        self._failure: Exception | None = None
        self._is_over = False
        self.is_over: Promise[None] = a_new_promise()

    def body(self, length: int | None) -> BodyRecord:
        """The body, which is asked for once."""
        make_the_stream = partial(self._make_the_stream)
        self._maker = ref(make_the_stream, self._is_dropped)
        return BodyRecord(None, length, make_the_stream)

    def _make_the_stream(self) -> ReadableStream:
        stream: ReadableStream = new(ReadableStream)
        self._stream = ref(stream, self._is_dropped)
        set_up_readable_stream_with_byte_reading_support(stream, self._pull, self._cancel)
        if self._failure is not None:
            error_readable_stream(stream, self._failure)
        return stream

    def _is_dropped(self, reference: object) -> None:
        # In any thread: that of the collector.
        if not self._is_over:
            call_in_a_turn(self._event_loop, self._cancel_what_nobody_has)

    def _cancel_what_nobody_has(self) -> None:
        if not self._is_over and (self._stream is None or self._stream() is None):
            self._cancel(None)

    def _readable_stream(self) -> ReadableStream | None:
        stream = None if self._stream is None else self._stream()
        return stream if stream is not None and is_readable(stream) else None

    def _end(self) -> None:
        self._is_over = True
        resolve(self.is_over)

    def _pull(self) -> Promise[None]:
        self._asked = a_new_promise()
        self._say("pull")
        return self._asked

    def _cancel(self, reason: object) -> None:
        self._say("cancel")
        self._end()

    def receive(self, kind: str, items: list[Any]) -> None:
        """A chunk, the end, or a failure. ValueError if it is something else."""
        match kind, items:
            case "chunk", [bytes(chunk)] if chunk:
                if (stream := self._readable_stream()) is not None:
                    enqueue_into_readable_stream(stream, chunk)
            case "end", []:
                if (stream := self._readable_stream()) is not None:
                    close_readable_stream(stream)
                self._end()
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
        if (stream := self._readable_stream()) is not None:
            error_readable_stream(stream, error)
        self._end()
