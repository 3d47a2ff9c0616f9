"""Streams, 9.1 and 9.5: readable streams as other specifications make, feed, read and pipe them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime import (
    DOMException,
    ReadableStream,
    ReadableStreamDefaultReader,
    Thrown,
    TransformStream,
    WritableStream,
)
from worker_runtime.streams.other_specifications import (
    cancel_readable_stream,
    cancel_reader,
    close_readable_stream,
    create_a_proxy,
    create_readable_stream_from_an_async_sequence,
    current_byob_request_view,
    desired_size_to_fill_up_to_the_high_water_mark,
    enqueue_into_readable_stream,
    error_readable_stream,
    get_a_reader,
    is_closed,
    is_disturbed,
    is_errored,
    is_locked,
    is_readable,
    needs_more_data,
    pipe_through,
    pipe_to,
    pull_from_bytes,
    read_a_chunk,
    read_all_bytes,
    release_reader,
    set_up_reader,
    set_up_readable_stream,
    set_up_readable_stream_with_byte_reading_support,
    tee_readable_stream,
)
from worker_runtime.webidl.interfaces import new

from .recording import FAILURE, Failure, Sink, collect, outcome_of, table, turns

spec = pytest.mark.spec


def stream_of(*chunks: Any, **algorithms: Any) -> ReadableStream:
    """A stream that has been given some chunks."""
    stream = new(ReadableStream)
    set_up_readable_stream(stream, **algorithms)
    for chunk in chunks:
        enqueue_into_readable_stream(stream, chunk)
    return stream


def byte_stream(**algorithms: Any) -> ReadableStream:
    stream = new(ReadableStream)
    set_up_readable_stream_with_byte_reading_support(stream, **algorithms)
    return stream


class Request:
    """A read request that notes which of its steps are performed."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def chunk_steps(self, chunk: object) -> None:
        self.events.append(("chunk", chunk))

    def close_steps(self) -> None:
        self.events.append("close")

    def error_steps(self, e: object) -> None:
        self.events.append(("error", e))


@spec("https://streams.spec.whatwg.org/#readablestream-set-up")
class TestSetUp:
    async def test_the_pull_algorithm_is_called_while_the_stream_wants_chunks(self) -> None:
        numbers = iter(range(5))

        def pull() -> None:
            number = next(numbers, None)
            if number is None:
                close_readable_stream(stream)
            else:
                enqueue_into_readable_stream(stream, number)

        stream = stream_of(pull_algorithm=pull)
        assert await collect(stream) == [0, 1, 2, 3, 4]

    async def test_an_algorithm_can_be_a_coroutine_function(self) -> None:
        canceled = []

        async def pull() -> None:
            await turns()
            enqueue_into_readable_stream(stream, "chunk")

        async def cancel(reason: object) -> None:
            await turns()
            canceled.append(reason)

        stream = stream_of(pull_algorithm=pull, cancel_algorithm=cancel)
        reader = stream.getReader()
        assert await reader.read() == ("chunk", False)
        await reader.cancel("why")
        assert canceled == ["why"]

    async def test_an_algorithm_that_raises_errors_the_stream(self) -> None:
        def pull() -> None:
            raise FAILURE

        with pytest.raises(Failure):
            await stream_of(pull_algorithm=pull).getReader().read()

    async def test_without_algorithms_it_is_fed_from_outside(self) -> None:
        stream = stream_of("a", "b")
        close_readable_stream(stream)
        assert await collect(stream) == ["a", "b"]

    async def test_sizes_are_those_of_the_size_algorithm(self) -> None:
        stream = stream_of("abc", high_water_mark=10, size_algorithm=len)
        assert desired_size_to_fill_up_to_the_high_water_mark(stream) == 7

    async def test_a_stream_of_a_subclass_can_set_itself_up(self) -> None:
        class Numbers(ReadableStream):
            def __init__(self, count: int) -> None:
                set_up_readable_stream(self, high_water_mark=0)
                for number in range(count):
                    enqueue_into_readable_stream(self, number)
                close_readable_stream(self)

        assert await collect(Numbers(3)) == [0, 1, 2]


