"""SPEC_NOTES.md, "Scheduled events"."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from spec_tests.service_workers.harness import Site, site_with
from worker_runtime import DOMException, ScheduledController, ScheduledEvent
from worker_runtime.cloudflare.scheduled_event import (
    ScheduledResult,
    create,
    fire_a_scheduled_event,
)
from worker_runtime.service_workers.extendable_event import ExtendableEvent
from worker_runtime.html.settings_objects import EnvironmentSettingsObject

spec = pytest.mark.spec
CRON, TIME = "*/5 * * * *", 1_745_856_300_000.0


async def fire(listener: Any) -> tuple[ScheduledResult, Site]:
    site = await site_with(lambda scope: scope.addEventListener("scheduled", listener))
    return await fire_a_scheduled_event(site.registration, CRON, TIME), site


@spec("SPEC_NOTES.md#fire-a-scheduled-event")
class TestFireAScheduledEvent:
    async def test_a_listener_is_called_with_the_expression_and_the_time(self) -> None:
        seen: list[ScheduledEvent] = []
        result, _ = await fire(lambda event: seen.append(event))
        assert result == ("ok", False)
        (event,) = seen
        assert (event.type, event.cron, event.scheduledTime) == ("scheduled", CRON, TIME)
        assert event.isTrusted

    async def test_it_takes_as_long_as_what_is_waited_for(self) -> None:
        done = []

        async def work() -> None:
            await asyncio.sleep(0)
            done.append("work")

        result, _ = await fire(lambda event: event.waitUntil(work()))
        assert (result.outcome, done) == ("ok", ["work"])

    async def test_a_listener_that_raises_is_an_exception(self) -> None:
        result, site = await fire(lambda event: 1 / 0)
        assert result.outcome == "exception"
        assert [type(error) for error, _ in site.reports] == [ZeroDivisionError]

    async def test_a_promise_that_is_rejected_is_an_exception(self) -> None:
        async def work() -> None:
            raise KeyError("x")

        result, site = await fire(lambda event: event.waitUntil(work()))
        assert result.outcome == "exception"
        assert [type(error) for error, _ in site.reports] == [KeyError]

    async def test_all_promises_are_waited_for_when_one_is_rejected(self) -> None:
        done = []

        async def fail() -> None:
            raise KeyError("x")

        async def work() -> None:
            for _ in range(10):
                await asyncio.sleep(0)
            done.append("work")

        def listener(event: ScheduledEvent) -> None:
            event.waitUntil(fail())
            event.waitUntil(work())

        result, _ = await fire(listener)
        assert (result.outcome, done) == ("exception", ["work"])

    async def test_a_worker_that_does_not_listen_is_skipped(self) -> None:
        site = await site_with(lambda scope: None)
        result = await fire_a_scheduled_event(site.registration, CRON, TIME)
        assert result.outcome == "skipped"

    async def test_a_registration_without_a_worker_is_skipped(self) -> None:
        site = Site()
        result = await fire_a_scheduled_event(site.registration, CRON, TIME)
        assert result.outcome == "skipped"

    async def test_runs_may_overlap(self) -> None:
        started, go = [], asyncio.Event()

        async def work() -> None:
            started.append(1)
            await go.wait()

        site = await site_with(
            lambda scope: scope.addEventListener("scheduled", lambda event: event.waitUntil(work()))
        )
        runs = [
            asyncio.ensure_future(fire_a_scheduled_event(site.registration, CRON, TIME))
            for _ in range(2)
        ]
        while len(started) < 2:
            await asyncio.sleep(0)
        go.set()
        assert [result.outcome for result in await asyncio.gather(*runs)] == ["ok", "ok"]


@spec("SPEC_NOTES.md#scheduled-result")
class TestScheduledResult:
    async def test_it_has_the_flag_of_the_event(self) -> None:
        def listener(event: ScheduledEvent) -> None:
            event.noRetry()
            raise KeyError("x")

        result, _ = await fire(listener)
        assert result == ScheduledResult("exception", True)


@spec("SPEC_NOTES.md#scheduled-event")
class TestScheduledEvent:
    def test_authors_make_none(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            ScheduledEvent("scheduled")

    async def test_it_is_an_extendable_event_that_ends(self) -> None:
        seen: list[ScheduledEvent] = []
        await fire(lambda event: seen.append(event))
        assert isinstance(seen[0], ExtendableEvent)
        with pytest.raises(DOMException, match="over") as raised:
            seen[0].waitUntil(asyncio.sleep(0))
        assert raised.value.name == "InvalidStateError"


@pytest.mark.parametrize("interface", [ScheduledEvent, ScheduledController])
class TestMembers:
    @pytest.fixture
    def subject(self, interface: type) -> tuple[Any, ScheduledEvent]:
        event = create(CRON, TIME, EnvironmentSettingsObject())
        return (event if interface is ScheduledEvent else ScheduledController(event)), event

    @spec("SPEC_NOTES.md#scheduled-event-cron")
    @spec("SPEC_NOTES.md#scheduled-controller-cron")
    def test_cron(self, subject: tuple[Any, ScheduledEvent]) -> None:
        assert subject[0].cron == CRON

    @spec("SPEC_NOTES.md#scheduled-event-scheduled-time")
    @spec("SPEC_NOTES.md#scheduled-controller-scheduled-time")
    def test_scheduled_time(self, subject: tuple[Any, ScheduledEvent]) -> None:
        assert subject[0].scheduledTime == TIME

    @spec("SPEC_NOTES.md#scheduled-event-no-retry")
    @spec("SPEC_NOTES.md#scheduled-controller-no-retry")
    def test_no_retry(self, subject: tuple[Any, ScheduledEvent]) -> None:
        assert not subject[1]._no_retry
        subject[0].noRetry()
        assert subject[1]._no_retry


@spec("SPEC_NOTES.md#scheduled-controller")
class TestScheduledController:
    def test_it_has_only_these_members(self) -> None:
        members = {name for name in dir(ScheduledController) if not name.startswith("_")}
        assert members == {"cron", "noRetry", "scheduledTime"}
