"""SQL in an object: `ctx.storage.sql.exec(query, *bindings)`.

SPEC_NOTES.md#sql-storage
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ...host.storage.object_database import DatabaseFailure, Rows, only_reads
from ...webidl.interfaces import illegal_constructor, new

if TYPE_CHECKING:
    from .life_cycle import Container

WORDS_OF_TRANSACTIONS = frozenset({"BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"})


class IteratorResult(NamedTuple):
    """What `next()` returns.

    Part of SPEC_NOTES.md#sql-cursor-next
    """

    done: bool
    value: dict[str, Any] | None


class SqlStorage:
    """SPEC_NOTES.md#sql-storage"""

    __slots__ = ("_container",)

    _container: Container

    __init__ = illegal_constructor

    def exec(self, query: str, *bindings: Any) -> SqlStorageCursor:
        """Run statements now; the last one takes the bindings and gives rows. RuntimeError with
        what SQLite says.

        SPEC_NOTES.md#sql-exec
        """
        word = query.lstrip().partition(" ")[0].rstrip(";").upper()
        if word in WORDS_OF_TRANSACTIONS:
            raise RuntimeError(
                "To execute a transaction, please use the state.storage.transaction() or "
                "state.storage.transactionSync() APIs instead of the SQL BEGIN TRANSACTION or "
                "SAVEPOINT statements. The JavaScript API is safer because it will automatically "
                "roll back on exceptions, and because it interacts correctly with Durable Objects' "
                "automatic atomic write coalescing."
            )
        container = self._container
        database = container.database if only_reads(query) else container.begin_a_write(False)
        try:
            rows = database.execute(query, [to_sql(value) for value in bindings])
        except DatabaseFailure as failure:
            raise RuntimeError(str(failure)) from failure
        cursor: SqlStorageCursor = new(SqlStorageCursor)
        cursor._rows, cursor._position = rows, 0
        return cursor

    @property
    def databaseSize(self) -> int:
        """Bytes.

        SPEC_NOTES.md#sql-database-size
        """
        return self._container.database.size


class SqlStorageCursor:
    """SPEC_NOTES.md#sql-storage-cursor"""

    __slots__ = ("_position", "_rows")

    _position: int
    _rows: Rows

    __init__ = illegal_constructor

    @property
    def columnNames(self) -> list[str]:
        """SPEC_NOTES.md#sql-cursor-column-names"""
        return list(self._rows.columns)

    @property
    def rowsRead(self) -> int:
        """How many rows were delivered.

        SPEC_NOTES.md#sql-cursor-rows-read
        """
        return self._position

    @property
    def rowsWritten(self) -> int:
        """SPEC_NOTES.md#sql-cursor-rows-written"""
        return self._rows.written

    def next(self) -> IteratorResult:
        """SPEC_NOTES.md#sql-cursor-next"""
        for row in self:
            return IteratorResult(False, row)
        return IteratorResult(True, None)

    def toArray(self) -> list[dict[str, Any]]:
        """The rows that are left, as dicts.

        SPEC_NOTES.md#sql-cursor-to-array
        """
        return list(self)

    def one(self) -> dict[str, Any]:
        """The only row. RuntimeError if there is none, or several.

        SPEC_NOTES.md#sql-cursor-one
        """
        rows = self.toArray()
        if len(rows) != 1:
            raise RuntimeError(
                "Expected exactly one result from SQL query, but got "
                f"{'multiple' if rows else 'no'} results."
            )
        return rows[0]

    def raw(self) -> Iterator[list[Any]]:
        """The rows that are left, as lists: columns of the same name stay.

        SPEC_NOTES.md#sql-cursor-raw
        """
        while self._position < len(self._rows.rows):
            self._position += 1
            yield list(self._rows.rows[self._position - 1])

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (dict(zip(self._rows.columns, row)) for row in self.raw())


def to_sql(value: object) -> object:
    """A binding. TypeError if SQLite has no such value.

    SPEC_NOTES.md#to-sql
    """
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if value is not None and not isinstance(value, (bool, int, float, str, bytes)):
        raise TypeError(
            f"A binding is None, bool, int, float, str or bytes, not {type(value).__name__}"
        )
    return value
