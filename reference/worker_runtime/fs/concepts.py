"""Concepts: entries, where they are, and who may use them.

File System Standard, 2.1: https://fs.spec.whatwg.org/#concepts
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from ..webidl.promises import Promise, a_promise_resolved_with

if TYPE_CHECKING:
    from .file_systems import FileSystem

# https://fs.spec.whatwg.org/#enumdef-filesystemhandlekind
FileSystemHandleKind: TypeAlias = Literal["file", "directory"]

AccessMode: TypeAlias = Literal["read", "readwrite"]

# https://fs.spec.whatwg.org/#file-system-path
FileSystemPath: TypeAlias = "tuple[str, ...]"

MOST_BYTES_OF_A_NAME = 255  # as in nearly every file system


class FileSystemAccessResult(NamedTuple):
    """Whether an entry may be used, and the name of the DOMException that says so if not.

    https://fs.spec.whatwg.org/#file-system-access-result
    """

    permission_state: Literal["granted", "denied"]
    error_name: str = ""


GRANTED = FileSystemAccessResult("granted")


class FileSystemLocator(NamedTuple):
    """Where an entry may be.

    https://fs.spec.whatwg.org/#file-system-locator
    """

    path: FileSystemPath
    kind: FileSystemHandleKind
    root: FileSystem

    @property
    def names(self) -> FileSystemPath:
        """Those that lead from the root to the entry."""
        return self.path[1:]

    def child(self, name: str, kind: FileSystemHandleKind) -> FileSystemLocator:
        """That of an entry in the directory."""
        return FileSystemLocator((*self.path, name), kind, self.root)


def valid_file_name(name: str) -> bool:
    """Whether an entry of any file system may have this name. A file system may refuse more.

    https://fs.spec.whatwg.org/#valid-file-name
    """
    # "\\" is a separator on one platform; as in the official tests, it is in no name on any.
    return (
        name not in ("", ".", "..")
        and not ({"/", "\\", "\0"} & set(name))
        and len(name.encode("utf-8", "surrogatepass")) <= MOST_BYTES_OF_A_NAME
    )


def the_same_path_as(a: FileSystemPath, b: FileSystemPath) -> bool:
    """https://fs.spec.whatwg.org/#file-system-path-the-same-path-as"""
    return a == b


def the_same_locator_as(a: FileSystemLocator, b: FileSystemLocator) -> bool:
    """https://fs.spec.whatwg.org/#file-system-locator-the-same-locator-as"""
    return a.kind == b.kind and a.root.id == b.root.id and the_same_path_as(a.path, b.path)


def resolve(child: FileSystemLocator, root: FileSystemLocator) -> Promise[list[str] | None]:
    """A promise of the names that lead from a directory to an entry; of None if none do.

    https://fs.spec.whatwg.org/#locator-resolve
    """
    length = len(root.path)
    if child.root.id != root.root.id or not the_same_path_as(child.path[:length], root.path):
        return a_promise_resolved_with(None)
    # DEVIATION: by the letter there never are names, for the range of them ends where it begins.
    return a_promise_resolved_with(list(child.path[length:]))
