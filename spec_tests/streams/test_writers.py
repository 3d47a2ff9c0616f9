"""Streams, 5.3, 5.5.1 and 5.5.3: writers."""

from __future__ import annotations

import asyncio

import pytest

from worker_runtime import Promise, WritableStream, WritableStreamDefaultWriter
from worker_runtime.streams.writers import (
    acquire_writable_stream_default_writer,
    writable_stream_default_writer_close_with_error_propagation,
)

from .recording import FAILURE, Failure, Sink, outcome_of, turns

spec = pytest.mark.spec


@spec("https://streams.spec.whatwg.org/#writablestreamdefaultwriter")
@spec("https://streams.spec.whatwg.org/#default-writer-constructor")
@spec("https://streams.spec.whatwg.org/#set-up-writable-stream-default-writer")
@spec("https://streams.spec.whatwg.org/#acquire-writable-stream-default-writer")
class TestWriter:
    async def test_locks_the_stream(self) -> None:
        stream = WritableStream()
        WritableStreamDefaultWriter(stream)
        assert stream.locked
        with pytest.raises(TypeError, match="locked"):
            acquire_writable_stream_default_writer(stream)

    async def test_of_a_stream_that_failed_has_rejections_that_need_no_handler(self) -> None:
        sink = Sink()
        stream = WritableStream(sink)
        sink.controller.error(FAILURE)
        await turns()
        writer = stream.getWriter()
        assert writer.closed._is_handled and writer.ready._is_handled


@spec("https://streams.spec.whatwg.org/#default-writer-write")
@spec("https://streams.spec.whatwg.org/#writable-stream-default-writer-write")
class TestWrite:
    async def test_is_fulfilled_with_nothing_when_the_sink_is_done(self) -> None:
        writing = Promise.withResolvers()
        writer = WritableStream(Sink(write=lambda chunk, controller: writing.promise)).getWriter()
        write = writer.write("chunk")
        assert await outcome_of(lambda: write) == "pending"
        writing.resolve("something")
        assert await outcome_of(lambda: write) == "None"

    async def test_goes_on_when_the_task_that_waits_for_it_is_cancelled(self) -> None:
        writing = Promise.withResolvers()
        sink = Sink(write=lambda chunk, controller: writing.promise)
        writer = WritableStream(sink, {"highWaterMark": 5}).getWriter()

        async def write() -> None:
            await writer.write(1)

        task = asyncio.ensure_future(write())
        await turns()
        task.cancel()
        await asyncio.wait([task])
        second = writer.write(2)
        writing.resolve()
        await second
        assert sink.events == [("write", 1), ("write", 2)]


@spec("https://streams.spec.whatwg.org/#default-writer-ready")
@spec("https://streams.spec.whatwg.org/#default-writer-desired-size")
@spec("https://streams.spec.whatwg.org/#writable-stream-default-writer-get-desired-size")
class TestReady:
    async def test_says_when_the_stream_wants_more(self) -> None:
        writing = Promise.withResolvers()
        writer = WritableStream(Sink(write=lambda chunk, controller: writing.promise)).getWriter()
        await writer.ready
        writer.write("chunk")
        assert (writer.desiredSize, await outcome_of(lambda: writer.ready)) == (0, "pending")
        writing.resolve()
        await writer.ready
        assert writer.desiredSize == 1

    async def test_is_fulfilled_when_the_stream_closes_though_it_is_full(self) -> None:
        writer = WritableStream(Sink(write=lambda chunk, controller: Promise())).getWriter()
        writer.write("chunk")
        ready = writer.ready
        writer.close()
        await ready
        assert writer.desiredSize == 0

    async def test_cancelling_a_task_that_waits_for_it_changes_nothing(self) -> None:
        writing = Promise.withResolvers()
        writer = WritableStream(Sink(write=lambda chunk, controller: writing.promise)).getWriter()
        writer.write("chunk")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await writer.ready
        writing.resolve()
        await writer.ready


@spec("https://streams.spec.whatwg.org/#default-writer-closed")
@spec("https://streams.spec.whatwg.org/#default-writer-close")
@spec("https://streams.spec.whatwg.org/#writable-stream-default-writer-close")
@spec("https://streams.spec.whatwg.org/#writable-stream-close")
class TestClose:
    async def test_closed_is_fulfilled_with_it(self) -> None:
        writer = WritableStream().getWriter()
        assert writer.closed is writer.closed
        await writer.close()
        await writer.closed

    async def test_goes_on_when_the_task_that_waits_for_it_is_cancelled(self) -> None:
        closing = Promise.withResolvers()
        writer = WritableStream(Sink(close=lambda: closing.promise)).getWriter()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await writer.close()
        closing.resolve()
        await writer.closed


@spec("https://streams.spec.whatwg.org/#default-writer-abort")
@spec("https://streams.spec.whatwg.org/#writable-stream-default-writer-abort")
@spec("https://streams.spec.whatwg.org/#writable-stream-abort")
class TestAbort:
    async def test_before_the_start_is_done_waits_for_it(self) -> None:
        starting = Promise.withResolvers()
        sink = Sink(start=lambda controller: starting.promise)
        abort = WritableStream(sink).getWriter().abort("why")
        assert await outcome_of(lambda: abort) == "pending"
        starting.resolve()
        await abort
        assert sink.events == [("abort", "why")]

    async def test_a_second_one_is_the_same_promise(self) -> None:
        writer = WritableStream(Sink(write=lambda chunk, controller: Promise())).getWriter()
        writer.write("chunk")
        await turns()
        assert writer.abort("why") is writer.abort("again")

    async def test_a_close_that_waits_is_rejected(self) -> None:
        writing = Promise.withResolvers()
        sink = Sink(write=lambda chunk, controller: writing.promise)
        writer = WritableStream(sink).getWriter()
        writer.write("chunk")
        close = writer.close()
        await turns()
        abort = writer.abort(FAILURE)
        writing.resolve()
        await abort
        with pytest.raises(Failure):
            await close
        assert sink.events == [("write", "chunk"), ("abort", FAILURE)]


@spec("https://streams.spec.whatwg.org/#default-writer-release-lock")
@spec("https://streams.spec.whatwg.org/#writable-stream-default-writer-release")
class TestReleaseLock:
    async def test_what_has_been_written_is_not_affected(self) -> None:
        sink = Sink()
        stream = WritableStream(sink)
        writer = stream.getWriter()
        write = writer.write("chunk")
        writer.releaseLock()
        writer.releaseLock()
        await write
        await stream.close()
        assert sink.events == [("write", "chunk"), "close"]

    async def test_the_promises_are_rejected_and_need_no_handler(self) -> None:
        writer = WritableStream(Sink(), {"highWaterMark": 0}).getWriter()
        ready, closed = writer.ready, writer.closed
        writer.releaseLock()
        for promise in (ready, closed):
            assert promise._is_handled
            with pytest.raises(TypeError, match="released its lock"):
                await promise


@spec(
    "https://streams.spec.whatwg.org/#writable-stream-default-writer-close-with-error-propagation"
)
class TestCloseWithErrorPropagation:
    async def test_of_a_stream_that_closes_or_is_closed_has_nothing_to_do(self) -> None:
        writer = WritableStream().getWriter()
        for _ in range(2):
            await writable_stream_default_writer_close_with_error_propagation(writer)
        assert writer.desiredSize == 0

    async def test_of_a_stream_that_failed_has_its_error(self) -> None:
        sink = Sink()
        writer = WritableStream(sink).getWriter()
        sink.controller.error(FAILURE)
        await turns()
        with pytest.raises(Failure):
            await writable_stream_default_writer_close_with_error_propagation(writer)
