"""Service Workers, Appendix A: Query Cache, Request Matches Cached Item, Batch Cache Operations."""

from __future__ import annotations

from itertools import product

import pytest

from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageBackend
from worker_runtime.service_workers.cached_item import CachedItem
from worker_runtime.service_workers.query_cache import (
    CacheBatchOperation,
    CacheQueryOptions,
    batch_cache_operations,
    query_cache,
    request_matches_cached_item,
)
from worker_runtime.service_workers.request_response_list import (
    MOST_VARYING_NAMES,
    ItemsOfACache,
    NameToCacheMap,
    RequestResponseList,
)
from worker_runtime.storage.storage_sheds import StorageShed
from worker_runtime.webidl.exceptions import DOMException, QuotaExceededError

spec = pytest.mark.spec

A = "https://a.example/"


def request(url: str = A, method: str = "GET", **headers: str) -> RequestRecord:
    return RequestRecord(url, method, HeaderList(list(headers.items())))


def response(**headers: str) -> ResponseRecord:
    return ResponseRecord(HeaderList(list(headers.items())))


def put(url: str = A, vary: str | None = None, **headers: str) -> CacheBatchOperation:
    return CacheBatchOperation(
        "put", request(url, **headers), response() if vary is None else response(vary=vary)
    )


async def opened_cache(storage: StorageBackend) -> RequestResponseList:
    bottle = Host(storage=storage).record(StorageShed).bottle_of_the_host(b"cache/")
    return await NameToCacheMap(bottle).open("test")


async def perform(
    operations: list[CacheBatchOperation], cache: RequestResponseList
) -> list[CachedItem]:
    return await cache.write(lambda items: batch_cache_operations(operations, items))


async def items_of(cache: RequestResponseList) -> list[CachedItem]:
    return await cache.read(list)


async def fast_and_slow(
    query: RequestRecord, options: CacheQueryOptions | None, cache: RequestResponseList
) -> tuple[list[bytes], list[bytes]]:
    """The keys of what is found under the URL, and of what is found among all items."""

    def look(items: ItemsOfACache) -> tuple[list[bytes], list[bytes]]:
        fast, slow = query_cache(query, options, items), query_cache(query, options, list(items))
        return [item.key for item in fast], [item.key for item in slow]

    return await cache.read(look)


@spec("https://w3c.github.io/ServiceWorker/#dictdef-cachequeryoptions")
@spec("https://w3c.github.io/ServiceWorker/#request-matches-cached-item-algorithm")
class TestRequestMatchesCachedItem:
    @pytest.mark.parametrize(
        "query, cached, ignore_search, matches",
        [
            ("", "", False, True),
            ("#a", "#b", False, True),
            ("?a", "?a#b", False, True),
            ("?a", "?b", False, False),
            ("?", "", False, False),
            ("?", "", True, True),
            ("?a", "?b", True, True),
            ("?a?b", "?a", True, True),
            ("a?x", "b?x", True, False),
            ("a", "A", False, False),
            ("%61", "a", False, False),
        ],
    )
    def test_the_urls_are_compared_without_their_fragments(
        self, query: str, cached: str, ignore_search: bool, matches: bool
    ) -> None:
        options = CacheQueryOptions(ignoreSearch=ignore_search)
        assert (
            request_matches_cached_item(request(A + query), request(A + cached), None, options)
            is matches
        )

    def test_only_the_cached_request_has_to_be_a_get(self) -> None:
        assert request_matches_cached_item(request(method="POST"), request())
        assert not request_matches_cached_item(request(), request(method="POST"))
        assert request_matches_cached_item(
            request(), request(method="POST"), None, CacheQueryOptions(ignoreMethod=True)
        )

    @pytest.mark.parametrize(
        "vary, query, cached, matches",
        [
            ("a", {}, {}, True),
            ("a", {"a": "1"}, {"A": "1"}, True),
            ("A", {"a": "1"}, {"a": "1"}, True),
            ("a", {"a": "1"}, {"a": "2"}, False),
            ("a", {"a": ""}, {}, False),
            ("a", {}, {"a": "1"}, False),
            ("a", {"b": "1"}, {"b": "2"}, True),
            ("a, b", {"a": "1", "b": "1"}, {"a": "1", "b": "2"}, False),
            ("a,,", {}, {}, True),
            ("*", {}, {}, False),
            ("a, *", {}, {}, False),
        ],
    )
    def test_the_headers_that_the_response_varies_with(
        self, vary: str, query: dict[str, str], cached: dict[str, str], matches: bool
    ) -> None:
        arguments = request(**query), request(**cached), response(vary=vary)
        assert request_matches_cached_item(*arguments) is matches
        assert request_matches_cached_item(*arguments, CacheQueryOptions(ignoreVary=True))


