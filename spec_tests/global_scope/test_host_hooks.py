"""What one scope sees where several run side by side: its own things only."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest

from spec_tests.fakes import RecordingConsole, running_in
from worker_runtime import (
    URL,
    AbortController,
    Blob,
    Event,
    EventTarget,
    Promise,
    ReadableStream,
    WorkerGlobalScope,
    caches,
    console,
    fetch,
    globalThis,
    performance,
    queueMicrotask,
    setTimeout,
)
from worker_runtime.global_scope.worker_global_scope import (
    set_up_a_worker_environment_settings_object,
)
from worker_runtime.host.host import Host
from worker_runtime.host.network import SystemNetwork
from worker_runtime.host.restricted_network import RestrictedNetwork
from worker_runtime.html.settings_objects import (
    EnvironmentSettingsObject,
    current_settings_object,
    queue_a_global_task,
    realm_execution_context,
)
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.webidl.interfaces import new

spec = pytest.mark.spec


def new_scope(**items: Any) -> EnvironmentSettingsObject:
    """A worker's scope of a host of its own."""
    items.setdefault("console", RecordingConsole())
    scope: WorkerGlobalScope = new(WorkerGlobalScope)
    url = url_parser("https://worker.example/")
    return set_up_a_worker_environment_settings_object(scope, url, Host(**items))


See = Callable[[], None]


def by_a_promise_that_another_scope_settles(see: See, other: EnvironmentSettingsObject) -> None:
    promise, resolve, _ = Promise.withResolvers()
    promise.then(lambda _: see())
    with running_in(other):
        resolve(None)


def by_a_promise_that_is_settled(see: See, other: EnvironmentSettingsObject) -> None:
    Promise.resolve(1).then(lambda _: see())


def by_a_rejection(see: See, other: EnvironmentSettingsObject) -> None:
    Promise.reject(ValueError()).then(None, lambda _: see())


def by_a_microtask(see: See, other: EnvironmentSettingsObject) -> None:
    queueMicrotask(see)


def by_a_timer(see: See, other: EnvironmentSettingsObject) -> None:
    setTimeout(see)


def by_a_listener_of_an_event_that_another_scope_dispatches(
    see: See, other: EnvironmentSettingsObject
) -> None:
    target = EventTarget()
    target.addEventListener("x", lambda event: see())
    with running_in(other):
        target.dispatchEvent(Event("x"))


def by_a_handler_of_an_event_that_another_scope_dispatches(
    see: See, other: EnvironmentSettingsObject
) -> None:
    controller = AbortController()
    controller.signal.onabort = lambda event: see()
    with running_in(other):
        controller.abort()


def by_a_source_that_another_scope_reads(see: See, other: EnvironmentSettingsObject) -> None:
    class Source:
        def pull(self, controller: Any) -> None:
            see()
            controller.close()

    stream = ReadableStream(Source(), {"highWaterMark": 0})
    with running_in(other):
        asyncio.get_running_loop().create_task(read_all(stream))


def by_a_source_that_another_scope_cancels(see: See, other: EnvironmentSettingsObject) -> None:
    class Source:
        def cancel(self, reason: Any) -> None:
            see()

    stream = ReadableStream(Source())
    with running_in(other):
        stream.cancel()


def by_an_iterator_that_another_scope_reads(see: See, other: EnvironmentSettingsObject) -> None:
    async def chunks() -> Any:
        see()
        yield 1

    stream = ReadableStream.from_(chunks())
    with running_in(other):
        asyncio.get_running_loop().create_task(read_all(stream))


def by_a_coroutine(see: See, other: EnvironmentSettingsObject) -> None:
    async def steps() -> None:
        await asyncio.sleep(0)
        see()

    Promise.resolve(steps())


def by_a_task_that_another_thread_queues(see: See, other: EnvironmentSettingsObject) -> None:
    settings_object = current_settings_object()
    assert settings_object.event_loop
    thread = threading.Thread(
        target=lambda: queue_a_global_task("networking", settings_object, see)
    )
    thread.start()
    thread.join()


async def read_all(stream: ReadableStream) -> None:
    async for _ in stream:
        pass


