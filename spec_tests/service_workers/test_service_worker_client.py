"""Service Workers, 2.4 and 2.5: service worker clients."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from spec_tests.service_workers.workers import SiteWithWorkers
from worker_runtime import SharedWorker, Worker
from worker_runtime.html.settings_objects import run_in_realm

spec = pytest.mark.spec


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SiteWithWorkers]:
    site = SiteWithWorkers(tmp_path)
    yield site
    site.end()


@spec("https://w3c.github.io/ServiceWorker/#dfn-service-worker-client")
@spec("https://w3c.github.io/ServiceWorker/#control-and-use-worker-client")
class TestServiceWorkerClient:
    async def test_a_worker_of_a_worker_is_one_too(self, site: SiteWithWorkers) -> None:
        await site.begin()
        inner = site.folder / "inner.py"
        inner.write_text("from worker_runtime import *\n"
            "navigator.serviceWorker.controller.postMessage('from within')")  # fmt: skip
        site.make(f"inner = Worker({str(inner)!r})")
        [event] = await site.hear(site.events, 1)
        clients = await site.scopes[0].clients.matchAll(type="worker")
        assert event.data == "from within" and event.source.url == inner.as_uri()
        assert [client.url for client in clients] == [
            (site.folder / "0.py").as_uri(), inner.as_uri(),
        ]  # fmt: skip

    async def test_one_of_an_opaque_origin_is_nobodys(self, site: SiteWithWorkers) -> None:
        scope = await site.begin()
        url = "data:text/x-python,from worker_runtime import *; postMessage(str("
        url += "navigator.serviceWorker.controller))"
        worker = run_in_realm(scope._settings_object, Worker, url)
        worker.onmessage = lambda event: site.said.append(event.data)
        assert await site.hear(site.said, 1) == ["None"]
        assert await scope.clients.matchAll(type="all", includeUncontrolled=True) == ()
        worker.terminate()

    async def test_a_worker_that_no_service_worker_has_made_is_none(self, tmp_path: Path) -> None:
        file = tmp_path / "plain.py"
        file.write_text("from worker_runtime import *\n"
            "postMessage([navigator.serviceWorker.controller])")  # fmt: skip
        said: list[object] = []
        worker = Worker(str(file))
        worker.onmessage = lambda event: said.append(event.data)
        while not said:
            await asyncio.sleep(0.001)
        worker.terminate()
        assert said == [[None]]

    async def test_one_that_has_ended_is_discarded(self, site: SiteWithWorkers) -> None:
        scope = await site.begin()
        worker = site.make("")
        client = await site.client()
        worker.terminate()
        while await scope.clients.matchAll(type="all"):
            await asyncio.sleep(0.001)
        nobody: object = await scope.clients.get(client.id)
        assert nobody is None


@spec("https://w3c.github.io/ServiceWorker/#notify-controller-change-algorithm")
@spec("https://w3c.github.io/ServiceWorker/#dfn-use")
async def test_a_client_that_outlives_its_worker_gets_another_one(site: SiteWithWorkers) -> None:
    await site.begin()
    file = site.folder / "shared.py"
    file.write_text(
        "from worker_runtime import *\n"
        "container, ports = navigator.serviceWorker, []\n"
        "first = container.controller\n"
        "def connect(event):\n"
        "    ports.append(event.ports[0])\n"
        "    event.ports[0].postMessage('connected')\n"
        "def changed(event):\n"
        "    for port in ports:\n"
        "        port.postMessage([container.controller is first, first.state])\n"
        "globalThis.onconnect = connect\n"
        "container.oncontrollerchange = changed\n"
    )

    def ask(scope: object) -> None:
        shared = SharedWorker(str(file))
        shared.port.onmessage = lambda event: site.said.append(event.data)
        site.workers.append(shared)

    run_in_realm(site.scopes[0]._settings_object, ask, None)
    await site.hear(site.said, 1)
    await site.begin(ask)
    said = await site.hear(site.said, 3)
    assert said[:2] == ["connected", "connected"] and said[2] == [False, "redundant"]
    [client] = await site.scopes[1].clients.matchAll(type="sharedworker")
    assert client._service_worker_client.active_service_worker is site.registration.active_worker


@spec("https://w3c.github.io/ServiceWorker/#activate-resolve-ready-step")
async def test_ready_when_a_worker_is_active(site: SiteWithWorkers) -> None:
    def script(scope: object) -> None:
        site.make(
            "async def wait():\n"
            "    registration = await container.ready\n"
            "    tell(registration.active.state in ('activating', 'activated'))\n"
            "Promise.resolve(None).then(lambda _: wait())"
        )

    await site.begin(script)
    assert await site.hear(site.said, 1) == [(True,)]
