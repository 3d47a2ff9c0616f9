"""HTTP cache fetch: cache modes, validation, and what is kept of responses, seen by who fetches and
by the server.
"""

from __future__ import annotations

import asyncio
import gc
import weakref
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.fakes import FakeClock
from spec_tests.storage.fake_storages import SlowStorage
from worker_runtime import AbortController, fetch
from worker_runtime.fetch.http_cache_fetch import (
    SECONDS_TO_REVALIDATE,
    client_of,
    fetch_to_the_end,
    gateway_timeout,
)
from worker_runtime.fetch.infrastructure import FetchParams
from worker_runtime.fetch.requests import RequestCache, RequestRecord
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageBackend
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, current_settings_object

from .caching import A, caching_client
from .scripted_network import Received, response

spec = pytest.mark.spec

BODY, LOOSE = b"http-cache/body/", b"http-cache/loose/"

LONG = bytes(range(256)) * 1000


def numbered(**headers: Any) -> Callable[[Received], bytes]:
    """A server whose responses are "1", "2" and so on, and which knows its entity tag again."""
    count = 0

    def serve(request: Received) -> bytes:
        nonlocal count
        if headers.get("etag") and request.headers.get("if-none-match") == headers["etag"]:
            return response(
                status="304 Not Modified", content_length="", **headers, x=f"validated {count}"
            )
        count += 1
        return response(str(count).encode(), **headers)

    return serve


async def text(**init: Any) -> str:
    return await (await fetch(A, **init)).text()


async def settle() -> None:
    """Let what goes on in parallel come to its end."""
    for _ in range(30):
        await asyncio.sleep(0)