@spec("https://streams.spec.whatwg.org/#readablestream-set-up-with-byte-reading-support")
class TestSetUpWithByteReadingSupport:
    async def test_either_kind_of_reader_can_read_it(self) -> None:
        stream = byte_stream()
        enqueue_into_readable_stream(stream, b"abcdef")
        reader = stream.getReader(mode="byob")
        assert bytes((await reader.read(memoryview(bytearray(4)))).value) == b"abcd"
        reader.releaseLock()
        assert await stream.getReader().read() == (b"ef", False)

    async def test_it_is_not_pulled_before_somebody_reads(self) -> None:
        pulls = []
        stream = byte_stream(pull_algorithm=lambda: pulls.append("pull"))
        await turns()
        assert pulls == []
        stream.getReader().read()
        await turns()
        assert pulls == ["pull"]

    async def test_the_high_water_mark_is_in_bytes(self) -> None:
        stream = byte_stream(high_water_mark=10)
        enqueue_into_readable_stream(stream, b"abc")
        assert desired_size_to_fill_up_to_the_high_water_mark(stream) == 7

    async def test_the_cancel_algorithm_gets_the_reason(self) -> None:
        reasons: list[object] = []
        await byte_stream(cancel_algorithm=reasons.append).cancel("why")
        assert reasons == ["why"]


@spec("https://streams.spec.whatwg.org/#readablestream-create-from-async-sequence")
class TestCreateFromAnAsyncSequence:
    async def test_it_gives_what_the_sequence_gives(self) -> None:
        assert await collect(create_readable_stream_from_an_async_sequence(["a", "b"])) == [
            "a",
            "b",
        ]

    async def test_what_cannot_be_iterated_over_is_a_type_error(self) -> None:
        with pytest.raises(TypeError):
            create_readable_stream_from_an_async_sequence(3)


async def in_state(state: str) -> ReadableStream:
    kind, _, state = state.partition(" ")
    stream = (
        byte_stream(high_water_mark=4)
        if kind == "bytes"
        else stream_of(high_water_mark=4, size_algorithm=len)
    )
    await turns()
    match state:
        case "filled" | "closing":
            enqueue_into_readable_stream(stream, b"abcd")
            if state == "closing":
                close_readable_stream(stream)
        case "closed":
            close_readable_stream(stream)
        case "errored":
            error_readable_stream(stream, FAILURE)
    return stream


OPERATIONS: dict[str, Callable[[ReadableStream], Any]] = {
    "desired size": desired_size_to_fill_up_to_the_high_water_mark,
    "needs more": needs_more_data,
    "readable": is_readable,
    "closed": is_closed,
    "errored": is_errored,
    "locked": is_locked,
    "disturbed": is_disturbed,
    "close": close_readable_stream,
    "error": lambda stream: error_readable_stream(stream, "another"),
    "enqueue": lambda stream: enqueue_into_readable_stream(stream, b"xyz"),
    "read": lambda stream: get_a_reader(stream).read(),
    "cancel": lambda stream: cancel_readable_stream(stream, "why"),
}

TABLE = """
             | any empty | any filled     | any closed | any errored
desired size | 4         | 0              | 0          | 0
needs more   | True      | False          | False      | False
readable     | True      | True           | False      | False
closed       | False     | False          | True       | False
errored      | False     | False          | False      | True
locked       | False     | False          | False      | False
disturbed    | False     | False          | False      | False
close        | None      | None           | None       | None
error        | None      | None           | None       | None
enqueue      | None      | None           | None       | None
read         | pending   | b'abcd'        | done       | rejects Failure
cancel       | None      | None           | None       | rejects Failure
"""

BYTES = TABLE.replace("any", "bytes")


@spec(
    "https://streams.spec.whatwg.org/#readablestream-desired-size-to-fill-up-to-the-high-water-mark"
)
@spec("https://streams.spec.whatwg.org/#readablestream-need-more-data")
@spec("https://streams.spec.whatwg.org/#readablestream-readable")
@spec("https://streams.spec.whatwg.org/#readablestream-closed")
@spec("https://streams.spec.whatwg.org/#readablestream-errored")
@spec("https://streams.spec.whatwg.org/#readablestream-locked")
class TestEveryState:
    @pytest.mark.parametrize("state, operation, outcome", table(TABLE) + table(BYTES))
    async def test_of_those_who_feed_it_and_of_those_who_read(
        self, state: str, operation: str, outcome: str
    ) -> None:
        stream = await in_state(state)
        assert await outcome_of(lambda: OPERATIONS[operation](stream)) == outcome

    async def test_a_read_that_waits_does_not_change_what_the_queue_wants(self) -> None:
        stream = byte_stream()
        stream.getReader().read()
        assert desired_size_to_fill_up_to_the_high_water_mark(stream) == 0

    async def test_a_reader_locks_it(self) -> None:
        stream = stream_of()
        reader = get_a_reader(stream)
        assert is_locked(stream)
        release_reader(reader)
        assert not is_locked(stream)


