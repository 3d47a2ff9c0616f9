"""SPEC_NOTES.md, "Storage": SQL."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.test_storage import with_storage

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#sql-exec")
@spec("SPEC_NOTES.md#sql-storage")
@spec("SPEC_NOTES.md#sql-database-size")
class TestExec:
    @with_storage
    async def test_the_last_statement_takes_the_bindings_and_gives_the_rows(storage: Any) -> None:
        sql = storage.sql
        cursor = sql.exec(
            "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x;y'), (2, 'z'); "
            "SELECT * FROM t WHERE a > ?",
            1,
        )
        assert cursor.toArray() == [{"a": 2, "b": "z"}]
        assert sql.databaseSize > 0

    @pytest.mark.parametrize("word", ["BEGIN", "commit", "SAVEPOINT x", "ROLLBACK;"])
    def test_transactions_are_not_for_statements(self, word: str) -> None:
        @with_storage
        async def test(storage: Any) -> None:
            with pytest.raises(RuntimeError, match=r"transactionSync\(\)"):
                storage.sql.exec(word)

        test(self)

    @pytest.mark.parametrize(
        "query, message",
        [
            ("SELECT * FROM _cf_KV", "prohibited|not authorized"),
            ("CREATE TABLE _CF_x (a)", "not authorized"),
            ("DROP TABLE _cf_METADATA", "not authorized|prohibited"),
            ("ATTACH ':memory:' AS x", "not authorized|too many"),
            ("CREATE TEMP TABLE t (a)", "not authorized"),
            ("CREATE VIRTUAL TABLE t USING csv(x)", "not authorized"),
            ("SELECT sqlite_version()", "not authorized"),
            ("PRAGMA journal_mode = DELETE", "not authorized"),
            ("PRAGMA writable_schema = ON", "not authorized"),
            ("SELECT 1; COMMIT; SELECT 2", "not authorized"),
            ("SELECT * FROM nowhere", "no such table: nowhere: SQLITE_ERROR"),
            ("SELECT ?", "Wrong number of parameter bindings for SQL query."),
        ],
    )
    def test_what_is_out_of_reach(self, query: str, message: str) -> None:
        @with_storage
        async def test(storage: Any) -> None:
            with pytest.raises(RuntimeError, match=message):
                storage.sql.exec(query)
            storage.put("a", 1)
            assert await storage.get("a") == 1

        test(self)

    @with_storage
    async def test_it_is_in_the_transaction_of_the_turn(storage: Any) -> None:
        storage.sql.exec("CREATE TABLE t (a)")

        async def closure(txn: Any) -> None:
            storage.sql.exec("INSERT INTO t VALUES (1)")
            raise KeyError("x")

        with pytest.raises(KeyError):
            await storage.transaction(closure)
        assert storage.sql.exec("SELECT count(*) AS n FROM t").one() == {"n": 0}


@spec("SPEC_NOTES.md#sql-storage-cursor")
@spec("SPEC_NOTES.md#sql-cursor-column-names")
@spec("SPEC_NOTES.md#sql-cursor-next")
@spec("SPEC_NOTES.md#sql-cursor-to-array")
@spec("SPEC_NOTES.md#sql-cursor-one")
@spec("SPEC_NOTES.md#sql-cursor-raw")
@spec("SPEC_NOTES.md#sql-cursor-rows-read")
@spec("SPEC_NOTES.md#sql-cursor-rows-written")
class TestSqlStorageCursor:
    @with_storage
    async def test_rows_are_delivered_once(storage: Any) -> None:
        cursor = storage.sql.exec("VALUES (1), (2), (3)")
        assert cursor.columnNames == ["column1"]
        assert cursor.next() == (False, {"column1": 1}) and cursor.rowsRead == 1
        assert [*cursor.raw()] == [[2], [3]] and cursor.rowsRead == 3
        assert cursor.next() == (True, None) and cursor.toArray() == []

    @with_storage
    async def test_columns_of_one_name_stay_in_raw_rows(storage: Any) -> None:
        query = "SELECT 1 AS a, 2 AS a"
        assert storage.sql.exec(query).toArray() == [{"a": 2}]
        assert [*storage.sql.exec(query).raw()] == [[1, 2]]

    @with_storage
    async def test_one_is_exactly_one(storage: Any) -> None:
        assert storage.sql.exec("SELECT 5 AS n").one() == {"n": 5}
        with pytest.raises(RuntimeError, match="got no results"):
            storage.sql.exec("SELECT 1 WHERE 0").one()
        with pytest.raises(RuntimeError, match="got multiple results"):
            storage.sql.exec("VALUES (1), (2)").one()

    @with_storage
    async def test_rows_that_were_written_are_counted(storage: Any) -> None:
        storage.sql.exec("CREATE TABLE t (a)")
        assert storage.sql.exec("INSERT INTO t VALUES (1), (2)").rowsWritten == 2


@spec("SPEC_NOTES.md#to-sql")
class TestToSQL:
    @with_storage
    async def test_values_go_both_ways(storage: Any) -> None:
        for value, back in (
            (None, None),
            (True, 1),
            (7, 7),
            (2**60, 2**60),
            (1.5, 1.5),
            ("é", "é"),
            (bytearray(b"x"), b"x"),
        ):
            assert storage.sql.exec("SELECT ? AS v", value).one()["v"] == back

    @with_storage
    async def test_others_are_refused(storage: Any) -> None:
        with pytest.raises(TypeError, match="not list"):
            storage.sql.exec("SELECT ?", [1])
