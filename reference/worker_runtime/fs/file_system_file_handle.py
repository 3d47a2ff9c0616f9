"""The FileSystemFileHandle interface: a reference to a file.

File System Standard, 2.3: https://fs.spec.whatwg.org/#api-filesystemfilehandle
"""

from __future__ import annotations

from typing import TypedDict, Unpack

from ..file_api.file import File, create_for_a_file
from ..html.settings_objects import current_settings_object
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import DOMException
from ..webidl.interfaces import new
from ..webidl.promises import Promise, a_promise_rejected_with, a_promise_resolved_with
from .concepts import AccessMode, FileSystemLocator, FileSystemPath
from .content_types import content_type_of
from .exceptions import not_found
from .file_system_handle import FileSystemHandle, is_in_a_bucket_file_system
from .file_system_sync_access_handle import (
    FileSystemSyncAccessHandle,
    FileSystemSyncAccessHandleMode,
    create_a_new_file_system_sync_access_handle,
)
from .file_system_writable_file_stream import (
    FileSystemWritableFileStream,
    FileSystemWritableFileStreamMode,
    create_a_new_file_system_writable_file_stream,
)
from .file_systems import Entry, FileState, FileSystem, Tree, check_access, locate_an_entry
from .locks import LockValue
from .taken_locks import TakenLock


class FileSystemCreateWritableOptions(TypedDict, total=False):
    """False and "siloed" by default.

    https://fs.spec.whatwg.org/#dictdef-filesystemcreatewritableoptions
    """

    keepExistingData: bool
    mode: FileSystemWritableFileStreamMode


class FileSystemCreateSyncAccessHandleOptions(TypedDict, total=False):
    """ "readwrite" by default.

    SPEC_NOTES.md#modes-of-locks
    """

    mode: FileSystemSyncAccessHandleMode


class FileSystemFileHandle(FileSystemHandle):
    """A reference to a file.

    https://fs.spec.whatwg.org/#filesystemfilehandle
    """

    __slots__ = ()

    @classmethod
    def _is_for_files(cls) -> bool:
        return True

    def getFile(self) -> Promise[File]:
        """The file as it is now. Its bytes stay where they are until somebody reads them, and if
        the file has changed by then, that fails. "NotFoundError" if it is not there.

        https://fs.spec.whatwg.org/#dom-filesystemfilehandle-getfile
        """
        return a_promise_resolved_with(get_file(self._locator))

    def createWritable(
        self,
        options: FileSystemCreateWritableOptions | None = None,
        **members: Unpack[FileSystemCreateWritableOptions],
    ) -> Promise[FileSystemWritableFileStream]:
        """A stream whose bytes take the place of those of the file when it is closed.
        "NotFoundError" if the file is not there, "NoModificationAllowedError" if a lock of somebody
        else is in the way.

        https://fs.spec.whatwg.org/#dom-filesystemfilehandle-createwritable
        """
        try:
            given = to_dictionary(FileSystemCreateWritableOptions, options, members)
            mode = given.get("mode", "siloed")
            if mode not in ("siloed", "exclusive"):
                raise TypeError(f"mode is 'siloed' or 'exclusive', not {mode!r}")
        except TypeError as error:
            return a_promise_rejected_with(error)
        keep = bool(given.get("keepExistingData", False))
        return a_promise_resolved_with(create_writable(self._locator, keep, mode))

    def createSyncAccessHandle(
        self,
        options: FileSystemCreateSyncAccessHandleOptions | None = None,
        **members: Unpack[FileSystemCreateSyncAccessHandleOptions],
    ) -> Promise[FileSystemSyncAccessHandle]:
        """Access to the bytes of the file themselves, which waits for the disk: so it is there in
        dedicated workers alone. Errors are those of `createWritable`.

        https://fs.spec.whatwg.org/#dom-filesystemfilehandle-createsyncaccesshandle
        """
        try:
            check_that_a_script_may_wait()
            given = to_dictionary(FileSystemCreateSyncAccessHandleOptions, options, members)
            mode = given.get("mode", "readwrite")
            if mode not in ("readwrite", "read-only", "readwrite-unsafe"):
                raise TypeError(
                    f"mode is 'readwrite', 'read-only' or 'readwrite-unsafe', not {mode!r}"
                )
        except TypeError as error:
            return a_promise_rejected_with(error)
        return a_promise_resolved_with(create_sync_access_handle(self, mode))


