"""Service Workers, 5.1: request response lists and the map of their names."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageBackend
from worker_runtime.host.storage.sqlite import SQLiteStorage
from worker_runtime.service_workers.cached_item import serialize_item
from worker_runtime.service_workers.query_cache import (
    CacheBatchOperation,
    batch_cache_operations,
    query_cache,
)
from worker_runtime.service_workers.request_response_list import (
    NameToCacheMap,
    RequestResponseList,
    digest_of_values,
    key_of,
    names_in_vary,
)
from worker_runtime.storage.large_values import NO_BODY
from worker_runtime.storage.storage_sheds import StorageShed
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.webidl.exceptions import DOMException

spec = pytest.mark.spec


def names_in(storage: StorageBackend) -> NameToCacheMap:
    """As a process has them that has just begun."""
    bottle = Host(storage=storage).record(StorageShed).bottle_of_the_host(b"cache/")
    return NameToCacheMap(bottle)


async def append(cache: RequestResponseList, path: str) -> None:
    request = RequestRecord(f"https://a.example/{path}")
    await cache.write(lambda items: items.append(request, ResponseRecord(), None))


async def paths_of(cache: RequestResponseList) -> list[list[str]]:
    return await cache.read(lambda items: [[*item.request.url.path] for item in items])


@spec("https://w3c.github.io/ServiceWorker/#dfn-relevant-request-response-list")
class TestRequestResponseList:
    async def test_the_items_have_the_order_in_which_they_were_added(
        self, storage: StorageBackend
    ) -> None:
        cache = await names_in(storage).open("test")
        for path in "cab":
            await append(cache, path)
        assert await paths_of(cache) == [["c"], ["a"], ["b"]]

    async def test_lists_do_not_mix(self, storage: StorageBackend) -> None:
        names = names_in(storage)
        first, second = await names.open("1"), await names.open("2")
        await append(first, "a")
        assert (await paths_of(first), await paths_of(second)) == ([["a"]], [])

    async def test_a_cache_that_another_process_has_deleted_cannot_be_added_to(
        self, storage: StorageBackend
    ) -> None:
        cache = await names_in(storage).open("test")
        await append(cache, "a")
        # a bottle that does not know of the one who holds it
        assert await names_in(storage).remove("test")
        assert await paths_of(cache) == []
        with pytest.raises(DOMException, match="InvalidStateError.*another process"):
            await append(cache, "b")


class TestOldKeys:
    """An earlier version told variants apart by looking at all of them."""

    async def test_what_was_stored_under_them_is_found(self, storage: StorageBackend) -> None:
        names = names_in(storage)
        cache = await names.open("test")
        queries = []
        for language in ("de", "fr"):
            request = RequestRecord("https://a.example/", "GET", HeaderList([("a", language)]))
            response = ResponseRecord(HeaderList([("vary", "a"), ("x", language)]))
            key = b"cache/list/" + cache.number + b"/https://a.example/\0\0"
            key += await names.contents.write(names.contents.next_number) + NO_BODY
            storage.put(key, serialize_item(request, response, None))
            queries.append(request)

        async def found() -> list[list[str | None]]:
            return [
                [item.response.header_list.get("x") for item in items]
                for items in [
                    await cache.read(partial(query_cache, query, None)) for query in queries
                ]
            ]

        assert await found() == [["de"], ["fr"]]
        operation = CacheBatchOperation(
            "put", queries[0], ResponseRecord(HeaderList([("vary", "a")]))
        )
        await cache.write(lambda items: batch_cache_operations([operation], items))
        assert await found() == [[None], ["fr"]]
        assert len(storage.scan(b"cache/list/")) == 2


@spec("https://url.spec.whatwg.org/#url-equivalence")
class TestKeyOf:
    @pytest.mark.parametrize(
        "url, key",
        [
            ("https://a.example/b#c", b"https://a.example/b\0\0"),
            ("https://a.example/b?#c", b"https://a.example/b\0?\0"),
            ("https://a.example/b?c?d", b"https://a.example/b\0?c?d\0"),
            ("http://\u00fc.example/\0\u00fc?\0x", b"http://xn--tda.example/%00%C3%BC\0?%00x\0"),
        ],
    )
    def test_a_nul_ends_what_it_is_made_of(self, url: str, key: bytes) -> None:
        assert key_of(url_parser(url), False) == key
        assert key.startswith(key_of(url_parser(url), True))


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5-3")
class TestNamesInVary:
    @pytest.mark.parametrize("vary, names", [
        ([], b""), ([""], b""), (["B, a"], b"a,b"), (["a", "A,,b"], b",a,b"), (["*"], b"*"),
        (["\xe4"], b"\xc3\xa4"),
    ])  # fmt: skip
    def test_each_once_and_in_order(self, vary: list[str], names: bytes) -> None:
        assert names_in_vary(HeaderList([("Vary", value) for value in vary])) == names


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5-7")
class TestDigestOfValues:
    def test_is_of_the_values_of_those_headers(self) -> None:
        lists = [
            [], [("a", "1")], [("A", "1"), ("c", "1")], [("a", "")], [("b", "1")], [("a", "None")],
            [("a", "1"), ("a", "1")],
        ]  # fmt: skip
        digests = [digest_of_values(b"a,b", HeaderList(list(headers))) for headers in lists]
        assert digests[1] == digests[2] and len(set(digests)) == len(lists) - 1


@spec("https://w3c.github.io/ServiceWorker/#dfn-name-to-cache-map")
class TestNameToCacheMap:
    async def test_open_finds_what_it_has_opened(self, storage: StorageBackend) -> None:
        names = names_in(storage)
        assert await names.contents.read(lambda entries: names.find(entries, "a")) is None
        first, second = await names.open("a"), await names.open("a")
        assert first.number == second.number
        found = await names.contents.read(lambda entries: names.find(entries, "a"))
        assert found == first.number

    async def test_remove_says_whether_there_was_one(self, storage: StorageBackend) -> None:
        names = names_in(storage)
        await names.open("a")
        assert await names.remove("a") is True
        assert await names.remove("a") is False

    async def test_another_process_may_open_the_same_name(self, tmp_path: Path) -> None:
        storages = SQLiteStorage(tmp_path / "storage"), SQLiteStorage(tmp_path / "storage")
        first, second = [await names_in(storage).open("a") for storage in storages]
        await append(first, "x")
        assert await paths_of(second) == [["x"]]
        for storage in storages:
            storage.close()

    async def test_a_name_that_is_none_is_a_damage(self, storage: StorageBackend) -> None:
        storage.put(b"cache/name/" + b"0" * 16, b"\xff")
        with pytest.raises(DOMException, match="UnknownError.*damaged.*has no name"):
            await names_in(storage).open("a")
