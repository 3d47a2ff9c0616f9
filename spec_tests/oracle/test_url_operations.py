"""What can be asked about URLs: each operation with a result and an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.oracle.harness import error_name, result_of

URL = {
    "href": "https://u:p@example.com:8080/b?q#f", "origin": "https://example.com:8080",
    "protocol": "https:", "username": "u", "password": "p", "host": "example.com:8080",
    "hostname": "example.com", "port": "8080", "pathname": "/b", "search": "?q",
    "hash": "#f",
}  # fmt: skip
PATTERN = {
    "protocol": "https", "username": "*", "password": "*", "hostname": "a", "port": "", "pathname":
    "/:id", "search": "*", "hash": "*", "hasRegExpGroups": False,
}  # fmt: skip
RESULTS: list[tuple[str, list[Any], Any]] = [
    ("url.parse", ["../b?q#f", "https://u:p@EXAMPLE.com:8080/a/"], URL),
    ("url.set", ["https://u:p@example.com:8080/a?q#f", "pathname", "b"], URL),
    ("url.validation_errors", ["https://example.com/"], []),
    ("url.validation_errors", [" https://exa mple"], ["invalid-URL-unit", "domain-to-ASCII"]),
    ("url.validation_errors", ["a\\b", "https://example.com/"], ["invalid-reverse-solidus"]),
    ("url.equals", ["https://a/#x", "HTTPS://A#y"], False),
    ("url.equals", ["https://a/#x", "HTTPS://A#y", True], True),
    ("url.host_parser", ["0x7f.1"], "127.0.0.1"),
    ("url.host_parser", ["[1::0]"], "[1::]"),
    ("url.host_parser", ["A%e2", True], "A%e2"),
    ("url.domain_to_ascii", ["M\xfcnchen", True], "xn--mnchen-3ya"),
    ("url.domain_to_ascii", ["xn--a", False], "xn--a"),
    ("url.domain_to_unicode", ["xn--mnchen-3ya"], "m\xfcnchen"),
    ("url.punycode_encode", ["m\xfcnchen"], "mnchen-3ya"),
    ("url.punycode_decode", ["mnchen-3ya"], "m\xfcnchen"),
    ("url.percent_decode", [{"bytes": "%25%s%1G%ff"}], {"bytes": "%%s%1G\xff"}),
    ("url.percent_encode", ["\u2261", "userinfo"], "%E2%89%A1"),
    ("url.percent_encode", ["\u2261", "userinfo", "shift_jis"], "%81%DF"),
    ("url.percent_encode", ["a b~", "application/x-www-form-urlencoded"], "a+b%7E"),
    ("urlencoded.parse", [{"bytes": "a=b+c&d"}], [["a", "b c"], ["d", ""]]),
    ("urlencoded.serialize", [[["a", "\ud800 "]]], "a=%EF%BF%BD+"),
    ("urlencoded.serialize", [[["a", "\u2603"]], "latin1"], "a=%26%239731%3B"),
    ("urlsearchparams.call",
        ["?b=1&a=2", [["sort"], ["get", "b"], ["has", "b", "2"], ["append", "c", "\ud800"]]],
     {"results": [None, "1", False, None], "entries": [["a", "2"], ["b", "1"], ["c", "\ufffd"]],
      "string": "a=2&b=1&c=%EF%BF%BD"}),
    ("urlsearchparams.call", [{"a": "1"}],
        {"results": [], "entries": [["a", "1"]], "string": "a=1"}),
    ("urlsearchparams.call", [[["a", "1"]]],
        {"results": [], "entries": [["a", "1"]], "string": "a=1"}),
    ("urlpattern.construct", [["/:id", "https://a"]], PATTERN),
    ("urlpattern.test", [[{"pathname": "/A"}, {"ignoreCase": True}], ["https://b/a"]], True),
    ("urlpattern.test", [[], []], True),
    ("urlpattern.exec", [["https://a/:id"], ["https://b/1"]], None),
]  # fmt: skip
ERRORS: list[tuple[str, list[Any], str]] = [
    ("url.parse", ["a"], "TypeError"),
    ("url.set", ["https://a", "href", "b"], "TypeError"),
    ("url.set", ["https://a", "origin", "b"], "BadQuestion"),
    ("url.set", ["https://a", "__class__", "b"], "BadQuestion"),
    ("url.validation_errors", ["https://a", "b"], "failure"),
    ("url.equals", ["https://a", "b"], "failure"),
    ("url.host_parser", ["a b"], "failure"),
    ("url.domain_to_ascii", ["a..b", True], "failure"),
    ("url.domain_to_unicode", [5], "BadQuestion"),
    ("url.punycode_encode", [], "BadQuestion"),
    ("url.punycode_decode", ["\xfc"], "failure"),
    ("url.percent_decode", ["%25"], "BadQuestion"),
    ("url.percent_encode", ["a", "query", "nothing"], "BadQuestion"),
    ("urlencoded.parse", ["a=b"], "BadQuestion"),
    ("urlencoded.serialize", [["ab"]], "BadQuestion"),
    ("urlsearchparams.call", [[["a"]]], "TypeError"),
    ("urlsearchparams.call", ["", [["get"]]], "TypeError"),
    ("urlsearchparams.call", ["", [["__init__"]]], "BadQuestion"),
    ("urlsearchparams.call", ["", [[]]], "BadQuestion"),
    ("urlpattern.construct", [["/a"]], "TypeError"),
    ("urlpattern.construct", [["/a", "https://a", "b"]], "BadQuestion"),
    ("urlpattern.test", [[{"pathname": "/("}], []], "TypeError"),
    ("urlpattern.exec", [[], [{"pathname": "/a"}, "https://b"]], "TypeError"),
    ("urlpattern.exec", [[], ["https://a", "https://b", "c"]], "BadQuestion"),
]  # fmt: skip


class TestURLOperations:
    @pytest.mark.parametrize("op, args, result", RESULTS)
    def test_answer(self, op: str, args: list[Any], result: Any) -> None:
        assert result_of(op, *args) == result

    @pytest.mark.parametrize("op, args, name", ERRORS)
    def test_name_their_errors(self, op: str, args: list[Any], name: str) -> None:
        assert error_name(op, *args) == name

    def test_a_match_has_each_component(self) -> None:
        result = result_of("urlpattern.exec", [{"pathname": "/:a{/:b}?"}], ["https://b/1"])
        assert result["pathname"] == {"input": "/1", "groups": {"a": "1", "b": None}}
        assert result["inputs"] == ["https://b/1"] and len(result) == 9

    def test_official_patterns(self, wpt_data: Callable[[str], Any]) -> None:
        checked = 0
        for test in wpt_data("urlpattern/resources/urlpatterntestdata.json"):
            # Elsewhere Web IDL converts what the oracle refuses: options, or a base URL, of another
            # type.
            if (
                isinstance(test, dict)
                and [*map(type, test["pattern"])] != [str, dict, str]
                and test.get("inputs")
            ):
                expected = test.get("expected_match")
                if test.get("expected_obj") == "error" or expected == "error":
                    assert (
                        error_name("urlpattern.exec", test["pattern"], test["inputs"])
                        == "TypeError"
                    ), test
                else:
                    assert (
                        result_of("urlpattern.exec", test["pattern"], test["inputs"]) is None
                    ) == (expected is None), test
                checked += 1
        assert checked > 300
