"""Streams, 5.5.2: how a change inside a controller shows on its writable stream."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime import Promise, WritableStream
from worker_runtime.streams.writable_operations import (
    writable_stream_add_write_request,
    writable_stream_close_queued_or_in_flight,
    writable_stream_deal_with_rejection,
    writable_stream_has_operation_marked_in_flight,
    writable_stream_mark_close_request_in_flight,
    writable_stream_mark_first_write_request_in_flight,
    writable_stream_update_backpressure,
)

from .recording import FAILURE, Failure, Sink, outcome_of, turns

spec = pytest.mark.spec


def state_of(stream: WritableStream) -> str:
    return stream._state


async def started(sink: Sink | None = None) -> tuple[WritableStream, Sink, Any]:
    sink = sink or Sink()
    stream = WritableStream(sink)
    await turns()
    return stream, sink, stream.getWriter()


@spec("https://streams.spec.whatwg.org/#writable-stream-add-write-request")
@spec("https://streams.spec.whatwg.org/#writable-stream-mark-first-write-request-in-flight")
@spec("https://streams.spec.whatwg.org/#writable-stream-has-operation-marked-in-flight")
class TestWriteRequests:
    async def test_the_first_goes_first(self) -> None:
        stream, _, _ = await started()
        first, second = (
            writable_stream_add_write_request(stream),
            writable_stream_add_write_request(stream),
        )
        assert not writable_stream_has_operation_marked_in_flight(stream)
        writable_stream_mark_first_write_request_in_flight(stream)
        assert writable_stream_has_operation_marked_in_flight(stream)
        assert (stream._in_flight_write_request, list(stream._write_requests)) == (first, [second])


@spec("https://streams.spec.whatwg.org/#writable-stream-close-queued-or-in-flight")
@spec("https://streams.spec.whatwg.org/#writable-stream-mark-close-request-in-flight")
class TestCloseRequest:
    async def test_is_queued_and_then_in_flight(self) -> None:
        stream, _, _ = await started()
        assert not writable_stream_close_queued_or_in_flight(stream)
        request: Promise[None] = Promise()
        stream._close_request = request
        assert writable_stream_close_queued_or_in_flight(stream)
        writable_stream_mark_close_request_in_flight(stream)
        assert stream._in_flight_close_request is request
        assert writable_stream_close_queued_or_in_flight(stream)
        assert writable_stream_has_operation_marked_in_flight(stream)


@spec("https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-write")
@spec("https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-write-with-error")
class TestFinishInFlightWrite:
    async def test_a_write_that_is_done_fulfils_its_promise(self) -> None:
        stream, _, writer = await started()
        await writer.write("chunk")
        assert stream._in_flight_write_request is None

    async def test_a_write_that_fails_rejects_its_own_promise_and_those_behind_it(self) -> None:
        async def write(chunk: object, controller: object) -> None:
            raise FAILURE

        _, _, writer = await started(Sink(write=write))
        for promise in (writer.write(1), writer.write(2), writer.close(), writer.closed):
            with pytest.raises(Failure):
                await promise


@spec("https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-close")
@spec("https://streams.spec.whatwg.org/#writable-stream-finish-in-flight-close-with-error")
class TestFinishInFlightClose:
    async def test_a_close_that_is_done_fulfils_all_that_wait_for_it(self) -> None:
        stream, _, writer = await started()
        await writer.close()
        await writer.closed
        assert stream._state == "closed"

    async def test_a_close_that_fails_errors_the_stream(self) -> None:
        async def close() -> None:
            raise FAILURE

        stream, _, writer = await started(Sink(close=close))
        for promise in (writer.close(), writer.closed):
            with pytest.raises(Failure):
                await promise
        assert stream._state == "errored"

    async def test_an_abort_that_comes_too_late_is_fulfilled_with_the_close(self) -> None:
        closing = Promise.withResolvers()
        stream, sink, writer = await started(Sink(close=lambda: closing.promise))
        close, abort = writer.close(), writer.abort("why")
        closing.resolve()
        await close
        await abort
        assert (stream._state, stream._stored_error, sink.events) == ("closed", None, ["close"])

    async def test_an_abort_that_comes_too_late_is_rejected_with_the_close(self) -> None:
        closing = Promise.withResolvers()
        _, _, writer = await started(Sink(close=lambda: closing.promise))
        close, abort = writer.close(), writer.abort("why")
        closing.reject(FAILURE)
        for promise in (close, abort):
            with pytest.raises(Failure):
                await promise


@spec("https://streams.spec.whatwg.org/#writable-stream-start-erroring")
@spec("https://streams.spec.whatwg.org/#writable-stream-finish-erroring")
@spec("https://streams.spec.whatwg.org/#writable-stream-deal-with-rejection")
@spec("https://streams.spec.whatwg.org/#writable-stream-reject-close-and-closed-promise-if-needed")
@spec("https://streams.spec.whatwg.org/#pending-abort-request")
class TestErroring:
    async def test_waits_for_the_write_that_is_under_way(self) -> None:
        writing = Promise.withResolvers()
        stream, sink, writer = await started(Sink(write=lambda chunk, controller: writing.promise))
        first, second = writer.write(1), writer.write(2)
        sink.controller.error(FAILURE)
        assert state_of(stream) == "erroring"
        assert await outcome_of(lambda: writer.ready) == "rejects Failure"
        assert await outcome_of(lambda: second) == "pending"
        writing.resolve()
        await first
        with pytest.raises(Failure):
            await second
        assert state_of(stream) == "errored"

    async def test_waits_for_the_start(self) -> None:
        sink = Sink(start=lambda controller: controller.error(FAILURE))
        stream = WritableStream(sink)
        assert state_of(stream) == "erroring"
        await turns()
        assert state_of(stream) == "errored"

    async def test_a_write_that_fails_meanwhile_does_not_change_the_reason(self) -> None:
        writing = Promise.withResolvers()
        _, sink, writer = await started(Sink(write=lambda chunk, controller: writing.promise))
        write = writer.write(1)
        sink.controller.error(FAILURE)
        writing.reject("another")
        assert await outcome_of(lambda: write) == "rejects str"
        with pytest.raises(Failure):
            await writer.closed

    async def test_ends_with_the_sinks_abort_if_that_was_asked_for(self) -> None:
        aborting = Promise.withResolvers()
        stream, sink, writer = await started(Sink(abort=lambda reason: aborting.promise))
        abort = writer.abort(FAILURE)
        assert (stream._state, sink.events) == ("errored", [("abort", FAILURE)])
        assert await outcome_of(lambda: writer.closed) == "pending"
        aborting.resolve()
        await abort
        with pytest.raises(Failure):
            await writer.closed

    async def test_an_abort_that_fails_is_rejected(self) -> None:
        async def abort(reason: object) -> None:
            raise KeyError("k")

        _, _, writer = await started(Sink(abort=abort))
        with pytest.raises(KeyError):
            await writer.abort(FAILURE)
        with pytest.raises(Failure):
            await writer.closed

    async def test_an_abort_of_what_is_erroring_already_is_rejected_without_the_sink(
        self,
    ) -> None:
        writing = Promise.withResolvers()
        stream, sink, writer = await started(Sink(write=lambda chunk, controller: writing.promise))
        writer.write(1)
        sink.controller.error(FAILURE)
        abort = writer.abort("why")
        writing.resolve()
        with pytest.raises(Failure):
            await abort
        assert sink.events == [("write", 1)]

    async def test_a_rejection_begins_it_or_ends_it(self) -> None:
        stream, _, _ = await started()
        writable_stream_deal_with_rejection(stream, FAILURE)
        assert stream._state == "errored"


@spec("https://streams.spec.whatwg.org/#writable-stream-update-backpressure")
class TestUpdateBackpressure:
    async def test_ready_is_a_new_promise_each_time_the_stream_is_full(self) -> None:
        stream, _, writer = await started()
        first = writer.ready
        writable_stream_update_backpressure(stream, True)
        second = writer.ready
        assert (await outcome_of(lambda: first), await outcome_of(lambda: second)) == (
            "None",
            "pending",
        )
        writable_stream_update_backpressure(stream, True)
        assert writer.ready is second
        writable_stream_update_backpressure(stream, False)
        assert await outcome_of(lambda: second) == "None"


@spec(
    "https://streams.spec.whatwg.org/#writable-stream-default-writer-ensure-closed-promise-rejected"
)
@spec(
    "https://streams.spec.whatwg.org/#writable-stream-default-writer-ensure-ready-promise-rejected"
)
class TestEnsurePromisesRejected:
    async def test_one_that_waits_is_rejected_and_one_that_is_settled_replaced(self) -> None:
        _, _, writer = await started()
        ready, closed = writer.ready, writer.closed
        writer.releaseLock()
        assert writer.closed is closed
        assert writer.ready is not ready
        assert writer.closed._is_handled and writer.ready._is_handled
