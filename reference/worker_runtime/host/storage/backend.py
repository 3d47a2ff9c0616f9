"""The storage backend: what every storage can do."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .contents import Contents


class StorageError(Exception):
    """What a storage was asked for cannot be done: it is full, closed, locked for too long, or no
    storage at all.
    """


class StorageFull(StorageError):
    """There is no room for what was to be stored."""


class StorageBusy(StorageError):
    """Another process or thread writes, and this caller does not wait for it. Nothing was done."""


class StorageBackend(Protocol):
    """An ordered map from bytes to bytes. Each operation takes effect at once and whole, or raises
    StorageError and has none.

    Keys are in the order of their bytes, so what shares a prefix lies together. A value is held in
    memory while it is read or written: what is large is stored in pieces, under keys such as
    `b"cache/7/0001"`.

    Several processes may share a storage that is a file. Any thread may use one that it shares with
    others.

    An operation may take long: it waits for a disk, for another process, or for another machine. On
    an event loop only what `impatient` returns is used; everything else belongs in a thread.
    """

    @property
    def contents(self) -> Contents:
        """Where the contents of files are that entries lead to: those need not fit into memory."""

    def get(self, key: bytes) -> bytes | None:
        """The value of a key, or None."""

    def put(self, key: bytes, value: bytes) -> None:
        """Set the value of a key."""

    def delete(self, key: bytes) -> bool:
        """Remove a key; whether there was one."""

    def delete_prefix(self, prefix: bytes) -> None:
        """Remove every key with a prefix, without reading the values."""

    def scan(
        self,
        prefix: bytes = b"",
        *,
        start: bytes = b"",
        end: bytes | None = None,
        limit: int | None = None,
        reverse: bool = False,
    ) -> list[tuple[bytes, bytes]]:
        """The keys, and their values, with a prefix, from `start` on and before `end`; the first so
        many of them.

        From the last one backward, if `reverse`. To go on behind a key, start at `key + b"\\0"`.
        """

    def size(self, prefix: bytes = b"") -> int:
        """How many bytes the keys with a prefix and their values have. It takes longer the more
        there are.
        """

    def transaction(self) -> AbstractContextManager[None]:
        """`with storage.transaction():` makes what is done within it one operation; an exception
        undoes it all.

        It keeps all others from writing, so no `await` belongs in it. They nest: one within another
        can be undone alone.
        """

    def lease(self, name: bytes, owner: bytes, duration: float) -> bool:
        """Own a name for so many seconds from now on; False if somebody else does. The owner may
        renew it at any time.

        To be sure to be the owner of what one writes, renew the lease within the same transaction.
        """

    def release(self, name: bytes, owner: bytes) -> None:
        """Let others own a name, if it is this owner's."""

    def impatient(self) -> StorageBackend | None:
        """The same storage for a caller that cannot wait. Where it would have to, its operations
        raise StorageBusy. None if every operation may take long.
        """

    def close(self) -> None:
        """Let go of file and memory. Whatever is asked for afterwards is a StorageError, except to
        close again.
        """


def bounds(
    prefix: bytes, start: bytes = b"", end: bytes | None = None
) -> tuple[bytes, bytes | None]:
    """The first key that a scan may find, and the first behind those that it may find; None if
    there is no such key.
    """
    stem = prefix.rstrip(b"\xff")
    behind_prefix = stem[:-1] + bytes([stem[-1] + 1]) if stem else None
    return max(prefix, start), min(
        (key for key in (behind_prefix, end) if key is not None), default=None
    )
