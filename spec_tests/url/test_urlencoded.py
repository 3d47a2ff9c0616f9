"""URL Standard, 5."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime.encoding.names_and_labels import get_an_encoding
from worker_runtime.infra.strings import convert_to_scalar_value_string
from worker_runtime.url.urlencoded import (
    urlencoded_parser,
    urlencoded_serializer,
    urlencoded_string_parser,
)

spec = pytest.mark.spec


@spec("https://url.spec.whatwg.org/#concept-urlencoded-parser")
class TestURLEncodedParser:
    @pytest.mark.parametrize(
        "input, output",
        [
            (b"", []),
            (b"&&a&&", [("a", "")]),
            (b"=", [("", "")]),
            (b"=b=c", [("", "b=c")]),
            (b"a+b=c%2B+d", [("a b", "c+ d")]),
            (b"%26=%3d", [("&", "=")]),
            (b"a=%ff%e2%98&\xef\xbb\xbf=%EF%BB%BF", [("a", "\ufffd\ufffd"), ("\ufeff", "\ufeff")]),
            (b"\xc3\xa9=%C3%A9%", [("\xe9", "\xe9%")]),
        ],
    )
    def test_names_and_values(self, input: bytes, output: list[tuple[str, str]]) -> None:
        assert urlencoded_parser(input) == output

    def test_many_of_them(self) -> None:
        assert urlencoded_parser(b"a=%41&" * 100_000) == [("a", "A")] * 100_000


@spec("https://url.spec.whatwg.org/#concept-urlencoded-string-parser")
class TestURLEncodedStringParser:
    def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for case in wpt_data("url/urlencoded-parser.json")["data"]["list"]:
            expected = [tuple(pair) for pair in case["output"]]
            assert (
                urlencoded_string_parser(convert_to_scalar_value_string(case["input"])) == expected
            ), case

    @pytest.mark.parametrize("input", ["", "a", "a=b&c", "&&a=b&", "a+b=c+d", "=", "a==b&=c", "+"])
    def test_plain_text_is_parsed_as_its_bytes_are(self, input: str) -> None:
        assert urlencoded_string_parser(input) == urlencoded_parser(input.encode())

    def test_encodes_as_utf_8_first(self) -> None:
        assert urlencoded_string_parser("\xe9=\u2603+%2b") == [("\xe9", "\u2603 +")]


@spec("https://url.spec.whatwg.org/#concept-urlencoded-serializer")
class TestURLEncodedSerializer:
    @pytest.mark.parametrize(
        "tuples, output",
        [
            ([], ""),
            ([("", "")], "="),
            ([("a b", "c+d"), ("a b", "~*-._")], "a+b=c%2Bd&a+b=%7E*-._"),
            ([("&=", "%\x00\xe9\u2603")], "%26%3D=%25%00%C3%A9%E2%98%83"),
        ],
    )
    def test_names_and_values(self, tuples: list[tuple[str, str]], output: str) -> None:
        assert urlencoded_serializer(tuples) == output
        assert urlencoded_string_parser(output) == tuples

    @pytest.mark.parametrize(
        "label, output", [("windows-1252", "%E9=%26%239731%3B"), ("utf-16be", "%C3%A9=%E2%98%83")]
    )
    def test_in_an_output_encoding(self, label: str, output: str) -> None:
        encoding = get_an_encoding(label)
        assert encoding is not None
        assert urlencoded_serializer([("\xe9", "\u2603")], encoding) == output
