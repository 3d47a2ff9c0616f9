"""URL Standard, 6.1."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime.url.origins import OpaqueOrigin, TupleOrigin
from worker_runtime.url.url_class import URL, api_url_parser
from worker_runtime.url.writing import URLFailure

spec = pytest.mark.spec

ATTRIBUTES = (
    "href",
    "origin",
    "protocol",
    "username",
    "password",
    "host",
    "hostname",
    "port",
    "pathname",
    "search",
    "hash",
)


@spec("https://url.spec.whatwg.org/#api-url-parser")
class TestAPIURLParser:
    def test_a_base_that_is_no_url_is_failure_even_if_it_is_not_needed(self) -> None:
        with pytest.raises(URLFailure):
            api_url_parser("https://example.com/", "x")


@spec("https://url.spec.whatwg.org/#dom-url-url")
class TestConstructor:
    def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for file in ("urltestdata.json", "urltestdata-javascript-only.json"):
            for case in wpt_data(f"url/resources/{file}"):
                if isinstance(case, str):
                    continue
                if case.get("failure"):
                    with pytest.raises(TypeError, match="^Invalid URL: "):
                        URL(case["input"], case["base"])
                else:
                    url = URL(case["input"], case["base"])
                    expected = {name: case[name] for name in ATTRIBUTES if name in case}
                    assert {name: getattr(url, name) for name in expected} == expected, case

    def test_a_relative_url_needs_a_base(self) -> None:
        with pytest.raises(TypeError, match="'/\U0001f363' .missing-scheme-non-relative-URL"):
            URL("/\U0001f363")
        assert (
            URL("/\U0001f363", "https://example.com/x").href == "https://example.com/%F0%9F%8D%A3"
        )

    def test_a_url_may_be_the_base(self) -> None:
        assert URL("b", URL("https://example.com/a")).href == "https://example.com/b"

    def test_a_url_may_be_the_url(self) -> None:
        assert URL(URL("https://example.com/a")).href == "https://example.com/a"

    def test_says_both_if_there_are_two(self) -> None:
        with pytest.raises(TypeError, match="'b' with base 'c'"):
            URL("b", "c")

    def test_lone_surrogates_are_replaced(self) -> None:
        assert (
            URL("/\ud800\U00010000\udc00", "a:/\udc01").pathname
            == "/%EF%BF%BD%F0%90%80%80%EF%BF%BD"
        )

    @pytest.mark.parametrize("value", [None, b"http://h/"])
    def test_takes_no_none_and_no_bytes(self, value: Any) -> None:
        with pytest.raises(TypeError, match="Expected a string"):
            URL(value)


@spec("https://url.spec.whatwg.org/#dom-url-parse")
class TestParse:
    def test_is_none_where_the_constructor_raises(self) -> None:
        assert URL.parse("x") is None
        assert URL.parse("https://example.com/", "x") is None

    def test_is_a_url_otherwise(self) -> None:
        url = URL.parse("?a=b", "https://example.com/x#y")
        assert (
            url is not None
            and url.href == "https://example.com/x?a=b"
            and url.searchParams.get("a") == "b"
        )

    def test_is_of_the_class_that_is_asked(self) -> None:
        class Extended(URL):
            __slots__ = ()

        assert type(Extended.parse("https://example.com/")) is Extended


@spec("https://url.spec.whatwg.org/#dom-url-canparse")
class TestCanParse:
    @pytest.mark.parametrize(
        "url, base, can",
        [
            ("x", None, False),
            ("x", "http://h", True),
            ("http://h", None, True),
            ("http://h", "x", False),
            ("http://", None, False),
        ],
    )
    def test_says_whether_the_constructor_raises(
        self, url: str, base: str | None, can: bool
    ) -> None:
        assert URL.canParse(url, base) is can


@spec("https://url.spec.whatwg.org/#url")
class TestURL:
    def test_every_attribute_is_visible_on_the_class(self) -> None:
        assert all(
            isinstance(getattr(URL, name), property) for name in (*ATTRIBUTES, "searchParams")
        )

    @pytest.mark.parametrize("name", ["origin", "searchParams"])
    def test_two_are_read_only(self, name: str) -> None:
        with pytest.raises(AttributeError):
            setattr(URL("http://h"), name, "x")

    def test_a_misspelt_name_is_an_error(self) -> None:
        with pytest.raises(AttributeError):
            setattr(URL("http://h"), "hostName", "x")

    def test_is_a_string_as_str_and_as_json(self) -> None:
        url = URL("HTTP://H")
        assert str(url) == url.toJSON() == json.loads(json.dumps(url.toJSON())) == "http://h/"

    def test_setters_pass_the_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for name, cases in wpt_data("url/resources/setters_tests.json").items():
            for case in cases if name != "comment" else ():
                url = URL(case["href"])
                setattr(url, name, case["new_value"])
                assert {key: getattr(url, key) for key in case["expected"]} == case["expected"], (
                    name,
                    case,
                )

    def test_setters_pass_the_official_vectors_of_domains(
        self, wpt_data: Callable[[str], Any]
    ) -> None:
        for case in wpt_data("url/resources/toascii.json"):
            for name in ("host", "hostname") if isinstance(case, dict) else ():
                url = URL("https://x/x")
                setattr(url, name, case["input"])
                assert getattr(url, name) == (case["output"] or "x"), case

    @pytest.mark.parametrize(
        "name",
        [
            "href",
            "protocol",
            "username",
            "password",
            "host",
            "hostname",
            "port",
            "pathname",
            "search",
            "hash",
        ],
    )
    def test_setters_convert_even_where_they_change_nothing(self, name: str) -> None:
        with pytest.raises(TypeError, match="Expected a string"):
            setattr(URL("mailto:x"), name, None)

    @pytest.mark.parametrize(
        "name",
        [
            "protocol",
            "username",
            "password",
            "host",
            "hostname",
            "port",
            "pathname",
            "search",
            "hash",
        ],
    )
    def test_setters_never_raise_over_a_string(self, name: str) -> None:
        for href in ("http://h:8/a?b#c", "file:///a", "mailto:x", "a://h", "a:/b"):
            for value in (
                "",
                "\ud800",
                "\0",
                ":",
                "/",
                "[",
                "%",
                "::::",
                "a b",
                "\n",
                "?#",
                "\x7f\xe9",
            ):
                setattr(URL(href), name, value)

    def test_a_setter_that_fails_keeps_what_it_had_set(self) -> None:
        url = URL("http://h:8/")
        url.host = "x:y"
        assert url.href == "http://x:8/"


@spec("https://url.spec.whatwg.org/#dom-url-href")
class TestHref:
    def test_setting_it_replaces_everything(self) -> None:
        url = URL("http://u:p@h:8/a?b=c#d")
        params = url.searchParams
        url.href = "https://example.com/?e=f"
        assert (url.href, list(params)) == ("https://example.com/?e=f", [("e", "f")])
        url.href = "https://example.com/"
        assert list(params) == []

    def test_setting_it_to_what_is_no_url_raises_and_changes_nothing(self) -> None:
        url = URL("http://h/?a=b")
        with pytest.raises(TypeError, match="Invalid URL: 'x'"):
            url.href = "x"
        assert url.href == "http://h/?a=b"


@spec("https://url.spec.whatwg.org/#dom-url-origin")
class TestOrigin:
    @pytest.mark.parametrize(
        "href, origin",
        [
            ("https://h:443/x", "https://h"),
            ("ws://[::1]:8/", "ws://[::1]:8"),
            ("file:///x", "null"),
            ("blob:http://h/x", "http://h"),
        ],
    )
    def test_is_serialized(self, href: str, origin: str) -> None:
        assert URL(href).origin == origin

    def test_other_standards_get_it_as_it_is(self) -> None:
        assert URL("https://h/").extract_an_origin() == TupleOrigin("https", "h", None)
        assert isinstance(URL("a:b").extract_an_origin(), OpaqueOrigin)


@spec("https://url.spec.whatwg.org/#dom-url-search")
class TestSearch:
    def test_is_empty_where_the_query_is(self) -> None:
        url = URL("http://h/?")
        assert (url.search, url.href) == ("", "http://h/?")

    def test_setting_it_takes_one_question_mark_away(self) -> None:
        url = URL("http://h/")
        url.search = "??a"
        assert (url.search, list(url.searchParams)) == ("??a", [("?a", "")])

    def test_setting_it_to_nothing_leaves_no_question_mark(self) -> None:
        url = URL("http://h/?a#b")
        params = url.searchParams
        url.search = ""
        assert (url.href, params.size) == ("http://h/#b", 0)

    def test_an_opaque_path_keeps_its_spaces(self) -> None:
        url = URL("data:space    ?query#hash")
        url.search = ""
        url.hash = ""
        assert url.href == "data:space   %20"


@spec("https://url.spec.whatwg.org/#dom-url-hash")
class TestHash:
    def test_setting_it_takes_one_number_sign_away(self) -> None:
        url = URL("http://h/")
        url.hash = "##a"
        assert (url.hash, url.href) == ("##a", "http://h/##a")
        url.hash = "#"
        assert (url.hash, url.href) == ("", "http://h/#")


@spec("https://url.spec.whatwg.org/#dom-url-searchparams")
class TestSearchParams:
    def test_is_the_same_object_each_time(self) -> None:
        url = URL("http://h/?a=b")
        assert url.searchParams is url.searchParams

    def test_changes_with_the_url(self) -> None:
        url = URL("http://h/?a=b")
        params = url.searchParams
        url.search = "c=d&c=e"
        assert params.getAll("c") == ["d", "e"] and not params.has("a")

    def test_changes_the_url(self) -> None:
        url = URL("http://h/?a=b ~#c")
        url.searchParams.append("d", "e f")
        assert url.href == "http://h/?a=b+%7E&d=e+f#c"
        url.searchParams.delete("a")
        url.searchParams.set("d", "\xe9")
        assert url.search == "?d=%C3%A9"
        url.searchParams.delete("d")
        assert url.href == "http://h/#c"

    def test_sorting_normalizes_the_query(self) -> None:
        url = URL("https://example.com/?a=b ~")
        assert url.href == "https://example.com/?a=b%20~"
        url.searchParams.sort()
        assert url.href == "https://example.com/?a=b+%7E"

    def test_a_question_mark_belongs_to_the_first_name(self) -> None:
        assert list(URL("http://h/??a=b").searchParams) == [("?a", "b")]

    def test_reading_it_changes_nothing(self) -> None:
        url = URL("http://h/?a=%zz&&=")
        assert list(url.searchParams) == [("a", "%zz"), ("", "")]
        assert url.search == "?a=%zz&&="
