"""ServerSentEventStream: events in, the bytes of an event stream out."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest

from spec_tests.fakes import FakeClock, running_worker
from worker_runtime import ReadableStream, Response, ServerSentEventStream
from worker_runtime.html.server_sent_events.interpreting_an_event_stream import (
    EventStreamInterpreter,
)
from worker_runtime.html.server_sent_events.parsing_an_event_stream import EventStreamLines
from worker_runtime.html.server_sent_events.server_sent_event_stream import serialize_an_event

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#serialize-an-event")
@spec("SPEC_NOTES.md#server-sent-event")
class TestSerializeAnEvent:
    @pytest.mark.parametrize(
        "event, text",
        [
            ("a", "data: a\n\n"),
            ("", "data: \n\n"),
            ("a\nb\r\nc\rd", "data: a\ndata: b\ndata: c\ndata: d\n\n"),
            (" a: b", "data:  a: b\n\n"),
            ({"data": "a", "event": "x", "id": 7, "retry": 3000},
                "event: x\nid: 7\nretry: 3000\ndata: a\n\n"),
            ({"comment": "a\nb"}, ": a\n: b\n\n"),
            ({"id": ""}, "id: \n\n"),
            ({"data": 1.5}, "data: 1.5\n\n"),
            ("\ud800", "data: \ufffd\n\n"),
        ],
    )  # fmt: skip
    def test_it_is_lines_with_an_empty_one_at_their_end(self, event: Any, text: str) -> None:
        assert serialize_an_event(event) == text

    @pytest.mark.parametrize(
        "event",
        [
            {"event": "a\nb"}, {"event": "a\rdata: x"}, {"id": "1\n\ndata: x"}, {"id": "\0"},
            {"event": "\0"}, {"retry": -1}, {"retry": "x"}, {"retry": float("inf")}, {}, None, 7,
            ["a"], b"a", {"name": "a"}, {"data": {"not": "text"}}, {"data": b"x"},
        ],
    )  # fmt: skip
    def test_what_would_break_the_lines_is_a_type_error(self, event: Any) -> None:
        with pytest.raises(TypeError):
            serialize_an_event(event)

    @pytest.mark.parametrize("data", ["", "\n", "a", " a", "a\n\nb\n", ":a", "data: b", "\ufeffa"])
    def test_an_event_source_reads_what_was_written(self, data: str) -> None:
        text = serialize_an_event({"data": data, "event": "x", "id": "1 2"})
        lines = EventStreamLines().take(text.encode())
        assert [*EventStreamInterpreter().events(lines)] == [("x", data, "1 2")]


@spec("SPEC_NOTES.md#server-sent-event-stream")
@spec("SPEC_NOTES.md#server-sent-event-stream-constructor")
class TestServerSentEventStream:
    async def test_a_generator_of_events_is_a_body(self) -> None:
        async def events() -> AsyncIterator[Any]:
            yield "a"
            yield {"event": "x", "data": "b"}

        stream = ReadableStream.from_(events()).pipeThrough(ServerSentEventStream())
        assert await Response(stream).text() == "data: a\n\nevent: x\ndata: b\n\n"

    async def test_events_may_be_written(self) -> None:
        stream = ServerSentEventStream()
        writer = stream.writable.getWriter()
        text = Response(stream.readable).text()
        await writer.write("a")
        await writer.close()
        assert await text == "data: a\n\n"

    async def test_a_wrong_event_is_an_error_of_the_stream(self) -> None:
        stream = ServerSentEventStream()
        text = Response(stream.readable).text()
        with pytest.raises(TypeError):
            await stream.writable.getWriter().write({"id": "a\nb"})
        with pytest.raises(TypeError):
            await text

    def test_it_needs_a_running_loop(self) -> None:
        with pytest.raises(RuntimeError, match="event loop"):
            ServerSentEventStream()


@spec("SPEC_NOTES.md#server-sent-event-keep-alive")
@spec("SPEC_NOTES.md#server-sent-event-stream-options")
class TestKeepAlive:
    async def read(self, reader: Any) -> bytes:
        return bytes((await asyncio.wait_for(reader.read(), 1)).value)

    async def turn(self, clock: FakeClock, seconds: float) -> None:
        clock.advance(seconds)
        for _ in range(4):
            await asyncio.sleep(0)

    async def test_a_silent_stream_has_a_comment_now_and_then(self) -> None:
        clock = FakeClock()
        with running_worker(clock=clock):
            stream = ServerSentEventStream(keepAlive=1000)
            reader, writer = stream.readable.getReader(), stream.writable.getWriter()
            reading = reader.read()
            await self.turn(clock, 1.1)
            assert (await reading).value == b":\n\n"
            reading = reader.read()
            await writer.write("a")
            assert (await reading).value == b"data: a\n\n"
            reading = reader.read()
            told: list[object] = []
            reading.then(told.append)
            await self.turn(clock, 1)
            assert told == []
            await self.turn(clock, 1)
            assert (await reading).value == b":\n\n"

    async def test_where_nobody_reads_comments_do_not_pile_up(self) -> None:
        clock = FakeClock()
        with running_worker(clock=clock):
            stream = ServerSentEventStream(keepAlive=1000)
            for _ in range(10):
                await self.turn(clock, 1.1)
            writer, reader = stream.writable.getWriter(), stream.readable.getReader()
            assert await self.read(reader) == b":\n\n"
            reading = reader.read()
            await writer.write("a")
            assert (await reading).value == b"data: a\n\n"

    @pytest.mark.parametrize("how", ["close", "abort", "cancel", "drop", "never"])
    async def test_nothing_is_left_when_it_has_ended(self, how: str) -> None:
        clock = FakeClock()
        with running_worker(clock=clock):
            stream = ServerSentEventStream(keepAlive=0 if how == "never" else 1000)
            assert len(clock.alarms) == (how != "never")
            if how == "close":
                reading = stream.readable.getReader().read()
                await stream.writable.getWriter().close()
                assert (await reading).done
            elif how == "abort":
                await stream.writable.abort("reason")
            elif how == "cancel":
                await stream.readable.cancel()
            elif how == "drop":
                await self.turn(clock, 0)
                del stream
                gc.collect()
                await self.turn(clock, 1.1)
            assert not clock.alarms

    @pytest.mark.parametrize("keep_alive", [-1, 2**31, float("nan"), "x"])
    async def test_it_is_a_number_of_milliseconds(self, keep_alive: Any) -> None:
        with pytest.raises(TypeError):
            ServerSentEventStream(keepAlive=keep_alive)
