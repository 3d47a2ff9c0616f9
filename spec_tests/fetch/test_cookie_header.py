"""`Cookie` header: which requests have one."""

from __future__ import annotations

import pytest

from worker_runtime import fetch
from worker_runtime.fetch.requests import RequestCredentials

from .scripted_network import Received, network_of, response

spec = pytest.mark.spec


def set_a_cookie(request: Received) -> bytes:
    return response(
        set_cookie="a=1",
        access_control_allow_origin="http://a.example",
        access_control_allow_credentials="true",
    )


@spec("https://fetch.spec.whatwg.org/#append-a-request-cookie-header")
class TestAppendARequestCookieHeader:
    async def test_what_a_server_has_set_comes_back(self) -> None:
        with network_of(set_a_cookie, browser_at="http://a.example/") as network:
            for path in ("/", "/again", "https://a.example/"):
                await fetch(path, mode="no-cors", credentials="include")
            assert [request.headers.get("cookie") for request in network.requests] == [
                None,
                "a=1",
                "a=1",
            ]

    @pytest.mark.parametrize("url, credentials, cookie", [
        ("http://a.example/", "omit", None), ("http://a.example/", "same-origin", "a=1"),
        ("http://a.example/", "include", "a=1"), ("http://b.example/", "omit", None),
        ("http://b.example/", "same-origin", None), ("http://b.example/", "include", "a=1"),
    ])  # fmt: skip
    async def test_if_credentials_are_included(
        self, url: str, credentials: RequestCredentials, cookie: str | None
    ) -> None:
        with network_of(set_a_cookie, browser_at="http://a.example/") as network:
            await fetch(url, credentials="include")
            await fetch(url, credentials=credentials)
            assert network.requests[1].headers.get("cookie") == cookie

    async def test_a_worker_cannot_set_one_itself(self) -> None:
        with network_of(set_a_cookie, browser_at="http://a.example/") as network:
            answer = await fetch("/", headers={"Cookie": "b=2"})
            assert "cookie" not in network.requests[0].headers and not answer.headers.has(
                "Set-Cookie"
            )

    async def test_a_preflight_has_none(self) -> None:
        def serve(request: Received) -> bytes:
            return response(
                set_cookie="a=1", access_control_allow_origin="http://a.example",
                access_control_allow_credentials="true", access_control_allow_headers="x",
                access_control_allow_methods="PUT",
            )  # fmt: skip

        with network_of(serve, browser_at="http://a.example/") as network:
            for _ in range(2):
                await fetch(
                    "http://b.example/preflight",
                    method="PUT",
                    headers={"x": "y"},
                    credentials="include",
                )
            assert [(request.method, request.headers.get("cookie")) for request
                in network.requests][:2] == [
                ("OPTIONS", None), ("PUT", None)
            ]  # fmt: skip
            assert network.requests[-1].headers["cookie"] == "a=1"

    async def test_each_scope_has_its_own(self) -> None:
        for _ in range(2):
            with network_of(set_a_cookie, browser_at="http://a.example/") as network:
                await fetch("/")
                assert "cookie" not in network.requests[0].headers

    async def test_a_worker_on_a_server_has_no_jar(self) -> None:
        with network_of(set_a_cookie) as network:
            await fetch("http://a.example/", credentials="include")
            await fetch("http://a.example/", credentials="include", headers={"Cookie": "b=2"})
            assert [request.headers.get("cookie") for request in network.requests] == [None, "b=2"]