@spec("https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch")
class TestHTTPCacheFetch:
    @pytest.mark.parametrize("mode, when_empty, when_fresh, when_stale", [
        ("default", "1", "1", "2"), ("no-store", "1", "2", "2"), ("reload", "1", "2", "2"),
        ("no-cache", "1", "2", "2"), ("force-cache", "1", "1", "1"),
    ])  # fmt: skip
    async def test_each_mode(
        self, mode: RequestCache, when_empty: str, when_fresh: str, when_stale: str
    ) -> None:
        for age, expected in ((None, when_empty), (5, when_fresh), (61, when_stale)):
            with caching_client(numbered(cache_control="max-age=60")) as client:
                if age is not None:
                    await text()
                    client.clock.advance(age)
                assert await text(cache=mode) == expected

    @pytest.mark.parametrize("age", [5, 61])
    async def test_only_if_cached_asks_nobody(self, age: float) -> None:
        with caching_client(numbered(cache_control="max-age=60"), browser_at=A) as client:
            with pytest.raises(TypeError, match="it is not there"):
                await text(cache="only-if-cached", mode="same-origin")
            await text()
            client.clock.advance(age)
            assert (
                await text(cache="only-if-cached", mode="same-origin") == "1" and client.count == 1
            )

    @pytest.mark.parametrize("mode, is_stored", [
        ("default", True), ("no-store", False), ("reload", True), ("no-cache", True),
        ("force-cache", True),
    ])  # fmt: skip
    async def test_all_modes_but_no_store_update_the_cache(
        self, mode: RequestCache, is_stored: bool
    ) -> None:
        with caching_client(numbered(cache_control="max-age=60")):
            await text(cache=mode)
            assert await text() == ("1" if is_stored else "2")

    async def test_the_stored_response_has_everything_and_its_age(self) -> None:
        server = numbered(cache_control="max-age=60", x_mine="1", age="5")
        with caching_client(server) as client:
            first = await fetch(A)
            await first.text()
            client.clock.advance(10)
            again = await fetch(A)
            assert (again.status, again.statusText, again.url, again.headers.get("x-mine")) == (
                200,
                "OK",
                A,
                "1",
            )
            assert (
                again.headers.get("age") == "15"
                and again.type == first.type
                and not again.redirected
            )

    @pytest.mark.parametrize("headers", [
        {"cache-control": "no-cache"}, {"cache-control": "max-age=0"},
        {"cache-control": "no-store"}, {"range": "bytes=0-"}, {"if-none-match": '"x"'},
    ])  # fmt: skip
    async def test_a_request_may_insist_on_the_server(self, headers: dict[str, str]) -> None:
        with caching_client(numbered(cache_control="max-age=60")):
            await text()
            assert await text(headers=headers) == "2"

    async def test_a_request_may_be_content_with_what_is_stale(self) -> None:
        with caching_client(numbered(cache_control="max-age=60")) as client:
            await text()
            client.clock.advance(100)
            assert await text(headers={"cache-control": "max-stale=50"}) == "1"

    async def test_who_sends_conditions_gets_the_answer_to_them(self) -> None:
        with caching_client(numbered(cache_control="max-age=60", etag='"a"')) as client:
            await text()
            for mode in ("default", "no-cache", "reload"):
                assert (await fetch(A, headers={"if-none-match": '"a"'}, cache=mode)).status == 304
                assert client.last["if-none-match"] == '"a"'
            assert await text() == "1"

    async def test_head_is_answered_by_what_get_has_brought(self) -> None:
        with caching_client(numbered(cache_control="max-age=60")) as client:
            await text()
            head = await fetch(A, method="HEAD")
            assert (
                head.headers.get("content-length") == "1"
                and await head.text() == ""
                and client.count == 1
            )

    async def test_a_redirect_is_stored_too(self) -> None:
        def serve(request: Received) -> bytes:
            if request.target == "/":
                return response(status="301 x", location="/b", cache_control="max-age=60")
            return response(b"b", cache_control="max-age=60")

        with caching_client(serve) as client:
            for _ in range(2):
                found = await fetch(A)
                assert found.redirected and await found.text() == "b"
            assert client.count == 2

    @pytest.mark.parametrize("credentials", ["same-origin", "omit"])
    async def test_what_is_not_shared_is_not_stored_on_a_server(self, credentials: str) -> None:
        with caching_client(numbered(cache_control="private, max-age=60")) as client:
            await text(credentials=credentials)
            assert await text(credentials=credentials) == "2" and client.count == 2

    async def test_what_somebody_is_authorized_to_see_is_not_for_others(self) -> None:
        with caching_client(numbered(cache_control="max-age=60")):
            assert await text(headers={"authorization": "Bearer a"}) == "1"
            assert await text() == "2"

    async def test_both_are_stored_in_a_browser(self) -> None:
        with caching_client(numbered(cache_control="private, max-age=60"), browser_at=A) as client:
            assert await text(headers={"authorization": "Bearer a"}) == "1"
            assert await text(headers={"authorization": "Bearer a"}) == "1" and client.count == 1

    @pytest.mark.parametrize("browser_at", [None, A])
    async def test_what_is_decoded_is_decoded_once(self, browser_at: str | None) -> None:
        encoder = zlib.compressobj(wbits=31)
        data = encoder.compress(LONG) + encoder.flush()
        server = response(data, content_encoding="gzip", cache_control="max-age=60")
        with caching_client(lambda request: server, browser_at=browser_at) as client:
            first = await fetch(A)
            assert await first.bytes() == LONG
            again = await fetch(A)
            assert await again.bytes() == LONG and client.count == 1
            assert again.headers.get("content-encoding") == first.headers.get("content-encoding")

    async def test_cors_is_checked_each_time(self) -> None:
        allowed = response(
            b"x", cache_control="max-age=60", access_control_allow_origin="http://b.example"
        )
        with caching_client(lambda request: allowed, browser_at="http://b.example/") as client:
            assert await text() == "x"
            assert await text() == "x" and client.count == 1
            assert (await fetch(A, mode="no-cors")).type == "opaque" and client.count == 1
        blocked = response(b"x", cache_control="max-age=60")
        with caching_client(lambda request: blocked, browser_at="http://b.example/") as client:
            for _ in range(2):
                with pytest.raises(TypeError, match="CORS"):
                    await text()
            assert client.count == 1

    async def test_with_a_signal_a_stored_response_can_be_aborted_like_any(self) -> None:
        with caching_client(lambda request: response(LONG, cache_control="max-age=60")):
            await text()
            controller = AbortController()
            stored = await fetch(A, signal=controller.signal)
            controller.abort(KeyError("enough"))
            with pytest.raises(KeyError, match="enough"):
                await stored.bytes()

    async def test_an_immutable_response_is_not_asked_for_again_but_by_who_insists(self) -> None:
        with caching_client(numbered(cache_control="max-age=60, immutable")):
            await text()
            assert await text(headers={"cache-control": "max-age=0"}) == "1"
            assert await text(cache="no-cache") == "2"


