"""Service Workers, 3.2: the ServiceWorkerRegistration interface."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from spec_tests.service_workers.harness import site_with
from spec_tests.service_workers.workers import SiteWithWorkers
from worker_runtime import EventTarget, Promise, ServiceWorkerGlobalScope, ServiceWorkerRegistration
from worker_runtime.html.settings_objects import run_in_realm
from worker_runtime.webidl.promises import resolve

spec = pytest.mark.spec


async def turns() -> None:
    """Let what was queued be done."""
    for _ in range(10):
        await asyncio.sleep(0)


async def registration() -> ServiceWorkerRegistration:
    scopes: list[ServiceWorkerGlobalScope] = []
    await site_with(scopes.append)
    return scopes[0].registration


@spec("https://w3c.github.io/ServiceWorker/#serviceworkerregistration")
class TestServiceWorkerRegistration:
    async def test_is_an_event_target_that_authors_do_not_make(self) -> None:
        assert isinstance(await registration(), EventTarget)
        with pytest.raises(TypeError, match="Illegal"):
            ServiceWorkerRegistration()


@spec("https://w3c.github.io/ServiceWorker/#dom-serviceworkerregistration-scope")
async def test_scope() -> None:
    assert (await registration()).scope == "https://site.example/worker.py"


@spec("https://w3c.github.io/ServiceWorker/#dom-serviceworkerregistration-updateviacache")
async def test_update_via_cache() -> None:
    assert (await registration()).updateViaCache == "imports"


@spec("https://w3c.github.io/ServiceWorker/#get-the-service-worker-registration-object")
async def test_a_scope_has_one_object() -> None:
    scopes: list[ServiceWorkerGlobalScope] = []
    await site_with(scopes.append)
    await site_with(scopes.append)
    assert scopes[0].registration is scopes[0].registration is not scopes[1].registration


@spec(
    "https://w3c.github.io/ServiceWorker/#environment-settings-object-service-worker-registration-object-map"
)
@spec("https://w3c.github.io/ServiceWorker/#dom-serviceworkerregistration-installing")
@spec("https://w3c.github.io/ServiceWorker/#dom-serviceworkerregistration-waiting")
@spec("https://w3c.github.io/ServiceWorker/#dom-serviceworkerregistration-active")
async def test_its_workers(tmp_path: Path) -> None:
    site = SiteWithWorkers(tmp_path)
    seen: list[object] = []

    def note(scope: ServiceWorkerGlobalScope) -> None:
        registration = scope.registration
        workers = (registration.installing, registration.waiting, registration.active)
        seen.append([None if worker is None else worker.state for worker in workers])

    first = await site.begin(note)
    await turns()
    note(first)
    first.registration.onupdatefound = lambda event: seen.append(event.target.installing)
    held: Promise[None] = Promise()
    first.onmessage = lambda event: event.waitUntil(held)
    run_in_realm(first._settings_object, first.serviceWorker.postMessage, 1)
    worker = site.registration.active_worker
    assert worker is not None
    while not worker.set_of_extended_events:
        await asyncio.sleep(0)
    second = await site.begin(note)
    await turns()
    note(second)
    assert seen[:3] == [["installing", None, None], [None, None, "activated"],
        ["installing", None, "activated"]]  # fmt: skip
    assert seen[-1] == [None, "installed", "activated"]
    assert first.registration.waiting in seen[3:]
    resolve(held)
    while second.serviceWorker.state != "activated":
        await asyncio.sleep(0)
