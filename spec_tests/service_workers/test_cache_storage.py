"""Service Workers, 5.5: the CacheStorage interface."""

from __future__ import annotations

from pathlib import Path

import pytest

from spec_tests.fakes import running_in, running_worker
from spec_tests.service_workers.harness import Site, site_with
from worker_runtime import CacheStorage, DOMException, Response, caches, globalThis
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageBackend
from worker_runtime.host.storage.sqlite import SQLiteStorage
from worker_runtime.html.settings_objects import (
    EnvironmentSettingsObject,
    realm_execution_context,
)
from worker_runtime.service_workers.cache_storage import relevant_name_to_cache_map

spec = pytest.mark.spec

A = "https://a.example/"


@spec("https://w3c.github.io/ServiceWorker/#global-caches-attribute")
class TestCaches:
    def test_the_scope_has_them(self) -> None:
        with running_worker():
            assert globalThis.caches is caches

    async def test_each_scope_has_its_own(self) -> None:
        with running_worker():
            await caches.open("a")
            with running_worker():
                assert await caches.keys() == []
            assert await caches.keys() == ["a"]

    async def test_the_versions_of_a_service_worker_share_theirs(self) -> None:
        async def store(name: str) -> Response:
            await caches.open(name)
            return Response(" ".join(await caches.keys()))

        site = await site_with(
            lambda scope: scope.addEventListener(
                "fetch", lambda event: event.respondWith(store("1"))
            )
        )
        await site.fetch()
        assert [key for key, _ in site.registration.host.storage.scan(b"cache/name/")] != []
        await site.install(
            lambda scope: scope.addEventListener(
                "fetch", lambda event: event.respondWith(store("2"))
            )
        )
        response = await site.fetch()
        assert response is not None and response.body is not None and response.body.source == b"1 2"

    async def test_without_a_worker_they_lie_in_the_memory_of_the_thread(self) -> None:
        await caches.open("of no worker")
        assert await caches.delete("of no worker")


@spec("https://w3c.github.io/ServiceWorker/#cachestorage")
@pytest.mark.usefixtures("storage")
class TestCacheStorage:
    def test_nobody_constructs_one(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            CacheStorage()


@spec("https://w3c.github.io/ServiceWorker/#dom-cachestorage-match")
@pytest.mark.usefixtures("storage")
class TestMatch:
    async def test_the_caches_are_asked_in_the_order_in_which_they_were_opened(self) -> None:
        for name in ("z", "a"):
            await (await caches.open(name)).put(A, Response(name))
        response = await caches.match(A)
        assert response is not None and await response.text() == "z"

    async def test_one_cache_can_be_asked(self) -> None:
        for name in ("z", "a", ""):
            await (await caches.open(name)).put(A, Response(name + "!"))
        for name in ("a", ""):
            response = await caches.match(A, cacheName=name)
            assert response is not None and await response.text() == name + "!"
        assert await caches.match(A, cacheName="none") is None

    async def test_the_options_are_those_of_a_cache(self) -> None:
        await (await caches.open("a")).put(A + "?q", Response(headers={"vary": "x"}))
        assert await caches.match(A) is None
        assert (
            await caches.match(A, ignoreSearch=True, ignoreMethod=True, ignoreVary=True) is not None
        )

    async def test_without_caches_nothing_is_found(self) -> None:
        assert await caches.match(A) is None


@spec("https://w3c.github.io/ServiceWorker/#dom-cachestorage-open")
@pytest.mark.usefixtures("storage")
class TestOpen:
    async def test_two_objects_of_one_cache(self) -> None:
        first, second = await caches.open("a"), await caches.open("a")
        assert first is not second
        await first.put(A, Response())
        assert len(await second.keys()) == 1

    @pytest.mark.parametrize("name", ["", "a/b", "\0", "\ud800", "\U0001f600", "a" * 100_000])
    async def test_any_string_is_a_name(self, name: str) -> None:
        await caches.open("other")
        assert await caches.has(name) is False
        await caches.open(name)
        assert await caches.has(name) is True
        assert await caches.keys() == ["other", name]
        assert await caches.delete(name) is True

    async def test_what_is_no_string_is_a_rejection(self) -> None:
        for promise in (caches.open(None), caches.has(b"x"), caches.delete(None)):  # type: ignore[arg-type]
            with pytest.raises(TypeError):
                await promise


@spec("https://w3c.github.io/ServiceWorker/#dom-cachestorage-has")
@pytest.mark.usefixtures("storage")
class TestHas:
    async def test_says_whether_a_cache_has_been_opened_and_not_deleted(self) -> None:
        assert await caches.has("a") is False
        await caches.open("a")
        assert await caches.has("a") is True
        await caches.delete("a")
        assert await caches.has("a") is False


@spec("https://w3c.github.io/ServiceWorker/#dom-cachestorage-keys")
@pytest.mark.usefixtures("storage")
class TestKeys:
    async def test_the_order_is_that_of_the_first_opening(self) -> None:
        for name in ("b", "a", "b", "c"):
            await caches.open(name)
        assert await caches.keys() == ["b", "a", "c"]
        assert await caches.delete("b") is True
        await caches.open("b")
        assert await caches.keys() == ["a", "c", "b"]

    async def test_one_that_is_deleted_is_not_there(self) -> None:
        await caches.open("a")
        assert await caches.delete("a") is True
        assert await caches.delete("a") is False
        assert await caches.has("a") is False


@spec("https://w3c.github.io/ServiceWorker/#relevant-name-to-cache-map")
class TestRelevantNameToCacheMap:
    async def test_it_lies_in_the_storage_of_the_scope(self, storage: StorageBackend) -> None:
        await caches.open("a")
        caches_of_the_scope = relevant_name_to_cache_map()
        names = await caches_of_the_scope.contents.read(caches_of_the_scope.names)
        assert [name for name, _ in names] == ["a"]
        assert [value for _, value in storage.scan(b"cache/name/")] == [b"a"]

    async def test_an_opaque_origin_has_none(self) -> None:
        with running_in(EnvironmentSettingsObject(Host(profile="browser"))):
            for promise in (caches.open("a"), caches.keys(), caches.has("a"), caches.match(A)):
                with pytest.raises(DOMException, match="SecurityError"):
                    await promise

    async def test_a_file_is_there_after_a_restart(self, tmp_path: Path) -> None:
        for run in (1, 2, 3):
            storage = SQLiteStorage(tmp_path / "storage")
            token = realm_execution_context.set(EnvironmentSettingsObject(Host(storage=storage)))
            cache = await caches.open("a")
            assert [request.url for request in await cache.keys()] == [
                f"{A}{number}" for number in range(1, run)
            ]
            for number in range(1, run):
                response = await cache.match(f"{A}{number}")
                assert response is not None and response.headers.get("x") == str(number)
                assert await response.bytes() == bytes([number]) * 100_000
            await cache.put(f"{A}{run}", Response(bytes([run]) * 100_000, headers={"x": str(run)}))
            realm_execution_context.reset(token)
            storage.close()

    async def test_a_registration_gives_its_storage_to_the_worker(self) -> None:
        site = Site()
        worker = await site.install(lambda scope: None)
        assert worker.global_object is not None
        assert worker.global_object._settings_object.host is site.registration.host
