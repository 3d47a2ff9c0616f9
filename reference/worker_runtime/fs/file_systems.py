"""File systems: what stands behind a root, whether that is a bucket or a folder.

File System Standard, 2.1: https://fs.spec.whatwg.org/#concepts
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any, Protocol, TypeVar

from ..file_api.snapshot_state import SnapshotState
from ..host.open_files import OpenFile
from ..html.event_loops import ParallelQueue, queue_a_task
from ..html.settings_objects import current_settings_object
from ..webidl.exceptions import DOMException
from ..webidl.promises import FULFILLED, Promise, a_new_promise, reject, resolve, settle
from .concepts import (
    GRANTED,
    AccessMode,
    FileSystemAccessResult,
    FileSystemHandleKind,
    FileSystemLocator,
    FileSystemPath,
)
from .exceptions import exception_for
from .locks import LockTable, LockValue, release, take

T = TypeVar("T")

BLOCK_OF_A_COPY = 2**20
SECONDS_OF_PATIENCE = 1.0  # of a thread that has nothing to do


class FileSystemQueue:
    """What waits for a disk does it in threads, so that no event loop waits. Where nothing waits,
    steps are performed at once.

    https://fs.spec.whatwg.org/#file-system-queue
    """

    __slots__ = ("_answers_at_once", "_queue")

    def __init__(self, answers_at_once: bool, most_threads: int = 1) -> None:
        """Steps are performed in the order in which they come, if there is one thread."""
        self._answers_at_once = answers_at_once
        self._queue = ParallelQueue(most_threads, SECONDS_OF_PATIENCE)

    def perform(self, steps: Callable[[], T]) -> Promise[T]:
        """A promise of what steps return, or of what they raise, as authors get it."""
        # DEVIATION: (https://fs.spec.whatwg.org/#file-system-queue) by the letter there is one for
        # all file systems, and its outcome is told in a task.
        promise: Promise[T] = a_new_promise()
        if self._answers_at_once:
            try:
                settle(promise, FULFILLED, steps())
            except Exception as error:
                reject(promise, exception_for(error))
            return promise
        event_loop, context = current_settings_object().event_loop, copy_context()

        def perform_and_tell() -> None:
            nonlocal steps
            try:
                completion = partial(resolve, promise, steps())
            except Exception as error:
                completion = partial(reject, promise, exception_for(error))
            del steps  # what they hold is let go before anybody is told
            # Also where the scope has ended: its coroutines that wait have an end, too.
            queue_a_task("storage", completion, event_loop, context)

        self._queue.enqueue(perform_and_tell)
        return promise


class Entry(Protocol):
    """An entry that is there.

    https://fs.spec.whatwg.org/#entry
    """

    @property
    def kind(self) -> FileSystemHandleKind:
        """What it is."""

    @property
    def id(self) -> str:
        """32 hexadecimal digits, which no other entry has, and which it keeps if it is moved."""


class FileState(Protocol):
    """A file entry as it is now.

    Part of https://fs.spec.whatwg.org/#file
    """

    @property
    def size(self) -> int:
        """How many bytes it has."""

    @property
    def modified(self) -> int:
        """When it was changed, in milliseconds since 1970."""

    @property
    def snapshot_state(self) -> SnapshotState:
        """Its bytes."""


class Tree(Protocol):
    """The entries of a file system, for steps that it performs. Each operation may wait for a disk,
    and may raise OSError. The names are those that lead from the root to an entry; a symbolic link
    leads nowhere.

    Part of https://fs.spec.whatwg.org/#locating-an-entry
    """

    def locate(self, names: FileSystemPath) -> Entry | None:
        """The entry; None if there is none. "TypeMismatchError" for what is neither a file nor a
        directory.
        """

    def children(self, names: FileSystemPath) -> list[tuple[str, FileSystemHandleKind]]:
        """What is in a directory."""

    def create(self, names: FileSystemPath, kind: FileSystemHandleKind, id: str) -> None:
        """Make an entry that is not there, and may have this id."""

    def remove(self, names: FileSystemPath, recursive: bool) -> None:
        """Remove an entry, which is an empty directory unless this is recursive.
        "NoModificationAllowedError" if another process has a lock on any of it.
        """

    def move(self, names: FileSystemPath, new_names: FileSystemPath) -> None:
        """Give an entry another place, where there is none, or a file for a file."""

    def state_of_file(self, names: FileSystemPath) -> FileState:
        """A file as it is now."""


class FileBuffer(Protocol):
    """Bytes that are to take the place of those of a file.

    https://fs.spec.whatwg.org/#filesystemwritablefilestream-buffer
    """

    @property
    def file(self) -> OpenFile:
        """Where they are."""

    @property
    def initial_size(self) -> int:
        """How many bytes were there at first."""

    def commit(self, perform: Callable[[Callable[[], Any]], Promise[Any]]) -> Promise[Any]:
        """Let them take that place, all at once. What uses the file is performed by this."""

    def discard(self) -> None:
        """Do without them. It may be called at any time, in any thread, and does nothing a second
        time, or when they have taken that place.
        """


class FileSystem:
    """A root, and all that is below it. Any thread may use it.

    https://fs.spec.whatwg.org/#file-system-root
    """

    __slots__ = ("__weakref__", "contents_queue", "id", "is_read_only", "locks", "name")

    def __init__(
        self, id: str, name: str, locks: LockTable, contents_queue: FileSystemQueue
    ) -> None:
        self.id = id
        """What tells it from other file systems of the host."""
        self.name = name
        """The first item of each path; empty if it is a bucket file system."""
        self.locks = locks
        self.contents_queue = contents_queue
        """Where bytes of files are read and written; the order is that of the callers."""
        self.is_read_only = False

    def query_access(self, mode: AccessMode) -> FileSystemAccessResult:
        """That of all of its entries.

        https://fs.spec.whatwg.org/#entry-query-access
        """
        if mode == "readwrite" and self.is_read_only:
            return FileSystemAccessResult("denied", "NotAllowedError")
        return GRANTED

    def request_access(self, mode: AccessMode) -> FileSystemAccessResult:
        """Nobody is there to be asked.

        https://fs.spec.whatwg.org/#entry-request-access
        """
        return self.query_access(mode)

    def perform(self, steps: Callable[[Tree], T], writes: bool = False) -> Promise[T]:
        """A promise of what steps return, which get the entries. They may be performed in a thread,
        and those that write do so all at once, where a file system can do that.
        """
        raise NotImplementedError

    def open_buffer(self, names: FileSystemPath, keep_existing_data: bool) -> Promise[FileBuffer]:
        """A promise of a buffer for a file, empty or with a copy of its bytes."""
        raise NotImplementedError

    def open_in_place(self, names: FileSystemPath, writable: bool) -> Promise[OpenFile]:
        """A promise of the file itself."""
        raise NotImplementedError

    def has_been_written_in_place(self, names: FileSystemPath) -> None:
        """Somebody has written to the file itself."""

    def reserve(self, size: int, may_wait: bool) -> None:
        """So many bytes are to be written; QuotaReached if there is no room for them. StorageBusy
        if that takes long, and may not.
        """

    def take(self, path: FileSystemPath, entry: Entry | None, value: LockValue) -> bool:
        """Whether a lock is taken, which is of this process and of the others.

        Part of https://fs.spec.whatwg.org/#file-entry-lock-take
        """
        return take(self.locks, self.key_of_lock(path), value)

    def release(self, path: FileSystemPath, entry: Entry | None, value: LockValue) -> None:
        """Part of https://fs.spec.whatwg.org/#file-entry-lock-release"""
        release(self.locks, self.key_of_lock(path))

    def key_of_lock(self, path: FileSystemPath) -> FileSystemPath:
        """The same for all paths that the file system takes for the same.

        Part of https://fs.spec.whatwg.org/#file-entry-lock
        """
        return path


def check_access(result: FileSystemAccessResult) -> None:
    """Raise the DOMException that says that access is denied, if it is.

    Part of https://fs.spec.whatwg.org/#file-system-access-result
    """
    if result.permission_state != "granted":
        raise DOMException("The folder was given to be read only", result.error_name)


def locate_an_entry(locator: FileSystemLocator, tree: Tree) -> Entry | None:
    """In the steps that a file system performs.

    https://fs.spec.whatwg.org/#locating-an-entry
    """
    entry = tree.locate(locator.names)
    return entry if entry is not None and entry.kind == locator.kind else None


def copy(source: OpenFile, target: OpenFile) -> None:
    """Copy all bytes of a file, block by block.

    Part of https://fs.spec.whatwg.org/#dom-filesystemfilehandle-createwritable
    """
    position = 0
    while block := source.read(position, BLOCK_OF_A_COPY):
        target.write_all(position, [block])
        position += len(block)
