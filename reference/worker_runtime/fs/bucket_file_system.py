"""The bucket file system: the files and directories of a scope, which lie in its storage.

File System Standard, 3: https://fs.spec.whatwg.org/#sandboxed-filesystem

The bottle has the entries, and the contents of files lie beside the storage
(SPEC_NOTES.md#files-in-storage). Its keys are

    root               the id of the root, if there is one
    entry/ID/NAME      an entry of the directory with that id

and an entry is "d ID", or "f ID CONTENT MODIFIED", where "-" is the content of a file that never
had any bytes. Ids and the names of contents are random.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, Literal, NamedTuple, TypeVar

from ..file_api.blob_url import uuid_version_4
from ..host.clock import Clock
from ..host.open_files import OpenFile
from ..host.storage.backend import StorageError
from ..host.storage.contents import Contents
from ..html.settings_objects import current_settings_object
from ..storage.storage_bottles import Entries, StorageBottle, StorageProxyMap
from ..webidl.exceptions import DOMException
from ..webidl.promises import Promise, a_promise_resolved_with, mark_as_handled, react
from .concepts import FileSystemHandleKind, FileSystemPath
from .exceptions import exception_for, not_found
from .file_systems import Entry, FileBuffer, FileSystem, FileSystemQueue, Tree, copy
from .locks import SHARED_MODES, LockTable, LockValue

T = TypeVar("T")

ROOT = b"root"
ENTRY = b"entry/"
NO_CONTENT = "-"
IN_USE = 3
"""The mode of a claim on contents that nothing leads to yet."""
MOST_THREADS = 8


class BucketEntry(NamedTuple):
    """Part of https://fs.spec.whatwg.org/#entry"""

    kind: FileSystemHandleKind
    id: str
    content: str = NO_CONTENT
    modified: int = 0

    @property
    def data(self) -> bytes:
        """What is stored of it."""
        if self.kind == "directory":
            return f"d {self.id}".encode()
        return f"f {self.id} {self.content} {self.modified}".encode()


def entry_of(data: bytes) -> BucketEntry:
    """An entry from what is stored of it. StorageError if that is damaged.

    Part of https://fs.spec.whatwg.org/#entry
    """
    match data.decode("latin-1").split(" "):
        case ["d", id]:
            return BucketEntry("directory", id)
        case ["f", id, content, modified] if modified.isdecimal():
            return BucketEntry("file", id, content, int(modified))
    raise StorageError(f"The storage is damaged: {data[:80]!r} is no entry of a directory")


class BucketFileState(NamedTuple):
    """A file with its contents.

    Part of https://w3c.github.io/FileAPI/#snapshot-state
    """

    file_system: BucketFileSystem
    names: FileSystemPath
    entry: BucketEntry
    size: int
    state: object

    @property
    def modified(self) -> int:
        """When it was changed, in milliseconds since 1970."""
        return self.entry.modified

    @property
    def snapshot_state(self) -> BucketFileState:
        """Its bytes."""
        return self

    def open(self) -> OpenFile:
        """The contents that it had. "NotFoundError" if the file is gone, "NotReadableError" if it
        has others.
        """
        try:
            return self.file_system.open_content(self.entry.content)
        except FileNotFoundError:
            entry = self.file_system.entry_at_this_moment(self.names)
            if entry is None:
                raise not_found(f"The file {self.names[-1]!r}") from None
            raise DOMException("The file has been written since", "NotReadableError") from None
        except OSError as error:
            raise DOMException(
                f"Cannot read the file: {error.strerror or error}", "NotReadableError"
            ) from error

    def perform(self, steps: Callable[[], T]) -> Promise[T]:
        """A promise of what steps return that may take long."""
        return self.file_system.contents_queue.perform(steps)


