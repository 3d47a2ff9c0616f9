"""Storage bottles: what one API has in a bucket, and the maps through which it gets there.

Storage Standard, 4.6 and 4.7: https://storage.spec.whatwg.org/#storage-bottles,
https://storage.spec.whatwg.org/#storage-proxy-maps
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from ..host.owner import Owner
from ..host.storage.backend import StorageBackend, StorageBusy
from ..webidl.promises import Promise
from .storage_task_source import StorageQueue
from .usage_and_quota import StorageMeter

T = TypeVar("T")


class StorageBottle(Owner):
    """Its data are the entries of the storage whose keys begin with its prefix. Rooms keep there,
    as records, what they need to know beside the data.

    https://storage.spec.whatwg.org/#storage-bottle
    """

    __slots__ = ("_records", "map")

    def __init__(self, map: BottleMap) -> None:
        self._records: dict[Callable[[Any], Any], Any] = {}
        self.map = map


class BottleMap(NamedTuple):
    """Where the data of a bottle live.

    https://storage.spec.whatwg.org/#storage-bottle-map
    """

    queue: StorageQueue
    prefix: bytes
    meter: StorageMeter | None
    """None: there is no quota."""


class StorageProxyMap:
    """A map from bytes to bytes, whose backing map lies in a storage that may be slow.

    https://storage.spec.whatwg.org/#storage-proxy-map
    """

    __slots__ = ("_entries", "backing_map", "bottle")

    def __init__(self, bottle: StorageBottle) -> None:
        self.bottle = bottle
        self.backing_map = bottle.map
        self._entries: Entries | None = None  # those that were used last

    def read(self, steps: Callable[[Entries], T], takes_long: bool = False) -> Promise[T]:
        """A promise of what steps return, which read entries. Other processes may write between one
        reading and the next.

        The steps may be performed in a thread, so they use the entries and nothing of a scope. What
        they raise rejects the promise: DOMException "UnknownError" if the storage fails.
        """
        return self.backing_map.queue.perform(steps, self._entries_in, takes_long)

    def write(self, steps: Callable[[Entries], T], takes_long: bool = False) -> Promise[T]:
        """A promise of what steps return, which read and write entries. All of it is done, or none;
        nobody else writes meanwhile. When the promise is fulfilled, it stays.

        As for `read`; and the promise is rejected with a QuotaExceededError if there is no room.
        """

        def perform(entries: Entries) -> T:
            with entries.backend.transaction():
                return steps(entries)

        return self.backing_map.queue.perform(perform, self._entries_in, takes_long)

    def _entries_in(self, backend: StorageBackend) -> Entries:
        # OPTIMIZATION: nearly always these are the same ones.
        entries = self._entries
        if entries is None or entries.backend is not backend:
            entries = self._entries = Entries(backend, self.backing_map)
        return entries


class Entries:
    """The entries of a bottle, for steps that a StorageProxyMap performs. Keys lack the prefix that
    they have in the storage. StorageError is what each operation raises.

    Part of https://storage.spec.whatwg.org/#storage-proxy-map-backing-map
    """

    __slots__ = ("_map", "_prefix", "backend")

    def __init__(self, backend: StorageBackend, map: BottleMap) -> None:
        self.backend = backend
        self._map = map
        self._prefix = map.prefix

    def begin_what_takes_long(self) -> None:
        """Go on in a thread, from the beginning of the steps, if these are on an event loop."""
        if not self._map.queue.may_take_long(self.backend):
            raise StorageBusy("This takes long")

    def get(self, key: bytes) -> bytes | None:
        """The value of a key, or None."""
        return self.backend.get(self._prefix + key)

    def put(self, key: bytes, value: bytes) -> None:
        """Set the value of a key. QuotaReached if it would be more than there may be."""
        key = self._prefix + key
        meter = self._map.meter
        if meter is not None:
            may_measure = self._map.queue.may_take_long(self.backend)
            meter.add(len(key) + len(value), self.backend, may_measure)
        self.backend.put(key, value)

    def delete(self, key: bytes) -> bool:
        """Remove a key; whether there was one."""
        return self.backend.delete(self._prefix + key)

    def delete_prefix(self, prefix: bytes) -> None:
        """Remove every key with a prefix."""
        self.backend.delete_prefix(self._prefix + prefix)

    def scan(
        self,
        prefix: bytes = b"",
        *,
        start: bytes = b"",
        limit: int | None = None,
        reverse: bool = False,
    ) -> list[tuple[bytes, bytes]]:
        """The keys with a prefix, from `start` on, and their values; the first so many of them, or
        the last.
        """
        length = len(self._prefix)
        rows = self.backend.scan(
            self._prefix + prefix, start=self._prefix + start, limit=limit, reverse=reverse
        )
        return [(key[length:], value) for key, value in rows]

    def lease(self, name: bytes, owner: bytes, duration: float) -> bool:
        """Own a name for so many seconds; False if somebody else does."""
        return self.backend.lease(self._prefix + name, owner, duration)

    def release(self, name: bytes, owner: bytes) -> None:
        """Let others own a name, if it is this owner's."""
        self.backend.release(self._prefix + name, owner)