@spec("https://streams.spec.whatwg.org/#is-readable-stream-disturbed")
class TestIsDisturbed:
    async def test_by_a_read(self) -> None:
        stream = stream_of("a")
        reader = get_a_reader(stream)
        assert not is_disturbed(stream)
        await reader.read()
        assert is_disturbed(stream)

    async def test_by_a_cancel(self) -> None:
        stream = stream_of("a")
        await stream.cancel()
        assert is_disturbed(stream)


@spec("https://streams.spec.whatwg.org/#readablestream-close")
class TestClose:
    @pytest.mark.parametrize("state", ["any filled", "bytes filled"])
    async def test_what_is_in_the_queue_can_still_be_read(self, state: str) -> None:
        stream = await in_state(state)
        close_readable_stream(stream)
        assert [bytes(chunk) async for chunk in stream] == [b"abcd"]

    async def test_a_read_into_a_view_that_waits_gets_its_memory_back(self) -> None:
        stream = byte_stream()
        read = stream.getReader(mode="byob").read(memoryview(bytearray(b"1234")))
        await turns()
        close_readable_stream(stream)
        value, done = await read
        assert (bytes(value), value.obj, done) == (b"", bytearray(b"1234"), True)


@spec("https://streams.spec.whatwg.org/#readablestream-error")
class TestError:
    @pytest.mark.parametrize(
        "state", ["any filled", "bytes filled", "any closing", "bytes closing"]
    )
    async def test_what_is_in_the_queue_is_gone(self, state: str) -> None:
        stream = await in_state(state)
        error_readable_stream(stream, FAILURE)
        with pytest.raises(Failure):
            await stream.getReader().read()


@spec("https://streams.spec.whatwg.org/#readablestream-enqueue")
class TestEnqueue:
    @pytest.mark.parametrize("state", ["any closing", "bytes closing"])
    async def test_does_nothing_to_a_stream_that_is_closing(self, state: str) -> None:
        stream = await in_state(state)
        enqueue_into_readable_stream(stream, b"more")
        assert [bytes(chunk) async for chunk in stream] == [b"abcd"]

    async def test_the_beginning_of_the_current_byob_request_view_is_a_respond(self) -> None:
        stream = byte_stream()
        memory = bytearray(8)
        read = stream.getReader(mode="byob").read(memoryview(memory))
        await turns()
        view = current_byob_request_view(stream)
        assert view is not None
        view[:3] = b"abc"
        enqueue_into_readable_stream(stream, view[:3])
        value, done = await read
        assert (bytes(value), value.obj is memory, done) == (b"abc", True, False)

    async def test_other_bytes_are_copied_to_the_view_of_the_reader(self) -> None:
        stream = byte_stream()
        read = stream.getReader(mode="byob").read(memoryview(bytearray(8)))
        await turns()
        enqueue_into_readable_stream(stream, b"abc")
        assert bytes((await read).value) == b"abc"


@spec("https://streams.spec.whatwg.org/#readablestream-current-byob-request-view")
class TestCurrentByobRequestView:
    async def test_there_is_none_while_nobody_reads(self) -> None:
        assert current_byob_request_view(byte_stream()) is None

    async def test_there_is_none_for_a_default_reader(self) -> None:
        stream = byte_stream()
        stream.getReader().read()
        assert current_byob_request_view(stream) is None

    async def test_it_is_what_is_left_of_the_readers_view(self) -> None:
        stream = byte_stream()
        stream.getReader(mode="byob").read(memoryview(bytearray(8)), min=8)
        enqueue_into_readable_stream(stream, b"abc")
        view = current_byob_request_view(stream)
        assert view is not None and view.nbytes == 5


