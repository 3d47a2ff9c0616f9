"""Service Workers, 4.3: clients."""

from __future__ import annotations

import pytest

from spec_tests.service_workers.harness import site_with
from worker_runtime import Clients, DOMException
from worker_runtime.global_scope.service_worker_global_scope import ServiceWorkerGlobalScope

spec = pytest.mark.spec


@spec("https://w3c.github.io/ServiceWorker/#clients")
class TestClients:
    async def test_a_server_has_none(self) -> None:
        scopes: list[ServiceWorkerGlobalScope] = []
        await site_with(scopes.append)
        clients = scopes[0].clients
        nobody: object = await clients.get("id")
        assert nobody is None
        assert await clients.matchAll() == ()
        assert await clients.matchAll(includeUncontrolled=True, type="all") == ()
        await clients.claim()
        with pytest.raises(DOMException, match="InvalidAccessError"):
            await clients.openWindow("/")

    def test_is_not_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            Clients()
