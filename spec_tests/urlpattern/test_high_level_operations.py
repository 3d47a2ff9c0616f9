"""URL Pattern Standard, 1.4."""

from __future__ import annotations

import pytest

from worker_runtime.url.url_parsing import basic_url_parser
from worker_runtime.urlpattern.dictionaries import (
    URLPatternInit,
    URLPatternInput,
    to_url_pattern_input,
)
from worker_runtime.urlpattern.high_level_operations import (
    create,
    exec_results_of,
    has_regexp_groups,
    match,
    texts_to_match,
)
from worker_runtime.urlpattern.internals import URLPatternRecord

spec = pytest.mark.spec


def pattern_strings(url_pattern: URLPatternRecord) -> str:
    return " ".join(component.pattern_string for component in url_pattern)


@spec("https://urlpattern.spec.whatwg.org/#url-pattern-create")
class TestCreate:
    @spec("https://urlpattern.spec.whatwg.org/#url-pattern")
    def test_a_string_is_taken_apart(self) -> None:
        assert pattern_strings(create("https://h:*/:a\\?b", None)) == "https * * h * /:a b *"

    def test_what_a_dictionary_has_not_is_a_wildcard(self) -> None:
        assert pattern_strings(create({}, None)) == "* * * * * * * *"

    def test_the_base_url_fills_what_is_before(self) -> None:
        assert pattern_strings(create("/a", "https://x:8/b?c")) == "https * * x 8 /a * *"
        assert (
            pattern_strings(create({"search": "s", "baseURL": "https://x/b?c"}, None))
            == "https * * x  /b s *"
        )

    def test_a_relative_string_needs_one(self) -> None:
        with pytest.raises(TypeError, match="A relative pattern needs a base URL: '/a'"):
            create("/a", None)

    def test_a_dictionary_takes_none_beside_it(self) -> None:
        with pytest.raises(TypeError, match="not beside it: 'https://x/'"):
            create({}, "https://x/")

    @pytest.mark.parametrize(
        "protocol, port, expected",
        [("http", "80", ""), ("http", "443", "443"), ("http{s}?", "80", "80"), ("x", "80", "80")],
    )
    def test_the_default_port_of_a_protocol_is_empty(
        self, protocol: str, port: str, expected: str
    ) -> None:
        assert (
            create({"protocol": protocol, "port": port}, None).port_component.pattern_string
            == expected
        )

    @pytest.mark.parametrize(
        "protocol, expected",
        [("https", "/a%20b"), ("*", "/a%20b"), ("x", "/a b"), ("{x}?", "/a b")],
    )
    def test_a_pathname_is_opaque_where_no_special_scheme_matches(
        self, protocol: str, expected: str
    ) -> None:
        assert (
            create(
                {"protocol": protocol, "pathname": "/a b"}, None
            ).pathname_component.pattern_string
            == expected
        )

    def test_case_can_be_ignored_in_pathname_search_and_hash(self) -> None:
        pattern: URLPatternInit = {"hostname": "a", "pathname": "/a", "search": "a", "hash": "a"}
        input: URLPatternInit = {"hostname": "A", "pathname": "/A", "search": "A", "hash": "A"}
        assert match(create(pattern, None, True), input) is not None
        assert match(create(pattern, None), input) is None
        assert match(create({"username": "a"}, None, True), {"username": "A"}) is None


