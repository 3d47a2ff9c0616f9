"""Cache storage as a worker sees it: that of Service Workers, with Cloudflare Workers' default
cache.

Service Workers, 5.5: https://w3c.github.io/ServiceWorker/#cachestorage-interface
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..cloudflare.default_cache import CacheStorageForWorkers
from ..service_workers import cache_storage
from ..webidl.interfaces import add_the_partial_interface, new

if TYPE_CHECKING:

    class CacheStorage(cache_storage.CacheStorage, CacheStorageForWorkers):
        """For type checkers: Python's types have no partial interfaces."""

else:
    CacheStorage = add_the_partial_interface(cache_storage.CacheStorage, CacheStorageForWorkers)

# https://w3c.github.io/ServiceWorker/#global-caches
caches: CacheStorage = new(CacheStorage)
