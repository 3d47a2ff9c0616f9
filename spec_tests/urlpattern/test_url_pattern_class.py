"""URL Pattern Standard, 1.2, and the vectors of its tests."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.linear_time import grows_no_worse_than_its_input
from worker_runtime import URL, URLPattern
from worker_runtime.urlpattern.dictionaries import COMPONENT_NAMES, URLPatternResult

spec = pytest.mark.spec

# What a component is not inherited behind.
EARLIER_COMPONENTS = {
    "protocol": [],
    "hostname": ["protocol"],
    "port": ["protocol", "hostname"],
    "username": [],
    "password": [],
    "pathname": ["protocol", "hostname", "port"],
    "search": ["protocol", "hostname", "port", "pathname"],
    "hash": ["protocol", "hostname", "port", "pathname", "search"],
}


def pattern_of(arguments: list[Any]) -> URLPattern:
    """The pattern of JavaScript's arguments, of which a last dictionary is the options."""
    *positional, last = [*arguments, None]
    if len(positional) > 1 and isinstance(positional[-1], dict):
        return URLPattern(*positional[:-1], **positional[-1])
    return URLPattern(*positional)


def expected_pattern_string(name: str, entry: dict[str, Any]) -> str:
    """What the data file says of a component, or by its rules leaves out."""
    if name in entry.get("expected_obj", {}):
        return str(entry["expected_obj"][name])
    if name in entry.get("exactly_empty_components", []):
        return ""
    first, second = [*entry["pattern"], {}, None][:2]
    init = first if isinstance(first, dict) else {}
    base_url = init.get("baseURL") or (second if isinstance(second, str) else None)
    if init.get(name):
        return str(init[name])
    if (
        base_url is None
        or name in ("username", "password")
        or any(other in init for other in EARLIER_COMPONENTS[name])
    ):
        return "*"
    value = str(getattr(URL(base_url), name))
    return (
        value.removesuffix(":")
        if name == "protocol"
        else value[1:]
        if name in ("search", "hash")
        else value
    )


@spec("https://urlpattern.spec.whatwg.org/#urlpattern")
class TestURLPattern:
    def test_patterns_of_the_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for entry in wpt_data("urlpattern/resources/urlpatterntestdata.json"):
            if entry.get("expected_obj") == "error":
                with pytest.raises(TypeError):
                    pattern_of(entry["pattern"])
                continue
            pattern = pattern_of(entry["pattern"])
            for name in COMPONENT_NAMES:
                assert getattr(pattern, name) == expected_pattern_string(name, entry), entry

    def test_matches_of_the_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for entry in wpt_data("urlpattern/resources/urlpatterntestdata.json"):
            if entry.get("expected_obj") == "error":
                continue
            pattern, inputs = pattern_of(entry["pattern"]), entry.get("inputs", [])
            expected = entry.get("expected_match")
            if expected == "error":
                with pytest.raises(TypeError):
                    pattern.test(*inputs)
                with pytest.raises(TypeError):
                    pattern.exec(*inputs)
                continue
            result = pattern.exec(*inputs)
            assert pattern.test(*inputs) == (expected is not None) == (result is not None), entry
            if result is not None:
                self.check(result, entry)

    def check(self, result: URLPatternResult, entry: dict[str, Any]) -> None:
        expected = entry["expected_match"]
        assert result.inputs == expected.get("inputs", entry["inputs"]), entry
        for name in COMPONENT_NAMES:
            groups = {} if name in entry.get("exactly_empty_components", []) else {"0": ""}
            component = expected.get(name, {"input": "", "groups": groups})
            assert getattr(result, name) == (component["input"], component["groups"]), entry

    def test_a_pattern_without_arguments_matches_everything(self) -> None:
        pattern = URLPattern()
        assert pattern.test("https://u:p@example.com:8080/a?b#c")
        assert pattern.test()
        assert pattern.exec() == pattern.exec({})

    def test_arguments_are_converted(self) -> None:
        assert URLPattern({"port": 8080}).port == "8080"  # type: ignore[arg-type]
        assert URLPattern("/a", URL("https://example.com/")).hostname == "example.com"  # type: ignore[arg-type]
        assert URLPattern({"pathname": "/a"}).test(URL("https://example.com/a"))  # type: ignore[arg-type]
        assert URLPattern({"hash": "\ud800"}).hash == "%EF%BF%BD"
        with pytest.raises(TypeError, match="Expected a string"):
            URLPattern(b"https://example.com/")  # type: ignore[arg-type]

    def test_options_are_keywords(self) -> None:
        assert URLPattern({"pathname": "/A"}, ignoreCase=True).test("https://x/a")
        assert URLPattern("/A", "https://x", ignoreCase=True).test("https://x/a")
        assert not URLPattern({"pathname": "/A"}, ignoreCase=False).test("https://x/a")

    def test_attributes_are_read_only(self) -> None:
        pattern = URLPattern()
        for name in (*COMPONENT_NAMES, "hasRegExpGroups"):
            with pytest.raises(AttributeError):
                setattr(pattern, name, "")
        assert weakref.ref(pattern)() is pattern

    @pytest.mark.parametrize(
        "pattern, url, id",
        [
            ("/books/:id(\\d+)", "/books/42", "42"),
            ("/books/:id(\\d+)", "/books/x", None),
            ("/books/:id([[a-z]--[aeiou]]+)", "/books/xyz", "xyz"),
            ("/books/:id([[a-z]--[aeiou]]+)", "/books/abc", None),
            ("/books/:id(\\p{Lu}\\w*)", "/books/Emma", "Emma"),
            ("/books/:id(\\p{Lu}\\w*)", "/books/emma", None),
            ("/books/:id((?i:EMMA|[\\q{ulysses|dubliners}]))", "/books/emma", "emma"),
            ("/:lang(en|fr)?/:id", "/x", "x"),
            ("/books/:id+", "/books/a/b", "a/b"),
            ("/books/:id*", "/books", None),
        ],
    )
    def test_groups_of_an_author(self, pattern: str, url: str, id: str | None) -> None:
        result = URLPattern({"pathname": pattern}).exec(f"https://example.com{url}")
        assert (result and result.pathname.groups["id"]) == id

    @pytest.mark.parametrize(
        "pattern, url",
        [
            ("/*+x", "/" * 10_000),
            ("/**/x", "/" * 10_000),
            ("/{:a}+/x", "a" * 10_000),
            ("/{:a}*/x", "a" * 10_000),
            ("/:a+/x", "a/" * 5_000),
            ("/:a/:b?/*", "a" * 10_000),
        ],
    )
    def test_what_the_standard_generates_does_not_explode(self, pattern: str, url: str) -> None:
        """An exponential match would not come to its end."""
        URLPattern({"pathname": pattern}).test(f"https://example.com/{url}")

    @pytest.mark.parametrize(
        "shape",
        ["(", "(a", "{", ":", "[", "\\", "(?:", "((?:", "([", "a{", "\xe9", "%", "*", "\ud800"],
    )
    def test_hostile_patterns_are_type_errors_at_worst(self, shape: str) -> None:
        run = shape * 2000
        for pattern in (run, "https://" + run, "https://x/" + run, f"https://x/({run})"):
            try:
                URLPattern(pattern, "https://example.com/").test(pattern, "https://example.com/")
                URLPattern({"pathname": pattern}).test({"pathname": pattern})
            except TypeError:
                pass


