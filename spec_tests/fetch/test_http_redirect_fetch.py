"""HTTP-redirect fetch: where redirects lead, and what goes along."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from worker_runtime import ReadableStream, fetch

from .scripted_network import Received, network_of, response

spec = pytest.mark.spec


def redirecting(status: str, location: str) -> Callable[[Received], bytes]:
    """A server that redirects /, and echoes whatever else it is asked."""

    def serve(request: Received) -> bytes:
        if request.target == "/":
            return response(status=status, location=location)
        return response(request.method.encode() + b" " + request.body)

    return serve


async def body_of_chunks() -> AsyncIterator[bytes]:
    yield b"x"


@spec("https://fetch.spec.whatwg.org/#concept-http-redirect-fetch")
class TestHTTPRedirectFetch:
    async def test_is_followed_and_told(self) -> None:
        with network_of(redirecting("302 Found", "/to?x")):
            answer = await fetch("http://a.example/#fragment")
            assert (answer.url, answer.redirected, answer.status) == (
                "http://a.example/to?x",
                True,
                200,
            )

    @pytest.mark.parametrize("status, method, result", [
        ("301 x", "POST", "GET "), ("302 x", "POST", "GET "), ("303 x", "PUT", "GET "),
        ("307 x", "POST", "POST body"), ("308 x", "PUT", "PUT body"), ("301 x", "PUT", "PUT body"),
    ])  # fmt: skip
    async def test_changes_the_method_as_the_status_says(
        self, status: str, method: str, result: str
    ) -> None:
        with network_of(redirecting(status, "/to")) as network:
            answer = await fetch("http://a.example/", method=method, body="body")
            assert await answer.text() == result
            assert ("content-type" in network.requests[1].headers) == result.endswith("body")

    async def test_what_is_for_one_origin_does_not_go_to_another(self) -> None:
        headers = {"Authorization": "a", "Cookie": "b", "Host": "c", "X-Key": "d"}
        with network_of(redirecting("302 x", "http://b.example/to")) as network:
            await fetch("http://a.example/", headers=headers)
            received = network.requests[1].headers
            assert received["host"] == "b.example" and received["x-key"] == "d"
            assert not received.keys() & {"authorization", "cookie"}

    async def test_it_stays_where_the_origin_does(self) -> None:
        with network_of(redirecting("302 x", "/to")) as network:
            await fetch("http://a.example/", headers={"Authorization": "a"})
            assert network.requests[1].headers["authorization"] == "a"

    async def test_ends_after_twenty(self) -> None:
        with network_of(
            lambda request: response(status="302 x", location=request.target + "a")
        ) as network:
            with pytest.raises(TypeError, match="more than 20 times"):
                await fetch("http://a.example/")
            assert len(network.requests) == 21
            assert len(network.streams) == 1

    @pytest.mark.parametrize("location, message", [
        ("data:,x", "not at an HTTP server"), ("http://[", "no URL"),
        ("http://a.example:25/", "port 25"),
    ])  # fmt: skip
    async def test_does_not_lead_everywhere(self, location: str, message: str) -> None:
        with network_of(redirecting("302 x", location)):
            with pytest.raises(TypeError, match=message):
                await fetch("http://a.example/")

    async def test_a_stream_cannot_be_sent_again(self) -> None:
        with network_of(redirecting("307 x", "/to")):
            with pytest.raises(TypeError, match="cannot be sent again"):
                await fetch(
                    "http://a.example/",
                    method="POST",
                    body=ReadableStream.from_(body_of_chunks()),
                    duplex="half",
                )

    async def test_a_response_without_a_location_is_one(self) -> None:
        with network_of(lambda request: response(b"x", status="302 x")):
            assert (await fetch("http://a.example/")).status == 302

    async def test_a_location_in_utf_8_is_taken_as_such(self) -> None:
        with network_of(redirecting("302 x", "/to?\xe2\x98\x83")):
            assert (await fetch("http://a.example/")).url == "http://a.example/to?%E2%98%83"

    async def test_a_browser_takes_no_password_across_origins(self) -> None:
        serve = redirecting("302 x", "http://u:p@b.example/to")
        with network_of(serve, browser_at="http://a.example/"):
            with pytest.raises(TypeError, match="username or password"):
                await fetch("/")