@spec("https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch")
class TestBodies:
    async def test_a_body_is_stored_when_it_was_read_to_its_end(
        self, storage: StorageBackend
    ) -> None:
        with caching_client(lambda request: in_two_parts(request, LONG), storage) as client:
            first = await fetch(A)
            # the first was not read yet
            assert await (await fetch(A)).bytes() == LONG and client.count == 2
            assert await (await fetch(A)).bytes() == LONG and client.count == 2
            assert await first.bytes() == LONG

    async def test_one_that_nobody_reads_is_not_received_for_the_cache(
        self, storage: StorageBackend
    ) -> None:
        with caching_client(lambda request: in_two_parts(request, LONG), storage) as client:
            left = await fetch(A)
            assert left.body is not None
            reader = left.body.getReader()
            await reader.read()
            await reader.cancel()
            dropped = await fetch(A)
            del left, reader, dropped
            gc.collect()
            await settle()
            assert [stream.is_closed for stream in client.network.streams] == [True, True]
            await text()
            assert client.count == 3 and storage.scan(LOOSE) == []

    async def test_one_that_breaks_off_is_not_stored(self, storage: StorageBackend) -> None:
        def serve(request: Received) -> bytes | None:
            request.stream.feed(response(LONG, cache_control="max-age=60")[:-1])
            request.stream.end()
            return None

        with caching_client(serve, storage) as client:
            for count in (1, 2):
                with pytest.raises(TypeError, match="broken off"):
                    await text()
                assert client.count == count
            assert storage.scan(BODY) == [] and storage.scan(LOOSE) == []

    async def test_one_that_is_aborted_is_not_stored(self, storage: StorageBackend) -> None:
        with caching_client(
            lambda request: in_two_parts(request, LONG, ends=False), storage
        ) as client:
            controller = AbortController()
            found = await fetch(A, signal=controller.signal)
            assert found.body is not None
            await found.body.getReader().read()
            controller.abort()
            del found
            await settle()
            gc.collect()
            assert client.network.streams[0].is_closed
            assert await client.cache.select(RequestRecord(A), True) is None

    async def test_a_storage_that_fails_meanwhile_fails_no_fetch(
        self, storage: StorageBackend
    ) -> None:
        with caching_client(lambda request: in_two_parts(request, LONG), storage):
            found = await fetch(A)
            storage.close()
            assert await found.bytes() == LONG
            assert await (await fetch(A)).bytes() == LONG


