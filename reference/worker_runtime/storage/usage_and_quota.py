"""Usage and quota: how many bytes a shelf has, and how many it may have.

Storage Standard, 6: https://storage.spec.whatwg.org/#usage-and-quota
"""

from __future__ import annotations

from ..host.storage.backend import StorageBackend, StorageBusy, StorageError, StorageFull
from ..webidl.exceptions import DOMException, QuotaExceededError

DEFAULT_QUOTA = 10 * 2**30  # bytes
MEASURES_IN_A_QUOTA = 16


class QuotaReached(StorageFull):
    """What was to be stored would take more bytes than a shelf may have: `requested` > `quota`.

    SPEC_NOTES.md#quota-reached
    """

    def __init__(self, quota: int, requested: int) -> None:
        super().__init__(f"The quota is {quota} bytes, and {requested} would be needed")
        self.quota = quota
        self.requested = requested


class StorageMeter:
    """The usage of a shelf, as far as it is known.

    It is measured now and then, and in between what is written is added. So what replaces something
    counts twice for a while, and what other processes write does not count; but nothing is refused
    before it was measured.

    SPEC_NOTES.md#storage-meter
    """

    __slots__ = ("_added", "_measured", "_prefixes", "quota")

    def __init__(self, prefixes: tuple[bytes, ...], quota: int) -> None:
        self._prefixes = prefixes  # of all keys of the shelf
        self._measured: int | None = None
        self._added = 0  # bytes, since then
        self.quota = quota

    def measure(self, backend: StorageBackend) -> int:
        """The bytes of all keys and values of the shelf, and of its files. It takes long where
        there are many.
        """
        try:
            self._measured = sum(
                backend.size(prefix) + backend.contents.size(prefix) for prefix in self._prefixes
            )
        except OSError as error:
            raise StorageError(f"The files that are stored cannot be measured: {error}") from error
        self._added = 0
        return self._measured

    def add(self, size: int, backend: StorageBackend, may_measure: bool) -> None:
        """Count what is about to be written. QuotaReached if there is no room for it; StorageBusy
        if that has to be measured, and may not.
        """
        measured = self._measured
        if (
            measured is None
            or measured + self._added + size > self.quota
            or self._added > self.quota // MEASURES_IN_A_QUOTA
        ):
            if not may_measure:
                raise StorageBusy("The usage has to be measured")
            measured = self.measure(backend)
            if measured + size > self.quota:
                raise QuotaReached(self.quota, measured + size)
        self._added += size


def exception_for(error: Exception) -> Exception:
    """What an author gets: QuotaExceededError if a storage is full, "UnknownError" if it fails in
    another way.

    SPEC_NOTES.md#storage-exceptions
    """
    if not isinstance(error, StorageError):
        return error
    if isinstance(error, QuotaReached):
        exception: DOMException = QuotaExceededError(
            str(error), quota=error.quota, requested=error.requested
        )
    elif isinstance(error, StorageFull):
        exception = QuotaExceededError(f"There is no room for it: {error}")
    else:
        exception = DOMException(str(error), "UnknownError")
    exception.__cause__ = error
    return exception
