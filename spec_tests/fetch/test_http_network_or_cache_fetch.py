"""HTTP-network-or-cache fetch: the headers that a request gets on its way."""

from __future__ import annotations

import pytest

from worker_runtime import fetch
from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.http_network_or_cache_fetch import copy_for_http, modify_header_list
from worker_runtime.fetch.requests import RequestCache, RequestRecord
from worker_runtime.html.settings_objects import current_settings_object
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import origin

from .scripted_network import network_of, response

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch")
class TestHTTPNetworkOrCacheFetch:
    async def test_nothing_is_cached_without_a_cache(self) -> None:
        with network_of(lambda request: response(cache_control="max-age=999")) as network:
            current_settings_object().origin = origin(url_parser("http://a.example/"))
            await fetch("http://a.example/")
            await fetch("http://a.example/", cache="force-cache")
            assert len(network.requests) == 2
            with pytest.raises(TypeError, match="from the HTTP cache only, and there is none"):
                await fetch("http://a.example/", cache="only-if-cached", mode="same-origin")

    async def test_a_browser_has_a_cache(self) -> None:
        with network_of(
            lambda request: response(cache_control="max-age=999"), browser_at="http://a.example/"
        ) as network:
            await fetch("http://a.example/")
            await fetch("http://a.example/")
            assert len(network.requests) == 1

    async def test_keepalive_is_for_small_bodies(self) -> None:
        with network_of(lambda request: response()):
            with pytest.raises(TypeError, match="at most 65536 bytes"):
                await fetch("http://a.example/", method="POST", body=bytes(65537), keepalive=True)

    async def test_a_misdirected_request_is_sent_over_a_new_connection(self) -> None:
        with network_of(
            lambda request: response(status="421 x" if len(network.streams) == 1 else "200 OK")
        ) as network:
            assert (await fetch("http://a.example/")).status == 200
            assert len(network.streams) == 2

    async def test_nobody_is_asked_for_a_password(self) -> None:
        with network_of(lambda request: response(status="401 x", www_authenticate="Basic")):
            assert (await fetch("http://a.example/")).status == 401

    @pytest.mark.parametrize("browser_at", [None, "http://a.example/"])
    async def test_a_proxy_that_asks_for_one_is_a_network_error(
        self, browser_at: str | None
    ) -> None:
        with network_of(
            lambda request: response(b"x", status="407 x", proxy_authenticate="Basic"), browser_at
        ) as network:
            with pytest.raises(TypeError, match="407"):
                await fetch("http://a.example/")


@spec("https://fetch.spec.whatwg.org/#http-network-or-cache-fetch")
class TestCopyForHTTP:
    def test_a_body_at_hand_can_be_sent_again(self) -> None:
        request = RequestRecord("http://a.example/", "POST", body=BodyRecord(b"x", 1))
        copy = copy_for_http(request)
        assert copy.body is not request.body
        assert copy.body is not None and copy.body.take_bytes() == b"x"
        assert request.body is not None and request.body.take_bytes() == b"x"


@spec("https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch")
class TestModifyHeaderList:
    @pytest.mark.parametrize("mode, headers", [
        ("default", {}), ("no-store", {"pragma": "no-cache", "cache-control": "no-cache"}),
        ("reload", {"pragma": "no-cache", "cache-control": "no-cache"}),
        ("no-cache", {"cache-control": "max-age=0"}),
    ])  # fmt: skip
    def test_tells_caches_on_the_way_what_is_wanted(
        self, mode: RequestCache, headers: dict[str, str]
    ) -> None:
        request = RequestRecord("http://a.example/")
        request.referrer = "no-referrer"
        request.cache_mode = mode
        modify_header_list(request)
        names = {name.lower(): value for name, value in request.header_list}
        assert names == {
            **headers,
            "user-agent": "worker-runtime/0.1",
            "accept-encoding": "gzip, deflate",
        }

    def test_leaves_what_is_there(self) -> None:
        request = RequestRecord("http://a.example/")
        request.referrer = "no-referrer"
        for name in ("User-Agent", "Accept-Encoding", "Pragma", "Cache-Control"):
            request.header_list.append(name, "mine")
        request.cache_mode = "no-store"
        modify_header_list(request)
        assert [value for _, value in request.header_list] == ["mine"] * 4

    def test_a_range_is_of_the_content_as_it_is(self) -> None:
        request = RequestRecord("http://a.example/")
        request.header_list.append("Range", "bytes=0-1")
        modify_header_list(request)
        assert request.header_list.get("Accept-Encoding") == "identity"

    def test_a_range_is_so_also_beside_codings_that_are_copied(self) -> None:
        request = RequestRecord("http://a.example/")
        request.header_list.append("Range", "bytes=0-1")
        request.header_list.append("Accept-Encoding", "gzip")
        modify_header_list(request)
        assert request.header_list.get("Accept-Encoding") == "gzip, identity"
