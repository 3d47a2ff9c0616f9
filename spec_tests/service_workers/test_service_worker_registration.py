"""Service Workers, 3.2: the ServiceWorkerRegistration interface."""

from __future__ import annotations

import pytest

from spec_tests.service_workers.harness import site_with
from worker_runtime import EventTarget, ServiceWorkerGlobalScope, ServiceWorkerRegistration

spec = pytest.mark.spec


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
