"""Service Workers, 5.4.4 and 5.4.5: addAll and put."""

from __future__ import annotations

import asyncio

import pytest

from spec_tests.fetch.scripted_network import Received, network_of, response
from worker_runtime import (
    AbortController,
    AbortSignal,
    DOMException,
    Request,
    Response,
    caches,
    fetch,
)
from worker_runtime.fetch import response_class
from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.responses import ResponseRecord, opaque_filtered_response
from worker_runtime.host.storage.backend import StorageBackend
from worker_runtime.html.settings_objects import current_settings_object
from worker_runtime.service_workers.adding_to_caches import copy_without_body
from worker_runtime.url.url_parsing import url_parser

spec = pytest.mark.spec

A = "http://a.example/"
BODY, LOOSE = b"cache/body/", b"cache/loose/"
LARGE = bytes(range(256)) * 1000


def serve(request: Received) -> bytes | None:
    """A server that knows a few paths."""
    match request.target:
        case "/large":
            return response(LARGE)
        case "/partial":
            return response(b"x", "206 Partial Content")
        case "/all":
            return response(b"x", vary="a, *")
        case "/no":
            return response(status="404 Not Found")
        case "/accept":
            return response(b"x", vary="accept, accept-language, user-agent, accept-encoding")
        case "/none":
            return response(status="204 No Content", content_length="")
        case "/begins":
            return response(LARGE, content_length=str(len(LARGE) + 1))
        case "/hangs":
            return None
        case "/breaks":
            request.stream.feed(response(LARGE, content_length=str(len(LARGE) + 1)))
            request.stream.end()
            return None
        case target:
            return response(target.encode())


def left_over(storage: StorageBackend) -> int:
    return len(storage.scan(LOOSE)) + len(storage.scan(BODY))


@spec("https://w3c.github.io/ServiceWorker/#cache-addAll")
class TestAddAll:
    async def test_all_responses_are_put(self) -> None:
        with network_of(serve):
            cache = await caches.open("test")
            await cache.addAll([A + "1", Request(A + "large#f", headers={"x": "y"}), A + "none"])
            assert [request.url for request in await cache.keys()] == [
                A + "1",
                A + "large#f",
                A + "none",
            ]
            first, second, third = await cache.matchAll()
            assert (first.url, first.type, await first.text()) == (A + "1", "basic", "/1")
            assert (second.url, await second.bytes()) == (A + "large", LARGE)
            assert third.status == 204 and third.body is None

    async def test_none_is_put_if_one_fails(self) -> None:
        with network_of(serve):
            cache = await caches.open("test")
            for path in ("partial", "all", "no", "breaks"):
                with pytest.raises(TypeError):
                    await cache.addAll([A + "large", A + path, A + "1"])
                for _ in range(20):
                    await asyncio.sleep(0)
                assert (
                    await cache.keys() == ()
                    and left_over(current_settings_object().host.storage) == 0
                )

    @pytest.mark.parametrize(
        "path, reason", [("partial", "206"), ("all", "Vary"), ("no", "404"), ("breaks", "ended")]
    )
    async def test_add_says_why_it_fails(self, path: str, reason: str) -> None:
        with network_of(serve):
            cache = await caches.open("test")
            with pytest.raises(TypeError, match=reason):
                await cache.add(A + path)

    @pytest.mark.parametrize(
        "request_, reason",
        [
            (Request(A, method="POST"), "method GET"),
            ("data:,x", "http and https"),
            ("https://[", "Invalid URL"),
            (None, "str"),
        ],
    )
    async def test_what_cannot_be_put_is_a_rejection_and_ends_the_other_fetches(
        self, request_: str | Request, reason: str
    ) -> None:
        with network_of(serve) as network:
            cache = await caches.open("test")
            with pytest.raises(TypeError, match=reason):
                await cache.addAll([A + "hangs", request_])
            for _ in range(5):
                await asyncio.sleep(0)
            assert all(stream.is_closed for stream in network.streams)

    async def test_a_string_is_no_list(self) -> None:
        with network_of(serve):
            with pytest.raises(TypeError, match="list of requests"):
                await (await caches.open("test")).addAll(A)

    @pytest.mark.parametrize("path", ["large", "no"])
    async def test_the_same_request_twice_is_an_invalid_state_error(self, path: str) -> None:
        request = Request(A + path, headers={"b": "1", "a": "2"})
        with network_of(serve) as network:
            cache = await caches.open("test")
            for same in (
                request,
                Request(A + path + "#f", headers={"a": "2", "B": "1"}),
            ):
                with pytest.raises(DOMException, match="InvalidStateError"):
                    await cache.addAll([A, request, same])
            assert network.dialled == [] and left_over(current_settings_object().host.storage) == 0

    async def test_those_that_the_response_does_not_tell_apart_are_one_too(self) -> None:
        with network_of(serve):
            cache = await caches.open("test")
            with pytest.raises(DOMException, match="InvalidStateError"):
                await cache.addAll([A + "large", Request(A + "large", headers={"a": "1"})])
            assert left_over(current_settings_object().host.storage) == 0

    async def test_no_requests_are_none_that_fail(self) -> None:
        with network_of(serve):
            await (await caches.open("test")).addAll([])

    async def test_what_the_fetch_adds_to_its_request_is_not_stored(self) -> None:
        with network_of(serve) as network:
            cache = await caches.open("test")
            await cache.add(A + "accept")
            assert network.requests[0].headers["accept"] == "*/*"
            assert await cache.match(A + "accept") is not None


