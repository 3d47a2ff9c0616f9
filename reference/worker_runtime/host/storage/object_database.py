"""Object databases: a database of SQLite for each of many objects, of which one opener at a time
has the use.

What is committed is there for the next opener even if this process dies; when it was flushed, too,
even if the machine loses power.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from .backend import StorageError

if TYPE_CHECKING:
    import sqlite3

MEMORY = ":memory:"
SECONDS_TO_WAIT = 1.0  # for another process that has the same object, and may be about to end
SCHEMA = """
CREATE TABLE IF NOT EXISTS _cf_KV (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS _cf_METADATA (key INTEGER PRIMARY KEY, value BLOB);
"""
ALARM, BOOKMARK = 1, 2  # keys of _cf_METADATA
INDEX_SCHEMA = """
CREATE TABLE IF NOT EXISTS _cf_ALARM
(actor_id TEXT PRIMARY KEY, scheduled_time INTEGER, actor_name TEXT) WITHOUT ROWID;
"""
WORDS_THAT_READ = frozenset({"SELECT", "VALUES", "EXPLAIN"})
BYTES_BETWEEN_CHECKPOINTS = 4 * 2**20  # as SQLite has it: 1,000 pages
NANOSECONDS = 1_000_000  # in a millisecond
COMMENTS = re.compile(r"--[^\n]*|/\*.*?(\*/|$)", re.DOTALL)
RESERVED = "_cf_"
VIRTUAL_TABLES = frozenset({"fts5", "fts5vocab", "rtree", "rtree_i32"})
FORBIDDEN_FUNCTIONS = frozenset(
    "sqlite_version sqlite_source_id sqlite_compileoption_used sqlite_compileoption_get "
    "load_extension sqlite_log fts3_tokenizer".split()
)
PRAGMAS = frozenset(
    "data_version page_size case_sensitive_like foreign_keys defer_foreign_keys "
    "ignore_check_constraints legacy_alter_table recursive_triggers reverse_unordered_selects "
    "table_list table_info table_xinfo index_info index_list index_xinfo foreign_key_list "
    "foreign_key_check quick_check optimize".split()
)


class DatabaseFailure(StorageError):
    """What SQLite says of a statement, and its code: "no such table: x: SQLITE_ERROR"."""


class ConstraintFailure(DatabaseFailure):
    """What is in the database may not be there together."""


class Rows(NamedTuple):
    """What statements have given: the names of columns, rows, and how many rows were written."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    written: int


class Alarm(NamedTuple):
    """A row of an index of alarms; its time is in milliseconds since 1970."""

    id: str
    time: float
    name: str | None


class ObjectDatabase:
    """The database of one object. All operations are done at once; each raises DatabaseFailure.

    What is not within `begin` and `commit` is committed by itself.
    """

    def __init__(self, path: str) -> None:
        """Open it; if there is none, its file is made by the first transaction. DatabaseFailure if
        somebody else has it open.
        """
        import sqlite3

        self._codes = sqlite3
        self._connection: sqlite3.Connection
        self._is_guarded = False  # whether the object's own statements run
        self._is_closed = False
        self._checkpoint = Lock()  # held by a thread that makes one
        self._path = path
        self._has_a_file = path != MEMORY and os.path.exists(path)
        self._folder_is_flushed = self._has_a_file
        self._open(path if self._has_a_file else MEMORY)

    def _open(self, path: str) -> None:
        sqlite3 = self._codes
        self._connection = sqlite3.connect(
            path,
            timeout=SECONDS_TO_WAIT,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=64,
        )
        try:
            for pragma in (
                "locking_mode = EXCLUSIVE",
                "journal_mode = WAL",
                # A commit waits for no disk: `flush` does.
                "synchronous = NORMAL",
                "wal_autocheckpoint = 0",
                "foreign_keys = ON",
            ):
                self._run(f"PRAGMA {pragma}")
            self._run("BEGIN IMMEDIATE")  # takes the lock, which stays until the file is closed
            for statement in SCHEMA.strip().splitlines():
                self._run(statement)
            self._run("COMMIT")
        except BaseException:
            self._connection.close()
            raise
        self._connection.set_authorizer(self._authorize)
        for limit, value in (
            (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 100_000),
            (sqlite3.SQLITE_LIMIT_COLUMN, 100),
            (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 100),
            (sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, 5),
            (sqlite3.SQLITE_LIMIT_FUNCTION_ARG, 100),
            (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
            (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50),
            (sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 100),
            (sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 10),
        ):
            self._connection.setlimit(limit, value)

    def _make_the_file(self) -> None:
        empty = self._connection
        try:
            os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            raise DatabaseFailure(
                f"Another process has made {self._path!r} since it was looked for"
            ) from None
        except OSError as error:
            raise DatabaseFailure(f"Cannot make {self._path!r}: {error}") from error
        self._open(self._path)
        self._has_a_file = True
        empty.close()

    @property
    def has_a_file(self) -> bool:
        """Whether there is something to flush."""
        return self._has_a_file

    def flush(self) -> None:
        """Let what is committed stay even if the machine loses power. It may be called in any
        thread, and takes as long as the disk does. OSError if the disk fails.
        """
        log = f"{self._path}-wal"
        flush_a_file(log)
        with self._checkpoint, suppress(FileNotFoundError, self._codes.Error):
            # Where a transaction goes on, it is for the next time.
            if not self._is_closed and os.path.getsize(log) > BYTES_BETWEEN_CHECKPOINTS:
                self._connection.execute("PRAGMA wal_checkpoint").fetchall()
        if not self._folder_is_flushed:
            flush_a_file(os.path.dirname(self._path))
            self._folder_is_flushed = True

    def close(self) -> None:
        """Let go of it; what was not committed is lost, and what was is flushed."""
        with self._checkpoint:
            self._is_closed = True
            self._connection.close()

    # ---- keys and values -------------------------------------------------------------------------

    def get(self, key: str) -> bytes | None:
        """The value of a key, or None."""
        for (value,) in self._run("SELECT value FROM _cf_KV WHERE key = ?", (key,)):
            return bytes(value)
        return None

    def put(self, key: str, value: bytes) -> None:
        """Set the value of a key."""
        self._write("INSERT OR REPLACE INTO _cf_KV VALUES (?, ?)", (key, value))

    def delete(self, key: str) -> bool:
        """Remove a key; whether there was one."""
        return self._write("DELETE FROM _cf_KV WHERE key = ?", (key,)).rowcount > 0

    def scan(
        self, start: str, end: str | None, limit: int | None, reverse: bool
    ) -> list[tuple[str, bytes]]:
        """Keys from `start` on and before `end`, in the order of their UTF-8, and their values; the
        first so many of them, or the last ones in reverse.
        """
        cursor = self._run(
            "SELECT key, value FROM _cf_KV WHERE key >= ? AND (? IS NULL OR key < ?) "
            f"ORDER BY key {'DESC' if reverse else 'ASC'} LIMIT ?",
            (start, end, end, -1 if limit is None else limit),
        )
        return [(key, bytes(value)) for key, value in cursor]

    def delete_all(self) -> None:
        """Remove all keys, all tables and the alarm."""
        self._write("DELETE FROM _cf_KV")
        self._write("DELETE FROM _cf_METADATA")
        things = self._run(
            "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') "
            "AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        ).fetchall()
        for kind, name in things:
            quoted = name.replace('"', '""')
            self._run(f'DROP {kind} IF EXISTS "{quoted}"')

    @property
    def alarm(self) -> float | None:
        """When the alarm of the object rings, in milliseconds since 1970; None if it has none."""
        for (value,) in self._run("SELECT value FROM _cf_METADATA WHERE key = ?", (ALARM,)):
            return int(value) / NANOSECONDS
        return None

    @alarm.setter
    def alarm(self, time: float | None) -> None:
        if time is None:
            self._write("DELETE FROM _cf_METADATA WHERE key = ?", (ALARM,))
        else:
            row = (ALARM, nanoseconds(time))
            self._write("INSERT OR REPLACE INTO _cf_METADATA VALUES (?, ?)", row)

    def next_bookmark(self) -> int:
        """A number that grows with each call, from 0 on."""
        bookmark = -1
        for (value,) in self._run("SELECT value FROM _cf_METADATA WHERE key = ?", (BOOKMARK,)):
            bookmark = int(value)
        self._write("INSERT OR REPLACE INTO _cf_METADATA VALUES (?, ?)", (BOOKMARK, bookmark + 1))
        return bookmark + 1

    # ---- transactions ----------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin a transaction."""
        self._write("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """End it; when this returns, it stays even if the process is killed."""
        self._run("COMMIT")

    def roll_back(self) -> None:
        """Undo it."""
        self._run("ROLLBACK")

    @property
    def is_in_transaction(self) -> bool:
        """Whether one has begun."""
        return self._connection.in_transaction

    def begin_savepoint(self, name: str) -> None:
        """Begin a part of a transaction that can be undone alone."""
        self._write(f"SAVEPOINT {name}")

    def release_savepoint(self, name: str) -> None:
        """End such a part."""
        self._run(f"RELEASE {name}")

    def roll_back_savepoint(self, name: str) -> None:
        """Undo such a part."""
        self._run(f"ROLLBACK TO {name}")
        self._run(f"RELEASE {name}")

    # ---- the object's own statements -------------------------------------------------------------

    def execute(self, script: str, bindings: Sequence[Any]) -> Rows:
        """Run statements, of which the last one takes the bindings and gives the rows."""
        statements = statements_of(script)
        if not any(map(has_a_statement, statements)):
            raise DatabaseFailure("SQL code did not contain a statement.")
        *others, last = statements
        if others or not only_reads(last):
            self._write("SELECT 1")
        before = self._connection.total_changes
        self._is_guarded = True
        try:
            for statement in others:
                self._run(statement).fetchall()
            cursor = self._run(last, bindings)
            columns = [column[0] for column in cursor.description or ()]
            rows = self._fetch_all(cursor)
        finally:
            self._is_guarded = False
        return Rows(columns, rows, self._connection.total_changes - before)

    @property
    def size(self) -> int:
        """Bytes, without the pages that are free."""
        ((pages,),) = self._run("PRAGMA page_count")
        ((free,),) = self._run("PRAGMA freelist_count")
        ((size,),) = self._run("PRAGMA page_size")
        return int((pages - free) * size)

    def _write(self, statement: str, bindings: Sequence[Any] = ()) -> sqlite3.Cursor:
        if not self._has_a_file and self._path != MEMORY:
            self._make_the_file()
        return self._run(statement, bindings)

    def _run(self, statement: str, bindings: Sequence[Any] = ()) -> sqlite3.Cursor:
        try:
            return self._connection.execute(statement, bindings)
        except (self._codes.Error, self._codes.Warning, OverflowError) as error:
            raise failure_of(error) from error

    def _fetch_all(self, cursor: sqlite3.Cursor) -> list[tuple[Any, ...]]:
        try:
            return cursor.fetchall()
        except self._codes.Error as error:
            raise failure_of(error) from error

    def _authorize(
        self,
        action: int,
        first: str | None,
        second: str | None,
        database: str | None,
        by: str | None,
    ) -> int:
        if not self._is_guarded:
            return self._codes.SQLITE_OK
        return (
            self._codes.SQLITE_OK if self._may(action, first, second) else self._codes.SQLITE_DENY
        )

    def _may(self, action: int, first: str | None, second: str | None) -> bool:
        codes = self._codes
        if action in (
            codes.SQLITE_TRANSACTION, codes.SQLITE_SAVEPOINT,
            codes.SQLITE_ATTACH, codes.SQLITE_DETACH,
            codes.SQLITE_CREATE_TEMP_INDEX, codes.SQLITE_CREATE_TEMP_TABLE,
            codes.SQLITE_CREATE_TEMP_TRIGGER, codes.SQLITE_CREATE_TEMP_VIEW,
        ):  # fmt: skip
            return False
        if action == codes.SQLITE_PRAGMA:
            return (first or "").lower() in PRAGMAS
        if action == codes.SQLITE_ANALYZE:  # of all tables, the reserved ones included
            return True
        if action == codes.SQLITE_FUNCTION:
            return (second or "").lower() not in FORBIDDEN_FUNCTIONS
        if action == codes.SQLITE_CREATE_VTABLE and (second or "").lower() not in VIRTUAL_TABLES:
            return False
        return not (first or "").lower().startswith(RESERVED)


class AlarmIndex:
    """The alarms of all objects of a space: never later than the objects themselves have it."""

    def __init__(self, path: str) -> None:
        import sqlite3

        self._path = path
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        if path != MEMORY:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(INDEX_SCHEMA)

    def get(self, id: str) -> float | None:
        """The time of an object's alarm; None if it has none."""
        query = "SELECT scheduled_time FROM _cf_ALARM WHERE actor_id = ?"
        for (time,) in self._connection.execute(query, (id,)):
            return int(time) / NANOSECONDS
        return None

    def put(self, id: str, time: float | None, name: str | None) -> None:
        """Set the alarm of an object; None is none."""
        if time is None:
            self._connection.execute("DELETE FROM _cf_ALARM WHERE actor_id = ?", (id,))
        else:
            row = (id, nanoseconds(time), name)
            self._connection.execute("INSERT OR REPLACE INTO _cf_ALARM VALUES (?, ?, ?)", row)

    def flush(self) -> None:
        """As that of a database."""
        if self._path != MEMORY:
            flush_a_file(f"{self._path}-wal")

    def __iter__(self) -> Iterator[Alarm]:
        rows = self._connection.execute(
            "SELECT * FROM _cf_ALARM ORDER BY scheduled_time"
        ).fetchall()
        return iter([Alarm(id, time / NANOSECONDS, name) for id, time, name in rows])

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()


class ObjectDatabases(Protocol):
    """Where the databases of objects are. A space has the objects of one class."""

    def open(self, space: str, id: str) -> ObjectDatabase:
        """The database of an object."""

    def release(self, space: str, id: str, database: ObjectDatabase) -> None:
        """Let somebody else open it. What was not committed is lost."""

    def alarm_index(self, space: str) -> AlarmIndex:
        """The alarms of a space."""

    def close(self) -> None:
        """Let go of everything."""


class MemoryDatabases:
    """Databases in memory: what was committed lasts as long as this object."""

    def __init__(self) -> None:
        self._databases: dict[tuple[str, str], ObjectDatabase] = {}
        self._indexes: dict[str, AlarmIndex] = {}

    def open(self, space: str, id: str) -> ObjectDatabase:
        """The database of an object."""
        database = self._databases.get((space, id))
        if database is None:
            database = self._databases[space, id] = self._new_database()
        return database

    def release(self, space: str, id: str, database: ObjectDatabase) -> None:
        """What was not committed is lost."""
        if database.is_in_transaction:
            database.roll_back()

    def alarm_index(self, space: str) -> AlarmIndex:
        """The alarms of a space."""
        if space not in self._indexes:
            self._indexes[space] = self._new_index()
        return self._indexes[space]

    def _new_database(self) -> ObjectDatabase:
        return ObjectDatabase(MEMORY)

    def _new_index(self) -> AlarmIndex:
        return AlarmIndex(MEMORY)

    def close(self) -> None:
        """All is forgotten."""
        for database in self._databases.values():
            database.close()
        for index in self._indexes.values():
            index.close()
        self._databases.clear()
        self._indexes.clear()


class FolderOfDatabases:
    """Databases in a folder: `SPACE/ID.sqlite` each, and `SPACE/metadata.sqlite` for the alarms."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: dict[tuple[str, str], ObjectDatabase] = {}
        self._indexes: dict[str, AlarmIndex] = {}

    def open(self, space: str, id: str) -> ObjectDatabase:
        """The database of an object. StorageError if another process has it."""
        path = self._folder / space / f"{id}.sqlite"
        database = self._opened[space, id] = ObjectDatabase(str(path))
        return database

    def release(self, space: str, id: str, database: ObjectDatabase) -> None:
        """Close it."""
        self._opened.pop((space, id), None)
        database.close()

    def alarm_index(self, space: str) -> AlarmIndex:
        """The alarms of a space."""
        if space not in self._indexes:
            self._indexes[space] = AlarmIndex(str(self._folder_of(space) / "metadata.sqlite"))
        return self._indexes[space]

    def close(self) -> None:
        """Close everything."""
        for database in self._opened.values():
            database.close()
        for index in self._indexes.values():
            index.close()
        self._opened.clear()
        self._indexes.clear()

    def _folder_of(self, space: str) -> Path:
        folder = self._folder / space
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"Cannot make the folder {str(folder)!r}: {error}") from error
        return folder


def flush_a_file(path: str) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    with suppress(FileNotFoundError):  # it was closed, and then all is in the database's own file
        file = os.open(path, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def nanoseconds(milliseconds: float) -> int:
    """A time that is whole microseconds: more a float does not have in this century."""
    return round(milliseconds * 1000) * 1000


def failure_of(error: Exception) -> DatabaseFailure:
    """What is raised for an error of SQLite."""
    text, name = str(error), getattr(error, "sqlite_errorname", None)
    if name is None and "bindings" in text:
        return DatabaseFailure("Wrong number of parameter bindings for SQL query.")
    if name is not None and name.startswith("SQLITE_CONSTRAINT_"):
        return ConstraintFailure(f"{text}: SQLITE_CONSTRAINT (extended: {name})")
    return DatabaseFailure(f"{text}: {name or 'SQLITE_ERROR'}")


def only_reads(script: str) -> bool:
    """Whether a script is a single statement that cannot write, as far as its first word tells."""
    word = script.split(maxsplit=1)[0].upper() if script.strip() else ""
    return word in WORDS_THAT_READ and script.rstrip().rstrip(";").find(";") < 0


def has_a_statement(script: str) -> bool:
    """Whether there is something beside comments."""
    return bool(COMMENTS.sub("", script).strip())


def statements_of(script: str) -> list[str]:
    """The statements of a script."""
    import sqlite3

    statements, pending = [], ""
    for part in script.split(";"):
        pending += part
        if sqlite3.complete_statement(pending + ";"):
            if pending.strip():
                statements.append(pending.strip())
            pending = ""
        else:
            pending += ";"
    if pending.strip(" ;\n\t\r"):
        statements.append(pending.rstrip(";").strip())
    return statements
