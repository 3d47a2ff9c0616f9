"""Fetch Standard, 3.4 to 3.6."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime.encoding.names_and_labels import UTF_8
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.http_extensions import (
    LengthFailure,
    determine_nosniff,
    extract_a_length,
    extract_a_mime_type,
    legacy_extract_an_encoding,
    should_response_to_request_be_blocked_due_to_nosniff,
)
from worker_runtime.fetch.requests import RequestDestination, RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.mimesniff.mime_types import parse_a_mime_type, serialize_a_mime_type

spec = pytest.mark.spec


def parse_headers(lines: str) -> HeaderList:
    pairs = [line.partition(":") for line in lines.split("\r\n")]
    return HeaderList([(name, value.strip(" ")) for name, _, value in pairs])


def content_types(*values: str) -> HeaderList:
    return HeaderList([("Content-Type", value) for value in values])


@spec("https://fetch.spec.whatwg.org/#header-list-extract-a-length")
class TestExtractALength:
    @pytest.mark.parametrize(
        "values, length",
        [([], None), (["42"], 42), (["42, 42"], 42), (["42", "42"], 42), ([""], None),
            (["4.2"], None),
                           (["+4"], None), (["0042"], 42), (["\xb2"], None)],
    )  # fmt: skip
    def test_is_the_one_number_if_it_is_one(self, values: list[str], length: int | None) -> None:
        assert (
            extract_a_length(HeaderList([("content-length", value) for value in values])) == length
        )

    @pytest.mark.parametrize("value", ["42, 43", "42,042", "1" * 5000])
    def test_two_lengths_and_an_impossible_one_are_failure(self, value: str) -> None:
        with pytest.raises(LengthFailure, match="Content-Length is"):
            extract_a_length(HeaderList([("content-length", value)]))

    def test_follows_the_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for case in wpt_data("fetch/content-length/resources/content-lengths.json"):
            # Their network errors are this failure, or bodies of 42 bytes that are shorter than
            # what is said.
            try:
                length = extract_a_length(parse_headers(case["input"]))
            except LengthFailure:
                length = 10**9
            assert case["output"] == (
                None if (length or 0) > 42 else 42 if length is None else length
            ), case


@spec("https://fetch.spec.whatwg.org/#concept-header-extract-mime-type")
class TestExtractAMIMEType:
    @pytest.mark.parametrize(
        "values, output",
        [
            (["text/plain;charset=gbk, text/html"], "text/html"),
            (["text/html;charset=gbk;a=b, text/html;x=y"], "text/html;x=y;charset=gbk"),
            (["text/html;charset=gbk;a=b", "text/html;x=y"], "text/html;x=y;charset=gbk"),
            (["text/html;charset=gbk", "x/x", "text/html;x=y"], "text/html;x=y"),
            (["text/html", "cannot-parse"], "text/html"),
            (["text/html", "*/*"], "text/html"),
            (["text/html", ""], "text/html"),
        ],
    )
    def test_follows_the_table_of_the_standard(self, values: list[str], output: str) -> None:
        mime_type = extract_a_mime_type(content_types(*values))
        assert mime_type is not None and serialize_a_mime_type(mime_type) == output

    def test_no_header_or_none_that_parses_is_failure(self) -> None:
        assert (
            extract_a_mime_type(HeaderList())
            is extract_a_mime_type(content_types("x", "*/*"))
            is None
        )

    def test_follows_the_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for case in wpt_data("fetch/content-type/resources/content-types.json"):
            for headers in (
                content_types(*case["contentType"]),
                content_types(", ".join(case["contentType"])),
            ):
                mime_type = extract_a_mime_type(headers)
                assert (mime_type and serialize_a_mime_type(mime_type)) == case["mimeType"], case


@spec("https://fetch.spec.whatwg.org/#legacy-extract-an-encoding")
class TestLegacyExtractAnEncoding:
    @pytest.mark.parametrize("input", ["text/plain", "text/plain;charset=nonsense", "x"])
    def test_falls_back(self, input: str) -> None:
        assert legacy_extract_an_encoding(parse_a_mime_type(input), UTF_8) is UTF_8

    def test_takes_the_charset(self) -> None:
        assert (
            legacy_extract_an_encoding(parse_a_mime_type("text/plain;charset=Latin1"), UTF_8).name
            == "windows-1252"
        )

    def test_follows_the_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for case in wpt_data("fetch/content-type/resources/content-types.json"):
            mime_type = extract_a_mime_type(content_types(*case["contentType"]))
            assert (
                legacy_extract_an_encoding(mime_type, UTF_8).name.lower()
                == (case["encoding"] or "utf-8").lower()
            ), case


@spec("https://fetch.spec.whatwg.org/#determine-nosniff")
class TestDetermineNosniff:
    def test_no_header_is_false(self) -> None:
        assert not determine_nosniff(HeaderList())

    def test_follows_the_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for case in wpt_data("fetch/nosniff/resources/x-content-type-options.json"):
            assert determine_nosniff(parse_headers(case["input"])) == case["nosniff"], case


@spec("https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-nosniff?")
class TestShouldResponseToRequestBeBlockedDueToNosniff:
    @pytest.mark.parametrize(
        "destination, content_type, verdict",
        [
            ("script", "text/javascript", "allowed"),
            ("script", "text/plain", "blocked"),
            ("worker", "", "blocked"),
            ("style", "text/css", "allowed"),
            ("style", "text/plain", "blocked"),
            ("", "text/plain", "allowed"),
            ("image", "text/plain", "allowed"),
        ],
    )
    def test_scripts_and_styles_have_to_be_what_they_are(
        self, destination: RequestDestination, content_type: str, verdict: str
    ) -> None:
        request = RequestRecord("http://a.example/")
        request.destination = destination
        response = ResponseRecord(
            HeaderList([("Content-Type", content_type), ("X-Content-Type-Options", "nosniff")])
        )
        assert should_response_to_request_be_blocked_due_to_nosniff(response, request) == verdict
        response.header_list.delete("X-Content-Type-Options")
        assert should_response_to_request_be_blocked_due_to_nosniff(response, request) == "allowed"
