"""Folders where the system opens no file in a directory that is open, as on Windows.

Each directory on the way is looked at before it is used, and what was opened is looked at again.
Between the two, somebody who may write to the folder can put a link there: a file that was opened
through it is not used, but one may have been made or removed. Nobody can do that by names alone.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from .folders import EntryKind, FolderEntry, Names, check_names, entry_of, is_visible, kind_of_child
from .open_files import O_BINARY, DescriptorFile, OpenFile

REPARSE_POINT = 0x400  # an attribute of symbolic links, junctions and the like
DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]) *(?:[.:].*)?",
    re.IGNORECASE | re.DOTALL,
)
FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]|[ .]\Z')


def check_windows_names(names: Sequence[str]) -> None:
    """OSError for a name that Windows takes for a device, a stream, a drive or another name."""
    check_names(names)
    for name in names:
        if DEVICE.fullmatch(name) or FORBIDDEN.search(name):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), name)


def is_a_link(status: os.stat_result) -> bool:
    """Whether something leads elsewhere."""
    return bool(
        stat.S_ISLNK(status.st_mode) or getattr(status, "st_file_attributes", 0) & REPARSE_POINT
    )


class PathFolder:
    """A folder by its path."""

    def __init__(self, path: Path) -> None:
        """OSError if there is none."""
        self._root = Path(os.path.realpath(path, strict=True))
        if not self._root.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))

    def _path(self, names: Names) -> Path:
        """The path of an entry, when no directory on the way is a link."""
        check_windows_names(names)
        path = self._root
        for name in names[:-1]:
            path /= name
            status = os.lstat(path)
            if is_a_link(status) or not stat.S_ISDIR(status.st_mode):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), name)
        return path / names[-1] if names else path

    def look(self, names: Names) -> FolderEntry | None:
        try:
            status = os.lstat(self._path(names))
        except (FileNotFoundError, NotADirectoryError):
            return None
        entry = entry_of(status)
        return entry._replace(kind="other") if is_a_link(status) else entry

    def children(self, names: Names) -> list[tuple[str, EntryKind]]:
        path = self._path(names)
        if self._kind(names) != "directory":
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), names[-1])
        with os.scandir(path) as entries:
            return [
                (
                    each.name,
                    "other" if is_a_link(each.stat(follow_symlinks=False)) else kind_of_child(each),
                )
                for each in entries
                if is_visible(each.name)
            ]

    def _kind(self, names: Names) -> EntryKind | None:
        entry = self.look(names)
        return None if entry is None else entry.kind

    def make_file(self, names: Names) -> None:
        check_names(names, may_be_none=False)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | O_BINARY
        os.close(os.open(self._path(names), flags, 0o666))

    def make_directory(self, names: Names) -> None:
        os.mkdir(self._path(names))

    def open(self, names: Names) -> OpenFile:
        path = self._path(names)
        entry = self.look(names)
        if entry is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), names[-1])
        if entry.kind != "file":
            raise OSError(errno.EISDIR, "It is no regular file", names[-1])
        file = DescriptorFile(os.open(path, os.O_RDONLY | O_BINARY))
        status = os.fstat(file.descriptor)
        if entry_of(status).state != entry.state or self._leads_out(path):
            file.close()
            raise FileNotFoundError(errno.ENOENT, "It is another file now", names[-1])
        return file

    def _leads_out(self, path: Path) -> bool:
        return not Path(os.path.realpath(path)).is_relative_to(self._root)

    def replace(self, names: Names) -> PathSwapFile:
        path = self._path(names)
        entry = self.look(names)
        if entry is None or entry.kind != "file":
            raise OSError(errno.EISDIR, "It is no regular file", names[-1])
        return PathSwapFile(self, names, path)

    def remove(self, names: Names, recursive: bool) -> None:
        if not names:
            raise OSError(errno.EPERM, "The folder itself stays")
        path, kind = self._path(names), self._kind(names)
        if kind == "other":
            raise OSError(errno.EISDIR, "It is neither a file nor a directory", names[-1])
        if kind != "directory":
            os.unlink(path)
        elif recursive:
            shutil.rmtree(path)
        else:
            os.rmdir(path)

    def move(self, names: Names, new_names: Names) -> None:
        check_names(names, may_be_none=False)
        check_names(new_names, may_be_none=False)
        os.replace(self._path(names), self._path(new_names))


class PathSwapFile:
    """A file in the directory of the one that it is to replace."""

    def __init__(self, folder: PathFolder, names: Names, path: Path) -> None:
        self._folder = folder
        self._is_over = False
        self._names = names
        self._swap_path = path.with_name(f".{secrets.token_hex(16)}.swap")
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | O_BINARY
        self.file: OpenFile = DescriptorFile(os.open(self._swap_path, flags, 0o666))

    def commit(self) -> None:
        self.file.flush()
        self.file.close()  # Windows renames no file that is open
        os.replace(self._swap_path, self._folder._path(self._names))
        self._is_over = True

    def discard(self) -> None:
        if not self._is_over:
            self._is_over = True
            self.file.close()
            with suppress(OSError):
                os.unlink(self._swap_path)
