"""`Set-Cookie` header: what is kept of it."""

from __future__ import annotations

import pytest

from spec_tests.fakes import running_in
from worker_runtime import fetch
from worker_runtime.fetch.cookies import UserAgentCookies
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.fetch.set_cookie_header import parse_and_store_response_set_cookie_headers
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import origin

from ..fakes import Worker, running_worker
from .scripted_network import Received, network_of, response

spec = pytest.mark.spec


async def cookies_after(worker: Worker, url: str, *values: str, method: str = "GET") -> list[str]:
    """What a worker has in its store when a server at that URL has set these."""
    request = RequestRecord(url, method)
    request.origin = origin(url_parser("https://worker.example/"))
    request.client = worker.settings_object
    headers = HeaderList([("Set-Cookie", value) for value in values] + [("X", "y=z")])
    worker.host.profile = "browser"
    with running_in(worker.settings_object):
        await parse_and_store_response_set_cookie_headers(request, ResponseRecord(headers))
        cookies = worker.host.record(UserAgentCookies)
        return await cookies.perform(
            lambda store: [f"{cookie.name}={cookie.value}" for cookie in store.cookies.values()]
        )


@spec("https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers")
class TestParseAndStoreResponseSetCookieHeaders:
    async def test_each_header_is_one_cookie(self) -> None:
        with running_worker() as worker:
            assert await cookies_after(
                worker, "https://a.example/", "a=1, b=2", "c=3; HttpOnly", ""
            ) == [
                "a=1, b=2",
                "c=3",
            ]

    async def test_whatever_the_method(self) -> None:
        with running_worker() as worker:
            assert await cookies_after(worker, "https://a.example/", "a=1", method="DELETE") == [
                "a=1"
            ]

    async def test_secure_ones_come_over_https_only(self) -> None:
        with running_worker() as worker:
            assert (
                await cookies_after(
                    worker, "http://a.example/", "a=1; Secure", "b=2; Domain=example"
                )
                == []
            )
            assert await cookies_after(worker, "https://a.example/", "a=1; Secure") == ["a=1"]

    async def test_a_host_keeps_only_so_many(self) -> None:
        with running_worker() as worker:
            assert (
                len(
                    await cookies_after(
                        worker, "https://a.example/", *(f"a{number}=1" for number in range(99))
                    )
                )
                == 50
            )

    async def test_what_is_expired_goes(self) -> None:
        with running_worker() as worker:
            assert await cookies_after(worker, "https://a.example/", "a=1; Max-Age=5") == ["a=1"]
            worker.clock.advance(6)
            assert await cookies_after(worker, "https://b.example/", "b=2") == ["b=2"]

    async def test_the_response_of_a_redirect_counts_for_where_it_came_from(self) -> None:
        def serve(request: Received) -> bytes:
            if request.target == "/":
                return response(status="302 x", location="http://b.example/to", set_cookie="a=1")
            return response(set_cookie="b=2")

        with network_of(serve, browser_at="http://a.example/") as network:
            await fetch("/", mode="no-cors", credentials="include")
            await fetch("/x", mode="no-cors", credentials="include")
            await fetch("http://b.example/x", mode="no-cors", credentials="include")
            assert [request.headers.get("cookie") for request in network.requests] == [
                None,
                None,
                "a=1",
                "b=2",
            ]

    async def test_nothing_is_kept_where_credentials_are_omitted(self) -> None:
        with network_of(
            lambda request: response(set_cookie="a=1"), browser_at="http://a.example/"
        ) as network:
            await fetch("/", credentials="omit")
            await fetch("/")
            assert "cookie" not in network.requests[1].headers
