"""The FileSystemSyncAccessHandle interface: the bytes of a file themselves, at once.

File System Standard, 2.6: https://fs.spec.whatwg.org/#api-filesystemsyncaccesshandle
"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal, TypeAlias, TypedDict, Unpack

from ..host.open_files import OpenFile
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import DOMException, QuotaExceededError
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.type_mapping import BufferSource, to_integer
from .concepts import FileSystemLocator
from .exceptions import exception_for
from .taken_locks import FileInUse, TakenLock

# SPEC_NOTES.md#modes-of-locks
FileSystemSyncAccessHandleMode: TypeAlias = Literal["readwrite", "read-only", "readwrite-unsafe"]


class FileSystemReadWriteOptions(TypedDict, total=False):
    """At the cursor by default.

    https://fs.spec.whatwg.org/#dictdef-filesystemreadwriteoptions
    """

    at: int


class FileSystemSyncAccessHandle:
    """The bytes of a file, which nobody else uses meanwhile. Each operation waits for the disk, and
    is an "InvalidStateError" when the handle is closed.

    https://fs.spec.whatwg.org/#filesystemsyncaccesshandle
    """

    __slots__ = (
        "__weakref__", "_cursor", "_file", "_has_written", "_locator", "_mode", "_use",
    )  # fmt: skip

    __init__ = illegal_constructor

    _cursor: int
    _file: OpenFile
    _has_written: bool
    _locator: FileSystemLocator
    _mode: FileSystemSyncAccessHandleMode
    _use: FileInUse

    @property
    def mode(self) -> FileSystemSyncAccessHandleMode:
        """What others may do with the file meanwhile.

        Part of SPEC_NOTES.md#modes-of-locks
        """
        return self._mode

    def read(
        self,
        buffer: BufferSource,
        options: FileSystemReadWriteOptions | None = None,
        **members: Unpack[FileSystemReadWriteOptions],
    ) -> int:
        """Fill a buffer from the cursor on, or from the position `at`; how many bytes there were.
        The cursor is behind them then.

        https://fs.spec.whatwg.org/#dom-filesystemsyncaccesshandle-read-buffer-filesystemreadwriteoptions-options
        """
        at = position_of(to_dictionary(FileSystemReadWriteOptions, options, members))
        view = bytes_view(buffer, writable=True)
        return self._use.perform(partial(self._read, view, at))

    def _read(self, view: memoryview, at: int | None) -> int:
        read_start = self._cursor if at is None else at
        try:
            file_size = self._file.size()
            if read_start > file_size:
                self._cursor = file_size
                return 0
            result = self._file.read_into(read_start, view)
        except OSError:
            result = 0
        self._cursor = read_start + result
        return result

    def write(
        self,
        buffer: BufferSource,
        options: FileSystemReadWriteOptions | None = None,
        **members: Unpack[FileSystemReadWriteOptions],
    ) -> int:
        """Write bytes at the cursor, or at the position `at`; how many were written. The cursor is
        behind them then. QuotaExceededError if there is no room for them.

        https://fs.spec.whatwg.org/#dom-filesystemsyncaccesshandle-write-buffer-filesystemreadwriteoptions-options
        """
        at = position_of(to_dictionary(FileSystemReadWriteOptions, options, members))
        view = bytes_view(buffer, writable=False)
        return self._use.perform(partial(self._write, view, at))

    def _write(self, view: memoryview, at: int | None) -> int:
        self._check_that_it_may_be_written()
        write_position = self._cursor if at is None else at
        try:
            size = self._file.size()
            self._reserve(write_position + len(view) - size)
            if not view and write_position > size:
                self._file.truncate(write_position)  # zeros that no bytes follow
            bytes_written = self._file.write(write_position, view)
        except Exception as error:
            raise exception_of_a_write(error) from error
        self._has_written = True
        self._cursor = write_position + bytes_written
        return bytes_written

    def truncate(self, newSize: int) -> None:
        """Cut the file, or fill it up with zeros. The cursor is not behind its end then.

        https://fs.spec.whatwg.org/#dom-filesystemsyncaccesshandle-truncate
        """
        new_size = to_integer(newSize, 64, enforce_range=True)
        self._use.perform(partial(self._truncate, new_size))

    def _truncate(self, new_size: int) -> None:
        self._check_that_it_may_be_written()
        try:
            self._reserve(new_size - self._file.size())
            self._file.truncate(new_size)
        except Exception as error:
            raise exception_of_a_write(error) from error
        self._has_written = True
        self._cursor = min(self._cursor, new_size)

    def getSize(self) -> int:
        """How many bytes the file has. "UnknownError" if the disk fails.

        https://fs.spec.whatwg.org/#dom-filesystemsyncaccesshandle-getsize
        """
        try:
            return self._use.perform(self._file.size)
        except OSError as error:
            raise exception_for(error) from error

    def flush(self) -> None:
        """Wait until the disk has what was written.

        https://fs.spec.whatwg.org/#dom-filesystemsyncaccesshandle-flush
        """
        self._use.perform(self._flush)

    def _flush(self) -> None:
        self._check_that_it_may_be_written()
        try:
            self._file.flush()
        except OSError as error:
            raise exception_of_a_write(error) from error

    def close(self) -> None:
        """Let others use the file. Does nothing a second time.

        https://fs.spec.whatwg.org/#dom-filesystemsyncaccesshandle-close
        """
        if not self._use.is_over:
            self._use.end()
            if self._has_written:
                self._locator.root.has_been_written_in_place(self._locator.names)

    def _check_that_it_may_be_written(self) -> None:
        if self._mode == "read-only":
            raise DOMException(
                "The handle was made to read alone: createSyncAccessHandle(mode='readwrite')",
                "NoModificationAllowedError",
            )

    def _reserve(self, size: int) -> None:
        if size > 0:
            self._locator.root.reserve(size, may_wait=True)


def create_a_new_file_system_sync_access_handle(
    locator: FileSystemLocator,
    lock: TakenLock,
    file: OpenFile,
    mode: FileSystemSyncAccessHandleMode,
) -> FileSystemSyncAccessHandle:
    """https://fs.spec.whatwg.org/#create-a-new-filesystemsyncaccesshandle"""
    handle: FileSystemSyncAccessHandle = new(FileSystemSyncAccessHandle)
    handle._cursor = 0
    handle._file = file
    handle._has_written = False
    handle._locator = locator
    handle._mode = mode
    handle._use = FileInUse(partial(let_go, file, lock))
    return handle


