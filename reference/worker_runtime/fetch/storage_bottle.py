"""The storage bottle of caches: what of a storage is theirs, and who still needs what nobody else
can find.

Service Workers, 5.2: https://w3c.github.io/ServiceWorker/#cache-lifetimes

Whatever is kept has a number, which is given out once: each cache, each of its items and each body.
The keys are

    cache/number                                        the last number that was given out
    cache/name/NUMBER                                   a cache's name
    cache/list/NUMBER/URL 0 SEARCH 0 NAMES 0 VALUES NUMBER NUMBER
                                                        an item of a cache: the headers that it varies with, a digest of
                                                        their values, its own number, and that of its body
    cache/body/NUMBER/NUMBER                            a chunk of a body
    cache/loose/NUMBER                                  what nothing leads to, and who has to remove it in the end

A body that is being written is loose, and so is a body or a cache that was deleted while somebody
in this process used it. Its owner keeps a lease. When the lease has run out the owner is gone, and
whoever comes by removes what it has left.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from weakref import WeakValueDictionary

from ..host.host import default_host
from ..host.storage.backend import StorageBackend, StorageError

LAST_NUMBER = b"cache/number"
NAME = b"cache/name/"
LIST = b"cache/list/"
BODY = b"cache/body/"
LOOSE = b"cache/loose/"
LENGTH_OF_NUMBER = 16
SECONDS_OF_LEASE = 60.0

_process = default_host().entropy.random_bytes(8).hex()


class Hold:
    """While this object lives, what has the number can be used, even if it is deleted.

    Part of https://w3c.github.io/ServiceWorker/#cache-storage-delete
    """

    __slots__ = ("__weakref__", "_bottle", "number")

    def __init__(self, bottle: Bottle, number: bytes) -> None:
        self._bottle = bottle
        self.number = number

    def __del__(self) -> None:
        # This may happen in the middle of anything, so it is only noted.
        self._bottle.ended_holds.add(self.number)


class Bottle:
    """The part of a storage that belongs to caches. Everything that uses one storage in this
    process shares its bottle.

    Part of https://w3c.github.io/ServiceWorker/#cache-lifetimes
    """

    __slots__ = ("__weakref__", "_holds", "_owner", "ended_holds", "storage")

    def __init__(self, storage: StorageBackend) -> None:
        """StorageError if the storage does not work."""
        self.storage = storage
        self.ended_holds: set[bytes] = set()
        self._holds: WeakValueDictionary[bytes, Hold] = WeakValueDictionary()
        self._owner = f"{_process}/{os.getpid()}/{id(storage)}".encode()
        self.remove_what_is_left_over()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is done within is done whole or not at all."""
        while self.ended_holds:
            number = self.ended_holds.pop()
            if number not in self._holds and self.is_loose(number):
                with self.storage.transaction():
                    self.remove(number)
        with self.storage.transaction():
            yield

    def next_number(self) -> bytes:
        """A number that nothing else has; numbers have the order in which they are given out. Call
        it within a transaction.
        """
        last = self.storage.get(LAST_NUMBER) or b"0"
        try:
            number = b"%016x" % (int(last, 16) + 1)
        except ValueError:
            raise StorageError(
                f"The storage is damaged: {LAST_NUMBER!r} is {last[:40]!r}"
            ) from None
        self.storage.put(LAST_NUMBER, number)
        return number

    def hold(self, number: bytes) -> Hold:
        """Use what has this number for as long as one likes."""
        hold = self._holds.get(number)
        if hold is None:
            hold = self._holds[number] = Hold(self, number)
        return hold

    def is_loose(self, number: bytes) -> bool:
        """Whether nothing leads to what has this number, and it is still there."""
        return self.storage.get(LOOSE + number) is not None

    def loosen(self, number: bytes) -> None:
        """What has this number is to be removed later, by this process or, if that dies, by another
        one.
        """
        self.storage.put(LOOSE + number, self._owner)
        self.renew_the_lease()

    def renew_the_lease(self) -> None:
        """This process is alive, and wants what is loose."""
        self.storage.lease(LOOSE + self._owner, self._owner, SECONDS_OF_LEASE)

    def fasten(self, number: bytes) -> bool:
        """Something leads to what has this number now. False if it is not there any more."""
        return self.storage.delete(LOOSE + number)

    def drop(self, number: bytes) -> None:
        """Nothing leads to what has this number any more: remove it now, or when nobody uses it."""
        if number in self._holds:
            self.loosen(number)
        else:
            self.remove(number)

    def remove(self, number: bytes) -> None:
        """Remove a body, or a cache with its bodies. Call it within a transaction."""
        self.storage.delete(LOOSE + number)
        self.storage.delete_prefix(BODY + number + b"/")
        for key, _ in self.storage.scan(LIST + number + b"/"):
            self.drop(key[-LENGTH_OF_NUMBER:])
        self.storage.delete_prefix(LIST + number + b"/")

    def remove_what_is_left_over(self) -> None:
        """Remove what is loose and nobody uses any more."""
        owners_that_are_gone: set[bytes] = set()
        for key, owner in self.storage.scan(LOOSE):
            number = key.removeprefix(LOOSE)
            if owner == self._owner:
                is_left_over = number not in self._holds
            else:
                is_left_over = self.storage.lease(LOOSE + owner, self._owner, SECONDS_OF_LEASE)
                if is_left_over:
                    owners_that_are_gone.add(owner)
            if is_left_over:
                with self.storage.transaction():
                    self.remove(number)
        for owner in owners_that_are_gone:
            self.storage.release(LOOSE + owner, self._owner)


# By the id() of the storage, which its bottle keeps alive.
_bottles: WeakValueDictionary[int, Bottle] = WeakValueDictionary()
_lock = Lock()


def bottle_of(storage: StorageBackend) -> Bottle:
    """The bottle of a storage, which may be used in any thread.

    Part of https://w3c.github.io/ServiceWorker/#cache-constructs
    """
    with _lock:
        bottle = _bottles.get(id(storage))
        if bottle is None:
            bottle = _bottles[id(storage)] = Bottle(storage)
        return bottle
