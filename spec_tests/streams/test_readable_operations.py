"""Streams, 4.9.2: how a change inside a controller shows on its readable stream."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime import Promise, ReadableStream
from worker_runtime.streams.readable_operations import (
    is_readable_stream_locked,
    readable_stream_add_read_into_request,
    readable_stream_add_read_request,
    readable_stream_cancel,
    readable_stream_close,
    readable_stream_error,
    readable_stream_fulfill_read_into_request,
    readable_stream_fulfill_read_request,
    readable_stream_get_num_read_into_requests,
    readable_stream_get_num_read_requests,
    readable_stream_has_byob_reader,
    readable_stream_has_default_reader,
)

from .recording import FAILURE, ByteSource, Failure, Source, turns

spec = pytest.mark.spec


@spec("https://streams.spec.whatwg.org/#read-request")
@spec("https://streams.spec.whatwg.org/#read-request-chunk-steps")
@spec("https://streams.spec.whatwg.org/#read-request-close-steps")
@spec("https://streams.spec.whatwg.org/#read-request-error-steps")
@spec("https://streams.spec.whatwg.org/#read-into-request")
@spec("https://streams.spec.whatwg.org/#read-into-request-chunk-steps")
@spec("https://streams.spec.whatwg.org/#read-into-request-close-steps")
@spec("https://streams.spec.whatwg.org/#read-into-request-error-steps")
class Request:
    """A read request, or read-into request, that notes which of its steps happened."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def chunk_steps(self, chunk: Any) -> None:
        self.events.append(("chunk", chunk))

    def close_steps(self, chunk: Any = None) -> None:
        self.events.append(("close", chunk))

    def error_steps(self, e: object) -> None:
        self.events.append(("error", e))


def with_default_reader() -> ReadableStream:
    stream = ReadableStream()
    stream.getReader()
    return stream


def with_byob_reader() -> ReadableStream:
    stream = ReadableStream(ByteSource())
    stream.getReader(mode="byob")
    return stream


@spec("https://streams.spec.whatwg.org/#is-readable-stream-locked")
@spec("https://streams.spec.whatwg.org/#readable-stream-has-default-reader")
@spec("https://streams.spec.whatwg.org/#readable-stream-has-byob-reader")
class TestLock:
    async def test_says_who_holds_it(self) -> None:
        def holder(stream: ReadableStream) -> tuple[bool, bool, bool]:
            return (
                is_readable_stream_locked(stream),
                readable_stream_has_default_reader(stream),
                readable_stream_has_byob_reader(stream),
            )

        assert holder(ReadableStream()) == (False, False, False)
        assert holder(with_default_reader()) == (True, True, False)
        assert holder(with_byob_reader()) == (True, False, True)


@spec("https://streams.spec.whatwg.org/#readable-stream-add-read-request")
@spec("https://streams.spec.whatwg.org/#readable-stream-get-num-read-requests")
@spec("https://streams.spec.whatwg.org/#readable-stream-fulfill-read-request")
class TestReadRequests:
    async def test_are_fulfilled_in_their_order(self) -> None:
        stream = with_default_reader()
        first, second = Request(), Request()
        readable_stream_add_read_request(stream, first)
        readable_stream_add_read_request(stream, second)
        assert readable_stream_get_num_read_requests(stream) == 2
        readable_stream_fulfill_read_request(stream, "chunk", False)
        readable_stream_fulfill_read_request(stream, None, True)
        assert readable_stream_get_num_read_requests(stream) == 0
        assert (first.events, second.events) == ([("chunk", "chunk")], [("close", None)])


