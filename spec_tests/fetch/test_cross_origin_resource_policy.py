"""`Cross-Origin-Resource-Policy` header."""

from __future__ import annotations

import pytest

from worker_runtime.fetch.cross_origin_resource_policy import (
    cross_origin_resource_policy_check,
    cross_origin_resource_policy_internal_check,
)
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.url.origins import TupleOrigin
from worker_runtime.url.url_parsing import url_parser

spec = pytest.mark.spec


def response_from(url: str, policy: str | None) -> ResponseRecord:
    response = ResponseRecord()
    response.url_list = [url_parser(url)]
    if policy is not None:
        response.header_list.append("Cross-Origin-Resource-Policy", policy)
    return response


@spec("https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check")
class TestCrossOriginResourcePolicyInternalCheck:
    @pytest.mark.parametrize("scheme, url, policy, verdict", [
        ("http", "http://a.example/", "same-origin", "allowed"),
        ("http", "http://a.example:81/", "same-origin", "blocked"),
        ("http", "http://a.example:81/", "same-site", "allowed"),
        ("http", "https://a.example/", "same-site", "blocked"),
        ("https", "http://a.example/", "same-site", "allowed"),
        ("https", "https://b.example/", "same-site", "blocked"),
        ("http", "http://b.example/", "cross-origin", "allowed"),
        ("http", "http://b.example/", None, "allowed"),
        ("http", "http://b.example/", "same-site, same-origin", "allowed"),
    ])  # fmt: skip
    def test_is_what_the_response_says(
        self, scheme: str, url: str, policy: str | None, verdict: str
    ) -> None:
        origin = TupleOrigin(scheme, "a.example", None)
        assert (
            cross_origin_resource_policy_internal_check(origin, response_from(url, policy))
            == verdict
        )


@spec("https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check")
class TestCrossOriginResourcePolicyCheck:
    def test_asks_for_the_origin_of_the_request(self) -> None:
        request = RequestRecord("http://b.example/")
        request.origin = TupleOrigin("http", "a.example", None)
        assert (
            cross_origin_resource_policy_check(
                request, response_from("http://b.example/", "same-origin")
            )
            == "blocked"
        )
