"""Streams, 4.3 to 4.5 and 4.9.3: readers."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Callable
from pickle import PickleBuffer
from typing import Any

import pytest

from worker_runtime import (
    RangeError,
    ReadableStream,
    ReadableStreamBYOBReader,
    ReadableStreamDefaultReader,
    Thrown,
)
from worker_runtime.streams.readers import ReadableStreamReadResult

from .recording import FAILURE, ByteSource, Failure, Source, collect, outcome_of, table, turns

spec = pytest.mark.spec

STATES: dict[str, Callable[[Any], object]] = {
    "readable": lambda controller: None,
    "queued": lambda controller: controller.enqueue(b"ab"),
    "closing": lambda controller: (controller.enqueue(b"ab"), controller.close()),
    "closed": lambda controller: controller.close(),
    "errored": lambda controller: controller.error(FAILURE),
}

OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "closed": lambda reader: reader.closed,
    "read 2 bytes": lambda reader: reader.read(bytearray(2)).then(unpack),
    "read 4 bytes": lambda reader: reader.read(bytearray(4)).then(unpack),
    "read 4, min=4": lambda reader: reader.read(bytearray(4), min=4).then(unpack),
    "read, min=0": lambda reader: reader.read(bytearray(4), min=0),
    "read, min=5": lambda reader: reader.read(bytearray(4), min=5),
    "read nothing": lambda reader: reader.read(bytearray()),
    "read bytes": lambda reader: reader.read(b"read-only"),
    "read text": lambda reader: reader.read("text"),
    "cancel()": lambda reader: reader.cancel(),
    "released, read": lambda reader: (reader.releaseLock(), reader.read(bytearray(2)))[1],
    "released, cancel": lambda reader: (reader.releaseLock(), reader.cancel())[1],
    "released, closed": lambda reader: (reader.releaseLock(), reader.closed)[1],
}

OF_A_BYOB_READER = """
                 | readable           | queued             | closing            | closed             | errored
