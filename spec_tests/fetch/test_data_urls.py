"""Fetch Standard, 6."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime.fetch.data_urls import data_url_processor
from worker_runtime.mimesniff.mime_types import serialize_a_mime_type
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.writing import URLFailure

spec = pytest.mark.spec


def process(url: str) -> tuple[str, bytes] | None:
    struct = data_url_processor(url_parser(url))
    return None if struct is None else (serialize_a_mime_type(struct.mime_type), struct.body)


@spec("https://fetch.spec.whatwg.org/#data-url-processor")
class TestDataURLProcessor:
    @pytest.mark.parametrize(
        "url, mime_type, body",
        [
            ("data:,a%20b#c", "text/plain;charset=US-ASCII", b"a b"),
            ("data:;charset=x,a", "text/plain;charset=x", b"a"),
            ("data:text/html;x=y,%FF", "text/html;x=y", b"\xff"),
            ("data:x/y;base64,YQ==", "x/y", b"a"),
            ("data:x/y;  BASE64 ,Y%51", "x/y", b"a"),
            ("data:x/y;base64;a=b,YQ", "x/y;a=b", b"YQ"),
            ("data:base64,YQ", "text/plain;charset=US-ASCII", b"YQ"),
            ("data:;base64,YQ", "text/plain;charset=US-ASCII", b"a"),
        ],
    )
    def test_gives_a_type_and_bytes(self, url: str, mime_type: str, body: bytes) -> None:
        assert process(url) == (mime_type, body)

    @pytest.mark.parametrize(
        "url", ["data:", "data:text/html", "data:;base64,Y", "data:;base64,%FF"]
    )
    def test_no_comma_and_no_base64_are_failure(self, url: str) -> None:
        assert process(url) is None

    def test_follows_the_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for input, mime_type, *body in wpt_data("fetch/data-urls/resources/data-urls.json"):
            try:
                url = url_parser(input)
            except URLFailure:
                assert mime_type is None
                continue
            struct = data_url_processor(url)
            if mime_type is None:
                assert struct is None, input
            else:
                assert struct is not None, input
                expected_type = mime_type or "text/plain;charset=US-ASCII"
                assert (serialize_a_mime_type(struct.mime_type), list(struct.body)) == (
                    expected_type,
                    body[0],
                ), input

    def test_follows_the_official_vectors_of_base64(self, wpt_data: Callable[[str], Any]) -> None:
        for input, output in wpt_data("fetch/data-urls/resources/base64.json"):
            struct = data_url_processor(url_parser(f"data:;base64,{input}"))
            assert (struct and list(struct.body)) == output, input
