"""Storage in a file of SQLite, which several processes may share.

What a process has written is there for the next one even if it was killed. If the whole machine
loses power, the last moments may be missing, but never the half of a transaction.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

from ..clock import Clock, SystemClock
from .backend import StorageError, StorageFull, bounds

if TYPE_CHECKING:
    import sqlite3

VERSION = 1  # of the tables
SECONDS_TO_WAIT = 5.0  # for another process that writes
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, value BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS leases (name BLOB PRIMARY KEY, owner BLOB NOT NULL, expires REAL NOT NULL)",
    f"PRAGMA user_version = {VERSION}",
)


class SQLiteStorage:
    """A StorageBackend that lasts."""

    __slots__ = ("_clock", "_connection", "_depth", "_error", "_lock", "_path")

    def __init__(self, path: str | os.PathLike[str], clock: Clock | None = None) -> None:
        """Open the file, and make it if there is none, in a folder that is there."""
        try:
            import sqlite3
        except ImportError:
            raise StorageError(
                "This Python was built without the module sqlite3, so nothing can be stored in a file. "
                "Storage in memory works without it: leave out the storage folder"
            ) from None
        self._clock = clock or SystemClock()
        self._path = os.fspath(path)
        self._error = sqlite3.Error
        self._lock = RLock()
        self._depth = 0  # of transactions within one another
        self._connection: sqlite3.Connection | None = None
        try:
            self._connection = sqlite3.connect(
                self._path,
                timeout=SECONDS_TO_WAIT,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=64,
            )
            self._prepare()
        except (sqlite3.Error, StorageError) as error:
            self.close()
            raise StorageError(f"Cannot open the storage {self._path!r}: {error}") from error

    def _prepare(self) -> None:
        for pragma in (
            "journal_mode = WAL",
            "synchronous = NORMAL",
            f"journal_size_limit = {16 * 2**20}",
        ):
            self._execute(f"PRAGMA {pragma}")
        with self.transaction():
            [(version,)], _ = self._execute("PRAGMA user_version")
            if version > VERSION:
                raise StorageError(
                    f"its tables are of version {version}, and this program knows those up to {VERSION}"
                )
            if version < VERSION:
                for statement in SCHEMA:
                    self._execute(statement)

    def _execute(
        self, statement: str, parameters: Sequence[object] | Mapping[str, object] = ()
    ) -> tuple[list[Any], int]:
        """The rows that a statement finds, and the number of those that it changes."""
        with self._lock:
            if self._connection is None:
                raise StorageError("The storage is closed")
            # SQLite undoes all of it when a disk is full
            if self._depth and not self._connection.in_transaction:
                raise StorageError(
                    f"The storage {self._path!r} failed in this transaction, which is undone"
                )
            try:
                cursor = self._connection.execute(statement, parameters)
                return cursor.fetchall(), cursor.rowcount
            except self._error as error:
                failure = (
                    StorageFull
                    if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL"
                    else StorageError
                )
                raise failure(f"The storage {self._path!r} failed: {error}") from error

    def get(self, key: bytes) -> bytes | None:
        rows, _ = self._execute("SELECT value FROM entries WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    def put(self, key: bytes, value: bytes) -> None:
        self._execute("INSERT OR REPLACE INTO entries VALUES (?, ?)", (key, value))

    def delete(self, key: bytes) -> bool:
        _, count = self._execute("DELETE FROM entries WHERE key = ?", (key,))
        return count > 0

    def delete_prefix(self, prefix: bytes) -> None:
        condition, parameters = _condition(*bounds(prefix))
        self._execute(f"DELETE FROM entries WHERE {condition}", parameters)

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

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            level = self._depth
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

    def lease(self, name: bytes, owner: bytes, duration: float) -> bool:
        now = self._clock.wall()
        _, count = self._execute(
            "INSERT INTO leases VALUES (:name, :owner, :expires) ON CONFLICT (name) DO UPDATE "
            "SET owner = excluded.owner, expires = excluded.expires WHERE owner = excluded.owner OR expires <= :now",
            {"name": name, "owner": owner, "expires": now + duration, "now": now},
        )
        return count > 0

    def release(self, name: bytes, owner: bytes) -> None:
        self._execute("DELETE FROM leases WHERE name = ? AND owner = ?", (name, owner))

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def _condition(lower: bytes, upper: bytes | None) -> tuple[str, tuple[bytes, ...]]:
    """Keys from one on and before another, in SQL."""
    return ("key >= ?", (lower,)) if upper is None else ("key >= ? AND key < ?", (lower, upper))
