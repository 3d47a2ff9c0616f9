"""Storage Standard, 4.3: all that a user agent stores, and how scopes get at it."""

from __future__ import annotations

import pytest

from worker_runtime.host.host import Host
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.storage.storage_bottles import Entries, StorageProxyMap
from worker_runtime.storage.storage_sheds import (
    StorageShed,
    obtain_a_local_storage_bottle_map,
    obtain_a_local_storage_shelf,
    obtain_a_storage_bottle_map,
    obtain_a_storage_shelf,
)
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import origin

spec = pytest.mark.spec


def scope(host: Host, url: str | None) -> EnvironmentSettingsObject:
    return EnvironmentSettingsObject(host, origin=origin(url_parser(url)) if url else None)


@spec("https://storage.spec.whatwg.org/#user-agent-storage-shed")
class TestStorageShed:
    def test_each_host_has_its_own(self) -> None:
        one, other = Host(), Host()
        assert one.record(StorageShed) is one.record(StorageShed)
        assert one.record(StorageShed) is not other.record(StorageShed)

    def test_its_quota_is_that_of_each_shelf(self) -> None:
        host = Host(profile="browser")
        shed = host.record(StorageShed)
        before = obtain_a_local_storage_shelf(scope(host, "https://a.example/"))
        shed.quota = 100
        after = obtain_a_local_storage_shelf(scope(host, "https://b.example/"))
        assert before is not None and after is not None
        assert before.bucket_map["default"].meter.quota == 100
        assert after.bucket_map["default"].meter.quota == 100

    async def test_what_belongs_to_no_storage_key_has_its_place(self) -> None:
        host = Host()
        bottle = host.record(StorageShed).bottle_of_the_host(b"kv/")
        assert bottle is host.record(StorageShed).bottle_of_the_host(b"kv/")
        host.record(StorageShed).quota = 0
        await StorageProxyMap(bottle).write(lambda entries: entries.put(b"a", b"1"))
        assert host.storage.get(b"kv/a") == b"1"


@spec("https://storage.spec.whatwg.org/#obtain-a-storage-shelf")
class TestObtainAStorageShelf:
    def test_an_origin_has_one(self) -> None:
        host = Host(profile="browser")
        shed = host.record(StorageShed)
        urls = ("https://a.example/1", "https://a.example/2", "https://b.example/")
        one, two, three = (obtain_a_storage_shelf(shed, scope(host, url), "local") for url in urls)
        assert one is two is not three

    def test_an_opaque_origin_has_none(self) -> None:
        host = Host(profile="browser")
        assert obtain_a_storage_shelf(host.record(StorageShed), scope(host, None), "local") is None


@spec("https://storage.spec.whatwg.org/#obtain-a-local-storage-shelf")
class TestObtainALocalStorageShelf:
    def test_it_stands_in_the_shed_of_the_host(self) -> None:
        host = Host()
        shelf = obtain_a_local_storage_shelf(scope(host, None))
        assert list(host.record(StorageShed).shelves.values()) == [shelf]


@spec("https://storage.spec.whatwg.org/#obtain-a-storage-bottle-map")
class TestObtainAStorageBottleMap:
    def test_scopes_of_one_key_share_a_bottle(self) -> None:
        host = Host(profile="browser")
        scopes = [scope(host, f"https://a.example/{n}") for n in range(2)]
        one, two = (obtain_a_storage_bottle_map("local", each, "caches") for each in scopes)
        other = obtain_a_storage_bottle_map("local", scopes[0], "indexedDB")
        assert one is not None and two is not None and other is not None
        assert one.bottle is two.bottle is not other.bottle
        assert obtain_a_storage_bottle_map("local", scope(host, None), "caches") is None


@spec("https://storage.spec.whatwg.org/#obtain-a-local-storage-bottle-map")
class TestObtainALocalStorageBottleMap:
    async def test_scopes_of_other_keys_do_not_see_it(self) -> None:
        host = Host(profile="browser")
        one, same, other = (
            obtain_a_local_storage_bottle_map(scope(host, f"https://{name}.example/"), "indexedDB")
            for name in "aab"
        )
        assert one is not None and same is not None and other is not None
        await one.write(lambda entries: entries.put(b"key", b"value"))
        assert await same.read(Entries.scan) == [(b"key", b"value")]
        assert await other.read(Entries.scan) == []
        assert host.storage.scan() == [(b"origin/https://a.example\0indexedDB/key", b"value")]

    def test_an_opaque_origin_has_none(self) -> None:
        host = Host(profile="browser")
        assert obtain_a_local_storage_bottle_map(scope(host, None), "caches") is None
