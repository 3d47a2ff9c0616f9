"""MIME Sniffing Standard, 4."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.linear_time import grows_no_worse_than_its_input
from worker_runtime.mimesniff.mime_types import (
    MIMEType,
    collect_an_http_quoted_string,
    is_archive_mime_type,
    is_audio_or_video_mime_type,
    is_font_mime_type,
    is_html_mime_type,
    is_image_mime_type,
    is_javascript_mime_type,
    is_javascript_mime_type_essence_match,
    is_json_mime_type,
    is_scriptable_mime_type,
    is_xml_mime_type,
    is_zip_based_mime_type,
    minimize_a_supported_mime_type,
    parse_a_mime_type,
    parse_a_mime_type_from_bytes,
    serialize_a_mime_type,
    serialize_a_mime_type_to_bytes,
)

spec = pytest.mark.spec

GROUPS = {
    "image": is_image_mime_type,
    "audio or video": is_audio_or_video_mime_type,
    "font": is_font_mime_type,
    "ZIP-based": is_zip_based_mime_type,
    "archive": is_archive_mime_type,
    "XML": is_xml_mime_type,
    "HTML": is_html_mime_type,
    "scriptable": is_scriptable_mime_type,
    "JavaScript": is_javascript_mime_type,
    "JSON": is_json_mime_type,
}


def parsed(input: str) -> MIMEType:
    mime_type = parse_a_mime_type(input)
    assert mime_type is not None
    return mime_type


@spec("https://mimesniff.spec.whatwg.org/#parse-a-mime-type")
class TestParseAMimeType:
    @spec("https://mimesniff.spec.whatwg.org/#mime-type-essence")
    def test_names_are_in_lowercase_and_values_as_they_are(self) -> None:
        mime_type = parsed(" Text/HTML ; CharSet=UTF-8;q=x ")
        assert (mime_type.type, mime_type.subtype, mime_type.essence) == (
            "text",
            "html",
            "text/html",
        )
        assert list(mime_type.parameters.items()) == [("charset", "UTF-8"), ("q", "x")]

    @pytest.mark.parametrize(
        "input",
        [
            "",
            "/",
            "text",
            "text/",
            "/html",
            "te xt/html",
            "text/ html",
            "text /html",
            "text/ht ml",
            "text/html/",
            "\xe4/x",
            ";/x",
        ],
    )
    def test_without_a_type_and_subtype_of_tokens_it_is_failure(self, input: str) -> None:
        assert parse_a_mime_type(input) is None

    @pytest.mark.parametrize(
        "text, parameters",
        [
            ("a/b;", {}),
            ("a/b;;;x", {}),
            ("a/b;x=", {}),
            ("a/b;x=;y=1", {"y": "1"}),
            ("a/b;=1;y=1", {"y": "1"}),
            ("a/b;x=1;X=2", {"x": "1"}),
            ("a/b; \t\r\nx=1 \n", {"x": "1"}),
            ("a/b;x =1", {}),
            ("a/b;x= 1", {"x": " 1"}),
            ("a/b;\u212a=1;x=\u0100;y=\xff", {"y": "\xff"}),
            ("a/b;\vx=1;x=\x7f;y=\0", {}),
            ("a/b;x=1=2", {"x": "1=2"}),
        ],
    )
    def test_a_parameter_that_is_none_is_left_out(
        self, text: str, parameters: dict[str, str]
    ) -> None:
        assert parsed(text).parameters == parameters

    @pytest.mark.parametrize(
        "text, value",
        [
            ('a/b;x="p;q"', "p;q"),
            ('a/b;x="a\\"b\\c"', 'a"bc'),
            ('a/b;x="', ""),
            ('a/b;x="y', "y"),
            ('a/b;x="y\\', "y\\"),
            ('a/b;x="y"z;w', "y"),
        ],
    )
    def test_a_quoted_value_may_hold_anything_and_needs_no_end(self, text: str, value: str) -> None:
        assert parsed(text).parameters == {"x": value}

    @pytest.mark.parametrize(
        "repeated", [";", ";x", ";x=y", ';x="y"', ';x="', "=", "\\", " ", "/", "\xff"]
    )
    def test_a_megabyte_of_it_takes_a_moment(self, repeated: str) -> None:
        mime_type = parsed("a/b;p=q;" + repeated * (2**20 // len(repeated)))
        assert mime_type.parameters["p"] == "q"

    @pytest.mark.parametrize("file", ["mime-types.json", "generated-mime-types.json"])
    def test_official_vectors(self, wpt_data: Callable[[str], Any], file: str) -> None:
        for case in wpt_data(f"mimesniff/mime-types/resources/{file}"):
            if not isinstance(case, str):
                mime_type = parse_a_mime_type(case["input"])
                assert (mime_type and serialize_a_mime_type(mime_type)) == case["output"], case


@spec("https://fetch.spec.whatwg.org/#collect-an-http-quoted-string")
class TestCollectAnHttpQuotedString:
    @pytest.mark.parametrize(
        "input, output, extracted, final_position",
        [
            ('"\\', '"\\', "\\", 2),
            ('"Hello"', '"Hello"', "Hello", 7),
            ('"Hello \\\\ World\\""', '"Hello \\\\ World\\""', 'Hello \\ World"', 18),
            ('"a" b', '"a"', "a", 3),
        ],
    )
    def test_examples_of_the_standard(
        self, input: str, output: str, extracted: str, final_position: int
    ) -> None:
        assert collect_an_http_quoted_string(input, 0) == (output, final_position)
        assert collect_an_http_quoted_string(input, 0, extract_value=True) == (
            extracted,
            final_position,
        )


@spec("https://mimesniff.spec.whatwg.org/#parse-a-mime-type-from-bytes")
class TestParseAMimeTypeFromBytes:
    def test_a_byte_is_a_code_point(self) -> None:
        mime_type = parse_a_mime_type_from_bytes(b"a/b;x=\xff")
        assert mime_type is not None
        assert mime_type.parameters == {"x": "\xff"}
        assert parse_a_mime_type_from_bytes(b"\xff/b") is None


@spec("https://mimesniff.spec.whatwg.org/#mime-type")
@spec("https://mimesniff.spec.whatwg.org/#serialize-a-mime-type")
class TestSerializeAMimeType:
    @pytest.mark.parametrize(
        "value, written",
        [
            ("v", "v"),
            ("", '""'),
            ("a b", '"a b"'),
            ('"\\', '"\\"\\\\"'),
            ("\xff", '"\xff"'),
            ("'*", "'*"),
        ],
    )
    def test_a_value_that_is_no_token_is_quoted(self, value: str, written: str) -> None:
        assert (
            serialize_a_mime_type(MIMEType("a", "b", {"x": value, "y": "1"}))
            == f"a/b;x={written};y=1"
        )


@spec("https://mimesniff.spec.whatwg.org/#serialize-a-mime-type-to-bytes")
class TestSerializeAMimeTypeToBytes:
    def test_a_code_point_is_a_byte(self) -> None:
        assert serialize_a_mime_type_to_bytes(MIMEType("a", "b", {"x": "\xff"})) == b'a/b;x="\xff"'


@spec("https://mimesniff.spec.whatwg.org/#minimize-a-supported-mime-type")
class TestMinimizeASupportedMimeType:
    @pytest.mark.parametrize(
        "input, output",
        [("text/jscript;x=y", "text/javascript"), ("a/ld+json", "application/json"),
            ("image/svg+xml", "image/svg+xml"),
         ("a/b+xml", "application/xml"), ("image/png", "image/png"), ("image/jpe", ""),
         ("x/x", "")],
    )  # fmt: skip
    def test_types_that_are_processed_alike_are_one(self, input: str, output: str) -> None:
        assert minimize_a_supported_mime_type(parsed(input)) == output

    def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for case in wpt_data("mimesniff/mime-types/resources/mime-types-minimized.json"):
            assert minimize_a_supported_mime_type(parsed(case["input"])) == case["output"], case
        for case in wpt_data("mimesniff/mime-types/resources/mime-types.json"):
            if not isinstance(case, str) and case["output"] is not None:
                assert (
                    minimize_a_supported_mime_type(parsed(case["input"]))
                    == case["minimizedMIMEType"]
                ), case


@spec("https://mimesniff.spec.whatwg.org/#archive-mime-type")
@spec("https://mimesniff.spec.whatwg.org/#audio-or-video-mime-type")
@spec("https://mimesniff.spec.whatwg.org/#font-mime-type")
@spec("https://mimesniff.spec.whatwg.org/#html-mime-type")
@spec("https://mimesniff.spec.whatwg.org/#image-mime-type")
@spec("https://mimesniff.spec.whatwg.org/#javascript-mime-type")
@spec("https://mimesniff.spec.whatwg.org/#json-mime-type")
@spec("https://mimesniff.spec.whatwg.org/#scriptable-mime-type")
@spec("https://mimesniff.spec.whatwg.org/#xml-mime-type")
@spec("https://mimesniff.spec.whatwg.org/#zip-based-mime-type")
@spec("https://mimesniff.spec.whatwg.org/#mime-type-groups")
class TestMimeTypeGroups:
    @pytest.mark.parametrize(
        "input, groups",
        [("image/svg+xml", {"image", "XML", "scriptable"}),
            ("application/ogg;x=y", {"audio or video"}),
         ("application/font-otf", {"font"}), ("application/zip", {"ZIP-based", "archive"}),
         ("a/epub+zip", {"ZIP-based"}), ("text/html", {"HTML", "scriptable"}),
         ("application/pdf", {"scriptable"}), ("text/livescript", {"JavaScript"}),
         ("text/json", {"JSON"}), ("application/x-json", set())],
    )  # fmt: skip
    def test_a_type_may_belong_to_several(self, input: str, groups: set[str]) -> None:
        assert {name for name, is_member in GROUPS.items() if is_member(parsed(input))} == groups

    def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for case in wpt_data("mimesniff/mime-types/resources/mime-groups.json"):
            if not isinstance(case, str):
                # The vectors are older than the correction of this misprint in the standard
                # (2025-07-28).
                mime_type = parsed(
                    case["input"].replace("application/font-off", "application/font-otf")
                )
                assert {name for name, is_member in GROUPS.items() if is_member(mime_type)} == set(
                    case["groups"]
                ), case


@spec("https://mimesniff.spec.whatwg.org/#javascript-mime-type-essence-match")
class TestIsJavascriptMimeTypeEssenceMatch:
    def test_case_does_not_matter_and_parameters_do(self) -> None:
        assert is_javascript_mime_type_essence_match("Text/JavaScript")
        assert not is_javascript_mime_type_essence_match("text/javascript;charset=utf-8")


@spec("https://mimesniff.spec.whatwg.org/#parse-a-mime-type")
class TestHostileInput:
    @pytest.mark.parametrize(
        "run", [";", " ", ";a=", ";a=b", ';a="', '\\"', "/", ";\u0100=1", "=;"]
    )
    def test_takes_linear_time(self, run: str) -> None:
        for before in ("", "text/html", 'text/html;a="'):
            grows_no_worse_than_its_input(
                parse_a_mime_type, lambda length: before + run * (length // len(run)), 8192
            )

    def test_so_do_many_parameters(self) -> None:
        grows_no_worse_than_its_input(
            parse_a_mime_type,
            lambda length: "a/b" + "".join(f";p{number}=v" for number in range(length)),
            1024,
        )
