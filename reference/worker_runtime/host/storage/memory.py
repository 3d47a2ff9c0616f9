"""Storage in memory: it lasts as long as its object."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING

from ..clock import Clock, SystemClock
from .backend import StorageError, bounds

if TYPE_CHECKING:
    from .contents import MemoryContents


class MemoryStorage:
    """A StorageBackend for tests, and for those who need nothing kept."""

    __slots__ = (
        "_clock", "_contents", "_is_closed", "_keys", "_leases", "_lock", "_undo_steps", "_values",
    )  # fmt: skip

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._contents: MemoryContents | None = None  # when somebody has asked for them
        self._is_closed = False
        self._keys: list[bytes] = []  # in order
        self._values: dict[bytes, bytes] = {}
        self._leases: dict[bytes, tuple[bytes, float]] = {}
        self._lock = RLock()
        # What takes back the transaction that is under way, to be done from the last to the first.
        self._undo_steps: list[Callable[[], object]] | None = None

    def _operation(self) -> AbstractContextManager[bool]:
        if self._is_closed:
            raise StorageError("The storage is closed")
        return self._lock

    @property
    def contents(self) -> MemoryContents:
        with self._lock:
            if self._contents is None:
                from .contents import MemoryContents

                self._contents = MemoryContents()
                if self._is_closed:
                    self._contents.close()
            return self._contents

    def get(self, key: bytes) -> bytes | None:
        with self._operation():
            return self._values.get(key)

    def put(self, key: bytes, value: bytes) -> None:
        with self._operation():
            self._set(key, bytes(value))

    def delete(self, key: bytes) -> bool:
        with self._operation():
            return self._set(key, None)

    def delete_prefix(self, prefix: bytes) -> None:
        with self._operation():
            keys = self._range(*bounds(prefix))
            removed = {key: self._values.pop(key) for key in self._keys[keys]}
            del self._keys[keys]
            if self._undo_steps is not None:
                self._undo_steps.append(partial(self._put_back, keys.start, removed))

    def scan(
        self,
        prefix: bytes = b"",
        *,
        start: bytes = b"",
        end: bytes | None = None,
        limit: int | None = None,
        reverse: bool = False,
    ) -> list[tuple[bytes, bytes]]:
        with self._operation():
            keys = self._keys[self._range(*bounds(prefix, start, end))]
            if reverse:
                keys.reverse()
            return [(key, self._values[key]) for key in keys[:limit]]

    def size(self, prefix: bytes = b"") -> int:
        with self._operation():
            keys = self._keys[self._range(*bounds(prefix))]
            return sum(len(key) + len(self._values[key]) for key in keys)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._operation():
            outer_undo_steps = self._undo_steps
            undo_steps = self._undo_steps = []
            try:
                yield
            except BaseException:
                self._undo_steps = None
                for undo in reversed(undo_steps):
                    undo()
                undo_steps.clear()
                raise
            finally:
                self._undo_steps = outer_undo_steps
                if outer_undo_steps is not None:
                    outer_undo_steps += undo_steps

    def lease(self, name: bytes, owner: bytes, duration: float) -> bool:
        with self._operation():
            now = self._clock.wall()
            lease = self._leases.get(name)
            if lease is not None and lease[0] != owner and lease[1] > now:
                return False
            self._set_lease(name, (owner, now + duration))
            return True

    def release(self, name: bytes, owner: bytes) -> None:
        with self._operation():
            lease = self._leases.get(name)
            if lease is not None and lease[0] == owner:
                self._set_lease(name, None)

    def impatient(self) -> MemoryStorage:
        return self

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            self._keys.clear()
            self._values.clear()
            self._leases.clear()
            if self._contents is not None:
                self._contents.close()

    def _range(self, lower: bytes, upper: bytes | None) -> slice:
        return slice(
            bisect_left(self._keys, lower),
            None if upper is None else bisect_left(self._keys, upper),
        )

    def _set(self, key: bytes, value: bytes | None) -> bool:
        """Put a value, or delete the key if it is None; whether there was one before."""
        old_value = self._values.get(key)
        if value is not None:
            self._values[key] = value
            if old_value is None:
                insort(self._keys, key)
        elif old_value is not None:
            del self._values[key]
            del self._keys[bisect_left(self._keys, key)]
        if self._undo_steps is not None:
            self._undo_steps.append(partial(self._set, key, old_value))
        return old_value is not None

    def _put_back(self, index: int, removed: dict[bytes, bytes]) -> None:
        self._keys[index:index] = removed
        self._values.update(removed)

    def _set_lease(self, name: bytes, lease: tuple[bytes, float] | None) -> None:
        old_lease = self._leases.pop(name, None)
        if lease is not None:
            self._leases[name] = lease
        if self._undo_steps is not None:
            self._undo_steps.append(partial(self._set_lease, name, old_lease))