WAYS = [steps for name, steps in list(globals().items()) if name.startswith("by_a")]


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#creating-a-new-javascript-realm")
class TestScopesSideBySide:
    @pytest.mark.parametrize("call_back", WAYS, ids=lambda steps: str(steps.__name__))
    async def test_a_callback_sees_its_own_scope(
        self, call_back: Callable[[See, EnvironmentSettingsObject], None]
    ) -> None:
        mine, other = new_scope(), new_scope()
        seen: list[object] = []
        with running_in(mine):
            call_back(lambda: seen.append(current_settings_object()), other)
        await turns(lambda: seen and len(asyncio.all_tasks()) == 1)
        assert seen == [mine]
        assert realm_execution_context.get(None) is None

    @pytest.mark.parametrize("call_back", WAYS[:3], ids=lambda steps: str(steps.__name__))
    async def test_a_context_variable_that_a_reaction_sets_is_seen_by_nobody_else(
        self, call_back: Callable[[See, EnvironmentSettingsObject], None]
    ) -> None:
        user = ContextVar("user", default="nobody")
        seen: list[str] = []

        def see() -> None:
            seen.append(user.get())
            user.set("somebody")

        for _ in range(2):
            call_back(see, new_scope())
        await turns(lambda: len(seen) == 2)
        assert (seen, user.get()) == (["nobody", "nobody"], "nobody")

    async def test_what_is_set_on_globalThis(self) -> None:
        for number, settings_object in enumerate((new_scope(), new_scope())):
            with running_in(settings_object):
                assert not hasattr(globalThis, "mark")
                globalThis.mark = number

    async def test_storage(self) -> None:
        one, other = new_scope(), new_scope()
        with running_in(one):
            await caches.open("mine")
        with running_in(other):
            assert await caches.keys() == []

    async def test_blob_urls(self) -> None:
        one, other = new_scope(), new_scope()
        with running_in(one):
            url = URL.createObjectURL(Blob(["mine"]))
            assert await (await fetch(url)).text() == "mine"
        with running_in(other), pytest.raises(TypeError):
            await fetch(url)

    async def test_what_may_be_reached(self) -> None:
        free, bound = (
            new_scope(),
            new_scope(network=RestrictedNetwork(SystemNetwork(), ["a.example"])),
        )
        with running_in(bound), pytest.raises(TypeError, match="not among the hosts"):
            await fetch("http://127.0.0.1:4/")
        with running_in(free), pytest.raises(TypeError, match="refused"):
            await fetch("http://127.0.0.1:4/")

    async def test_the_console(self) -> None:
        mine, other = RecordingConsole(), RecordingConsole()
        for scope in (new_scope(console=mine), new_scope(console=other)):
            with running_in(scope):
                console.group("g")
                console.count()
        assert mine.messages == other.messages == [("group", "g"), ("count", "  default: 1")]

    async def test_listeners_of_performance(self) -> None:
        seen: list[str] = []
        with running_in(new_scope()):
            performance.addEventListener("x", lambda event: seen.append("mine"))
        with running_in(new_scope()):
            performance.dispatchEvent(Event("x"))
        assert seen == []

    async def test_unhandled_rejections(self) -> None:
        mine, other = RecordingConsole(), RecordingConsole()
        scope, other_scope = new_scope(console=mine), new_scope(console=other)
        error = ValueError("mine")

        def fail(_: object) -> None:
            raise error

        with running_in(scope):
            promise, resolve, _ = Promise.withResolvers()
            promise.then(fail)
        with running_in(other_scope):
            resolve(None)
        await turns(lambda: mine.reports)
        assert (mine.reports, other.reports) == ([(error, "Uncaught (in promise)")], [])

    def test_two_threads(self) -> None:
        barrier = threading.Barrier(2, timeout=10)

        def run(number: int) -> None:
            async def script() -> None:
                with running_in(new_scope()):
                    globalThis.number = number
                    await Promise.resolve(None).then(lambda _: barrier.wait())
                    seen[number] = await Promise.resolve(None).then(lambda _: globalThis.number)

            asyncio.run(script())

        seen: dict[int, int] = {}
        threads = [threading.Thread(target=run, args=(number,)) for number in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert seen == {1: 1, 2: 2}


async def turns(is_over: Callable[[], object]) -> None:
    """Let the loop turn until something has happened, or should have."""
    for _ in range(1000):
        if is_over():
            return
        await asyncio.sleep(0)
