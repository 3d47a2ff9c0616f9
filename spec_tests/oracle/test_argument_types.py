"""Argument types."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime.oracle.argument_types import (
    ARGUMENT_TYPES,
    BadQuestion,
    convert_of,
    from_bytes,
    from_form_entry,
    from_mime_type,
    shown,
)


class TestConversions:
    @pytest.mark.parametrize("type, value, converted", [
        ("any", [None], [None]), ("boolean", False, False), ("integer", 3, 3), ("number", 0.5, 0.5),
        ("MethodCall", ["a", 1], ["a", 1]),
        ("DOMString", "\ud800", "\ud800"), ("USVString", "a\ud800", "a\ufffd"),
        ("USVString", "\ud83d\udca9", "\U0001f4a9"), ("ByteString", "\xff", "\xff"),
        ("bytes", {"bytes": "a\0\xff"}, b"a\0\xff"), ("Header", ["a", "\xe9"], ("a", "\xe9")),
        ("Pair", ["a", "\ud800"], ("a", "\ufffd")), ("FormEntry", ["a", "b"], ("a", "b")),
        ("URLSearchParamsInit", {"\ud800": "a"}, {"\ufffd": "a"}),
        ("URLSearchParamsInit", [["a"]], [["a"]]), ("URLPatternInputs", [], ({}, None)),
        ("URLPatternInputs", ["/a", "b:"], ("/a", "b:")),
        ("URLPatternArguments", [{"pathname": "/a", "path": 1}], ({"pathname": "/a"}, None, False)),
        ("URLPatternArguments", ["/a", {"ignoreCase": True}], ("/a", None, True)),
        ("sequence<sequence<bytes>>", [[{"bytes": "a"}], []], [[b"a"], []]),
    ])  # fmt: skip
    def test_take_what_a_type_is(self, type: str, value: Any, converted: Any) -> None:
        assert convert_of(type)(value) == converted

    @pytest.mark.parametrize("type, value, words", [
        ("boolean", 1, "expected true or false, not 1"), ("integer", True, "an integer, not True"),
        ("integer", 1.5, "not 1.5"), ("number", "1", "a number, not '1'"),
        ("MethodCall", {}, "a list, not {}"), ("DOMString", 5, "a string, not 5"),
        ("DOMString", None, "a string, not None"),
        ("ByteString", "\u0100", "up to U[+]00FF, not 'Ā'"),
        ("bytes", "abc", 'expected {"bytes": "..."}, not \'abc\''),
        ("bytes", {"bytes": "a", "b": 1}, "expected"),
        ("bytes", {"bytes": "\u20ac"}, "up to U[+]00FF"), ("Header", ["a"], "a name and a value"),
        ("Pair", "ab", "a list"), ("FormEntry", ["a", 5], "a string, not 5"),
        ("FormEntry", ["a", {"bytes": 1}], "a string, not 1"),
        ("MIMEType", "text/html", "an object"),
        ("MIMEType", {"parameters": ["a"]}, "a list, not 'a'"),
        ("PercentEncodeSet", "all", "one of C0 control, fragment"),
        ("URLPatternInputs", [{"pathname": 1}], "a string"),
        ("URLPatternInputs", ["a", "b", "c"], "an input and a base URL at most"),
        ("URLSearchParamsInit", 5, "a string"),
        ("URLPatternArguments", ["a", {"ignoreCase": 1}], "true or false, not 1"),
        ("sequence<DOMString>", "abc", "a list"),
    ])  # fmt: skip
    def test_refuse_in_words_what_it_is_not(self, type: str, value: Any, words: str) -> None:
        with pytest.raises(BadQuestion, match=words.replace("{", "[{]").replace(".", "[.]")):
            convert_of(type)(value)

    def test_every_type_says_what_to_write(self) -> None:
        assert all(type.help for type in ARGUMENT_TYPES.values())


class TestResults:
    def test_are_what_the_conversions_take(self) -> None:
        assert convert_of("bytes")(from_bytes(bytes(range(256)))) == bytes(range(256))
        mime_type = {"type": "a", "subtype": "b", "parameters": [["c", "d"], ["e", ""]]}
        assert [
            *map(list, from_mime_type(convert_of("MIMEType")(mime_type))["parameters"])
        ] == mime_type["parameters"]
        for entry in (
            ["a", "b"],
            ["a", {"name": "\ufffd.txt", "type": "text/plain", "bytes": "\xff\0"}],
        ):
            assert from_form_entry(convert_of("FormEntry")(entry)) == entry


class TestShown:
    def test_is_never_longer_than_a_line(self) -> None:
        assert shown("ab") == "'ab'"
        assert len(shown("a" * 1_000_000)) == 83
