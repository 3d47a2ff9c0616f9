"""Storage Standard, 8: `navigator.storage`."""

from __future__ import annotations

import pytest

from spec_tests.fakes import Worker, running_worker
from spec_tests.storage.fake_storages import FailingStorage
from worker_runtime import StorageManager, navigator
from worker_runtime.host.host import Host
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.storage.storage_bottles import Entries
from worker_runtime.storage.storage_manager import (
    StorageEstimate,
    create_a_storage_manager,
    is_persistent,
    nothing_can_be_stored,
)
from worker_runtime.storage.storage_sheds import StorageShed, obtain_a_local_storage_bottle_map
from worker_runtime.webidl.exceptions import QuotaExceededError

spec = pytest.mark.spec


async def put(worker: Worker, key: bytes, value: bytes) -> None:
    map = obtain_a_local_storage_bottle_map(worker.settings_object, "caches")
    assert map is not None
    await map.write(lambda entries: entries.put(key, value))


@spec("https://storage.spec.whatwg.org/#dictdef-storageestimate")
class TestStorageEstimate:
    def test_it_has_names(self) -> None:
        assert StorageEstimate(1, 2)._asdict() == {"usage": 1, "quota": 2}


@spec("https://storage.spec.whatwg.org/#storagemanager")
class TestStorageManager:
    def test_it_cannot_be_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            StorageManager()

    async def test_what_is_stored_persists_when_it_was_asked_for(self) -> None:
        with running_worker():
            assert await navigator.storage.persisted() is False
            assert await navigator.storage.persist() is True
            assert await navigator.storage.persisted() is True
            assert await navigator.storage.persist() is True

    async def test_a_failing_storage_does_not_persist(self) -> None:
        storage = FailingStorage()
        manager = create_a_storage_manager(EnvironmentSettingsObject(Host(storage=storage)))
        storage.fails = True
        assert await manager.persist() is False
        storage.close()
        assert await manager.persisted() is False
        with pytest.raises(TypeError, match="closed"):
            await manager.estimate()

    async def test_the_estimate_rises_and_falls(self) -> None:
        with running_worker() as worker:
            before = await navigator.storage.estimate()
            assert (before.usage, before.quota) == (0, 10 * 2**30)
            await put(worker, b"a", bytes(1000))
            assert (await navigator.storage.estimate()).usage == 1000 + len("cache/a")
            await put(worker, b"a", b"")
            assert (await navigator.storage.estimate()).usage == len("cache/a")

    async def test_there_is_a_quota(self) -> None:
        with running_worker() as worker:
            worker.host.record(StorageShed).quota = 1000
            assert (await navigator.storage.estimate()).quota == 1000
            with pytest.raises(QuotaExceededError) as caught:
                await put(worker, b"a", bytes(1000))
            assert (caught.value.quota, caught.value.requested) == (1000, 1007)
            map = obtain_a_local_storage_bottle_map(worker.settings_object, "caches")
            assert map is not None and await map.read(Entries.scan) == []

    async def test_an_opaque_origin_has_no_storage(self) -> None:
        manager = create_a_storage_manager(EnvironmentSettingsObject(Host(profile="browser")))
        for promise in (manager.persisted(), manager.persist(), manager.estimate()):
            with pytest.raises(TypeError, match="opaque"):
                await promise


@spec("https://storage.spec.whatwg.org/#dom-navigatorstorage-storage")
class TestCreateAStorageManager:
    def test_each_scope_has_one(self) -> None:
        with running_worker():
            one = navigator.storage
            assert navigator.storage is one
        with running_worker():
            assert navigator.storage is not one


@spec("https://storage.spec.whatwg.org/#dom-storagemanager-persisted")
class TestIsPersistent:
    def test_one_mode_is(self) -> None:
        assert (is_persistent("persistent"), is_persistent("best-effort")) == (True, False)


@spec("https://storage.spec.whatwg.org/#obtain-a-local-storage-shelf")
class TestNothingCanBeStored:
    def test_it_says_why(self) -> None:
        assert "opaque" in str(nothing_can_be_stored())
