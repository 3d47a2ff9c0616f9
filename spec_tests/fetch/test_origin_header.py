"""`Origin` header."""

from __future__ import annotations

import pytest

from worker_runtime.fetch.origin_header import append_a_request_origin_header
from worker_runtime.fetch.requests import ReferrerPolicy, RequestRecord
from worker_runtime.url.origins import TupleOrigin

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#append-a-request-origin-header")
class TestAppendARequestOriginHeader:
    def test_is_on_every_request_with_cors(self) -> None:
        request = RequestRecord("https://b.example/")
        request.origin = TupleOrigin("https", "a.example", None)
        append_a_request_origin_header(request)
        assert request.header_list.get("Origin") is None
        request.response_tainting = "cors"
        append_a_request_origin_header(request)
        assert request.header_list.get("Origin") == "https://a.example"

    @pytest.mark.parametrize("policy, url, value", [
        ("no-referrer", "https://a.example/", "null"),
        ("same-origin", "https://b.example/", "null"),
        ("same-origin", "https://a.example/", "https://a.example"),
        ("strict-origin", "http://a.example/", "null"),
        ("strict-origin", "https://b.example/", "https://a.example"),
        ("origin", "http://b.example/", "https://a.example"),
    ])  # fmt: skip
    def test_tells_as_much_as_the_referrer_policy_lets(
        self, policy: ReferrerPolicy, url: str, value: str
    ) -> None:
        request = RequestRecord(url, "POST")
        request.origin = TupleOrigin("https", "a.example", None)
        request.referrer_policy = policy
        append_a_request_origin_header(request)
        assert request.header_list.get("Origin") == value
