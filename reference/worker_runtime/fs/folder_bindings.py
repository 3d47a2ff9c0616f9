"""Folder bindings: a folder of the operator as a directory of a worker.

SPEC_NOTES.md#folders
"""

from __future__ import annotations

import os

from ..host.folders import Folder, folder_at
from ..host.host import Host
from .file_system_directory_handle import (
    FileSystemDirectoryHandle,
    create_a_new_file_system_directory_handle,
)
from .folder_file_system import FolderFileSystem, FoldersOfAHost


def directory_of_a_folder(
    host: Host,
    name: str,
    folder: Folder | str | os.PathLike[str],
    is_read_only: bool = False,
) -> FileSystemDirectoryHandle:
    """A handle with that name for a folder, given by its path. OSError if it is not there.

    SPEC_NOTES.md#folders
    """
    if isinstance(folder, (str, os.PathLike)):
        folder = folder_at(folder)
    file_system = FolderFileSystem(name, folder, is_read_only)
    host.record(FoldersOfAHost)[file_system.id] = file_system
    return create_a_new_file_system_directory_handle(file_system, (name,))
