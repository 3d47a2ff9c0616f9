"""Streams, 4.2 and 4.9.1: the ReadableStream class, in every state."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from worker_runtime import AbortSignal, RangeError, ReadableStream, TransformStream, WritableStream
from worker_runtime.streams.default_controller import ReadableStreamDefaultController
from worker_runtime.streams.readable_stream import (
    create_readable_byte_stream,
    create_readable_stream,
)
from worker_runtime.webidl.interfaces import new
from worker_runtime.webidl.promises import Promise, a_promise_resolved_with

from .recording import FAILURE, ByteSource, Failure, Sink, Source, collect, outcome_of, table, turns

spec = pytest.mark.spec

STATES: dict[str, Callable[[Source], object]] = {
    "readable": lambda source: None,
    "queued": lambda source: source.controller.enqueue(b"chunk"),
    "closing": lambda source: (source.controller.enqueue(b"chunk"), source.controller.close()),
    "closed": lambda source: source.controller.close(),
    "errored": lambda source: source.controller.error(FAILURE),
}

UNLOCKED: dict[str, Callable[[ReadableStream], Any]] = {
    "locked": lambda stream: stream.locked,
    "cancel()": lambda stream: stream.cancel("why"),
    "getReader()": lambda stream: stream.getReader(),
    "getReader, closed": lambda stream: stream.getReader().closed,
    "getReader, read()": lambda stream: stream.getReader().read(),
    "pipeTo()": lambda stream: stream.pipeTo(WritableStream()),
    "pipeThrough()": lambda stream: stream.pipeThrough(TransformStream()),
    "tee()": lambda stream: stream.tee(),
    "next of values()": lambda stream: stream.values().__anext__(),
}

LOCKED: dict[str, Callable[[ReadableStream, Any], Any]] = {
    "locked": lambda stream, reader: stream.locked,
    "cancel()": lambda stream, reader: stream.cancel(),
    "getReader()": lambda stream, reader: stream.getReader(),
    "pipeTo()": lambda stream, reader: stream.pipeTo(WritableStream()),
    "pipeThrough()": lambda stream, reader: stream.pipeThrough(TransformStream()),
    "tee()": lambda stream, reader: stream.tee(),
    "values()": lambda stream, reader: stream.values(),
    "reader.closed": lambda stream, reader: reader.closed,
    "reader.read()": lambda stream, reader: reader.read(),
    "reader.cancel()": lambda stream, reader: reader.cancel("why"),
    "reader.releaseLock()": lambda stream, reader: reader.releaseLock(),
    "released, read()": lambda stream, reader: (reader.releaseLock(), reader.read())[1],
    "released, cancel()": lambda stream, reader: (reader.releaseLock(), reader.cancel())[1],
    "released, closed": lambda stream, reader: (reader.releaseLock(), reader.closed)[1],
}

WHEN_UNLOCKED = """
                  | readable  | queued    | closing   | closed                     | errored
locked            | False     | False     | False     | False                      | False
cancel()          | None      | None      | None      | None                       | rejects Failure
getReader()       | an object | an object | an object | an object                  | an object
getReader, closed | pending   | pending   | pending   | None                       | rejects Failure
getReader, read() | pending   | b'chunk'  | b'chunk'  | done                       | rejects Failure
pipeTo()          | pending   | pending   | None      | None                       | rejects Failure
pipeThrough()     | an object | an object | an object | an object                  | an object
tee()             | an object | an object | an object | an object                  | an object
next of values()  | pending   | b'chunk'  | b'chunk'  | rejects StopAsyncIteration | rejects Failure
"""

WHEN_LOCKED = """
                     | readable          | queued            | closing           | closed            | errored