@spec("https://streams.spec.whatwg.org/#readablestream-pull-from-bytes")
class TestPullFromBytes:
    async def test_a_default_reader_gets_them_all(self) -> None:
        stream = byte_stream()
        assert not pull_from_bytes(b"abcdef", stream)
        assert await stream.getReader().read() == (b"abcdef", False)

    @pytest.mark.parametrize(
        "bytes_, read_, remaining", [(b"abc", b"abc", b""), (b"abcdef", b"abcd", b"ef")]
    )
    async def test_a_byob_reader_gets_what_it_has_room_for(
        self, bytes_: bytes, read_: bytes, remaining: bytes
    ) -> None:
        stream = byte_stream()
        read = stream.getReader(mode="byob").read(memoryview(bytearray(4)))
        await turns()
        assert pull_from_bytes(bytes_, stream) == remaining
        assert bytes((await read).value) == read_

    async def test_a_source_goes_through_its_bytes_view_by_view(self) -> None:
        remaining: bytes | memoryview = bytes(range(10))

        def pull() -> None:
            nonlocal remaining
            remaining = pull_from_bytes(remaining, stream)
            if not remaining:
                close_readable_stream(stream)

        stream = byte_stream(pull_algorithm=pull)
        reader = stream.getReader(mode="byob")
        chunks = [bytes((await reader.read(memoryview(bytearray(4)))).value) for _ in range(3)]
        assert chunks == [bytes(range(4)), bytes(range(4, 8)), bytes(range(8, 10))]
        assert (await reader.read(memoryview(bytearray(4)))).done


@spec("https://streams.spec.whatwg.org/#readablestream-get-a-reader")
@spec("https://streams.spec.whatwg.org/#readablestreamdefaultreader-set-up")
@spec("https://streams.spec.whatwg.org/#readablestreamdefaultreader-release")
class TestReaders:
    async def test_a_stream_has_one_at_a_time(self) -> None:
        stream = stream_of("a")
        reader = get_a_reader(stream)
        with pytest.raises(TypeError):
            get_a_reader(stream)
        with pytest.raises(TypeError):
            set_up_reader(new(ReadableStreamDefaultReader), stream)
        release_reader(reader)
        another = new(ReadableStreamDefaultReader)
        set_up_reader(another, stream)
        assert await another.read() == ("a", False)

    async def test_a_read_that_waits_is_rejected_by_the_release(self) -> None:
        reader = get_a_reader(stream_of())
        request = Request()
        read_a_chunk(reader, request)
        release_reader(reader)
        ((step, error),) = request.events
        assert (step, type(error)) == ("error", TypeError)


@spec("https://streams.spec.whatwg.org/#readablestreamdefaultreader-read-a-chunk")
class TestReadAChunk:
    async def test_the_steps_are_performed_at_once_when_there_is_a_chunk(self) -> None:
        request = Request()
        read_a_chunk(get_a_reader(stream_of("a", "b")), request)
        assert request.events == [("chunk", "a")]

    async def test_they_are_performed_when_it_comes(self) -> None:
        stream, request = stream_of(), Request()
        read_a_chunk(get_a_reader(stream), request)
        assert request.events == []
        enqueue_into_readable_stream(stream, "a")
        assert request.events == [("chunk", "a")]

    async def test_the_end_and_an_error_have_steps_of_their_own(self) -> None:
        request = Request()
        for state in ("any closed", "any errored"):
            read_a_chunk(get_a_reader(await in_state(state)), request)
        assert request.events == ["close", ("error", FAILURE)]


@spec("https://streams.spec.whatwg.org/#readablestreamdefaultreader-read-all-bytes")
@spec("https://streams.spec.whatwg.org/#read-loop")
class TestReadAllBytes:
    @staticmethod
    def read(stream: ReadableStream) -> list[Any]:
        events: list[Any] = []
        read_all_bytes(
            get_a_reader(stream), events.append, lambda error: events.append(("failure", error))
        )
        return events

    async def test_it_is_done_at_once_when_they_are_all_there(self) -> None:
        stream = stream_of(b"ab", memoryview(b"cd"), bytearray(b"ef"))
        close_readable_stream(stream)
        assert self.read(stream) == [b"abcdef"]

    async def test_it_waits_for_those_that_are_not(self) -> None:
        stream = byte_stream()
        events = self.read(stream)
        enqueue_into_readable_stream(stream, b"ab")
        enqueue_into_readable_stream(stream, b"cd")
        assert events == []
        close_readable_stream(stream)
        assert events == [b"abcd"]

    async def test_a_stream_without_any(self) -> None:
        assert self.read(await in_state("bytes closed")) == [b""]

    async def test_a_failure_is_that_of_the_stream(self) -> None:
        stream = stream_of(b"ab")
        events = self.read(stream)
        error_readable_stream(stream, FAILURE)
        assert events == [("failure", FAILURE)]

    @pytest.mark.parametrize("chunk", ["text", None, 1, [b"ab"]])
    async def test_a_chunk_that_is_no_bytes_is_a_type_error(self, chunk: object) -> None:
        ((failure, error),) = self.read(stream_of(b"ab", chunk))
        assert (failure, type(error)) == ("failure", TypeError)

    async def test_many_chunks_that_are_there_do_not_nest(self) -> None:
        stream = stream_of(*[b"x"] * 10_000)
        close_readable_stream(stream)
        assert self.read(stream) == [b"x" * 10_000]