@spec("https://w3c.github.io/ServiceWorker/#dfn-cache-batch-operation")
@spec("https://w3c.github.io/ServiceWorker/#query-cache-algorithm")
class TestQueryCache:
    async def test_looking_under_the_url_finds_what_looking_at_all_items_does(
        self, storage: StorageBackend
    ) -> None:
        cache = await opened_cache(storage)
        urls = [
            A + path + search
            for path in ("", "a", "a/", "A")
            for search in ("", "?", "?a", "?a?b", "?b", "#f", "?a#f")
        ]
        await perform(
            [put(url) for url in dict.fromkeys(url.partition("#")[0] for url in urls)], cache
        )
        for url, ignore_search in product(
            [*urls, "http://a.example/", "https://a.example:8443/", "data:,x"], (False, True)
        ):
            options = CacheQueryOptions(ignoreSearch=ignore_search)
            fast, slow = await fast_and_slow(request(url), options, cache)
            assert fast == slow

    async def test_looking_among_the_variants_finds_what_looking_at_all_items_does(
        self, storage: StorageBackend
    ) -> None:
        cache = await opened_cache(storage)
        headers: list[dict[str, str]] = [
            {}, {"a": "1"}, {"b": "1"}, {"a": ""}, {"a": "1", "b": "1"}, {"A": "2", "b": "None"},
        ]  # fmt: skip
        found: set[int] = set()
        for vary, values in product(("a", "b", "a, b", "B,a,a", "", None, "\xe4 \1"), headers):
            await perform([put(vary=vary, **values)], cache)
            for query in headers:
                fast, slow = await fast_and_slow(request(**query), None, cache)
                assert fast == slow
                found.add(len(fast))
        assert found == {0, 1, 2}

    async def test_other_variants_are_not_looked_at(self, storage: StorageBackend) -> None:
        cache = await opened_cache(storage)
        await perform([put(vary="a", a="1")], cache)
        for key, _ in storage.scan(b"cache/list/"):
            storage.put(key, b"damaged")
        await perform([put(vary="a", a="2")], cache)
        assert len(await cache.read(lambda items: query_cache(request(a="2"), None, items))) == 1

    async def test_each_time_the_items_are_copies(self, storage: StorageBackend) -> None:
        cache = await opened_cache(storage)
        await perform([put()], cache)
        (first,), (second,) = [
            await cache.read(lambda items: query_cache(request(), None, items)) for _ in range(2)
        ]
        first.request.header_list.append("a", "b")
        assert not second.request.header_list.contains("a")


@spec("https://w3c.github.io/ServiceWorker/#batch-cache-operations-algorithm")
class TestBatchCacheOperations:
    async def test_a_put_takes_the_place_of_what_matches(self, storage: StorageBackend) -> None:
        cache = await opened_cache(storage)
        await perform([put(A + "1"), put(A + "2")], cache)
        removed = await perform([put(A + "1#f")], cache)
        assert [item.request.url.fragment for item in removed] == [None]
        assert [item.request.url.path for item in await items_of(cache)] == [["2"], ["1"]]

    async def test_a_delete_says_what_it_removed(self, storage: StorageBackend) -> None:
        cache = await opened_cache(storage)
        await perform([put(A + "1"), put(A + "1?q")], cache)
        operation = CacheBatchOperation(
            "delete", request(A + "1"), options=CacheQueryOptions(ignoreSearch=True)
        )
        assert len(await perform([operation], cache)) == 2
        assert await perform([operation], cache) == []

    @pytest.mark.parametrize(
        "operations",
        [[put(), put()], [put(), put(vary="a")], [put(vary="a", a="1"), put(vary="b", a="1")]],
    )
    async def test_two_of_the_same_item_undo_all(
        self, storage: StorageBackend, operations: list[CacheBatchOperation]
    ) -> None:
        cache = await opened_cache(storage)
        await perform([put(A + "old")], cache)
        with pytest.raises(DOMException, match="InvalidStateError.*a.example"):
            await perform([put(A + "old"), put(A + "new"), *operations], cache)
        assert [item.request.url.path for item in await items_of(cache)] == [["old"]]

    async def test_what_the_responses_of_a_url_vary_with_has_a_limit(
        self, storage: StorageBackend
    ) -> None:
        cache = await opened_cache(storage)

        def put_variant(number: int, url: str = A) -> CacheBatchOperation:
            return put(url, f"x-{number}", **{f"x-{number}": "1"})

        operations = [put_variant(number) for number in range(MOST_VARYING_NAMES)]
        await perform(operations, cache)
        with pytest.raises(QuotaExceededError, match="vary"):
            await perform([put_variant(MOST_VARYING_NAMES)], cache)
        await perform([put_variant(0), put_variant(MOST_VARYING_NAMES, A + "other")], cache)
        await perform([CacheBatchOperation("delete", operations[5].request)], cache)
        await perform([put_variant(MOST_VARYING_NAMES)], cache)
        assert len(await items_of(cache)) == MOST_VARYING_NAMES + 1

    async def test_two_that_differ_in_what_they_vary_with_are_two(
        self, storage: StorageBackend
    ) -> None:
        cache = await opened_cache(storage)
        await perform([put(vary="a", a="1"), put(vary="a", a="2")], cache)
        assert len(await items_of(cache)) == 2
