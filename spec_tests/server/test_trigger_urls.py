"""Events that are fired by hand."""

from __future__ import annotations

import inspect

import pytest

from spec_tests.fakes import RecordingConsole
from worker_runtime.cloudflare.scheduled_event import ScheduledEvent
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.infrastructure import FetchController
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.host.host import Host
from worker_runtime.runtime.runtime import Runtime
from worker_runtime.server.trigger_urls import is_this_machine, with_trigger_urls


class Trigger:
    """A worker that listens for scheduled events, and fails for one expression."""

    def __init__(self) -> None:
        self.events: list[tuple[str, float]] = []

    def listener(self, event: ScheduledEvent) -> None:
        self.events.append((event.cron, event.scheduledTime))
        if event.cron == "fail":
            raise KeyError("x")

    async def answer(self, target: str, host: str = "localhost:8000", **headers: str) -> tuple[int,
        str]:  # fmt: skip
        async with Runtime() as runtime:
            worker = await runtime.start(
                lambda scope: scope.addEventListener("scheduled", self.listener),
                host=Host(console=RecordingConsole()),
            )
            handle = with_trigger_urls(worker, lambda request, controller: None)
            header_list = HeaderList([("host", host), *headers.items()])
            answer = handle(
                RequestRecord(f"http://{host}{target}", "GET", header_list), FetchController()
            )
            if inspect.isawaitable(answer):
                answer = await answer
            if answer is None:
                return 404, "left to the others"
            assert isinstance(answer, ResponseRecord) and answer.body is not None
            return answer.status, (answer.body.take_bytes() or b"").decode()


class TestWithTriggerURLs:
    async def test_the_outcome_is_the_answer(self) -> None:
        trigger = Trigger()
        target = "/cdn-cgi/handler/scheduled?cron=*+*+*+*+*&time=1745856238000"
        assert await trigger.answer(target) == (200, "ok")
        assert trigger.events == [("* * * * *", 1745856238000.0)]

    async def test_an_exception_is_a_500(self) -> None:
        answer = await Trigger().answer("/cdn-cgi/handler/scheduled?cron=fail")
        assert answer == (500, "exception")

    async def test_without_parameters_it_is_now_and_nothing(self) -> None:
        trigger = Trigger()
        assert await trigger.answer("/cdn-cgi/handler/scheduled") == (200, "ok")
        ((cron, time),) = trigger.events
        assert cron == "" and time > 1.7e12

    async def test_a_time_that_is_no_number_is_a_400(self) -> None:
        status, _ = await Trigger().answer("/cdn-cgi/handler/scheduled?time=noon")
        assert status == 400

    async def test_another_event_is_a_404(self) -> None:
        status, _ = await Trigger().answer("/cdn-cgi/handler/email")
        assert status == 404

    async def test_other_paths_go_on(self) -> None:
        assert await Trigger().answer("/cdn-cgi/x") == (404, "left to the others")

    @pytest.mark.parametrize(
        "host, origin",
        [
            ("example.com", ""),
            ("localhost.example", ""),
            ("localhost", "https://example.com"),
            ("localhost", "null"),
            ("127.0.0.1:8000", "http://127.0.0.1.example"),
        ],
    )
    async def test_only_this_machine_may(self, host: str, origin: str) -> None:
        trigger, headers = Trigger(), {"origin": origin} if origin else {}
        status, _ = await trigger.answer("/cdn-cgi/handler/scheduled", host, **headers)
        assert status == 403 and trigger.events == []

    @pytest.mark.parametrize(
        "origin", ["http://localhost:3000", "http://[::1]", "https://127.0.0.1"]
    )
    async def test_its_own_pages_may(self, origin: str) -> None:
        status, _ = await Trigger().answer("/cdn-cgi/handler/scheduled", origin=origin)
        assert status == 200


class TestIsThisMachine:
    @pytest.mark.parametrize(
        "url, is_this",
        [("http://LOCALHOST:1", True), ("http://127.1", True), ("http://[::1]:8000", True),
                         ("http://None", False), ("null", False), ("mailto:localhost", False),
                         ("", False)],
    )  # fmt: skip
    def test_it_is_by_its_names(self, url: str, is_this: bool) -> None:
        assert is_this_machine(url) is is_this