@spec("https://streams.spec.whatwg.org/#readable-stream-add-read-into-request")
@spec("https://streams.spec.whatwg.org/#readable-stream-get-num-read-into-requests")
@spec("https://streams.spec.whatwg.org/#readable-stream-fulfill-read-into-request")
class TestReadIntoRequests:
    async def test_are_fulfilled_in_their_order(self) -> None:
        stream = with_byob_reader()
        first, second = Request(), Request()
        readable_stream_add_read_into_request(stream, first)
        readable_stream_add_read_into_request(stream, second)
        assert readable_stream_get_num_read_into_requests(stream) == 2
        view = memoryview(b"view")
        readable_stream_fulfill_read_into_request(stream, view, False)
        readable_stream_fulfill_read_into_request(stream, view, True)
        assert readable_stream_get_num_read_into_requests(stream) == 0
        assert (first.events, second.events) == ([("chunk", view)], [("close", view)])


@spec("https://streams.spec.whatwg.org/#readable-stream-cancel")
@spec("https://streams.spec.whatwg.org/#rs-abstract-ops-used-by-controllers")
@spec("https://streams.spec.whatwg.org/#abstract-opdef-readablestreamcontroller-cancelsteps")
@spec("https://streams.spec.whatwg.org/#abstract-opdef-readablestreamcontroller-pullsteps")
@spec("https://streams.spec.whatwg.org/#abstract-opdef-readablestreamcontroller-releasesteps")
class TestCancel:
    async def test_disturbs_a_stream_in_any_state(self) -> None:
        for state in ("readable", "closed", "errored"):
            source = Source()
            stream = ReadableStream(source)
            if state != "readable":
                getattr(source.controller, {"closed": "close", "errored": "error"}[state])()
            readable_stream_cancel(stream, "why").then(None, lambda reason: None)
            assert stream._disturbed

    async def test_reads_that_wait_are_done_with_no_view_before_the_source_hears_of_it(
        self,
    ) -> None:
        events: list[Any] = []
        source = ByteSource(cancel=lambda reason: events.append("cancel"))
        stream = ReadableStream(source)
        reader = stream.getReader(mode="byob")
        request = Request()
        request.events = events
        readable_stream_add_read_into_request(stream, request)
        await reader.cancel()
        assert events == [("close", None), "cancel"]

    async def test_is_fulfilled_with_nothing_when_the_source_has_done_so(self) -> None:
        done = Promise.withResolvers()
        canceled = readable_stream_cancel(
            ReadableStream({"cancel": lambda reason: done.promise}), "why"
        )
        seen: list[object] = []
        canceled.then(seen.append)
        await turns()
        assert seen == []
        done.resolve("something")
        await turns()
        assert seen == [None]


@spec("https://streams.spec.whatwg.org/#readable-stream-close")
class TestClose:
    async def test_closed_is_fulfilled_and_the_reads_are_done(self) -> None:
        stream = with_default_reader()
        request = Request()
        readable_stream_add_read_request(stream, request)
        readable_stream_close(stream)
        assert stream._reader is not None
        await stream._reader.closed
        assert request.events == [("close", None)]

    async def test_the_reads_of_a_byob_reader_wait_for_the_source_to_give_their_views_back(
        self,
    ) -> None:
        stream = with_byob_reader()
        request = Request()
        readable_stream_add_read_into_request(stream, request)
        readable_stream_close(stream)
        assert request.events == []


@spec("https://streams.spec.whatwg.org/#readable-stream-error")
@spec(
    "https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaultreadererrorreadrequests"
)
@spec(
    "https://streams.spec.whatwg.org/#abstract-opdef-readablestreambyobreadererrorreadintorequests"
)
class TestError:
    async def test_every_read_hears_of_it_and_closed_needs_no_handler(self) -> None:
        for stream, add in (
            (with_default_reader(), readable_stream_add_read_request),
            (with_byob_reader(), readable_stream_add_read_into_request),
        ):
            requests = [Request(), Request()]
            for request in requests:
                add(stream, request)
            readable_stream_error(stream, FAILURE)
            assert [request.events for request in requests] == [[("error", FAILURE)]] * 2
            reader = stream._reader
            assert reader is not None and reader.closed._is_handled
            with pytest.raises(Failure):
                await reader.closed
