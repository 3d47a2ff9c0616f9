"""Streams, 5.2 and 5.5.1: the WritableStream class, in every state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime import Promise, WritableStream, WritableStreamDefaultController
from worker_runtime.streams.writable_stream import create_writable_stream

from .recording import FAILURE, Failure, Sink, outcome_of, table, turns

spec = pytest.mark.spec


async def in_state(state: str) -> tuple[WritableStream, Sink]:
    """A stream in a state, not locked. A sink whose writes or closing never end keeps it there."""
    sink = Sink()
    stream = WritableStream(sink)
    if state != "starting":
        await turns()
    writer = stream.getWriter()
    match state:
        case "backpressure" | "erroring":
            sink.members["write"] = lambda chunk, controller: Promise()
            writer.write("chunk").then(None, lambda reason: None)
        case "closing":
            sink.members["close"] = lambda: Promise()
            writer.close().then(None, lambda reason: None)
        case "closed":
            await writer.close()
    if state in ("erroring", "errored"):
        sink.controller.error(FAILURE)
    writer.releaseLock()
    return stream, sink


UNLOCKED: dict[str, Callable[[WritableStream], Any]] = {
    "locked": lambda stream: stream.locked,
    "abort()": lambda stream: stream.abort("why"),
    "close()": lambda stream: stream.close(),
    "getWriter()": lambda stream: stream.getWriter(),
}

LOCKED: dict[str, Callable[[WritableStream, Any], Any]] = {
    "locked": lambda stream, writer: stream.locked,
    "abort()": lambda stream, writer: stream.abort("why"),
    "close()": lambda stream, writer: stream.close(),
    "getWriter()": lambda stream, writer: stream.getWriter(),
    "writer.closed": lambda stream, writer: writer.closed,
    "writer.ready": lambda stream, writer: writer.ready,
    "writer.desiredSize": lambda stream, writer: writer.desiredSize,
    "writer.write()": lambda stream, writer: writer.write("another"),
    "writer.close()": lambda stream, writer: writer.close(),
    "writer.abort()": lambda stream, writer: writer.abort("why"),
    "writer.releaseLock()": lambda stream, writer: writer.releaseLock(),
}

WHEN_UNLOCKED = """
            | starting  | writable  | backpressure | closing           | closed            | erroring        | errored
locked      | False     | False     | False        | False             | False             | False           | False
abort()     | None      | None      | pending      | pending           | None              | pending         | None
close()     | None      | None      | pending      | rejects TypeError | rejects TypeError | pending         | rejects TypeError
getWriter() | an object | an object | an object    | an object         | an object         | an object       | an object
"""

WHEN_LOCKED = """
                     | starting          | writable          | backpressure      | closing
locked               | True              | True              | True              | True
abort()              | rejects TypeError | rejects TypeError | rejects TypeError | rejects TypeError
close()              | rejects TypeError | rejects TypeError | rejects TypeError | rejects TypeError
getWriter()          | raises TypeError  | raises TypeError  | raises TypeError  | raises TypeError
writer.closed        | pending           | pending           | pending           | pending
writer.ready         | None              | None              | pending           | None
writer.desiredSize   | 1                 | 1                 | 0                 | 1
writer.write()       | None              | None              | pending           | rejects TypeError
writer.close()       | None              | None              | pending           | rejects TypeError
writer.abort()       | None              | None              | pending           | pending
writer.releaseLock() | None              | None              | None              | None
"""

WHEN_LOCKED_AT_THE_END = """
                     | closed            | erroring          | errored
