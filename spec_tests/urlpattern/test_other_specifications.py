"""URL Pattern Standard, 4."""

from __future__ import annotations

import pytest

from worker_runtime import URLPattern
from worker_runtime.url.url_parsing import basic_url_parser
from worker_runtime.urlpattern.other_specifications import (
    build_a_url_pattern_from_a_web_idl_value,
    build_a_url_pattern_from_an_http_structured_field_value,
    build_a_url_pattern_from_an_infra_value,
    build_a_urlpattern_object_from_a_web_idl_value,
)

spec = pytest.mark.spec

BASE_URL = basic_url_parser("https://example.com/a/b?c")


@spec("https://urlpattern.spec.whatwg.org/#build-a-urlpattern-object-from-a-web-idl-value")
class TestBuildAURLPatternObject:
    def test_an_object_is_itself(self) -> None:
        pattern = URLPattern({"pathname": "/x"})
        assert build_a_urlpattern_object_from_a_web_idl_value(pattern, BASE_URL) is pattern

    def test_others_are_relative_to_the_base_url(self) -> None:
        pattern = build_a_urlpattern_object_from_a_web_idl_value("x/*", BASE_URL)
        assert isinstance(pattern, URLPattern)
        assert (pattern.hostname, pattern.pathname, pattern.search) == (
            "example.com",
            "/a/x/*",
            "*",
        )


@spec("https://urlpattern.spec.whatwg.org/#build-a-url-pattern-from-a-web-idl-value")
class TestBuildAURLPatternFromAWebIDLValue:
    def test_the_pattern_of_an_object(self) -> None:
        pattern = URLPattern({"pathname": "/x"})
        assert (
            build_a_url_pattern_from_a_web_idl_value(
                pattern, BASE_URL
            ).pathname_component.pattern_string
            == "/x"
        )

    def test_a_dictionary_keeps_its_own_base_url(self) -> None:
        url_pattern = build_a_url_pattern_from_a_web_idl_value({"baseURL": "https://x/"}, BASE_URL)
        assert url_pattern.hostname_component.pattern_string == "x"
        url_pattern = build_a_url_pattern_from_a_web_idl_value({}, BASE_URL)
        assert url_pattern.hostname_component.pattern_string == "example.com"


@spec("https://urlpattern.spec.whatwg.org/#build-a-url-pattern-from-an-infra-value")
class TestBuildAURLPatternFromAnInfraValue:
    def test_a_string_and_a_map_are_patterns(self) -> None:
        for raw_pattern in ("/x", {"pathname": "/x"}):
            url_pattern = build_a_url_pattern_from_an_infra_value(raw_pattern, BASE_URL)
            assert url_pattern is not None
            assert url_pattern.pathname_component.pattern_string == "/x"
            assert url_pattern.hostname_component.pattern_string == "example.com"

    @pytest.mark.parametrize(
        "raw_pattern", [None, 1, True, ["/x"], {"pathname": 1}, {"other": "/x"}, {"pathname": None}]
    )
    def test_others_are_none(self, raw_pattern: object) -> None:
        assert build_a_url_pattern_from_an_infra_value(raw_pattern, BASE_URL) is None

    def test_an_invalid_pattern_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="Invalid pattern"):
            build_a_url_pattern_from_an_infra_value("/{", BASE_URL)


@spec("https://urlpattern.spec.whatwg.org/#build-a-url-pattern-from-an-http-structured-field-value")
class TestBuildAURLPatternFromAnHTTPStructuredFieldValue:
    def test_it_is_relative_to_the_base_url(self) -> None:
        url_pattern = build_a_url_pattern_from_an_http_structured_field_value("/x", BASE_URL)
        assert url_pattern.hostname_component.pattern_string == "example.com"
