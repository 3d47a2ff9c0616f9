"""RFC 9111, 4.4: what a change makes outdated."""

from __future__ import annotations

import pytest

from worker_runtime.http_caching.invalidation import invalidated_urls, located_url
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import url_serializer

spec = pytest.mark.spec

A = url_parser("https://a.example/dir/page?q")


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.4-2")
class TestInvalidatedURLs:
    @pytest.mark.parametrize("method, status, is_one", [
        ("POST", 200, True), ("PUT", 201, True), ("DELETE", 204, True),
        ("PATCH", 303, True), ("FOO", 200, True), ("POST", 399, True),
        ("POST", 400, False), ("POST", 500, False), ("POST", 0, False),
        ("GET", 200, False), ("HEAD", 200, False), ("OPTIONS", 200, False),
    ])  # fmt: skip
    def test_there_are_some_if_an_unsafe_method_has_not_failed(
        self, method: str, status: int, is_one: bool
    ) -> None:
        assert (invalidated_urls(method, A, status, {}) == [A]) is is_one
        assert bool(invalidated_urls(method, A, status, {})) is is_one

    def test_locations_of_the_same_origin_are_among_them(self) -> None:
        values = {"location": "/new", "content-location": "other"}
        urls = map(url_serializer, invalidated_urls("POST", A, 201, values))
        assert list(urls) == [
            "https://a.example/dir/page?q",
            "https://a.example/new",
            "https://a.example/dir/other",
        ]

    @pytest.mark.parametrize(
        "location",
        ["https://b.example/", "http://a.example/", "https://a.example:444/", "//", "data:,x"],
    )
    def test_those_of_another_origin_or_of_none_are_not(self, location: str) -> None:
        assert invalidated_urls("POST", A, 201, {"location": location}) == [A]


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.4-3")
class TestLocatedURL:
    def test_is_relative_to_the_response(self) -> None:
        located = located_url({"content-location": "x"}, "content-location", A)
        assert located is not None and url_serializer(located) == "https://a.example/dir/x"
        assert (
            located_url({}, "location", A) is None
            and located_url({"location": "//"}, "location", A) is None
        )