def let_go(file: OpenFile, lock: TakenLock) -> None:
    """Close the file, and let others use it.

    Part of https://fs.spec.whatwg.org/#dom-filesystemsyncaccesshandle-close
    """
    file.close()
    lock.release()


def position_of(options: FileSystemReadWriteOptions) -> int | None:
    """The position that is asked for. TypeError for one that no file has.

    Part of https://fs.spec.whatwg.org/#dictdef-filesystemreadwriteoptions
    """
    return to_integer(options["at"], 64, enforce_range=True) if "at" in options else None


def bytes_view(buffer: Any, writable: bool) -> memoryview:
    """The bytes of a buffer, where they are. TypeError for one that is not in one piece, or may not
    be written to.

    Part of https://webidl.spec.whatwg.org/#dfn-buffer-source-type
    """
    try:
        view = memoryview(buffer)
    except ValueError:  # it is detached
        return memoryview(bytearray())
    if not view.contiguous:
        raise TypeError("Expected a buffer in one piece")
    if writable and view.readonly:
        raise TypeError(f"Expected a buffer that can be filled, not {type(buffer).__name__}")
    return view.cast("B") if view.nbytes else memoryview(bytearray())


def exception_of_a_write(error: Exception) -> Exception:
    """What an author gets where bytes could not be written.

    Part of https://fs.spec.whatwg.org/#dom-filesystemsyncaccesshandle-write-buffer-filesystemreadwriteoptions-options
    """
    exception = exception_for(error)
    if isinstance(error, OSError) and not isinstance(exception, QuotaExceededError):
        return DOMException(f"Cannot write to the file: {error.strerror}", "InvalidStateError")
    return exception
