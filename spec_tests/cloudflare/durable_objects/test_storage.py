"""SPEC_NOTES.md, "Storage"."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.harness import objects
from worker_runtime import DOMException
from worker_runtime.cloudflare.durable_objects.storage import behind_prefix
from worker_runtime.testing import in_virtual_time

spec = pytest.mark.spec


def with_storage(test: Callable[[Any], Any]) -> Any:
    """Run a test, which is given a storage, within an object."""

    async def run(self: object) -> None:
        async def operation(it: Any) -> None:
            await test(it.ctx.storage)

        async with objects(test=operation) as (_, stub):
            await stub.run("test")

    wrapped = in_virtual_time(run)
    wrapped.__name__ = test.__name__
    del wrapped.__wrapped__  # type: ignore[attr-defined]
    return wrapped


@spec("SPEC_NOTES.md#storage-get")
@spec("SPEC_NOTES.md#storage-put")
@spec("SPEC_NOTES.md#storage-delete")
@spec("SPEC_NOTES.md#storage-entries")
class TestEntries:
    @with_storage
    async def test_values_come_back_as_they_were(storage: Any) -> None:
        values = [None, True, 1, -(2**70), 1.5, "é😀", b"\0", [1, [2]], {"a": {"b": 1}}, {1, 2},
                  datetime(2026, 1, 1, tzinfo=UTC)]  # fmt: skip
        for value in values:
            await storage.put("key", value)
            assert await storage.get("key") == value

    @with_storage
    async def test_what_is_missing_is_none_or_left_out(storage: Any) -> None:
        await storage.put({"b": 2, "a": 1, "": 0})
        assert await storage.get("c") is None
        assert list((await storage.get(["b", "c", "", "a"])).items()) == [
            ("", 0),
            ("a", 1),
            ("b", 2),
        ]

    @with_storage
    async def test_a_value_is_copied_at_the_call(storage: Any) -> None:
        value = [1]
        storage.put("x", value)
        value.append(2)
        assert await storage.get("x") == [1]

    @with_storage
    async def test_deleting_says_what_was_there(storage: Any) -> None:
        storage.put({"a": 1, "b": 2})
        assert await storage.delete("a") is True
        assert await storage.delete("a") is False
        assert await storage.delete(["a", "b", "c"]) == 1

    @with_storage
    async def test_what_cannot_be_cloned_is_refused_and_nothing_is_written(storage: Any) -> None:
        with pytest.raises(DOMException) as raised:
            await storage.put({"a": 1, "b": lambda: None})
        assert raised.value.name == "DataCloneError"
        assert await storage.list() == {}

    @with_storage
    async def test_a_call_without_a_value_is_refused(storage: Any) -> None:
        with pytest.raises(TypeError, match="undefined"):
            await storage.put("a")

    @with_storage
    async def test_limits(storage: Any) -> None:
        with pytest.raises(
            ValueError,
            match="Keys cannot be larger than 2048 bytes. A key of size 2049 was provided.",
        ):
            await storage.put("é" * 1024 + "x", 1)
        await storage.put("é" * 1024, 1)
        with pytest.raises(ValueError, match="Values cannot be larger"):
            await storage.put("x", b"x" * (2 * 2**20))


@spec("SPEC_NOTES.md#storage-list")
class TestList:
    @pytest.mark.parametrize(
        "options, keys",
        [
            ({}, "a aa ab b c"), ({"prefix": "a"}, "a aa ab"), ({"start": "aa"}, "aa ab b c"),
            ({"startAfter": "aa"}, "ab b c"), ({"end": "b"}, "a aa ab"), ({"limit": 2}, "a aa"),
            ({"reverse": True}, "c b ab aa a"), ({"reverse": True, "limit": 1}, "c"),
            ({"start": "aa", "end": "b", "reverse": True}, "ab aa"),
            ({"start": "b", "end": "a"}, ""), ({"prefix": "a", "start": "b"}, ""),
            ({"prefix": "a", "startAfter": "aa", "limit": 5}, "ab"),
            ({"prefix": ""}, "a aa ab b c"), ({"start": ""}, "a aa ab b c"), ({"prefix": "zz"}, ""),
        ],
    )  # fmt: skip
    def test_what_is_asked_for(self, options: dict[str, Any], keys: str) -> None:
        async def read(it: Any) -> list[str]:
            for key in ("ab", "a", "c", "aa", "b"):
                it.ctx.storage.put(key, key)
            assert await it.ctx.storage.list(options) == await it.ctx.storage.list(**options)
            return list(await it.ctx.storage.list(options))

        @in_virtual_time
        async def test() -> None:
            async with objects(read=read) as (_, stub):
                assert await stub.run("read") == keys.split()

        test()

    @with_storage
    async def test_the_order_is_that_of_utf_8(storage: Any) -> None:
        storage.put({"\U0001f600": 1, "\ufffd": 2})
        assert list(await storage.list()) == ["\ufffd", "\U0001f600"]

    @with_storage
    async def test_what_contradicts_itself_is_refused(storage: Any) -> None:
        with pytest.raises(TypeError, match="both start and startAfter"):
            await storage.list(start="a", startAfter="b")
        for limit in (0, -1):
            with pytest.raises(TypeError, match="List limit must be positive."):
                await storage.list(limit=limit)

    def test_what_is_behind_a_prefix(self) -> None:
        assert behind_prefix("a\U0010ffff") == "b" and behind_prefix("\U0010ffff") is None
        assert behind_prefix("\ud7ff") == "\ue000"


@spec("SPEC_NOTES.md#storage-transaction")
@spec("SPEC_NOTES.md#durable-object-transaction")
@spec("SPEC_NOTES.md#transaction-rollback")
class TestTransaction:
    @with_storage
    async def test_what_it_returns_is_returned_and_what_it_writes_stays(storage: Any) -> None:
        async def closure(txn: Any) -> str:
            await txn.put("a", 1)
            storage.put("b", 2)  # in it as well
            return "value"

        assert await storage.transaction(closure) == "value"
        assert await storage.list() == {"a": 1, "b": 2}

    @with_storage
    async def test_what_it_raises_undoes_it_alone(storage: Any) -> None:
        storage.put("before", 0)

        async def closure(txn: Any) -> None:
            await txn.put("a", 1)
            storage.setAlarm(2e12)
            await asyncio.sleep(0)
            raise KeyError("x")

        with pytest.raises(KeyError):
            await storage.transaction(closure)
        assert await storage.list() == {"before": 0}
        assert await storage.getAlarm() is None

    @with_storage
    async def test_a_rollback_undoes_it_and_the_closure_goes_on(storage: Any) -> None:
        async def closure(txn: Any) -> str:
            txn.put("a", 1)
            txn.rollback()
            with pytest.raises(RuntimeError, match=r"Cannot put\(\) on rolled back transaction"):
                await txn.put("b", 2)
            return "value"

        assert await storage.transaction(closure) == "value"
        assert await storage.list() == {}

    @with_storage
    async def test_they_nest(storage: Any) -> None:
        async def outer(txn: Any) -> None:
            txn.put("outer", 1)

            async def inner(inner_txn: Any) -> None:
                inner_txn.put("inner", 2)
                with pytest.raises(RuntimeError, match="Cannot roll back an outer transaction"):
                    txn.rollback()
                raise KeyError("x")

            with pytest.raises(KeyError):
                await storage.transaction(inner)

        await storage.transaction(outer)
        assert await storage.list() == {"outer": 1}

    @with_storage
    async def test_it_is_of_no_use_afterwards(storage: Any) -> None:
        kept = []
        await storage.transaction(lambda txn: kept.append(txn))
        with pytest.raises(RuntimeError, match=r"Cannot call get\(\) on transaction that has"):
            await kept[0].get("x")

    @with_storage
    async def test_delete_all_is_not_for_transactions(storage: Any) -> None:
        with pytest.raises(RuntimeError, match="within a transaction"):
            await storage.transaction(lambda txn: storage.deleteAll())


@spec("SPEC_NOTES.md#storage-transaction-sync")
class TestTransactionSync:
    @with_storage
    async def test_a_function_is_all_or_nothing(storage: Any) -> None:
        def closure() -> None:
            storage.kv.put("a", 1)
            storage.transactionSync(lambda: storage.kv.put("b", 2))
            raise KeyError("x")

        with pytest.raises(KeyError):
            storage.transactionSync(closure)
        assert await storage.list() == {}
        assert storage.transactionSync(lambda: storage.kv.put("a", 1)) is None
        assert await storage.list() == {"a": 1}


@spec("SPEC_NOTES.md#storage-delete-all")
@spec("SPEC_NOTES.md#storage-sync")
@spec("SPEC_NOTES.md#durable-object-storage")
@spec("SPEC_NOTES.md#storage-sql")
class TestDurableObjectStorage:
    @with_storage
    async def test_delete_all_leaves_nothing(storage: Any) -> None:
        storage.put("a", 1)
        storage.setAlarm(2e12)
        storage.sql.exec(
            "CREATE TABLE t (x); CREATE VIEW v AS SELECT * FROM t; INSERT INTO t VALUES (1)"
        )
        await storage.deleteAll()
        assert await storage.list() == {} and await storage.getAlarm() is None
        assert (
            storage.sql.exec("SELECT name FROM sqlite_master WHERE name IN ('t', 'v')").toArray()
            == []
        )

    @with_storage
    async def test_sync_waits_for_the_commit(storage: Any) -> None:
        storage.put("a", 1, allowUnconfirmed=True)
        assert storage._container.output_gate.pending is not None
        await storage.sync()
        assert storage._container.output_gate.pending is None


@spec("SPEC_NOTES.md#storage-get-current-bookmark")
@spec("SPEC_NOTES.md#storage-get-bookmark-for-time")
@spec("SPEC_NOTES.md#storage-on-next-session-restore-bookmark")
@spec("SPEC_NOTES.md#transaction-delete-all")
class TestBookmarks:
    @with_storage
    async def test_they_grow_and_lead_nowhere(storage: Any) -> None:
        bookmarks = [await storage.getCurrentBookmark() for _ in range(20)]
        assert bookmarks == sorted(set(bookmarks))
        assert bookmarks[16] == f"{0:08x}-00000010-{0:08x}-{0:032x}"
        for leading in (storage.getBookmarkForTime(0), storage.onNextSessionRestoreBookmark("x")):
            with pytest.raises(RuntimeError, match="does not implement point-in-time recovery"):
                await leading

    @with_storage
    async def test_a_transaction_deletes_not_all(storage: Any) -> None:
        async def closure(txn: Any) -> None:
            await txn.deleteAll()

        with pytest.raises(RuntimeError, match=r"Cannot call deleteAll\(\) within a transaction"):
            await storage.transaction(closure)


@spec("SPEC_NOTES.md#storage-kv")
@spec("SPEC_NOTES.md#sync-kv-storage")
@spec("SPEC_NOTES.md#sync-kv-get")
@spec("SPEC_NOTES.md#sync-kv-put")
@spec("SPEC_NOTES.md#sync-kv-delete")
@spec("SPEC_NOTES.md#sync-kv-list")
class TestSyncKvStorage:
    @with_storage
    async def test_it_is_the_same_map(storage: Any) -> None:
        storage.kv.put("a", [1])
        assert storage.kv.get("a") == [1] == await storage.get("a")
        assert storage.kv.delete("a") is True and storage.kv.delete("a") is False
        assert storage.kv.get("a") is None

    @with_storage
    async def test_a_second_list_ends_the_first(storage: Any) -> None:
        storage.put({"a": 1, "b": 2})
        first = storage.kv.list()
        assert next(first) == ("a", 1)
        assert dict(storage.kv.list(prefix="b")) == {"b": 2}
        with pytest.raises(RuntimeError, match="invalidated"):
            next(first)


@spec("SPEC_NOTES.md#storage-set-alarm")
@spec("SPEC_NOTES.md#storage-get-alarm")
@spec("SPEC_NOTES.md#storage-delete-alarm")
class TestAlarm:
    @with_storage
    async def test_there_is_one(storage: Any) -> None:
        assert await storage.getAlarm() is None
        storage.setAlarm(2e12)
        storage.setAlarm(datetime(2040, 1, 1, tzinfo=UTC))
        assert await storage.getAlarm() == datetime(2040, 1, 1, tzinfo=UTC).timestamp() * 1000
        storage.deleteAlarm()
        assert await storage.getAlarm() is None

    @with_storage
    async def test_what_has_passed_is_now(storage: Any) -> None:
        await storage.setAlarm(1)
        assert await storage.getAlarm() == datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000
        storage.deleteAlarm()

    @with_storage
    async def test_no_time_is_refused(storage: Any) -> None:
        for time in (0, -1, float("nan")):
            with pytest.raises(TypeError, match="alarm time <= 0"):
                await storage.setAlarm(time)
        with pytest.raises(TypeError, match=r"in milliseconds .*: write 1767225610 \* 1000"):
            await storage.setAlarm(1767225610.5)
