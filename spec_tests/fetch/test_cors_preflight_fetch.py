"""CORS-preflight fetch."""

from __future__ import annotations

from itertools import count

import pytest

from worker_runtime import fetch
from worker_runtime.fetch.cors_preflight_fetch import DEFAULT_MAX_AGE, max_age_of
from worker_runtime.fetch.responses import ResponseRecord

from .scripted_network import Received, network_of, response

spec = pytest.mark.spec
hosts = count()


@spec("https://fetch.spec.whatwg.org/#cors-preflight-fetch-0")
class TestCORSPreflightFetch:
    async def test_asks_once_for_what_is_not_safe(self) -> None:
        def serve(request: Received) -> bytes:
            allowed = {
                "access_control_allow_methods": "PUT",
                "access_control_allow_headers": "x-b, x-a",
            }
            return response(b"x", access_control_allow_origin="http://a.example", **allowed)

        with network_of(serve, browser_at="http://a.example/") as network:
            url = f"http://preflight{next(hosts)}.example/"
            for _ in range(2):
                await fetch(
                    url, method="PUT", body="x", headers={"X-B": "1", "x-a": "2", "Accept": "y"}
                )
            assert [request.method for request in network.requests] == ["OPTIONS", "PUT", "PUT"]
            headers = network.requests[0].headers
            assert (
                headers["access-control-request-method"],
                headers["access-control-request-headers"],
            ) == ("PUT", "x-a,x-b")
            assert (headers["origin"], headers["accept"]) == ("http://a.example", "*/*")

    @pytest.mark.parametrize("status, headers, message", [
        ("404 x", {"access_control_allow_methods": "PUT"}, "status 404"),
        ("200 x", {}, "method PUT"),
        ("200 x", {"access_control_allow_methods": "(PUT)"}, "malformed"),
        ("200 x", {"access_control_allow_methods": "PUT", "access_control_allow_headers": "x-b"},
            "header 'x-a'"),
        ("200 x", {"access_control_allow_methods": "*", "access_control_allow_headers": "*"},
            "header 'Authorization'"),
        ("200 x", {"access_control_allow_origin": "", "access_control_allow_methods": "PUT"},
            "does not allow the origin"),
    ])  # fmt: skip
    async def test_whoever_does_not_allow_it_is_not_asked(
        self, status: str, headers: dict[str, str], message: str
    ) -> None:
        answer = response(b"x", status, **{"access_control_allow_origin": "*", **headers})
        with network_of(lambda request: answer, browser_at="http://a.example/") as network:
            with pytest.raises(TypeError, match=message):
                own = {"x-a": "1"} | ({"Authorization": "x"} if "Authorization" in message else {})
                await fetch(f"http://preflight{next(hosts)}.example/", method="PUT", headers=own)
            assert [request.method for request in network.requests] == ["OPTIONS"]


@spec("https://fetch.spec.whatwg.org/#cors-preflight-fetch-0")
class TestMaxAgeOf:
    @pytest.mark.parametrize(
        "value, seconds", [(None, DEFAULT_MAX_AGE), ("60", 60), ("soon", DEFAULT_MAX_AGE)]
    )
    def test_is_a_number_of_seconds(self, value: str | None, seconds: int) -> None:
        answer = ResponseRecord()
        if value is not None:
            answer.header_list.append("Access-Control-Max-Age", value)
        assert max_age_of(answer) == seconds
