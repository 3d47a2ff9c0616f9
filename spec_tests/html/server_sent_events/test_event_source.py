"""HTML, 9.2.2: the EventSource interface."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from spec_tests.fetch.scripted_network import ScriptedNetwork, network_of, response
from worker_runtime import DOMException, Event, EventSource, MessageEvent, performance
from worker_runtime.html.server_sent_events.processing_model import EventSources
from worker_runtime.html.settings_objects import current_settings_object, terminate_a_worker
from worker_runtime.testing import World, in_virtual_time

spec = pytest.mark.spec


def stream(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """An event stream that goes on."""
    headers.setdefault("content_type", "text/event-stream")
    return response(body, status, content_length="1000000", **headers)


async def turns(number: int = 20) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


def records() -> EventSources:
    return current_settings_object().record(EventSources)


class Listening:
    """An event source, and what has happened to it."""

    def __init__(self, url: str = "http://a.example/", **options: Any) -> None:
        self.events: list[Event] = []
        self.source = EventSource(url, **options)
        for type in ("open", "message", "error", "other"):
            self.source.addEventListener(type, self.events.append)

    @property
    def told(self) -> list[str]:
        return [
            f"{event.type}:{event.data}" if isinstance(event, MessageEvent) else event.type
            for event in self.events
        ]


@contextmanager
def server(*responses: bytes | None, **options: Any) -> Iterator[ScriptedNetwork]:
    """A server that gives these responses, one after the other, and then none."""
    answers = iter(responses)
    with network_of(lambda request: next(answers, None), **options) as network:
        yield network
        for record in list(records()):
            record.close()


@spec("https://html.spec.whatwg.org/multipage/server-sent-events.html#eventsource")
@spec("https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource")
class TestEventSource:
    async def test_it_opens_and_tells_messages(self) -> None:
        with server(stream(b"data: a\n\nevent: other\nid: 7\ndata: b\n\n")) as network:
            listening = Listening()
            assert listening.source.readyState == EventSource.CONNECTING == 0
            await turns()
            assert listening.source.readyState == EventSource.OPEN == 1
            network.streams[0].feed(b"data: c\n")
            network.streams[0].feed(b"\n")
            await turns()
            assert listening.told == ["open", "message:a", "other:b", "message:c"]
            message = listening.events[3]
            assert isinstance(message, MessageEvent) and message.isTrusted
            assert (message.origin, message.lastEventId) == ("http://a.example", "7")
            assert not (message.bubbles or message.cancelable)

    async def test_what_it_asks_for(self) -> None:
        with server(None) as network:
            Listening()
            await turns()
            [request] = network.requests
            assert request.method == "GET" and "last-event-id" not in request.headers
            assert request.headers["accept"] == "text/event-stream"
            assert request.headers["cache-control"] == "no-cache"

    @spec("https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-url")
    async def test_its_url_is_relative_to_the_scope(self) -> None:
        with server(None, browser_at="http://a.example/folder/page"):
            assert EventSource("events?x").url == "http://a.example/folder/events?x"

    async def test_a_wrong_url_is_a_syntax_error(self) -> None:
        with pytest.raises(DOMException) as raised:
            EventSource("http://this is invalid/")
        assert raised.value.name == "SyntaxError"

    def test_it_needs_a_running_loop(self) -> None:
        with pytest.raises(RuntimeError, match="event loop"):
            EventSource("http://a.example/")

    @spec(
        "https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-withcredentials"
    )
    @spec("https://html.spec.whatwg.org/multipage/server-sent-events.html#eventsourceinit")
    @pytest.mark.parametrize("with_credentials", [True, False])
    async def test_credentials_go_to_another_origin_if_that_is_wanted(
        self, with_credentials: bool
    ) -> None:
        headers = {
            "access_control_allow_origin": "http://a.example",
            "access_control_allow_credentials": "true",
            "set_cookie": "name=value",
        }
        with server(stream(b"", **headers), None, browser_at="http://a.example/") as network:
            first = Listening("http://b.example/", withCredentials=with_credentials)
            await turns()
            second = Listening("http://b.example/", withCredentials=with_credentials)
            await turns()
            assert first.source.withCredentials is with_credentials
            assert ("cookie" in network.requests[1].headers) == with_credentials
            assert second.source.readyState == EventSource.CONNECTING

    async def test_the_origin_is_that_of_the_last_url(self) -> None:
        location = "http://b.example/to"
        with server(response(b"", "302 x", location=location), stream(b"data: a\n\n")):
            listening = Listening()
            await turns(40)
            message = listening.events[1]
            assert isinstance(message, MessageEvent) and message.origin == "http://b.example"
            assert listening.source.url == "http://a.example/"

    @spec(
        "https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-readystate"
    )
    @spec("https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource-close")
    async def test_close_is_the_end(self) -> None:
        with server(stream(b"data: a\n\n")) as network:
            listening = Listening()
            await turns()
            listening.source.close()
            assert listening.source.readyState == EventSource.CLOSED == 2
            network.streams[0].feed(b"data: b\n\n")
            await turns()
            assert listening.told == ["open", "message:a"]
            assert network.streams[0].is_closed and not records()
            listening.source.close()

    async def test_close_within_a_listener_stops_what_was_sent_with_it(self) -> None:
        with server(stream(b"data: a\n\ndata: b\n\n")):
            told: list[object] = []
            source = EventSource("http://a.example/")

            def listener(event: MessageEvent) -> None:
                told.append(event.data)
                source.close()

            source.onmessage = listener
            await turns()
            assert told == ["a"]

    async def test_close_before_there_is_a_response(self) -> None:
        with server(None) as network:
            listening = Listening()
            await turns()
            listening.source.close()
            await turns()
            assert listening.told == [] and network.streams[0].is_closed

    async def test_its_fetch_is_in_the_timeline_when_it_has_ended(self) -> None:
        with server(stream(b"data: a\n\n")):
            listening = Listening()
            await turns()
            assert performance.getEntriesByType("resource") == []
            listening.source.close()
            await turns()
            [entry] = performance.getEntriesByType("resource")
            assert entry.toJSON()["initiatorType"] == "other"

    @spec("https://html.spec.whatwg.org/multipage/server-sent-events.html#garbage-collection")
    async def test_what_nobody_listens_to_goes_when_nobody_has_it(self) -> None:
        with server(stream()) as network:
            source = EventSource("http://a.example/")
            await turns()
            assert len(records()) == 1
            del source
            gc.collect()
            await turns()
            assert network.streams[0].is_closed and not records()

    async def test_what_is_listened_to_stays_until_it_is_closed(self) -> None:
        with server(stream(), stream()) as network:
            told: list[str] = []
            EventSource("http://a.example/").onmessage = lambda event: told.append(event.data)
            await turns()
            gc.collect()
            network.streams[0].feed(b"data: a\n\n")
            await turns()
            assert told == ["a"]
            for record in list(records()):
                record.close()
            gc.collect()
            assert network.streams[0].is_closed

    @spec(
        "https://html.spec.whatwg.org/multipage/server-sent-events.html#concept-eventsource-forcibly-close"
    )
    async def test_it_ends_with_its_scope(self) -> None:
        with server(stream()) as network:
            listening = Listening()
            await turns()
            terminate_a_worker(current_settings_object())
            network.streams[0].feed(b"data: a\n\n")
            await turns()
            assert listening.source.readyState == EventSource.CLOSED
            assert listening.told == ["open"] and network.streams[0].is_closed

    def test_little_is_left_of_a_loop_that_has_ended(self) -> None:
        async def main() -> None:
            EventSource("http://a.example/").onmessage = print
            await turns()

        with network_of(lambda request: stream(b": goes on\n")):
            asyncio.run(main())
            assert not records()
        with network_of(lambda request: None):
            for _ in range(3):
                asyncio.run(main())
                assert len(records()) == 1  # until the next one comes

    async def test_many_slow_listeners_hold_the_stream_up(self) -> None:
        with server(stream()) as network:
            go_on = asyncio.Event()
            begun: list[object] = []

            async def listener(event: MessageEvent) -> None:
                begun.append(event.data)
                await go_on.wait()

            EventSource("http://a.example/").onmessage = listener
            await turns()
            for number in range(200):
                network.streams[0].feed(b"data: %d\n\n" % number)
                await turns(4)
            assert len(begun) == 64
            go_on.set()
            await turns(600)
            assert len(begun) == 200

    @in_virtual_time
    async def test_in_a_world_time_passes_until_it_is_there_again(self, tmp_path: Path) -> None:
        worker = tmp_path / "worker.py"
        worker.write_text(
            "from worker_runtime import EventSource, Response\n"
            "told = []\n"
            "async def fetch(request, env, ctx):\n"
            "    global source\n"
            "    if request.url.endswith('/listen'):\n"
            "        source = EventSource('https://b.example/')\n"
            "        source.onmessage = lambda event: told.append(event.data)\n"
            "    if request.url.endswith('/close'):\n"
            "        source.close()\n"
            "    return Response(' '.join(told))\n"
        )
        asked: list[str | None] = []

        def events(request: Any) -> Any:
            from worker_runtime import Response

            asked.append(request.headers.get("Last-Event-ID"))
            body = f"retry: 60000\nid: {len(asked)}\ndata: {len(asked)}\n\n"
            return Response(body, headers={"Content-Type": "text/event-stream"})

        async with World(worker) as world:
            world.network["https://b.example/"] = events
            await world.fetch("/listen")
            await world.advance(seconds=59)
            assert await (await world.fetch("/")).text() == "1"
            await world.advance(seconds=62)
            assert await (await world.fetch("/close")).text() == "1 2 3"
            assert asked == [None, "1", "2"]
            await world.advance(hours=1)
            assert len(asked) == 3
