"""The contents of files: bytes that any part of can be read and written, beside a storage that
knows what they belong to.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any, Protocol

from ..open_files import O_BINARY, DescriptorFile, MemoryContent, MemoryFile, OpenFile
from ..owner import Owner
from .process_locks import ProcessLocks

NAME_OF_LOCKS = "locks"
WINDOWS_IN_USE = 32  # ERROR_SHARING_VIOLATION: somebody has the file open


class Contents(Protocol):
    """Where contents are, each under a name of hexadecimal digits in a group, which is bytes.

    What is done with them is done at once, and is not undone where a transaction is. So contents
    are made before the storage leads to them, and deleted when it no longer does. What a dead
    process has left is found by `names`, since it has no claim on it any more. Operations may wait
    for a disk, unless `answers_at_once`, and may raise OSError.
    """

    @property
    def answers_at_once(self) -> bool:
        """Whether no operation waits."""

    def record(self, kind: Callable[[Any], Any]) -> Any:
        """As of every owner: what rooms know of all files here."""

    def create(self, group: bytes, name: str) -> OpenFile:
        """New contents, without bytes."""

    def open(self, group: bytes, name: str, writable: bool = False) -> OpenFile:
        """Contents that are there; FileNotFoundError if there are none."""

    def delete(self, group: bytes, name: str) -> None:
        """Remove contents, if there are any. Who has them open goes on to use them."""

    def names(self, group: bytes) -> list[str]:
        """All that are there."""

    def size(self, group: bytes) -> int:
        """How many bytes they have together. It takes longer the more there are."""

    def claim(self, name: str, mode: int | None) -> bool:
        """Claim something, with others who claim it in the same mode (0 to 3), or alone if it is
        None. False if another process has claimed it in another way, or alone.

        It is let go of when this process ends, however that comes. Other claims of this process
        are not looked at.
        """

    def release(self, name: str, mode: int | None) -> None:
        """Give up a claim."""

    def close(self) -> None:
        """Let go of everything."""


class MemoryContents(Owner):
    """Contents in memory: they last as long as this object."""

    __slots__ = ("_contents", "_records")

    answers_at_once = True

    def __init__(self) -> None:
        self._contents: dict[bytes, dict[str, MemoryContent]] = {}
        self._records: dict[Callable[[Any], Any], Any] = {}

    def create(self, group: bytes, name: str) -> OpenFile:
        content = self._contents.setdefault(group, {})[name] = MemoryContent()
        return MemoryFile(content)

    def open(self, group: bytes, name: str, writable: bool = False) -> OpenFile:
        content = self._contents.get(group, {}).get(name)
        if content is None:
            raise FileNotFoundError(f"There is no {name}")
        return MemoryFile(content)

    def delete(self, group: bytes, name: str) -> None:
        self._contents.get(group, {}).pop(name, None)

    def names(self, group: bytes) -> list[str]:
        return list(self._contents.get(group, {}))

    def size(self, group: bytes) -> int:
        return sum(len(content.data) for content in list(self._contents.get(group, {}).values()))

    def claim(self, name: str, mode: int | None) -> bool:
        return True

    def release(self, name: str, mode: int | None) -> None:
        pass

    def close(self) -> None:
        self._contents.clear()


class FolderOfContents(Owner):
    """Contents that are files in a folder, which is made when the first of them is; nobody else may
    read them.
    """

    __slots__ = ("_folder", "_is_closed", "_lock", "_locks", "_records")

    answers_at_once = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_closed = False
        self._lock = RLock()
        self._locks: ProcessLocks | None = None
        self._records: dict[Callable[[Any], Any], Any] = {}

    def create(self, group: bytes, name: str) -> OpenFile:
        path = self._path(group, name)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | O_BINARY
        try:
            return DescriptorFile(os.open(path, flags, 0o600))
        except FileNotFoundError:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return DescriptorFile(os.open(path, flags, 0o600))

    def open(self, group: bytes, name: str, writable: bool = False) -> OpenFile:
        flags = (os.O_RDWR if writable else os.O_RDONLY) | O_BINARY
        return DescriptorFile(os.open(self._path(group, name), flags))

    def delete(self, group: bytes, name: str) -> None:
        try:
            os.unlink(self._path(group, name))
        except FileNotFoundError:
            pass
        except PermissionError as error:
            # Windows deletes no file that is open; it is left over, and goes later.
            if getattr(error, "winerror", None) != WINDOWS_IN_USE:
                raise

    def names(self, group: bytes) -> list[str]:
        return [entry.name for entry in self._entries(group)]

    def size(self, group: bytes) -> int:
        size = 0
        for entry in self._entries(group):
            with suppress(FileNotFoundError):
                size += entry.stat(follow_symlinks=False).st_size
        return size

    def _entries(self, group: bytes) -> Iterator[os.DirEntry[str]]:
        try:
            entries = os.scandir(self._path(group, ""))
        except FileNotFoundError:
            return
        with entries:
            yield from entries

    def claim(self, name: str, mode: int | None) -> bool:
        return self._process_locks().take(name, mode)

    def release(self, name: str, mode: int | None) -> None:
        self._process_locks().release(name, mode)

    def _process_locks(self) -> ProcessLocks:
        with self._lock:
            if self._locks is None:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._locks = ProcessLocks(self._folder / NAME_OF_LOCKS)
            return self._locks

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            if self._locks is not None:
                self._locks.close()

    def _path(self, group: bytes, name: str) -> Path:
        if self._is_closed:
            raise OSError("The storage is closed")
        return self._folder / sha256(group).hexdigest()[:32] / name
