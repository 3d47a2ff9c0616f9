"""Streams, 4.6 and 4.9.4: the default controller, in every state."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import Any
from weakref import ref

import pytest

from worker_runtime import (
    Promise,
    RangeError,
    ReadableStream,
    ReadableStreamDefaultController,
    TransformStream,
)
from worker_runtime.streams.default_controller import (
    default_controller_of,
    readable_stream_default_controller_has_backpressure,
)

from .recording import FAILURE, Failure, Source, collect, outcome_of, table, turns

spec = pytest.mark.spec

STATES: dict[str, Callable[[Any], object]] = {
    "readable": lambda controller: None,
    "queued": lambda controller: controller.enqueue("chunk"),
    "closing": lambda controller: (controller.enqueue("chunk"), controller.close()),
    "closed": lambda controller: controller.close(),
    "errored": lambda controller: controller.error(FAILURE),
}

OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "desiredSize": lambda controller: controller.desiredSize,
    "enqueue()": lambda controller: controller.enqueue("another"),
    "close()": lambda controller: controller.close(),
    "error()": lambda controller: controller.error("another"),
}

OUTCOMES = """
            | readable | queued | closing          | closed           | errored
desiredSize | 1        | 0      | 0                | 0                | None
enqueue()   | None     | None   | raises TypeError | raises TypeError | raises TypeError
close()     | None     | None   | raises TypeError | raises TypeError | raises TypeError
error()     | None     | None   | None             | None             | None
"""


@spec("https://streams.spec.whatwg.org/#readablestreamdefaultcontroller")
@spec("https://streams.spec.whatwg.org/#rs-default-controller-desired-size")
@spec("https://streams.spec.whatwg.org/#rs-default-controller-enqueue")
@spec("https://streams.spec.whatwg.org/#rs-default-controller-close")
@spec("https://streams.spec.whatwg.org/#rs-default-controller-error")
@spec("https://streams.spec.whatwg.org/#readable-stream-default-controller-can-close-or-enqueue")
@spec("https://streams.spec.whatwg.org/#readable-stream-default-controller-get-desired-size")
class TestEveryState:
    @pytest.mark.parametrize("state, operation, outcome", table(OUTCOMES))
    async def test_of_a_stream_with_a_default_controller(
        self, state: str, operation: str, outcome: str
    ) -> None:
        source = Source()
        ReadableStream(source)
        STATES[state](source.controller)
        assert await outcome_of(lambda: OPERATIONS[operation](source.controller)) == outcome

    def test_only_a_stream_has_one(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            ReadableStreamDefaultController()

    async def test_errors_are_final_and_the_first_counts(self) -> None:
        source = Source()
        stream = ReadableStream(source)
        source.controller.error(FAILURE)
        source.controller.error("another")
        with pytest.raises(Failure):
            await stream.getReader().read()

    async def test_a_reason_may_be_any_value(self) -> None:
        for reason in (None, "text", 0, {"a": 1}):
            source = Source()
            reader = ReadableStream(source).getReader()
            source.controller.error(reason)
            reasons: list[object] = []
            reader.closed.then(None, reasons.append)
            await turns()
            assert reasons == [reason]


@spec("https://streams.spec.whatwg.org/#readable-stream-default-controller-enqueue")
class TestEnqueue:
    async def test_a_waiting_read_gets_the_chunk_and_the_queue_stays_empty(self) -> None:
        source = Source()
        read = ReadableStream(source).getReader().read()
        source.controller.enqueue("chunk")
        assert source.controller.desiredSize == 1
        assert (await read).value == "chunk"

    async def test_what_the_size_function_raises_is_raised_and_errors_the_stream(self) -> None:
        def size(chunk: object) -> float:
            raise FAILURE

        source = Source()
        stream = ReadableStream(source, {"size": size})
        with pytest.raises(Failure):
            source.controller.enqueue("chunk")
        with pytest.raises(Failure):
            await stream.getReader().closed

    async def test_a_size_that_is_none_is_a_range_error_and_errors_the_stream(self) -> None:
        source = Source()
        stream = ReadableStream(source, {"size": lambda chunk: -1})
        with pytest.raises(RangeError):
            source.controller.enqueue("chunk")
        with pytest.raises(RangeError):
            await stream.getReader().closed

    async def test_a_size_function_may_enqueue_close_or_error(self) -> None:
        def size(chunk: object) -> float:
            match chunk:
                case "first":
                    source.controller.enqueue("from within")
                case "last":
                    source.controller.close()
            return 1

        source = Source()
        stream = ReadableStream(source, {"size": size, "highWaterMark": 10})
        source.controller.enqueue("first")
        source.controller.enqueue("last")
        assert await collect(stream) == ["from within", "first", "last"]

    async def test_a_size_function_that_errors_the_stream_ends_it(self) -> None:
        source = Source()
        stream = ReadableStream(
            source, {"size": lambda chunk: (source.controller.error(FAILURE), 1)[1]}
        )
        source.controller.enqueue("chunk")
        with pytest.raises(Failure):
            await stream.getReader().closed


@spec("https://streams.spec.whatwg.org/#readable-stream-default-controller-close")
class TestClose:
    async def test_the_queue_is_read_first(self) -> None:
        source = Source()
        stream = ReadableStream(source)
        source.controller.enqueue("a")
        source.controller.enqueue("b")
        source.controller.close()
        assert await collect(stream) == ["a", "b"]

    async def test_every_waiting_read_hears_of_it(self) -> None:
        source = Source()
        reader = ReadableStream(source).getReader()
        reads = [reader.read() for _ in range(3)]
        source.controller.close()
        assert [await read for read in reads] == [(None, True)] * 3


@spec("https://streams.spec.whatwg.org/#readable-stream-default-controller-error")
class TestError:
    async def test_the_queue_is_gone(self) -> None:
        source = Source()
        reader = ReadableStream(source).getReader()
        source.controller.enqueue("chunk")
        source.controller.error(FAILURE)
        with pytest.raises(Failure):
            await reader.read()


@spec("https://streams.spec.whatwg.org/#readable-stream-default-controller-call-pull-if-needed")
@spec("https://streams.spec.whatwg.org/#readable-stream-default-controller-should-call-pull")
@spec("https://streams.spec.whatwg.org/#rs-default-controller-private-pull")
class TestPull:
    async def test_is_called_until_the_queue_is_full(self) -> None:
        source = Source(pull=lambda controller: controller.enqueue("chunk"))
        ReadableStream(source, {"highWaterMark": 3})
        await turns()
        assert source.events == ["pull"] * 3

    async def test_is_not_called_without_a_wish_for_chunks(self) -> None:
        source = Source()
        ReadableStream(source, {"highWaterMark": 0})
        await turns()
        assert source.events == []

    async def test_is_called_for_a_waiting_read_also_at_a_high_water_mark_of_zero(self) -> None:
        source = Source(pull=lambda controller: controller.enqueue("chunk"))
        reader = ReadableStream(source, {"highWaterMark": 0}).getReader()
        assert (await reader.read()).value == "chunk"
        await turns()
        assert source.events == ["pull"]

    async def test_is_not_called_again_before_its_promise_is_fulfilled(self) -> None:
        going_on = Promise.withResolvers()
        source = Source(pull=lambda controller: going_on.promise)
        ReadableStream(source, {"highWaterMark": 5})
        await turns()
        source.controller.enqueue("chunk")
        await turns()
        assert source.events == ["pull"]
        going_on.resolve()
        await turns()
        assert source.events == ["pull", "pull"]

    async def test_that_does_nothing_is_not_called_for_ever(self) -> None:
        source = Source()
        ReadableStream(source)
        await turns()
        assert source.events == ["pull"]

    async def test_may_be_a_coroutine(self) -> None:
        async def pull(controller: Any) -> None:
            await asyncio.sleep(0)
            controller.enqueue("chunk")
            controller.close()

        assert await collect(ReadableStream({"pull": pull})) == ["chunk"]

    async def test_that_fails_errors_the_stream(self) -> None:
        def at_once(controller: object) -> None:
            raise FAILURE

        async def later(controller: object) -> None:
            await asyncio.sleep(0)
            raise FAILURE

        for pull in (at_once, later):
            with pytest.raises(Failure):
                await ReadableStream({"pull": pull}).getReader().read()

    async def test_may_enqueue_more_than_was_asked_for(self) -> None:
        def pull(controller: Any) -> None:
            for number in range(5):
                controller.enqueue(number)
            controller.close()

        assert await collect(ReadableStream({"pull": pull})) == [0, 1, 2, 3, 4]

    async def test_is_not_called_once_the_stream_is_canceled(self) -> None:
        source = Source()
        stream = ReadableStream(source, {"highWaterMark": 2})
        await stream.cancel("why")
        await turns()
        assert source.events == [("cancel", "why")]


@spec("https://streams.spec.whatwg.org/#rs-default-controller-private-cancel")
class TestCancelSteps:
    async def test_the_queue_is_gone_and_the_source_hears_the_reason(self) -> None:
        source = Source()
        stream = ReadableStream(source)
        source.controller.enqueue("chunk")
        await stream.cancel("why")
        assert source.events == [("cancel", "why")]
        assert await collect(stream) == []

    async def test_what_cancel_raises_is_the_reason_of_the_rejection_but_the_stream_is_closed(
        self,
    ) -> None:
        async def cancel(reason: object) -> None:
            raise FAILURE

        stream = ReadableStream({"cancel": cancel})
        with pytest.raises(Failure):
            await stream.cancel()
        assert await collect(stream) == []


@spec(
    "https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaultcontroller-releasesteps"
)
class TestReleaseSteps:
    async def test_the_queue_stays(self) -> None:
        source = Source()
        stream = ReadableStream(source)
        source.controller.enqueue("chunk")
        source.controller.close()
        stream.getReader().releaseLock()
        assert await collect(stream) == ["chunk"]


@spec("https://streams.spec.whatwg.org/#readable-stream-default-controller-clear-algorithms")
class TestClearAlgorithms:
    @pytest.mark.parametrize("end", ["close", "error", "cancel"])
    async def test_a_stream_that_has_ended_lets_its_source_go(self, end: str) -> None:
        source = Source()
        stream = ReadableStream(source)
        await turns()
        reference = ref(source)
        if end == "cancel":
            await stream.cancel()
        else:
            getattr(source.controller, end)()
        del source
        await turns()
        gc.collect()
        assert reference() is None


@spec("https://streams.spec.whatwg.org/#rs-default-controller-has-backpressure")
@spec("https://streams.spec.whatwg.org/#readablestream-controller")
class TestHasBackpressure:
    async def test_until_somebody_reads(self) -> None:
        readable = TransformStream().readable
        await turns()
        controller = default_controller_of(readable)
        assert readable_stream_default_controller_has_backpressure(controller)
        readable.getReader().read()
        assert not readable_stream_default_controller_has_backpressure(controller)


@spec("https://streams.spec.whatwg.org/#set-up-readable-stream-default-controller")
@spec(
    "https://streams.spec.whatwg.org/#set-up-readable-stream-default-controller-from-underlying-source"
)
class TestSetUp:
    async def test_start_sees_the_controller_and_pull_comes_after_it(self) -> None:
        started = Promise.withResolvers()
        source = Source(start=lambda controller: started.promise)
        ReadableStream(source)
        await turns()
        assert (type(source.controller), source.events) == (ReadableStreamDefaultController, [])
        started.resolve()
        await turns()
        assert source.events == ["pull"]

    async def test_a_start_that_is_rejected_errors_the_stream(self) -> None:
        with pytest.raises(Failure):
            await (
                ReadableStream({"start": lambda controller: Promise.reject(FAILURE)})
                .getReader()
                .closed
            )

    async def test_a_source_without_members_never_ends(self) -> None:
        assert await outcome_of(ReadableStream({}).getReader().read) == "pending"
        assert await outcome_of(ReadableStream({}).cancel) == "None"
