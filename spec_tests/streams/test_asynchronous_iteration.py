"""Streams, 4.2.5: `async for chunk in stream`, and every way to leave it."""

from __future__ import annotations

import asyncio
import gc
from contextlib import aclosing
from typing import Any

import pytest

from worker_runtime import ReadableStream

from .recording import FAILURE, Failure, Source, collect, turns

spec = pytest.mark.spec


async def loop_over(stream: ReadableStream, seen: list[Any], preventCancel: bool = False) -> None:
    async for chunk in stream.values(preventCancel=preventCancel):
        seen.append(chunk)


@spec("https://streams.spec.whatwg.org/#rs-asynciterator")
@spec("https://streams.spec.whatwg.org/#rs-asynciterator-prototype")
@spec("https://streams.spec.whatwg.org/#rs-get-iterator")
class TestValues:
    async def test_locks_the_stream_at_once(self) -> None:
        stream = ReadableStream()
        iterator = stream.values()
        assert stream.locked
        with pytest.raises(TypeError, match="locked"):
            aiter(stream)
        assert aiter(iterator) is iterator


@spec("https://streams.spec.whatwg.org/#rs-asynciterator-prototype-next")
class TestNext:
    async def test_gives_every_chunk_and_then_the_lock_back(self) -> None:
        stream = ReadableStream.from_([1, None, 2])
        assert await collect(stream) == [1, None, 2]
        assert not stream.locked

    async def test_raises_what_the_stream_failed_with_and_gives_the_lock_back(self) -> None:
        source = Source()
        stream = ReadableStream(source)
        iterator = stream.values()
        source.controller.error(FAILURE)
        with pytest.raises(Failure):
            await anext(iterator)
        assert not stream.locked
        with pytest.raises(StopAsyncIteration):
            await anext(iterator)

    async def test_calls_follow_one_another(self) -> None:
        source = Source()
        iterator = ReadableStream(source, {"highWaterMark": 9}).values()
        steps = [iterator.__anext__() for _ in range(3)]
        source.controller.enqueue(1)
        source.controller.enqueue(2)
        source.controller.close()
        assert [await steps[0], await steps[1]] == [1, 2]
        with pytest.raises(StopAsyncIteration):
            await steps[2]


@spec("https://streams.spec.whatwg.org/#rs-asynciterator-prototype-return")
class TestReturn:
    async def test_cancels_the_stream_with_the_value_and_gives_the_lock_back(self) -> None:
        source = Source()
        stream = ReadableStream(source, {"highWaterMark": 0})
        iterator = stream.values()
        assert await iterator.return_("why") == "why"
        assert (source.events, stream.locked) == ([("cancel", "why")], False)
        with pytest.raises(StopAsyncIteration):
            await anext(iterator)

    async def test_only_gives_the_lock_back_with_prevent_cancel(self) -> None:
        source = Source()
        stream = ReadableStream(source, {"highWaterMark": 0})
        await stream.values(preventCancel=True).return_("why")
        assert (source.events, stream.locked) == ([], False)

    async def test_waits_for_the_chunk_that_somebody_waits_for(self) -> None:
        source = Source()
        iterator = ReadableStream(source, {"highWaterMark": 0}).values()
        step, end = iterator.__anext__(), iterator.return_()
        await turns()
        assert source.events == ["pull"]
        source.controller.enqueue(1)
        assert await step == 1
        await end
        assert source.events[-1] == ("cancel", None)


class TestALoopThatIsLeft:
    async def test_by_break_cancels_the_stream_and_gives_the_lock_back(self) -> None:
        source = Source()
        stream = ReadableStream(source, {"highWaterMark": 9})
        source.controller.enqueue(1)
        source.controller.enqueue(2)
        async for chunk in stream:
            break
        gc.collect()
        assert (chunk, stream.locked) == (1, False)
        await turns()
        assert source.events[-1] == ("cancel", None)
        assert await collect(stream) == []

    async def test_by_break_keeps_the_rest_with_prevent_cancel(self) -> None:
        stream = ReadableStream.from_([1, 2, 3])
        async for _ in stream.values(preventCancel=True):
            break
        gc.collect()
        assert await collect(stream) == [2, 3]

    async def test_by_an_exception_does_the_same(self) -> None:
        source = Source(pull=lambda controller: controller.enqueue(1))
        stream = ReadableStream(source)
        with pytest.raises(Failure):
            async for _ in stream:
                raise FAILURE
        gc.collect()
        await turns()
        assert (source.events[-1], stream.locked) == (("cancel", None), False)

    async def test_by_cancellation_does_the_same(self) -> None:
        source = Source()
        stream = ReadableStream(source)
        seen: list[Any] = []
        task = asyncio.ensure_future(loop_over(stream, seen))
        await turns()
        source.controller.enqueue(1)
        await turns()
        task.cancel()
        await asyncio.wait([task])
        gc.collect()
        await turns()
        assert task.cancelled()
        assert (seen, source.events[-1], stream.locked) == ([1], ("cancel", None), False)

    async def test_by_cancellation_loses_no_chunk_with_prevent_cancel(self) -> None:
        source = Source()
        stream = ReadableStream(source)
        task = asyncio.ensure_future(loop_over(stream, [], preventCancel=True))
        await turns()
        task.cancel()
        await asyncio.wait([task])
        gc.collect()
        source.controller.enqueue(1)
        source.controller.close()
        assert await collect(stream) == [1]

    async def test_by_cancellation_goes_on_where_the_iterator_is_kept(self) -> None:
        source = Source()
        iterator = ReadableStream(source).values()

        async def wait() -> Any:
            return await anext(iterator)

        for chunk in ("comes later", "came before"):
            task = asyncio.ensure_future(wait())
            await turns()
            task.cancel()
            await asyncio.wait([task])
            if chunk == "comes later":
                next_chunk = iterator.__anext__()
                source.controller.enqueue(chunk)
                assert await next_chunk == chunk
            else:
                source.controller.enqueue(chunk)
                await turns()
                assert await anext(iterator) == chunk

    async def test_by_cancellation_does_not_hang_in_aclosing(self) -> None:
        source = Source()
        stream = ReadableStream(source)

        async def loop() -> None:
            async with aclosing(stream.values()) as iterator:
                async for _ in iterator:
                    pass

        task = asyncio.ensure_future(loop())
        await turns()
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        assert (source.events[-1], stream.locked) == (("cancel", None), False)

    def test_with_its_event_loop_does_nothing_any_more(self) -> None:
        source = Source()

        async def leave() -> Any:
            iterator = ReadableStream(source, {"highWaterMark": 0}).values()
            return iterator

        iterator = asyncio.run(leave())
        del iterator
        gc.collect()
        assert source.events == []
