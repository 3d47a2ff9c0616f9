"""Streams, 4.9.1: piping."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime import (
    AbortController,
    AbortSignal,
    CountQueuingStrategy,
    Promise,
    ReadableStream,
    ReadableStreamDefaultController,
    WritableStream,
)
from worker_runtime.streams.readable_stream import StreamPipeOptions
from worker_runtime.streams.pipe_to import readable_stream_pipe_to

from .recording import FAILURE, ByteSource, Failure, Sink, Source, collect, outcome_of, table, turns

spec = pytest.mark.spec

# What an end of one side does to the other, and to the promise of the pipe.
ENDS: dict[str, Callable[[Source, Sink], object]] = {
    "source closes": lambda source, sink: source.controller.close(),
    "source fails": lambda source, sink: source.controller.error(FAILURE),
    "sink fails": lambda source, sink: sink.controller.error(FAILURE),
}

OUTCOMES = """
              | without options         | preventClose            | preventAbort            | preventCancel
source closes | None, close             | None                    | None, close             | None, close
source fails  | rejects Failure, abort  | rejects Failure, abort  | rejects Failure         | rejects Failure, abort
sink fails    | rejects Failure, cancel | rejects Failure, cancel | rejects Failure, cancel | rejects Failure
"""


def names(events: list[Any]) -> list[str]:
    """The names of the events other than pulls."""
    return [event if isinstance(event, str) else event[0] for event in events if event != "pull"]


@spec("https://streams.spec.whatwg.org/#readable-stream-pipe-to")
class TestPropagation:
    @pytest.mark.parametrize("option, end, outcome", table(OUTCOMES))
    @pytest.mark.parametrize("before", [True, False])
    async def test_of_every_end(self, option: str, end: str, outcome: str, before: bool) -> None:
        source, sink = Source(), Sink()
        readable, writable = ReadableStream(source), WritableStream(sink)
        await turns()
        options = {option: True} if option.startswith("prevent") else {}
        if before:
            ENDS[end](source, sink)
        promise = readable.pipeTo(writable, **options)  # type: ignore[arg-type]
        await turns()
        if not before:
            ENDS[end](source, sink)
        seen = [await outcome_of(lambda: promise), *names(source.events), *names(sink.events)]
        assert ", ".join(seen) == outcome
        assert not readable.locked and not writable.locked

    @pytest.mark.parametrize("prevent_cancel, events", [(False, ["cancel"]), (True, [])])
    async def test_of_a_writable_that_is_closing(
        self, prevent_cancel: bool, events: list[str]
    ) -> None:
        source = Source()
        readable, writable = ReadableStream(source), WritableStream()
        closed = writable.close()
        with pytest.raises(TypeError, match="closing or closed"):
            await readable.pipeTo(writable, preventCancel=prevent_cancel)
        await closed
        assert names(source.events) == events

    async def test_an_action_that_fails_is_what_the_pipe_fails_with(self) -> None:
        class Another(Exception):
            pass

        async def abort(reason: object) -> None:
            raise Another

        source = Source()
        promise = ReadableStream(source).pipeTo(WritableStream({"abort": abort}))
        source.controller.error(FAILURE)
        with pytest.raises(Another):
            await promise


@spec("https://streams.spec.whatwg.org/#readable-stream-pipe-to")
class TestReadingAndWriting:
    async def test_everything_arrives_in_its_order_and_the_writable_is_closed(self) -> None:
        sink = Sink()
        await ReadableStream.from_(range(5)).pipeTo(WritableStream(sink))
        assert sink.events == [*(("write", number) for number in range(5)), "close"]

    async def test_a_byte_stream_is_piped_as_it_comes(self) -> None:
        source, sink = ByteSource(), Sink()
        promise = ReadableStream(source).pipeTo(WritableStream(sink))
        source.controller.enqueue(b"ab")
        source.controller.enqueue(b"c")
        source.controller.close()
        await promise
        assert sink.events == [("write", b"ab"), ("write", b"c"), "close"]

    async def test_nothing_is_read_while_the_sink_wants_nothing(self) -> None:
        source, sink = Source(), Sink()
        readable = ReadableStream(source)
        source.controller.enqueue("chunk")
        writable = WritableStream(sink, CountQueuingStrategy(highWaterMark=0))
        promise = readable.pipeTo(writable, preventCancel=True)
        await turns()
        assert sink.events == []
        sink.controller.error(FAILURE)
        with pytest.raises(Failure):
            await promise
        source.controller.close()
        assert await collect(readable) == ["chunk"]

    async def test_a_sink_that_is_slow_slows_the_source(self) -> None:
        writing = Promise.withResolvers()

        def pull(controller: ReadableStreamDefaultController) -> None:
            controller.enqueue(len(source.events))

        source = Source(pull=pull)
        sink = Sink(write=lambda chunk, controller: writing.promise)
        ReadableStream(source, {"highWaterMark": 0}).pipeTo(
            WritableStream(sink, {"highWaterMark": 3})
        )
        await turns()
        assert (len(source.events), sink.events) == (3, [("write", 1)])

    async def test_a_chunk_is_not_written_while_the_source_enqueues_it(self) -> None:
        source, sink = Source(), Sink()
        ReadableStream(source).pipeTo(WritableStream(sink))
        await turns()
        source.controller.enqueue("chunk")
        assert sink.events == []
        await turns()
        assert sink.events == [("write", "chunk")]

    async def test_both_streams_are_locked_until_it_ends(self) -> None:
        source = Source()
        readable, writable = ReadableStream(source), WritableStream()
        promise = readable_stream_pipe_to(readable, writable, False, False, False)
        assert readable.locked and writable.locked
        source.controller.close()
        await promise
        assert not readable.locked and not writable.locked

    async def test_goes_on_when_the_task_that_waits_for_it_is_cancelled(self) -> None:
        source, sink = Source(), Sink()

        async def wait() -> None:
            await ReadableStream(source).pipeTo(WritableStream(sink))

        task = asyncio.ensure_future(wait())
        await turns()
        task.cancel()
        await asyncio.wait([task])
        source.controller.enqueue("chunk")
        source.controller.close()
        await turns()
        assert sink.events == [("write", "chunk"), "close"]


@spec("https://streams.spec.whatwg.org/#rs-pipeTo-shutdown-with-action")
@spec("https://streams.spec.whatwg.org/#rs-pipeTo-shutdown")
@spec("https://streams.spec.whatwg.org/#rs-pipeTo-finalize")
class TestShutdown:
    @pytest.mark.parametrize("prevent_abort", [False, True])
    async def test_waits_for_what_was_read_to_be_written(self, prevent_abort: bool) -> None:
        writing = Promise.withResolvers()
        source = Source()
        sink = Sink(write=lambda chunk, controller: writing.promise)
        promise = ReadableStream(source).pipeTo(
            WritableStream(sink, {"highWaterMark": 5}), preventAbort=prevent_abort
        )
        await turns()
        source.controller.enqueue(1)
        await turns()
        source.controller.enqueue(2)
        source.controller.error(FAILURE)  # the read for 2 was there before
        assert await outcome_of(lambda: promise) == "pending"
        writing.resolve()
        with pytest.raises(Failure):
            await promise
        assert sink.events == [("write", 1), ("write", 2)] + (
            [] if prevent_abort else [("abort", FAILURE)]
        )

    async def test_a_read_that_is_under_way_gives_its_chunk_back(self) -> None:
        source = Source()
        readable = ReadableStream(source)
        controller = AbortController()
        promise = readable.pipeTo(WritableStream(), signal=controller.signal, preventCancel=True)
        await turns()
        controller.abort(FAILURE)
        with pytest.raises(Failure):
            await promise
        source.controller.enqueue("chunk")
        source.controller.close()
        assert await collect(readable) == ["chunk"]


class TestSignal:
    async def test_that_is_aborted_already_reads_nothing(self) -> None:
        source, sink = Source(), Sink()
        readable = ReadableStream(source)
        source.controller.enqueue("chunk")
        with pytest.raises(Failure):
            await readable.pipeTo(WritableStream(sink), signal=AbortSignal.abort(FAILURE))
        assert names(source.events) + names(sink.events) == ["cancel", "abort"]

    @pytest.mark.parametrize(
        "options, events",
        [
            ({}, ["cancel", "abort"]),
            ({"preventCancel": True}, ["abort"]),
            ({"preventAbort": True}, ["cancel"]),
            ({"preventCancel": True, "preventAbort": True}, []),
        ],
    )
    async def test_ends_both_sides_unless_prevented(
        self, options: StreamPipeOptions, events: list[str]
    ) -> None:
        source, sink, controller = Source(), Sink(), AbortController()
        promise = ReadableStream(source).pipeTo(
            WritableStream(sink), options, signal=controller.signal
        )
        await turns()
        controller.abort(FAILURE)
        with pytest.raises(Failure):
            await promise
        assert names(source.events) + names(sink.events) == events

    async def test_is_let_go_at_the_end(self) -> None:
        controller = AbortController()
        await ReadableStream.from_([1]).pipeTo(WritableStream(), signal=controller.signal)
        assert not controller.signal._abort_algorithms

    async def test_does_nothing_to_a_side_that_has_ended(self) -> None:
        source, sink, controller = Source(), Sink(), AbortController()
        closing = Promise.withResolvers()
        sink.members["close"] = lambda: closing.promise
        promise = ReadableStream(source).pipeTo(WritableStream(sink), signal=controller.signal)
        source.controller.close()
        await turns()
        controller.abort(FAILURE)
        closing.resolve()
        await promise
        assert names(source.events) + names(sink.events) == ["close"]
