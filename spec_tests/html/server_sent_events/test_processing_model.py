"""HTML, 9.2.3: the processing model of event sources."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from spec_tests.fakes import FakeClock
from spec_tests.fetch.scripted_network import Received, network_of, response
from worker_runtime import EventSource
from worker_runtime.html.server_sent_events import parsing_an_event_stream, processing_model

from .test_event_source import Listening, records, server, stream, turns

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/server-sent-events.html#announce-the-connection")
class TestAnnounceTheConnection:
    @pytest.mark.parametrize(
        "type", ["text/event-stream", "text/event-stream;", "TEXT/Event-Stream;charset=x"]
    )
    async def test_an_event_stream_opens(self, type: str) -> None:
        with server(stream(content_type=type)):
            listening = Listening()
            await turns()
            assert listening.told == ["open"]

    async def test_not_if_it_was_closed_meanwhile(self) -> None:
        with server(stream()) as network:
            listening = Listening()
            while not network.requests:
                await turns(1)
            listening.source.close()
            await turns()
            assert listening.told == []


@spec("https://html.spec.whatwg.org/multipage/server-sent-events.html#fail-the-connection")
class TestFailTheConnection:
    @pytest.mark.parametrize(
        "answer",
        [
            stream(b"data: a\n\n", content_type="text/html"),
            stream(b"data: a\n\n", content_type=""),
            stream(b"data: a\n\n", content_type="text/x-event-stream"),
            response(b"", "204 No Content"),
            stream(b"data: a\n\n", "404 Not Found"),
            stream(b"data: a\n\n", "500 x"),
            stream(b"data: a\n\n", "206 x"),
        ],
    )
    async def test_what_is_no_event_stream_is_an_error_for_ever(self, answer: bytes) -> None:
        clock = FakeClock()
        with server(answer, stream(), clock=clock) as network:
            listening = Listening()
            await turns()
            assert listening.told == ["error"]
            assert listening.source.readyState == EventSource.CLOSED and not records()
            clock.advance(1000)
            await turns()
            assert len(network.requests) == 1 and listening.told == ["error"]

    async def test_so_is_a_stream_that_is_too_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(parsing_an_event_stream, "MOST_CHARACTERS", 100)
        with server(stream(b"data: a\n\ndata: ")) as network:
            listening = Listening()
            await turns()
            network.streams[0].feed(b"x" * 200)
            await turns()
            assert listening.told == ["open", "message:a", "error"]
            assert listening.source.readyState == EventSource.CLOSED
            assert network.streams[0].is_closed


@spec("https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage")
class TestDispatchTheEvent:
    async def test_many_events_leave_others_their_turn(self) -> None:
        loop, turn = asyncio.get_running_loop(), 0
        turns_of_events: list[int] = []

        def others() -> None:
            nonlocal turn
            turn += 1
            if len(turns_of_events) < 3000:
                loop.call_soon(others)

        with server(stream(b"data:\n\n" * 3000)):
            source = EventSource("https://a.example/")
            source.onmessage = lambda event: turns_of_events.append(turn)
            others()
            while len(turns_of_events) < 3000:
                await asyncio.sleep(0)
            source.close()
            await turns()
        [(_, most)] = Counter(turns_of_events).most_common(1)
        assert most <= processing_model.BYTES_OF_A_TURN // len(b"data:\n\n") + 1


@spec("https://html.spec.whatwg.org/multipage/server-sent-events.html#reestablish-the-connection")
class TestReestablishTheConnection:
    async def test_when_the_stream_ends_it_is_asked_for_again_after_a_while(self) -> None:
        clock = FakeClock()
        with server(
            stream(b"id: \xe2\x82\xac 1\ndata: a\n\ndata: lost"), stream(b"data: b\n\n"),
            clock=clock,
        ) as network:  # fmt: skip
            listening = Listening()
            await turns()
            network.streams[0].end()
            await turns()
            assert listening.source.readyState == EventSource.CONNECTING
            clock.advance(2.9)
            await turns()
            assert len(network.requests) == 1
            clock.advance(0.2)
            await turns()
            assert listening.told == ["open", "message:a", "error", "open", "message:b"]
            assert network.requests[1].headers["last-event-id"] == "\xe2\x82\xac 1"
            message = listening.events[-1]
            assert message.lastEventId == "\u20ac 1"  # type: ignore[attr-defined]

    async def test_an_id_is_kept_until_an_event_has_another(self) -> None:
        clock = FakeClock()
        with server(
            stream(b"id: 1\ndata: a\n\n"), stream(b"data: b\n\n"), stream(), clock=clock
        ) as network:
            listening = Listening()
            for number in range(2):
                await turns()
                network.streams[number].end()
                await turns()
                clock.advance(3.1)
            await turns()
            messages: list[Any] = [event for event in listening.events if event.type == "message"]
            assert [message.lastEventId for message in messages] == ["1", "1"]
            assert [request.headers.get("last-event-id") for request in network.requests] == [
                None, "1", "1",
            ]  # fmt: skip

    async def test_the_server_says_for_how_long(self) -> None:
        clock = FakeClock()
        with server(stream(b"retry: 100\n\ndata: a\n\n"), stream(), clock=clock) as network:
            listening = Listening()
            await turns()
            network.streams[0].end()
            await turns()
            clock.advance(0.11)
            await turns()
            assert listening.told == ["open", "message:a", "error", "open"]

    async def test_each_fruitless_attempt_in_a_row_makes_the_next_one_later(self) -> None:
        clock = FakeClock()
        moments: list[float] = []

        def serve(request: Received) -> bytes:
            moments.append(clock.now)
            return b"no HTTP\r\n\r\n"

        with network_of(serve, clock=clock):
            listening = Listening()
            while len(moments) < 9:
                await turns()
                clock.advance(1)
            listening.source.close()
            pauses = [round(after - before) for before, after in pairwise(moments)]
            assert pauses == [3, 4, 5, 7, 11, 19, 35, 67]
            assert set(listening.told) == {"error"}

    async def test_an_event_ends_the_row(self) -> None:
        clock = FakeClock()
        failure = b"no HTTP\r\n\r\n"
        with server(
            failure, failure, stream(b"data: a\n\n"), failure, stream(), clock=clock
        ) as network:
            listening = Listening()
            for seconds in (0, 3, 4, 3, 3):
                clock.advance(seconds + 0.01)
                await turns()
                if len(network.requests) == 3 and not network.streams[2].has_ended:
                    network.streams[2].end()
                    await turns()
            assert listening.told == [
                "error", "error", "open", "message:a", "error", "error", "open",
            ]  # fmt: skip

    async def test_closing_in_the_error_listener_ends_it(self) -> None:
        clock = FakeClock()
        with server(b"no HTTP\r\n\r\n", stream(), clock=clock) as network:
            listening = Listening()
            listening.source.onerror = lambda event: listening.source.close()
            await turns()
            assert listening.source.readyState == EventSource.CLOSED and not clock.alarms
            clock.advance(1000)
            await turns()
            assert len(network.requests) == 1

    async def test_redirects_do_not_add_up(self) -> None:
        clock = FakeClock()
        ended = response(b"data: a\n\n", content_type="text/event-stream")
        answers = 25 * [response(b"", "302 x", location="/to"), ended]
        with server(*answers, clock=clock) as network:
            listening = Listening()
            for _ in range(25):
                await turns(30)
                clock.advance(3.1)
            assert [request.target for request in network.requests[:4]] == 2 * ["/", "/to"]
            assert listening.told.count("message:a") == 25

    @pytest.mark.parametrize(
        "id, sent", [(b" 1 ", "1"), (b"x" * 5000, None), (b"a\x01b\x7f", "a\x01b\x7f"), (b"", None)]
    )
    async def test_an_id_that_can_be_sent_is_sent(self, id: bytes, sent: str | None) -> None:
        clock = FakeClock()
        with server(stream(b"id: " + id + b"\ndata: a\n\n"), stream(), clock=clock) as network:
            listening = Listening()
            await turns()
            network.streams[0].end()
            await turns()
            clock.advance(3.1)
            await turns()
            assert network.requests[1].headers.get("last-event-id") == sent
            assert listening.told[-1] == "open"

    def test_the_longest_back_off_is_a_minute(self) -> None:
        record = processing_model.EventSourceRecord.__new__(processing_model.EventSourceRecord)
        record.reconnection_time = 0
        record.fruitless_attempts = 10**6
        assert processing_model.delay_of(record) == 64
