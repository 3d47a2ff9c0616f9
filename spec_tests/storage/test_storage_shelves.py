"""Storage Standard, 4.4: all that is stored for one storage key."""

from __future__ import annotations

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime.host.storage.memory import MemoryStorage
from worker_runtime.storage.storage_shelves import create_a_storage_shelf
from worker_runtime.storage.storage_task_source import StorageQueue


@pytest.mark.spec("https://storage.spec.whatwg.org/#create-a-storage-shelf")
class TestCreateAStorageShelf:
    def test_it_has_a_default_bucket(self) -> None:
        queue = StorageQueue(MemoryStorage(), FakeClock(), b"me")
        shelf = create_a_storage_shelf("local", queue, b"x/", 100)
        assert list(shelf.bucket_map) == ["default"]
        assert shelf.bucket_map["default"].meter.quota == 100
