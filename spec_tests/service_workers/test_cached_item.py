"""Service Workers, 5.1: a request and a response as bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spec_tests.fakes import in_profile
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.infrastructure import AnyResponse
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import (
    FilteredResponse,
    ResponseRecord,
    basic_filtered_response,
    cors_filtered_response,
    network_error,
    opaque_filtered_response,
    opaque_redirect_filtered_response,
)
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageError
from worker_runtime.service_workers.cached_item import CachedItem, serialize_item
from worker_runtime.storage.large_values import LargeValues
from worker_runtime.storage.storage_bottles import Entries
from worker_runtime.storage.storage_sheds import StorageShed
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import url_serializer

spec = pytest.mark.spec


def item_of(value: bytes) -> CachedItem:
    return CachedItem(b"list/key" + b"1" * 32, value)


def response_of_a_server() -> ResponseRecord:
    response = ResponseRecord(
        HeaderList([("A", "1"), ("a", "\xe4"), ("B", "2"), ("Set-Cookie", "c")])
    )
    response.url_list = [url_parser("https://a.example/1"), url_parser("https://a.example/2#f")]
    response.status = 299
    response.status_message = "Wh\xe4t"
    response.cors_exposed_header_name_list = ("B",)
    response.range_requested = True
    return response


@spec("https://w3c.github.io/ServiceWorker/#dfn-request-response-list")
class TestSerializeItem:
    @pytest.mark.parametrize(
        "filter",
        [
            basic_filtered_response,
            cors_filtered_response,
            opaque_filtered_response,
            opaque_redirect_filtered_response,
        ],
    )
    def test_a_filtered_response_stays_filtered_and_its_inside_stays_there(
        self, filter: Any
    ) -> None:
        with in_profile("browser"):
            before: FilteredResponse = filter(response_of_a_server())
            after = item_of(
                serialize_item(RequestRecord("https://a.example/"), before, None)
            ).response
            assert isinstance(after, FilteredResponse)
            assert after.type == before.type and list(after.header_list) == list(before.header_list)
            self.assert_same(after, before)
            self.assert_same(after.internal_response, before.internal_response)

    def test_one_that_a_worker_made_and_a_network_error(self) -> None:
        for before in (ResponseRecord(), response_of_a_server(), network_error()):
            after = item_of(
                serialize_item(RequestRecord("https://a.example/"), before, None)
            ).response
            assert type(after) is ResponseRecord
            self.assert_same(after, before)

    def assert_same(self, after: AnyResponse, before: AnyResponse) -> None:
        assert (after.type, after.status, after.status_message) == (
            before.type,
            before.status,
            before.status_message,
        )
        assert list(map(url_serializer, after.url_list)) == list(
            map(url_serializer, before.url_list)
        )
        assert list(after.header_list) == list(before.header_list)

    def test_a_referrer_may_be_a_url(self) -> None:
        request = RequestRecord("https://a.example/")
        for referrer in ("client", "no-referrer", url_parser("https://b.example/")):
            request.referrer = referrer
            after = item_of(serialize_item(request, ResponseRecord(), None)).request.referrer
            assert (after if isinstance(after, str) else url_serializer(after)) == (
                referrer if isinstance(referrer, str) else url_serializer(referrer)
            )


def damaged(*path: str, value: Any) -> bytes:
    """An item in which something is not as it should be."""
    head = json.loads(
        serialize_item(RequestRecord("https://a.example/"), response_of_a_server(), 1)
    )
    place = head
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return json.dumps(head).encode()


@spec("https://w3c.github.io/ServiceWorker/#dfn-request-response-list")
class TestCachedItem:
    @pytest.mark.parametrize(
        "value",
        [
            b"", b"\xff", b"{}", b"[]", b"1", b"null", b'"' + b"x" * 100, b"[" * 100_000,
            b'{"version":2}', b'{"version":2,"request":5,"response":[]}',
            damaged("request", "url", value="no URL"),
            damaged("request", "url", value=5),
            damaged("request", "method", value=None),
            damaged("request", "headers", value=[["a b", "c"]]),
            damaged("request", "headers", value=[["a", "b\r\nc: d"]]),
            damaged("request", "headers", value=[["a", "\u0100"]]),
            damaged("request", "headers", value=["abc"]),
            damaged("request", "headers", value=[["a", 1]]),
            damaged("request", "referrer", value="?"),
            damaged("request", "items", value={"body": "x"}),
            damaged("request", "items", value={"mode": 1}),
            damaged("request", "items", value=[]),
            damaged("response", "urls", value=["no URL"]),
            damaged("response", "filter", value="strange"),
            damaged("response", "items", value={"status": "200"}),
            damaged("response", "items", value={"body": None}),
            damaged("response", "exposed", value=[1]),
            damaged("length", value=-1),
            damaged("length", value="1"),
        ],
    )  # fmt: skip
    async def test_what_is_damaged_is_a_storage_error_that_says_so(self, value: bytes) -> None:
        item = item_of(value)
        values = Host().record(StorageShed).bottle_of_the_host(b"cache/").record(LargeValues)

        def look(entries: Entries) -> None:
            with pytest.raises(StorageError, match="damaged"):
                assert item.request and item.response
                item.read_body(entries, values)

        await values.read(look)

    def test_an_opaque_response_has_a_url(self) -> None:
        head = json.loads(damaged("response", "urls", value=[]))
        head["response"]["filter"] = "opaque"
        with pytest.raises(StorageError, match="damaged"):
            assert item_of(json.dumps(head).encode()).response

    def test_another_version_is_not_guessed_at(self) -> None:
        with pytest.raises(StorageError, match="of version 3"):
            assert item_of(damaged("version", value=3)).request
