"""The FileSystemHandle interface: a reference to a file or a directory, which need not be there.

File System Standard, 2.2: https://fs.spec.whatwg.org/#api-filesystemhandle
"""

from __future__ import annotations

from typing import Any, Self, TypedDict, Unpack

from ..html.settings_objects import current_settings_object
from ..storage.storage_keys import obtain_a_storage_key_for_non_storage_purposes
from ..storage.storage_sheds import obtain_a_local_storage_bottle_map
from ..url.origins import ascii_serialization_of_an_origin
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import DOMException
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import Promise, a_promise_rejected_with, a_promise_resolved_with
from ..webidl.type_mapping import to_usv_string
from .bucket_file_system import BucketFileSystem
from .concepts import FileSystemHandleKind, FileSystemLocator, the_same_locator_as, valid_file_name
from .file_systems import FileSystem
from .folder_file_system import FoldersOfAHost
from .removing_and_moving import get_a_unique_id, move_an_entry, remove_an_entry


class FileSystemRemoveOptions(TypedDict, total=False):
    """False by default.

    https://fs.spec.whatwg.org/#dictdef-filesystemremoveoptions
    """

    recursive: bool


class FileSystemHandle:
    """A reference to an entry, by its place.

    https://fs.spec.whatwg.org/#filesystemhandle
    """

    __slots__ = ("__weakref__", "_locator")

    __init__ = illegal_constructor

    _locator: FileSystemLocator

    # A serializable object: https://fs.spec.whatwg.org/#api-filesystemhandle

    def _serialization_steps(self, for_storage: bool) -> dict[str, object]:
        locator = self._locator
        return {
            "origin": serialized_origin(),
            "kind": locator.kind,
            "path": list(locator.path),
            "root": locator.root.id,
        }

    @classmethod
    def _deserialization_steps(cls, data: dict[str, Any]) -> Self:
        if data["origin"] != serialized_origin():
            raise DOMException("The file system is that of another origin", "DataCloneError")
        file_system = file_system_with_the_id(data["root"])
        first, *names = data["path"]
        if first != file_system.name or names != [checked_name(name) for name in names]:
            raise ValueError(f"{data['path']!r} is no path")
        kind: FileSystemHandleKind = "file" if cls._is_for_files() else "directory"
        if data["kind"] != kind:
            raise ValueError(f"{data['kind']!r} is no kind of {cls.__name__}")
        handle: Self = new(cls)
        handle._locator = FileSystemLocator((first, *names), kind, file_system)
        return handle

    @classmethod
    def _is_for_files(cls) -> bool:
        raise NotImplementedError

    @property
    def kind(self) -> FileSystemHandleKind:
        """ "file" or "directory".

        https://fs.spec.whatwg.org/#dom-filesystemhandle-kind
        """
        return self._locator.kind

    @property
    def name(self) -> str:
        """The name in its directory; empty for the root of a bucket file system.

        https://fs.spec.whatwg.org/#dom-filesystemhandle-name
        """
        return self._locator.path[-1]

    def isSameEntry(self, other: FileSystemHandle) -> Promise[bool]:
        """Whether both refer to the same place.

        https://fs.spec.whatwg.org/#dom-filesystemhandle-issameentry
        """
        try:
            locator = to_handle(other)._locator
        except TypeError as error:
            return a_promise_rejected_with(error)
        return a_promise_resolved_with(the_same_locator_as(self._locator, locator))

    def remove(
        self,
        options: FileSystemRemoveOptions | None = None,
        **members: Unpack[FileSystemRemoveOptions],
    ) -> Promise[None]:
        """Remove the entry; see `FileSystemDirectoryHandle.removeEntry`.

        SPEC_NOTES.md#remove
        """
        try:
            given = to_dictionary(FileSystemRemoveOptions, options, members)
        except TypeError as error:
            return a_promise_rejected_with(error)
        locator, recursive = self._locator, bool(given.get("recursive", False))
        return a_promise_resolved_with(
            remove_an_entry(locator.root, locator.path, locator.kind, recursive)
        )

    def move(
        self, destination: FileSystemHandle | str, newEntryName: str | None = None
    ) -> Promise[None]:
        """Give the entry another name, or another place, or both: `move(name)`, `move(directory)`,
        `move(directory, name)`. The handle refers to it there.

        SPEC_NOTES.md#move
        """
        locator = self._locator
        try:
            if not isinstance(destination, FileSystemHandle):
                name = checked_name(destination)
                directory = FileSystemLocator(locator.path[:-1], "directory", locator.root)
            else:
                directory = destination._locator
                if directory.kind != "directory":
                    raise TypeError("Expected a FileSystemDirectoryHandle, not that of a file")
                name = locator.path[-1] if newEntryName is None else checked_name(newEntryName)
        except TypeError as error:
            return a_promise_rejected_with(error)

        async def move() -> None:
            self._locator = await move_an_entry(locator, directory, name)

        return a_promise_resolved_with(move())

    def getUniqueId(self) -> Promise[str]:
        """A UUID that no other entry has.

        SPEC_NOTES.md#get-unique-id
        """
        return a_promise_resolved_with(get_a_unique_id(self._locator))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'/'.join(self._locator.path)!r}>"


def to_handle(value: object) -> FileSystemHandle:
    """TypeError for what is no handle.

    Part of https://webidl.spec.whatwg.org/#js-interface
    """
    if not isinstance(value, FileSystemHandle):
        raise TypeError(f"Expected a FileSystemHandle, not {type(value).__name__}")
    handle: FileSystemHandle = value
    return handle


def is_in_a_bucket_file_system(handle: FileSystemHandle) -> bool:
    """https://fs.spec.whatwg.org/#filesystemhandle-is-in-a-bucket-file-system"""
    return handle._locator.path[0] == ""


def checked_name(name: object) -> str:
    """A name that an entry may have; TypeError for any other.

    Part of https://fs.spec.whatwg.org/#dom-filesystemdirectoryhandle-getfilehandle
    """
    string = to_usv_string(name)
    if not valid_file_name(string):
        raise TypeError(
            f"{string[:300]!r} is no name of a file or directory: that is neither empty, '.' nor "
            "'..', has no separator, and is at most 255 bytes long"
        )
    return string


def serialized_origin() -> str | None:
    """What says that two scopes may refer to the same files; None for all scopes of a server.

    Part of https://fs.spec.whatwg.org/#api-filesystemhandle
    """
    origin = obtain_a_storage_key_for_non_storage_purposes(current_settings_object()).origin
    return None if origin is None else ascii_serialization_of_an_origin(origin)


def file_system_with_the_id(id: str) -> FileSystem:
    """A file system of the current scope. "DataCloneError" if it has no such one.

    Part of https://fs.spec.whatwg.org/#file-system-root
    """
    settings_object = current_settings_object()
    file_system: FileSystem | None = settings_object.host.record(FoldersOfAHost).get(id)
    if id == "bucket":
        proxy_map = obtain_a_local_storage_bottle_map(settings_object, "fileSystem")
        if proxy_map is not None:
            file_system = proxy_map.bottle.record(BucketFileSystem)
    if file_system is None:
        raise DOMException(f"There is no file system {id!r} here", "DataCloneError")
    return file_system
