"""The FileSystemDirectoryHandle interface: a reference to a directory.

File System Standard, 2.4: https://fs.spec.whatwg.org/#api-filesystemdirectoryhandle
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, TypedDict, Unpack

from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import DOMException
from ..webidl.interfaces import END_OF_ITERATION, AsyncIterator, EndOfIteration, new
from ..webidl.promises import Promise, a_promise_rejected_with, a_promise_resolved_with
from .bucket_file_system import new_id
from .concepts import FileSystemHandleKind, FileSystemLocator, FileSystemPath, resolve
from .exceptions import not_found
from .file_system_file_handle import FileSystemFileHandle, create_a_child_file_system_file_handle
from .file_system_handle import FileSystemHandle, FileSystemRemoveOptions, checked_name, to_handle
from .file_systems import FileSystem, Tree, check_access, locate_an_entry
from .removing_and_moving import remove_an_entry


class FileSystemGetFileOptions(TypedDict, total=False):
    """False by default.

    https://fs.spec.whatwg.org/#dictdef-filesystemgetfileoptions
    """

    create: bool


class FileSystemGetDirectoryOptions(TypedDict, total=False):
    """False by default.

    https://fs.spec.whatwg.org/#dictdef-filesystemgetdirectoryoptions
    """

    create: bool


class FileSystemDirectoryHandle(FileSystemHandle):
    """A reference to a directory. Iteration is over pairs of names and handles, in no order.

    https://fs.spec.whatwg.org/#filesystemdirectoryhandle
    """

    __slots__ = ()

    @classmethod
    def _is_for_files(cls) -> bool:
        return False

    def __aiter__(self) -> FileSystemDirectoryHandleAsyncIterator:
        return self.entries()

    def entries(self) -> FileSystemDirectoryHandleAsyncIterator:
        """The name of each entry, and a handle for it.

        Part of https://fs.spec.whatwg.org/#api-filesystemdirectoryhandle-asynciterable
        """
        return FileSystemDirectoryHandleAsyncIterator(self, lambda name, handle: (name, handle))

    def keys(self) -> FileSystemDirectoryHandleAsyncIterator:
        """The name of each entry.

        Part of https://fs.spec.whatwg.org/#api-filesystemdirectoryhandle-asynciterable
        """
        return FileSystemDirectoryHandleAsyncIterator(self, lambda name, handle: name)

    def values(self) -> FileSystemDirectoryHandleAsyncIterator:
        """A handle for each entry.

        Part of https://fs.spec.whatwg.org/#api-filesystemdirectoryhandle-asynciterable
        """
        return FileSystemDirectoryHandleAsyncIterator(self, lambda name, handle: handle)

    def getFileHandle(
        self,
        name: str,
        options: FileSystemGetFileOptions | None = None,
        **members: Unpack[FileSystemGetFileOptions],
    ) -> Promise[FileSystemFileHandle]:
        """A handle for a file in the directory; with `create`, one that is made if it is not there.

        "NotFoundError" if it is not there, "TypeMismatchError" if it is no file, TypeError for a
        name that cannot be one.

        https://fs.spec.whatwg.org/#dom-filesystemdirectoryhandle-getfilehandle
        """
        try:
            given = to_dictionary(FileSystemGetFileOptions, options, members)
            name = checked_name(name)
        except TypeError as error:
            return a_promise_rejected_with(error)
        create = bool(given.get("create", False))

        async def get() -> FileSystemFileHandle:
            await get_an_entry(self._locator, name, "file", create)
            return create_a_child_file_system_file_handle(self._locator, name)

        return a_promise_resolved_with(get())

    def getDirectoryHandle(
        self,
        name: str,
        options: FileSystemGetDirectoryOptions | None = None,
        **members: Unpack[FileSystemGetDirectoryOptions],
    ) -> Promise[FileSystemDirectoryHandle]:
        """A handle for a directory in the directory; see `getFileHandle`.

        https://fs.spec.whatwg.org/#dom-filesystemdirectoryhandle-getdirectoryhandle
        """
        try:
            given = to_dictionary(FileSystemGetDirectoryOptions, options, members)
            name = checked_name(name)
        except TypeError as error:
            return a_promise_rejected_with(error)
        create = bool(given.get("create", False))

        async def get() -> FileSystemDirectoryHandle:
            await get_an_entry(self._locator, name, "directory", create)
            return create_a_child_file_system_directory_handle(self._locator, name)

        return a_promise_resolved_with(get())

    def removeEntry(
        self,
        name: str,
        options: FileSystemRemoveOptions | None = None,
        **members: Unpack[FileSystemRemoveOptions],
    ) -> Promise[None]:
        """Remove a file or a directory, which is empty unless this is `recursive`.

        "NotFoundError" if it is not there, "InvalidModificationError" if it is not empty,
        "NoModificationAllowedError" if somebody uses it, or what is in it.

        https://fs.spec.whatwg.org/#dom-filesystemdirectoryhandle-removeentry
        """
        try:
            given = to_dictionary(FileSystemRemoveOptions, options, members)
            name = checked_name(name)
        except TypeError as error:
            return a_promise_rejected_with(error)
        locator = self._locator
        recursive = bool(given.get("recursive", False))
        # DEVIATION: by the letter it is removed whoever uses it; there is no lock.
        return a_promise_resolved_with(
            remove_an_entry(locator.root, (*locator.path, name), None, recursive)
        )

    def resolve(self, possibleDescendant: FileSystemHandle) -> Promise[list[str] | None]:
        """The names that lead from this directory to an entry in it; None if it is in another.

        https://fs.spec.whatwg.org/#dom-filesystemdirectoryhandle-resolve
        """
        try:
            child = to_handle(possibleDescendant)._locator
        except TypeError as error:
            return a_promise_rejected_with(error)
        return resolve(child, self._locator)


class FileSystemDirectoryHandleAsyncIterator(AsyncIterator[Any]):
    """What is in a directory, as it was when the iteration began.

    Part of https://fs.spec.whatwg.org/#api-filesystemdirectoryhandle-asynciterable
    """

    __slots__ = ("_handle", "_next_children", "_result_of")

    def __init__(
        self,
        handle: FileSystemDirectoryHandle,
        result_of: Callable[[str, FileSystemHandle], Any],
    ) -> None:
        super().__init__()
        self._handle = handle
        self._result_of = result_of
        self._next_children: deque[tuple[str, FileSystemHandleKind]] | None = None

    def _get_the_next_iteration_result(self) -> Promise[Any | EndOfIteration]:
        return a_promise_resolved_with(self._next())

    async def _next(self) -> Any | EndOfIteration:
        locator = self._handle._locator
        # DEVIATION: what is in the directory is asked for once. By the letter it is asked for each
        # time, so that an iteration fails when the directory is removed meanwhile.
        if self._next_children is None:
            check_access(locator.root.query_access("read"))
            self._next_children = deque(await children_of(locator))
        if not self._next_children:
            return END_OF_ITERATION
        name, kind = self._next_children.popleft()
        if kind == "file":
            return self._result_of(name, create_a_child_file_system_file_handle(locator, name))
        return self._result_of(name, create_a_child_file_system_directory_handle(locator, name))

    def _asynchronous_iterator_return(self, value: object) -> Promise[Any]:
        return a_promise_resolved_with(None)


def children_of(
    locator: FileSystemLocator,
) -> Promise[list[tuple[str, FileSystemHandleKind]]]:
    """A promise of what is in a directory.

    Part of https://fs.spec.whatwg.org/#api-filesystemdirectoryhandle-asynciterable
    """

    def children(tree: Tree) -> list[tuple[str, FileSystemHandleKind]]:
        if locate_an_entry(locator, tree) is None:
            raise not_found(f"The directory {locator.path[-1]!r}")
        return tree.children(locator.names)

    return locator.root.perform(children)


async def get_an_entry(
    directory: FileSystemLocator, name: str, kind: FileSystemHandleKind, create: bool
) -> None:
    """Look for an entry of a directory, and make it where that is asked for.

    Part of https://fs.spec.whatwg.org/#dom-filesystemdirectoryhandle-getfilehandle
    """
    file_system = directory.root
    if create:
        check_access(file_system.request_access("readwrite"))
    else:
        check_access(file_system.query_access("read"))
    names = (*directory.names, name)

    def look(tree: Tree) -> bool:
        """Whether it is there."""
        if locate_an_entry(directory, tree) is None:
            raise not_found(f"The directory {directory.path[-1]!r}")
        entry = tree.locate(names)
        if entry is not None and entry.kind != kind:
            raise DOMException(f"{name!r} is a {entry.kind}", "TypeMismatchError")
        if entry is None and not create:
            raise not_found(f"The {kind} {name!r}")
        return entry is not None

    if not await file_system.perform(look):
        id = new_id()

        def make(tree: Tree) -> None:
            if not look(tree):
                tree.create(names, kind, id)

        await file_system.perform(make, writes=True)


def create_a_child_file_system_directory_handle(
    parent_locator: FileSystemLocator, name: str
) -> FileSystemDirectoryHandle:
    """https://fs.spec.whatwg.org/#creating-a-child-filesystemdirectoryhandle"""
    handle: FileSystemDirectoryHandle = new(FileSystemDirectoryHandle)
    handle._locator = parent_locator.child(name, "directory")
    return handle


def create_a_new_file_system_directory_handle(
    root: FileSystem, path: FileSystemPath
) -> FileSystemDirectoryHandle:
    """https://fs.spec.whatwg.org/#creating-a-new-filesystemdirectoryhandle"""
    handle: FileSystemDirectoryHandle = new(FileSystemDirectoryHandle)
    handle._locator = FileSystemLocator(path, "directory", root)
    return handle