class BucketFileSystem(FileSystem):
    """That of a bottle: `bottle.record(BucketFileSystem)`.

    https://fs.spec.whatwg.org/#origin-private-file-system
    """

    __slots__ = ("_has_tidied_up", "contents", "group", "map")

    def __init__(self, bottle: StorageBottle) -> None:
        self.map = StorageProxyMap(bottle)
        self.group = bottle.map.prefix
        self.contents: Contents = bottle.map.queue.backend.contents
        self._has_tidied_up = self.contents.answers_at_once
        # Hosts that share a storage share its locks.
        locks: dict[bytes, LockTable] = self.contents.record(LocksOfBuckets)
        super().__init__(
            "bucket",
            "",
            locks.setdefault(self.group, LockTable()),
            FileSystemQueue(self.contents.answers_at_once, MOST_THREADS),
        )

    def perform(self, steps: Callable[[Tree], T], writes: bool = False) -> Promise[T]:
        return self.perform_in_a_bucket(steps, writes)

    def perform_in_a_bucket(
        self, steps: Callable[[BucketTree], T], writes: bool = False
    ) -> Promise[T]:
        """As `perform`. Contents that nothing leads to any more are deleted when the promise is
        fulfilled.
        """
        modified = now_in_milliseconds()
        dropped: list[str] = []

        def perform(entries: Entries) -> T:
            dropped.clear()  # steps may be performed once more, and are undone before
            try:
                if writes and not self._has_tidied_up:
                    self.remove_what_is_left_over(entries)
                return steps(BucketTree(self, entries, modified, dropped))
            except OSError as error:
                raise exception_for(error) from error

        def delete_what_was_dropped(result: T) -> Any:
            if not dropped:
                return result
            delete = partial(self.delete_contents, dropped)
            return react(self.contents_queue.perform(delete), lambda _: result)

        if not writes:
            return self.map.read(perform)
        return react(self.map.write(perform), delete_what_was_dropped)

    def entry_at_this_moment(self, names: FileSystemPath) -> BucketEntry | None:
        """For a thread that may wait for the storage."""
        queue = self.map.backing_map.queue
        return BucketTree(self, Entries(queue.backend, self.map.backing_map), 0, []).locate(names)

    def open_content(self, name: str, writable: bool = False) -> OpenFile:
        """The contents with a name; FileNotFoundError if there are none."""
        return self.contents.open(self.group, name, writable)

    def create_content(self, name: str) -> OpenFile:
        """New contents, which are in use until an entry leads to them."""
        self.contents.claim(name, IN_USE)
        try:
            return self.contents.create(self.group, name)
        except BaseException:
            self.contents.release(name, IN_USE)
            raise

    def delete_contents(self, names: Iterable[str]) -> None:
        """Remove contents that no entry leads to. What cannot be removed now is left over, and goes
        later.
        """
        for name in names:
            with suppress(OSError):
                self.contents.delete(self.group, name)

    def reserve(self, size: int, may_wait: bool) -> None:
        meter = self.map.backing_map.meter
        if meter is not None and size > 0:
            backend = self.map.backing_map.queue.backend
            meter.add(size, backend, may_wait or self.contents.answers_at_once)

    def open_buffer(self, names: FileSystemPath, keep_existing_data: bool) -> Promise[FileBuffer]:
        name = new_id()

        def open_buffer() -> FileBuffer:
            file = self.create_content(name)
            buffer = BucketFileBuffer(self, names, name, file)
            try:
                if keep_existing_data:
                    self.copy_to(names, file)
                    buffer.initial_size = file.size()
            except BaseException:
                buffer.discard()
                raise
            return buffer

        return self.contents_queue.perform(open_buffer)

    def copy_to(self, names: FileSystemPath, file: OpenFile) -> None:
        """Copy the bytes of a file."""
        source, missing = None, None
        while source is None:
            entry = self.entry_at_this_moment(names)
            if entry is None or entry.content == missing:
                raise not_found(f"The file {names[-1]!r}")
            if entry.content == NO_CONTENT:
                return
            try:
                source = self.open_content(entry.content)
            except FileNotFoundError:
                missing = entry.content  # unless it has been written, and has others now
        try:
            self.reserve(source.size(), may_wait=True)
            copy(source, file)
        finally:
            source.close()

    def open_in_place(self, names: FileSystemPath, writable: bool) -> Promise[OpenFile]:
        name = new_id()

        def content_of_the_entry(tree: BucketTree) -> str:
            tree.begin_to_use_contents()
            entry = tree.locate(names)
            if entry is None:
                raise not_found(f"The file {names[-1]!r}")
            if entry.content == NO_CONTENT:
                self.create_content(name).close()
                entry = entry._replace(content=name)
                tree.put(names, entry)
            return entry.content

        async def open_in_place() -> OpenFile:
            try:
                content = await self.perform_in_a_bucket(content_of_the_entry, writes=True)
            finally:
                self.contents.release(name, IN_USE)
            return await self.contents_queue.perform(
                lambda: self.open_content(content, writable=writable)
            )

        return a_promise_resolved_with(open_in_place())

    def has_been_written_in_place(self, names: FileSystemPath) -> None:
        def write(tree: BucketTree) -> None:
            entry = tree.locate(names)
            if entry is not None:
                tree.put(names, entry._replace(modified=tree.modified))

        mark_as_handled(self.perform_in_a_bucket(write, writes=True))

    def take(self, path: FileSystemPath, entry: Entry | None, value: LockValue) -> bool:
        if not super().take(path, entry, value):
            return False
        if entry is None or self.contents.claim(entry.id, SHARED_MODES.get(value)):
            return True
        super().release(path, entry, value)
        return False

    def release(self, path: FileSystemPath, entry: Entry | None, value: LockValue) -> None:
        if entry is not None:
            self.contents.release(entry.id, SHARED_MODES.get(value))
        super().release(path, entry, value)

    def remove_what_is_left_over(self, entries: Entries) -> None:
        """Remove the contents that a dead process has left, in the steps of a write."""
        entries.begin_what_takes_long()
        self._has_tidied_up = True
        with suppress(OSError):  # the next process will
            names = self.contents.names(self.group)
            led_to = {entry_of(data).content for _, data in entries.scan(ENTRY) if names}
            for name in names:
                if name not in led_to and self.contents.claim(name, None):
                    self.contents.delete(self.group, name)
                    self.contents.release(name, None)


