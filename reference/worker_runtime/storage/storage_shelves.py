"""Storage shelves: all that is stored for one storage key.

Storage Standard, 4.4: https://storage.spec.whatwg.org/#storage-shelves
"""

from __future__ import annotations

from .buckets import LocalStorageBucket, create_a_storage_bucket
from .storage_endpoints import StorageType
from .storage_task_source import StorageQueue


class StorageShelf:
    """https://storage.spec.whatwg.org/#storage-shelf"""

    __slots__ = ("bucket_map",)

    def __init__(self) -> None:
        self.bucket_map: dict[str, LocalStorageBucket] = {}


def create_a_storage_shelf(
    type: StorageType, queue: StorageQueue, prefix: bytes, quota: int
) -> StorageShelf:
    """https://storage.spec.whatwg.org/#create-a-storage-shelf"""
    shelf = StorageShelf()
    shelf.bucket_map["default"] = create_a_storage_bucket(type, queue, prefix, quota)
    return shelf
