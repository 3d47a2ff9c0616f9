"""Mixed content and secure contexts."""

from __future__ import annotations

import pytest

from worker_runtime.fetch.mixed_content import (
    is_ipv4_loopback,
    is_origin_potentially_trustworthy,
    is_url_potentially_trustworthy,
    should_fetching_request_be_blocked_as_mixed_content,
)
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.url.origins import OpaqueOrigin
from worker_runtime.url.url_parsing import url_parser

from .scripted_network import network_of

spec = pytest.mark.spec


@spec("https://w3c.github.io/webappsec-mixed-content/#should-block-fetch")
class TestShouldFetchingRequestBeBlockedAsMixedContent:
    @pytest.mark.parametrize("page, url, verdict", [
        ("https://a.example/", "http://b.example/", "blocked"), ("https://a.example/", "https://b.example/", "allowed"),
        ("https://a.example/", "http://localhost/", "allowed"), ("http://a.example/", "http://b.example/", "allowed"),
        (None, "http://b.example/", "allowed"),
    ])  # fmt: skip
    def test_is_about_pages_that_came_over_tls(
        self, page: str | None, url: str, verdict: str
    ) -> None:
        with network_of(lambda request: None, browser_at=page):
            assert (
                should_fetching_request_be_blocked_as_mixed_content(RequestRecord(url)) == verdict
            )


@spec("https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy")
class TestIsURLPotentiallyTrustworthy:
    @pytest.mark.parametrize("url, result", [
        ("https://a.example/", True), ("http://a.example/", False), ("http://127.1.2.3/", True), ("http://[::1]/", True),
        ("http://x.localhost/", True), ("data:,x", True), ("about:blank", True), ("about:config", False),
    ])  # fmt: skip
    def test_what_nobody_on_the_way_can_change_is(self, url: str, result: bool) -> None:
        assert is_url_potentially_trustworthy(url_parser(url)) is result


@spec("https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy")
class TestIsOriginPotentiallyTrustworthy:
    def test_an_opaque_origin_is_not(self) -> None:
        assert not is_origin_potentially_trustworthy(OpaqueOrigin())


@spec("https://w3c.github.io/webappsec-secure-contexts/#potentially-trustworthy-origin")
class TestIsIPv4Loopback:
    def test_is_an_address_and_no_name(self) -> None:
        assert [
            is_ipv4_loopback(host) for host in ("127.0.0.1", "127.0.0.1.example", "128.0.0.1")
        ] == [True, False, False]
