"""Service Workers, 4.4 and 4.5: extendable events."""

from __future__ import annotations

import asyncio

import pytest

from spec_tests.service_workers.harness import site_with
from worker_runtime import (
    DOMException,
    ExtendableEvent,
    FetchEvent,
    InstallEvent,
    Promise,
    Response,
)
from worker_runtime.service_workers.extendable_event import is_active, wait_until_inactive

spec = pytest.mark.spec


@spec("https://w3c.github.io/ServiceWorker/#dom-extendableevent-waituntil")
class TestWaitUntil:
    @spec("https://w3c.github.io/ServiceWorker/#extendableevent-active")
    @spec("https://w3c.github.io/ServiceWorker/#install-settle-step")
    async def test_keeps_the_event_active_until_all_is_settled(self) -> None:
        events: list[FetchEvent] = []
        first, resolve_first, _ = Promise.withResolvers()
        second, resolve_second, _ = Promise.withResolvers()

        def listener(event: FetchEvent) -> None:
            events.append(event)
            event.waitUntil(first)
            event.waitUntil(second)
            event.respondWith(Response())

        site = await site_with(lambda scope: scope.addEventListener("fetch", listener))
        await site.fetch()
        active_worker = site.registration.active_worker
        assert active_worker is not None and active_worker.set_of_extended_events == {events[0]}
        resolve_first()
        await asyncio.sleep(0)
        assert is_active(events[0])
        resolve_second()
        await wait_until_inactive(events[0])
        await asyncio.sleep(0)
        assert not is_active(events[0]) and active_worker.set_of_extended_events == set()

    async def test_takes_a_coroutine_and_more_while_it_runs(self) -> None:
        seen: list[str] = []

        async def work(event: FetchEvent) -> None:
            await asyncio.sleep(0)
            event.waitUntil(more())

        async def more() -> None:
            await asyncio.sleep(0)
            seen.append("more")

        site = await site_with(
            lambda scope: scope.addEventListener(
                "fetch", lambda event: event.waitUntil(work(event))
            )
        )
        await site.fetch()
        assert site.registration.active_worker is not None
        for event in list(site.registration.active_worker.set_of_extended_events):
            await wait_until_inactive(event)
        assert seen == ["more"]

    async def test_when_the_event_is_over_is_an_invalid_state_error(self) -> None:
        events: list[FetchEvent] = []
        site = await site_with(lambda scope: scope.addEventListener("fetch", events.append))
        await site.fetch()
        with pytest.raises(DOMException, match="InvalidStateError"):
            events[0].waitUntil(Promise.resolve())

    def test_of_an_event_of_the_authors_own_is_an_invalid_state_error(self) -> None:
        with pytest.raises(DOMException, match="InvalidStateError"):
            ExtendableEvent("x").waitUntil(Promise.resolve())

    async def test_a_rejection_is_reported(self) -> None:
        site = await site_with(
            lambda scope: scope.addEventListener(
                "fetch", lambda event: event.waitUntil(Promise.reject("why"))
            )
        )
        await site.fetch()
        await asyncio.sleep(0)
        assert site.reports == [("why", "Uncaught (in waitUntil)")]


@spec("https://w3c.github.io/ServiceWorker/#extendableevent-interface")
@spec("https://w3c.github.io/ServiceWorker/#installevent-interface")
class TestInstallEvent:
    def test_is_an_extendable_event(self) -> None:
        assert issubclass(InstallEvent, ExtendableEvent)
        assert InstallEvent("install", cancelable=True).cancelable
