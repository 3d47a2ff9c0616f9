"""Referrer policy."""

from __future__ import annotations

import pytest

from worker_runtime.fetch.referrer_policy import (
    determine_requests_referrer,
    set_requests_referrer_policy_on_redirect,
    strip_url_for_use_as_a_referrer,
)
from worker_runtime.fetch.requests import ReferrerPolicy, RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import url_serializer

from .scripted_network import network_of

spec = pytest.mark.spec

FULL, ORIGIN, NONE = "https://a.example/page?q", "https://a.example/", "no-referrer"


@spec("https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer")
class TestDetermineRequestsReferrer:
    @pytest.mark.parametrize("policy, same_origin, cross_origin, downgrade", [
        ("no-referrer", NONE, NONE, NONE), ("origin", ORIGIN, ORIGIN, ORIGIN),
        ("unsafe-url", FULL, FULL, FULL), ("strict-origin", ORIGIN, ORIGIN, NONE),
        ("same-origin", FULL, NONE, NONE), ("origin-when-cross-origin", FULL, ORIGIN, ORIGIN),
        ("no-referrer-when-downgrade", FULL, FULL, NONE),
        ("strict-origin-when-cross-origin", FULL, ORIGIN, NONE),
    ])  # fmt: skip
    def test_tells_as_much_as_the_policy_lets(
        self, policy: ReferrerPolicy, same_origin: str, cross_origin: str, downgrade: str
    ) -> None:
        results = []
        with network_of(lambda request: None, browser_at="https://u:p@a.example/page?q#f"):
            for url in ("https://a.example/x", "https://b.example/", "http://b.example/"):
                request = RequestRecord(url)
                request.referrer_policy = policy
                referrer = determine_requests_referrer(request)
                results.append(referrer if isinstance(referrer, str) else url_serializer(referrer))
        assert results == [same_origin, cross_origin, downgrade]

    def test_a_worker_on_a_server_is_no_page(self) -> None:
        assert determine_requests_referrer(RequestRecord("https://a.example/")) == "no-referrer"

    def test_a_long_one_is_cut_to_its_origin(self) -> None:
        request = RequestRecord("https://a.example/")
        request.referrer = url_parser("https://a.example/" + "x" * 5000)
        referrer = determine_requests_referrer(request)
        assert not isinstance(referrer, str) and url_serializer(referrer) == ORIGIN


@spec("https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect")
class TestSetRequestsReferrerPolicyOnRedirect:
    def test_the_last_one_that_is_known_counts(self) -> None:
        request, response = RequestRecord("https://a.example/"), ResponseRecord()
        response.header_list.append("Referrer-Policy", "origin, Unsafe-URL, nonsense")
        set_requests_referrer_policy_on_redirect(request, response)
        assert request.referrer_policy == "unsafe-url"


@spec("https://w3c.github.io/webappsec-referrer-policy/#strip-url")
class TestStripURLForUseAsAReferrer:
    def test_what_is_local_is_none(self) -> None:
        assert strip_url_for_use_as_a_referrer(url_parser("data:,x")) == "no-referrer"
