"""Storage Standard, 4.8: where the work is done, and where its outcome is told."""

from __future__ import annotations

import threading

import pytest

from spec_tests.fakes import FakeClock, running_worker
from spec_tests.storage.fake_storages import BusyStorage, FailingStorage, SlowStorage
from worker_runtime.host.storage.backend import StorageBackend, StorageError
from worker_runtime.host.storage.memory import MemoryStorage
from worker_runtime.html.event_loops import relevant_event_loop
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, current_settings_object
from worker_runtime.storage.storage_task_source import StorageQueue, queue_a_storage_task
from worker_runtime.webidl.exceptions import DOMException, QuotaExceededError
from worker_runtime.webidl.promises import Promise, a_new_promise, resolve

spec = pytest.mark.spec


def itself(backend: StorageBackend) -> StorageBackend:
    return backend


def thread_name(_: StorageBackend) -> str:
    return threading.current_thread().name


@spec("https://storage.spec.whatwg.org/#queue-a-storage-task")
class TestQueueAStorageTask:
    async def test_it_is_performed_in_its_scope(self) -> None:
        promise: Promise[object] = a_new_promise()
        scope = EnvironmentSettingsObject()
        queue_a_storage_task(
            scope, relevant_event_loop(), lambda: resolve(promise, current_settings_object())
        )
        assert await promise is scope

    async def test_a_scope_that_is_closing_has_none(self) -> None:
        done: list[str] = []
        with running_worker() as worker:
            loop = relevant_event_loop()
        assert worker.settings_object.closing
        queue_a_storage_task(worker.settings_object, loop, lambda: done.append("closing"))
        end: Promise[None] = a_new_promise()
        queue_a_storage_task(current_settings_object(), loop, lambda: resolve(end))
        await end
        assert done == []


@spec("SPEC_NOTES.md#storage-queue")
class TestStorageQueue:
    def queue(self, storage: StorageBackend, clock: FakeClock | None = None) -> StorageQueue:
        return StorageQueue(storage, clock or FakeClock(), b"owner")

    def test_what_can_be_done_at_once_needs_no_event_loop(self) -> None:
        promise = self.queue(MemoryStorage()).perform(thread_name, itself, takes_long=True)
        assert repr(promise) == "<Promise fulfilled: 'MainThread'>"

    async def test_what_is_raised_rejects_the_promise(self) -> None:
        def fail(_: StorageBackend) -> None:
            raise ValueError("wrong")

        with pytest.raises(ValueError, match="wrong"):
            await self.queue(MemoryStorage()).perform(fail, itself)

    async def test_what_may_take_long_is_done_in_a_thread(self) -> None:
        storage = SlowStorage()
        promise = self.queue(storage).perform(
            lambda backend: (backend.get(b"a"), thread_name(backend)), itself
        )
        assert repr(promise) == "<Promise pending>"
        storage.goes_on.set()
        assert await promise == (None, "parallel queue")

    async def test_what_a_thread_raises_rejects_the_promise(self) -> None:
        storage = SlowStorage()
        storage.goes_on.set()
        storage.close()
        with pytest.raises(DOMException, match="closed") as caught:
            await self.queue(storage).perform(lambda backend: backend.get(b"a"), itself)
        assert caught.value.name == "UnknownError"
        assert isinstance(caught.value.__cause__, StorageError)

    async def test_what_is_busy_is_waited_for_in_a_thread(self) -> None:
        storage = BusyStorage()

        def write(backend: StorageBackend) -> str:
            with backend.transaction():
                backend.put(b"a", b"1")
            return thread_name(backend)

        assert await self.queue(storage).perform(write, itself) == "parallel queue"
        assert (storage.refused_count, storage.get(b"a")) == (1, b"1")

    async def test_the_order_is_that_of_the_calls(self) -> None:
        storage = BusyStorage()
        queue = self.queue(storage)
        done: list[str] = []

        def write(backend: StorageBackend) -> None:
            with backend.transaction():
                done.append("write")

        writing = queue.perform(write, itself)

        def read(backend: StorageBackend) -> str:
            done.append("read")
            return thread_name(backend)

        reading = queue.perform(read, itself)
        await writing
        assert await reading == "parallel queue"
        assert done == ["write", "read"]
        assert await queue.perform(thread_name, itself) == "MainThread"

    async def test_after_an_operation_that_took_long_it_is_cautious_for_a_while(self) -> None:
        clock = FakeClock()
        queue = self.queue(MemoryStorage(), clock)
        queue.perform(lambda _: clock.advance(0.11), itself)
        assert await queue.perform(thread_name, itself) == "parallel queue"
        clock.advance(1)
        assert await queue.perform(thread_name, itself) == "MainThread"

    async def test_a_failure_leaves_the_queue_as_it_was(self) -> None:
        storage = FailingStorage()
        queue = self.queue(storage)
        storage.fails = True
        with pytest.raises(QuotaExceededError):
            await queue.perform(lambda backend: backend.put(b"a", b"1"), itself)
        storage.fails = False
        await queue.perform(lambda backend: backend.put(b"a", b"1"), itself)
        assert storage.get(b"a") == b"1"
