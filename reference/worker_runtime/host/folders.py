"""Folders: a real folder, out of which no name and no link leads.

An operation gets the names that lead from the folder to an entry. Each directory on the way is
opened in the one before it, by a descriptor, and no symbolic link is followed, so what another
process does meanwhile may make an operation fail, but lets it happen nowhere else.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, TypeAlias

from .open_files import O_BINARY, DescriptorFile, OpenFile

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

EntryKind: TypeAlias = Literal["file", "directory", "other"]
Names: TypeAlias = "tuple[str, ...]"

FILE_FLAGS = sum(
    getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC")
)
# To pass through a directory, where the system knows how, needs no permission to list it.
WAY_FLAGS = sum(
    getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_DIRECTORY", "O_CLOEXEC", "O_PATH")
)
SWAP_NAME = re.compile(r"\.[0-9a-f]{32}\.swap")
"""What the files are called whose bytes are to take the place of others."""
SECONDS_OF_A_SWAP_FILE = 60.0
"""How old one is at least that is taken for left over, if nobody has it open."""


class FolderEntry(NamedTuple):
    """What is there under a name; "other" is a symbolic link, a device, a socket or the like."""

    kind: EntryKind
    size: int
    modified: float
    """In seconds since 1970."""
    state: object
    """As `OpenFile.state` says."""


class Replacement(Protocol):
    """A file that is to take the place of another one."""

    file: OpenFile

    def commit(self) -> None:
        """Let it take that place, when the disk has its bytes."""

    def discard(self) -> None:
        """Remove it, unless it has taken that place."""


class Folder(Protocol):
    """A folder and what is in it. Every operation may wait for a disk, and may raise OSError; any
    thread may use it.
    """

    def look(self, names: Names) -> FolderEntry | None:
        """What is there; None if nothing is."""

    def children(self, names: Names) -> list[tuple[str, EntryKind]]:
        """What is in a directory."""

    def make_file(self, names: Names) -> None:
        """Make an empty file where nothing is."""

    def make_directory(self, names: Names) -> None:
        """Make an empty directory where nothing is."""

    def open(self, names: Names) -> OpenFile:
        """Open a regular file to be read."""

    def replace(self, names: Names) -> Replacement:
        """An empty file beside another one, with its permissions."""

    def remove(self, names: Names, recursive: bool) -> None:
        """Remove a file or a directory, which is empty unless this is recursive."""

    def move(self, names: Names, new_names: Names) -> None:
        """Give an entry another place, or a file that of another file."""


def folder_at(path: str | os.PathLike[str]) -> Folder:
    """The folder at a path, whatever that leads through. OSError if there is none."""
    if fcntl is not None and os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW"):
        return DescriptorFolder(path)
    from .windows_folders import PathFolder

    return PathFolder(Path(path))


def check_names(names: Sequence[str], may_be_none: bool = True) -> None:
    """OSError for a name that would lead elsewhere, or is that of a file of ours."""
    if not names and not may_be_none:
        raise OSError(errno.EISDIR, "It is the folder itself")
    for name in names:
        if name in ("", ".", "..") or "/" in name or "\0" in name or SWAP_NAME.fullmatch(name):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), name)


def kind_of(mode: int) -> EntryKind:
    """What an entry with this mode is."""
    if stat.S_ISREG(mode):
        return "file"
    return "directory" if stat.S_ISDIR(mode) else "other"


def entry_of(status: os.stat_result) -> FolderEntry:
    """An entry with this status."""
    return FolderEntry(
        kind_of(status.st_mode),
        status.st_size,
        status.st_mtime,
        (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns),
    )


def is_visible(name: str) -> bool:
    """Whether a name is one that others see: it is text, and no file of ours."""
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes that are no UTF-8
        return False
    return not SWAP_NAME.fullmatch(name)


class DescriptorFolder:
    """A folder by its descriptor: it stays the same one wherever it is moved."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """The path is that of a folder; its own links are followed."""
        self._root = -1
        self._root = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._tidied: set[tuple[int, int]] = set()  # directories without what is left over

    def __del__(self) -> None:
        if self._root >= 0:
            os.close(self._root)
            self._root = -1

    @contextmanager
    def _directory(self, names: Names) -> Iterator[int]:
        """The descriptor of a directory, while it is used."""
        check_names(names)
        descriptor = self._root
        try:
            for name in names:
                following = os.open(name, WAY_FLAGS, dir_fd=descriptor)
                if descriptor != self._root:
                    os.close(descriptor)
                descriptor = following
            yield descriptor
        finally:
            if descriptor != self._root:
                os.close(descriptor)

    def look(self, names: Names) -> FolderEntry | None:
        try:
            if not names:
                return entry_of(os.fstat(self._root))
            check_names(names[-1:])
            with self._directory(names[:-1]) as parent:
                return entry_of(os.stat(names[-1], dir_fd=parent, follow_symlinks=False))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            if error.errno == errno.ELOOP:  # a link is on the way
                return None
            raise

    def children(self, names: Names) -> list[tuple[str, EntryKind]]:
        # A descriptor of its own each time: a listing has a position.
        with self._directory(names) as directory:
            descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=directory)
        try:
            with os.scandir(descriptor) as entries:
                return [
                    (each.name, kind_of_child(each)) for each in entries if is_visible(each.name)
                ]
        finally:
            os.close(descriptor)

    def make_file(self, names: Names) -> None:
        check_names(names, may_be_none=False)
        with self._directory(names[:-1]) as parent:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | FILE_FLAGS
            os.close(os.open(names[-1], flags, 0o666, dir_fd=parent))

    def make_directory(self, names: Names) -> None:
        check_names(names, may_be_none=False)
        with self._directory(names[:-1]) as parent:
            os.mkdir(names[-1], dir_fd=parent)

    def open(self, names: Names) -> OpenFile:
        check_names(names, may_be_none=False)
        with self._directory(names[:-1]) as parent:
            # To open a device may do something, so it is looked at before.
            if not stat.S_ISREG(os.stat(names[-1], dir_fd=parent, follow_symlinks=False).st_mode):
                raise OSError(errno.EISDIR, "It is no regular file", names[-1])
            file = DescriptorFile(os.open(names[-1], os.O_RDONLY | FILE_FLAGS, dir_fd=parent))
        if not stat.S_ISREG(os.fstat(file.descriptor).st_mode):
            file.close()
            raise OSError(errno.EISDIR, "It is no regular file", names[-1])
        return file

    def replace(self, names: Names) -> Replacement:
        check_names(names, may_be_none=False)
        with self._directory(names[:-1]) as parent:
            status = os.stat(names[-1], dir_fd=parent, follow_symlinks=False)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EISDIR, "It is no regular file", names[-1])
            self._remove_what_is_left_over(parent)
            return SwapFile(parent, names[-1], status)

    def _remove_what_is_left_over(self, directory: int) -> None:
        """Remove the swap files of dead processes, once for each directory."""
        status = os.fstat(directory)
        if (status.st_dev, status.st_ino) in self._tidied:
            return
        self._tidied.add((status.st_dev, status.st_ino))
        with suppress(OSError):  # a folder that may not be read can still be written
            descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=directory)
            try:
                for name in os.listdir(descriptor):
                    if SWAP_NAME.fullmatch(name):
                        remove_if_left_over(name, descriptor)
            finally:
                os.close(descriptor)

    def remove(self, names: Names, recursive: bool) -> None:
        check_names(names)
        if not names:
            raise OSError(errno.EPERM, "The folder itself stays")
        with self._directory(names[:-1]) as parent:
            kind = kind_of(os.stat(names[-1], dir_fd=parent, follow_symlinks=False).st_mode)
            if kind == "file":
                os.unlink(names[-1], dir_fd=parent)
            elif kind == "other":
                raise OSError(errno.EISDIR, "It is neither a file nor a directory", names[-1])
            elif recursive:
                shutil.rmtree(names[-1], dir_fd=parent)  # which follows no link either
            else:
                os.rmdir(names[-1], dir_fd=parent)

    def move(self, names: Names, new_names: Names) -> None:
        check_names(names, may_be_none=False)
        check_names(new_names, may_be_none=False)
        with self._directory(names[:-1]) as parent, self._directory(new_names[:-1]) as new_parent:
            os.rename(names[-1], new_names[-1], src_dir_fd=parent, dst_dir_fd=new_parent)


def kind_of_child(entry: os.DirEntry[str]) -> EntryKind:
    """What an entry of a listing is."""
    if entry.is_file(follow_symlinks=False):
        return "file"
    return "directory" if entry.is_dir(follow_symlinks=False) else "other"


def remove_if_left_over(name: str, directory: int) -> None:
    """Remove a swap file that is old and that nobody has open. OSError if that cannot be said."""
    with suppress(FileNotFoundError):
        descriptor = os.open(name, os.O_RDONLY | FILE_FLAGS, dir_fd=directory)
        try:
            status = os.fstat(descriptor)
            is_old = time.time() - status.st_mtime > SECONDS_OF_A_SWAP_FILE
            if stat.S_ISREG(status.st_mode) and is_old:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(name, dir_fd=directory)
        finally:
            os.close(descriptor)


class SwapFile:
    """A file in the directory of the one that it is to replace."""

    def __init__(self, parent: int, name: str, status: os.stat_result) -> None:
        self._is_over = False
        self._name = name
        self._parent = os.dup(parent)
        self._swap_name = f".{secrets.token_hex(16)}.swap"
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | FILE_FLAGS | O_BINARY
            descriptor = os.open(self._swap_name, flags, 0o600, dir_fd=self._parent)
        except BaseException:
            os.close(self._parent)
            raise
        self.file: OpenFile = DescriptorFile(descriptor)
        with suppress(OSError):  # whose file system may know no locks, and no owners
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with suppress(OSError):
            if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(descriptor, status.st_uid, status.st_gid)
        with suppress(OSError):
            os.fchmod(descriptor, status.st_mode & 0o777)

    def commit(self) -> None:
        self.file.flush()
        os.rename(self._swap_name, self._name, src_dir_fd=self._parent, dst_dir_fd=self._parent)
        self._end()

    def discard(self) -> None:
        if not self._is_over:
            with suppress(OSError):
                os.unlink(self._swap_name, dir_fd=self._parent)
            self._end()

    def _end(self) -> None:
        self._is_over = True
        self.file.close()
        os.close(self._parent)
