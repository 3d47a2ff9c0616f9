"""HTTP cache partitions: what is kept, for whom, and how much."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import worker_runtime
from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.http_cache_partitions import (
    MOST_RESPONSES_OF_A_URL,
    PREFIX,
    RESPONSE,
    TOTAL,
    USE,
    HTTPCache,
    determine_the_http_cache_partition,
    key_of_use,
    key_url_of,
    update,
    values_of,
)
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageBackend
from worker_runtime.host.storage.sqlite import SQLiteStorage
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.storage.large_values import CHUNK_SIZE, LargeValues
from worker_runtime.storage.storage_sheds import StorageShed
from worker_runtime.url.origins import TupleOrigin

spec = pytest.mark.spec

NOW = 1_700_000_000.0
BODY, LOOSE = PREFIX + b"body/", PREFIX + b"loose/"


def request(url: str = "http://a.example/", method: str = "GET", **headers: str) -> RequestRecord:
    return RequestRecord(
        url,
        method,
        HeaderList([(name.replace("_", "-"), value) for name, value in headers.items()]),
    )


def response(body: bytes | None = b"x", status: int = 200, **headers: str) -> ResponseRecord:
    record = ResponseRecord(
        HeaderList([(name.replace("_", "-"), value) for name, value in headers.items()])
    )
    record.status = status
    record.body = None if body is None else BodyRecord(body, len(body))
    return record


def store(cache: HTTPCache, url: str, body: bytes = b"x", now: float = NOW, **headers: Any) -> None:
    cache.store(
        request(url), True, response(body, **{"cache_control": "max-age=60", **headers}), now, now
    )


def http_cache(
    storage: StorageBackend, site: str = "https://site.example", **arguments: Any
) -> HTTPCache:
    bottle = Host(storage=storage).record(StorageShed).bottle_of_the_host(PREFIX)
    return HTTPCache(bottle.record(LargeValues), site, **{"is_shared": False, **arguments})


async def body_at(cache: HTTPCache, url: str, now: float = NOW, **headers: str) -> bytes | None:
    """The bytes that the cache has for a request, all of which are in hand."""
    cached = await cache.select(request(url, **headers), True)
    found = None if cached is None else await cache.response(cached, now)
    return None if found is None or found.body is None else found.body.take_bytes()


@pytest.fixture
def cache(storage: StorageBackend) -> HTTPCache:
    return http_cache(storage)


@spec("https://fetch.spec.whatwg.org/#determine-the-http-cache-partition")
class TestDetermineTheHTTPCachePartition:
    async def test_there_is_none_without_the_switch_or_without_a_client(self) -> None:
        fetched = request()
        assert determine_the_http_cache_partition(fetched) is None
        fetched.client = EnvironmentSettingsObject(Host())
        assert determine_the_http_cache_partition(fetched) is None
        fetched.client.host.http_cache = True
        assert determine_the_http_cache_partition(fetched) is not None

    async def test_it_is_the_same_for_one_client_and_shared_on_a_server(self) -> None:
        fetched = request()
        site = TupleOrigin("http", "site.example", None)
        fetched.client = EnvironmentSettingsObject(Host(http_cache=True), origin=site)
        cache = determine_the_http_cache_partition(fetched)
        assert (
            cache is not None
            and cache.is_shared
            and determine_the_http_cache_partition(fetched) is cache
        )

    async def test_a_browser_has_one_and_it_is_private(self) -> None:
        fetched = request()
        fetched.client = EnvironmentSettingsObject(Host(profile="browser"))
        cache = determine_the_http_cache_partition(fetched)
        assert cache is not None and not cache.is_shared

    async def test_a_storage_that_does_not_work_has_nothing(self, storage: StorageBackend) -> None:
        fetched = request()
        fetched.client = EnvironmentSettingsObject(Host(storage=storage, http_cache=True))
        storage.close()
        cache = determine_the_http_cache_partition(fetched)
        assert cache is not None and await body_at(cache, "http://a.example/") is None

    async def test_what_an_earlier_version_has_stored_goes(self, storage: StorageBackend) -> None:
        storage.put(b"http/response/s\0u\0" + b"1" * 16, b"{}")
        storage.put(b"http/use/1", b"12 %b http/response/s" % (b"a" * 16))
        storage.put(b"http/use/2", b"12 %b http/response/t" % (b"0" * 16))
        storage.put(b"http/total", b"2 24")
        storage.put(b"cache/body/%b/00000000" % (b"a" * 16), b"of a response")
        storage.put(b"cache/body/%b/00000000" % (b"b" * 16), b"of a cache")
        fetched = request()
        fetched.client = EnvironmentSettingsObject(Host(storage=storage, http_cache=True))
        cache = determine_the_http_cache_partition(fetched)
        assert cache is not None
        store(cache, "http://a.example/", b"new")
        assert await body_at(cache, "http://a.example/") == b"new"
        await asyncio.sleep(0)  # then it is on its way
        queue = fetched.client.host.record(StorageShed).queue
        await queue.perform(lambda _: None, lambda backend: backend, takes_long=True)
        assert storage.scan(b"http/") == []
        assert [value for _, value in storage.scan(b"cache/")] == [b"of a cache"]


@spec("https://fetch.spec.whatwg.org/#http-cache-partitions")
class TestHTTPCache:
    async def test_two_sites_share_nothing(self, storage: StorageBackend) -> None:
        one, other = (http_cache(storage, site) for site in ("http://a", "http://ab"))
        store(one, "http://a.example/", b"one")
        assert (
            await body_at(one, "http://a.example/") == b"one"
            and await body_at(other, "http://a.example/") is None
        )

    @pytest.mark.parametrize("url", [
        "http://a.example/b", "http://a.example/?", "http://a.example:81/", "https://a.example/",
        "http://a.example",
    ])  # fmt: skip
    async def test_a_url_is_itself_without_its_fragment(self, cache: HTTPCache, url: str) -> None:
        store(cache, "http://a.example/#f", b"one")
        assert (await body_at(cache, url + "#g") == b"one") is (url == "http://a.example")

    @pytest.mark.parametrize("size", [0, 1, CHUNK_SIZE, CHUNK_SIZE + 1])
    async def test_a_body_of_any_length(self, cache: HTTPCache, size: int) -> None:
        store(cache, "http://a.example/", bytes(size))
        cached = await cache.select(request(), True)
        assert cached is not None and cached.length == size
        found = await cache.response(cached, NOW)
        assert found is not None and found.body is not None and found.body.length == size

    async def test_bytes_and_responses_are_counted_and_nothing_is_left_of_what_is_removed(
        self, storage: StorageBackend, cache: HTTPCache
    ) -> None:
        for url in ("http://a.example/", "http://b.example/", "http://a.example/"):
            store(cache, url, bytes(3 * CHUNK_SIZE))
        count, size = map(int, (storage.get(PREFIX + TOTAL) or b"").split())
        assert count == len(storage.scan(PREFIX + RESPONSE)) == len(storage.scan(PREFIX + USE)) == 2
        assert 6 * CHUNK_SIZE < size < 6 * CHUNK_SIZE + 2000
        for url in ("http://a.example/", "http://b.example/"):
            cached = await cache.select(request(url), True)
            assert cached is not None
            cache.remove(cached)
            cache.remove(cached)
        assert storage.get(PREFIX + TOTAL) == b"0 0"
        assert [len(storage.scan(prefix)) for prefix in (RESPONSE, USE, BODY, LOOSE)] == [
            0,
            0,
            0,
            0,
        ]

    async def test_the_least_recently_used_goes_first(self, storage: StorageBackend) -> None:
        cache = http_cache(storage, "s", most_responses=3)
        for second, name in enumerate("abc"):
            store(cache, f"http://{name}.example/", now=NOW + second)
        assert await body_at(cache, "http://a.example/", NOW + 10) == b"x"
        store(cache, "http://d.example/", now=NOW + 11)
        assert [
            name for name in "abcd" if await cache.select(request(f"http://{name}.example/"), True)
        ] == ["a", "c", "d"]

    async def test_a_use_costs_no_write_if_the_last_was_just_now(
        self, storage: StorageBackend, cache: HTTPCache
    ) -> None:
        store(cache, "http://a.example/")
        uses = storage.scan(PREFIX + USE)
        await body_at(cache, "http://a.example/", NOW + 0.5)
        assert storage.scan(PREFIX + USE) == uses
        await body_at(cache, "http://a.example/", NOW + 5)
        assert storage.scan(PREFIX + USE) != uses and len(storage.scan(PREFIX + USE)) == 1

    async def test_all_bodies_together_have_a_bound(self, storage: StorageBackend) -> None:
        cache = http_cache(storage, "s", most_bytes=100_000)
        for number in range(30):
            store(cache, f"http://a.example/{number}", bytes(10_000), now=NOW + number)
        assert sum(len(value) for _, value in storage.scan(BODY)) <= 100_000
        assert (
            await body_at(cache, "http://a.example/29") == bytes(10_000)
            and await body_at(cache, "http://a.example/0") is None
        )

    async def test_a_body_that_is_too_long_is_not_stored_and_puts_nothing_out(
        self, storage: StorageBackend
    ) -> None:
        cache = http_cache(storage, "s", most_bytes=100_000)
        store(cache, "http://a.example/1")
        store(cache, "http://a.example/2", bytes(13_000))
        assert (
            await body_at(cache, "http://a.example/1") == b"x"
            and await body_at(cache, "http://a.example/2") is None
        )

    async def test_a_url_has_so_many_variants(
        self, storage: StorageBackend, cache: HTTPCache
    ) -> None:
        for number in range(2 * MOST_RESPONSES_OF_A_URL):
            variant = response(b"%d" % number, cache_control="max-age=60", vary="x")
            cache.store(request(x=str(number)), True, variant, NOW + number, NOW + number)
        assert len(storage.scan(PREFIX + RESPONSE)) == MOST_RESPONSES_OF_A_URL
        assert (
            await body_at(cache, "http://a.example/", x=str(2 * MOST_RESPONSES_OF_A_URL - 1))
            == b"31"
        )
        assert await body_at(cache, "http://a.example/", x="0") is None

    async def test_what_came_later_is_not_replaced_by_what_came_before(
        self, cache: HTTPCache
    ) -> None:
        store(cache, "http://a.example/", b"new", now=NOW + 5)
        store(cache, "http://a.example/", b"old", now=NOW)
        assert await body_at(cache, "http://a.example/") == b"new"

    @pytest.mark.parametrize("key, value", [(TOTAL, b"many"), (TOTAL, b"99999 99999999999")])
    async def test_a_damaged_total_stores_nothing_and_breaks_nothing(
        self, storage: StorageBackend, cache: HTTPCache, key: bytes, value: bytes
    ) -> None:
        storage.put(PREFIX + key, value)
        store(cache, "http://a.example/")
        assert await body_at(cache, "http://a.example/") is None and storage.scan(BODY) == []

    async def test_a_damaged_response_is_none_and_goes(
        self, storage: StorageBackend, cache: HTTPCache
    ) -> None:
        store(cache, "http://a.example/")
        [(key, _)] = storage.scan(PREFIX + RESPONSE)
        storage.put(key, b"{")
        assert await body_at(cache, "http://a.example/") is None
        store(cache, "http://a.example/", b"again")
        assert await body_at(cache, "http://a.example/") == b"again"
        assert key not in dict(storage.scan(PREFIX + RESPONSE))

    async def test_a_closed_storage_has_nothing_and_takes_nothing(
        self, storage: StorageBackend, cache: HTTPCache
    ) -> None:
        store(cache, "http://a.example/")
        cached = await cache.select(request(), True)
        assert cached is not None
        storage.close()
        assert (
            await cache.select(request(), True) is None
            and await cache.response(cached, NOW) is None
        )
        store(cache, "http://a.example/")
        cache.remove(cached)
        cache.invalidate(request(method="POST"), response())
        cache.apply_head(request(method="HEAD"), True, response(), NOW, NOW)
        assert await cache.freshen(cached, request(), response(status=304), NOW, NOW) is None


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4-1")
class TestSelect:
    async def test_is_for_get_and_head_of_a_whole(self, cache: HTTPCache) -> None:
        store(cache, "http://a.example/")
        assert await cache.select(request(method="HEAD"), True) is not None
        assert await cache.select(request(method="POST"), True) is None
        assert await cache.select(request(range="bytes=0-1"), True) is None

    async def test_credentials_are_part_of_the_key(self, cache: HTTPCache) -> None:
        store(cache, "http://a.example/")
        assert await cache.select(request(), False) is None
        cache.store(request(), False, response(b"anonymous", cache_control="max-age=60"), NOW, NOW)
        assert await body_at(cache, "http://a.example/") == b"x"

    async def test_variants_live_side_by_side(self, cache: HTTPCache) -> None:
        for value in ("1", "2"):
            cache.store(
                request(foo=value),
                True,
                response(value.encode(), cache_control="max-age=60", vary="Foo"),
                NOW,
                NOW,
            )
        assert [
            await body_at(cache, "http://a.example/", foo=value) for value in ("1", "2", "3")
        ] == [
            b"1",
            b"2",
            None,
        ]


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4-3")
class TestResponse:
    async def test_says_where_it_comes_from(self, cache: HTTPCache) -> None:
        store(cache, "http://a.example/")
        cached = await cache.select(request(), True)
        assert cached is not None
        local, validated = (
            await cache.response(cached, NOW + 5),
            await cache.response(cached, NOW + 5, is_validated=True),
        )
        assert local is not None and (local.cache_state, local.header_list.get("age")) == (
            "local",
            "5",
        )
        assert validated is not None and (
            validated.cache_state,
            validated.header_list.get("age"),
        ) == ("validated", None)

    async def test_is_none_if_another_process_has_removed_it(
        self, storage: StorageBackend, cache: HTTPCache
    ) -> None:
        store(cache, "http://a.example/")
        cached = await cache.select(request(), True)
        assert cached is not None
        storage.delete_prefix(BODY)
        assert await cache.response(cached, NOW) is None


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-3")
class TestStore:
    async def test_a_response_without_a_body(self, cache: HTTPCache) -> None:
        cache.store(request(), True, response(None, 204, cache_control="max-age=60"), NOW, NOW)
        cached = await cache.select(request(), True)
        assert cached is not None and (cached.status, cached.length) == (204, None)

    def test_what_may_not_be_stored_is_left_alone(
        self, storage: StorageBackend, cache: HTTPCache
    ) -> None:
        record = response(cache_control="no-store")
        body = record.body
        cache.store(request(), True, record, NOW, NOW)
        assert record.body is body and storage.scan(PREFIX + RESPONSE) == []

    @pytest.mark.parametrize(
        "location, is_stored", [("http://a.example/", True), ("", True), ("/other", False)]
    )
    async def test_a_post_whose_response_is_what_lies_there(
        self, cache: HTTPCache, location: str, is_stored: bool
    ) -> None:
        brought = response(b"new", cache_control="max-age=60", content_location=location)
        cache.store(request(method="POST"), True, brought, NOW, NOW)
        assert await body_at(cache, "http://a.example/") == (b"new" if is_stored else None)


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4-4")
class TestRemove:
    async def test_only_that_one(self, cache: HTTPCache) -> None:
        store(cache, "http://a.example/")
        store(cache, "http://b.example/")
        cached = await cache.select(request(), True)
        assert cached is not None
        cache.remove(cached)
        assert (
            await body_at(cache, "http://a.example/") is None
            and await body_at(cache, "http://b.example/") == b"x"
        )


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4-2")
class TestFreshen:
    async def test_the_one_that_was_asked_for_and_those_with_the_same_strong_validator(
        self, cache: HTTPCache
    ) -> None:
        for value, entity_tag in (("1", '"a"'), ("2", '"a"'), ("3", '"b"')):
            variant = response(
                value.encode(), cache_control="max-age=60", vary="foo", etag=entity_tag
            )
            cache.store(request(foo=value), True, variant, NOW, NOW)
        cached = await cache.select(request(foo="1"), True)
        assert cached is not None
        assert await cache.freshen(
            cached, request(foo="1"), response(None, 304, etag='"a"', x="new"), NOW + 99, NOW + 100
        )
        times = [
            found.response_time - NOW
            for value in "123"
            if (found := await cache.select(request(foo=value), True))
        ]
        assert times == [100, 0, 0]  # the others could not have been chosen for that request
        assert cached.response_time == NOW + 100 and cached.values["x"] == "new"

    @pytest.mark.parametrize("headers, seen_by_others", [
        ({"cache_control": "max-age=60"}, "new"),
        ({"cache_control": "max-age=60, public", "set_cookie": "a=b"}, "new"),
        ({"cache_control": "max-age=60", "set_cookie": "a=b"}, "old"),
        ({"set_cookie": "a=b"}, "old"),
        ({"cache_control": "max-age=60, private"}, None),
        ({"cache_control": 'private="x"'}, None),
        ({"cache_control": "max-age=60, no-store"}, None),
        ({"cache_control": "max-age=60, must-understand, no-store"}, "new"),
    ])  # fmt: skip
    async def test_what_a_shared_cache_may_not_store_is_seen_by_who_has_asked_alone(
        self, storage: StorageBackend, headers: dict[str, Any], seen_by_others: str | None
    ) -> None:
        cache = http_cache(storage, is_shared=True)
        store(cache, "http://a.example/", etag='"a"', x="old", cache_control="max-age=60, public")
        cached = await cache.select(request(), True)
        assert cached is not None
        confirming = response(None, 304, etag='"a"', x="new", **headers)
        validated = await cache.freshen(cached, request(), confirming, NOW, NOW)
        assert validated is not None and validated.header_list.get("x") == "new"
        assert validated.header_list.get("set-cookie") == headers.get("set_cookie")
        assert validated.body is not None and validated.body.take_bytes() == b"x"
        other = await cache.select(request(), True)
        assert (None if other is None else other.values["x"]) == seen_by_others

    @pytest.mark.parametrize(
        "cache_control, seen_by_others", [("max-age=60", "old"), ("max-age=60, public", "new")]
    )
    async def test_what_somebody_is_authorized_to_see_updates_nothing_for_others(
        self, storage: StorageBackend, cache_control: str, seen_by_others: str
    ) -> None:
        cache = http_cache(storage, is_shared=True)
        store(cache, "http://a.example/", etag='"a"', x="old")
        asked = request(authorization="Bearer a")
        cached = await cache.select(asked, True)
        assert cached is not None
        confirming = response(None, 304, etag='"a"', x="new", cache_control=cache_control)
        assert await cache.freshen(cached, asked, confirming, NOW, NOW) is not None
        other = await cache.select(request(), True)
        assert other is not None and other.values["x"] == seen_by_others

    async def test_a_private_cache_keeps_what_is_private(self, cache: HTTPCache) -> None:
        store(cache, "http://a.example/", etag='"a"')
        cached = await cache.select(request(), True)
        assert cached is not None
        confirming = response(None, 304, etag='"a"', cache_control="private", set_cookie="a=b")
        assert await cache.freshen(cached, request(), confirming, NOW, NOW) is not None
        other = await cache.select(request(), True)
        assert other is not None and other.values["set-cookie"] == "a=b"

    async def test_not_by_what_is_about_another(self, cache: HTTPCache) -> None:
        store(cache, "http://a.example/", etag='"a"')
        cached = await cache.select(request(), True)
        assert cached is not None
        assert not await cache.freshen(cached, request(), response(None, 304, etag='"b"'), NOW, NOW)

    async def test_one_that_is_gone_does_not_come_back(
        self, storage: StorageBackend, cache: HTTPCache
    ) -> None:
        store(cache, "http://a.example/", etag='"a"')
        cached = await cache.select(request(), True)
        assert cached is not None
        cache.remove(cached)
        assert (
            await cache.freshen(cached, request(), response(None, 304, etag='"a"'), NOW, NOW)
            is None
        )
        assert storage.scan(PREFIX + RESPONSE) == [] and storage.get(PREFIX + TOTAL) == b"0 0"


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.3.5-2")
class TestApplyHead:
    @pytest.mark.parametrize("entity_tag, x", [('"a"', "new"), ('"b"', None)])
    async def test_updates_or_removes(
        self, cache: HTTPCache, entity_tag: str, x: str | None
    ) -> None:
        store(cache, "http://a.example/", etag='"a"')
        cache.apply_head(
            request(method="HEAD"), True, response(None, etag=entity_tag, x="new"), NOW + 9, NOW + 9
        )
        cached = await cache.select(request(), True)
        assert (None if cached is None else cached.values.get("x")) == x

    @pytest.mark.parametrize("headers, x", [
        ({"set_cookie": "a=b"}, "old"), ({"cache_control": "private"}, None),
        ({"cache_control": "no-store"}, None),
    ])  # fmt: skip
    async def test_what_a_shared_cache_may_not_store_is_not_seen_by_others(
        self, storage: StorageBackend, headers: dict[str, Any], x: str | None
    ) -> None:
        cache = http_cache(storage, is_shared=True)
        store(cache, "http://a.example/", etag='"a"', x="old")
        head = response(None, etag='"a"', x="new", **headers)
        cache.apply_head(request(method="HEAD"), True, head, NOW, NOW)
        cached = await cache.select(request(), True)
        assert (None if cached is None else cached.values["x"]) == x

    async def test_a_request_may_forbid_to_store_anything_of_it(self, cache: HTTPCache) -> None:
        store(cache, "http://a.example/", etag='"a"', x="old")
        asked = request(method="HEAD", cache_control="no-store")
        cache.apply_head(asked, True, response(None, etag='"a"', x="new"), NOW, NOW)
        cached = await cache.select(request(), True)
        assert cached is not None and cached.values["x"] == "old"


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.4-1")
class TestInvalidate:
    def test_removes_every_variant_of_the_url_and_of_what_is_located(
        self, storage: StorageBackend, cache: HTTPCache
    ) -> None:
        for url in (
            "http://a.example/",
            "http://a.example/new",
            "http://b.example/",
            "http://a.example/other",
        ):
            store(cache, url)
        cache.store(request(), False, response(cache_control="max-age=60", vary="x"), NOW, NOW)
        located = response(status=201, location="/new", content_location="http://b.example/")
        cache.invalidate(request(method="POST"), located)
        assert [url for url,
            *_ in (key.split(b"\0")[1:] for key, _ in storage.scan(PREFIX + RESPONSE))] == [
            b"http://a.example/other", b"http://b.example/",
        ]  # fmt: skip

    async def test_ends_what_is_being_stored_of_it(self, cache: HTTPCache) -> None:
        outdated = response(cache_control="max-age=60")
        outdated.body = BodyRecord(stream=BodyRecord(b"old").stream)
        cache.store(request(), True, outdated, NOW, NOW)
        cache.invalidate(request(method="POST"), response())
        reader = outdated.body.stream.getReader()
        while not (await reader.read()).done:
            pass
        assert await body_at(cache, "http://a.example/") is None


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4-5")
class TestUpdate:
    async def test_what_was_derived_is_derived_again(self, cache: HTTPCache) -> None:
        store(cache, "http://a.example/")
        cached = await cache.select(request(), True)
        assert cached is not None and cached.directives == {"max-age": "60"}
        update(cached, response(Cache_Control="max-age=9"), NOW + 1, NOW + 2)
        assert cached.directives == {"max-age": "9"} and (
            cached.request_time,
            cached.response_time,
        ) == (NOW + 1, NOW + 2)


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-7.1")
class TestKeyURLOf:
    @pytest.mark.parametrize("host, key_url", [
        (None, "http://a.example/b?c"), ("a.example", "http://a.example/b?c"),
        ("evil", "http://a.example/b?c evil"),
        ("a.example:80", "http://a.example/b?c a.example:80"), ("", "http://a.example/b?c "),
    ])  # fmt: skip
    def test_is_the_current_url_without_a_fragment_and_another_host(
        self, host: str | None, key_url: str
    ) -> None:
        headers = {} if host is None else {"Host": host}
        assert key_url_of(request("http://a.example/b?c#d", **headers)) == key_url

    async def test_what_another_host_has_brought_or_changed_is_its_own(
        self, cache: HTTPCache
    ) -> None:
        evil = request(Host="evil")
        for asked, body in ((evil, b"evil"), (request(), b"good")):
            cache.store(asked, True, response(body, cache_control="max-age=60"), NOW, NOW)
        assert await body_at(cache, "http://a.example/") == b"good"
        assert await body_at(cache, "http://a.example/", Host="evil") == b"evil"
        cache.invalidate(request(method="POST", Host="evil"), response())
        assert await body_at(cache, "http://a.example/") == b"good"
        assert await body_at(cache, "http://a.example/", Host="evil") is None
        cache.apply_head(evil, True, response(None, etag='"new"'), NOW, NOW)
        assert await body_at(cache, "http://a.example/") == b"good"

    async def test_a_post_for_another_host_brings_nothing_to_this_one(
        self, cache: HTTPCache
    ) -> None:
        brought = response(b"evil", cache_control="max-age=60", content_location="/")
        cache.store(request(method="POST", Host="evil"), True, brought, NOW, NOW)
        assert await body_at(cache, "http://a.example/") is None


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-5.2")
class TestValuesOf:
    def test_lines_of_one_name_are_one_value(self) -> None:
        assert values_of(HeaderList([("A", "1"), ("b", "2"), ("a", "3")])) == {
            "a": "1, 3",
            "b": "2",
        }


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-2-2")
class TestKeyOfUse:
    async def test_later_is_greater(self, cache: HTTPCache) -> None:
        store(cache, "http://a.example/")
        cached = await cache.select(request(), True)
        assert cached is not None
        keys = [
            key_of_use(time, cached) for time in (-5.0, 0.001, 9.0, NOW, NOW + 0.001, NOW * 100)
        ]
        assert keys == sorted(set(keys)) and {len(key) for key in keys} == {len(USE) + 31}


PROCESS = """
import asyncio, sys
from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.http_cache_partitions import PREFIX, HTTPCache
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.host.host import Host
from worker_runtime.host.storage.sqlite import SQLiteStorage
from worker_runtime.storage.large_values import LargeValues
from worker_runtime.storage.storage_bottles import Entries
from worker_runtime.storage.storage_sheds import StorageShed

