"""Streams, 9.2 and 9.3: writable and transform streams as other specifications make and use
them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime import (
    ReadableStream,
    TransformStream,
    WritableStream,
    WritableStreamDefaultWriter,
)
from worker_runtime.streams.other_specifications_writable import (
    GenericTransformStream,
    abort_writable_stream,
    close_writable_stream,
    create_an_identity_transform_stream,
    enqueue_into_transform_stream,
    error_transform_stream,
    error_writable_stream,
    get_a_writer,
    promise_of_room_in_transform_stream,
    release_writer,
    set_up_transform_stream,
    set_up_writable_stream,
    set_up_writer,
    signal_of_writable_stream,
    terminate_transform_stream,
    write_a_chunk,
)
from worker_runtime.webidl.interfaces import new

from .recording import FAILURE, Failure, collect, outcome_of, turns

spec = pytest.mark.spec


def writable(write: Any = lambda chunk: None, **algorithms: Any) -> WritableStream:
    stream = new(WritableStream)
    set_up_writable_stream(stream, write, **algorithms)
    return stream


def transform(transform: Any = lambda chunk: None, **algorithms: Any) -> TransformStream:
    stream = new(TransformStream)
    set_up_transform_stream(stream, transform, **algorithms)
    return stream


@spec("https://streams.spec.whatwg.org/#writablestream-set-up")
class TestSetUpWritable:
    async def test_the_write_algorithm_gets_the_chunks(self) -> None:
        chunks: list[object] = []
        await ReadableStream.from_(["a", "b"]).pipeTo(writable(chunks.append))
        assert chunks == ["a", "b"]

    async def test_an_algorithm_can_be_a_coroutine_function(self) -> None:
        events: list[object] = []

        async def write(chunk: object) -> None:
            await turns()
            events.append(chunk)

        async def close() -> None:
            await turns()
            events.append("close")

        writer = writable(write, close_algorithm=close).getWriter()
        writer.write("a")
        await writer.close()
        assert events == ["a", "close"]

    async def test_an_algorithm_that_raises_errors_the_stream(self) -> None:
        def write(chunk: object) -> None:
            raise FAILURE

        writer = writable(write).getWriter()
        for promise in (writer.write("a"), writer.closed):
            with pytest.raises(Failure):
                await promise

    async def test_sizes_are_those_of_the_size_algorithm(self) -> None:
        writer = writable(high_water_mark=10, size_algorithm=len).getWriter()
        writer.write("abc")
        assert writer.desiredSize == 7

    async def test_without_them_it_wants_one_chunk(self) -> None:
        assert writable().getWriter().desiredSize == 1


@spec("https://streams.spec.whatwg.org/#writablestream-error")
class TestErrorWritable:
    async def test_fails_what_is_written_afterwards(self) -> None:
        stream = writable()
        error_writable_stream(stream, FAILURE)
        with pytest.raises(Failure):
            await stream.getWriter().write("a")

    async def test_does_nothing_to_a_stream_that_is_closed(self) -> None:
        stream = writable()
        await stream.close()
        error_writable_stream(stream, FAILURE)
        assert await outcome_of(lambda: stream.getWriter().closed) == "None"


@spec("https://streams.spec.whatwg.org/#writablestream-signal")
class TestSignal:
    async def test_is_aborted_with_the_stream(self) -> None:
        stream = writable()
        signal = signal_of_writable_stream(stream)
        assert not signal.aborted
        await stream.abort(FAILURE)
        assert signal.reason is FAILURE


@spec("https://streams.spec.whatwg.org/#writablestream-get-a-writer")
@spec("https://streams.spec.whatwg.org/#writablestreamdefaultwriter-set-up")
@spec("https://streams.spec.whatwg.org/#writablestreamdefaultwriter-release")
class TestWriters:
    async def test_a_stream_has_one_at_a_time(self) -> None:
        chunks: list[object] = []
        stream = writable(chunks.append)
        writer = get_a_writer(stream)
        with pytest.raises(TypeError):
            get_a_writer(stream)
        with pytest.raises(TypeError):
            set_up_writer(new(WritableStreamDefaultWriter), stream)
        release_writer(writer)
        another = new(WritableStreamDefaultWriter)
        set_up_writer(another, stream)
        await write_a_chunk(another, "a")
        assert chunks == ["a"]


@spec("https://streams.spec.whatwg.org/#writablestreamdefaultwriter-write-a-chunk")
class TestWriteAChunk:
    async def test_is_fulfilled_when_the_algorithm_is_done(self) -> None:
        done: list[object] = []

        async def write(chunk: object) -> None:
            await turns()
            done.append(chunk)

        await write_a_chunk(get_a_writer(writable(write)), "a")
        assert done == ["a"]


@spec("https://streams.spec.whatwg.org/#writablestream-close")
@spec("https://streams.spec.whatwg.org/#writablestream-abort")
class TestEndOfWritable:
    async def test_each_has_its_algorithm_and_asks_for_no_lock(self) -> None:
        events: list[object] = []
        algorithms: dict[str, Any] = {
            "close_algorithm": lambda: events.append("close"),
            "abort_algorithm": events.append,
        }
        stream, another = writable(**algorithms), writable(**algorithms)
        get_a_writer(stream)
        await close_writable_stream(stream)
        await abort_writable_stream(another, "why")
        assert events == ["close", "why"]


@spec("https://streams.spec.whatwg.org/#transformstream-set-up")
class TestSetUpTransform:
    async def test_the_algorithms_make_what_can_be_read(self) -> None:
        async def double(chunk: object) -> None:
            enqueue_into_transform_stream(stream, chunk)
            await turns()
            enqueue_into_transform_stream(stream, chunk)

        stream = new(TransformStream)
        set_up_transform_stream(
            stream, double, lambda: enqueue_into_transform_stream(stream, "end")
        )
        assert await collect(ReadableStream.from_(["a", "b"]).pipeThrough(stream)) == [
            "a",
            "a",
            "b",
            "b",
            "end",
        ]

    async def test_the_cancel_algorithm_gets_the_reason(self) -> None:
        reasons: list[object] = []
        await transform(cancel_algorithm=reasons.append).readable.cancel("a")
        await transform(cancel_algorithm=reasons.append).writable.abort("b")
        assert reasons == ["a", "b"]

    async def test_an_algorithm_that_raises_errors_both_sides(self) -> None:
        def refuse(chunk: object) -> None:
            raise FAILURE

        stream = transform(refuse)
        write = stream.writable.getWriter().write("a")
        for promise in (stream.readable.getReader().read(), write):
            with pytest.raises(Failure):
                await promise


@spec("https://streams.spec.whatwg.org/#create-an-identity-transformstream")
class TestCreateAnIdentityTransformStream:
    async def test_chunks_pass_as_they_are(self) -> None:
        chunk = object()
        stream = create_an_identity_transform_stream()
        (passed,) = await collect(ReadableStream.from_([chunk]).pipeThrough(stream))
        assert passed is chunk


@spec("https://streams.spec.whatwg.org/#transformstream-enqueue")
class TestEnqueue:
    async def test_the_chunk_can_be_read(self) -> None:
        stream = transform()
        enqueue_into_transform_stream(stream, "a")
        assert await stream.readable.getReader().read() == ("a", False)

    async def test_with_nobody_left_to_read_is_a_type_error(self) -> None:
        stream = transform()
        terminate_transform_stream(stream)
        with pytest.raises(TypeError):
            enqueue_into_transform_stream(stream, "a")


@spec("https://streams.spec.whatwg.org/#transformstream-terminate")
class TestTerminate:
    async def test_closes_one_side_and_fails_the_other(self) -> None:
        stream = transform()
        terminate_transform_stream(stream)
        assert await collect(stream.readable) == []
        with pytest.raises(TypeError):
            await stream.writable.getWriter().write("a")


@spec("https://streams.spec.whatwg.org/#transformstream-error")
class TestError:
    async def test_fails_both_sides(self) -> None:
        stream = transform()
        error_transform_stream(stream, FAILURE)
        for promise in (stream.readable.getReader().read(), stream.writable.getWriter().write("a")):
            with pytest.raises(Failure):
                await promise


@spec("https://streams.spec.whatwg.org/#transformstream-backpressurechangepromise")
class TestPromiseOfRoom:
    async def test_there_is_room_when_somebody_reads(self) -> None:
        stream = transform()
        await turns()
        room = promise_of_room_in_transform_stream(stream)
        assert room is not None
        read = stream.readable.getReader().read()
        await room
        assert promise_of_room_in_transform_stream(stream) is None
        enqueue_into_transform_stream(stream, "a")
        assert await read == ("a", False)
        assert promise_of_room_in_transform_stream(stream) is not None

    @pytest.mark.parametrize(
        "end",
        [
            lambda stream: stream.readable.cancel(),
            lambda stream: error_transform_stream(stream, FAILURE),
        ],
    )
    async def test_nobody_waits_for_it_in_vain(
        self, end: Callable[[TransformStream], object]
    ) -> None:
        stream = transform()
        await turns()
        room = promise_of_room_in_transform_stream(stream)
        assert room is not None
        end(stream)
        await room


@spec("https://streams.spec.whatwg.org/#generictransformstream")
@spec("https://streams.spec.whatwg.org/#dom-generictransformstream-readable")
@spec("https://streams.spec.whatwg.org/#dom-generictransformstream-writable")
class TestGenericTransformStream:
    async def test_its_sides_are_those_of_its_transform_stream(self) -> None:
        class Upper(GenericTransformStream):
            def __init__(self) -> None:
                self._transform = transform(
                    lambda chunk: enqueue_into_transform_stream(self._transform, chunk.upper())
                )

        stream = Upper()
        assert (stream.readable, stream.writable) == (
            stream._transform.readable,
            stream._transform.writable,
        )
        assert await collect(ReadableStream.from_(["a", "b"]).pipeThrough(stream)) == ["A", "B"]
