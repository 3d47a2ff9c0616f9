"""HTTP fetch: what a response has to pass, in either profile."""

from __future__ import annotations

import pytest

from worker_runtime import fetch

from .scripted_network import network_of, response

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#concept-http-fetch")
class TestHTTPFetch:
    async def test_a_redirect_can_be_an_error(self) -> None:
        with network_of(lambda request: response(status="302 x", location="/to")):
            with pytest.raises(TypeError, match="redirects with status 302"):
                await fetch("http://a.example/", redirect="error")

    async def test_a_worker_on_a_server_may_see_a_redirect(self) -> None:
        with network_of(lambda request: response(status="302 x", location="/to")):
            answer = await fetch("http://a.example/", redirect="manual")
            assert (answer.status, answer.headers.get("Location"), answer.type) == (
                302,
                "/to",
                "basic",
            )

    async def test_a_page_may_not(self) -> None:
        with network_of(
            lambda request: response(status="302 x", location="/to"), browser_at="http://a.example/"
        ):
            answer = await fetch("/", redirect="manual")
            assert (answer.status, answer.headers.get("Location"), answer.type) == (
                0,
                None,
                "opaqueredirect",
            )

    async def test_a_page_reads_what_other_origins_allow(self) -> None:
        headers = {
            "access_control_allow_origin": "*",
            "access_control_expose_headers": "x-one",
            "x_one": "1",
            "x_two": "2",
        }
        with network_of(
            lambda request: response(b"x", **headers), browser_at="http://a.example/"
        ) as network:
            answer = await fetch("http://b.example/")
            assert (answer.type, await answer.text()) == ("cors", "x")
            assert (answer.headers.get("x-one"), answer.headers.get("x-two")) == ("1", None)
            assert network.requests[0].headers["origin"] == "http://a.example"

    async def test_and_nothing_else(self) -> None:
        with network_of(lambda request: response(b"x"), browser_at="http://a.example/"):
            with pytest.raises(TypeError, match="CORS"):
                await fetch("http://b.example/")

    async def test_a_worker_on_a_server_has_no_origin(self) -> None:
        with network_of(lambda request: response(b"x")) as network:
            assert (await fetch("http://b.example/")).type == "basic"
            assert not network.requests[0].headers.keys() & {"origin", "referer", "cookie"}

    async def test_what_is_only_for_its_own_origin_is_not_embedded(self) -> None:
        with network_of(
            lambda request: response(cross_origin_resource_policy="same-origin"),
            browser_at="http://a.example/",
        ):
            with pytest.raises(TypeError, match="not for other origins"):
                await fetch("http://b.example/", mode="no-cors")
