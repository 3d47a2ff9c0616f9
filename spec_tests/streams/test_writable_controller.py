"""Streams, 5.4 and 5.5.4: the writable stream's controller."""

from __future__ import annotations

import gc
from typing import Any
from weakref import ref

import pytest

from worker_runtime import (
    AbortSignal,
    Promise,
    RangeError,
    WritableStream,
    WritableStreamDefaultController,
)

from .recording import FAILURE, Failure, Sink, outcome_of, turns

spec = pytest.mark.spec


@spec("https://streams.spec.whatwg.org/#writablestreamdefaultcontroller")
@spec("https://streams.spec.whatwg.org/#ws-default-controller-error")
@spec("https://streams.spec.whatwg.org/#writable-stream-default-controller-error")
@spec("https://streams.spec.whatwg.org/#writable-stream-default-controller-error-if-needed")
class TestController:
    def test_only_a_stream_has_one(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            WritableStreamDefaultController()

    async def test_error_makes_the_stream_fail_once(self) -> None:
        sink = Sink()
        writer = WritableStream(sink).getWriter()
        sink.controller.error(FAILURE)
        sink.controller.error("another")
        with pytest.raises(Failure):
            await writer.closed

    async def test_error_of_a_stream_that_is_closed_does_nothing(self) -> None:
        sink = Sink()
        writer = WritableStream(sink).getWriter()
        await writer.close()
        sink.controller.error(FAILURE)
        await writer.closed
        assert writer.desiredSize == 0


@spec("https://streams.spec.whatwg.org/#ws-default-controller-signal")
class TestSignal:
    async def test_is_aborted_when_the_stream_is_also_while_a_write_is_under_way(self) -> None:
        seen: list[Any] = []

        async def write(chunk: object, controller: WritableStreamDefaultController) -> None:
            aborted = Promise.withResolvers()
            controller.signal.addEventListener("abort", lambda event: aborted.resolve())
            await aborted.promise
            seen.append(controller.signal.reason)

        sink = Sink(write=write)
        writer = WritableStream(sink).getWriter()
        writer.write("chunk").then(None, lambda reason: None)
        await turns()
        assert (
            isinstance(sink.controller.signal, AbortSignal) and not sink.controller.signal.aborted
        )
        await writer.abort("why")
        assert seen == ["why"]

    async def test_is_not_aborted_by_an_error(self) -> None:
        sink = Sink()
        WritableStream(sink)
        sink.controller.error(FAILURE)
        await turns()
        assert not sink.controller.signal.aborted

    async def test_a_listener_may_error_the_stream_which_then_cannot_be_aborted(self) -> None:
        sink = Sink()
        stream = WritableStream(sink)
        await turns()
        sink.controller.signal.addEventListener(
            "abort", lambda event: sink.controller.error(FAILURE)
        )
        await stream.abort("why")
        assert sink.events == []
        with pytest.raises(Failure):
            await stream.getWriter().closed


@spec("https://streams.spec.whatwg.org/#ws-default-controller-private-abort")
@spec("https://streams.spec.whatwg.org/#ws-default-controller-private-error")
class TestInternalMethods:
    async def test_what_waits_is_gone_and_the_sink_hears_the_reason(self) -> None:
        writing = Promise.withResolvers()
        sink = Sink(write=lambda chunk, controller: writing.promise)
        writer = WritableStream(sink).getWriter()
        writes = [writer.write(number) for number in range(2)]
        await turns()
        abort = writer.abort(FAILURE)
        writing.resolve()
        await abort
        await writes[0]
        with pytest.raises(Failure):
            await writes[1]
        assert sink.events == [("write", 0), ("abort", FAILURE)]


@spec("https://streams.spec.whatwg.org/#set-up-writable-stream-default-controller")
@spec(
    "https://streams.spec.whatwg.org/#set-up-writable-stream-default-controller-from-underlying-sink"
)
class TestSetUp:
    async def test_nothing_is_written_before_the_start_is_done(self) -> None:
        starting = Promise.withResolvers()
        sink = Sink(start=lambda controller: starting.promise)
        writer = WritableStream(sink).getWriter()
        writer.write("chunk")
        await turns()
        assert sink.events == []
        starting.resolve()
        await turns()
        assert sink.events == [("write", "chunk")]

    async def test_a_start_that_is_rejected_errors_the_stream(self) -> None:
        sink = Sink(start=lambda controller: Promise.reject(FAILURE))
        writer = WritableStream(sink).getWriter()
        for promise in (writer.write("chunk"), writer.closed, writer.ready):
            with pytest.raises(Failure):
                await promise
        assert sink.events == []


@spec("https://streams.spec.whatwg.org/#writable-stream-default-controller-write")
@spec("https://streams.spec.whatwg.org/#writable-stream-default-controller-process-write")
@spec("https://streams.spec.whatwg.org/#writable-stream-default-controller-advance-queue-if-needed")
class TestWrite:
    async def test_one_follows_the_other(self) -> None:
        writes = [Promise.withResolvers() for _ in range(3)]
        sink = Sink(write=lambda chunk, controller: writes[chunk].promise)
        writer = WritableStream(sink).getWriter()
        for number in range(3):
            writer.write(number)
        for number in range(3):
            await turns()
            assert sink.events == [("write", earlier) for earlier in range(number + 1)]
            writes[number].resolve()

    async def test_a_chunk_counts_until_it_is_written(self) -> None:
        writing = Promise.withResolvers()
        writer = WritableStream(
            Sink(write=lambda chunk, controller: writing.promise), {"highWaterMark": 2}
        ).getWriter()
        writer.write("chunk")
        await turns()
        assert writer.desiredSize == 1
        writing.resolve()
        await turns()
        assert writer.desiredSize == 2


@spec("https://streams.spec.whatwg.org/#writable-stream-default-controller-close")
@spec("https://streams.spec.whatwg.org/#writable-stream-default-controller-process-close")
class TestClose:
    async def test_comes_when_everything_is_written(self) -> None:
        sink = Sink()
        writer = WritableStream(sink).getWriter()
        writer.write(1)
        writer.write(2)
        await writer.close()
        assert sink.events == [("write", 1), ("write", 2), "close"]

    async def test_a_stream_that_closes_wants_no_less(self) -> None:
        writer = WritableStream(Sink(close=lambda: Promise())).getWriter()
        writer.close()
        await turns()
        assert writer.desiredSize == 1
        assert await outcome_of(lambda: writer.ready) == "None"


@spec("https://streams.spec.whatwg.org/#writable-stream-default-controller-get-chunk-size")
@spec("https://streams.spec.whatwg.org/#writable-stream-default-controller-get-desired-size")
@spec("https://streams.spec.whatwg.org/#writable-stream-default-controller-get-backpressure")
class TestGetChunkSize:
    async def test_the_strategy_counts(self) -> None:
        writer = WritableStream(Sink(), {"size": len, "highWaterMark": 5}).getWriter()
        writer.write("four")
        assert writer.desiredSize == 1
        assert await outcome_of(lambda: writer.ready) == "None"
        writer.write("two")
        assert writer.desiredSize == 2

    async def test_what_it_raises_errors_the_stream(self) -> None:
        def size(chunk: object) -> float:
            raise FAILURE

        writer = WritableStream(Sink(), {"size": size}).getWriter()
        for promise in (writer.write("chunk"), writer.closed):
            with pytest.raises(Failure):
                await promise

    async def test_a_size_that_is_none_errors_the_stream(self) -> None:
        writer = WritableStream(Sink(), {"size": lambda chunk: float("nan")}).getWriter()
        for promise in (writer.write("chunk"), writer.closed):
            with pytest.raises(RangeError):
                await promise

    async def test_it_may_error_the_stream_or_release_the_lock(self) -> None:
        def size(chunk: object) -> float:
            if chunk == "error":
                sink.controller.error(FAILURE)
            else:
                writer.releaseLock()
            return 1

        sink = Sink()
        stream = WritableStream(sink, {"size": size})
        writer = stream.getWriter()
        with pytest.raises(TypeError, match="released its lock"):
            await writer.write("release")
        writer = stream.getWriter()
        with pytest.raises(Failure):
            await writer.write("error")

    async def test_it_is_not_called_when_the_stream_has_failed(self) -> None:
        seen: list[object] = []

        def size(chunk: object) -> float:
            seen.append(chunk)
            return 1

        sink = Sink()
        writer = WritableStream(sink, {"size": size}).getWriter()
        await turns()
        sink.controller.error(FAILURE)
        with pytest.raises(Failure):
            await writer.write("chunk")
        assert seen == []

    async def test_it_is_not_called_while_a_close_is_under_way(self) -> None:
        writer = WritableStream(
            Sink(close=lambda: Promise()), {"size": lambda chunk: 1}
        ).getWriter()
        await turns()
        writer.close()
        with pytest.raises(TypeError, match="closing"):
            await writer.write("chunk")


@spec("https://streams.spec.whatwg.org/#writable-stream-default-controller-clear-algorithms")
class TestClearAlgorithms:
    @pytest.mark.parametrize("end", ["close", "error", "abort"])
    async def test_a_stream_that_has_ended_lets_its_sink_go(self, end: str) -> None:
        sink = Sink()
        stream = WritableStream(sink)
        await turns()
        if end == "error":
            sink.controller.error(FAILURE)
        else:
            await getattr(stream, end)()
        reference = ref(sink)
        del sink
        await turns()
        gc.collect()
        assert reference() is None
        assert not stream.locked
