"""The File interface: a Blob with a name.

File API, 4: https://w3c.github.io/FileAPI/#file-section
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Unpack

from ..html.settings_objects import current_settings_object
from ..webidl.dictionaries import to_dictionary
from ..webidl.interfaces import missing_attribute
from ..webidl.type_mapping import to_integer, to_usv_string
from .blob import Blob, BlobPart, BlobPropertyBag
from .snapshot_state import BytesOfAFile, SnapshotState

# What other frameworks call the parts of one that was uploaded.
OTHER_NAMES = {
    **dict.fromkeys(("content_type", "mimetype"), "file.type"),
    **dict.fromkeys(("read", "getvalue"), "await file.bytes(), or file.stream()"),
    "filename": "file.name",
}


class FilePropertyBag(BlobPropertyBag, total=False):
    """Last modified now, by default.

    https://w3c.github.io/FileAPI/#dfn-FilePropertyBag
    """

    lastModified: int


class File(Blob):
    """A Blob with a name and the time when it was last changed.

    https://w3c.github.io/FileAPI/#dfn-file
    """

    __slots__ = ("_last_modified", "_name")

    def __init__(
        self,
        fileBits: Iterable[BlobPart],
        fileName: str,
        options: FilePropertyBag | File | None = None,
        **members: Unpack[FilePropertyBag],
    ) -> None:
        """The time is in milliseconds since 1970-01-01T00:00:00Z, and now if it is not given.

        https://w3c.github.io/FileAPI/#dom-file-file
        """
        if fileBits is None:
            raise TypeError("Expected a list of parts, not None")
        members = to_dictionary(FilePropertyBag, options, members)
        self._initialize(fileBits, members)
        self._name = to_usv_string(fileName)
        if "lastModified" in members:
            self._last_modified = to_integer(members["lastModified"], 64, signed=True)
        else:
            self._last_modified = int(current_settings_object().host.clock.wall() * 1000)

    # A serializable object: https://w3c.github.io/FileAPI/#file-section

    def _serialization_steps(self, for_storage: bool) -> dict[str, object]:
        return {
            **super()._serialization_steps(for_storage),
            "name": self._name,
            "lastModified": self._last_modified,
        }

    @classmethod
    def _deserialization_steps(cls, data: dict[str, Any]) -> File:
        return create(Blob._deserialization_steps(data), data["name"], data["lastModified"])

    @property
    def name(self) -> str:
        """https://w3c.github.io/FileAPI/#dfn-name"""
        return self._name

    @property
    def lastModified(self) -> int:
        """Milliseconds since 1970-01-01T00:00:00Z.

        https://w3c.github.io/FileAPI/#dfn-lastModified
        """
        return self._last_modified

    if not TYPE_CHECKING:  # which would take any name for an attribute that is there

        def __getattr__(self, name):
            raise missing_attribute(self, name, OTHER_NAMES)


def create(
    blob: Blob, name: str, last_modified: int | None = None, type: str | None = None
) -> File:
    """A File with the bytes of a Blob. Its type is not normalized, and that of the Blob if none is
    given: how other standards make one.

    Part of https://w3c.github.io/FileAPI/#file-section
    """
    file = File([blob], name)
    if last_modified is not None:
        file._last_modified = last_modified
    file._type = blob.type if type is None else type
    return file


def create_for_a_file(
    file: SnapshotState, size: int, name: str, last_modified: int, type: str
) -> File:
    """A File whose bytes lie in a file, where they are read when somebody wants them.

    Part of https://w3c.github.io/FileAPI/#snapshot-state
    """
    result = File([], name)
    if size:
        result._parts = [BytesOfAFile(file, 0, size)]
        result._size = size
    result._last_modified = last_modified
    result._type = type
    return result
