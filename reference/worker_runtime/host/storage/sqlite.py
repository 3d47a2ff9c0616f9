"""Storage in a file of SQLite, which several processes may share.

What a process has written is there for the next one even if it was killed. If the whole machine
loses power, the last moments may be missing, but never the half of a transaction.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock, Thread
from typing import TYPE_CHECKING, Any

from ..clock import Clock, SystemClock
from .backend import StorageBusy, StorageError, StorageFull, bounds
from .contents import FolderOfContents

if TYPE_CHECKING:
    import sqlite3

VERSION = 1  # of the tables
FILE_NAME = "storage.sqlite"
SUFFIX_OF_FILES = ".files"
SECONDS_TO_WAIT = 5.0  # for another process that writes
BYTES_BETWEEN_CHECKPOINTS = 4 * 2**20  # as SQLite has it: 1,000 pages
BYTES_OF_A_CHANGE = 3 * 4096  # of the pages that it changes, beside the value
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, value BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS leases "
    "(name BLOB PRIMARY KEY, owner BLOB NOT NULL, expires REAL NOT NULL)",
    f"PRAGMA user_version = {VERSION}",
)
SELECT_VALUE = "SELECT value FROM entries WHERE key = ?"
KINDS_OF_FAILURE = {
    "SQLITE_FULL": StorageFull, "SQLITE_BUSY": StorageBusy, "SQLITE_BUSY_SNAPSHOT": StorageBusy,
}  # fmt: skip


class SQLiteStorage:
    """A StorageBackend that lasts."""

    __slots__ = (
        "_bytes_since_checkpoint", "_checkpoint", "_clock", "_connection", "_depth", "_error",
        "_file", "_impatient", "_is_closed", "_lock", "_path", "_patience", "contents",
    )  # fmt: skip

    def __init__(
        self,
        path: str | os.PathLike[str],
        clock: Clock | None = None,
        patience: float = SECONDS_TO_WAIT,
        contents: FolderOfContents | None = None,
    ) -> None:
        """Open the file, and make it if there is none, in a folder that is there. Nobody else may
        read a new file. The contents of files are in a folder beside it, with the same name but for
        "files" at its end, unless they are given.

        `patience` is how many seconds an operation waits for another process that writes. Without
        patience the file is not brought up to date either: a thread does that now and then.
        """
        try:
            import sqlite3
        except ImportError:
            raise StorageError(
                "This Python was built without the module sqlite3, so nothing can be stored in a "
                "file. Storage in memory works without it: leave out the storage folder"
            ) from None
        self._clock = clock or SystemClock()
        self._path = os.fspath(path)
        self._patience = patience
        self.contents = contents or FolderOfContents(Path(self._path).with_suffix(SUFFIX_OF_FILES))
        self._error = sqlite3.Error
        self._lock = RLock()
        self._depth = 0  # of transactions within one another
        self._is_closed = False
        self._connection: sqlite3.Connection | None = None  # None: closed, or not to be opened
        self._file: tuple[int, int] | None = None  # device and number of the file that is open
        self._impatient: SQLiteStorage | None = None
        self._bytes_since_checkpoint = 0
        self._checkpoint: Thread | None = None
        try:
            self._open()
        except (OSError, sqlite3.Error, StorageError) as error:
            self.close()
            raise StorageError(f"Cannot open the storage {self._path!r}: {error}") from error

    def _open(self) -> None:
        import sqlite3

        with suppress(FileExistsError):
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL, 0o600))
        self._connection = sqlite3.connect(
            self._path,
            timeout=SECONDS_TO_WAIT,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=64,
        )
        self._file = file_identity(self._path)
        for pragma in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            f"journal_size_limit = {16 * 2**20}",
        ):
            self._execute(f"PRAGMA {pragma}")
        [(version,)], _ = self._execute("PRAGMA user_version")
        if version > VERSION:
            raise StorageError(
                f"its tables are of version {version}, and this program knows those up to {VERSION}"
            )
        if version < VERSION:
            with self.transaction():
                for statement in SCHEMA:
                    self._execute(statement)
        if not self._patience:
            self._execute("PRAGMA wal_autocheckpoint = 0")
        self._execute(f"PRAGMA busy_timeout = {round(self._patience * 1000)}")

    def _execute(
        self, statement: str, parameters: Sequence[object] | Mapping[str, object] = ()
    ) -> tuple[list[Any], int]:
        """The rows that a statement finds, and the number of those that it changes."""
        with self._lock:
            if self._connection is None:
                raise StorageError(
                    "The storage is closed"
                    if self._is_closed
                    else f"The storage {self._path!r} was deleted"
                )
            # SQLite undoes all of it when a disk is full
            if self._depth and not self._connection.in_transaction:
                raise StorageError(
                    f"The storage {self._path!r} failed in this transaction, which is undone"
                )
            try:
                cursor = self._connection.execute(statement, parameters)
                return cursor.fetchall(), cursor.rowcount
            except self._error as error:
                failure = KINDS_OF_FAILURE.get(getattr(error, "sqlite_errorname", ""), StorageError)
                raise failure(f"The storage {self._path!r} failed: {error}") from error

    def _write(self, statement: str, parameters: Sequence[object] | Mapping[str, object]) -> int:
        """The number of rows that a statement changes."""
        with self._lock:
            if not self._depth:
                self._check_the_file()
            return self._execute(statement, parameters)[1]

    def get(self, key: bytes) -> bytes | None:
        # OPTIMIZATION: `_execute` does the same, and knows what to do where this fails.
        with self._lock:
            if self._connection is not None and not self._depth:
                try:
                    row = self._connection.execute(SELECT_VALUE, (key,)).fetchone()
                except self._error:
                    pass
                else:
                    return None if row is None else row[0]
        rows, _ = self._execute(SELECT_VALUE, (key,))
        return rows[0][0] if rows else None

    def put(self, key: bytes, value: bytes) -> None:
        self._write("INSERT OR REPLACE INTO entries VALUES (?, ?)", (key, value))
        self._bytes_since_checkpoint += len(value) + BYTES_OF_A_CHANGE

    def delete(self, key: bytes) -> bool:
        return self._write("DELETE FROM entries WHERE key = ?", (key,)) > 0

    def delete_prefix(self, prefix: bytes) -> None:
        condition, parameters = _condition(*bounds(prefix))
        self._write(f"DELETE FROM entries WHERE {condition}", parameters)

    def scan(
        self,
        prefix: bytes = b"",
        *,
        start: bytes = b"",
        end: bytes | None = None,
        limit: int | None = None,
        reverse: bool = False,
    ) -> list[tuple[bytes, bytes]]:
        condition, parameters = _condition(*bounds(prefix, start, end))
        order = "DESC" if reverse else "ASC"
        rows, _ = self._execute(
            f"SELECT key, value FROM entries WHERE {condition} ORDER BY key {order} LIMIT ?",
            (*parameters, -1 if limit is None else limit),
        )
        return rows

    def size(self, prefix: bytes = b"") -> int:
        condition, parameters = _condition(*bounds(prefix))
        [(size,)], _ = self._execute(
            f"SELECT IFNULL(SUM(LENGTH(key) + LENGTH(value)), 0) FROM entries WHERE {condition}",
            parameters,
        )
        return int(size)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            level = self._depth
            if level == 0:
                self._check_the_file()
            self._execute(f"SAVEPOINT level_{level}" if level else "BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
                self._execute(f"RELEASE level_{level}" if level else "COMMIT")
            except BaseException:
                if self._connection is not None and self._connection.in_transaction:
                    self._execute(f"ROLLBACK TO level_{level}" if level else "ROLLBACK")
                raise
            finally:
                self._depth = level
            if self._bytes_since_checkpoint > BYTES_BETWEEN_CHECKPOINTS and not level:
                self._begin_a_checkpoint()

    def _check_the_file(self) -> None:
        """What is written to a file that has been deleted or replaced would be lost, so nothing is.
        The next operation uses the file that has its place then.
        """
        was_open = self._connection is not None
        if self._is_closed or (was_open and file_identity(self._path) == self._file):
            return
        if self._connection is not None:
            self._connection.close()
            self._connection = self._file = None
        try:
            self._open()
        except (OSError, self._error, StorageError) as error:
            raise StorageError(
                f"The storage {self._path!r} was deleted, and cannot be made anew: {error}"
            ) from error
        if was_open:
            raise StorageError(f"The storage {self._path!r} was deleted or replaced by another one")

    def _begin_a_checkpoint(self) -> None:
        """Bring the file up to date, in a thread: that waits for the disk."""
        self._bytes_since_checkpoint = 0
        if self._patience or (self._checkpoint is not None and self._checkpoint.is_alive()):
            return
        self._checkpoint = Thread(target=_checkpoint, args=(self._path,), name="checkpoint")
        self._checkpoint.start()

    def lease(self, name: bytes, owner: bytes, duration: float) -> bool:
        now = self._clock.wall()
        count = self._write(
            "INSERT INTO leases VALUES (:name, :owner, :expires) ON CONFLICT (name) DO UPDATE SET "
            "owner = excluded.owner, expires = excluded.expires "
            "WHERE owner = excluded.owner OR expires <= :now",
            {"name": name, "owner": owner, "expires": now + duration, "now": now},
        )
        return count > 0

    def release(self, name: bytes, owner: bytes) -> None:
        self._write("DELETE FROM leases WHERE name = ? AND owner = ?", (name, owner))

    def impatient(self) -> SQLiteStorage:
        if not self._patience:
            return self
        with self._lock:
            if self._is_closed:
                raise StorageError("The storage is closed")
            if self._impatient is None:
                self._impatient = SQLiteStorage(self._path, self._clock, 0.0, self.contents)
            return self._impatient

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            if self._impatient is not None:
                self._impatient.close()
            if self._patience:
                self.contents.close()
            if self._checkpoint is not None:
                self._checkpoint.join()
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def storage_in(folder: Path, clock: Clock | None = None) -> SQLiteStorage:
    """The storage in a folder, which is made if it is not there; nobody else may look into it.
    StorageError if that cannot be.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"Cannot make the folder {str(folder)!r}: {error}") from error
    return SQLiteStorage(folder / FILE_NAME, clock)


def file_identity(path: str) -> tuple[int, int] | None:
    """What tells a file from another one that takes its name; None if there is no file."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _checkpoint(path: str) -> None:
    import sqlite3

    with suppress(sqlite3.Error):  # what could not be done now is done the next time
        # not to make the file if it was deleted
        connection = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=rw", uri=True)
        try:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            connection.close()


def _condition(lower: bytes, upper: bytes | None) -> tuple[str, tuple[bytes, ...]]:
    """Keys from one on and before another, in SQL."""
    return ("key >= ?", (lower,)) if upper is None else ("key >= ? AND key < ?", (lower, upper))
