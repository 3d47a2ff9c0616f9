"""Service Workers, 5.1: request response lists and the map of their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.host.storage.backend import StorageBackend, StorageError
from worker_runtime.host.storage.sqlite import SQLiteStorage
from worker_runtime.service_workers.request_response_list import (
    NameToCacheMap,
    RequestResponseList,
    digest_of_values,
    key_of,
    names_in_vary,
)
from worker_runtime.fetch.storage_bottle import NAME, Bottle, bottle_of
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.webidl.exceptions import DOMException

spec = pytest.mark.spec


def append(cache: RequestResponseList, path: str) -> None:
    with cache.bottle.transaction():
        cache.append(RequestRecord(f"https://a.example/{path}"), ResponseRecord(), None)


@spec("https://w3c.github.io/ServiceWorker/#dfn-relevant-request-response-list")
class TestRequestResponseList:
    def test_the_items_have_the_order_in_which_they_were_added(
        self, storage: StorageBackend
    ) -> None:
        cache = NameToCacheMap(bottle_of(storage)).open("test")
        for path in "cab":
            append(cache, path)
        assert [item.request.url.path for item in cache] == [["c"], ["a"], ["b"]]

    def test_lists_do_not_mix(self, storage: StorageBackend) -> None:
        names = NameToCacheMap(bottle_of(storage))
        first, second = names.open("1"), names.open("2")
        append(first, "a")
        assert len(list(first)) == 1 and list(second) == []

    def test_a_cache_that_another_process_has_deleted_cannot_be_added_to(
        self, storage: StorageBackend
    ) -> None:
        cache = NameToCacheMap(bottle_of(storage)).open("test")
        append(cache, "a")
        # a bottle that does not know of the one who holds it
        NameToCacheMap(Bottle(storage)).remove(cache._hold.number)
        assert list(cache) == []
        with pytest.raises(DOMException, match="InvalidStateError.*another process"):
            append(cache, "b")


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
        ([], b""), ([""], b""), (["B, a"], b"a,b"), (["a", "A,,b"], b",a,b"), (["*"], b"*"), (["\xe4"], b"\xc3\xa4"),
    ])  # fmt: skip
    def test_each_once_and_in_order(self, vary: list[str], names: bytes) -> None:
        assert names_in_vary(HeaderList([("Vary", value) for value in vary])) == names


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5-7")
class TestDigestOfValues:
    def test_is_of_the_values_of_those_headers(self) -> None:
        lists = [
            [], [("a", "1")], [("A", "1"), ("c", "1")], [("a", "")], [("b", "1")], [("a", "None")], [("a", "1"), ("a", "1")],
        ]  # fmt: skip
        digests = [digest_of_values(b"a,b", HeaderList(list(headers))) for headers in lists]
        assert digests[1] == digests[2] and len(set(digests)) == len(lists) - 1


@spec("https://w3c.github.io/ServiceWorker/#dfn-name-to-cache-map")
class TestNameToCacheMap:
    def test_open_finds_what_it_has_opened(self, storage: StorageBackend) -> None:
        names = NameToCacheMap(bottle_of(storage))
        assert names.find("a") is None
        assert names.open("a")._hold.number == names.open("a")._hold.number == names.find("a")

    def test_another_process_may_open_the_same_name(self, tmp_path: Path) -> None:
        storages = SQLiteStorage(tmp_path / "storage"), SQLiteStorage(tmp_path / "storage")
        first, second = (NameToCacheMap(bottle_of(storage)).open("a") for storage in storages)
        append(first, "x")
        assert [item.request.url.path for item in second] == [["x"]]
        for storage in storages:
            storage.close()

    def test_a_name_that_is_none_is_a_damage(self, storage: StorageBackend) -> None:
        storage.put(NAME + b"0" * 16, b"\xff")
        with pytest.raises(StorageError, match="damaged.*cache/name"):
            NameToCacheMap(bottle_of(storage)).open("a")
