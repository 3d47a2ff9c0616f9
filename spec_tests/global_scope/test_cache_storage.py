"""Cache storage as a worker sees it."""

from __future__ import annotations

import pytest

from worker_runtime import Cache, CacheStorage, caches
from worker_runtime.service_workers import cache_storage


@pytest.mark.spec("https://w3c.github.io/ServiceWorker/#global-caches")
class TestCaches:
    def test_there_is_one_interface_with_the_members_of_both(self) -> None:
        assert cache_storage.CacheStorage == CacheStorage
        assert isinstance(caches, CacheStorage) and isinstance(caches.default, Cache)