@spec("https://urlpattern.spec.whatwg.org/#dom-urlpattern-test")
class TestTest:
    def test_it_says_whether_exec_has_a_result(self) -> None:
        pattern = URLPattern("https://{:sub.}?example.com/:a/*")
        for url in (
            "https://example.com/b/",
            "https://x.example.com/b/c",
            "https://example.com/b",
            "https://example.org/b/",
        ):
            assert pattern.test(url) == (pattern.exec(url) is not None)

    def test_a_dictionary_and_a_base_url_are_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="beside it"):
            URLPattern().test({}, "https://example.com/")


@spec("https://urlpattern.spec.whatwg.org/#dom-urlpattern-hasregexpgroups")
class TestHasRegExpGroups:
    def test_only_an_expression_of_the_author_counts(self) -> None:
        assert not URLPattern({"pathname": "/a/:foo/:baz?/b/*"}).hasRegExpGroups
        assert URLPattern({"pathname": "/a/:foo/:baz([a-z]+)?/b/*"}).hasRegExpGroups


class TestTentative:
    def test_compare_component_of_the_official_vectors(
        self, wpt_data: Callable[[str], Any]
    ) -> None:
        for entry in wpt_data("urlpattern/resources/urlpattern-compare-test-data.json"):
            left, right = URLPattern(entry["left"]), URLPattern(entry["right"])
            component, expected = entry["component"], entry["expected"]
            assert URLPattern.compareComponent(component, left, right) == expected, entry
            assert URLPattern.compareComponent(component, right, left) == -expected, entry
            assert URLPattern.compareComponent(component, left, left) == 0
            assert URLPattern.compareComponent(component, right, right) == 0

    def test_generate_of_the_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for entry in wpt_data("urlpattern/resources/urlpattern-generate-test-data.json"):
            pattern = URLPattern(entry["pattern"])
            if entry["expected"] is None:
                with pytest.raises(TypeError):
                    pattern.generate(entry["component"], entry["groups"])
            else:
                assert pattern.generate(entry["component"], entry["groups"]) == entry["expected"], (
                    entry
                )

    def test_arguments_are_checked(self) -> None:
        pattern = URLPattern()
        with pytest.raises(TypeError, match="name of a component"):
            URLPattern.compareComponent("host", pattern, pattern)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="two URLPatterns"):
            URLPattern.compareComponent("hash", pattern, "*")  # type: ignore[arg-type]


@spec("https://urlpattern.spec.whatwg.org/#parse-a-pattern-string")
class TestHostileInput:
    @pytest.mark.parametrize(
        "run",
        ["(", "{", "{}", ":", ":a", "*", "(a)", "{a}?", "\\", "(?:", "(a|b)", "[", "\xfc", "/"],
    )
    def test_patterns_take_linear_time(self, run: str) -> None:
        for make in (
            lambda length: {"pathname": run * (length // len(run))},
            lambda length: {"pathname": "/(" + run * (length // len(run)) + ")"},
            lambda length: "https://example.com/" + run * (length // len(run)),
        ):
            grows_no_worse_than_its_input(URLPattern, make, 512)
