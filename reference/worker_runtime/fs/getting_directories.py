"""Getting directories: `navigator.storage.getDirectory()`.

File System Standard, 3: https://fs.spec.whatwg.org/#sandboxed-filesystem
"""

from __future__ import annotations

from ..html.settings_objects import current_settings_object
from ..storage.storage_bottles import Entries
from ..storage.storage_sheds import obtain_a_local_storage_bottle_map
from ..webidl.exceptions import DOMException
from ..webidl.promises import Promise, a_promise_rejected_with, a_promise_resolved_with
from .bucket_file_system import ROOT, BucketFileSystem, new_id
from .file_system_directory_handle import (
    FileSystemDirectoryHandle,
    create_a_new_file_system_directory_handle,
)


class StorageManagerForFiles:
    """What the File System Standard adds to StorageManager.

    Part of https://fs.spec.whatwg.org/#dom-storagemanager-getdirectory
    """

    __slots__ = ()

    def getDirectory(self) -> Promise[FileSystemDirectoryHandle]:
        """The root of the files of this scope. "SecurityError" if nothing can be stored here.

        https://fs.spec.whatwg.org/#dom-storagemanager-getdirectory
        """
        map = obtain_a_local_storage_bottle_map(current_settings_object(), "fileSystem")
        if map is None:
            return a_promise_rejected_with(
                DOMException(
                    "Nothing can be stored here: the origin of this scope is opaque",
                    "SecurityError",
                )
            )
        return a_promise_resolved_with(get_directory(map.bottle.record(BucketFileSystem)))


async def get_directory(file_system: BucketFileSystem) -> FileSystemDirectoryHandle:
    """Part of https://fs.spec.whatwg.org/#dom-storagemanager-getdirectory"""
    id = new_id().encode()

    def make_the_root(entries: Entries) -> None:
        if entries.get(ROOT) is None:
            entries.put(ROOT, id)

    if await file_system.map.read(lambda entries: entries.get(ROOT)) is None:
        await file_system.map.write(make_the_root)
    return create_a_new_file_system_directory_handle(file_system, ("",))