closed           | pending            | pending            | pending            | None               | rejects Failure
read 2 bytes     | pending            | b'ab'              | b'ab'              | "b'' done"         | rejects Failure
read 4 bytes     | pending            | b'ab'              | b'ab'              | "b'' done"         | rejects Failure
read 4, min=4    | pending            | pending            | rejects TypeError  | "b'' done"         | rejects Failure
read, min=0      | rejects TypeError  | rejects TypeError  | rejects TypeError  | rejects TypeError  | rejects TypeError
read, min=5      | rejects RangeError | rejects RangeError | rejects RangeError | rejects RangeError | rejects RangeError
read nothing     | rejects TypeError  | rejects TypeError  | rejects TypeError  | rejects TypeError  | rejects TypeError
read bytes       | rejects TypeError  | rejects TypeError  | rejects TypeError  | rejects TypeError  | rejects TypeError
read text        | rejects TypeError  | rejects TypeError  | rejects TypeError  | rejects TypeError  | rejects TypeError
cancel()         | None               | None               | None               | None               | rejects Failure
released, read   | rejects TypeError  | rejects TypeError  | rejects TypeError  | rejects TypeError  | rejects TypeError
released, cancel | rejects TypeError  | rejects TypeError  | rejects TypeError  | rejects TypeError  | rejects TypeError
released, closed | rejects TypeError  | rejects TypeError  | rejects TypeError  | rejects TypeError  | rejects TypeError
"""


def unpack(result: ReadableStreamReadResult) -> object:
    """The bytes of a result, and whether it is done."""
    return f"{bytes(result.value)!r} done" if result.done else bytes(result.value)


async def cancel_while_it_waits(operation: Callable[[], Any]) -> None:
    """Wait for a promise in a task, and cancel the task."""

    async def wait() -> None:
        await operation()

    task = asyncio.ensure_future(wait())
    await turns()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


@spec("https://streams.spec.whatwg.org/#readablestreamdefaultreader")
@spec("https://streams.spec.whatwg.org/#default-reader-constructor")
@spec("https://streams.spec.whatwg.org/#set-up-readable-stream-default-reader")
@spec("https://streams.spec.whatwg.org/#acquire-readable-stream-reader")
@spec("https://streams.spec.whatwg.org/#readable-stream-reader-generic-initialize")
class TestDefaultReader:
    async def test_locks_the_stream(self) -> None:
        stream = ReadableStream()
        ReadableStreamDefaultReader(stream)
        assert stream.locked
        with pytest.raises(TypeError, match="locked"):
            ReadableStreamDefaultReader(stream)

    async def test_of_an_errored_stream_has_a_rejection_that_needs_no_handler(self) -> None:
        source = Source()
        stream = ReadableStream(source)
        source.controller.error(FAILURE)
        assert stream.getReader().closed._is_handled


@spec("https://streams.spec.whatwg.org/#default-reader-read")
@spec("https://streams.spec.whatwg.org/#readable-stream-default-reader-read")
@spec("https://streams.spec.whatwg.org/#dictdef-readablestreamreadresult")
class TestRead:
    async def test_a_result_unpacks(self) -> None:
        reader = ReadableStream.from_(["chunk"]).getReader()
        value, done = await reader.read()
        assert (value, done) == ("chunk", False)
        value, done = await reader.read()
        assert (value, done) == (None, True)

    async def test_a_chunk_may_be_anything(self) -> None:
        source = Source()
        reader = ReadableStream(source, {"highWaterMark": 9}).getReader()
        chunks: list[object] = [None, False, [], FAILURE]
        for chunk in chunks:
            source.controller.enqueue(chunk)
            assert (await reader.read()) == (chunk, False)

    async def test_reads_are_answered_in_their_order(self) -> None:
        source = Source()
        reader = ReadableStream(source).getReader()
        reads = [reader.read() for _ in range(3)]
        for number in range(3):
            source.controller.enqueue(number)
        assert [(await read).value for read in reads] == [0, 1, 2]

    async def test_disturbs_the_stream(self) -> None:
        stream = ReadableStream()
        reader = stream.getReader()
        assert not stream._disturbed
        reader.read()
        assert stream._disturbed

    async def test_a_reason_that_is_no_exception_is_raised_inside_thrown(self) -> None:
        source = Source()
        reader = ReadableStream(source).getReader()
        source.controller.error("why")
        with pytest.raises(Thrown) as caught:
            await reader.read()
        assert caught.value.value == "why"


class TestACancelledTaskThatWaitedForAChunk:
    async def test_loses_none_that_comes_later(self) -> None:
        source = Source()
        reader = ReadableStream(source).getReader()
        await cancel_while_it_waits(reader.read)
        read = reader.read()
        source.controller.enqueue("first")
        source.controller.enqueue("second")
        assert [(await read).value, (await reader.read()).value] == ["first", "second"]

    async def test_loses_none_that_came_before_the_next_read(self) -> None:
        source = Source()
        reader = ReadableStream(source).getReader()
        await cancel_while_it_waits(reader.read)
        source.controller.enqueue("first")
        source.controller.enqueue("second")
        assert [(await reader.read()).value, (await reader.read()).value] == ["first", "second"]

    async def test_loses_none_that_came_before_it_could_wake(self) -> None:
        source = Source()
        reader = ReadableStream(source).getReader()

        async def read() -> object:
            return await reader.read()

        task = asyncio.ensure_future(read())
        await turns()
        source.controller.enqueue("first")
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        assert (await reader.read()).value == "first"

    async def test_loses_none_where_several_tasks_read(self) -> None:
        source = Source()
        reader = ReadableStream(source).getReader()
        got: list[object] = []

        async def work() -> None:
            while not (result := await reader.read()).done:
                got.append(result.value)

        workers = [asyncio.ensure_future(work()) for _ in range(3)]
        await turns()
        for worker in workers[:2]:
            worker.cancel()
        await turns()
        for number in range(5):
            source.controller.enqueue(number)
        source.controller.close()
        await asyncio.wait(workers)
        while not (result := await reader.read()).done:
            got.append(result.value)
        assert sorted(got, key=str) == [0, 1, 2, 3, 4]

    async def test_may_wait_again_for_the_same_promise_which_then_is_its_own(self) -> None:
        source = Source()
        reader = ReadableStream(source).getReader()
        read = reader.read()
        await cancel_while_it_waits(lambda: read)
        source.controller.enqueue("first")
        source.controller.enqueue("second")
        assert (await read).value == "first"
        assert (await reader.read()).value == "second"

    async def test_under_a_timeout_reads_on(self) -> None:
        source = Source()
        reader = ReadableStream(source).getReader()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await reader.read()
        source.controller.enqueue("chunk")
        assert (await reader.read()).value == "chunk"

    async def test_gives_the_chunk_to_the_next_reader_if_it_releases_the_lock(self) -> None:
        source = Source()
        stream = ReadableStream(source)
        reader = stream.getReader()
        await cancel_while_it_waits(reader.read)
        reader.releaseLock()
        source.controller.enqueue("chunk")
        source.controller.close()
        assert await collect(stream) == ["chunk"]

    async def test_with_a_byob_reader_has_its_bytes_in_the_promise_it_kept(self) -> None:
        source = ByteSource()
        reader = ReadableStream(source).getReader(mode="byob")
        read = reader.read(bytearray(2))
        await cancel_while_it_waits(lambda: read)
        source.controller.enqueue(b"ab")
        assert bytes((await read).value) == b"ab"

    async def test_with_a_byob_reader_gives_its_bytes_back_if_it_releases_the_lock(self) -> None:
        source = ByteSource()
        stream = ReadableStream(source)
        reader = stream.getReader(mode="byob")
        await cancel_while_it_waits(lambda: reader.read(bytearray(4), min=4))
        source.controller.byobRequest.view[:2] = b"ab"
        source.controller.byobRequest.respond(2)
        reader.releaseLock()
        source.controller.enqueue(b"cd")
        source.controller.close()
        assert b"".join(await collect(stream)) == b"abcd"


@spec("https://streams.spec.whatwg.org/#readablestreamgenericreader")
@spec("https://streams.spec.whatwg.org/#generic-reader-closed")
@spec("https://streams.spec.whatwg.org/#generic-reader-cancel")
@spec("https://streams.spec.whatwg.org/#readable-stream-reader-generic-cancel")
class TestGenericReader:
    async def test_closed_is_the_same_promise_each_time(self) -> None:
        reader = ReadableStream().getReader()
        assert reader.closed is reader.closed

    async def test_cancel_tells_the_source_why_and_ends_the_reads_that_wait(self) -> None:
        source = Source()
        reader = ReadableStream(source).getReader()
        read = reader.read()
        await turns()
        await reader.cancel("why")
        assert (await read, source.events[-1]) == ((None, True), ("cancel", "why"))
        await reader.closed


@spec("https://streams.spec.whatwg.org/#default-reader-release-lock")
@spec("https://streams.spec.whatwg.org/#readable-stream-reader-generic-release")
@spec("https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaultreaderrelease")
class TestReleaseLock:
    async def test_reads_that_wait_are_rejected_and_their_chunks_go_to_the_next_reader(
        self,
    ) -> None:
        source = Source()
        stream = ReadableStream(source)
        reader = stream.getReader()
        read = reader.read()
        reader.releaseLock()
        source.controller.enqueue("chunk")
        source.controller.close()
        with pytest.raises(TypeError, match="released its lock"):
            await read
        assert await collect(stream) == ["chunk"]

    async def test_a_second_time_does_nothing(self) -> None:
        stream = ReadableStream()
        reader = stream.getReader()
        reader.releaseLock()
        another = stream.getReader()
        reader.releaseLock()
        assert stream.locked
        another.releaseLock()
        assert not stream.locked


@spec("https://streams.spec.whatwg.org/#readablestreambyobreader")
@spec("https://streams.spec.whatwg.org/#byob-reader-constructor")
@spec("https://streams.spec.whatwg.org/#byob-reader-read")
@spec("https://streams.spec.whatwg.org/#readable-stream-byob-reader-read")
@spec("https://streams.spec.whatwg.org/#set-up-readable-stream-byob-reader")
@spec("https://streams.spec.whatwg.org/#acquire-readable-stream-byob-reader")
class TestBYOBReader:
    @pytest.mark.parametrize("state, operation, outcome", table(OF_A_BYOB_READER))
    async def test_in_every_state(self, state: str, operation: str, outcome: str) -> None:
        source = ByteSource()
        reader = ReadableStream(source).getReader(mode="byob")
        STATES[state](source.controller)
        assert await outcome_of(lambda: OPERATIONS[operation](reader)) == outcome

    async def test_needs_a_byte_stream_that_is_not_locked(self) -> None:
        with pytest.raises(TypeError, match="no byte stream"):
            ReadableStreamBYOBReader(ReadableStream())
        stream = ReadableStream(ByteSource())
        ReadableStreamBYOBReader(stream)
        with pytest.raises(TypeError, match="locked"):
            ReadableStreamBYOBReader(stream)

    async def test_a_memoryview_is_released_and_its_memory_comes_back(self) -> None:
        source = ByteSource()
        reader = ReadableStream(source).getReader(mode="byob")
        source.controller.enqueue(b"abc")
        memory = bytearray(8)
        view = memoryview(memory)[2:6]
        result = await reader.read(view)
        assert (bytes(result.value), result.value.obj) == (b"abc", memory)
        assert memory == b"\0\0abc\0\0\0"
        with pytest.raises(ValueError, match="released"):
            view[0]

    async def test_a_view_keeps_its_format(self) -> None:
        source = ByteSource()
        reader = ReadableStream(source).getReader(mode="byob")
        numbers = array("H", [0] * 4)
        source.controller.enqueue(array("H", [1, 2, 3]).tobytes() + b"\4")
        value, _ = await reader.read(numbers)
        assert (value.format, list(value), list(numbers)) == ("H", [1, 2, 3], [1, 2, 3, 0])
        value, _ = await reader.read(bytearray(1))
        assert bytes(value) == b"\4"

    async def test_a_view_that_is_released_or_scattered_is_a_type_error(self) -> None:
        reader = ReadableStream(ByteSource()).getReader(mode="byob")
        released = memoryview(bytearray(4))
        released.release()
        for view in (released, memoryview(bytearray(4))[::2]):
            with pytest.raises(TypeError):
                await reader.read(view)

    async def test_a_view_that_somebody_works_on_is_a_type_error(self) -> None:
        reader = ReadableStream(ByteSource()).getReader(mode="byob")
        view = memoryview(bytearray(4))
        user = PickleBuffer(view)
        with pytest.raises(TypeError, match="in use"):
            await reader.read(view)
        user.release()

    async def test_min_counts_elements(self) -> None:
        source = ByteSource()
        reader = ReadableStream(source).getReader(mode="byob")
        read = reader.read(array("I", [0, 0, 0]), min=2)
        source.controller.enqueue(bytes(7))
        assert await outcome_of(lambda: read) == "pending"
        source.controller.enqueue(bytes(2))
        assert len((await read).value) == 2

    @pytest.mark.parametrize("min", [-1, 2**64, "x"])
    async def test_a_min_that_is_no_number_is_a_type_error(self, min: Any) -> None:
        with pytest.raises(TypeError):
            await ReadableStream(ByteSource()).getReader(mode="byob").read(bytearray(1), min=min)

    async def test_min_that_is_too_large_is_a_range_error(self) -> None:
        with pytest.raises(RangeError, match="has 2 elements"):
            await (
                ReadableStream(ByteSource()).getReader(mode="byob").read(array("I", [0, 0]), min=3)
            )


@spec("https://streams.spec.whatwg.org/#byob-reader-release-lock")
@spec("https://streams.spec.whatwg.org/#abstract-opdef-readablestreambyobreaderrelease")
class TestBYOBReaderReleaseLock:
    async def test_reads_that_wait_are_rejected_and_their_bytes_go_to_the_next_reader(self) -> None:
        source = ByteSource()
        stream = ReadableStream(source)
        reader = stream.getReader(mode="byob")
        read = reader.read(bytearray(4))
        reader.releaseLock()
        reader.releaseLock()
        with pytest.raises(TypeError, match="released its lock"):
            await read
        source.controller.enqueue(b"ab")
        source.controller.close()
        assert await collect(stream) == [b"ab"]

    async def test_of_a_stream_that_failed(self) -> None:
        source = ByteSource()
        stream = ReadableStream(source)
        reader = stream.getReader(mode="byob")
        source.controller.error(FAILURE)
        reader.releaseLock()
        with pytest.raises(TypeError):
            await reader.closed
        with pytest.raises(Failure):
            await stream.getReader(mode="byob").closed
