"""What the tests of files share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from worker_runtime import FileSystemDirectoryHandle, FileSystemFileHandle, navigator
from worker_runtime.fs.folder_bindings import directory_of_a_folder
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.webidl.exceptions import DOMException


class Place:
    """A scope, and the directory in which a test has its files."""

    def __init__(self, scope: EnvironmentSettingsObject, path: Path | None) -> None:
        self.scope = scope
        self.host = scope.host
        self.path = path
        self._root: FileSystemDirectoryHandle | None = None

    async def root(self) -> FileSystemDirectoryHandle:
        """A handle for the directory."""
        if self._root is None and self.path is not None:
            self._root = directory_of_a_folder(self.host, "F", self.path)
        elif self._root is None:
            self._root = await navigator.storage.getDirectory()
        return self._root

    async def file(self, name: str = "file", text: str = "") -> FileSystemFileHandle:
        """A file with some text."""
        return await file_in(await self.root(), name, text)


async def file_in(
    directory: FileSystemDirectoryHandle, name: str, text: str = ""
) -> FileSystemFileHandle:
    """A file of a directory, with some text."""
    handle = await directory.getFileHandle(name, create=True)
    if text:
        stream = await handle.createWritable()
        await stream.write(text)
        await stream.close()
    return handle


async def text_of(handle: FileSystemFileHandle) -> str:
    """What is in a file now."""
    return await (await handle.getFile()).text()


async def names_in(directory: FileSystemDirectoryHandle) -> list[str]:
    """The names in a directory, in order."""
    return sorted([name async for name in directory.keys()])


async def error_of(promise: Any) -> str:
    """The name of the exception that a promise is rejected with."""
    try:
        await promise
    except DOMException as error:
        return error.name
    except Exception as error:
        return type(error).__name__
    return "none"
