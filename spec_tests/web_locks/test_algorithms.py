"""Web Locks, 4: algorithms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spec_tests.fakes import Worker as Scope
from spec_tests.fakes import FakeClock, running_in, running_worker
from spec_tests.html.workers.scripts import Mailbox, end_of, making
from worker_runtime import AbortController, DOMException, Lock, Promise, Worker, navigator
from worker_runtime.html.settings_objects import current_settings_object, terminate_a_worker
from worker_runtime.web_locks.algorithms import (
    LockManagerSnapshot,
    abort_the_request,
    forget_what_ended_without_a_word,
    process_the_lock_request_queue,
    release_the_lock,
    request_a_lock,
    signal_to_abort_the_request,
    snapshot_the_lock_state,
    terminate_remaining_locks_and_requests,
)
from worker_runtime.web_locks.concepts import LockManagers, obtain_a_lock_manager
from worker_runtime.webidl.callbacks import bound_to_its_context
from worker_runtime.webidl.promises import a_new_promise

spec = pytest.mark.spec


class Holder:
    """Somebody who asks for a lock, and holds it until the test says so."""

    def __init__(self, mode: str = "exclusive", name: str = "a", **options: Any) -> None:
        self.state = "waiting"
        self.done: Any = Promise.withResolvers()
        self.promise = navigator.locks.request(name, self.granted, mode=mode, **options)  # type: ignore[arg-type]
        self.promise.then(lambda _: self.ended("released"), lambda _: self.ended("broken"))

    def granted(self, lock: Lock | None) -> Promise[Any]:
        self.state = "held" if lock is not None else "refused"
        result: Promise[Any] = self.done.promise
        return result

    def ended(self, state: str) -> None:
        self.state = state

    async def release(self) -> None:
        self.done.resolve(None)
        await turns()


async def turns(count: int = 6) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def states(*holders: Holder) -> list[str]:
    return [holder.state for holder in holders]


@spec("https://w3c.github.io/web-locks/#request-a-lock")
@spec("https://w3c.github.io/web-locks/#process-the-lock-request-queue")
@spec("https://w3c.github.io/web-locks/#release-the-lock")
class TestStates:
    """What becomes of a request: waiting, held, released; or refused, broken, aborted."""

    async def test_each_has_its_turn(self) -> None:
        with running_worker():
            first, second = Holder(), Holder()
            shared, more_shared = Holder("shared"), Holder("shared")
            last = Holder()
            everybody = (first, second, shared, more_shared, last)
            await turns()
            assert states(*everybody) == ["held"] + ["waiting"] * 4
            await first.release()
            assert states(*everybody) == ["released", "held"] + ["waiting"] * 3
            await second.release()
            assert states(shared, more_shared, last) == ["held", "held", "waiting"]
            await more_shared.release()
            assert states(shared, more_shared, last) == ["held", "released", "waiting"]
            await shared.release()
            assert states(last) == ["held"]
            await last.release()
            assert states(last) == ["released"]

    async def test_who_shares_waits_behind_who_does_not(self) -> None:
        with running_worker():
            shared, exclusive, later = Holder("shared"), Holder(), Holder("shared")
            await turns()
            assert states(shared, exclusive, later) == ["held", "waiting", "waiting"]
            await shared.release()
            await exclusive.release()
            await later.release()

    # options of a request, and what becomes of it and of who holds the lock already
    @pytest.mark.parametrize(
        "options, is_held, expected",
        [
            ({"ifAvailable": True}, False, ("held", None)),
            ({"ifAvailable": True}, True, ("refused", "held")),
            ({"steal": True}, False, ("held", None)),
            ({"steal": True}, True, ("held", "broken")),
            ({}, True, ("waiting", "held")),
        ],
    )
    async def test_options(
        self, options: dict[str, Any], is_held: bool, expected: tuple[str, str | None]
    ) -> None:
        with running_worker():
            holder = Holder() if is_held else None
            await turns()
            request = Holder(**options)
            await turns()
            assert (request.state, holder and holder.state) == expected
            if holder is not None:
                await holder.release()
            await request.release()

    async def test_a_stolen_lock_is_an_abort_error_and_its_end_releases_nothing(self) -> None:
        with running_worker():
            holder, waiting = Holder(), Holder()
            await turns()
            thief = Holder(steal=True)
            with pytest.raises(DOMException, match="AbortError"):
                await holder.promise
            await holder.release()
            assert states(thief, waiting) == ["held", "waiting"]
            await thief.release()
            assert states(waiting) == ["held"]
            await waiting.release()

    async def test_names_have_nothing_to_do_with_each_other(self) -> None:
        with running_worker():
            holders = [Holder(name=name) for name in ("a", "b", "")]
            await turns()
            assert states(*holders) == ["held"] * 3
            for holder in holders:
                await holder.release()

    async def test_nothing_is_kept_of_names_that_nobody_uses(self) -> None:
        with running_worker() as worker:
            for number in range(100):
                await navigator.locks.request(str(number), lambda lock: None)
                await navigator.locks.request(str(number), lambda lock: None, ifAvailable=True)
            manager = obtain_a_lock_manager(worker.settings_object)
            assert manager is not None
            assert not manager.held_lock_set and not manager.lock_request_queue_map

    async def test_the_algorithms_do_it_by_themselves(self) -> None:
        with running_worker() as worker:
            manager = obtain_a_lock_manager(worker.settings_object)
            assert manager is not None
            heard: list[Any] = []
            callback = bound_to_its_context(heard.append)
            promise: Promise[Any] = a_new_promise()
            request = request_a_lock(
                promise, worker.settings_object, "id", manager, callback, "a", "exclusive",
                False, False, None,
            )  # fmt: skip
            (lock,) = manager.held_lock_set["a"]
            assert lock.released_promise is promise and request.promise is promise
            process_the_lock_request_queue(manager, "a")
            release_the_lock(lock)
            release_the_lock(lock)
            assert not manager.held_lock_set
            await turns()


@spec("https://w3c.github.io/web-locks/#signal-to-abort-the-request")
@spec("https://w3c.github.io/web-locks/#abort-the-request")
class TestAbort:
    async def test_who_waits_gives_up_and_the_next_one_is_looked_at(self) -> None:
        with running_worker():
            controller = AbortController()
            shared, exclusive, later = (
                Holder("shared"), Holder(signal=controller.signal), Holder("shared"),
            )  # fmt: skip
            await turns()
            controller.abort("why")
            await turns()
            assert states(shared, exclusive, later) == ["held", "broken", "held"]
            await shared.release()
            await later.release()

    async def test_who_holds_the_lock_does_not_hear_it(self) -> None:
        with running_worker():
            controller = AbortController()
            holder = Holder(signal=controller.signal)
            await turns()
            controller.abort()
            await turns()
            assert holder.state == "held"
            await holder.release()

    async def test_between_the_grant_and_the_call_it_is_heard(self) -> None:
        with running_worker():
            controller = AbortController()
            holder = Holder(signal=controller.signal)
            controller.abort()
            later = Holder()
            await turns()
            assert states(holder, later) == ["broken", "held"]
            await later.release()

    async def test_one_that_is_not_there_any_more_is_no_error(self) -> None:
        with running_worker() as worker:
            manager = obtain_a_lock_manager(worker.settings_object)
            assert manager is not None
            promise: Promise[Any] = a_new_promise()
            controller = AbortController()
            controller.abort("why")
            request = request_a_lock(
                promise, worker.settings_object, "id", manager, Promise.resolve, "a", "exclusive",
                False, False, None,
            )  # fmt: skip
            abort_the_request(request)
            signal_to_abort_the_request(request, controller.signal)
            with pytest.raises(Exception, match="why"):
                await promise


@spec("https://w3c.github.io/web-locks/#snapshot-the-lock-state")
@spec("https://w3c.github.io/web-locks/#dictdef-lockinfo")
@spec("https://w3c.github.io/web-locks/#dictdef-lockmanagersnapshot")
class TestSnapshot:
    async def test_it_tells_what_is_held_and_waited_for(self) -> None:
        with running_worker() as worker:
            holders = [Holder(), Holder("shared"), Holder(name="b", mode="shared")]
            await turns()
            manager = obtain_a_lock_manager(worker.settings_object)
            assert manager is not None
            promise: Promise[LockManagerSnapshot] = a_new_promise()
            snapshot_the_lock_state(manager, promise)
            held, pending = await promise
            assert [(info.name, info.mode) for info in held] == [
                ("a", "exclusive"), ("b", "shared"),
            ]  # fmt: skip
            assert [(info.name, info.mode) for info in pending] == [("a", "shared")]
            assert len({info.clientId for info in (*held, *pending)}) == 1
            for holder in holders:
                await holder.release()


@spec("https://w3c.github.io/web-locks/#terminate-remaining-locks-and-requests")
class TestTerminate:
    async def test_a_scope_that_ends_lets_go_of_all(self) -> None:
        clock = FakeClock()
        first, second = (Scope("https://a.example/", clock) for _ in range(2))
        second.settings_object.host = first.settings_object.host
        with running_in(first.settings_object):
            holders = [Holder(), Holder(), Holder(name="b")]
        with running_in(second.settings_object):
            others = [Holder(), Holder(name="b")]
        await turns()
        assert states(*others) == ["waiting", "waiting"]
        terminate_a_worker(first.settings_object)
        await turns()
        assert states(*others) == ["held", "held"] and states(*holders)[1] == "waiting"
        terminate_remaining_locks_and_requests(second.settings_object)
        manager = first.host.record(LockManagers)["https://a.example"]
        assert not manager.held_lock_set and not manager.lock_request_queue_map

    def test_a_loop_that_ends_without_a_word_holds_nobody_up(self) -> None:
        async def hold() -> None:
            Holder(name="of a plain script")
            Holder(name="of a plain script")
            await turns()

        async def ask() -> bool:
            holder = Holder(name="of a plain script")
            await turns()
            return holder.state == "held"

        asyncio.run(hold())
        assert asyncio.run(ask())

        async def look() -> None:
            manager = obtain_a_lock_manager(current_settings_object())
            assert manager is not None
            forget_what_ended_without_a_word(manager, "of a plain script")
            assert not manager.held_lock_set

        asyncio.run(look())


@spec("https://w3c.github.io/web-locks/#request-a-lock")
class TestThreads:
    async def test_workers_of_a_host_wait_for_each_other(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            (tmp_path / "what_locks_guard.py").write_text("inside = most = 0")
            script = maker.script(
                "import asyncio, what_locks_guard as guarded\n"
                "async def work(lock):\n"
                "    guarded.inside += 1\n"
                "    guarded.most = max(guarded.most, guarded.inside)\n"
                "    for _ in range(3): await asyncio.sleep(0)\n"
                "    guarded.inside -= 1\n"
                "    postMessage(guarded.most)\n"
                "async def main():\n"
                "    for _ in range(20): await navigator.locks.request('a', work)\n"
                "    postMessage('done')\n"
                "main = Promise.resolve(main())"
            )
            order: list[Any] = []
            done = [asyncio.Event() for _ in range(3)]

            def watch(number: int) -> Callable[[Any], None]:
                def hear(event: Any) -> None:
                    order.append(event.data)
                    if event.data == "done":
                        done[number].set()

                return hear

            workers = [Worker(script) for _ in done]
            for number, worker in enumerate(workers):
                worker.onmessage = watch(number)
            for finished in done:
                await asyncio.wait_for(finished.wait(), 20)
            assert order.count("done") == 3 and order.count(1) == 60 and len(order) == 63

    async def test_who_is_terminated_lets_go(self, tmp_path: Path) -> None:
        async with making(tmp_path) as maker:
            script = maker.script(
                "def hold(lock):\n    postMessage('holds')\n    while True: pass\n"
                "held = navigator.locks.request('a', hold)"
            )
            worker = Worker(script)
            assert await Mailbox(worker).next() == "holds"
            granted = asyncio.Event()
            promise = navigator.locks.request("a", lambda lock: granted.set())
            await turns()
            assert not granted.is_set()
            worker.terminate()
            await asyncio.wait_for(granted.wait(), 20)
            await promise
            await end_of(worker)
