"""Folders of the operator: what a worker gets as a directory that is really there.

SPEC_NOTES.md#folders
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar

from ..host.folders import Folder, FolderEntry, Replacement
from ..host.host import Host
from ..host.open_files import OpenFile
from ..webidl.exceptions import DOMException
from ..webidl.promises import Promise
from .concepts import FileSystemHandleKind, FileSystemPath, valid_file_name
from .exceptions import exception_for, not_found
from .file_systems import FileBuffer, FileSystem, FileSystemQueue, Tree, copy
from .locks import LockTable

T = TypeVar("T")

MOST_THREADS = 8


class FolderFileSystem(FileSystem):
    """A folder, under the name of a binding.

    SPEC_NOTES.md#folder-file-system
    """

    __slots__ = ("_queue", "folder")

    def __init__(self, name: str, folder: Folder, is_read_only: bool) -> None:
        super().__init__(f"folder {name}", name, LockTable(), FileSystemQueue(False, MOST_THREADS))
        self.folder = folder
        self.is_read_only = is_read_only
        self._queue = FileSystemQueue(False)

    def perform(self, steps: Callable[[Tree], T], writes: bool = False) -> Promise[T]:
        return self._queue.perform(partial(steps, FolderTree(self)))

    def open_buffer(self, names: FileSystemPath, keep_existing_data: bool) -> Promise[FileBuffer]:
        def open_buffer() -> FileBuffer:
            replacement = self.folder.replace(names)
            try:
                if keep_existing_data:
                    source = self.folder.open(names)
                    try:
                        copy(source, replacement.file)
                    finally:
                        source.close()
                return FolderFileBuffer(self, replacement)
            except BaseException:
                replacement.discard()
                raise

        return self.contents_queue.perform(open_buffer)

    def key_of_lock(self, path: FileSystemPath) -> FileSystemPath:
        # Whether "A" and "a" are two files, the folder alone knows.
        return tuple(unicodedata.normalize("NFC", name).casefold() for name in path)


class FoldersOfAHost(dict[str, FileSystem]):
    """The folders that workers of a host have, by their ids: `host.record(FoldersOfAHost)`.

    SPEC_NOTES.md#folders-of-a-host
    """

    def __init__(self, host: Host) -> None:
        super().__init__()


class FolderTreeEntry(NamedTuple):
    """Part of SPEC_NOTES.md#folder-entry"""

    kind: FileSystemHandleKind
    id: str


class FolderTree:
    """The entries of a folder, in steps that a thread performs.

    SPEC_NOTES.md#folder-entry
    """

    __slots__ = ("_file_system", "_folder")

    def __init__(self, file_system: FolderFileSystem) -> None:
        self._file_system = file_system
        self._folder = file_system.folder

    def locate(self, names: FileSystemPath) -> FolderTreeEntry | None:
        entry = self._folder.look(names)
        if entry is None:
            return None
        if entry.kind == "other":
            raise DOMException(
                f"{names[-1]!r} is neither a file nor a directory, but a symbolic link or the like",
                "TypeMismatchError",
            )
        digits = sha256("\0".join([self._file_system.id, entry.kind, *names]).encode()).hexdigest()
        return FolderTreeEntry(entry.kind, f"{digits[:12]}4{digits[13:16]}8{digits[17:32]}")

    def children(self, names: FileSystemPath) -> list[tuple[str, FileSystemHandleKind]]:
        return [
            (name, kind)
            for name, kind in self._folder.children(names)
            if kind != "other" and valid_file_name(name)
        ]

    def create(self, names: FileSystemPath, kind: FileSystemHandleKind, id: str) -> None:
        try:
            if kind == "file":
                self._folder.make_file(names)
            else:
                self._folder.make_directory(names)
        except FileExistsError:  # somebody was faster
            entry = self.locate(names)
            if entry is None or entry.kind != kind:
                raise DOMException(f"{names[-1]!r} is no {kind}", "TypeMismatchError") from None

    def remove(self, names: FileSystemPath, recursive: bool) -> None:
        self._folder.remove(names, recursive)

    def move(self, names: FileSystemPath, new_names: FileSystemPath) -> None:
        self._folder.move(names, new_names)

    def state_of_file(self, names: FileSystemPath) -> FolderFileState:
        entry = self._folder.look(names)
        if entry is None:
            raise not_found(f"The file {names[-1]!r}")
        return FolderFileState(self._file_system, names, entry)


class FolderFileState(NamedTuple):
    """A file as it was when it was looked at.

    Part of https://w3c.github.io/FileAPI/#snapshot-state
    """

    file_system: FolderFileSystem
    names: FileSystemPath
    entry: FolderEntry

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self.entry.size

    @property
    def modified(self) -> int:
        """When it was changed, in milliseconds since 1970."""
        return int(self.entry.modified * 1000)

    @property
    def state(self) -> object:
        """What `OpenFile.state` says as long as it is so."""
        return self.entry.state

    @property
    def snapshot_state(self) -> FolderFileState:
        """Its bytes."""
        return self

    def open(self) -> OpenFile:
        """Open it. "NotFoundError" if it is gone, "NotReadableError" if it cannot be read."""
        try:
            return self.file_system.folder.open(self.names)
        except OSError as error:
            exception = exception_for(error)
            if isinstance(exception, DOMException) and exception.name == "NotFoundError":
                raise exception from error
            raise DOMException(
                f"Cannot read the file: {error.strerror or error}", "NotReadableError"
            ) from error

    def perform(self, steps: Callable[[], T]) -> Promise[T]:
        """A promise of what steps return that may take long."""
        return self.file_system.contents_queue.perform(steps)


class FolderFileBuffer:
    """A file beside the one whose place it is to take.

    Part of https://fs.spec.whatwg.org/#filesystemwritablefilestream-buffer
    """

    __slots__ = ("_file_system", "_replacement", "initial_size")

    def __init__(self, file_system: FolderFileSystem, replacement: Replacement) -> None:
        self._file_system = file_system
        self._replacement = replacement
        self.initial_size = replacement.file.size()

    @property
    def file(self) -> OpenFile:
        return self._replacement.file

    def commit(self, perform: Callable[[Callable[[], Any]], Promise[Any]]) -> Promise[Any]:
        return perform(self._replacement.commit)

    def discard(self) -> None:
        self._replacement.discard()
