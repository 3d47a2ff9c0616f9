"""Streams, 6.2, 6.4.1, 6.4.3 and 6.4.4: the TransformStream class, in every state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime import (
    Promise,
    ReadableStream,
    TransformStream,
    TransformStreamDefaultController,
)
from worker_runtime.streams.transform_stream import transform_stream_default_source_pull_algorithm

from .recording import FAILURE, Failure, Transformer, collect, outcome_of, table, turns

spec = pytest.mark.spec


async def in_state(state: str) -> tuple[TransformStream, Transformer]:
    """A stream in a state. One with backpressure has a chunk that waits for somebody to read it."""
    transformer = Transformer()
    stream = TransformStream(transformer)
    if state != "starting":
        await turns()
    match state:
        case "wanted":
            reader = stream.readable.getReader()
            reader.read().then(None, lambda reason: None)
            await turns()
        case "backpressure":
            writer = stream.writable.getWriter()
            writer.write("chunk").then(None, lambda reason: None)
            writer.releaseLock()
            await turns()
        case "terminated":
            transformer.controller.terminate()
        case "errored":
            transformer.controller.error(FAILURE)
        case "canceled":
            await stream.readable.cancel(FAILURE)
        case "aborted":
            await stream.writable.abort(FAILURE)
        case "closed":
            await stream.writable.close()
    return stream, transformer


OPERATIONS: dict[str, Callable[[TransformStream, Transformer], Any]] = {
    "desiredSize": lambda stream, transformer: transformer.controller.desiredSize,
    "enqueue()": lambda stream, transformer: transformer.controller.enqueue("another"),
    "error()": lambda stream, transformer: transformer.controller.error("another"),
    "terminate()": lambda stream, transformer: transformer.controller.terminate(),
    "write()": lambda stream, transformer: stream.writable.getWriter().write("another"),
    "ready": lambda stream, transformer: stream.writable.getWriter().ready,
    "close()": lambda stream, transformer: stream.writable.close(),
    "abort()": lambda stream, transformer: stream.writable.abort("why"),
}

READING: dict[str, Callable[[TransformStream, Transformer], Any]] = {
    "read()": lambda stream, transformer: stream.readable.getReader().read(),
    "cancel()": lambda stream, transformer: stream.readable.cancel("why"),
}

AT_WORK = """
            | starting | idle    | wanted | backpressure
desiredSize | 0        | 0       | 0      | 0
enqueue()   | None     | None    | None   | None
error()     | None     | None    | None   | None
terminate() | None     | None    | None   | None
write()     | pending  | pending | None   | pending
ready       | None     | None    | None   | pending
close()     | None     | None    | None   | pending
abort()     | None     | None    | None   | pending
"""

AT_THE_END = """
            | terminated        | errored           | canceled          | aborted           | closed
desiredSize | 0                 | None              | 0                 | None              | 0
enqueue()   | raises TypeError  | raises TypeError  | raises TypeError  | raises TypeError  | raises TypeError
error()     | None              | None              | None              | None              | None
terminate() | None              | None              | None              | None              | None
write()     | rejects TypeError | rejects Failure   | rejects Failure   | rejects Failure   | rejects TypeError
ready       | rejects TypeError | rejects Failure   | rejects Failure   | rejects Failure   | None
close()     | rejects TypeError | rejects TypeError | rejects TypeError | rejects TypeError | rejects TypeError
abort()     | None              | None              | None              | None              | None
read()      | done              | rejects Failure   | done              | rejects Failure   | done
cancel()    | None              | rejects Failure   | None              | rejects Failure   | None
"""

READING_AT_WORK = """
         | starting | idle    | backpressure
