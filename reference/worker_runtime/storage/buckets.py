"""Storage buckets: what the APIs of one storage key have in common: whether it stays, and how much
it may be.

Storage Standard, 4.5: https://storage.spec.whatwg.org/#buckets
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from ..host.storage.backend import StorageBackend
from ..webidl.promises import Promise
from .storage_bottles import BottleMap, Entries, StorageBottle, StorageProxyMap
from .storage_endpoints import REGISTERED_STORAGE_ENDPOINTS, StorageIdentifier, StorageType
from .storage_task_source import StorageQueue
from .usage_and_quota import StorageMeter

Mode: TypeAlias = Literal["best-effort", "persistent"]
MODE = b"mode"


class LocalStorageBucket:
    """https://storage.spec.whatwg.org/#bucket"""

    __slots__ = ("_properties", "bottle_map", "meter", "queue")

    def __init__(self, queue: StorageQueue, prefix: bytes, quota: int) -> None:
        bottle_prefixes = [prefix + endpoint.prefix for endpoint in REGISTERED_STORAGE_ENDPOINTS]
        self.queue = queue
        self.meter = StorageMeter(tuple(bottle_prefixes), quota)
        self.bottle_map: dict[StorageIdentifier, StorageBottle] = {}
        self._properties = StorageProxyMap(
            StorageBottle(BottleMap(queue, prefix + b"bucket/", None))
        )

    def usage(self) -> Promise[int]:
        """A promise of how many bytes are stored.

        https://storage.spec.whatwg.org/#storage-usage
        """
        return self.queue.perform(self.meter.measure, backend_itself, takes_long=True)

    def mode(self) -> Promise[Mode]:
        """A promise: it is stored with the data.

        https://storage.spec.whatwg.org/#bucket-mode
        """

        def read(entries: Entries) -> Mode:
            return "best-effort" if entries.get(MODE) is None else "persistent"

        return self._properties.read(read)

    def set_mode(self, mode: Mode) -> Promise[None]:
        """A promise that it is stored."""

        def write(entries: Entries) -> None:
            if mode == "persistent":
                entries.put(MODE, mode.encode())
            else:
                entries.delete(MODE)

        return self._properties.write(write)


def backend_itself(backend: StorageBackend) -> StorageBackend:
    """Part of https://storage.spec.whatwg.org/#storage-usage"""
    return backend


def create_a_storage_bucket(
    type: StorageType, queue: StorageQueue, prefix: bytes, quota: int
) -> LocalStorageBucket:
    """https://storage.spec.whatwg.org/#create-a-storage-bucket"""
    bucket = LocalStorageBucket(queue, prefix, quota)
    for endpoint in REGISTERED_STORAGE_ENDPOINTS:
        if type in endpoint.types:
            map = BottleMap(queue, prefix + endpoint.prefix, bucket.meter)
            bucket.bottle_map[endpoint.identifier] = StorageBottle(map)
    return bucket