locked               | True              | True              | True
abort()              | rejects TypeError | rejects TypeError | rejects TypeError
close()              | rejects TypeError | rejects TypeError | rejects TypeError
getWriter()          | raises TypeError  | raises TypeError  | raises TypeError
writer.closed        | None              | pending           | rejects Failure
writer.ready         | None              | rejects Failure   | rejects Failure
writer.desiredSize   | 0                 | None              | None
writer.write()       | rejects TypeError | rejects Failure   | rejects Failure
writer.close()       | rejects TypeError | pending           | rejects TypeError
writer.abort()       | None              | pending           | None
writer.releaseLock() | None              | None              | None
"""


@spec("https://streams.spec.whatwg.org/#writablestream")
@spec("https://streams.spec.whatwg.org/#ws-locked")
@spec("https://streams.spec.whatwg.org/#ws-abort")
@spec("https://streams.spec.whatwg.org/#ws-close")
@spec("https://streams.spec.whatwg.org/#ws-get-writer")
@spec("https://streams.spec.whatwg.org/#is-writable-stream-locked")
class TestEveryStateOfAWritableStream:
    @pytest.mark.parametrize("state, operation, outcome", table(WHEN_UNLOCKED))
    async def test_when_it_is_not_locked(self, state: str, operation: str, outcome: str) -> None:
        stream, _ = await in_state(state)
        assert await outcome_of(lambda: UNLOCKED[operation](stream)) == outcome

    @pytest.mark.parametrize(
        "state, operation, outcome", table(WHEN_LOCKED) + table(WHEN_LOCKED_AT_THE_END)
    )
    async def test_when_it_is_locked(self, state: str, operation: str, outcome: str) -> None:
        stream, _ = await in_state(state)
        writer = stream.getWriter()
        assert await outcome_of(lambda: LOCKED[operation](stream, writer)) == outcome

    @pytest.mark.parametrize(
        "state",
        ["starting", "writable", "backpressure", "closing", "closed", "erroring", "errored"],
    )
    async def test_a_writer_that_has_released_its_lock_can_do_nothing(self, state: str) -> None:
        stream, _ = await in_state(state)
        writer = stream.getWriter()
        writer.releaseLock()
        promises = [
            writer.closed,
            writer.ready,
            writer.write("chunk"),
            writer.close(),
            writer.abort(),
        ]
        assert [await outcome_of(lambda: promise) for promise in promises] == [
            "rejects TypeError"
        ] * 5
        with pytest.raises(TypeError, match="released its lock"):
            writer.desiredSize


@spec("https://streams.spec.whatwg.org/#ws-constructor")
@spec("https://streams.spec.whatwg.org/#initialize-writable-stream")
class TestConstructor:
    def test_needs_a_running_loop_and_says_so(self) -> None:
        with pytest.raises(RuntimeError, match="running event loop"):
            WritableStream()

    async def test_what_start_raises_is_raised(self) -> None:
        def start(controller: object) -> None:
            raise FAILURE

        with pytest.raises(Failure):
            WritableStream({"start": start})

    async def test_without_a_sink_everything_is_taken(self) -> None:
        writer = WritableStream().getWriter()
        await writer.write("chunk")
        await writer.close()
        await writer.closed
        assert writer.desiredSize == 0

    async def test_a_sink_may_be_of_coroutines(self) -> None:
        events: list[Any] = []

        class Coroutines:
            async def start(self, controller: WritableStreamDefaultController) -> None:
                await asyncio.sleep(0)
                events.append("start")

            async def write(
                self, chunk: object, controller: WritableStreamDefaultController
            ) -> None:
                await asyncio.sleep(0)
                events.append(chunk)

            async def close(self) -> None:
                await asyncio.sleep(0)
                events.append("close")

        writer = WritableStream(Coroutines()).getWriter()
        writer.write(1)
        writer.write(2)
        await writer.close()
        assert events == ["start", 1, 2, "close"]


@spec("https://streams.spec.whatwg.org/#create-writable-stream")
class TestCreateWritableStream:
    async def test_performs_the_algorithms_it_is_given(self) -> None:
        events: list[object] = []

        def note(*args: object) -> Promise[Any]:
            events.append(args)
            return Promise.resolve()

        stream = create_writable_stream(note, note, note, note, 1, lambda chunk: 1)
        writer = stream.getWriter()
        writer.write("chunk")
        await writer.close()
        assert events == [(), ("chunk",), ()]
