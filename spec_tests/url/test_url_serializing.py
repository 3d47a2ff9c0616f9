"""URL Standard, 4.5 to 4.7."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from worker_runtime.url.origins import (
    OpaqueOrigin,
    Origin,
    TupleOrigin,
    ascii_serialization_of_an_origin,
)
from worker_runtime.url.url_parsing import basic_url_parser
from worker_runtime.url.url_representation import URLRecord
from worker_runtime.url.url_serializing import (
    origin,
    url_equals,
    url_path_serializer,
    url_serializer,
)

spec = pytest.mark.spec


@spec("https://url.spec.whatwg.org/#concept-url-serializer")
class TestURLSerializer:
    @pytest.mark.parametrize(
        "href",
        [
            "https://u:p@example.com:8443/a/b?q#f",
            "https://:p@example.com/",
            "https://u@example.com/?#",
            "http://0.0.0.0/",
            "http://[::1]/",
            "mailto:someone@example.com",
            "file:///",
            "a://",
            "a:/b",
            "web+demo:/.//not-a-host/",
        ],
    )
    def test_gives_back_what_has_its_form(self, href: str) -> None:
        assert url_serializer(basic_url_parser(href)) == href

    def test_a_path_does_not_become_a_host(self) -> None:
        assert (
            url_serializer(basic_url_parser("web+demo:/path/..//not-a-host/"))
            == "web+demo:/.//not-a-host/"
        )

    def test_the_fragment_may_be_excluded(self) -> None:
        assert url_serializer(basic_url_parser("a:b?c#d"), exclude_fragment=True) == "a:b?c"

    def test_parsing_and_serializing_again_changes_nothing(
        self, wpt_data: Callable[[str], Any]
    ) -> None:
        for case in wpt_data("url/resources/urltestdata.json"):
            if isinstance(case, dict) and "href" in case:
                assert url_serializer(basic_url_parser(case["href"])) == case["href"]


@spec("https://url.spec.whatwg.org/#url-path-serializer")
class TestURLPathSerializer:
    @pytest.mark.parametrize(
        "path, output",
        [
            ([], ""),
            ([""], "/"),
            (["a", ""], "/a/"),
            (["", "a"], "//a"),
            ("opaque/.", "opaque/."),
            ("", ""),
        ],
    )
    def test_each_segment_has_a_slash_before_it(self, path: list[str] | str, output: str) -> None:
        assert url_path_serializer(URLRecord(path=path)) == output


@spec("https://url.spec.whatwg.org/#concept-url-equals")
class TestURLEquals:
    def test_compares_what_is_serialized(self) -> None:
        a, b = basic_url_parser("HTTP://H:80/a/../b#x"), basic_url_parser("http://h/b#y")
        assert not url_equals(a, b)
        assert url_equals(a, b, exclude_fragments=True)


@spec("https://url.spec.whatwg.org/#concept-url-origin")
class TestOrigin:
    @pytest.mark.parametrize("scheme", ["ftp", "http", "https", "ws", "wss"])
    def test_a_special_url_has_a_tuple(self, scheme: str) -> None:
        assert origin(basic_url_parser(f"{scheme}://u:p@h:8/x")) == TupleOrigin(scheme, "h", 8)

    @pytest.mark.parametrize(
        "input",
        [
            "file:///x",
            "data:,x",
            "a://h/x",
            "blob:x",
            "blob:a://h/",
            "blob:ws://h/",
            "blob:blob:http://h/",
            "blob:",
        ],
    )
    def test_any_other_an_opaque_origin_of_its_own(self, input: str) -> None:
        url = basic_url_parser(input)
        assert isinstance(origin(url), OpaqueOrigin)
        assert origin(url) != origin(url)

    def test_a_blob_url_that_of_its_path(self) -> None:
        url = basic_url_parser("blob:https://whatwg.org/d0360e2f-caee-469f-9a2f-87d5b0456f6f")
        assert origin(url) == TupleOrigin("https", "whatwg.org", None)

    def test_or_that_of_where_it_was_made(self) -> None:
        class Environment(NamedTuple):
            origin: Origin

        class Entry(NamedTuple):
            environment: Environment

        url = basic_url_parser("blob:https://whatwg.org/x")
        made_by = OpaqueOrigin()
        url.blob_url_entry = Entry(Environment(made_by))
        assert origin(url) is made_by

    def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for case in wpt_data("url/resources/urltestdata.json"):
            if isinstance(case, dict) and "origin" in case:
                assert (
                    ascii_serialization_of_an_origin(origin(basic_url_parser(case["href"])))
                    == case["origin"]
                )
