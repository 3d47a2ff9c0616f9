"""Service Workers, 4.1: the scope."""

from __future__ import annotations

import pytest

from spec_tests.service_workers.harness import site_with
from worker_runtime import Response, ServiceWorkerGlobalScope, WorkerGlobalScope, skipWaiting

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

    async def test_is_a_function_for_scripts(self) -> None:
        flags: list[bool] = []

        def script(scope: ServiceWorkerGlobalScope) -> None:
            flags.append(scope._service_worker.skip_waiting_flag)
            skipWaiting()
            flags.append(scope._service_worker.skip_waiting_flag)

        await site_with(script)
        assert flags == [False, True]
