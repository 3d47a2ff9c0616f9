"""Service Workers, Appendix A: install, activate, terminate."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from spec_tests.service_workers.harness import Site, site_with
from worker_runtime import ExtendableEvent, Promise, Response, globalThis, setTimeout
from worker_runtime.global_scope.service_worker_global_scope import ServiceWorkerGlobalScope
from worker_runtime.service_workers.lifecycle import (
    activate,
    fire_functional_event,
    should_skip_event,
    terminate_service_worker,
    try_activate,
    wait_until_activated,
)
from worker_runtime.webidl.promises import resolve

spec = pytest.mark.spec


async def settle() -> None:
    """Let what goes on come to where it waits."""
    for _ in range(20):
        await asyncio.sleep(0)


@spec("https://w3c.github.io/ServiceWorker/#run-service-worker-algorithm")
class TestRunServiceWorker:
    async def test_the_script_runs_once_in_its_scope(self) -> None:
        runs: list[bool] = []
        site = await site_with(lambda scope: runs.append(globalThis == scope))
        await site.fetch()
        assert runs == [True]

    async def test_the_listeners_that_are_there_then_are_the_events_to_handle(self) -> None:
        def script(scope: ServiceWorkerGlobalScope) -> None:
            scope.addEventListener("install", lambda event: None)
            scope.onfetch = lambda event: None

        site = await site_with(script)
        assert site.registration.active_worker is not None
        assert site.registration.active_worker.set_of_event_types_to_handle == {"install", "fetch"}

    async def test_what_the_script_raises_is_its_start_status(self) -> None:
        def script(scope: ServiceWorkerGlobalScope) -> None:
            raise KeyError("at the start")

        site = Site()
        worker = await site.install(script)
        assert worker.state == "redundant" and worker.start_status is not None
        assert isinstance(worker.start_status.thrown, KeyError)
        assert site.registration.active_worker is None


@spec("https://w3c.github.io/ServiceWorker/#installation-algorithm")
class TestInstall:
    async def test_waits_for_what_the_event_waits_for(self) -> None:
        seen: list[str] = []

        async def prepare() -> None:
            await asyncio.sleep(0)
            seen.append("prepared")

        def script(scope: ServiceWorkerGlobalScope) -> None:
            scope.addEventListener("install", lambda event: event.waitUntil(prepare()))
            scope.addEventListener("activate", lambda event: seen.append("activated"))

        worker = await Site().install(script)
        assert seen == ["prepared", "activated"]
        assert worker.state == "activated"

    async def test_a_rejection_makes_the_worker_redundant(self) -> None:
        def script(scope: ServiceWorkerGlobalScope) -> None:
            scope.addEventListener(
                "install", lambda event: event.waitUntil(Promise.reject(KeyError("not prepared")))
            )

        site = Site()
        worker = await site.install(script)
        assert (worker.state, site.registration.active_worker) == ("redundant", None)

    async def test_a_listener_that_raises_does_not(self) -> None:
        def fail(event: Any) -> None:
            raise KeyError("reported only")

        site = Site()
        worker = await site.install(lambda scope: scope.addEventListener("install", fail))
        assert worker.state == "activated"
        assert isinstance(site.reports[0][0], KeyError)


@spec("https://w3c.github.io/ServiceWorker/#activation-algorithm")
class TestActivate:
    async def test_a_new_version_takes_the_place_of_the_old(self) -> None:
        site = await site_with(
            lambda scope: scope.addEventListener(
                "fetch", lambda event: event.respondWith(Response("old"))
            )
        )
        old = site.registration.active_worker
        new = await site.install(
            lambda scope: scope.addEventListener(
                "fetch", lambda event: event.respondWith(Response("new"))
            )
        )
        assert old is not None and (old.state, new.state) == ("redundant", "activated")
        assert site.registration.active_worker is new


@spec("https://w3c.github.io/ServiceWorker/#try-activate-algorithm")
class TestTryActivate:
    async def test_a_new_version_waits_for_the_events_of_the_old(self) -> None:
        promise, resolve, _ = Promise.withResolvers()
        site = await site_with(
            lambda scope: scope.addEventListener("fetch", lambda event: event.waitUntil(promise))
        )
        await site.fetch()
        old = site.registration.active_worker
        skipped: list[object] = []

        async def skip(scope: ServiceWorkerGlobalScope) -> None:
            await scope.skipWaiting()
            skipped.append(True)

        waiting = await site.install(lambda scope: None)
        eager = await site.install(
            lambda scope: scope.addEventListener(
                "install", lambda event: event.waitUntil(skip(scope))
            )
        )
        assert (waiting.state, eager.state, skipped) == ("redundant", "installed", [True])
        assert site.registration.active_worker is old
        resolve()
        await settle()
        assert eager.state == "activated" and site.registration.active_worker is eager
        assert old is not None and old.state == "redundant"

    async def test_while_one_is_being_activated_the_next_one_waits(self) -> None:
        promise, resolve, _ = Promise.withResolvers()

        def script(scope: ServiceWorkerGlobalScope) -> None:
            scope.addEventListener("activate", lambda event: event.waitUntil(promise))

        site = Site()
        installing = asyncio.ensure_future(site.install(script))
        await settle()
        active = site.registration.active_worker
        assert active is not None and active.state == "activating"
        next_one = await site.install(lambda scope: None)
        assert next_one.state == "installed"
        resolve()
        await installing
        await try_activate(site.registration)
        assert (active.state, next_one.state) == ("redundant", "activated")

    async def test_a_failed_version_leaves_the_old_active(self) -> None:
        site = await site_with(
            lambda scope: scope.addEventListener(
                "fetch", lambda event: event.respondWith(Response("old"))
            )
        )
        active = site.registration.active_worker

        def script(scope: ServiceWorkerGlobalScope) -> None:
            raise SyntaxError("half an edit")

        await site.install(script)
        assert site.registration.active_worker is active
        response = await site.fetch()
        assert response is not None and response.status == 200


@spec("https://w3c.github.io/ServiceWorker/#activate-settle-step")
class TestWaitUntilActivated:
    async def test_a_worker_that_is_not_being_activated_is_not_waited_for(self) -> None:
        site = await site_with(lambda scope: None)
        assert site.registration.active_worker is not None
        await wait_until_activated(site.registration.active_worker)

    async def test_a_fetch_event_waits_for_activate(self) -> None:
        seen: list[str] = []
        promise, resolve, _ = Promise.withResolvers()

        def script(scope: ServiceWorkerGlobalScope) -> None:
            scope.addEventListener("activate", lambda event: event.waitUntil(promise))
            scope.addEventListener("activate", lambda event: seen.append("activate"))
            scope.addEventListener("fetch", lambda event: seen.append("fetch"))

        site = Site()
        installing = asyncio.ensure_future(site.install(script))
        await settle()
        fetches = [asyncio.ensure_future(site.fetch()) for _ in range(2)]
        await settle()
        assert seen == ["activate"]
        resolve()
        await asyncio.gather(installing, *fetches)
        assert seen == ["activate", "fetch", "fetch"]

    async def test_a_fetch_that_waits_for_a_worker_that_is_replaced_is_a_network_error(
        self,
    ) -> None:
        def script(scope: ServiceWorkerGlobalScope) -> None:
            scope.addEventListener("activate", lambda event: event.waitUntil(Promise()))
            scope.addEventListener("fetch", lambda event: event.respondWith(Response()))

        site = Site()
        installing = asyncio.ensure_future(site.install(script))
        await settle()
        fetch = asyncio.ensure_future(site.fetch())
        await settle()
        await site.install(lambda scope: None)
        await activate(site.registration)
        response = await fetch
        assert response is not None and response.type == "error"
        installing.cancel()


@spec("https://w3c.github.io/ServiceWorker/#terminate-service-worker-algorithm")
class TestTerminateServiceWorker:
    async def test_its_timers_end(self) -> None:
        seen: list[str] = []

        def script(scope: ServiceWorkerGlobalScope) -> None:
            setTimeout(lambda: seen.append("fired"), 1)

        site = await site_with(script)
        assert site.registration.active_worker is not None
        terminate_service_worker(site.registration.active_worker)
        await asyncio.sleep(0.01)
        assert seen == []


@spec("https://w3c.github.io/ServiceWorker/#should-skip-event-algorithm")
class TestShouldSkipEvent:
    async def test_no_listener_no_event(self) -> None:
        scopes: list[ServiceWorkerGlobalScope] = []
        site = await site_with(scopes.append)
        worker = site.registration.active_worker
        assert worker is not None and should_skip_event("fetch", worker)
        scopes[0].addEventListener("fetch", lambda event: None)
        assert not should_skip_event("fetch", worker)

    async def test_activate_without_a_waiting_worker_does_nothing(self) -> None:
        site = await site_with(lambda scope: None)
        active = site.registration.active_worker
        await activate(site.registration)
        assert site.registration.active_worker is active


@spec("https://w3c.github.io/ServiceWorker/#fire-functional-event-algorithm")
class TestFireFunctionalEvent:
    async def test_the_active_worker_gets_it_as_it_was_set_up(self) -> None:
        events: list[ExtendableEvent] = []
        site = await site_with(lambda scope: scope.addEventListener("x", events.append))
        event = await fire_functional_event(
            "x", ExtendableEvent, site.registration, lambda event: setattr(event, "_type", "x")
        )
        assert events == [event] and event is not None and event.isTrusted

    async def test_nobody_gets_it_where_nobody_listens(self) -> None:
        site = await site_with(lambda scope: scope.addEventListener("x", lambda: None))
        fire = fire_functional_event("y", ExtendableEvent, site.registration, lambda event: None)
        assert await fire is None
        site.registration.active_worker = None
        fire = fire_functional_event("x", ExtendableEvent, site.registration, lambda event: None)
        assert await fire is None

    async def test_it_waits_until_the_worker_is_active(self) -> None:
        activated: Promise[None] = Promise()
        heard: list[str] = []

        def script(scope: ServiceWorkerGlobalScope) -> None:
            scope.onactivate = lambda event: event.waitUntil(activated)
            scope.addEventListener("x", lambda: heard.append("x"))

        site = Site()
        installing = asyncio.ensure_future(site.install(script))
        await settle()
        firing = asyncio.ensure_future(
            fire_functional_event("x", ExtendableEvent, site.registration, lambda event: None)
        )
        await settle()
        assert heard == []
        resolve(activated)
        await installing
        await firing
        assert heard == ["x"]
