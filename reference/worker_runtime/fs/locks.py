"""Locks: who writes to a file keeps others from it.

File System Standard, 2.1: https://fs.spec.whatwg.org/#concepts
"""

from __future__ import annotations

from threading import RLock
from typing import Literal, TypeAlias

from .concepts import FileSystemPath

# A shared lock is shared by those who have the same use of a file: SPEC_NOTES.md#modes-of-locks
LockValue: TypeAlias = Literal["exclusive", "siloed", "read-only", "readwrite-unsafe"]

SHARED_MODES: dict[LockValue, int] = {"siloed": 0, "read-only": 1, "readwrite-unsafe": 2}
"""The shared ones, with the numbers that other processes know them by."""


class FileLock:
    """https://fs.spec.whatwg.org/#file-entry-lock"""

    __slots__ = ("lock", "mode", "shared_lock_count")

    def __init__(self) -> None:
        self.lock: Literal["open", "taken-exclusive", "taken-shared"] = "open"
        self.shared_lock_count = 0
        self.mode: LockValue = "exclusive"  # what it was taken with


class LockTable:
    """The locks that are taken on the entries of a file system, by their paths. Whoever holds the
    lock of a directory holds those of all that is in it. Any thread may use the table.

    Part of https://fs.spec.whatwg.org/#file-entry-lock
    """

    __slots__ = ("lock", "taken")

    def __init__(self) -> None:
        # A thread may let go of a lock while it takes another: the collector runs at any moment.
        self.lock = RLock()
        self.taken: dict[FileSystemPath, FileLock] = {}

    def is_in_the_way(self, path: FileSystemPath) -> bool:
        """Whether something above or below a path is locked."""
        return any(path[:length] in self.taken for length in range(len(path))) or any(
            len(other) > len(path) and other[: len(path)] == path
            for other in list(self.taken)  # which the collector may change meanwhile
        )


def take(table: LockTable, path: FileSystemPath, value: LockValue) -> bool:
    """Whether the lock is taken now.

    https://fs.spec.whatwg.org/#file-entry-lock-take
    """
    with table.lock:
        file = table.taken.get(path)
        if file is None:
            if table.is_in_the_way(path):
                return False
            file = FileLock()
        if value == "exclusive":
            if file.lock != "open":
                return False
            file.lock = "taken-exclusive"
        elif file.lock == "open":
            file.lock = "taken-shared"
            file.shared_lock_count = 1
        elif file.lock == "taken-shared" and file.mode == value:
            file.shared_lock_count += 1
        else:
            return False
        file.mode = value
        table.taken[path] = file
        return True


def release(table: LockTable, path: FileSystemPath) -> None:
    """https://fs.spec.whatwg.org/#file-entry-lock-release"""
    with table.lock:
        file = table.taken[path]
        if file.lock == "taken-shared":
            file.shared_lock_count -= 1
        if file.shared_lock_count == 0:
            del table.taken[path]  # an open lock needs no place
