"""Fetch Standard, 2.2.2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime.fetch.headers import (
    KNOWN_NAMES,
    LONGEST_KNOWN_NAME,
    MOST_KNOWN_NAMES,
    HeaderFailure,
    HeaderList,
    build_a_content_range,
    convert_header_names_to_a_sorted_lowercase_set,
    cors_unsafe_request_header_names,
    extract_header_list_values,
    extract_header_values,
    get_decode_and_split,
    is_cors_non_wildcard_request_header_name,
    is_cors_safelisted_request_header,
    is_cors_safelisted_response_header_name,
    is_forbidden_request_header,
    is_forbidden_response_header_name,
    is_header_name,
    is_header_value,
    is_no_cors_safelisted_request_header,
    is_no_cors_safelisted_request_header_name,
    is_privileged_no_cors_request_header_name,
    is_request_body_header_name,
    normalize,
    parse_a_single_range_header_value,
)

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#concept-header-list")
class TestHeaderList:
    def test_is_as_it_came_while_it_is_only_read(self) -> None:
        headers = [("B", "1"), ("a", "2"), ("b", "3")]
        header_list = HeaderList(headers)
        assert header_list.get("B") == "1, 3"
        assert header_list.values_of("b") == ["1", "3"]
        assert list(header_list) == headers

    def test_brings_the_headers_of_a_name_together_when_it_changes(self) -> None:
        header_list = HeaderList([("B", "1"), ("a", "2"), ("b", "3")])
        header_list.append("c", "4")
        assert list(header_list) == [("B", "1"), ("B", "3"), ("a", "2"), ("c", "4")]

    def test_a_copy_changes_by_itself(self) -> None:
        header_list = HeaderList([("a", "1")])
        copy = header_list.copy()
        header_list.set("a", "2")
        second_copy = header_list.copy()
        second_copy.delete("a")
        assert [list(each) for each in (copy, header_list, second_copy)] == [
            [("a", "1")],
            [("a", "2")],
            [],
        ]

    def test_is_empty_when_it_has_been_cleared(self) -> None:
        header_list = HeaderList([("a", "1"), ("a", "2")])
        header_list.sort_and_combine()
        header_list.clear()
        assert (list(header_list), header_list.get("a"), header_list.sort_and_combine()) == (
            [],
            None,
            [],
        )

    def test_begins_with_headers_that_are_added_all_at_once_as_if_one_after_the_other(self) -> None:
        slow, fast = HeaderList(), HeaderList()
        for name, value in (("B", "1"), ("a", "2")):
            slow.append(name, value)
        assert fast.begin_with(["b", "a"], ["B", "a"], ["1", "2"])
        fast.append("b", "3")
        slow.append("b", "3")
        assert list(slow) == list(fast)

    def test_a_first_header_is_kept_as_one_that_came(self) -> None:
        appended, came = HeaderList(), HeaderList([("B", "1")])
        assert not appended.contains("b") and appended.get("b") is None
        assert appended.sort_and_combine() == []
        appended.append("B", "1")
        for header_list in (appended, came):
            assert (list(header_list), header_list.get("b")) == ([("B", "1")], "1")
            assert header_list.sort_and_combine() == [("b", "1")]
            header_list.append("b", "2")
            header_list.append("A", "3")
        assert list(appended) == list(came) == [("B", "1"), ("B", "2"), ("A", "3")]
        assert appended.sort_and_combine() == came.sort_and_combine()

    def test_does_not_begin_with_repeated_names_nor_twice(self) -> None:
        header_list = HeaderList()
        assert not header_list.begin_with(["a", "a"], ["a", "A"], ["1", "2"])
        assert header_list.begin_with(["a"], ["a"], ["1"])
        assert not header_list.begin_with(["b"], ["b"], ["1"])
        assert list(header_list) == [("a", "1")]

    def test_shows_its_headers(self) -> None:
        assert repr(HeaderList([("a", "1")])) == "HeaderList([('a', '1')])"


@spec("https://fetch.spec.whatwg.org/#header-list-contains")
class TestContains:
    def test_a_name_in_any_case(self) -> None:
        header_list = HeaderList([("Content-Type", "x")])
        assert header_list.contains("content-TYPE")
        assert not header_list.contains("content")


@spec("https://fetch.spec.whatwg.org/#concept-header-list-get")
class TestGet:
    def test_joins_the_values_in_order(self) -> None:
        assert HeaderList([("a", "1"), ("b", ""), ("A", "2"), ("a", "")]).get("A") == "1, 2, "

    def test_a_missing_name_is_none(self) -> None:
        assert HeaderList().get("a") is None


@spec("https://fetch.spec.whatwg.org/#concept-header-list-get-decode-split")
class TestGetDecodeAndSplitOfAList:
    @pytest.mark.parametrize(
        "headers, output",
        [
            ([("A", "nosniff,")], ["nosniff", ""]),
            ([("A", "nosniff"), ("B", "sniff"), ("A", "")], ["nosniff", ""]),
            ([("A", ""), ("B", "sniff")], [""]),
            ([("B", "sniff")], None),
            ([("A", 'text/html;", x/x')], ['text/html;", x/x']),
            ([("A", 'text/html;"'), ("A", "x/x")], ['text/html;", x/x']),
            ([("A", 'x/x;test="hi",y/y')], ['x/x;test="hi"', "y/y"]),
            ([("A", 'x/x;test="hi"'), ("C", "**bingo**"), ("A", "y/y")], ['x/x;test="hi"', "y/y"]),
            ([("A", "x / x,,,1")], ["x / x", "", "", "1"]),
            ([("A", "x / x"), ("A", ","), ("A", "1")], ["x / x", "", "", "1"]),
            ([("A", '"1,2", 3')], ['"1,2"', "3"]),
            ([("A", '"1,2"'), ("D", "4"), ("A", "3")], ['"1,2"', "3"]),
        ],
    )
    def test_follows_the_table_of_the_standard(
        self, headers: list[tuple[str, str]], output: list[str] | None
    ) -> None:
        assert HeaderList(headers).get_decode_and_split("A") == output


@spec("https://fetch.spec.whatwg.org/#header-value-get-decode-and-split")
class TestGetDecodeAndSplit:
    @pytest.mark.parametrize(
        "value, output",
        [
            ("", [""]),
            (",", ["", ""]),
            (" \ta\t , b ", ["a", "b"]),
            (r'"a\",b",c', [r'"a\",b"', "c"]),
            ('a"b', ['a"b']),
            ('a"b"c,"d', ['a"b"c', '"d']),
        ],
    )
    def test_a_comma_within_quotes_does_not_split(self, value: str, output: list[str]) -> None:
        assert get_decode_and_split(value) == output

    @pytest.mark.parametrize("value", ["", ",", " \ta\t , b ", "a,,b"])
    def test_quotes_in_one_part_change_nothing_for_the_others(self, value: str) -> None:
        assert get_decode_and_split(value + ', "" ') == [*get_decode_and_split(value), '""']

    def test_is_linear_in_quotes_and_commas(self) -> None:
        assert len(get_decode_and_split('"",' * 200_000)) == 200_001


@spec("https://fetch.spec.whatwg.org/#concept-header-list-append")
class TestAppend:
    def test_takes_over_the_spelling_of_the_first(self) -> None:
        header_list = HeaderList()
        header_list.append("X-Test", "1")
        header_list.append("x-test", "2")
        assert list(header_list) == [("X-Test", "1"), ("X-Test", "2")]


@spec("https://fetch.spec.whatwg.org/#concept-header-list-delete")
class TestDelete:
    def test_removes_all_of_a_name(self) -> None:
        header_list = HeaderList([("a", "1"), ("b", "2"), ("A", "3")])
        header_list.delete("A")
        assert (list(header_list), header_list.get("a")) == ([("b", "2")], None)

    def test_a_missing_name_is_no_error(self) -> None:
        header_list = HeaderList([("a", "1")])
        header_list.delete("b")
        assert list(header_list) == [("a", "1")]


@spec("https://fetch.spec.whatwg.org/#concept-header-list-set")
class TestSet:
    def test_takes_the_place_of_the_first_and_removes_the_others(self) -> None:
        header_list = HeaderList([("A", "1"), ("b", "2"), ("a", "3")])
        header_list.set("a", "4")
        assert list(header_list) == [("A", "4"), ("b", "2")]

    def test_appends_a_missing_name(self) -> None:
        header_list = HeaderList([("A", "1")])
        header_list.set("b", "2")
        assert list(header_list) == [("A", "1"), ("b", "2")]


@spec("https://fetch.spec.whatwg.org/#concept-header-list-combine")
class TestCombine:
    def test_adds_to_the_first_value(self) -> None:
        header_list = HeaderList([("A", "1"), ("a", "2")])
        header_list.combine("a", "3")
        assert list(header_list) == [("A", "1, 3"), ("A", "2")]

    def test_appends_a_missing_name(self) -> None:
        header_list = HeaderList()
        header_list.combine("a", "1")
        assert list(header_list) == [("a", "1")]


@spec("https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set")
class TestConvertHeaderNamesToASortedLowercaseSet:
    def test_sorts_and_lowers(self) -> None:
        assert convert_header_names_to_a_sorted_lowercase_set(["b", "A", "a", "B-"]) == [
            "a",
            "b",
            "b-",
        ]


@spec("https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine")
class TestSortAndCombine:
    def test_each_name_stands_once_in_order(self) -> None:
        header_list = HeaderList([("b", "1"), ("A", "2"), ("B", "3")])
        assert header_list.sort_and_combine() == [("a", "2"), ("b", "1, 3")]

    def test_set_cookie_is_not_combined(self) -> None:
        header_list = HeaderList([("Set-Cookie", "1"), ("a", "2"), ("a", "3"), ("set-cookie", "1")])
        assert header_list.sort_and_combine() == [
            ("a", "2, 3"),
            ("set-cookie", "1"),
            ("set-cookie", "1"),
        ]

    def test_an_empty_first_value_is_a_value(self) -> None:
        assert HeaderList([("a", ""), ("a", "")]).sort_and_combine() == [("a", ", ")]


@spec("https://fetch.spec.whatwg.org/#header-name")
class TestHeaderName:
    def test_is_a_token(self) -> None:
        names = ["a", "X-Y", "", "a b", "a:", "a\n", "\xe9", "a\0"]
        for _ in range(2):
            assert [name for name in names if is_header_name(name)] == ["a", "X-Y"]

    def test_is_remembered_within_limits_only(self) -> None:
        names = [f"name-{number}" for number in range(2 * MOST_KNOWN_NAMES)] + [
            "a" * (LONGEST_KNOWN_NAME + 1)
        ]
        assert all(map(is_header_name, names))
        assert len(KNOWN_NAMES) <= MOST_KNOWN_NAMES
        assert max(map(len, KNOWN_NAMES)) <= LONGEST_KNOWN_NAME
        assert all(map(is_header_name, names))


@spec("https://fetch.spec.whatwg.org/#header-value")
class TestHeaderValue:
    @pytest.mark.parametrize("value", ["", "a b", "\x01", "\xff", "a\tb", "\x0b"])
    def test_may_hold_nearly_everything(self, value: str) -> None:
        assert is_header_value(value)

    @pytest.mark.parametrize("value", [" a", "a\t", "a\nb", "a\rb", "a\0b"])
    def test_has_no_space_around_it_and_no_newline_nor_nul_in_it(self, value: str) -> None:
        assert not is_header_value(value)


@spec("https://fetch.spec.whatwg.org/#concept-header-value-normalize")
class TestNormalize:
    def test_strips_http_whitespace_only(self) -> None:
        assert normalize("\t\r\n \x0ca \x0b\r\n") == "\x0ca \x0b"


@spec("https://fetch.spec.whatwg.org/#cors-safelisted-request-header")
class TestCORSSafelistedRequestHeader:
    @pytest.mark.parametrize(
        "name, value",
        [
            ("Accept", "text/html, */*;q=0.1"),
            ("accept-language", "en-GB, *;q=0.5"),
            ("Content-Language", "de"),
            ("content-type", "text/plain;charset=UTF-8"),
            ("content-type", "multipart/form-data"),
            ("range", "bytes=0-"),
            ("range", "bytes=1-2"),
        ],
    )
    def test_is_what_a_form_could_send(self, name: str, value: str) -> None:
        assert is_cors_safelisted_request_header(name, value)

    @pytest.mark.parametrize(
        "name, value",
        [
            ("accept", "a" * 129),
            ("accept", "a(b)"),
            ("accept-language", "en_GB"),
            ("content-type", "application/json"),
            ("content-type", "text"),
            ("content-type", 'text/plain; a="b"'),
            ("range", "bytes=-5"),
            ("range", "bytes=5-1"),
            ("x", "y"),
        ],
    )
    def test_is_nothing_else(self, name: str, value: str) -> None:
        assert not is_cors_safelisted_request_header(name, value)

    def test_follows_the_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for name, value in wpt_data("fetch/api/cors/resources/not-cors-safelisted.json"):
            assert not is_cors_safelisted_request_header(name, value), (name, value)


@spec("https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names")
class TestCORSUnsafeRequestHeaderNames:
    def test_are_sorted_and_in_lower_case(self) -> None:
        assert cors_unsafe_request_header_names(
            [("X", "1"), ("Accept", "a"), ("B", "2"), ("x", "3")]
        ) == ["b", "x"]

    def test_safelisted_ones_are_unsafe_when_they_are_large_together(self) -> None:
        headers = [("accept", "a" * 128)] * 8
        assert cors_unsafe_request_header_names(headers) == []
        assert cors_unsafe_request_header_names([*headers, ("accept", "a")]) == ["accept"]


@spec("https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name")
class TestCORSNonWildcardRequestHeaderName:
    def test_is_authorization(self) -> None:
        assert is_cors_non_wildcard_request_header_name("AUTHORIZATION")
        assert not is_cors_non_wildcard_request_header_name("authorize")


@spec("https://fetch.spec.whatwg.org/#privileged-no-cors-request-header-name")
class TestPrivilegedNoCORSRequestHeaderName:
    def test_is_range(self) -> None:
        assert is_privileged_no_cors_request_header_name("Range")
        assert not is_privileged_no_cors_request_header_name("if-range")


@spec("https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name")
class TestCORSSafelistedResponseHeaderName:
    def test_is_one_of_seven(self) -> None:
        assert is_cors_safelisted_response_header_name("Cache-Control", [])
        assert not is_cors_safelisted_response_header_name("X-Test", [])

    def test_is_one_of_the_list_that_is_not_forbidden(self) -> None:
        assert is_cors_safelisted_response_header_name("X-Test", ["x-test"])
        assert not is_cors_safelisted_response_header_name("Set-Cookie", ["set-cookie"])


@spec("https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header-name")
class TestNoCORSSafelistedRequestHeaderName:
    def test_is_one_of_four(self) -> None:
        assert is_no_cors_safelisted_request_header_name("Accept-Language")
        assert not is_no_cors_safelisted_request_header_name("range")


@spec("https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header")
class TestNoCORSSafelistedRequestHeader:
    def test_needs_a_safe_value_as_well(self) -> None:
        assert is_no_cors_safelisted_request_header("accept", "a")
        assert not is_no_cors_safelisted_request_header("accept", '"')
        assert not is_no_cors_safelisted_request_header("range", "bytes=0-")


@spec("https://fetch.spec.whatwg.org/#forbidden-request-header")
class TestForbiddenRequestHeader:
    @pytest.mark.parametrize(
        "name",
        ["Accept-Charset", "cookie", "HOST", "Sec-Fetch-Mode", "proxy-foo", "Transfer-Encoding"],
    )
    def test_some_names_are_forbidden_with_any_value(self, name: str) -> None:
        assert is_forbidden_request_header(name, "")

    @pytest.mark.parametrize(
        "name", ["X-HTTP-Method", "x-http-method-override", "X-Method-Override"]
    )
    def test_some_names_are_forbidden_with_a_forbidden_method(self, name: str) -> None:
        assert is_forbidden_request_header(name, "GET, track ,x")
        assert not is_forbidden_request_header(name, "GET, tracks")

    @pytest.mark.parametrize("name", ["Accept", "User-Agent", "X-Sec-Foo", "Authorization"])
    def test_others_are_not(self, name: str) -> None:
        assert not is_forbidden_request_header(name, "TRACE")


@spec("https://fetch.spec.whatwg.org/#forbidden-response-header-name")
class TestForbiddenResponseHeaderName:
    def test_is_set_cookie(self) -> None:
        assert is_forbidden_response_header_name("Set-Cookie")
        assert is_forbidden_response_header_name("set-cookie2")
        assert not is_forbidden_response_header_name("cookie")


@spec("https://fetch.spec.whatwg.org/#request-body-header-name")
class TestRequestBodyHeaderName:
    def test_is_one_of_four(self) -> None:
        assert is_request_body_header_name("Content-Location")
        assert not is_request_body_header_name("Content-Length")


@spec("https://fetch.spec.whatwg.org/#extract-header-values")
class TestExtractHeaderValues:
    def test_a_list_of_tokens_may_have_empty_elements(self) -> None:
        assert extract_header_values(("Access-Control-Allow-Methods", "GET, , \tPUT,")) == [
            "GET",
            "PUT",
        ]
        assert extract_header_values(("Content-Encoding", "")) == []

    def test_a_server_chooses_one_protocol(self) -> None:
        assert extract_header_values(("Sec-WebSocket-Protocol", "chat")) == ["chat"]

    @pytest.mark.parametrize(
        "name, value",
        [("Access-Control-Expose-Headers", "a b"), ("Access-Control-Max-Age", "-1"),
            ("Sec-WebSocket-Protocol", "a, b"),
         ("Sec-WebSocket-Protocol", "")],
    )  # fmt: skip
    def test_anything_else_is_failure(self, name: str, value: str) -> None:
        with pytest.raises(HeaderFailure, match=repr(value)):
            extract_header_values((name, value))


@spec("https://fetch.spec.whatwg.org/#extract-header-list-values")
class TestExtractHeaderListValues:
    def test_a_missing_name_is_none(self) -> None:
        assert extract_header_list_values("Location", HeaderList()) is None

    def test_lists_are_put_together(self) -> None:
        header_list = HeaderList([("content-encoding", "a, b"), ("Content-Encoding", "c")])
        assert extract_header_list_values("Content-Encoding", header_list) == ["a", "b", "c"]

    def test_two_of_what_can_be_one_is_failure(self) -> None:
        with pytest.raises(HeaderFailure, match="More than one Location"):
            extract_header_list_values(
                "Location", HeaderList([("location", "/a"), ("Location", "/b")])
            )


@spec("https://fetch.spec.whatwg.org/#build-a-content-range")
class TestBuildAContentRange:
    def test_says_first_last_and_length(self) -> None:
        assert build_a_content_range(1, 2, 3) == "bytes 1-2/3"


@spec("https://fetch.spec.whatwg.org/#simple-range-header-value")
class TestParseASingleRangeHeaderValue:
    @pytest.mark.parametrize(
        "value, range",
        [
            ("bytes=0-", (0, None)),
            ("bytes=-500", (None, 500)),
            ("bytes=7-7", (7, 7)),
            ("bytes=007-8", (7, 8)),
        ],
    )
    def test_start_or_end_may_be_missing(
        self, value: str, range: tuple[int | None, int | None]
    ) -> None:
        assert parse_a_single_range_header_value(value, False) == range

    def test_allows_whitespace_where_it_is_told_to(self) -> None:
        value = "bytes \t= \t1 \t- \t2"
        assert parse_a_single_range_header_value(value, True) == (1, 2)
        assert parse_a_single_range_header_value(value, False) is None

    @pytest.mark.parametrize(
        "value",
        ["", "bytes", "bytes=", "bytes=-", "bytes=2-1", "bytes=1", "bytes=1-2,3-4", "Bytes=1-2"],
    )
    def test_anything_else_is_failure(self, value: str) -> None:
        assert parse_a_single_range_header_value(value, True) is None

    def test_thousands_of_digits_are_beyond_any_length(self) -> None:
        assert parse_a_single_range_header_value(f"bytes={'9' * 5000}-", False) == (10**20, None)
        assert parse_a_single_range_header_value(f"bytes={'0' * 5000}7-", False) == (7, None)
        assert parse_a_single_range_header_value(f"bytes={2**64 - 1}-", False) == (2**64 - 1, None)