@spec("https://urlpattern.spec.whatwg.org/#url-pattern-match")
class TestMatch:
    def test_the_result_has_each_component(self) -> None:
        result = match(create("https://{:sub.}?x/:a/*\\?q=:q#f", None), "https://u:p@x/1/2/3?q=4#f")
        assert result is not None
        assert result.inputs == ["https://u:p@x/1/2/3?q=4#f"]
        assert result.protocol == ("https", {})
        assert result.username == ("u", {"0": "u"})
        assert result.password == ("p", {"0": "p"})
        assert result.hostname == ("x", {"sub": None})
        assert result.port == ("", {})
        assert result.pathname == ("/1/2/3", {"a": "1", "0": "2/3"})
        assert result.search == ("q=4", {"q": "4"})
        assert result.hash == ("f", {})

    @pytest.mark.parametrize(
        "url",
        [
            "http://x/a",
            "https://v@x/a",
            "https://u:q@x/a",
            "https://y/a",
            "https://x:9/a",
            "https://x/b",
            "https://x/a?s",
            "x",
        ],
    )
    def test_one_component_that_differs_is_enough(self, url: str) -> None:
        init: URLPatternInit = {
            "protocol": "https", "username": "{u}?", "password": "{p}?", "hostname": "x", "port":
            "", "pathname": "/a", "search": "", "hash": "",
        }  # fmt: skip
        url_pattern = create(init, None)
        assert match(url_pattern, "https://u:p@x/a") is not None
        assert match(url_pattern, url) is None

    def test_a_string_is_resolved_against_a_base_url(self) -> None:
        result = match(create({"pathname": "/a/:b"}, None), "c", "https://x/a/d")
        assert result is not None
        assert result.inputs == ["c", "https://x/a/d"]
        assert result.pathname == ("/a/c", {"b": "c"})

    def test_a_dictionary_is_canonicalized_and_what_it_has_not_is_empty(self) -> None:
        init: URLPatternInit = {
            "protocol": "HTTPS:",
            "port": "443",
            "pathname": "/a/../\xe9",
            "search": "?b",
        }
        result = match(create({}, None), init)
        assert result is not None
        assert result.inputs == [init]
        assert [getattr(result, name).input for name
            in ("protocol", "hostname", "port", "pathname", "search")] == [
            "https", "", "", "/%C3%A9", "b"
        ]  # fmt: skip

    def test_a_url_record_is_serialized(self) -> None:
        result = match(create({}, None), basic_url_parser("https://X/a"))
        assert result is not None
        assert result.inputs == ["https://x/a"]

    @pytest.mark.parametrize(
        "input, base",
        [
            ("x", None),
            ("/a", "b"),
            ("https://[/", None),
            ({"port": "x"}, None),
            ({"baseURL": "x"}, None),
        ],
    )
    def test_what_is_no_url_matches_nothing(self, input: URLPatternInput, base: str | None) -> None:
        assert match(create({}, None), input, base) is None

    def test_a_dictionary_takes_no_base_url_beside_it(self) -> None:
        with pytest.raises(TypeError, match="not beside it: 'https://x/'"):
            match(create({}, None), {}, "https://x/")

    def test_a_match_is_the_same_whether_the_url_is_the_last_one_or_not(self) -> None:
        url_pattern = create({"pathname": "/:a"}, None)
        results = [
            match(url_pattern, url)
            for url in ("https://x/1", "https://x/1", "https://x/2", "x", "x", "https://x/1")
        ]
        assert [result and result.pathname.groups["a"] for result in results] == [
            "1",
            "1",
            "2",
            None,
            None,
            "1",
        ]
        first, second = results[:2]
        assert first is not None and second is not None
        assert first.pathname.groups is not second.pathname.groups
        assert texts_to_match("https://x/1", None) == texts_to_match(
            basic_url_parser("https://x/1"), None
        )


@spec("https://urlpattern.spec.whatwg.org/#typedefdef-urlpatterninput")
class TestTextsToMatch:
    @pytest.mark.parametrize(
        "url, texts",
        [
            ("https://u:p@[::1]:8/a/b?c#d", ("https", "u", "p", "[::1]", "8", "/a/b", "c", "d")),
            ("http://1.2:80?#", ("http", "", "", "1.0.0.2", "", "/", "", "")),
            ("data:a b", ("data", "", "", "", "", "a b", "", "")),
        ],
    )
    def test_what_is_null_is_empty(self, url: str, texts: tuple[str, ...]) -> None:
        assert texts_to_match(basic_url_parser(url), None) == texts
        assert texts_to_match(url, None) == texts
        assert texts_to_match(url, "https://base/") == texts


@spec("https://urlpattern.spec.whatwg.org/#url-pattern-match")
class TestExecResultsOf:
    def test_the_captures_of_each_component_in_order(self) -> None:
        url_pattern = create("https://:a/:b/(\\d)", None)
        texts = texts_to_match("https://x/y/1", None)
        assert texts is not None
        exec_results = exec_results_of(url_pattern, texts)
        assert exec_results is not None
        assert [list(captures) for captures in exec_results] == [
            [],
            [""],
            [""],
            ["x"],
            [],
            ["y", "1"],
            [""],
            [""],
        ]


@spec("https://urlpattern.spec.whatwg.org/#url-pattern-has-regexp-groups")
class TestHasRegExpGroups:
    @pytest.mark.parametrize(
        "name",
        ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"],
    )
    def test_one_component_is_enough(self, name: str) -> None:
        assert has_regexp_groups(create(to_url_pattern_input({name: "(a)"}), None))
        assert not has_regexp_groups(create(to_url_pattern_input({name: ":a"}), None))
