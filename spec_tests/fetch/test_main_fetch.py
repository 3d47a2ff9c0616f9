"""Main fetch: what may be fetched by whom."""

from __future__ import annotations

import pytest

from worker_runtime import Response, fetch

from .scripted_network import network_of, response

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#concept-main-fetch")
class TestMainFetch:
    async def test_ports_of_other_protocols_are_blocked(self) -> None:
        with network_of(lambda request: response()) as network:
            with pytest.raises(TypeError, match="port 25 is blocked"):
                await fetch("http://a.example:25/")
            assert network.dialled == []

    async def test_a_page_over_tls_does_not_fetch_without(self) -> None:
        with network_of(lambda request: response(), browser_at="https://a.example/"):
            with pytest.raises(TypeError, match="mixed content"):
                await fetch("http://b.example/")

    @pytest.mark.parametrize(
        "method, status",
        [("HEAD", "200 OK"), ("GET", "204 No Content"), ("GET", "304 Not Modified")],
    )
    async def test_where_there_is_no_body_it_is_null(self, method: str, status: str) -> None:
        with network_of(lambda request: response(b"", status)):
            assert (await fetch("http://a.example/", method=method)).body is None

    async def test_the_exposed_headers_may_be_all(self) -> None:
        headers = {
            "access_control_allow_origin": "*",
            "access_control_expose_headers": "*",
            "x_one": "1",
            "set_cookie": "a",
        }
        with network_of(lambda request: response(b"", **headers), browser_at="http://a.example/"):
            answer = await fetch("http://b.example/")
            assert answer.headers.has("x-one") and not answer.headers.has("set-cookie")

    async def test_integrity_needs_a_body(self) -> None:
        with network_of(lambda request: response(status="204 No Content")):
            with pytest.raises(TypeError, match="no body whose integrity"):
                await fetch("http://a.example/", integrity="sha256-x")


@spec("https://fetch.spec.whatwg.org/#main-fetch")
class TestFetchByMode:
    async def test_the_mode_same_origin_counts_in_either_profile(self) -> None:
        for browser_at in (None, "http://a.example/"):
            with network_of(lambda request: response(), browser_at=browser_at):
                with pytest.raises(TypeError, match="has another origin"):
                    await fetch("http://b.example/", mode="same-origin")

    async def test_a_page_gets_an_opaque_response_without_cors(self) -> None:
        with network_of(lambda request: response(b"x"), browser_at="http://a.example/"):
            answer = await fetch("http://b.example/", mode="no-cors")
            assert (answer.type, answer.status, answer.body, answer.url) == ("opaque", 0, None, "")
            with pytest.raises(TypeError, match="'no-cors' follows redirects"):
                await fetch("http://b.example/", mode="no-cors", redirect="manual")

    async def test_a_worker_on_a_server_may_read_it(self) -> None:
        with network_of(lambda request: response(b"x")):
            assert await (await fetch("http://b.example/", mode="no-cors")).text() == "x"

    async def test_cors_is_for_http(self) -> None:
        with network_of(lambda request: response(), browser_at="http://a.example/"):
            with pytest.raises(TypeError, match="CORS is for HTTP servers"):
                await fetch("blob:http://b.example/x")


@spec("https://fetch.spec.whatwg.org/#fetch-finale")
class TestFetchResponseHandover:
    async def test_the_promise_gets_what_main_fetch_has(self) -> None:
        assert isinstance(await fetch("data:,x"), Response)
