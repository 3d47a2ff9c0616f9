"""Service Workers, 4.1: the scope."""

from __future__ import annotations

import pytest

from spec_tests.service_workers.harness import site_with
from worker_runtime import (
    Promise,
    Response,
    ServiceWorkerGlobalScope,
    WorkerGlobalScope,
    cookieStore,
    skipWaiting,
)
from worker_runtime.html.settings_objects import run_in_realm

spec = pytest.mark.spec


@spec("https://w3c.github.io/ServiceWorker/#serviceworkerglobalscope")
class TestServiceWorkerGlobalScope:
    async def test_is_a_worker_global_scope_with_a_location(self) -> None:
        scopes: list[ServiceWorkerGlobalScope] = []
        await site_with(scopes.append)
        assert isinstance(scopes[0], WorkerGlobalScope)
        assert scopes[0].location.href == "https://site.example/worker.py"
        assert scopes[0].clients is scopes[0].clients

    async def test_handlers_listen(self) -> None:
        def script(scope: ServiceWorkerGlobalScope) -> None:
            scope.onfetch = lambda event: event.respondWith(Response("by onfetch"))

        response = await (await site_with(script)).fetch()
        assert (
            response is not None
            and response.body is not None
            and response.body.take_bytes() == b"by onfetch"
        )


@spec("https://dom.spec.whatwg.org/#add-an-event-listener")
class TestWarnings:
    async def test_of_listeners_that_come_or_go_after_the_script_has_run(self) -> None:
        scopes: list[ServiceWorkerGlobalScope] = []

        def listener(event: object) -> None: ...

        def script(scope: ServiceWorkerGlobalScope) -> None:
            scopes.append(scope)
            scope.addEventListener("fetch", listener)
            scope.addEventListener("fetch", print)
            scope.removeEventListener("fetch", print)
            scope.addEventListener("custom", listener)

        site = await site_with(script)
        [scope] = scopes
        assert site.console.messages == []

        def late_script() -> None:
            scope.addEventListener("fetch", listener)  # it is there already
            scope.addEventListener("custom", print)
            assert site.console.messages == []
            scope.addEventListener("install", listener)
            scope.onactivate = listener
            scope.removeEventListener("install", listener)
            scope.removeEventListener("fetch", listener)

        run_in_realm(scope._settings_object, late_script)
        assert [level for level, _ in site.console.messages] == ["reportWarning"] * 3
        for (_, text), words in zip(
            site.console.messages,
            ("'install' is added", "'activate' is added", "'fetch' is removed"),
        ):
            assert words in text


@spec("https://w3c.github.io/ServiceWorker/#dom-serviceworkerglobalscope-skipwaiting")
class TestSkipWaiting:
    async def test_sets_the_flag_of_its_worker(self) -> None:
        scopes: list[ServiceWorkerGlobalScope] = []
        site = await site_with(scopes.append)
        await scopes[0].skipWaiting()
        assert (
            site.registration.active_worker is not None
            and site.registration.active_worker.skip_waiting_flag
        )

    async def test_its_promise_is_settled_when_the_worker_has_been_activated(self) -> None:
        promise, resolve, _ = Promise.withResolvers()
        seen: list[str] = []

        def old(scope: ServiceWorkerGlobalScope) -> None:
            scope.addEventListener("fetch", lambda event: event.waitUntil(promise))

        def new(scope: ServiceWorkerGlobalScope) -> None:
            scopes.append(scope)
            scope.addEventListener("activate", lambda event: seen.append("activate"))

        scopes: list[ServiceWorkerGlobalScope] = []
        site = await site_with(old)
        await site.fetch()
        waiting = await site.install(new)
        assert waiting.state == "installed"
        assert site.registration.active_worker is not None
        site.registration.active_worker.set_of_extended_events.clear()
        await scopes[0].skipWaiting()
        assert seen == ["activate"] and site.registration.active_worker is waiting
        resolve()

    async def test_is_a_function_for_scripts(self) -> None:
        flags: list[bool] = []

        def script(scope: ServiceWorkerGlobalScope) -> None:
            flags.append(scope._service_worker.skip_waiting_flag)
            skipWaiting()
            flags.append(scope._service_worker.skip_waiting_flag)

        await site_with(script)
        assert flags == [False, True]


@spec("https://w3c.github.io/ServiceWorker/#dom-serviceworkerglobalscope-registration")
async def test_registration() -> None:
    scopes: list[ServiceWorkerGlobalScope] = []
    await site_with(scopes.append)
    assert scopes[0].registration.scope == "https://site.example/worker.py"


@spec("https://cookiestore.spec.whatwg.org/#dom-serviceworkerglobalscope-cookiestore")
async def test_cookie_store() -> None:
    found: list[object] = []

    async def script(scope: ServiceWorkerGlobalScope) -> None:
        await scope.cookieStore.set("a", "1")
        found.append(await cookieStore.get("a"))

    def listen(scope: ServiceWorkerGlobalScope) -> None:
        scope.onactivate = lambda event: event.waitUntil(script(scope))

    await site_with(listen)
    assert found == [("a", "1")]


@spec("https://w3c.github.io/ServiceWorker/#dom-serviceworkerglobalscope-serviceworker")
async def test_service_worker() -> None:
    scopes: list[ServiceWorkerGlobalScope] = []
    await site_with(scopes.append)
    assert scopes[0].serviceWorker is scopes[0].registration.active
    assert scopes[0].serviceWorker.scriptURL == "https://site.example/worker.py"
