"""Service Workers, 4.2: the Client interface."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from spec_tests.service_workers.workers import SiteWithWorkers
from worker_runtime import Client, MessageChannel, SharedWorker
from worker_runtime.html.settings_objects import run_in_realm
from worker_runtime.service_workers.client import create_client
from worker_runtime.webidl.exceptions import DOMException

spec = pytest.mark.spec


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SiteWithWorkers]:
    site = SiteWithWorkers(tmp_path)
    yield site
    site.end()


@spec("https://w3c.github.io/ServiceWorker/#client")
@spec("https://w3c.github.io/ServiceWorker/#dom-client-url")
@spec("https://w3c.github.io/ServiceWorker/#dom-client-frametype")
@spec("https://w3c.github.io/ServiceWorker/#dom-client-id")
@spec("https://w3c.github.io/ServiceWorker/#dom-client-type")
class TestClient:
    async def test_what_is_known_of_a_worker(self, site: SiteWithWorkers) -> None:
        await site.begin()
        site.make(
            "async def ask():\n"
            "    async def hold(lock):\n"
            "        tell((await navigator.locks.query()).held[0].clientId)\n"
            "    await navigator.locks.request('x', hold)\n"
            "Promise.resolve(None).then(lambda _: ask())"
        )
        client = await site.client()
        assert (client.url, client.type, client.frameType) == (
            (site.folder / "0.py").as_uri(), "worker", "none",
        )  # fmt: skip
        assert await site.hear(site.said, 1) == [(client.id,)]

    async def test_a_shared_worker_is_one(self, site: SiteWithWorkers) -> None:
        await site.begin()
        site.make("", SharedWorker)
        assert (await site.client("sharedworker")).type == "sharedworker"

    def test_authors_make_none(self) -> None:
        with pytest.raises(TypeError, match="Illegal"):
            Client()


@spec("https://w3c.github.io/ServiceWorker/#dom-client-postmessage-message-options")
class TestPostMessage:
    async def test_the_client_hears_it_and_from_whom(self, site: SiteWithWorkers) -> None:
        scope = await site.begin()
        site.make(
            "def hear(event):\n"
            "    tell(type(event).__name__, event.data, event.origin, len(event.ports),\n"
            "        event.source is container.controller, event.target is container)\n"
            "    event.ports[0].postMessage('through the port')\n"
            "container.onmessage = hear"
        )
        channel = MessageChannel()
        heard: list[object] = []
        channel.port1.onmessage = lambda event: heard.append(event.data)
        client = await site.client()
        run_in_realm(scope._settings_object, client.postMessage, {"a": 1}, [channel.port2])
        assert await site.hear(site.said, 1) == [
            ("MessageEvent", {"a": 1}, "https://site.example", 1, True, True)
        ]
        assert await site.hear(heard, 1) == ["through the port"]

    async def test_messages_wait_until_the_client_wants_them(self, site: SiteWithWorkers) -> None:
        await site.begin()
        worker = site.make(
            "container.addEventListener('message', lambda event: tell(event.data))\n"
            "globalThis.onmessage = lambda event: (tell('start'), container.startMessages())"
        )
        client = await site.client()
        for number in range(3):
            client.postMessage(number)
        worker.postMessage("go")
        await site.hear(site.said, 4)
        client.postMessage(3)
        assert await site.hear(site.said, 5) == [("start",), (0,), (1,), (2,), (3,)]

    async def test_to_one_that_has_ended_nothing_comes(self, site: SiteWithWorkers) -> None:
        await site.begin()
        worker = site.make("navigator.serviceWorker.onmessage = lambda event: tell(event.data)")
        client = await site.client()
        client.postMessage("in time")
        await site.hear(site.said, 1)
        worker.terminate()
        client.postMessage("too late")
        while await site.scopes[0].clients.matchAll(type="all"):
            await asyncio.sleep(0.001)
        client.postMessage("far too late")
        await asyncio.sleep(0.005)
        assert site.said == [("in time",)]
        assert await site.scopes[0].clients.get(client.id) is None

    async def test_what_cannot_be_copied(self, site: SiteWithWorkers) -> None:
        await site.begin()
        site.make("")
        client = await site.client()
        with pytest.raises(DOMException) as caught:
            client.postMessage(object())
        assert caught.value.name == "DataCloneError"


@spec("https://w3c.github.io/ServiceWorker/#create-client-algorithm")
async def test_create_client(site: SiteWithWorkers) -> None:
    await site.begin()
    site.make("")
    client, worker = await site.client(), site.registration.active_worker
    assert worker is not None
    other = create_client(client._service_worker_client, worker)
    assert other is not client and other.id == client.id
