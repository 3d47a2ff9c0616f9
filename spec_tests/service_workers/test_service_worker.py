"""Service Workers, 3.1: the ServiceWorker interface."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spec_tests.service_workers.workers import SiteWithWorkers
from worker_runtime import Client, ExtendableMessageEvent, MessagePort, Promise, ServiceWorker
from worker_runtime.html.settings_objects import run_in_realm
from worker_runtime.service_workers.service_worker import get_the_service_worker_object
from worker_runtime.webidl.exceptions import DOMException
from worker_runtime.webidl.promises import resolve

spec = pytest.mark.spec


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SiteWithWorkers]:
    site = SiteWithWorkers(tmp_path)
    yield site
    site.end()


@spec("https://w3c.github.io/ServiceWorker/#serviceworker")
@spec("https://w3c.github.io/ServiceWorker/#dom-serviceworker-scripturl")
@spec("https://w3c.github.io/ServiceWorker/#dom-serviceworker-state")
class TestServiceWorker:
    async def test_a_client_knows_the_one_that_has_made_it(self, site: SiteWithWorkers) -> None:
        await site.begin()
        site.make("tell(container.controller.scriptURL, container.controller.state)\n"
            "tell(container.controller is container.controller)")  # fmt: skip
        assert await site.hear(site.said, 2) == [
            ("https://site.example/worker.py", "activated"), (True,),
        ]  # fmt: skip

    def test_authors_make_none(self) -> None:
        with pytest.raises(TypeError, match="Illegal"):
            ServiceWorker()

    @spec("https://w3c.github.io/ServiceWorker/#update-state-algorithm")
    async def test_it_says_when_its_state_changes(self, site: SiteWithWorkers) -> None:
        states: list[Any] = []

        def script(scope: Any) -> None:
            states.append(scope.serviceWorker.state)
            scope.serviceWorker.onstatechange = lambda event: states.append(event.target.state)

        scope = await site.begin(script)
        await site.hear(states, 4)
        assert states == ["installing", "installed", "activating", "activated"]
        assert scope.serviceWorker.state == "activated"


@spec("https://w3c.github.io/ServiceWorker/#get-the-service-worker-object")
@spec("https://w3c.github.io/ServiceWorker/#environment-settings-object-service-worker-object-map")
async def test_a_scope_has_one_object_for_a_worker(site: SiteWithWorkers) -> None:
    scope = await site.begin()
    settings_object, worker = scope._settings_object, site.registration.active_worker
    assert worker is not None
    object = get_the_service_worker_object(settings_object, worker)
    assert object is scope.serviceWorker is scope.registration.active


@spec("https://w3c.github.io/ServiceWorker/#dom-serviceworker-postmessage-message-options")
class TestPostMessage:
    async def test_the_service_worker_hears_it_and_from_whom(self, site: SiteWithWorkers) -> None:
        scope = await site.begin()
        site.make("container.controller.postMessage({'a': [1, 2]})")
        [event] = await site.hear(site.events, 1)
        assert isinstance(event, ExtendableMessageEvent) and event.isTrusted
        assert (event.type, event.data, event.origin) == (
            "message", {"a": [1, 2]}, "https://site.example",
        )  # fmt: skip
        assert isinstance(event.source, Client)
        assert event.source.id == (await site.client()).id and event.target is scope

    async def test_what_is_transferred_moves(self, site: SiteWithWorkers) -> None:
        await site.begin()
        site.make(
            "channel = MessageChannel()\n"
            "channel.port1.onmessage = lambda event: tell(event.data)\n"
            "container.controller.postMessage('port', [channel.port2])\n"
            "try:\n"
            "    container.controller.postMessage(None, {'transfer': [channel.port2]})\n"
            "except DOMException as error:\n"
            "    tell(error.name)"
        )
        [event] = await site.hear(site.events, 1)
        [port] = event.ports
        assert isinstance(port, MessagePort) and event.data == "port"
        port.postMessage("through the port")
        assert sorted(await site.hear(site.said, 2)) == [("DataCloneError",), ("through the port",)]

    async def test_a_message_keeps_the_worker_alive(self, site: SiteWithWorkers) -> None:
        done: Promise[None] = Promise()
        scope = await site.begin()

        def hear(event: ExtendableMessageEvent) -> None:
            site.events.append(event)
            event.waitUntil(done)

        scope.onmessage = hear
        site.make("container.controller.postMessage(1)")
        [event] = await site.hear(site.events, 1)
        worker = site.registration.active_worker
        assert worker is not None and worker.set_of_extended_events == {event}
        resolve(done)
        while worker.set_of_extended_events:
            await asyncio.sleep(0.001)

    async def test_a_service_worker_may_speak_to_another_version(
        self, site: SiteWithWorkers
    ) -> None:
        first = await site.begin()
        first_object: list[Any] = []
        held: Promise[None] = Promise()
        first.onmessage = lambda event: event.waitUntil(held)
        run_in_realm(first._settings_object, first.serviceWorker.postMessage, "to itself")
        worker = site.registration.active_worker
        assert worker is not None
        while not worker.set_of_extended_events:
            await asyncio.sleep(0.001)
        second = await site.begin(lambda scope: first_object.append(scope.registration.active))
        first.onmessage = site.events.append
        run_in_realm(second._settings_object, first_object[0].postMessage, "to the older one")
        [event] = await site.hear(site.events, 1)
        assert event.data == "to the older one" and isinstance(event.source, ServiceWorker)
        assert event.source is first.registration.waiting
        resolve(held)

    async def test_what_cannot_be_copied(self, site: SiteWithWorkers) -> None:
        scope = await site.begin()
        with pytest.raises(DOMException) as caught:
            run_in_realm(scope._settings_object, scope.serviceWorker.postMessage, object())
        assert caught.value.name == "DataCloneError"

    async def test_nothing_comes_where_nobody_listens(self, site: SiteWithWorkers) -> None:
        events: list[Any] = []
        await site.install(lambda scope: events.append(scope))
        [scope] = events
        run_in_realm(scope._settings_object, scope.serviceWorker.postMessage, 1)
        assert events == [scope]
