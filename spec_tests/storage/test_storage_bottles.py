"""Storage Standard, 4.6 and 4.7: bottles, and the maps through which their data are reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime.host.storage.backend import StorageBackend
from worker_runtime.host.storage.memory import MemoryStorage
from worker_runtime.host.storage.sqlite import SQLiteStorage
from worker_runtime.storage.storage_bottles import (
    BottleMap,
    Entries,
    StorageBottle,
    StorageProxyMap,
)
from worker_runtime.storage.storage_task_source import StorageQueue
from worker_runtime.storage.usage_and_quota import StorageMeter
from worker_runtime.webidl.exceptions import QuotaExceededError

spec = pytest.mark.spec


@pytest.fixture(params=["memory", "sqlite"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StorageBackend]:
    storage = MemoryStorage() if request.param == "memory" else SQLiteStorage(tmp_path / "storage")
    yield storage
    storage.close()


def proxy_map(storage: StorageBackend, prefix: bytes, quota: int | None = None) -> StorageProxyMap:
    meter = None if quota is None else StorageMeter((prefix,), quota)
    queue = StorageQueue(storage, FakeClock(), b"me")
    return StorageProxyMap(StorageBottle(BottleMap(queue, prefix, meter)))


@spec("https://storage.spec.whatwg.org/#storage-bottle-map")
@spec("https://storage.spec.whatwg.org/#storage-bottle")
class TestStorageBottle:
    def test_it_keeps_a_record_of_each_kind(self, storage: StorageBackend) -> None:
        bottle = proxy_map(storage, b"a/").bottle
        kinds = [bottle.record(dict_of), bottle.record(list_of)]
        assert kinds == [{"of": bottle}, [bottle]]
        assert bottle.record(dict_of) is kinds[0]


def dict_of(bottle: StorageBottle) -> dict[str, StorageBottle]:
    return {"of": bottle}


def list_of(bottle: StorageBottle) -> list[StorageBottle]:
    return [bottle]


@spec("https://storage.spec.whatwg.org/#storage-proxy-map")
class TestStorageProxyMap:
    async def test_a_failure_undoes_all_that_was_written(self, storage: StorageBackend) -> None:
        map = proxy_map(storage, b"a/")
        await map.write(lambda entries: entries.put(b"1", b"one"))

        def fail(entries: Entries) -> None:
            entries.put(b"1", b"two")
            entries.put(b"2", b"two")
            entries.delete_prefix(b"")
            raise ValueError("wrong")

        with pytest.raises(ValueError, match="wrong"):
            await map.write(fail)
        assert await map.read(Entries.scan) == [(b"1", b"one")]

    async def test_steps_return_what_the_promise_is_of(self, storage: StorageBackend) -> None:
        map = proxy_map(storage, b"a/")
        assert await map.write(lambda entries: entries.delete(b"1")) is False
        assert await map.read(lambda entries: entries.get(b"1"), takes_long=True) is None

    async def test_many_processes_write_one_after_the_other(self, tmp_path: Path) -> None:
        storage, other = SQLiteStorage(tmp_path / "s"), SQLiteStorage(tmp_path / "s")
        map = proxy_map(storage, b"a/")

        def add_one(entries: Entries) -> int:
            count = int(entries.get(b"count") or b"0") + 1
            entries.put(b"count", b"%d" % count)
            return count

        with other.transaction():
            waiting = [map.write(add_one) for _ in range(3)]
            assert {repr(promise) for promise in waiting} == {"<Promise pending>"}
            other.put(b"a/count", b"10")
        assert [await promise for promise in waiting] == [11, 12, 13]
        other.close()
        storage.close()


@spec("https://storage.spec.whatwg.org/#storage-proxy-map-backing-map")
class TestEntries:
    async def test_bottles_do_not_see_each_other(self, storage: StorageBackend) -> None:
        one, other = proxy_map(storage, b"a/"), proxy_map(storage, b"b/")
        await one.write(lambda entries: entries.put(b"x", b"1"))
        await other.write(lambda entries: entries.put(b"y", b"2"))
        assert await one.read(Entries.scan) == [(b"x", b"1")]
        assert await other.read(lambda entries: entries.get(b"x")) is None
        await other.write(lambda entries: entries.delete_prefix(b""))
        assert await one.read(Entries.scan) == [(b"x", b"1")]
        assert await one.write(lambda entries: entries.lease(b"l", b"me", 10))
        assert await other.write(lambda entries: entries.lease(b"l", b"you", 10))
        assert not await one.write(lambda entries: entries.lease(b"l", b"you", 10))
        await one.write(lambda entries: entries.release(b"l", b"me"))
        assert await one.write(lambda entries: entries.lease(b"l", b"you", 10))

    async def test_a_scan_has_bounds(self, storage: StorageBackend) -> None:
        map = proxy_map(storage, b"a/")

        def put_many(entries: Entries) -> None:
            for key in (b"1", b"11", b"12", b"2"):
                entries.put(key, key)

        await map.write(put_many)

        rows = await map.read(lambda entries: entries.scan(b"1"))
        assert rows == [(b"1", b"1"), (b"11", b"11"), (b"12", b"12")]
        rows = await map.read(lambda entries: entries.scan(start=b"11\0"))
        assert rows == [(b"12", b"12"), (b"2", b"2")]
        rows = await map.read(lambda entries: entries.scan(limit=2))
        assert rows == [(b"1", b"1"), (b"11", b"11")]
        rows = await map.read(lambda entries: entries.scan(reverse=True, limit=1))
        assert rows == [(b"2", b"2")]

    async def test_there_is_a_quota(self, storage: StorageBackend) -> None:
        map = proxy_map(storage, b"a/", quota=1000)
        await map.write(lambda entries: entries.put(b"1", bytes(900)))
        with pytest.raises(QuotaExceededError) as caught:
            await map.write(lambda entries: entries.put(b"2", bytes(200)))
        assert (caught.value.quota, caught.value.requested) == (1000, 903 + 203)
        await map.write(lambda entries: entries.delete(b"1"))
        await map.write(lambda entries: entries.put(b"2", bytes(200)))
        assert [key for key, _ in storage.scan()] == [b"a/2"]

    async def test_what_takes_long_begins_anew_in_a_thread(self, tmp_path: Path) -> None:
        storage = SQLiteStorage(tmp_path / "s")
        map = proxy_map(storage, b"a/")
        begun: list[str] = []

        def steps(entries: Entries) -> None:
            begun.append("begun")
            entries.begin_what_takes_long()

        await map.read(steps)
        assert begun == ["begun", "begun"]
        storage.close()