@spec("https://w3c.github.io/ServiceWorker/#dom-cache-addall-requests-requests")
class TestFetchIntoCache:
    async def test_a_signal_that_is_aborted_already(self) -> None:
        with network_of(serve) as network:
            cache = await caches.open("test")
            with pytest.raises(DOMException, match="AbortError"):
                await cache.add(Request(A, signal=AbortSignal.abort()))
            assert network.dialled == []

    @pytest.mark.parametrize("path", ["hangs", "begins"])
    async def test_a_signal_that_is_aborted_on_the_way(self, path: str) -> None:
        with network_of(serve) as network:
            cache = await caches.open("test")
            controller = AbortController()
            promise = cache.addAll([A + "large", Request(A + path, signal=controller.signal)])
            for _ in range(50):
                await asyncio.sleep(0)
            controller.abort(KeyError("why"))
            with pytest.raises(KeyError, match="why"):
                await promise
            for _ in range(20):
                await asyncio.sleep(0)
            assert (
                await cache.keys() == () and left_over(current_settings_object().host.storage) == 0
            )
            assert network.streams[-1].is_closed
            assert not controller.signal._abort_algorithms


@spec("https://w3c.github.io/ServiceWorker/#cache-put")
class TestPut:
    async def test_a_fetched_response_streams_into_the_cache(self) -> None:
        with network_of(serve):
            cache = await caches.open("test")
            await cache.put(A, await fetch(A + "large"))
            found = await cache.match(A)
            assert found is not None and found.url == A + "large" and await found.bytes() == LARGE

    async def test_an_opaque_response_may_vary_with_everything_and_be_partial(self) -> None:
        with network_of(serve, browser_at="http://site.example/"):
            cache = await caches.open("test")
            for path in ("all", "partial"):
                fetched = await fetch(A + path, mode="no-cors")
                assert fetched.type == "opaque"
                await cache.put(A, fetched)
                assert await cache.match(Request(A, headers={"accept": "else"})) is not None

    async def test_what_cors_exposes_is_exposed_again_and_no_more(self) -> None:
        headers = {
            "access_control_allow_origin": "*",
            "access_control_expose_headers": "*",
            "foo": "bar",
            "set_cookie": "x",
        }
        with network_of(
            lambda request: response(b"x", **headers), browser_at="http://site.example/"
        ):
            cache = await caches.open("test")
            fetched = await fetch(A)
            await cache.put(A, fetched)
            found = await cache.match(A)
            assert found is not None and found.type == fetched.type == "cors"
            assert list(found.headers) == list(fetched.headers)
            assert found.headers.get("foo") == "bar" and found.headers.get("set-cookie") is None


@spec("https://w3c.github.io/ServiceWorker/#dom-cache-put-request-response-response")
class TestHeadAndBody:
    async def test_an_opaque_response_can_be_put_any_number_of_times(
        self, storage: StorageBackend
    ) -> None:
        record = ResponseRecord()
        record.url_list = [url_parser("https://other.example/")]
        record.body = BodyRecord(b"hidden")
        opaque = response_class.create(opaque_filtered_response(record), "immutable")
        cache = await caches.open("test")
        for path in "12":
            await cache.put(A + path, opaque)
        first, second = await cache.matchAll()
        for found in (first, second):
            assert found.body is None and found.type == "opaque"
        assert len(storage.scan(BODY)) == 2


@spec("https://w3c.github.io/ServiceWorker/#dom-cache-put-request-response-request")
class TestCopyWithoutBody:
    def test_the_body_stays_where_it_is(self) -> None:
        response = Response("x")._response
        assert isinstance(response, ResponseRecord)
        copy = copy_without_body(response)
        assert copy.body is None and response.body is not None and not response.body.is_unusable
        copy.header_list.append("a", "b")
        assert not response.header_list.contains("a")
