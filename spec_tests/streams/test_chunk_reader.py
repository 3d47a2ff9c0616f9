"""Streams Standard, 9.1.2: reading from a coroutine of the platform."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from worker_runtime import ReadableStream, queueMicrotask
from worker_runtime.streams import default_controller, readable_stream
from worker_runtime.streams.chunk_reader import ChunkReader
from worker_runtime.webidl.exceptions import Thrown
from worker_runtime.webidl.interfaces import END_OF_ITERATION

spec = pytest.mark.spec

Log = list[object]


def pulled(log: Log, high_water_mark: float, **kinks: int) -> ReadableStream:
    """A stream of ten chunks; at some of them its source does something else as well."""
    count = 0

    def pull(controller: Any) -> object:
        nonlocal count
        count += 1
        log.append(("pull", count))
        if count == kinks.get("microtask"):
            queueMicrotask(lambda: log.append(("microtask", count)))
        if count == kinks.get("twice"):
            controller.enqueue(("another", count))
        if count == kinks.get("waits"):
            return waits(controller)
        if count == kinks.get("raises"):
            raise KeyError(count)
        if count == kinks.get("errors"):
            controller.error("a reason")
        elif count == 10:
            controller.close()
        else:
            controller.enqueue(count)
        return None

    async def waits(controller: Any) -> None:
        controller.enqueue(count)

    return ReadableStream({"pull": pull}, {"highWaterMark": high_water_mark})


def iterated(log: Log, **kinks: int) -> ReadableStream:
    async def chunks() -> AsyncIterator[object]:
        for count in range(1, 10):
            log.append(("next", count))
            if count == kinks.get("microtask"):
                queueMicrotask(lambda: log.append("microtask"))
            if count == kinks.get("raises"):
                raise KeyError(count)
            yield count
        log.append("end")

    return ReadableStream.from_(chunks())


def iterated_synchronously(log: Log) -> ReadableStream:
    def chunks() -> Iterator[object]:
        for count in range(1, 10):
            log.append(("next", count))
            yield count

    return ReadableStream.from_(chunks())


async def read_to_the_end(stream: ReadableStream) -> Log:
    chunks: Log = []
    reader = ChunkReader(stream.getReader())
    try:
        while (chunk := await reader.read()) is not END_OF_ITERATION:
            chunks.append(chunk)
    except Exception as error:
        chunks.append(repr(error))
    return chunks


MAKERS: list[Callable[[Log], ReadableStream]] = [
    *(lambda log, mark=mark: pulled(log, mark) for mark in (0, 1, 3, 20)),
    *(
        lambda log, mark=mark, kink=kink, at=at: pulled(log, mark, **{kink: at})
        for mark in (0, 1, 3)
        for kink in ("microtask", "twice", "waits", "raises", "errors")
        for at in (1, 2, 5)
    ),
    *(
        lambda log, kink=kink, at=at: iterated(log, **{kink: at})
        for kink in ("", "microtask", "raises")
        for at in (1, 2, 5)
    ),
    iterated_synchronously,
]


@spec("https://streams.spec.whatwg.org/#other-specs-rs-reading")
class TestChunkReader:
    @pytest.mark.parametrize("make", MAKERS)
    async def test_without_promises_all_comes_as_it_comes_with_them(
        self, make: Callable[[Log], ReadableStream], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fast: Log = []
        fast_chunks = await read_to_the_end(make(fast))
        for module in (default_controller, readable_stream):
            monkeypatch.setattr(module, "a_microtask_would_be_next", lambda: False)
        slow: Log = []
        slow_chunks = await read_to_the_end(make(slow))
        assert fast_chunks == slow_chunks
        assert fast == slow
        assert fast

    async def test_a_chunk_that_is_there_queues_no_microtask(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        log: Log = []
        reader = ChunkReader(pulled(log, 1).getReader())
        assert await reader.read() == 1
        with monkeypatch.context() as patch:
            patch.setattr(default_controller, "perform_promise_then", None)
            assert [await reader.read() for _ in range(8)] == list(range(2, 10))
        assert await reader.read() is END_OF_ITERATION

    @pytest.mark.parametrize("high_water_mark", [1, 3, 20])
    async def test_a_queue_is_filled_up_between_two_chunks(self, high_water_mark: int) -> None:
        seen: list[float] = []

        def pull(controller: Any) -> None:
            seen.append(controller.desiredSize)
            controller.enqueue("chunk")

        reader = ChunkReader(
            ReadableStream({"pull": pull}, {"highWaterMark": high_water_mark}).getReader()
        )
        for _ in range(10):
            await reader.read()
        filling = list(range(high_water_mark, 0, -1))
        assert seen[:high_water_mark] in (filling, [high_water_mark, *filling[:-1]])
        assert seen[-9:] == [1] * 9

    async def test_a_script_that_reads_is_never_overtaken(self) -> None:
        log: Log = []
        reader = pulled(log, 0).getReader()
        await reader.read()
        log.clear()
        promises = [reader.read(), reader.read()]
        log.append("the script goes on")
        assert [(await promise).value for promise in promises] == [2, 3]
        assert log == [("pull", 2), "the script goes on", ("pull", 3)]

    async def test_raises_what_the_stream_is_errored_with(self) -> None:
        stream = ReadableStream({"start": lambda controller: controller.error("a reason")})
        with pytest.raises(Thrown) as thrown:
            await ChunkReader(stream.getReader()).read()
        assert thrown.value.value == "a reason"

    async def test_waits_for_a_chunk(self) -> None:
        controllers: list[Any] = []
        reader = ChunkReader(ReadableStream({"start": controllers.append}).getReader())
        queueMicrotask(lambda: controllers[0].enqueue("later"))
        assert await reader.read() == "later"

    async def test_a_very_long_queue_is_filled_without_recursion(self) -> None:
        log: Log = []
        count = 0

        def pull(controller: Any) -> None:
            nonlocal count
            count += 1
            controller.enqueue(count)

        stream = ReadableStream({"pull": pull}, {"highWaterMark": 5000})
        reader = ChunkReader(stream.getReader())
        for expected in range(1, 10):
            assert await reader.read() == expected
        assert count >= 5000 and log == []