async def get_file(locator: FileSystemLocator) -> File:
    """Part of https://fs.spec.whatwg.org/#dom-filesystemfilehandle-getfile"""
    file_system = locator.root

    def state_of_the_file(tree: Tree) -> FileState | None:
        entry = locate_an_entry(locator, tree)
        return None if entry is None else tree.state_of_file(locator.names)

    check_access(file_system.query_access("read"))
    state = await file_system.perform(state_of_the_file)
    if state is None:
        raise not_found(f"The file {locator.path[-1]!r}")
    name = locator.path[-1]
    return create_for_a_file(
        state.snapshot_state, state.size, name, state.modified, content_type_of(name)
    )


async def create_writable(
    locator: FileSystemLocator, keep_existing_data: bool, mode: FileSystemWritableFileStreamMode
) -> FileSystemWritableFileStream:
    """Part of https://fs.spec.whatwg.org/#dom-filesystemfilehandle-createwritable"""
    lock = await lock_a_file(locator, "readwrite", mode)
    try:
        buffer = await locator.root.open_buffer(locator.names, keep_existing_data)
    except BaseException:
        lock.release()
        raise
    return create_a_new_file_system_writable_file_stream(locator, lock, buffer, mode)


async def create_sync_access_handle(
    handle: FileSystemFileHandle, mode: FileSystemSyncAccessHandleMode
) -> FileSystemSyncAccessHandle:
    """Part of https://fs.spec.whatwg.org/#dom-filesystemfilehandle-createsyncaccesshandle"""
    locator = handle._locator
    check_access(locator.root.request_access("readwrite"))
    if not is_in_a_bucket_file_system(handle):
        raise DOMException(
            "A file of a folder cannot be written in place: write createWritable()",
            "InvalidStateError",
        )
    value: LockValue = "exclusive" if mode == "readwrite" else mode
    lock = await lock_a_file(locator, "readwrite", value)
    try:
        file = await locator.root.open_in_place(locator.names, mode != "read-only")
    except BaseException:
        lock.release()
        raise
    return create_a_new_file_system_sync_access_handle(locator, lock, file, mode)


async def lock_a_file(
    locator: FileSystemLocator, access: AccessMode, value: LockValue
) -> TakenLock:
    """A lock on the file; the caller lets go of it in the end.

    Part of https://fs.spec.whatwg.org/#dom-filesystemfilehandle-createwritable
    """
    file_system = locator.root

    def take_the_lock(tree: Tree) -> TakenLock | None:
        entry = locate_an_entry(locator, tree)
        if entry is None:
            raise not_found(f"The file {locator.path[-1]!r}")
        return taken_lock(file_system, locator.path, entry, value)

    check_access(file_system.request_access(access))
    lock = await file_system.perform(take_the_lock)
    if lock is None:
        raise DOMException(
            f"The file {locator.path[-1]!r} is locked: somebody else writes it, or moves or "
            "removes it",
            "NoModificationAllowedError",
        )
    return lock


def taken_lock(
    file_system: FileSystem, path: FileSystemPath, entry: Entry | None, value: LockValue
) -> TakenLock | None:
    """A lock, if it can be taken.

    Part of https://fs.spec.whatwg.org/#file-entry-lock-take
    """
    if not file_system.take(path, entry, value):
        return None
    return TakenLock(file_system, path, entry, value)


def check_that_a_script_may_wait() -> None:
    """TypeError in a scope that is no dedicated worker.

    Part of https://webidl.spec.whatwg.org/#dfn-exposed
    """
    scope = current_settings_object().global_object
    if scope is not None and type(scope).__name__ != "DedicatedWorkerGlobalScope":
        raise TypeError(
            "createSyncAccessHandle() is there in dedicated workers alone, since it waits for the "
            "disk: write createWritable() and getFile(), or make a Worker"
        )


def create_a_child_file_system_file_handle(
    parent_locator: FileSystemLocator, name: str
) -> FileSystemFileHandle:
    """https://fs.spec.whatwg.org/#creating-a-child-filesystemfilehandle"""
    handle: FileSystemFileHandle = new(FileSystemFileHandle)
    handle._locator = parent_locator.child(name, "file")
    return handle
