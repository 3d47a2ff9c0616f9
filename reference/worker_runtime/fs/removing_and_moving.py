"""Removing and moving entries, and their ids: what the File System Standard has yet to take.

SPEC_NOTES.md#remove-and-move
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ..html.event_loops import queue_a_task
from ..html.settings_objects import current_settings_object
from ..webidl.exceptions import DOMException
from ..webidl.promises import Promise, a_new_promise
from ..webidl.promises import resolve as resolve_promise
from .concepts import FileSystemHandleKind, FileSystemLocator, FileSystemPath
from .exceptions import not_found
from .file_systems import Entry, FileSystem, Tree, check_access, locate_an_entry
from .taken_locks import TakenLock


async def remove_an_entry(
    file_system: FileSystem,
    path: FileSystemPath,
    kind: FileSystemHandleKind | None,
    recursive: bool,
) -> None:
    """Remove an entry, of that kind if it is given. A root goes with all that is in it.

    SPEC_NOTES.md#remove-an-entry
    """
    names = path[1:]
    recursive = recursive or not names

    def lock(tree: Tree) -> TakenLock:
        entry = tree.locate(names)
        if entry is None or kind not in (None, entry.kind):
            raise not_found(f"{path[-1]!r}")
        lock = exclusive_lock(file_system, path, entry)
        try:
            check_that_it_may_be_removed(tree, names, entry, recursive)
        except BaseException:
            lock.release()
            raise
        return lock

    def remove(tree: Tree) -> None:
        entry = tree.locate(names)
        if entry is None:
            raise not_found(f"{path[-1]!r}")
        check_that_it_may_be_removed(tree, names, entry, recursive)
        tree.remove(names, recursive)

    check_access(file_system.request_access("readwrite"))
    taken = await file_system.perform(lock)
    try:
        await another_task()
        await file_system.perform(remove, writes=True)
    finally:
        taken.release()


def check_that_it_may_be_removed(
    tree: Tree, names: FileSystemPath, entry: Entry, recursive: bool
) -> None:
    """ "InvalidModificationError" for a directory that is not empty.

    Part of https://fs.spec.whatwg.org/#dom-filesystemdirectoryhandle-removeentry
    """
    if entry.kind == "directory" and not recursive and tree.children(names):
        raise DOMException(
            "The directory is not empty: write recursive=True to remove what is in it, too",
            "InvalidModificationError",
        )


async def move_an_entry(
    locator: FileSystemLocator, destination: FileSystemLocator, name: str
) -> FileSystemLocator:
    """Give an entry another place; returns where it is then.

    SPEC_NOTES.md#move-an-entry
    """
    file_system, new_locator = locator.root, destination.child(name, locator.kind)
    if destination.root is not file_system:
        raise DOMException("It cannot move to another file system", "NotSupportedError")
    if not locator.names:
        raise DOMException("A root cannot be moved", "InvalidModificationError")
    if new_locator.path[: len(locator.path)] == locator.path and new_locator != locator:
        raise DOMException("A directory cannot be moved into itself", "InvalidModificationError")
    check_access(file_system.request_access("readwrite"))

    def lock(tree: Tree) -> list[TakenLock]:
        entry = locate_an_entry(locator, tree)
        if entry is None:
            raise not_found(f"{locator.path[-1]!r}")
        replaced = check_the_new_place(tree, destination, new_locator)
        locks = [exclusive_lock(file_system, locator.path, entry)]
        if file_system.key_of_lock(new_locator.path) != file_system.key_of_lock(locator.path):
            try:
                locks.append(exclusive_lock(file_system, new_locator.path, replaced))
            except BaseException:
                locks[0].release()
                raise
        return locks

    def move(tree: Tree) -> None:
        if locate_an_entry(locator, tree) is None:
            raise not_found(f"{locator.path[-1]!r}")
        check_the_new_place(tree, destination, new_locator)
        if new_locator != locator:
            tree.move(locator.names, new_locator.names)

    taken = await file_system.perform(lock)
    try:
        await another_task()
        await file_system.perform(move, writes=True)
    finally:
        for each in taken:
            each.release()
    return new_locator


def check_the_new_place(
    tree: Tree, destination: FileSystemLocator, new_locator: FileSystemLocator
) -> Entry | None:
    """The entry that is there, which is a file that another file may replace.

    SPEC_NOTES.md#new-place
    """
    if locate_an_entry(destination, tree) is None:
        raise not_found(f"The directory {destination.path[-1]!r}")
    replaced = tree.locate(new_locator.names)
    if replaced is not None and replaced.kind != new_locator.kind:
        raise DOMException(f"{new_locator.path[-1]!r} is a {replaced.kind}", "TypeMismatchError")
    if replaced is not None and replaced.kind == "directory":
        raise DOMException(
            f"There is a directory {new_locator.path[-1]!r} already", "InvalidModificationError"
        )
    return replaced


async def get_a_unique_id(locator: FileSystemLocator) -> str:
    """A UUID that the entry has, and no other one, wherever it is moved.

    Part of SPEC_NOTES.md#get-unique-id
    """

    def id(tree: Tree) -> str:
        entry = locate_an_entry(locator, tree)
        if entry is None:
            raise not_found(f"{locator.path[-1]!r}")
        return entry.id

    digits = await locator.root.perform(id)
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def exclusive_lock(file_system: FileSystem, path: FileSystemPath, entry: Entry | None) -> TakenLock:
    """A lock on an entry, and on all that is in it. "NoModificationAllowedError" if somebody has
    one already.

    Part of https://fs.spec.whatwg.org/#file-entry-lock-take
    """
    if not file_system.take(path, entry, "exclusive"):
        raise DOMException(
            f"{path[-1]!r} is in use: somebody writes it, or what is in it",
            "NoModificationAllowedError",
        )
    return TakenLock(file_system, path, entry, "exclusive")


def another_task() -> Promise[Any]:
    """A promise that is fulfilled in a storage task: until then, what is asked for finds the lock
    taken.

    Part of https://storage.spec.whatwg.org/#queue-a-storage-task
    """
    promise: Promise[Any] = a_new_promise()
    event_loop = current_settings_object().event_loop
    queue_a_task("storage", partial(resolve_promise, promise), event_loop)
    return promise