class LocksOfBuckets(dict[bytes, LockTable]):
    """Those of all buckets of a storage: `contents.record(LocksOfBuckets)`.

    Part of https://fs.spec.whatwg.org/#file-entry-lock
    """

    def __init__(self, contents: Any) -> None:
        super().__init__()


class BucketTree:
    """The entries of a bucket file system, in steps that its storage performs.

    Part of https://fs.spec.whatwg.org/#locating-an-entry
    """

    __slots__ = ("_dropped", "_entries", "_file_system", "modified")

    def __init__(
        self,
        file_system: BucketFileSystem,
        entries: Entries,
        modified: int,
        dropped: list[str],
    ) -> None:
        self._dropped = dropped
        self._entries = entries
        self._file_system = file_system
        self.modified = modified
        """When what the steps change is changed."""

    def begin_to_use_contents(self) -> None:
        """Go on in a thread, if those may take long."""
        if not self._file_system.contents.answers_at_once:
            self._entries.begin_what_takes_long()

    def drop(self, content: str) -> None:
        """Nothing leads to contents any more."""
        if content != NO_CONTENT:
            self._dropped.append(content)

    def locate(self, names: FileSystemPath) -> BucketEntry | None:
        id = self._entries.get(ROOT)
        if id is None:
            return None
        entry = BucketEntry("directory", id.decode("latin-1"))
        for name in names:
            if entry.kind != "directory":
                return None
            data = self._entries.get(key_of(entry.id, name))
            if data is None:
                return None
            entry = entry_of(data)
        return entry

    def children(self, names: FileSystemPath) -> list[tuple[str, FileSystemHandleKind]]:
        prefix = key_of(self._directory(names).id, "")
        return [
            (key[len(prefix) :].decode(), entry_of(data).kind)
            for key, data in self._entries.scan(prefix)
        ]

    def create(self, names: FileSystemPath, kind: FileSystemHandleKind, id: str) -> None:
        self.put(names, BucketEntry(kind, id, modified=self.modified))

    def put(self, names: FileSystemPath, entry: BucketEntry) -> None:
        """Put an entry into its directory."""
        self._entries.put(key_of(self._directory(names[:-1]).id, names[-1]), entry.data)

    def replace_content(self, names: FileSystemPath, content: str) -> None:
        """Let a file have other contents."""
        entry = self.locate(names)
        if entry is None:
            raise not_found(f"The file {names[-1]!r}")
        self.put(names, entry._replace(content=content, modified=self.modified))
        self.drop(entry.content)

    def remove(self, names: FileSystemPath, recursive: bool) -> None:
        entry = self.locate(names)
        if entry is None:
            raise not_found(f"{names[-1]!r}" if names else "The root")
        self._remove_tree(entry)
        if names:
            self._entries.delete(key_of(self._directory(names[:-1]).id, names[-1]))
        else:
            self._entries.delete(ROOT)

    def _remove_tree(self, root: BucketEntry) -> None:
        contents = self._file_system.contents
        pending, claimed = [root], []
        try:
            while pending:
                entry = pending.pop()
                if entry.kind == "directory":
                    prefix = key_of(entry.id, "")
                    pending += [entry_of(data) for _, data in self._entries.scan(prefix)]
                    self._entries.delete_prefix(prefix)
                elif entry is not root:  # whose lock the caller has
                    if not contents.claim(entry.id, None):
                        raise DOMException(
                            "Another process uses a file in the directory",
                            "NoModificationAllowedError",
                        )
                    claimed.append(entry.id)
                self.drop(entry.content)
        finally:
            for id in claimed:
                contents.release(id, None)

    def move(self, names: FileSystemPath, new_names: FileSystemPath) -> None:
        entry, replaced = self.locate(names), self.locate(new_names)
        if entry is None:
            raise not_found(f"{names[-1]!r}")
        if replaced is not None:
            self.drop(replaced.content)
        self._entries.delete(key_of(self._directory(names[:-1]).id, names[-1]))
        self.put(new_names, entry)

    def state_of_file(self, names: FileSystemPath) -> BucketFileState:
        self.begin_to_use_contents()
        entry = self.locate(names)
        if entry is None:
            raise not_found(f"The file {names[-1]!r}")
        if entry.content == NO_CONTENT:
            return BucketFileState(self._file_system, names, entry, 0, None)
        file = self._file_system.open_content(entry.content)
        try:
            return BucketFileState(self._file_system, names, entry, file.size(), file.state())
        finally:
            file.close()

    def _directory(self, names: FileSystemPath) -> BucketEntry:
        entry = self.locate(names)
        if entry is None or entry.kind != "directory":
            raise not_found(f"The directory {names[-1]!r}" if names else "The root")
        return entry


