"""Web Locks between processes: leases."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from pathlib import Path
from typing import Any

import pytest

from spec_tests.fakes import running_in
from spec_tests.html.workers.scripts import Maker
from worker_runtime import DOMException, navigator
from worker_runtime.host.host import Host
from worker_runtime.host.memory_bus import MemoryBroker
from worker_runtime.host.storage.backend import StorageError
from worker_runtime.host.storage.memory import MemoryStorage
from worker_runtime.host.storage.sqlite import SQLiteStorage
from worker_runtime.web_locks import lease_keeper
from worker_runtime.web_locks.algorithms import has_a_lease, lease_name
from worker_runtime.web_locks.concepts import LockManagerRecord, obtain_a_lock_manager
from worker_runtime.web_locks.lease_keeper import Lease, LeaseKeeper

spec = pytest.mark.spec


class Process:
    """What stands for a process of a server: a host that shares a storage with others."""

    def __init__(self, folder: Path) -> None:
        self.storage = SQLiteStorage(folder / "storage")
        self.maker = Maker(folder, Host(storage=self.storage))
        self.inside = 0

    def request(self, callback: Any, **options: Any) -> Any:
        with running_in(self.maker.settings_object):
            return navigator.locks.request("a", callback, **options)


class Told:
    """A lease that writes down what it is told."""

    def __init__(self) -> None:
        self.events = {name: threading.Event() for name in ("granted", "refused", "lost")}
        self.lease = Lease(*(event.set for event in self.events.values()))

    def hears(self, what: str) -> bool:
        return self.events[what].wait(20)


@spec("SPEC_NOTES.md#locks-between-processes")
class TestLeaseKeeper:
    def test_a_name_is_one_process_s_at_a_time(self, tmp_path: Path) -> None:
        first, second = (
            LeaseKeeper(Host(storage=SQLiteStorage(tmp_path / "storage"))) for _ in range(2)
        )
        told, told_too = Told(), Told()
        first.want(b"a", told.lease)
        assert told.hears("granted") and first.owns(b"a")
        second.want(b"a", told_too.lease)
        assert told_too.hears("refused") and not second.owns(b"a")
        first.give_up(b"a")
        assert told_too.hears("granted") and second.owns(b"a") and not first.owns(b"a")
        second.give_up(b"a")

    def test_its_thread_ends_when_there_is_nothing_to_keep(self) -> None:
        keeper, told = LeaseKeeper(Host()), Told()
        before = set(threading.enumerate())
        for _ in range(2):
            keeper.want(b"a", told.lease)
            assert told.hears("granted")
            (thread,) = set(threading.enumerate()) - before
            keeper.give_up(b"a")
            thread.join(20)
            assert not thread.is_alive() and not keeper.owns(b"a")

    def test_who_wants_it_again_keeps_it(self) -> None:
        keeper, told = LeaseKeeper(Host()), Told()
        keeper.want(b"a", told.lease)
        assert told.hears("granted")
        keeper.give_up(b"a")
        keeper.want(b"a", Told().lease)
        assert keeper.owns(b"a") and told.lease.is_wanted
        keeper.give_up(b"a")

    def test_a_storage_that_fails_is_asked_again(self) -> None:
        class Failing(MemoryStorage):
            failures = 2

            def lease(self, name: bytes, owner: bytes, duration: float) -> bool:
                self.failures -= 1
                if self.failures >= 0:
                    raise StorageError("not now")
                return super().lease(name, owner, duration)

        keeper, told = LeaseKeeper(Host(storage=Failing())), Told()
        keeper.want(b"a", told.lease)
        assert told.hears("refused") and told.hears("granted")
        keeper.give_up(b"a")

    def test_one_that_another_has_taken_is_lost(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lease_keeper, "RENEWED_AFTER", 0.01)
        storage = MemoryStorage()
        keeper, told = LeaseKeeper(Host(storage=storage)), Told()
        keeper.want(b"a", told.lease)
        assert told.hears("granted")
        storage.release(b"a", keeper._owner)
        while not storage.lease(b"a", b"another", 60):
            storage.release(b"a", keeper._owner)
        assert told.hears("lost") and not keeper.owns(b"a")
        keeper.give_up(b"a")

    def test_others_have_their_turn(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lease_keeper, "LONGEST_IN_A_ROW", 0.0)
        storage = MemoryStorage()
        first, second = LeaseKeeper(Host(storage=storage)), LeaseKeeper(Host(storage=storage))
        told, told_too = Told(), Told()
        first.want(b"a", told.lease)
        assert told.hears("granted")
        second.want(b"a", told_too.lease)
        assert told_too.hears("refused")
        first.let_others_have_their_turn(b"a")
        assert told_too.hears("granted")
        first.let_others_have_their_turn(b"b")
        for keeper in (first, second):
            keeper.give_up(b"a")

    def test_the_end_of_a_host_lets_go(self) -> None:
        storage = MemoryStorage()
        host = Host(storage=storage)
        told = Told()
        host.record(LeaseKeeper).want(b"a", told.lease)
        assert told.hears("granted")
        assert not storage.lease(b"a", b"another", 60)
        del host
        assert storage.lease(b"a", b"another", 60)


@spec("SPEC_NOTES.md#locks-between-processes")
class TestLocks:
    async def test_processes_wait_for_each_other(self, tmp_path: Path) -> None:
        processes = [Process(tmp_path) for _ in range(2)]
        inside = most = 0

        async def work(lock: object) -> None:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

        async def run(process: Process) -> None:
            for _ in range(10):
                await process.request(work)

        await asyncio.gather(*map(run, processes))
        assert most == 1 and inside == 0

    async def test_who_does_not_wait_is_refused(self, tmp_path: Path) -> None:
        first, second = Process(tmp_path), Process(tmp_path)
        done = asyncio.Event()

        async def hold(lock: object) -> Any:
            refused = await second.request(lambda lock: lock, ifAvailable=True)
            done.set()
            return refused

        assert await first.request(hold) is None and done.is_set()
        assert await second.request(lambda lock: lock.name) == "a"
        assert await second.request(lambda lock: lock is not None, ifAvailable=True)

    async def test_a_lease_that_is_lost_breaks_the_locks(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lease_keeper, "RENEWED_AFTER", 0.01)
        process = Process(tmp_path)
        held = asyncio.Event()

        async def hold(lock: object) -> None:
            held.set()
            await asyncio.Event().wait()

        promise = process.request(hold)
        await held.wait()
        manager = obtain_a_lock_manager(process.maker.settings_object)
        assert manager is not None and manager.lease_keeper is not None
        name = lease_name(manager, "a")
        process.storage.release(name, manager.lease_keeper._owner)
        while not process.storage.lease(name, b"another", 60):
            process.storage.release(name, manager.lease_keeper._owner)
        with pytest.raises(DOMException, match="AbortError"):
            await promise
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    def test_names_of_origins_are_told_apart(self) -> None:
        names = {
            lease_name(LockManagerRecord(origin), name)
            for origin in ("https://a.example", "https://b.example")
            for name in ("a", "\ud800", "")
        }
        assert len(names) == 6

    async def test_what_is_in_memory_needs_no_lease(self, tmp_path: Path) -> None:
        maker = Maker(tmp_path)
        manager = obtain_a_lock_manager(maker.settings_object)
        assert manager is not None and manager.lease_keeper is None
        shared = obtain_a_lock_manager(Process(tmp_path).maker.settings_object)
        assert shared is not None and shared.lease_keeper is not None
        shared.lock_request_queue_map["a"] = deque()
        assert not has_a_lease(shared, "a")


@spec("SPEC_NOTES.md#locks-between-processes")
class TestLeasesOfTheBus:
    """Processes of one server that have no storage in common."""

    async def test_a_name_is_free_when_its_process_is_dead(self) -> None:
        broker = MemoryBroker()
        buses = [await broker.join() for _ in range(2)]
        keepers = [LeaseKeeper(Host(bus=bus)) for bus in buses]
        told = [Told() for _ in keepers]
        keepers[0].want(b"a", told[0].lease)
        assert await asyncio.to_thread(told[0].hears, "granted")
        keepers[1].want(b"a", told[1].lease)
        assert await asyncio.to_thread(told[1].hears, "refused")
        broker.kill(buses[0].member)
        assert await asyncio.to_thread(told[1].hears, "granted")
        assert await asyncio.to_thread(told[0].hears, "lost")
        for keeper in keepers:
            keeper.give_up(b"a")

    async def test_a_name_goes_from_hand_to_hand(self) -> None:
        broker = MemoryBroker()
        keepers = [LeaseKeeper(Host(bus=await broker.join())) for _ in range(2)]
        told = [Told() for _ in keepers]
        keepers[0].want(b"a", told[0].lease)
        assert await asyncio.to_thread(told[0].hears, "granted")
        keepers[1].want(b"a", told[1].lease)
        keepers[0].give_up(b"a")
        assert await asyncio.to_thread(told[1].hears, "granted")
        assert keepers[1].owns(b"a") and not keepers[0].owns(b"a")
        keepers[1].give_up(b"a")


@spec("SPEC_NOTES.md#locks-between-processes")
class TestWhatADeadProcessLeavesBehind:
    """In a storage a lease would last for seconds."""

    async def test_can_be_had_at_once(self, tmp_path: Path) -> None:
        broker, storage = MemoryBroker(), SQLiteStorage(tmp_path / "storage")
        buses = [await broker.join() for _ in range(2)]
        keepers = [LeaseKeeper(Host(storage=storage, bus=bus)) for bus in buses]
        told = [Told() for _ in keepers]
        storage.lease(b"a", buses[0].identity_of(buses[0].member), 600)
        keepers[1].want(b"a", told[1].lease)
        assert await asyncio.to_thread(told[1].hears, "refused")
        broker.kill(buses[0].member)
        assert await asyncio.to_thread(told[1].hears, "granted")
        keepers[1].give_up(b"a")
