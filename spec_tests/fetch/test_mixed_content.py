"""Mixed content and secure contexts."""

from __future__ import annotations

import pytest

from worker_runtime import fetch
from worker_runtime.fetch import override_fetch
from worker_runtime.fetch.mixed_content import (
    is_ipv4_loopback,
    is_origin_potentially_trustworthy,
    is_url_potentially_trustworthy,
    prohibits_mixed_security_contexts,
    should_fetching_request_be_blocked_as_mixed_content,
    should_response_to_request_be_blocked_as_mixed_content,
)
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.url.origins import OpaqueOrigin
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import origin

from .scripted_network import network_of

spec = pytest.mark.spec


@spec("https://w3c.github.io/webappsec-mixed-content/#should-block-fetch")
class TestShouldFetchingRequestBeBlockedAsMixedContent:
    @pytest.mark.parametrize("page, url, verdict", [
        ("https://a.example/", "http://b.example/", "blocked"),
        ("https://a.example/", "https://b.example/", "allowed"),
        ("https://a.example/", "http://localhost/", "allowed"),
        ("http://a.example/", "http://b.example/", "allowed"),
        ("http://localhost/", "http://b.example/", "blocked"),
        ("http://127.0.0.1:8080/", "http://b.example/", "blocked"),
        ("http://localhost./", "http://x.localhost./", "allowed"),
        (None, "http://b.example/", "allowed"),
    ])  # fmt: skip
    def test_is_about_pages_whose_origin_is_trustworthy(
        self, page: str | None, url: str, verdict: str
    ) -> None:
        with network_of(lambda request: None, browser_at=page):
            assert (
                should_fetching_request_be_blocked_as_mixed_content(RequestRecord(url)) == verdict
            )


@spec("https://w3c.github.io/webappsec-mixed-content/#should-block-response")
class TestShouldResponseToRequestBeBlockedAsMixedContent:
    @pytest.mark.parametrize("page, url, verdict", [
        ("https://a.example/", "http://b.example/", "blocked"),
        ("https://a.example/", "https://b.example/", "allowed"),
        ("https://a.example/", "data:,x", "allowed"),
        ("http://a.example/", "http://b.example/", "allowed"),
        (None, "http://b.example/", "allowed"),
    ])  # fmt: skip
    def test_is_about_where_it_came_from(self, page: str | None, url: str, verdict: str) -> None:
        response = ResponseRecord()
        response.url_list = [url_parser(url)]
        request = RequestRecord("https://b.example/")
        with network_of(lambda request: None, browser_at=page):
            assert (
                should_response_to_request_be_blocked_as_mixed_content(response, request) == verdict
            )

    async def test_what_overrides_the_network_is_no_way_around_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def response_of_another_url(request: RequestRecord) -> ResponseRecord:
            response = ResponseRecord()
            response.url_list = [url_parser("http://b.example/")]
            return response

        monkeypatch.setattr(
            override_fetch, "potentially_override_response_for_a_request", response_of_another_url
        )
        with network_of(lambda request: None, browser_at="https://a.example/"):
            with pytest.raises(TypeError, match="mixed content"):
                await fetch("https://a.example/")


@spec("https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object")
class TestProhibitsMixedSecurityContexts:
    @pytest.mark.parametrize("url, expected", [
        ("https://a.example/", True), ("http://a.example/", False), ("http://localhost/", True),
        ("data:,x", False),
    ])  # fmt: skip
    def test_by_the_origin(self, url: str, expected: bool) -> None:
        settings = EnvironmentSettingsObject(origin=origin(url_parser(url)))
        assert prohibits_mixed_security_contexts(settings) is expected


@spec("https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy")
class TestIsURLPotentiallyTrustworthy:
    @pytest.mark.parametrize("url, result", [
        ("https://a.example/", True), ("http://a.example/", False), ("http://127.1.2.3/", True),
        ("http://[::1]/", True), ("http://x.localhost/", True), ("http://localhost./", True),
        ("http://x.localhost./", True), ("http://localhost.example/", False),
        ("http://xlocalhost/", False), ("http://localhost../", False), ("data:,x", True),
        ("about:blank", True), ("about:config", False),
    ])  # fmt: skip
    def test_what_nobody_on_the_way_can_change_is(self, url: str, result: bool) -> None:
        assert is_url_potentially_trustworthy(url_parser(url)) is result


@spec("https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy")
class TestIsOriginPotentiallyTrustworthy:
    def test_an_opaque_origin_is_not(self) -> None:
        assert not is_origin_potentially_trustworthy(OpaqueOrigin())


@spec("https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy")
class TestIsIPv4Loopback:
    def test_is_an_address_and_no_name(self) -> None:
        assert [
            is_ipv4_loopback(host) for host in ("127.0.0.1", "127.0.0.1.example", "128.0.0.1")
        ] == [True, False, False]