class BucketFileBuffer:
    """Contents that no entry leads to yet.

    Part of https://fs.spec.whatwg.org/#filesystemwritablefilestream-buffer
    """

    __slots__ = ("_file_system", "_name", "_names", "_state", "file", "initial_size")

    def __init__(
        self, file_system: BucketFileSystem, names: FileSystemPath, name: str, file: OpenFile
    ) -> None:
        self.file = file
        self.initial_size = 0
        self._file_system = file_system
        self._name = name
        self._names = names
        self._state: Literal["open", "committing", "over"] = "open"

    def commit(self, perform: Callable[[Callable[[], Any]], Promise[Any]]) -> Promise[Any]:
        return a_promise_resolved_with(self._commit(perform))

    async def _commit(self, perform: Callable[[Callable[[], Any]], Promise[Any]]) -> None:
        self._state = "committing"
        file_system = self._file_system
        try:
            await perform(self._finish)
            await file_system.perform_in_a_bucket(
                lambda tree: tree.replace_content(self._names, self._name), writes=True
            )
        except BaseException:
            self._state = "open"
            self.discard()
            raise
        self._state = "over"
        file_system.contents.release(self._name, IN_USE)

    def _finish(self) -> None:
        self.file.flush()
        self.file.close()

    def discard(self) -> None:
        if self._state == "open":
            self._state = "over"
            self.file.close()
            self._file_system.delete_contents([self._name])
            self._file_system.contents.release(self._name, IN_USE)


def key_of(id: str, name: str) -> bytes:
    """The key of an entry of the directory with that id.

    Part of https://fs.spec.whatwg.org/#directory-entry-children
    """
    return b"%b%b/%b" % (ENTRY, id.encode(), name.encode())


def new_id() -> str:
    """32 random hexadecimal digits, which are a UUID without its hyphens.

    Part of SPEC_NOTES.md#get-unique-id
    """
    return uuid_version_4(current_settings_object().host.entropy).replace("-", "")


def now_in_milliseconds() -> int:
    """Since 1970.

    Part of https://fs.spec.whatwg.org/#file-entry-modification-timestamp
    """
    clock: Clock = current_settings_object().host.clock
    return int(clock.wall() * 1000)
