"""Storage endpoints: the APIs that store something, and where that lies.

Storage Standard, 4.1: https://storage.spec.whatwg.org/#storage-endpoints
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

# https://storage.spec.whatwg.org/#storage-type
StorageType: TypeAlias = Literal["local", "session"]

# https://storage.spec.whatwg.org/#storage-identifier
StorageIdentifier: TypeAlias = Literal["caches", "indexedDB", "fileSystem"]


class StorageEndpoint(NamedTuple):
    """An API that stores something.

    https://storage.spec.whatwg.org/#storage-endpoint
    """

    identifier: StorageIdentifier
    types: frozenset[StorageType]
    quota: int | None
    """In bytes; None: only that of the shelf counts."""
    prefix: bytes
    """What its keys begin with, within its shelf."""


LOCAL: frozenset[StorageType] = frozenset({"local"})

# https://storage.spec.whatwg.org/#registered-storage-endpoints, as far as a worker has them, and
# the one that the File System Standard adds.
REGISTERED_STORAGE_ENDPOINTS = (
    StorageEndpoint("caches", LOCAL, None, b"cache/"),
    StorageEndpoint("indexedDB", LOCAL, None, b"indexedDB/"),
    StorageEndpoint("fileSystem", LOCAL, None, b"fileSystem/"),
)
