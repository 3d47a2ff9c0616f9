"""Service Workers, 5.4: the Cache interface."""

from __future__ import annotations

import asyncio
import gc

import pytest

from spec_tests.fakes import running_in
from spec_tests.storage.fake_storages import SlowStorage
from worker_runtime import Cache, DOMException, QuotaExceededError, Request, Response, caches
from worker_runtime.fetch import response_class
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.responses import ResponseRecord, opaque_filtered_response
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageBackend, StorageFull
from worker_runtime.host.storage.memory import MemoryStorage
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.url.url_parsing import url_parser

spec = pytest.mark.spec

A = "https://a.example/"


class FullStorage(MemoryStorage):
    """A storage with no room left."""

    is_full = False

    def put(self, key: bytes, value: bytes) -> None:
        if self.is_full:
            raise StorageFull("no room")
        super().put(key, value)


async def filled_cache() -> Cache:
    """A cache with a few responses."""
    cache = await caches.open("test")
    for path in ("a", "a?q", "a?r#f", "b"):
        await cache.put(A + path, Response(path, headers={"x": path}))
    return cache


async def texts(*responses: Response) -> list[str]:
    return [await response.text() for response in responses]


@pytest.mark.usefixtures("storage")
@spec("https://w3c.github.io/ServiceWorker/#cache")
@spec("https://w3c.github.io/ServiceWorker/#cache-interface")
class TestCache:
    def test_nobody_constructs_one(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            Cache()

    async def test_objects_of_one_cache_see_the_same(self) -> None:
        first, second = await caches.open("same"), await caches.open("same")
        await first.put("https://site.example/", Response("seen"))
        response = await second.match("https://site.example/")
        assert first is not second and response is not None and await response.text() == "seen"


@pytest.mark.usefixtures("storage")
@spec("https://w3c.github.io/ServiceWorker/#dom-cache-match")
class TestMatch:
    async def test_a_response_comes_back_as_it_was_put(self) -> None:
        cache = await caches.open("test")
        headers = [("x", "1"), ("set-cookie", "a"), ("set-cookie", "b")]
        await cache.put(A, Response("body", status=203, statusText="Why", headers=headers))
        response = await cache.match(A)
        assert response is not None
        assert (response.status, response.statusText, response.type, response.url) == (
            203,
            "Why",
            "default",
            "",
        )
        assert response.headers.getSetCookie() == ["a", "b"]
        assert response.headers.get("content-type") == "text/plain;charset=UTF-8"
        assert await response.text() == "body"

    async def test_each_response_is_a_new_one_with_immutable_headers(self) -> None:
        cache = await filled_cache()
        first, second = await cache.match(A + "b"), await cache.match(A + "b")
        assert first is not None and second is not None and first is not second
        assert await texts(first, second) == ["b", "b"]
        with pytest.raises(TypeError, match="immutable"):
            first.headers.set("x", "y")

    @pytest.mark.parametrize(
        "path, found", [("a", "a"), ("a?q", "a?q"), ("a#x", "a"), ("a?r", "a?r#f"), ("b", "b")]
    )
    async def test_the_url_counts_but_not_its_fragment(self, path: str, found: str) -> None:
        response = await (await filled_cache()).match(A + path)
        assert response is not None and await response.text() == found

    @pytest.mark.parametrize(
        "url", [A, A + "A", A + "a?", A + "b?q", "http://a.example/a", "data:,a"]
    )
    async def test_none_is_found_at_another_url(self, url: str) -> None:
        assert await (await filled_cache()).match(url) is None

    async def test_a_url_may_be_relative_to_the_worker(self) -> None:
        cache = await caches.open("test")
        await cache.put("/x", Response("x"))
        response = await cache.match("https://site.example/x")
        assert response is not None

    async def test_without_the_search_the_first_one_is_found(self) -> None:
        response = await (await filled_cache()).match(A + "a?other", ignoreSearch=True)
        assert response is not None and await response.text() == "a"

    async def test_only_get_requests_match_unless_the_method_is_ignored(self) -> None:
        cache = await filled_cache()
        assert await cache.match(Request(A + "a", method="POST")) is None
        assert await cache.match(Request(A + "a", method="HEAD"), ignoreMethod=True) is not None

    async def test_vary_counts_unless_it_is_ignored(self) -> None:
        cache = await caches.open("test")
        await cache.put(
            Request(A, headers={"lang": "de"}), Response("de", headers={"vary": "Lang"})
        )
        await cache.put(
            Request(A, headers={"lang": "en"}), Response("en", headers={"vary": "Lang"})
        )
        response = await cache.match(Request(A, headers={"LANG": "en"}))
        assert response is not None and await response.text() == "en"
        assert await cache.match(A) is None
        assert await cache.match(A, ignoreVary=True) is not None

    @pytest.mark.parametrize("request_", ["https://[", None, b"x"])
    async def test_what_is_no_request_is_a_rejection(self, request_: str) -> None:
        cache = await caches.open("test")
        with pytest.raises(TypeError):
            await cache.match(request_)

    async def test_a_body_has_its_bytes_in_hand(self) -> None:
        response = await (await filled_cache()).match(A + "b")
        assert (
            response is not None
            and response._response.body is not None
            and response._response.body.source == b"b"
        )

    async def test_no_body_stays_no_body_and_an_empty_one_empty(self) -> None:
        cache = await caches.open("test")
        await cache.put(A, Response(None))
        await cache.put(A + "empty", Response(b""))
        null, empty = await cache.match(A), await cache.match(A + "empty")
        assert null is not None and null.body is None
        assert empty is not None and empty.body is not None and await empty.bytes() == b""


@pytest.mark.usefixtures("storage")
@spec("https://w3c.github.io/ServiceWorker/#dom-cache-matchall")
class TestMatchAll:
    async def test_all_responses_without_a_request_in_the_order_in_which_they_were_put(
        self,
    ) -> None:
        cache = await filled_cache()
        await cache.put(A + "a", Response("a again"))
        assert await texts(*await cache.matchAll()) == ["a?q", "a?r#f", "b", "a again"]

    async def test_all_that_match(self) -> None:
        cache = await filled_cache()
        assert await texts(*await cache.matchAll(A + "a", ignoreSearch=True)) == [
            "a",
            "a?q",
            "a?r#f",
        ]
        assert await cache.matchAll(A + "c") == ()
        assert await cache.matchAll(Request(A + "a", method="PUT")) == ()

    async def test_an_opaque_response_is_shown_only_where_its_policy_lets_it(self) -> None:
        cache = await caches.open("test")
        for path, policy in (("fine", "cross-origin"), ("not", "same-origin")):
            record = ResponseRecord(HeaderList([("Cross-Origin-Resource-Policy", policy)]))
            record.url_list = [url_parser("https://other.example/")]
            await cache.put(
                A + path, response_class.create(opaque_filtered_response(record), "immutable")
            )
        response = await cache.match(A + "fine")
        assert response is not None and (
            response.type,
            response.status,
            list(response.headers),
        ) == ("opaque", 0, [])
        with pytest.raises(TypeError, match="Cross-Origin-Resource-Policy"):
            await cache.matchAll()


@pytest.mark.usefixtures("storage")
@spec("https://w3c.github.io/ServiceWorker/#dom-cache-put")
class TestPut:
    @pytest.mark.parametrize(
        "request_, response, reason",
        [
            (Request(A, method="HEAD"), Response(), "method GET"),
            ("ftp://a.example/", Response(), "http and https"),
            ("data:,x", Response(), "http and https"),
            (A, Response(status=206), "206"),
            (A, Response(headers={"vary": "*"}), "Vary"),
            (A, Response(headers={"vary": "a, * , b"}), "Vary"),
            (A, None, "Response"),
            (A, "text", "Response"),
            ("https://[", Response(), "Invalid URL"),
        ],
    )
    async def test_what_cannot_be_put_is_a_type_error(
        self, request_: str | Request, response: Response, reason: str
    ) -> None:
        cache = await caches.open("test")
        with pytest.raises(TypeError, match=reason):
            await cache.put(request_, response)
        assert await cache.keys() == ()

    async def test_a_body_that_is_in_use_is_a_type_error(self) -> None:
        cache = await caches.open("test")
        used, locked = Response("used"), Response("locked")
        await used.text()
        assert locked.body is not None
        reader = locked.body.getReader()
        for response in (used, locked):
            with pytest.raises(TypeError, match="in use"):
                await cache.put(A, response)
        assert (await reader.read()).value == b"locked"

    async def test_it_uses_the_body_up_and_locks_it_at_once(self) -> None:
        cache = await caches.open("test")
        in_hand, streamed = Response("x"), Response(iter([b"x"]))
        promises = [cache.put(A + "1", in_hand), cache.put(A + "2", streamed)]
        for response in (in_hand, streamed):
            assert response.bodyUsed and response.body is not None and response.body.locked
        for promise in promises:
            await promise

    async def test_what_changes_after_the_call_changes_nothing(self) -> None:
        cache = await caches.open("test")
        request, response = (
            Request(A, headers={"a": "1"}),
            Response(iter([b"x"]), headers={"vary": "a"}),
        )
        promise = cache.put(request, response)
        request.headers.set("a", "2")
        response.headers.set("vary", "b")
        await promise
        assert await cache.match(Request(A, headers={"a": "1"})) is not None
        assert await cache.match(Request(A, headers={"a": "2"})) is None

    async def test_it_takes_the_place_of_what_matches_and_no_more(self) -> None:
        cache = await caches.open("test")
        for language, text in (("de", "alt"), ("en", "old"), ("de", "neu")):
            await cache.put(
                Request(A, headers={"lang": language}), Response(text, headers={"vary": "lang"})
            )
        assert await texts(*await cache.matchAll()) == ["old", "neu"]

    async def test_a_full_storage_is_a_quota_exceeded_error_and_keeps_what_was_there(self) -> None:
        full = FullStorage()
        with running_in(EnvironmentSettingsObject(Host(storage=full))):
            await self.fill(full)

    async def fill(self, full: FullStorage) -> None:
        cache = await caches.open("test")
        await cache.put(A, Response("old"))
        full.is_full = True
        for response in (
            Response("new"),
            Response(bytes(200_000)),
            Response(iter([bytes(200_000)])),
            Response(),
        ):
            with pytest.raises(QuotaExceededError):
                await cache.put(A, response)
        with pytest.raises(QuotaExceededError):
            await caches.open("another")
        full.is_full = False
        response_ = await cache.match(A)
        assert response_ is not None and await response_.text() == "old"
        assert full.scan(b"cache/loose/") == [] and len(full.scan(b"cache/body/")) == 1

    async def test_a_storage_that_fails_is_an_unknown_error(self, storage: StorageBackend) -> None:
        cache = await caches.open("test")
        storage.close()
        of_the_cache = cache.put(A, Response()), cache.match(A), cache.keys(), cache.delete(A)
        for promise in (*of_the_cache, caches.open("x"), caches.keys()):
            with pytest.raises(DOMException, match="UnknownError.*closed"):
                await promise


@pytest.mark.usefixtures("storage")
@spec("https://w3c.github.io/ServiceWorker/#dom-cache-delete")
class TestDelete:
    async def test_what_matches_goes_and_it_says_whether_something_did(self) -> None:
        cache = await filled_cache()
        assert await cache.delete(A + "b") is True
        assert await cache.delete(A + "b") is False
        assert await texts(*await cache.matchAll()) == ["a", "a?q", "a?r#f"]

    async def test_the_search_can_be_ignored(self) -> None:
        cache = await filled_cache()
        assert await cache.delete(A + "a?x", ignoreSearch=True)
        assert await texts(*await cache.matchAll()) == ["b"]

    async def test_another_method_deletes_nothing_unless_it_is_ignored(self) -> None:
        cache = await filled_cache()
        assert await cache.delete(Request(A + "b", method="POST")) is False
        assert await cache.delete(Request(A + "b", method="POST"), ignoreMethod=True) is True

    async def test_vary_counts_unless_it_is_ignored(self) -> None:
        cache = await caches.open("test")
        await cache.put(Request(A, headers={"a": "1"}), Response(headers={"vary": "a"}))
        assert await cache.delete(A) is False
        assert await cache.delete(A, ignoreVary=True) is True

    async def test_nothing_of_it_is_left_in_the_storage(self, storage: StorageBackend) -> None:
        cache = await caches.open("test")
        empty = [key for key, _ in storage.scan(b"cache/")]
        for size in (0, 10, 65_536, 65_537, 300_000):
            await cache.put(f"{A}{size}", Response(bytes(size)))
            assert await cache.delete(f"{A}{size}")
        assert [key for key, _ in storage.scan(b"cache/")] == empty


@pytest.mark.usefixtures("storage")
@spec("https://w3c.github.io/ServiceWorker/#dom-cache-keys")
class TestKeys:
    async def test_the_requests_in_the_order_in_which_they_were_put(self) -> None:
        cache = await filled_cache()
        assert [request.url for request in await cache.keys()] == [
            A + path for path in ("a", "a?q", "a?r#f", "b")
        ]
        found = await cache.keys(A + "a", ignoreSearch=True)
        assert [request.url for request in found] == [A + path for path in ("a", "a?q", "a?r#f")]
        assert await cache.keys(Request(A + "a", method="POST")) == ()

    async def test_a_request_comes_back_as_it_was_put(self) -> None:
        cache = await caches.open("test")
        put = Request(A, headers={"a": "b"}, mode="same-origin", credentials="omit",
            cache="no-store", redirect="manual",
                      referrer="/from", referrerPolicy="origin", integrity="sha256-x",
                      keepalive=True)  # fmt: skip
        await cache.put(put, Response())
        (request,) = await cache.keys()
        for name in ("method", "url", "mode", "credentials", "cache", "redirect", "referrer",
            "referrerPolicy", "integrity",
                     "keepalive", "destination"):  # fmt: skip
            assert getattr(request, name) == getattr(put, name)
        assert list(request.headers) == [("a", "b")] and not request.signal.aborted
        with pytest.raises(TypeError, match="immutable"):
            request.headers.set("a", "c")


@pytest.mark.usefixtures("storage")
@spec("https://w3c.github.io/ServiceWorker/#dom-cachestorage-delete")
class TestDeletedCache:
    """A cache that is deleted while somebody holds a Cache object of it."""

    async def test_it_can_be_used_but_not_found(self) -> None:
        cache = await filled_cache()
        assert await caches.delete("test")
        await cache.put(A + "c", Response("c"))
        assert await texts(*await cache.matchAll()) == ["a", "a?q", "a?r#f", "b", "c"]
        assert await caches.match(A + "c") is None
        assert await (await caches.open("test")).keys() == ()

    async def test_nothing_of_it_is_left_when_nobody_holds_it(
        self, storage: StorageBackend
    ) -> None:
        cache = await filled_cache()
        other = await caches.open("test")
        await caches.delete("test")
        del cache
        gc.collect()
        await (await caches.open("next")).put(A, Response())
        assert len(await other.keys()) == 4
        del other
        left: list[bytes] = []
        for _ in range(500):  # a thread of the storage may hold it for a moment
            gc.collect()
            await (await caches.open("next")).delete(A)
            left = [key[:11] for key, _ in storage.scan(b"cache/")]
            if len(left) == 2:
                break
            await asyncio.sleep(0.01)
        assert left == [b"cache/name/", b"cache/numbe"]


class TestSlowStorage:
    """A storage that may always take long, such as one on another machine."""

    async def test_it_is_waited_for(self) -> None:
        storage = SlowStorage()
        with running_in(EnvironmentSettingsObject(Host(storage=storage))):
            opening = caches.open("test")
            assert repr(opening) == "<Promise pending>"
            storage.goes_on.set()
            cache = await opening
            for size in (0, 1, 100_000, 3_000_000):
                body = bytes(range(250)) * (size // 250) + b"x"
                await cache.put(A, Response(body))
                found = await cache.match(A)
                assert found is not None and await found.bytes() == body
                await cache.put(A, Response(iter([body])))
                found = await caches.match(A)
                assert found is not None and await found.bytes() == body
            assert [request.url for request in await cache.keys()] == [A]
            assert await cache.delete(A) and await cache.matchAll() == ()
            assert storage.scan(b"cache/body/") == storage.scan(b"cache/loose/") == []

    async def test_a_closed_one_is_an_unknown_error(self) -> None:
        storage = MemoryStorage()
        storage.close()
        with running_in(EnvironmentSettingsObject(Host(storage=storage))):
            for promise in (caches.open("test"), caches.keys(), caches.delete("test")):
                with pytest.raises(DOMException, match="UnknownError.*closed"):
                    await promise
