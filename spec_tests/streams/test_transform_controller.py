"""Streams, 6.3, 6.4.1 and 6.4.2: the transform stream's controller."""

from __future__ import annotations

import gc
from typing import Any
from weakref import ref

import pytest

from worker_runtime import (
    Promise,
    RangeError,
    ReadableStream,
    TransformStream,
    TransformStreamDefaultController,
)
from worker_runtime.streams.transform_controller import (
    transform_stream_set_backpressure,
    transform_stream_unblock_write,
)

from .recording import FAILURE, Failure, Transformer, collect, outcome_of, turns

spec = pytest.mark.spec


@spec("https://streams.spec.whatwg.org/#transformstreamdefaultcontroller")
@spec("https://streams.spec.whatwg.org/#ts-default-controller-desired-size")
class TestController:
    def test_only_a_stream_has_one(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            TransformStreamDefaultController()

    async def test_desired_size_is_that_of_the_readable_side(self) -> None:
        transformer = Transformer()
        TransformStream(transformer, None, {"highWaterMark": 3})
        transformer.controller.enqueue("chunk")
        assert transformer.controller.desiredSize == 2


@spec("https://streams.spec.whatwg.org/#ts-default-controller-enqueue")
@spec("https://streams.spec.whatwg.org/#transform-stream-default-controller-enqueue")
class TestEnqueue:
    async def test_one_chunk_may_become_many_or_none(self) -> None:
        def transform(chunk: int, controller: TransformStreamDefaultController) -> None:
            for number in range(chunk):
                controller.enqueue(number)

        assert await collect(ReadableStream.from_([2, 0,
            3]).pipeThrough(TransformStream({"transform": transform}))) == [
            0, 1, 0, 1, 2,
        ]  # fmt: skip

    async def test_what_the_size_function_raises_errors_both_sides(self) -> None:
        def size(chunk: object) -> float:
            raise FAILURE

        transformer = Transformer()
        stream = TransformStream(transformer, None, {"size": size})
        with pytest.raises(Failure):
            transformer.controller.enqueue("chunk")
        for promise in (stream.readable.getReader().closed, stream.writable.getWriter().closed):
            with pytest.raises(Failure):
                await promise

    async def test_what_is_raised_is_what_the_stream_failed_with_first(self) -> None:
        def size(chunk: object) -> float:
            transformer.controller.error(FAILURE)
            return -1

        transformer = Transformer()
        TransformStream(transformer, None, {"size": size})
        with pytest.raises(Failure):
            transformer.controller.enqueue("chunk")

    async def test_a_size_that_is_none_is_a_range_error(self) -> None:
        transformer = Transformer()
        TransformStream(transformer, None, {"size": lambda chunk: -1})
        with pytest.raises(RangeError):
            transformer.controller.enqueue("chunk")


@spec("https://streams.spec.whatwg.org/#ts-default-controller-error")
@spec("https://streams.spec.whatwg.org/#transform-stream-default-controller-error")
@spec("https://streams.spec.whatwg.org/#transform-stream-error")
@spec("https://streams.spec.whatwg.org/#transform-stream-error-writable-and-unblock-write")
class TestError:
    async def test_both_sides_fail(self) -> None:
        transformer = Transformer()
        stream = TransformStream(transformer)
        writer = stream.writable.getWriter()
        write = writer.write("chunk")
        await turns()
        transformer.controller.error(FAILURE)
        for promise in (write, writer.closed, stream.readable.getReader().read()):
            with pytest.raises(Failure):
                await promise


@spec("https://streams.spec.whatwg.org/#ts-default-controller-terminate")
@spec("https://streams.spec.whatwg.org/#transform-stream-default-controller-terminate")
class TestTerminate:
    async def test_the_readable_side_closes_behind_its_queue_and_the_writable_side_fails(
        self,
    ) -> None:
        transformer = Transformer()
        stream = TransformStream(transformer)
        transformer.controller.enqueue("last")
        transformer.controller.terminate()
        assert await collect(stream.readable) == ["last"]
        with pytest.raises(TypeError, match="terminated"):
            await stream.writable.getWriter().closed

    async def test_the_source_of_a_pipe_is_canceled(self) -> None:
        canceled: list[Any] = []
        source = ReadableStream({"cancel": canceled.append})
        readable = source.pipeThrough(
            TransformStream({"start": lambda controller: controller.terminate()})
        )
        assert await collect(readable) == []
        await turns()
        assert isinstance(canceled[0], TypeError)


@spec("https://streams.spec.whatwg.org/#transform-stream-set-backpressure")
@spec("https://streams.spec.whatwg.org/#transform-stream-unblock-write")
class TestSetBackpressure:
    async def test_each_change_fulfils_the_promise_and_makes_a_new_one(self) -> None:
        stream = TransformStream()
        first = stream._backpressure_change_promise
        assert first is not None
        transform_stream_set_backpressure(stream, False)
        await first
        second = stream._backpressure_change_promise
        transform_stream_unblock_write(stream)
        assert stream._backpressure_change_promise is second
        transform_stream_set_backpressure(stream, True)
        transform_stream_unblock_write(stream)
        assert stream._backpressure is False


@spec("https://streams.spec.whatwg.org/#set-up-transform-stream-default-controller")
@spec(
    "https://streams.spec.whatwg.org/#set-up-transform-stream-default-controller-from-transformer"
)
@spec("https://streams.spec.whatwg.org/#transform-stream-default-controller-perform-transform")
class TestPerformTransform:
    async def test_one_chunk_follows_the_other(self) -> None:
        transforming = [Promise.withResolvers() for _ in range(2)]
        transformer = Transformer(transform=lambda chunk, controller: transforming[chunk].promise)
        stream = TransformStream(transformer)
        ReadableStream.from_([0, 1]).pipeThrough(stream).getReader().read()
        await turns()
        assert transformer.events == [("transform", 0)]
        transforming[0].resolve()
        await turns()
        assert transformer.events == [("transform", 0), ("transform", 1)]

    async def test_one_that_fails_errors_both_sides(self) -> None:
        async def transform(chunk: object, controller: object) -> None:
            raise FAILURE

        stream = TransformStream({"transform": transform})
        writer = stream.writable.getWriter()
        write, read = writer.write("chunk"), stream.readable.getReader().read()
        for promise in (write, read, writer.closed):
            with pytest.raises(Failure):
                await promise

    async def test_the_identity_fails_where_nobody_wants_the_chunk(self) -> None:
        stream = TransformStream(None, None, {"size": lambda chunk: -1, "highWaterMark": 1})
        with pytest.raises(RangeError):
            await stream.writable.getWriter().write("chunk")


@spec("https://streams.spec.whatwg.org/#transform-stream-default-controller-clear-algorithms")
class TestClearAlgorithms:
    @pytest.mark.parametrize("end", ["error", "terminate", "close", "abort", "cancel"])
    async def test_a_stream_that_has_ended_lets_its_transformer_go(self, end: str) -> None:
        transformer = Transformer()
        stream = TransformStream(transformer)
        await turns()
        if end == "cancel":
            await stream.readable.cancel()
        elif end in ("close", "abort"):
            await getattr(stream.writable, end)()
        else:
            getattr(transformer.controller, end)()
        reference = ref(transformer)
        del transformer
        await turns()
        gc.collect()
        assert reference() is None
        assert await outcome_of(lambda: stream.readable.locked) == "False"
