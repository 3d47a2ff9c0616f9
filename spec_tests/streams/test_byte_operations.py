"""Streams, 4.9.5: bytes that come in, and views that are to be filled with them."""

from __future__ import annotations

from array import array
from typing import Any

import pytest

from worker_runtime import ReadableStream

from .recording import ByteSource, collect, outcome_of, turns

spec = pytest.mark.spec


def byte_stream(**members: Any) -> tuple[ByteSource, ReadableStream]:
    source = ByteSource(**members)
    return source, ReadableStream(source)


@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-close")
class TestClose:
    async def test_the_queue_is_read_first(self) -> None:
        source, stream = byte_stream()
        source.controller.enqueue(b"abc")
        source.controller.close()
        assert await collect(stream) == [b"abc"]

    async def test_in_the_middle_of_an_element_is_a_type_error_that_errors_the_stream(self) -> None:
        source, stream = byte_stream()
        read = stream.getReader(mode="byob").read(array("H", [0]))
        source.controller.enqueue(b"a")
        with pytest.raises(TypeError, match="not complete"):
            source.controller.close()
        with pytest.raises(TypeError, match="not complete"):
            await read


@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-enqueue")
class TestEnqueue:
    async def test_a_waiting_read_gets_the_chunk_as_it_is(self) -> None:
        source, stream = byte_stream()
        read = stream.getReader().read()
        chunk = b"abc"
        source.controller.enqueue(chunk)
        assert (await read).value is chunk
        assert source.controller.desiredSize == 0

    async def test_a_view_that_was_allocated_for_a_read_is_not_needed_any_more(self) -> None:
        source, stream = byte_stream(autoAllocateChunkSize=16)
        read = stream.getReader().read()
        await turns()
        request = source.controller.byobRequest
        source.controller.enqueue(b"abc")
        assert ((await read).value, request.view) == (b"abc", None)

    async def test_a_chunk_fills_as_many_views_as_it_can(self) -> None:
        source, stream = byte_stream()
        reader = stream.getReader(mode="byob")
        reads = [reader.read(bytearray(2)) for _ in range(3)]
        source.controller.enqueue(b"abcde")
        assert [bytes((await read).value) for read in reads] == [b"ab", b"cd", b"e"]

    async def test_without_a_reader_it_waits(self) -> None:
        source, stream = byte_stream()
        source.controller.enqueue(b"abc")
        source.controller.enqueue(b"de")
        assert source.controller.desiredSize == -5
        source.controller.close()
        assert await collect(stream) == [b"abc", b"de"]


@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-pull-into")
class TestPullInto:
    async def test_takes_from_the_queue_what_fits(self) -> None:
        source, stream = byte_stream()
        for chunk in (b"abc", b"def", b"g"):
            source.controller.enqueue(chunk)
        reader = stream.getReader(mode="byob")
        assert bytes((await reader.read(bytearray(5))).value) == b"abcde"
        assert bytes((await reader.read(bytearray(5))).value) == b"fg"

    async def test_leaves_the_rest_to_a_default_reader(self) -> None:
        source, stream = byte_stream()
        source.controller.enqueue(b"abcde")
        source.controller.close()
        reader = stream.getReader(mode="byob")
        await reader.read(bytearray(2))
        reader.releaseLock()
        assert await collect(stream) == [b"cde"]

    async def test_the_end_within_an_element_is_a_type_error(self) -> None:
        source, stream = byte_stream()
        source.controller.enqueue(b"abc")
        source.controller.close()
        with pytest.raises(TypeError, match="ends before"):
            await stream.getReader(mode="byob").read(array("H", [0, 0]), min=2)

    async def test_asks_the_source_for_more(self) -> None:
        source, stream = byte_stream()
        await turns()
        assert source.events == []
        stream.getReader(mode="byob").read(bytearray(1))
        assert source.events == ["pull"]


@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond")
@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-internal")
@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-in-readable-state")
class TestRespond:
    async def test_bytes_beyond_the_last_element_are_for_the_next_view(self) -> None:
        source, stream = byte_stream()
        reader = stream.getReader(mode="byob")
        first, second = reader.read(array("H", [0, 0])), reader.read(bytearray(4))
        await turns()
        source.controller.byobRequest.view[:3] = b"abc"
        source.controller.byobRequest.respond(3)
        assert (await first).value.tobytes() == b"ab"
        assert bytes((await second).value) == b"c"

    async def test_less_than_an_element_is_not_enough(self) -> None:
        source, stream = byte_stream()
        read = stream.getReader(mode="byob").read(array("I", [0]))
        await turns()
        source.controller.byobRequest.respond(3)
        assert await outcome_of(lambda: read) == "pending"
        source.controller.byobRequest.respond(1)
        assert len((await read).value) == 1

    async def test_what_was_written_for_a_reader_that_has_gone_is_for_the_next_one(self) -> None:
        source, stream = byte_stream()
        reader = stream.getReader(mode="byob")
        reader.read(bytearray(4)).then(None, lambda reason: None)
        await turns()
        request = source.controller.byobRequest
        reader.releaseLock()
        next_reader = stream.getReader(mode="byob")
        reads = [next_reader.read(bytearray(2)), next_reader.read(bytearray(2))]
        request.view[:3] = b"abc"
        request.respond(3)
        assert [bytes((await read).value) for read in reads] == [b"ab", b"c"]

    async def test_the_source_is_asked_again(self) -> None:
        def pull(controller: Any) -> None:
            controller.byobRequest.view[0] = len(source.events)
            controller.byobRequest.respond(1)

        source, stream = byte_stream(pull=pull)
        reader = stream.getReader(mode="byob")
        reads = [reader.read(bytearray(1)) for _ in range(3)]
        assert [(await read).value[0] for read in reads] == [1, 2, 3]


@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-in-closed-state")
class TestRespondInClosedState:
    async def test_every_view_comes_back_empty(self) -> None:
        source, stream = byte_stream()
        reader = stream.getReader(mode="byob")
        memories = [bytearray(1), bytearray(2)]
        reads = [reader.read(memory) for memory in memories]
        await turns()
        source.controller.close()
        source.controller.byobRequest.respond(0)
        for read, memory in zip(reads, memories, strict=True):
            value, done = await read
            assert (len(value), value.obj, done) == (0, memory, True)

    async def test_a_reader_that_has_gone_gets_nothing(self) -> None:
        source, stream = byte_stream()
        reader = stream.getReader(mode="byob")
        reader.read(bytearray(4)).then(None, lambda reason: None)
        await turns()
        request = source.controller.byobRequest
        reader.releaseLock()
        source.controller.close()
        request.respond(0)
        assert source.controller.byobRequest is None


@spec("https://streams.spec.whatwg.org/#readable-byte-stream-controller-respond-with-new-view")
class TestRespondWithNewView:
    async def test_the_reader_gets_the_memory_that_the_source_chose(self) -> None:
        source, stream = byte_stream()
        read = stream.getReader(mode="byob").read(bytearray(4), min=4)
        await turns()
        other = bytearray(b"abcd")
        source.controller.byobRequest.respondWithNewView(memoryview(other)[:3])
        source.controller.byobRequest.view[0] = ord("e")
        source.controller.byobRequest.respond(1)
        value, _ = await read
        assert (bytes(value), value.obj) == (b"abce", other)
