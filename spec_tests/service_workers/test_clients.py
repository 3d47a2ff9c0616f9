"""Service Workers, 4.3: clients."""

from __future__ import annotations

import pytest

from spec_tests.service_workers.harness import site_with
from worker_runtime import Clients, DOMException
from worker_runtime.global_scope.service_worker_global_scope import ServiceWorkerGlobalScope
from worker_runtime.html.settings_objects import run_in_realm

spec = pytest.mark.spec


@spec("https://w3c.github.io/ServiceWorker/#clients")
class TestClients:
    async def test_one_that_has_made_no_worker_has_none(self) -> None:
        scopes: list[ServiceWorkerGlobalScope] = []
        await site_with(scopes.append)
        clients = scopes[0].clients
        nobody: object = await clients.get("id")
        assert nobody is None
        assert await clients.matchAll() == ()
        assert await clients.matchAll(includeUncontrolled=True, type="all") == ()
        await clients.claim()

    @pytest.mark.parametrize("url, error", [
        ("/", DOMException), ("about:blank?x#y", TypeError), ("about:blank", TypeError),
        ("https://[", TypeError), ("about:srcdoc", DOMException),
    ])  # fmt: skip
    async def test_a_server_opens_no_window(self, url: str, error: type[Exception]) -> None:
        scopes: list[ServiceWorkerGlobalScope] = []
        await site_with(scopes.append)
        promise = run_in_realm(scopes[0]._settings_object, scopes[0].clients.openWindow, url)
        with pytest.raises(error) as raised:
            await promise
        if isinstance(raised.value, DOMException):
            assert raised.value.name == "InvalidAccessError"

    async def test_only_the_active_worker_claims_clients(self) -> None:
        outcomes: list[object] = []

        async def claim(scope: ServiceWorkerGlobalScope) -> None:
            try:
                await scope.clients.claim()
                outcomes.append("claimed")
            except DOMException as error:
                outcomes.append(error.name)

        def script(scope: ServiceWorkerGlobalScope) -> None:
            for event in ("install", "activate"):
                scope.addEventListener(event, lambda event: event.waitUntil(claim(scope)))

        await site_with(script)
        assert outcomes == ["InvalidStateError", "claimed"]

    def test_is_not_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            Clients()
