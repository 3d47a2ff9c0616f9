"""Streams, 4.7 and 4.8: the byte stream controller and its requests, in every state."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime import (
    RangeError,
    ReadableByteStreamController,
    ReadableStream,
    ReadableStreamBYOBRequest,
)
from worker_runtime.streams.byte_controller import byte_controller_of

from .recording import FAILURE, ByteSource, Failure, collect, outcome_of, table, turns

spec = pytest.mark.spec

STATES: dict[str, Callable[[Any], object]] = {
    "readable": lambda controller: None,
    "queued": lambda controller: controller.enqueue(b"abc"),
    "closing": lambda controller: (controller.enqueue(b"abc"), controller.close()),
    "closed": lambda controller: controller.close(),
    "errored": lambda controller: controller.error(FAILURE),
}

OPERATIONS: dict[str, Callable[[Any], Any]] = {
    "desiredSize": lambda controller: controller.desiredSize,
    "byobRequest": lambda controller: controller.byobRequest,
    "enqueue bytes": lambda controller: controller.enqueue(b"de"),
    "enqueue none": lambda controller: controller.enqueue(b""),
    "enqueue text": lambda controller: controller.enqueue("text"),
    "close()": lambda controller: controller.close(),
    "error()": lambda controller: controller.error("another"),
}

OUTCOMES = """
              | readable         | queued           | closing          | closed           | errored
