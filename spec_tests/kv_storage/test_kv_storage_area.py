"""KV Storage, 2 to 4: the KVStorageArea class and `kvStorage`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from spec_tests.fakes import FakeClock, running_in, running_worker
from spec_tests.storage.fake_storages import FailingStorage, SlowStorage
from worker_runtime import Blob, KVStorageArea, globalThis, kvStorage
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageBackend, StorageError
from worker_runtime.host.storage.memory import MemoryStorage
from worker_runtime.host.storage.sqlite import SQLiteStorage
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.kv_storage.kv_storage_area import (
    BackingStore,
    delete_the_database,
    get_the_range_for_a_key,
    key_of,
    perform_a_database_operation,
    value_of,
)
from worker_runtime.storage.storage_sheds import StorageShed
from worker_runtime.webidl.exceptions import DOMException, QuotaExceededError

spec = pytest.mark.spec


@pytest.fixture(params=["memory", "sqlite"])
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    storage: StorageBackend = (
        MemoryStorage() if request.param == "memory" else SQLiteStorage(tmp_path / "storage")
    )
    yield Host(clock=FakeClock(), storage=storage)
    storage.close()


@pytest.fixture(autouse=True)
def scope(host: Host) -> Iterator[EnvironmentSettingsObject]:
    with running_in(EnvironmentSettingsObject(host)) as settings_object:
        yield settings_object


async def keys_of(area: KVStorageArea) -> list[Any]:
    return [key async for key in area.keys()]


@spec("https://wicg.github.io/kv-storage/#KVStorageArea")
class TestKVStorageArea:
    async def test_what_was_set_is_got(self) -> None:
        await kvStorage.set("pageLoadCount", 1)
        assert await kvStorage.get("pageLoadCount") == 1
        assert await kvStorage.get("another") is None
        await kvStorage.set("pageLoadCount", 2)
        assert await kvStorage.get("pageLoadCount") == 2

    async def test_the_global_is_the_default_area(self) -> None:
        await kvStorage.set("a", 1)
        assert await KVStorageArea("default").get("a") == 1

    async def test_areas_with_other_names_are_apart(self) -> None:
        names = ["", "a", "a/store/", "b", "\0", "\ud800", "a" * 300]
        for name in names:
            await KVStorageArea(name).set("key", name)
        assert [await KVStorageArea(name).get("key") for name in names] == names
        await KVStorageArea("a").clear()
        assert [await KVStorageArea(name).get("key") for name in names] == [
            name if name != "a" else None for name in names
        ]

    async def test_scopes_of_other_hosts_do_not_see_it(self) -> None:
        await kvStorage.set("a", 1)
        with running_in(EnvironmentSettingsObject(Host())):
            assert await kvStorage.get("a") is None


@spec("https://wicg.github.io/kv-storage/#KVStorageArea-constructor")
class TestConstructor:
    def test_it_needs_a_name(self) -> None:
        with pytest.raises(TypeError):
            KVStorageArea()  # type: ignore[call-arg]
        assert KVStorageArea(12).backingStore.database == "kv-storage:12"  # type: ignore[arg-type]


@spec("https://wicg.github.io/kv-storage/#KVStorageArea-set")
class TestSet:
    @pytest.mark.parametrize(
        "value",
        [
            0, "", False, [1, [2]], {"a": {"b": b"c"}}, {1, 2},
            datetime(2026, 1, 1, tzinfo=timezone.utc), bytearray(b"ab"), {"none": None}, 2**70,
            "\ud800",
        ],
    )  # fmt: skip
    async def test_any_structured_data_is_stored(self, value: object) -> None:
        await kvStorage.set("key", value)
        again = await kvStorage.get("key")
        assert again == value and type(again) is type(value)

    async def test_a_blob_comes_back(self) -> None:
        await kvStorage.set("key", [Blob([b"content"], type="text/plain")])
        [blob] = await kvStorage.get("key")
        assert (await blob.text(), blob.type) == ("content", "text/plain")

    async def test_each_copy_is_a_new_one(self) -> None:
        value = {"list": [1]}
        promise = kvStorage.set("key", value)
        value["list"].append(2)
        await promise
        one, two = await kvStorage.get("key"), await kvStorage.get("key")
        assert one == two == {"list": [1]} and one is not two

    async def test_none_deletes(self) -> None:
        await kvStorage.set("key", 1)
        await kvStorage.set("key", None)
        assert await keys_of(kvStorage) == []

    async def test_what_is_no_structured_data_is_refused(self) -> None:
        await kvStorage.set("key", 1)
        with pytest.raises(DOMException) as caught:
            await kvStorage.set("key", lambda: None)
        assert caught.value.name == "DataCloneError"
        assert await kvStorage.get("key") == 1

    @pytest.mark.parametrize("key", [None, True, {}, [None], float("nan")])
    async def test_an_invalid_key_is_a_data_error(self, key: object) -> None:
        for value in (1, None):
            with pytest.raises(DOMException) as caught:
                await kvStorage.set(key, value)
            assert caught.value.name == "DataError"

    async def test_there_is_a_quota(self, host: Host) -> None:
        host.record(StorageShed).quota = 10_000
        with pytest.raises(QuotaExceededError) as caught:
            await kvStorage.set("key", bytes(20_000))
        assert caught.value.quota == 10_000 and (caught.value.requested or 0) > 20_000
        assert await kvStorage.get("key") is None
        await kvStorage.set("key", bytes(5_000))

    async def test_a_long_value_is_stored(self) -> None:
        value = bytes(range(256)) * 8192
        await kvStorage.set("key", value)
        assert await kvStorage.get("key") == value


@spec("https://wicg.github.io/kv-storage/#KVStorageArea-get")
class TestGet:
    async def test_an_invalid_key_is_a_data_error(self) -> None:
        with pytest.raises(DOMException, match="DataError"):
            await kvStorage.get({})

    async def test_calls_keep_their_order(self) -> None:
        promises = [kvStorage.set("key", 1), kvStorage.get("key"), kvStorage.set("key", 2)]
        assert await promises[1] == 1
        assert await kvStorage.get("key") == 2


@spec("https://wicg.github.io/kv-storage/#dom-kvstoragearea-keys")
@spec("https://wicg.github.io/kv-storage/#KVStorageArea-delete")
class TestDelete:
    async def test_one_entry_goes(self) -> None:
        for key in (1, "1", [1]):
            await kvStorage.set(key, "value")
        await kvStorage.delete("1")
        await kvStorage.delete("missing")
        assert await keys_of(kvStorage) == [1, [1]]
        with pytest.raises(DOMException, match="DataError"):
            await kvStorage.delete(None)


@spec("https://wicg.github.io/kv-storage/#KVStorageArea-clear")
class TestClear:
    async def test_all_entries_go(self) -> None:
        area = KVStorageArea("area")
        await area.set("a", 1)
        await kvStorage.set("a", 2)
        await area.clear()
        assert await keys_of(area) == []
        assert await kvStorage.get("a") == 2
        await area.set("b", 1)
        assert await keys_of(area) == ["b"]


@spec("https://wicg.github.io/kv-storage/#KVStorageArea-iteration")
class TestIteration:
    @spec("https://wicg.github.io/kv-storage/#dom-kvstoragearea-entries")
    @spec("https://wicg.github.io/kv-storage/#dom-kvstoragearea-values")
    async def test_it_has_the_order_of_the_keys(self) -> None:
        in_order = [-1, 0.5, 2, 10, datetime(2026, 1, 1, tzinfo=timezone.utc), "a", "b", b"a", [1]]
        for key in reversed(in_order):
            await kvStorage.set(key, repr(key))
        pairs = [(key, repr(key)) for key in in_order]
        assert [pair async for pair in kvStorage] == pairs
        assert [pair async for pair in kvStorage.entries()] == pairs
        assert await keys_of(kvStorage) == in_order
        assert [value async for value in kvStorage.values()] == [repr(key) for key in in_order]

    async def test_it_survives_changes(self) -> None:
        for key in (10, 20, 30):
            await kvStorage.set(key, f"value {key}")
        seen = []
        async for key in kvStorage.keys():
            if key == 20:
                await kvStorage.set(15, "value 15")
                await kvStorage.delete(20)
                await kvStorage.set(25, "value 25")
            seen.append(key)
        assert seen == [10, 20, 25, 30]

    async def test_its_end_stays(self) -> None:
        keys = kvStorage.keys()
        with pytest.raises(StopAsyncIteration):
            await keys.__anext__()
        await kvStorage.set(1, 1)
        with pytest.raises(StopAsyncIteration):
            await keys.__anext__()

    async def test_it_may_be_left(self) -> None:
        await kvStorage.set(1, 1)
        keys = kvStorage.keys()
        assert await keys.return_("x") == "x"
        with pytest.raises(StopAsyncIteration):
            await keys.__anext__()


@spec("https://wicg.github.io/kv-storage/#KVStorageArea-backingstore")
@spec("https://wicg.github.io/kv-storage/#backingstoreobject")
class TestBackingStore:
    def test_it_names_what_indexed_database_would_have(self) -> None:
        area = KVStorageArea("cats")
        database, store, version = area.backingStore
        assert (database, store, version) == ("kv-storage:cats", "store", 1)
        assert area.backingStore is area.backingStore
        assert kvStorage.backingStore == BackingStore("kv-storage:default")
        with pytest.raises(AttributeError):
            area.backingStore.version = 2  # type: ignore[misc]


@spec("https://wicg.github.io/kv-storage/#deleting-the-database")
class TestDeleteTheDatabase:
    async def test_nothing_of_it_is_left(self, host: Host) -> None:
        await kvStorage.set("a", 1)
        await delete_the_database(kvStorage)
        assert host.storage.scan() == []


@spec("https://wicg.github.io/kv-storage/#performing-a-database-operation")
class TestPerformADatabaseOperation:
    async def test_an_opaque_origin_has_no_storage(self) -> None:
        with running_in(EnvironmentSettingsObject(Host(profile="browser"))):
            for promise in (kvStorage.set(1, 1), kvStorage.get(1), kvStorage.clear()):
                with pytest.raises(TypeError, match="opaque"):
                    await promise

    async def test_a_failing_storage_is_an_unknown_error(self) -> None:
        storage = FailingStorage(lambda: StorageError("read-only"))
        with running_in(EnvironmentSettingsObject(Host(storage=storage))):
            await kvStorage.set("a", 1)
            storage.fails = True
            for promise in (kvStorage.set("a", 2), kvStorage.delete("a")):
                with pytest.raises(DOMException, match="read-only") as caught:
                    await promise
                assert caught.value.name == "UnknownError"
            assert await kvStorage.get("a") == 1

    async def test_a_slow_storage_is_waited_for(self) -> None:
        storage = SlowStorage()
        with running_in(EnvironmentSettingsObject(Host(storage=storage))):
            writing, reading = kvStorage.set("a", 1), kvStorage.get("a")
            assert repr(writing) == repr(reading) == "<Promise pending>"
            storage.goes_on.set()
            assert await reading == 1

    async def test_the_steps_get_the_place_of_the_area(self) -> None:
        await perform_a_database_operation(
            KVStorageArea("x"), "readwrite", lambda store, prefix: store.put(prefix + b"k", b"v")
        )
        assert await perform_a_database_operation(
            KVStorageArea("x"), "readonly", lambda store, prefix: store.scan(prefix)
        ) == [(b"0000000c/kv-storage:x/store/k", b"v")]


@spec("https://wicg.github.io/kv-storage/#get-the-range-for-a-key")
class TestGetTheRangeForAKey:
    def test_it_begins_behind_the_key(self) -> None:
        assert get_the_range_for_a_key(None) == b""
        assert key_of(1) < get_the_range_for_a_key(key_of(1)) < key_of(1.0000001)


@spec("https://wicg.github.io/kv-storage/#KVStorageArea-get")
class TestKeyOf:
    def test_it_is_checked_and_converted(self) -> None:
        assert key_of("") == b"\x30\0\0"
        with pytest.raises(DOMException, match="dict cannot be a key"):
            key_of({})


@spec("https://wicg.github.io/kv-storage/#KVStorageArea-get")
class TestValueOf:
    def test_what_is_not_there_is_none(self) -> None:
        assert value_of(None) is None

    def test_bytes_that_are_no_value_are_refused(self) -> None:
        with pytest.raises(DOMException, match="DataCloneError"):
            value_of(b"nonsense")


@spec("https://wicg.github.io/kv-storage/#dom-windoworworkerglobalscope-kvstorage")
class TestGlobal:
    async def test_a_worker_has_it(self) -> None:
        with running_worker():
            assert globalThis.kvStorage is kvStorage