def in_two_parts(request: Received, body: bytes, ends: bool = True) -> None:
    """Send a head and half of a body, and the other half when the half is read."""
    whole = response(body, cache_control="max-age=60")
    request.stream.feed(whole[: -len(body) // 2])
    if ends:
        request.stream.feed(whole[-len(body) // 2 :])


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.3.3-2")
class TestRevalidatingFetch:
    async def test_a_304_makes_what_is_stored_good_again(self) -> None:
        server = numbered(
            cache_control="max-age=60", etag='"a"', last_modified="Sun, 06 Nov 1994 08:49:37 GMT"
        )
        with caching_client(server) as client:
            await text()
            client.clock.advance(61)
            validated = await fetch(A)
            assert (validated.status, validated.headers.get("x")) == (
                200,
                "validated 1",
            ) and await validated.text() == "1"
            assert (
                client.last["if-none-match"] == '"a"'
                and client.last["if-modified-since"] == "Sun, 06 Nov 1994 08:49:37 GMT"
            )
            client.clock.advance(59)
            assert (await fetch(A)).headers.get("x") == "validated 1" and client.count == 2

    async def test_a_validated_response_is_for_the_same_requests_as_before(self) -> None:
        server = numbered(cache_control="max-age=60", etag='"a"', vary="if-none-match, accept")
        with caching_client(server) as client:
            await text()
            client.clock.advance(61)
            assert await text() == "1" == await text() and client.count == 2

    async def test_the_cookie_of_a_304_is_for_who_has_asked(self) -> None:
        count = 0

        def serve(request: Received) -> bytes:
            nonlocal count
            count += 1
            headers: dict[str, Any] = {"etag": '"a"', "cache_control": "max-age=0"}
            if "if-none-match" in request.headers:
                return response(
                    status="304 x", content_length="", set_cookie=f"user={count}", **headers
                )
            return response(b"page", **headers)

        with caching_client(serve):
            seen = [(await fetch(A)).headers.get("set-cookie") for _ in range(3)]
            stale = await fetch(A, cache="force-cache")
            assert seen == [None, "user=2", "user=3"] and not stale.headers.has("set-cookie")
            assert await stale.text() == "page"

    async def test_what_has_become_private_is_for_who_has_asked(self) -> None:
        def serve(request: Received) -> bytes:
            if "if-none-match" in request.headers:
                return response(
                    status="304 x", content_length="", etag='"a"', cache_control="private"
                )
            return response(LONG, etag='"a"', cache_control="max-age=60")

        with caching_client(serve) as client:
            await (await fetch(A)).bytes()
            client.clock.advance(61)
            validated = await fetch(A)
            assert validated.headers.get("cache-control") == "private"
            assert await validated.bytes() == LONG
            await (await fetch(A)).bytes()
            assert client.count == 3 and "if-none-match" not in client.last

    async def test_a_full_response_takes_its_place(self) -> None:
        with caching_client(numbered(cache_control="max-age=60")) as client:
            await text()
            client.clock.advance(61)
            assert await text() == "2" == await text()
            assert "if-none-match" not in client.last

    @pytest.mark.parametrize(
        "directive, on_request", [("stale-if-error=100", ""), ("", "stale-if-error=100")]
    )
    @pytest.mark.parametrize("failure", [b"", response(status="503 x")])
    async def test_where_the_server_fails_what_is_stale_may_do(
        self, directive: str, on_request: str, failure: bytes
    ) -> None:
        answers = [response(b"good", cache_control=f"max-age=60, {directive}"), failure, failure]

        def serve(request: Received) -> bytes:
            answer = answers.pop(0)
            if not answer:
                request.stream.end()
            return answer

        with caching_client(serve) as client:
            await text()
            client.clock.advance(100)
            stale = await fetch(A, headers={"cache-control": on_request})
            assert await stale.text() == "good" and stale.headers.get("age") == "100"
            client.clock.advance(61)
            if failure:
                assert (await fetch(A, headers={"cache-control": on_request})).status == 503
            else:
                with pytest.raises(TypeError):
                    await fetch(A, headers={"cache-control": on_request})

    async def test_other_failures_are_responses(self) -> None:
        answers = [
            response(b"good", cache_control="max-age=60, stale-if-error=100"),
            response(status="404 x"),
        ]
        with caching_client(lambda request: answers.pop(0)) as client:
            await text()
            client.clock.advance(61)
            assert (await fetch(A)).status == 404


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4-4")
class TestAnswerFrom:
    @pytest.mark.parametrize("age", [5, 100])
    async def test_a_signal_that_lives_on_does_not_hold_what_comes_from_the_cache(
        self, age: float
    ) -> None:
        def serve(request: Received) -> bytes:
            if client.count > 1:
                request.stream.end()
            return (
                response(LONG, cache_control="max-age=60, stale-if-error=100")
                if client.count == 1
                else b""
            )

        with caching_client(serve) as client:
            await text()
            client.clock.advance(age)
            controller = AbortController()
            found = await fetch(A, signal=controller.signal)
            assert found.headers.get("age") == str(age)
            reference = weakref.ref(found)
            assert await found.bytes() == LONG
            del found
            gc.collect()
            assert reference() is None and not controller.signal._observed_dependent_signals


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.3.3")
class TestForwardingFetch:
    async def test_what_changes_something_makes_outdated_what_is_stored(self) -> None:
        with caching_client(numbered(cache_control="max-age=60")):
            await text()
            await text(method="POST", body=b"x")
            assert await text() == "3"

    async def test_not_if_it_fails(self) -> None:
        def serve(request: Received) -> bytes:
            return response(
                b"1",
                cache_control="max-age=60",
                status="200 OK" if request.method == "GET" else "500 x",
            )

        with caching_client(serve) as client:
            await text()
            await text(method="DELETE")
            await text()
            assert client.count == 2

    async def test_a_304_about_something_else_means_that_all_of_it_is_wanted(self) -> None:
        def serve(request: Received) -> bytes:
            if "if-none-match" in request.headers:
                return response(status="304 x", content_length="", etag='"other"')
            return response(b"%d" % client.count, etag='"a"', cache_control="max-age=60")

        with caching_client(serve) as client:
            assert await text() == "1"
            client.clock.advance(61)
            assert await text() == "3" == await text()

    async def test_a_304_for_what_another_process_has_removed_too(
        self, storage: StorageBackend
    ) -> None:
        def serve(request: Received) -> bytes:
            if "if-none-match" in request.headers:
                storage.delete_prefix(BODY)
                return response(status="304 x", content_length="", etag='"a"')
            return response(b"%d" % client.count, etag='"a"', cache_control="max-age=60")

        with caching_client(serve, storage) as client:
            await text()
            client.clock.advance(61)
            assert await text() == "3" == await text()

    async def test_a_304_that_nobody_has_asked_for_is_a_response(self) -> None:
        with caching_client(
            lambda request: response(status="304 x", content_length="", etag='"a"')
        ):
            assert (await fetch(A)).status == 304

    @pytest.mark.parametrize("entity_tag, expected", [('"1"', "1"), ('"2"', "2")])
    async def test_head_tells_whether_what_is_stored_is_still_good(
        self, entity_tag: str, expected: str
    ) -> None:
        def serve(request: Received) -> bytes:
            if request.method == "HEAD":
                return response(content_length="1", etag=entity_tag, cache_control="max-age=60")
            number = sum(request.method == "GET" for request in client.network.requests)
            return response(b"%d" % number, etag='"1"', cache_control="max-age=60")

        with caching_client(serve) as client:
            await text()
            await fetch(A, method="HEAD", cache="reload")
            assert await text() == expected

    async def test_a_host_that_was_copied_from_another_request_brings_nothing_to_others(
        self,
    ) -> None:
        def serve(request: Received) -> bytes:
            return response(request.headers["host"].encode(), cache_control="max-age=60")

        with caching_client(serve) as client:
            assert await text(headers={"Host": "evil"}) == "evil"
            assert await text() == "a.example" == await text(headers={"Host": "a.example"})
            assert await text(headers={"Host": "evil"}) == "evil" and client.count == 2

    async def test_a_misdirected_request_is_not_answered_by_the_cache(self) -> None:
        answers = [response(status="421 x", cache_control="max-age=60"), response(b"right")]
        with caching_client(lambda request: answers.pop(0)):
            assert await text() == "right"


@spec("https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch")
class TestRevalidateInParallel:
    async def test_what_is_stale_is_used_and_updated_behind_it(self) -> None:
        with caching_client(
            numbered(cache_control="max-age=60, stale-while-revalidate=30")
        ) as client:
            await text()
            client.clock.advance(70)
            stale = await fetch(A)
            assert await stale.text() == "1" and stale.headers.get("age") == "70"
            await settle()
            assert client.count == 2 and await text() == "2" and not client.cache.being_revalidated
            assert "cancel" not in {
                getattr(alarm.callback, "__name__", "") for alarm in client.clock.alarms
            }

    async def test_when_that_time_is_over_it_is_not(self) -> None:
        with caching_client(
            numbered(cache_control="max-age=60, stale-while-revalidate=30")
        ) as client:
            await text()
            client.clock.advance(91)
            assert await text() == "2"

    async def test_many_who_use_it_ask_once(self) -> None:
        with caching_client(
            numbered(cache_control="max-age=60, stale-while-revalidate=30", etag='"a"')
        ) as client:
            await text()
            client.clock.advance(70)
            assert await asyncio.gather(*(text() for _ in range(10))) == ["1"] * 10
            await settle()
            assert (
                client.count == 2
                and client.last["if-none-match"] == '"a"'
                and "cache-control" not in client.last
            )
            assert (await fetch(A)).headers.get("age") == "0"

    @pytest.mark.parametrize("mode", ["force-cache", "no-cache", "reload"])
    async def test_other_modes_do_what_they_do(self, mode: RequestCache) -> None:
        with caching_client(
            numbered(cache_control="max-age=60, stale-while-revalidate=30")
        ) as client:
            await text()
            client.clock.advance(70)
            assert await text(cache=mode) == ("1" if mode == "force-cache" else "2")
            await settle()
            assert client.count == (1 if mode == "force-cache" else 2)

    async def test_a_server_that_does_not_answer_is_given_up(self) -> None:
        first = response(b"1", cache_control="max-age=60, stale-while-revalidate=600")
        answers = [first, None, response(b"2", cache_control="max-age=60")]
        with caching_client(lambda request: answers.pop(0)) as client:
            await text()
            client.clock.advance(61)
            assert await text() == "1"
            await settle()
            client.clock.advance(SECONDS_TO_REVALIDATE)
            await settle()
            assert client.network.streams[-1].is_closed and not client.cache.being_revalidated
            assert await text() == "1"
            await settle()
            assert await text() == "2"


@spec("https://www.rfc-editor.org/rfc/rfc5861#section-3-4")
class TestFetchToTheEnd:
    @pytest.mark.parametrize("server", [
        response(LONG, cache_control="max-age=60"), response(LONG, cache_control="max-age=60")[:-1],
        b"nonsense\r\n\r\n",
    ])  # fmt: skip
    async def test_reads_all_for_the_cache_and_fails_in_silence(self, server: bytes) -> None:
        def serve(request: Received) -> bytes:
            asyncio.get_running_loop().call_soon(request.stream.end)
            return server

        with caching_client(serve) as client:
            request = RequestRecord(A)
            request.client = current_settings_object()
            request.origin = request.client.origin
            await fetch_to_the_end(FetchParams(request))
            assert (await client.cache.select(request, True) is not None) is server.endswith(LONG)


class SlowlyScannedStorage(SlowStorage):
    """What is looked for takes long, too."""

    def scan(self, *arguments: Any, **keywords: Any) -> list[tuple[bytes, bytes]]:
        self.goes_on.wait()
        return super().scan(*arguments, **keywords)


class TestSlowStorage:
    async def test_a_fetch_waits_for_it_and_the_loop_does_not(self) -> None:
        storage = SlowlyScannedStorage()
        with caching_client(numbered(cache_control="max-age=60"), storage) as client:
            for count in (0, 1):
                storage.goes_on.clear()
                fetching = asyncio.ensure_future(text())
                for _ in range(100):  # turns that the loop still has
                    await asyncio.sleep(0)
                assert client.count == count and not fetching.done()
                storage.goes_on.set()
                assert await fetching == "1"
                while len(storage.scan(b"http-cache/response/")) < 1:
                    await asyncio.sleep(0.001)
            assert client.count == 1

    async def test_the_body_does_not_wait_for_it(self) -> None:
        storage = SlowlyScannedStorage()
        with caching_client(numbered(cache_control="max-age=60"), storage):
            storage.goes_on.set()
            answer = await fetch(A)
            storage.goes_on.clear()
            assert await answer.text() == "1"
            storage.goes_on.set()


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.7")
class TestGatewayTimeout:
    async def test_is_the_answer_where_only_a_cache_is_asked(self) -> None:
        assert gateway_timeout().status == 504
        with caching_client(numbered(cache_control="max-age=60, must-revalidate")) as client:
            headers = {"cache-control": "only-if-cached"}
            missing = await fetch(A, headers=headers)
            assert (missing.status, missing.statusText, await missing.text(), client.count) == (
                504,
                "Gateway Timeout",
                "",
                0,
            )
            await text()
            assert await text(headers=headers) == "1"
            client.clock.advance(61)
            assert (await fetch(A, headers=headers)).status == 504 and client.count == 1


@spec("https://fetch.spec.whatwg.org/#concept-request-client")
class TestClientOf:
    def test_is_the_reserved_one_first(self) -> None:
        request = RequestRecord(A)
        request.client = EnvironmentSettingsObject(Host(clock=FakeClock()))
        assert client_of(FetchParams(request)) is request.client