desiredSize   | 4                | 1                | 1                | 0                | None
byobRequest   | None             | None             | None             | None             | None
enqueue bytes | None             | None             | raises TypeError | raises TypeError | raises TypeError
enqueue none  | raises TypeError | raises TypeError | raises TypeError | raises TypeError | raises TypeError
enqueue text  | raises TypeError | raises TypeError | raises TypeError | raises TypeError | raises TypeError
close()       | None             | None             | raises TypeError | raises TypeError | raises TypeError
error()       | None             | None             | None             | None             | None
"""


@spec("https://streams.spec.whatwg.org/#readablebytestreamcontroller")
@spec("https://streams.spec.whatwg.org/#rbs-controller-byob-request")
@spec("https://streams.spec.whatwg.org/#rbs-controller-desired-size")
@spec("https://streams.spec.whatwg.org/#rbs-controller-close")
@spec("https://streams.spec.whatwg.org/#rbs-controller-enqueue")
@spec("https://streams.spec.whatwg.org/#rbs-controller-error")
class TestEveryState:
    @pytest.mark.parametrize("state, operation, outcome", table(OUTCOMES))
    async def test_of_a_byte_stream(self, state: str, operation: str, outcome: str) -> None:
        source = ByteSource()
        ReadableStream(source, {"highWaterMark": 4})
        STATES[state](source.controller)
        assert await outcome_of(lambda: OPERATIONS[operation](source.controller)) == outcome

    def test_only_a_stream_has_one(self) -> None:
        for interface in (ReadableByteStreamController, ReadableStreamBYOBRequest):
            with pytest.raises(TypeError, match="Illegal constructor"):
                interface()

    async def test_a_memoryview_that_has_been_released_is_a_type_error(self) -> None:
        source = ByteSource()
        ReadableStream(source)
        view = memoryview(bytearray(4))
        source.controller.enqueue(view)
        with pytest.raises(TypeError):
            source.controller.enqueue(view)


@spec("https://streams.spec.whatwg.org/#rbs-controller-private-cancel")
class TestCancelSteps:
    async def test_what_waits_is_gone_and_the_source_hears_the_reason(self) -> None:
        source = ByteSource()
        stream = ReadableStream(source)
        reader = stream.getReader(mode="byob")
        read = reader.read(bytearray(4))
        await turns()
        request = source.controller.byobRequest
        await reader.cancel("why")
        assert source.events[-1] == ("cancel", "why")
        assert await read == (None, True)
        assert (request.view, source.controller.byobRequest) == (None, None)


@spec("https://streams.spec.whatwg.org/#rbs-controller-private-pull")
class TestPullSteps:
    async def test_each_read_gets_a_chunk_as_it_came(self) -> None:
        source = ByteSource()
        reader = ReadableStream(source).getReader()
        for chunk in (b"abc", array("H", [1]), bytearray(b"de")):
            source.controller.enqueue(chunk)
        source.controller.close()
        assert [(await reader.read()).value for _ in range(4)] == [
            b"abc",
            array("H", [1]).tobytes(),
            b"de",
            None,
        ]

    async def test_what_was_transferred_comes_out_as_a_view_of_the_same_memory(self) -> None:
        source = ByteSource()
        reader = ReadableStream(source).getReader()
        memory = bytearray(b"abcd")
        source.controller.enqueue(memoryview(memory)[1:3])
        value, _ = await reader.read()
        assert (bytes(value), value.obj) == (b"bc", memory)

    async def test_with_auto_allocation_the_source_always_has_a_view_to_fill(self) -> None:
        def pull(controller: ReadableByteStreamController) -> None:
            request = controller.byobRequest
            assert request is not None and request.view is not None
            lengths.append(len(request.view))
            request.view[:2] = b"ab"
            request.respond(2)

        lengths: list[int] = []
        reader = ReadableStream(ByteSource(autoAllocateChunkSize=16, pull=pull)).getReader()
        assert bytes((await reader.read()).value) == b"ab"
        assert lengths == [16]

    async def test_auto_allocation_of_nothing_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="autoAllocateChunkSize"):
            ReadableStream(ByteSource(autoAllocateChunkSize=0))

    async def test_auto_allocation_that_is_too_much_fails_the_read(self) -> None:
        reader = ReadableStream(ByteSource(autoAllocateChunkSize=2**53 - 1)).getReader()
        with pytest.raises(MemoryError):
            await reader.read()


@spec("https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontroller-releasesteps")
class TestReleaseSteps:
    async def test_a_request_that_is_under_way_outlives_its_reader(self) -> None:
        source = ByteSource()
        stream = ReadableStream(source)
        reader = stream.getReader(mode="byob")
        reader.read(bytearray(4)).then(None, lambda reason: None)
        reader.read(bytearray(8)).then(None, lambda reason: None)
        await turns()
        request = source.controller.byobRequest
        reader.releaseLock()
        assert source.controller.byobRequest is request
        request.view[:2] = b"ab"
        request.respond(2)
        assert source.controller.byobRequest is None
        source.controller.close()
        assert await collect(stream) == [b"ab"]


@spec("https://streams.spec.whatwg.org/#readablestreambyobrequest")
@spec("https://streams.spec.whatwg.org/#rs-byob-request-view")
@spec("https://streams.spec.whatwg.org/#rs-byob-request-respond")
@spec("https://streams.spec.whatwg.org/#rs-byob-request-respond-with-new-view")
@spec("https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamcontrollergetbyobrequest")
@spec("https://streams.spec.whatwg.org/#readable-byte-stream")
class TestBYOBRequest:
    async def request_for(
        self, view: bytearray | memoryview, min: int = 1
    ) -> tuple[ByteSource, Any, Any]:
        source = ByteSource()
        reader = ReadableStream(source).getReader(mode="byob")
        read = reader.read(view, min=min)
        await turns()
        return source, source.controller.byobRequest, read

    async def test_is_the_same_until_it_is_answered(self) -> None:
        source, request, read = await self.request_for(bytearray(4))
        assert source.controller.byobRequest is request
        view = request.view
        assert request.view is view and len(view) == 4
        view[0] = ord("a")
        request.respond(1)
        assert (request.view, source.controller.byobRequest, bytes((await read).value)) == (
            None,
            None,
            b"a",
        )
        with pytest.raises(ValueError, match="released"):
            view[0] = ord("b")

    async def test_has_what_is_left_of_the_view(self) -> None:
        source, request, read = await self.request_for(bytearray(4), min=4)
        request.view[:3] = b"abc"
        request.respond(3)
        assert len(source.controller.byobRequest.view) == 1
        source.controller.byobRequest.view[:] = b"d"
        source.controller.byobRequest.respond(1)
        assert bytes((await read).value) == b"abcd"

    async def test_can_be_answered_once(self) -> None:
        source, request, _ = await self.request_for(bytearray(4))
        request.respond(1)
        with pytest.raises(TypeError, match="answered"):
            request.respond(1)
        with pytest.raises(TypeError, match="answered"):
            request.respondWithNewView(bytearray(1))

    @pytest.mark.parametrize(
        "count, error", [(0, TypeError), (5, RangeError), (-1, TypeError), ("x", TypeError)]
    )
    async def test_a_number_that_does_not_fit_is_an_error(
        self, count: Any, error: type[Exception]
    ) -> None:
        _, request, _ = await self.request_for(bytearray(4))
        with pytest.raises(error):
            request.respond(count)
        request.respond(4)

    async def test_a_view_that_was_released_is_a_type_error(self) -> None:
        source, request, _ = await self.request_for(bytearray(4))
        request.view.release()
        with pytest.raises(TypeError, match="released"):
            request.respond(1)
        with pytest.raises(TypeError, match="released"):
            source.controller.enqueue(b"a")

    async def test_a_closed_stream_gives_the_view_back_empty(self) -> None:
        source, request, read = await self.request_for(bytearray(4))
        source.controller.close()
        assert await outcome_of(lambda: read) == "pending"
        with pytest.raises(TypeError, match="closed"):
            request.respond(1)
        request.respond(0)
        value, done = await read
        assert (bytes(value), done) == (b"", True)

    async def test_may_be_answered_with_a_part_of_its_view(self) -> None:
        source, request, read = await self.request_for(memoryview(bytearray(8))[2:6])
        view = request.view[:3]
        view[:] = b"abc"
        request.respondWithNewView(view)
        assert bytes((await read).value) == b"abc"

    async def test_may_be_answered_with_other_memory_of_the_same_size(self) -> None:
        source, request, read = await self.request_for(memoryview(bytearray(8))[2:6])
        other = bytearray(b"..abcdef")
        request.respondWithNewView(memoryview(other)[2:5])
        value, _ = await read
        assert (bytes(value), value.obj) == (b"abc", other)

    @pytest.mark.parametrize(
        "view, error",
        [
            (memoryview(bytearray(8))[3:5], RangeError),
            (memoryview(bytearray(9))[2:5], RangeError),
            (memoryview(bytearray(8))[2:7], RangeError),
            (memoryview(bytearray(8))[2:2], TypeError),
            (b"cannot be written to", TypeError),
            ("no buffer", TypeError),
        ],
    )
    async def test_another_view_that_does_not_fit_is_an_error(
        self, view: Any, error: type[Exception]
    ) -> None:
        _, request, _ = await self.request_for(memoryview(bytearray(8))[2:6])
        with pytest.raises(error):
            request.respondWithNewView(view)

    async def test_another_view_of_a_closed_stream_is_empty(self) -> None:
        source, request, read = await self.request_for(bytearray(4))
        source.controller.close()
        with pytest.raises(TypeError, match="closed"):
            request.respondWithNewView(request.view[:1])
        request.respondWithNewView(request.view[:0])
        assert (await read).done

    async def test_another_view_that_was_released_is_a_type_error(self) -> None:
        _, request, _ = await self.request_for(bytearray(4))
        view = memoryview(bytearray(4))
        view.release()
        with pytest.raises(TypeError, match="released"):
            request.respondWithNewView(view)


@spec("https://streams.spec.whatwg.org/#set-up-readable-byte-stream-controller")
@spec(
    "https://streams.spec.whatwg.org/#set-up-readable-byte-stream-controller-from-underlying-source"
)
class TestSetUp:
    async def test_pull_comes_after_start(self) -> None:
        events: list[str] = []

        async def start(controller: object) -> None:
            await turns(1)
            events.append("started")

        source = {"type": "bytes", "start": start, "pull": lambda controller: events.append("pull")}
        stream = ReadableStream(source, {"highWaterMark": 1})
        await turns()
        assert events == ["started", "pull"]
        assert isinstance(byte_controller_of(stream), ReadableByteStreamController)

    async def test_a_start_that_is_rejected_errors_the_stream(self) -> None:
        async def start(controller: object) -> None:
            raise FAILURE

        with pytest.raises(Failure):
            await ReadableStream({"type": "bytes", "start": start}).getReader(mode="byob").closed
