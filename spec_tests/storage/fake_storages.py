"""Storages that behave badly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

from worker_runtime.host.storage.backend import StorageBusy, StorageError, StorageFull
from worker_runtime.host.storage.memory import MemoryStorage


class SlowStorage(MemoryStorage):
    """A storage that may always take long, such as one on another machine. Nothing is done before
    the test lets it go on.
    """

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = Event()

    def impatient(self) -> None:  # type: ignore[override]
        return None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.goes_on.wait()
        with super().transaction():
            yield

    def get(self, key: bytes) -> bytes | None:
        self.goes_on.wait()
        return super().get(key)


class FailingStorage(MemoryStorage):
    """A storage that fails to write from some moment on, as a full or a read-only disk does."""

    def __init__(self, failure: Callable[[], StorageError] = lambda: StorageFull("full")) -> None:
        super().__init__()
        self.failure = failure
        self.fails = False

    def put(self, key: bytes, value: bytes) -> None:
        if self.fails:
            raise self.failure()
        super().put(key, value)

    def delete(self, key: bytes) -> bool:
        if self.fails:
            raise self.failure()
        return super().delete(key)


class BusyStorage(MemoryStorage):
    """A storage in which somebody else writes when an event loop wants to."""

    def __init__(self) -> None:
        super().__init__()
        self.refused_count = 0
        self.busy = _Busy(self)

    def impatient(self) -> _Busy:
        return self.busy


class _Busy(MemoryStorage):
    def __init__(self, storage: BusyStorage) -> None:
        super().__init__()
        self.storage = storage

    def get(self, key: bytes) -> bytes | None:
        return self.storage.get(key)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.storage.refused_count += 1
        raise StorageBusy("Somebody else writes")
        yield