@spec("https://streams.spec.whatwg.org/#readablestreamdefaultreader-cancel")
@spec("https://streams.spec.whatwg.org/#readablestream-cancel")
class TestCancel:
    async def test_the_algorithm_gets_the_reason(self) -> None:
        reasons: list[object] = []
        await cancel_readable_stream(stream_of(cancel_algorithm=reasons.append), "a")
        await cancel_reader(get_a_reader(stream_of(cancel_algorithm=reasons.append)), "b")
        assert reasons == ["a", "b"]

    async def test_a_lock_does_not_stop_it(self) -> None:
        stream = stream_of()
        reader = get_a_reader(stream)
        await cancel_readable_stream(stream, "why")
        assert await reader.read() == (None, True)


@spec("https://streams.spec.whatwg.org/#readablestream-tee")
class TestTee:
    async def test_the_second_branch_has_clones(self) -> None:
        chunk = ["a"]
        stream = stream_of(chunk)
        close_readable_stream(stream)
        first, second = tee_readable_stream(stream)
        (one,), (other,) = await collect(first), await collect(second)
        assert one is chunk and other == chunk and other is not chunk

    async def test_a_chunk_that_cannot_be_cloned_is_the_end_of_both(self) -> None:
        branches = tee_readable_stream(stream_of(object()))
        for read in [branch.getReader().read() for branch in branches]:
            with pytest.raises(DOMException):
                await read


@spec("https://streams.spec.whatwg.org/#readablestream-pipe")
class TestPipeTo:
    async def test_chunks_and_the_end_arrive(self) -> None:
        sink = Sink()
        stream = stream_of("a", "b")
        close_readable_stream(stream)
        await pipe_to(stream, WritableStream(sink))
        assert sink.events == [("write", "a"), ("write", "b"), "close"]

    async def test_the_end_can_be_held_back(self) -> None:
        sink = Sink()
        await pipe_to(await in_state("any closed"), WritableStream(sink), prevent_close=True)
        with pytest.raises(Failure):
            await pipe_to(await in_state("any errored"), WritableStream(sink), prevent_abort=True)
        assert sink.events == []


@spec("https://streams.spec.whatwg.org/#readablestream-pipe-through")
class TestPipeThrough:
    async def test_the_readable_side_has_what_was_made_of_the_chunks(self) -> None:
        stream = stream_of("a", "b")
        close_readable_stream(stream)
        upper = TransformStream(
            {"transform": lambda chunk, controller: controller.enqueue(chunk.upper())}
        )
        assert await collect(pipe_through(stream, upper)) == ["A", "B"]

    async def test_a_failure_is_that_of_the_readable_side_alone(self) -> None:
        readable = pipe_through(await in_state("any errored"), TransformStream())
        with pytest.raises(Failure):
            await readable.getReader().read()


@spec("https://streams.spec.whatwg.org/#readablestream-create-a-proxy")
class TestCreateAProxy:
    async def test_it_gives_what_the_stream_has(self) -> None:
        stream = stream_of("a", "b")
        proxy = create_a_proxy(stream)
        assert is_locked(stream) and not is_locked(proxy)
        close_readable_stream(stream)
        assert await collect(proxy) == ["a", "b"]

    async def test_canceling_it_cancels_the_stream(self) -> None:
        reasons: list[object] = []
        await create_a_proxy(stream_of(cancel_algorithm=reasons.append)).cancel(Thrown("why"))
        assert [str(reason) for reason in reasons] == [str(Thrown("why"))]