async def main():
    shed = Host(storage=SQLiteStorage(sys.argv[1])).record(StorageShed)
    values = shed.bottle_of_the_host(PREFIX).record(LargeValues)
    cache = HTTPCache(values, "s", is_shared=False, most_responses=20)
    for number in range(100):
        request = RequestRecord(f"http://a.example/{number % 30}")
        response = ResponseRecord(HeaderList([("cache-control", "max-age=60")]))
        response.body = BodyRecord(bytes(100_000), 100_000)
        cache.store(request, True, response, number, number)
        wanted = RequestRecord(f"http://a.example/{number * 7 % 30}")
        if (cached := await cache.select(wanted, True)) is not None:
            await cache.response(cached, number)
    await values.write(Entries.scan)

asyncio.run(main())
"""


@spec("https://fetch.spec.whatwg.org/#http-cache-partitions")
class TestSeveralProcesses:
    def test_they_share_a_file_and_the_count_is_right_in_the_end(self, tmp_path: Path) -> None:
        path = tmp_path / "storage"
        SQLiteStorage(path).close()
        folder = str(Path(worker_runtime.__file__).parent.parent)
        command = [
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, {folder!r}){PROCESS}",
            str(path),
        ]
        processes = [subprocess.Popen(command) for _ in range(3)]
        assert [process.wait(120) for process in processes] == [0, 0, 0]
        storage = SQLiteStorage(path)
        count, size = map(int, (storage.get(PREFIX + TOTAL) or b"").split())
        assert (
            count == len(storage.scan(PREFIX + RESPONSE)) == len(storage.scan(PREFIX + USE)) == 20
        )
        assert sum(int(use.split(b" ")[0]) for _, use in storage.scan(PREFIX + USE)) == size
        numbers = {use.split(b" ")[1] for _, use in storage.scan(PREFIX + USE)}
        held_by_the_dead = {key.removeprefix(LOOSE) for key, _ in storage.scan(LOOSE)}
        assert {key.split(b"/")[2] for key, _ in storage.scan(BODY)} - held_by_the_dead == numbers
        storage.close()
