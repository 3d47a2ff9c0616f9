"""Storage Standard, 4.5: what the APIs of one storage key have in common."""

from __future__ import annotations

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime.host.storage.memory import MemoryStorage
from worker_runtime.storage.buckets import create_a_storage_bucket
from worker_runtime.storage.storage_bottles import StorageProxyMap
from worker_runtime.storage.storage_task_source import StorageQueue

spec = pytest.mark.spec


@spec("https://storage.spec.whatwg.org/#create-a-storage-bucket")
class TestCreateAStorageBucket:
    def test_there_is_a_bottle_for_each_endpoint(self) -> None:
        queue = StorageQueue(MemoryStorage(), FakeClock(), b"me")
        bucket = create_a_storage_bucket("local", queue, b"x/", 100)
        assert {name: bottle.map.prefix for name, bottle in bucket.bottle_map.items()} == {
            "caches": b"x/cache/",
            "indexedDB": b"x/indexedDB/",
            "fileSystem": b"x/fileSystem/",
        }
        assert create_a_storage_bucket("session", queue, b"x/", 100).bottle_map == {}


@spec("https://storage.spec.whatwg.org/#bucket")
class TestLocalStorageBucket:
    async def test_its_mode_is_stored(self) -> None:
        queue = StorageQueue(MemoryStorage(), FakeClock(), b"me")
        bucket, again, other = (
            create_a_storage_bucket("local", queue, prefix, 100) for prefix in (b"x/", b"x/", b"y/")
        )
        assert await bucket.mode() == "best-effort"
        await bucket.set_mode("persistent")
        assert (await again.mode(), await other.mode()) == ("persistent", "best-effort")
        await bucket.set_mode("best-effort")
        assert await again.mode() == "best-effort"

    async def test_its_usage_is_that_of_its_bottles(self) -> None:
        storage = MemoryStorage()
        queue = StorageQueue(storage, FakeClock(), b"me")
        bucket = create_a_storage_bucket("local", queue, b"x/", 100)
        storage.put(b"y/cache/1", b"123")
        storage.put(b"kv/1", b"123")
        assert await bucket.usage() == 0
        for bottle in bucket.bottle_map.values():
            await StorageProxyMap(bottle).write(lambda entries: entries.put(b"1", b"123"))
        prefixes = "x/cache/1", "x/indexedDB/1", "x/fileSystem/1"
        assert await bucket.usage() == sum(map(len, prefixes)) + 9
