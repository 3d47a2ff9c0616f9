"""Service Workers, 3.4: the ServiceWorkerContainer interface."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spec_tests.service_workers.workers import SiteWithWorkers
from worker_runtime import EventTarget, ServiceWorkerContainer, ServiceWorkerGlobalScope, navigator
from worker_runtime.html.settings_objects import run_in_realm
from worker_runtime.service_workers.service_worker_container import ClientMessageQueue
from worker_runtime.webidl.exceptions import DOMException
from worker_runtime.webidl.promises import Promise

spec = pytest.mark.spec


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SiteWithWorkers]:
    site = SiteWithWorkers(tmp_path)
    yield site
    site.end()


def container_in(scope: ServiceWorkerGlobalScope) -> ServiceWorkerContainer:
    return run_in_realm(scope._settings_object, lambda: navigator.serviceWorker)


@spec("https://w3c.github.io/ServiceWorker/#serviceworkercontainer")
@spec("https://w3c.github.io/ServiceWorker/#navigator-service-worker-attribute")
class TestServiceWorkerContainer:
    async def test_each_scope_has_its_own(self, site: SiteWithWorkers) -> None:
        one, two = await site.begin(), await site.begin()
        container = container_in(one)
        assert isinstance(container, EventTarget) and container is container_in(one)
        assert container is not container_in(two) is not navigator.serviceWorker

    def test_authors_make_none(self) -> None:
        with pytest.raises(TypeError, match="Illegal"):
            ServiceWorkerContainer()


@spec("https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-controller")
async def test_nothing_controls_a_service_worker_or_a_plain_script(site: SiteWithWorkers) -> None:
    assert container_in(await site.begin()).controller is None
    assert navigator.serviceWorker.controller is None


@spec("https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-ready")
async def test_ready_is_the_registration_always_the_same_promise(site: SiteWithWorkers) -> None:
    scope = await site.begin()
    ready = container_in(scope).ready
    assert await ready is scope.registration and container_in(scope).ready is ready


@spec("https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-ready")
async def test_ready_looks_again_while_it_is_pending(site: SiteWithWorkers) -> None:
    asked_early: list[Promise[Any]] = []

    async def ask(scope: ServiceWorkerGlobalScope) -> None:
        asked_early.append(container_in(scope).ready)
        await asyncio.sleep(0.001)

    scope = await site.begin(
        lambda scope: scope.addEventListener("install", lambda event: event.waitUntil(ask(scope)))
    )
    (ready,) = asked_early
    assert container_in(scope).ready is ready
    assert await asyncio.wait_for(ready, 5) is scope.registration


@spec("https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-getregistration")
class TestGetRegistration:
    @pytest.mark.parametrize("url, is_found", [
        ("", True), ("worker.py", True), ("/worker.py?x", True), ("/other", False),
    ])  # fmt: skip
    async def test_that_whose_scope_the_url_is_in(
        self, site: SiteWithWorkers, url: str, is_found: bool
    ) -> None:
        scope = await site.begin()
        found = await container_in(scope).getRegistration(url)
        assert found is (scope.registration if is_found else None)

    async def test_a_client_asks_for_it_too(self, site: SiteWithWorkers) -> None:
        await site.begin()
        site.make(
            "async def ask():\n"
            "    registration = await container.getRegistration()\n"
            "    tell(registration.scope, registration.active is container.controller)\n"
            "Promise.resolve(None).then(lambda _: ask())"
        )
        assert await site.hear(site.said, 1) == [("https://site.example/worker.py", True)]

    @pytest.mark.parametrize("url, error", [
        ("https://other.example/", DOMException), ("https://a b/", TypeError), (None, TypeError),
    ])  # fmt: skip
    async def test_of_this_origin_alone(
        self, site: SiteWithWorkers, url: Any, error: type[Exception]
    ) -> None:
        container = container_in(await site.begin())
        with pytest.raises(error):
            await container.getRegistration(url)

    async def test_a_plain_script_has_none(self) -> None:
        nothing: object = await navigator.serviceWorker.getRegistration()
        assert nothing is None


@spec("https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-getregistrations")
async def test_get_registrations(site: SiteWithWorkers) -> None:
    scope = await site.begin()
    assert await container_in(scope).getRegistrations() == (scope.registration,)
    assert await navigator.serviceWorker.getRegistrations() == ()


@spec("https://w3c.github.io/ServiceWorker/#dfn-client-message-queue")
@spec("https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-startmessages")
async def test_what_comes_waits_until_the_queue_is_enabled(site: SiteWithWorkers) -> None:
    scope = await site.begin()
    queue = ClientMessageQueue(scope._settings_object)
    done: list[int] = []
    for number in (1, 2):
        queue.add(lambda number=number: done.append(number))  # type: ignore[misc]
    assert done == []
    queue.enable()
    await site.hear(done, 2)
    queue.add(lambda: done.append(3))
    assert done == [1, 2, 3]
    container = container_in(scope)
    container._client_message_queue.add(lambda: done.append(4))
    container.startMessages()
    assert (await site.hear(done, 4))[-1] == 4