locked               | True              | True              | True              | True              | True
cancel()             | rejects TypeError | rejects TypeError | rejects TypeError | rejects TypeError | rejects TypeError
getReader()          | raises TypeError  | raises TypeError  | raises TypeError  | raises TypeError  | raises TypeError
pipeTo()             | rejects TypeError | rejects TypeError | rejects TypeError | rejects TypeError | rejects TypeError
pipeThrough()        | raises TypeError  | raises TypeError  | raises TypeError  | raises TypeError  | raises TypeError
tee()                | raises TypeError  | raises TypeError  | raises TypeError  | raises TypeError  | raises TypeError
values()             | raises TypeError  | raises TypeError  | raises TypeError  | raises TypeError  | raises TypeError
reader.closed        | pending           | pending           | pending           | None              | rejects Failure
reader.read()        | pending           | b'chunk'          | b'chunk'          | done              | rejects Failure
reader.cancel()      | None              | None              | None              | None              | rejects Failure
reader.releaseLock() | None              | None              | None              | None              | None
released, read()     | rejects TypeError | rejects TypeError | rejects TypeError | rejects TypeError | rejects TypeError
released, cancel()   | rejects TypeError | rejects TypeError | rejects TypeError | rejects TypeError | rejects TypeError
released, closed     | rejects TypeError | rejects TypeError | rejects TypeError | rejects TypeError | rejects TypeError
"""


@spec("https://streams.spec.whatwg.org/#readablestream")
@spec("https://streams.spec.whatwg.org/#rs-locked")
@spec("https://streams.spec.whatwg.org/#rs-cancel")
@spec("https://streams.spec.whatwg.org/#rs-get-reader")
@spec("https://streams.spec.whatwg.org/#rs-tee")
class TestEveryStateOfAReadableStream:
    @pytest.mark.parametrize("make_source", [Source, ByteSource])
    @pytest.mark.parametrize("state, operation, outcome", table(WHEN_UNLOCKED))
    async def test_when_it_is_not_locked(
        self, make_source: type[Source], state: str, operation: str, outcome: str
    ) -> None:
        source = make_source()
        stream = ReadableStream(source)
        STATES[state](source)
        assert await outcome_of(lambda: UNLOCKED[operation](stream)) == outcome

    @pytest.mark.parametrize("make_source", [Source, ByteSource])
    @pytest.mark.parametrize("state, operation, outcome", table(WHEN_LOCKED))
    async def test_when_it_is_locked(
        self, make_source: type[Source], state: str, operation: str, outcome: str
    ) -> None:
        source = make_source()
        stream = ReadableStream(source)
        STATES[state](source)
        reader = stream.getReader()
        assert await outcome_of(lambda: LOCKED[operation](stream, reader)) == outcome

    async def test_a_mode_that_there_is_not_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="mode"):
            ReadableStream().getReader(mode="bytes")  # type: ignore[arg-type]

    async def test_only_a_byte_stream_has_byob_readers(self) -> None:
        assert ReadableStream(ByteSource()).getReader(mode="byob")
        stream = ReadableStream()
        with pytest.raises(TypeError, match="byte stream"):
            stream.getReader(mode="byob")
        assert not stream.locked


@spec("https://streams.spec.whatwg.org/#rs-constructor")
@spec("https://streams.spec.whatwg.org/#initialize-readable-stream")
class TestConstructor:
    def test_needs_a_running_loop_and_says_so(self) -> None:
        with pytest.raises(RuntimeError, match="running event loop"):
            ReadableStream()

    async def test_what_start_raises_is_raised(self) -> None:
        def start(controller: object) -> None:
            raise FAILURE

        with pytest.raises(Failure):
            ReadableStream({"start": start})

    async def test_start_may_be_a_coroutine_and_pull_waits_for_it(self) -> None:
        events: list[str] = []

        async def start(controller: object) -> None:
            events.append("start")
            await asyncio.sleep(0)
            events.append("started")

        ReadableStream({"start": start, "pull": lambda controller: events.append("pull")})
        await turns()
        assert events == ["start", "started", "pull"]

    async def test_a_start_that_fails_later_errors_the_stream(self) -> None:
        async def start(controller: object) -> None:
            raise FAILURE

        with pytest.raises(Failure):
            await ReadableStream({"start": start}).getReader().closed

    async def test_a_byte_stream_counts_bytes_itself(self) -> None:
        with pytest.raises(RangeError, match="size function"):
            ReadableStream({"type": "bytes"}, {"size": lambda chunk: 1})

    async def test_a_high_water_mark_of_infinity_is_no_backpressure(self) -> None:
        def pull(controller: ReadableStreamDefaultController) -> None:
            if len(source.events) < 100:
                controller.enqueue("x")

        source = Source(pull=pull)
        ReadableStream(source, {"highWaterMark": float("inf")})
        await turns()
        assert len(source.events) == 100


@spec("https://streams.spec.whatwg.org/#create-readable-stream")
class TestCreateReadableStream:
    async def test_wants_one_chunk_unless_told_otherwise(self) -> None:
        stream = create_readable_stream(
            lambda: None, Promise, lambda reason: a_promise_resolved_with(None)
        )
        assert isinstance(stream._controller, ReadableStreamDefaultController)
        assert stream._controller.desiredSize == 1


@spec("https://streams.spec.whatwg.org/#abstract-opdef-createreadablebytestream")
class TestCreateReadableByteStream:
    async def test_has_byob_readers_and_wants_nothing_by_itself(self) -> None:
        stream = create_readable_byte_stream(
            lambda: None, Promise, lambda reason: a_promise_resolved_with(None)
        )
        assert stream._controller.desiredSize == 0
        assert stream.getReader(mode="byob")


@spec("https://streams.spec.whatwg.org/#rs-from")
@spec("https://streams.spec.whatwg.org/#readable-stream-from-iterable")
class TestFrom:
    async def test_an_async_generator(self) -> None:
        async def generator() -> AsyncIterator[int]:
            for number in range(3):
                await asyncio.sleep(0)
                yield number

        assert await collect(ReadableStream.from_(generator())) == [0, 1, 2]

    @pytest.mark.parametrize(
        "iterable", [[1, 2], (1, 2), {1: "a", 2: "b"}, iter([1, 2]), range(1, 3)]
    )
    async def test_any_iterable(self, iterable: object) -> None:
        assert await collect(ReadableStream.from_(iterable)) == [1, 2]

    async def test_another_stream(self) -> None:
        assert await collect(ReadableStream.from_(ReadableStream.from_([1, 2]))) == [1, 2]

    async def test_an_asyncio_stream_reader_gives_its_lines(self) -> None:
        reader = asyncio.StreamReader()
        stream = ReadableStream.from_(reader)
        reader.feed_data(b"first\nsecond\n")
        reader.feed_eof()
        assert await collect(stream) == [b"first\n", b"second\n"]

    @pytest.mark.parametrize("value", ["text", 1, None, object()])
    async def test_what_cannot_be_iterated_over_is_a_type_error_and_so_is_a_string(
        self, value: object
    ) -> None:
        with pytest.raises(TypeError, match="Expected an iterable"):
            ReadableStream.from_(value)

    async def test_nothing_is_asked_for_before_somebody_reads(self) -> None:
        asked: list[int] = []

        def generator() -> Iterator[int]:
            for number in range(3):
                asked.append(number)
                yield number

        reader = ReadableStream.from_(generator()).getReader()
        await turns()
        assert asked == []
        await reader.read()
        await turns()
        assert asked == [0]

    async def test_what_the_iterator_raises_errors_the_stream(self) -> None:
        async def generator() -> AsyncIterator[int]:
            yield 1
            raise FAILURE

        reader = ReadableStream.from_(generator()).getReader()
        assert (await reader.read()).value == 1
        with pytest.raises(Failure):
            await reader.read()

    async def test_cancel_closes_the_iterator_at_once_also_when_it_waits(self) -> None:
        seen: list[str] = []

        async def generator() -> AsyncIterator[int]:
            try:
                yield 1
                await asyncio.sleep(60)
            finally:
                seen.append("closed")

        for reads in (1, 2):
            reader = ReadableStream.from_(generator()).getReader()
            await reader.read()
            if reads == 2:
                assert (await outcome_of(reader.read)) == "pending"
            await reader.cancel("why")
            assert seen == ["closed"] * reads


@spec("https://streams.spec.whatwg.org/#rs-pipe-through")
@spec("https://streams.spec.whatwg.org/#dictdef-readablewritablepair")
class TestPipeThrough:
    async def test_gives_the_readable_of_any_pair(self) -> None:
        class Pair:
            readable, writable = ReadableStream(), WritableStream()

        pair = Pair()
        assert ReadableStream().pipeThrough(pair) is pair.readable
        assert pair.writable.locked

    async def test_what_is_no_pair_is_a_type_error(self) -> None:
        class NoPair:
            readable: Any = ReadableStream()
            writable: Any = "no stream"

        stream = ReadableStream()
        with pytest.raises(TypeError, match="WritableStream"):
            stream.pipeThrough(NoPair())
        NoPair.readable, NoPair.writable = "no stream", WritableStream()
        with pytest.raises(TypeError, match="ReadableStream"):
            stream.pipeThrough(NoPair())
        assert not stream.locked

    async def test_a_writable_that_is_locked_is_a_type_error(self) -> None:
        transform = TransformStream()
        transform.writable.getWriter()
        stream = ReadableStream()
        with pytest.raises(TypeError, match="locked"):
            stream.pipeThrough(transform)
        assert not stream.locked

    async def test_nobody_has_to_handle_that_the_pipe_fails(self) -> None:
        source = Source()
        readable = ReadableStream(source).pipeThrough(TransformStream())
        source.controller.error(FAILURE)
        with pytest.raises(Failure):
            await readable.getReader().read()


@spec("https://streams.spec.whatwg.org/#rs-pipe-to")
@spec("https://streams.spec.whatwg.org/#dictdef-streampipeoptions")
class TestPipeTo:
    @pytest.mark.parametrize(
        "destination, signal", [("no stream", None), (None, None), (WritableStream, "no signal")]
    )
    async def test_what_is_unfit_is_a_rejection(self, destination: Any, signal: Any) -> None:
        stream = ReadableStream()
        with pytest.raises(TypeError):
            await stream.pipeTo(
                destination() if callable(destination) else destination, signal=signal
            )
        assert not stream.locked

    async def test_a_writable_that_is_locked_is_a_rejection(self) -> None:
        stream, writable = ReadableStream(), WritableStream()
        writable.getWriter()
        with pytest.raises(TypeError, match="locked"):
            await stream.pipeTo(writable)
        assert not stream.locked

    async def test_takes_an_abort_signal(self) -> None:
        sink = Sink()
        with pytest.raises(Failure):
            await ReadableStream().pipeTo(WritableStream(sink), signal=AbortSignal.abort(FAILURE))
        assert sink.events == [("abort", FAILURE)]


class TestSubclass:
    async def test_a_class_of_ones_own_may_have_more(self) -> None:
        class Numbers(ReadableStream):
            def __init__(self, count: int) -> None:
                super().__init__({"start": self.fill})
                self.count = count

            def fill(self, controller: ReadableStreamDefaultController) -> None:
                controller.enqueue(1)
                controller.close()

        numbers = Numbers(1)
        assert (await collect(numbers), numbers.count) == ([1], 1)

    async def test_slots_make_a_misspelt_one_an_error(self) -> None:
        with pytest.raises(AttributeError):
            new(ReadableStream)._clossed = True  # type: ignore[attr-defined]