read()   | pending  | pending | 'chunk'
cancel() | None     | None    | None
"""


@spec("https://streams.spec.whatwg.org/#transformstream")
@spec("https://streams.spec.whatwg.org/#ts-readable")
@spec("https://streams.spec.whatwg.org/#ts-writable")
class TestEveryStateOfATransformStream:
    @pytest.mark.parametrize(
        "state, operation, outcome", table(AT_WORK) + table(AT_THE_END) + table(READING_AT_WORK)
    )
    async def test_of_the_transformer_of_those_who_write_and_of_those_who_read(
        self, state: str, operation: str, outcome: str
    ) -> None:
        stream, transformer = await in_state(state)
        assert (
            await outcome_of(lambda: (OPERATIONS | READING)[operation](stream, transformer))
            == outcome
        )

    async def test_the_two_sides_are_always_the_same(self) -> None:
        stream = TransformStream()
        assert stream.readable is stream.readable
        assert stream.writable is stream.writable


@spec("https://streams.spec.whatwg.org/#ts-constructor")
@spec("https://streams.spec.whatwg.org/#initialize-transform-stream")
class TestConstructor:
    def test_needs_a_running_loop_and_says_so(self) -> None:
        with pytest.raises(RuntimeError, match="running event loop"):
            TransformStream()

    async def test_without_a_transformer_chunks_pass_as_they_are(self) -> None:
        assert await collect(
            ReadableStream.from_([1, None, "x"]).pipeThrough(TransformStream())
        ) == [1, None, "x"]

    async def test_what_start_raises_is_raised(self) -> None:
        def start(controller: object) -> None:
            raise FAILURE

        with pytest.raises(Failure):
            TransformStream({"start": start})

    async def test_a_start_that_is_rejected_errors_both_sides(self) -> None:
        stream = TransformStream({"start": lambda controller: Promise.reject(FAILURE)})
        for promise in (stream.readable.getReader().closed, stream.writable.getWriter().closed):
            with pytest.raises(Failure):
                await promise

    async def test_start_may_enqueue_what_comes_first(self) -> None:
        stream = TransformStream({"start": lambda controller: controller.enqueue("first")})
        assert await collect(ReadableStream.from_(["second"]).pipeThrough(stream)) == [
            "first",
            "second",
        ]

    async def test_each_side_has_its_strategy(self) -> None:
        transformer = Transformer()
        stream = TransformStream(transformer, {"highWaterMark": 7}, {"highWaterMark": 5})
        assert (stream.writable.getWriter().desiredSize, transformer.controller.desiredSize) == (
            7,
            5,
        )


@spec("https://streams.spec.whatwg.org/#transform-stream-default-sink-write-algorithm")
class TestWrite:
    async def test_waits_for_somebody_to_read(self) -> None:
        transformer = Transformer()
        stream = TransformStream(transformer)
        write = stream.writable.getWriter().write("chunk")
        await turns()
        assert transformer.events == []
        assert (await stream.readable.getReader().read()).value == "chunk"
        await write
        assert transformer.events == [("transform", "chunk")]

    async def test_does_not_wait_where_there_is_room(self) -> None:
        transformer = Transformer()
        stream = TransformStream(transformer, None, {"highWaterMark": 2})
        writer = stream.writable.getWriter()
        await writer.write(1)
        await writer.write(2)
        assert await outcome_of(lambda: writer.write(3)) == "pending"
        assert transformer.events == [("transform", 1), ("transform", 2)]

    async def test_that_waits_is_rejected_when_the_stream_fails(self) -> None:
        transformer = Transformer()
        stream = TransformStream(transformer)
        write = stream.writable.getWriter().write("chunk")
        await turns()
        transformer.controller.error(FAILURE)
        with pytest.raises(Failure):
            await write
        assert transformer.events == []


@spec("https://streams.spec.whatwg.org/#transform-stream-default-sink-close-algorithm")
class TestClose:
    async def test_flushes_first_and_then_closes_the_readable_side(self) -> None:
        stream = TransformStream(Transformer(flush=lambda controller: controller.enqueue("last")))
        assert await collect(ReadableStream.from_(["first"]).pipeThrough(stream)) == [
            "first",
            "last",
        ]

    async def test_a_flush_that_fails_errors_both_sides(self) -> None:
        async def flush(controller: object) -> None:
            await asyncio.sleep(0)
            raise FAILURE

        stream = TransformStream({"flush": flush})
        close = stream.writable.close()
        for promise in (close, stream.readable.getReader().closed):
            with pytest.raises(Failure):
                await promise

    async def test_a_flush_that_errors_the_stream_is_a_rejection(self) -> None:
        stream = TransformStream({"flush": lambda controller: controller.error(FAILURE)})
        with pytest.raises(Failure):
            await stream.writable.close()

    async def test_after_a_cancellation_that_is_under_way_does_not_flush(self) -> None:
        canceling = Promise.withResolvers()
        transformer = Transformer(cancel=lambda reason: canceling.promise)
        stream = TransformStream(transformer)
        await turns()
        cancel, close = stream.readable.cancel("why"), stream.writable.close()
        canceling.resolve()
        await cancel
        await close
        assert transformer.events == [("cancel", "why")]


@spec("https://streams.spec.whatwg.org/#transform-stream-default-sink-abort-algorithm")
class TestAbort:
    async def test_the_transformer_hears_the_reason_and_the_readable_side_fails_with_it(
        self,
    ) -> None:
        transformer = Transformer()
        stream = TransformStream(transformer)
        await stream.writable.abort(FAILURE)
        assert transformer.events == [("cancel", FAILURE)]
        with pytest.raises(Failure):
            await stream.readable.getReader().read()

    async def test_a_cancel_that_fails_is_what_both_fail_with(self) -> None:
        async def cancel(reason: object) -> None:
            raise FAILURE

        stream = TransformStream({"cancel": cancel})
        abort = stream.writable.abort("why")
        for promise in (abort, stream.readable.getReader().closed):
            with pytest.raises(Failure):
                await promise

    async def test_a_cancel_that_errors_the_stream_is_a_rejection(self) -> None:
        transformer = Transformer()
        transformer.members["cancel"] = lambda reason: transformer.controller.error(FAILURE)
        with pytest.raises(Failure):
            await TransformStream(transformer).writable.abort("why")

    async def test_while_the_readable_side_is_canceled_is_the_same_end(self) -> None:
        aborts: list[Promise[None]] = []
        transformer = Transformer()
        stream = TransformStream(transformer)
        transformer.members["cancel"] = lambda reason: aborts.append(stream.writable.abort("why"))
        await turns()
        assert await outcome_of(lambda: stream.readable.cancel(FAILURE)) == "rejects str"
        assert await outcome_of(lambda: aborts[0]) == "rejects str"
        assert transformer.events == [("cancel", FAILURE)]


@spec("https://streams.spec.whatwg.org/#transform-stream-default-source-cancel")
class TestCancel:
    async def test_the_transformer_hears_the_reason_and_the_writable_side_fails_with_it(
        self,
    ) -> None:
        transformer = Transformer()
        stream = TransformStream(transformer)
        write = stream.writable.getWriter().write("chunk")
        await turns()
        await stream.readable.cancel(FAILURE)
        assert transformer.events == [("cancel", FAILURE)]
        with pytest.raises(Failure):
            await write

    async def test_a_cancel_that_fails_is_what_both_fail_with(self) -> None:
        async def cancel(reason: object) -> None:
            raise FAILURE

        stream = TransformStream({"cancel": cancel})
        canceled = stream.readable.cancel("why")
        for promise in (canceled, stream.writable.getWriter().closed):
            with pytest.raises(Failure):
                await promise

    async def test_during_a_flush_is_the_same_end(self) -> None:
        transformer = Transformer()
        stream = TransformStream(transformer)
        transformer.members["flush"] = lambda controller: canceled.append(
            stream.readable.cancel("why")
        )
        canceled: list[Promise[None]] = []
        await turns()
        await stream.writable.close()
        await canceled[0]
        assert transformer.events == ["flush"]


@spec("https://streams.spec.whatwg.org/#transform-stream-default-source-pull")
class TestPull:
    async def test_ends_the_backpressure_until_there_is_a_chunk(self) -> None:
        stream = TransformStream()
        await turns()
        change = transform_stream_default_source_pull_algorithm(stream)
        assert stream._backpressure is False
        assert await outcome_of(lambda: change) == "pending"
        stream._controller.enqueue("chunk")
        assert stream._backpressure is True
        assert await outcome_of(lambda: change) == "None"


class TestACancelledTask:
    async def test_that_waited_for_a_transformed_chunk_loses_none(self) -> None:
        stream = TransformStream()
        reader, writer = stream.readable.getReader(), stream.writable.getWriter()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await reader.read()
        writer.write("chunk")
        assert (await reader.read()).value == "chunk"

    async def test_that_waited_to_write_has_written(self) -> None:
        async def transform(chunk: Any, controller: TransformStreamDefaultController) -> None:
            await asyncio.sleep(0)
            controller.enqueue(chunk * 2)

        stream = TransformStream({"transform": transform})
        writer = stream.writable.getWriter()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await writer.write("ab")
        assert (await stream.readable.getReader().read()).value == "abab"
