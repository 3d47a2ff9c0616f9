"""URL Pattern Standard, 2.1.3 to 2.3."""

from __future__ import annotations

from itertools import product

import pytest

from worker_runtime.urlpattern.internals import DEFAULT_OPTIONS, HOSTNAME_OPTIONS, PATHNAME_OPTIONS
from worker_runtime.urlpattern.pattern_strings import (
    Options,
    Part,
    escape_a_pattern_string,
    escape_a_regexp_string,
    generate_a_pattern_string,
    generate_a_regular_expression_and_name_list,
    generate_a_segment_wildcard_regexp,
    parse_a_pattern_string,
)
from worker_runtime.urlpattern.regular_expressions import reg_exp_create

spec = pytest.mark.spec


def parse(input: str, options: Options = PATHNAME_OPTIONS) -> list[Part]:
    return parse_a_pattern_string(input, options, lambda text: text.upper())


@spec("https://urlpattern.spec.whatwg.org/#parse-a-pattern-string")
class TestParseAPatternString:
    @pytest.mark.parametrize(
        "input, part_list",
        [
            ("", []),
            ("abc", [Part("fixed-text", "ABC", "none")]),
            ("{a}b{c}", [Part("fixed-text", "ABC", "none")]),
            ("{ab}?", [Part("fixed-text", "AB", "optional")]),
            ("{}?", []),
            (":id", [Part("segment-wildcard", "", "none", "id")]),
            ("/:id", [Part("segment-wildcard", "", "none", "id", "/")]),
            ("a:id", [Part("fixed-text", "A", "none"), Part("segment-wildcard", "", "none", "id")]),
            (
                "/a:id+",
                [
                    Part("fixed-text", "/A", "none"),
                    Part("segment-wildcard", "", "one-or-more", "id"),
                ],
            ),
            ("/*", [Part("full-wildcard", "", "none", "0", "/")]),
            ("*?", [Part("full-wildcard", "", "optional", "0")]),
            ("**", [Part("full-wildcard", "", "zero-or-more", "0")]),
            (":a*", [Part("segment-wildcard", "", "zero-or-more", "a")]),
            ("(\\d)", [Part("regexp", "\\d", "none", "0")]),
            ("(.*)", [Part("full-wildcard", "", "none", "0")]),
            ("([^\\/]+?)", [Part("segment-wildcard", "", "none", "0")]),
            (":a(b)", [Part("regexp", "b", "none", "a")]),
            ("{a:id(b)c}?", [Part("regexp", "b", "optional", "id", "A", "C")]),
            ("(a)(b)", [Part("regexp", "a", "none", "0"), Part("regexp", "b", "none", "1")]),
        ],
    )
    def test_parts(self, input: str, part_list: list[Part]) -> None:
        assert parse(input) == part_list

    def test_only_the_prefix_code_point_becomes_a_prefix(self) -> None:
        fixed = Part("fixed-text", "/", "none")
        assert parse("/:id", DEFAULT_OPTIONS) == [fixed, Part("segment-wildcard", "", "none", "id")]

    @pytest.mark.parametrize(
        "input", ["{", "{a", "a}", "{{a}}", "+", "?a", "{:a:b}", "{*a*}", ":a(b)(c)}"]
    )
    def test_what_is_not_well_formed_is_a_type_error(self, input: str) -> None:
        with pytest.raises(TypeError, match="instead of"):
            parse(input)

    @pytest.mark.parametrize("input", [":a:a", "/:a/(b)/:a", "{:a}?{:a}*"])
    def test_a_name_stands_once(self, input: str) -> None:
        with pytest.raises(TypeError, match="the group 'a' stands twice"):
            parse(input)

    @pytest.mark.parametrize("text", ["-abc", ".b-c_d", "\xa0y", "%20~"])
    def test_a_run_means_the_same_as_its_code_points_one_by_one(self, text: str) -> None:
        one_by_one = "".join(f"\\{code_point}" for code_point in text)
        for form in ("/TEXT:id/TEXT", "TEXT*TEXT(b)TEXT", "{TEXT:xTEXT}?", "{TEXT}+"):
            assert parse(form.replace("TEXT", text)) == parse(form.replace("TEXT", one_by_one))

    @pytest.mark.parametrize("shape", ["a", "/", "\\a", "{a}", "{a}?", "*a", "(b)"])
    def test_the_callback_takes_each_piece_once(self, shape: str) -> None:
        taken: list[str] = []

        def take(text: str) -> str:
            taken.append(text)
            return text

        parse_a_pattern_string(shape * 1000, PATHNAME_OPTIONS, take)
        assert sum(map(len, taken)) <= 1000


@spec("https://urlpattern.spec.whatwg.org/#generate-a-segment-wildcard-regexp")
class TestGenerateASegmentWildcardRegexp:
    def test_it_stops_at_the_delimiter(self) -> None:
        options = (PATHNAME_OPTIONS, HOSTNAME_OPTIONS, DEFAULT_OPTIONS)
        assert list(map(generate_a_segment_wildcard_regexp, options)) == [
            "[^\\/]+?",
            "[^\\.]+?",
            "[^]+?",
        ]


@spec("https://urlpattern.spec.whatwg.org/#options")
@spec("https://urlpattern.spec.whatwg.org/#part")
@spec("https://urlpattern.spec.whatwg.org/#generate-a-regular-expression-and-name-list")
class TestGenerateARegularExpressionAndNameList:
    @pytest.mark.parametrize(
        "input, regular_expression, name_list",
        [
            ("", "^$", []),
            ("a.b", "^A\\.B$", []),
            ("{a}?", "^(?:A)?$", []),
            ("(a)", "^(a)$", ["0"]),
            ("(a)?", "^(a)?$", ["0"]),
            ("(a)+", "^((?:a)+)$", ["0"]),
            ("/:id", "^(?:\\/([^\\/]+?))$", ["id"]),
            ("/:id?", "^(?:\\/([^\\/]+?))?$", ["id"]),
            ("/:id+", "^(?:\\/((?:[^\\/]+?)(?:\\/(?:[^\\/]+?))*))$", ["id"]),
            ("{a(b)c}*", "^(?:A((?:b)(?:CA(?:b))*)C)?$", ["0"]),
            ("/*/:a", "^(?:\\/(.*))(?:\\/([^\\/]+?))$", ["0", "a"]),
        ],
    )
    def test_forms(self, input: str, regular_expression: str, name_list: list[str]) -> None:
        assert generate_a_regular_expression_and_name_list(parse(input), PATHNAME_OPTIONS) == (
            regular_expression,
            name_list,
        )

    @pytest.mark.parametrize(
        "input, as_written",
        [
            ("**x", "^((?:.*)*)X$"),
            ("*+x", "^((?:.*)+)X$"),
            ("/**/x", "^(?:\\/((?:.*)(?:\\/(?:.*))*))?\\/X$"),
            ("{a*b}+x", "^(?:A((?:.*)(?:BA(?:.*))*)B)X$"),
            ("{:i}*x", "^((?:[^\\/]+?)*)X$"),
            ("{:i}+x", "^((?:[^\\/]+?)+)X$"),
        ],
    )
    def test_a_repeated_wildcard_captures_what_the_form_of_the_standard_does(
        self, input: str, as_written: str
    ) -> None:
        regular_expression, _ = generate_a_regular_expression_and_name_list(
            parse(input), PATHNAME_OPTIONS
        )
        assert regular_expression != as_written
        ours, theirs = reg_exp_create(regular_expression, False), reg_exp_create(as_written, False)
        for length in range(7):
            for text in map(
                "".join,
                product("/ABX", repeat=length) if length < 6 else ["ABABBX", "A/B/AX", "//X//X"],
            ):
                captures = theirs(text)
                assert ours(text) == captures, text


@spec("https://urlpattern.spec.whatwg.org/#escape-a-regexp-string")
class TestEscapeARegexpString:
    def test_syntax_is_escaped(self) -> None:
        assert (
            escape_a_regexp_string("a.+*?^${}()[]|/\\-&")
            == "a\\.\\+\\*\\?\\^\\$\\{\\}\\(\\)\\[\\]\\|\\/\\\\-&"
        )


@spec("https://urlpattern.spec.whatwg.org/#generate-a-pattern-string")
class TestGenerateAPatternString:
    @pytest.mark.parametrize(
        "input, pattern_string",
        [
            ("a{b}c", "ABC"),
            ("\\:a", "\\:A"),
            ("{a}+", "{A}+"),
            ("/:id", "/:id"),
            ("{/:id}", "/:id"),
            ("{a:id}", "{A:id}"),
            ("{:id}b", "{:id}B"),
            ("{:id}-", ":id-"),
            (":a(b)", ":a(b)"),
            ("{:a}(b)", "{:a}(b)"),
            ("/{:id}", "/{:id}"),
            ("/{*}", "/{*}"),
            ("(.*)", "*"),
            ("(a)(.*)", "(a)(.*)"),
            (":a(.*)", ":a(.*)"),
            ("([^\\/]+?)", "([^\\/]+?)"),
            ("{:a\\b}", "{:a\\B}"),
            ("{:a-}", "{:a-}"),
            ("*?", "*?"),
        ],
    )
    def test_the_normal_form(self, input: str, pattern_string: str) -> None:
        part_list = parse(input)
        assert generate_a_pattern_string(part_list, PATHNAME_OPTIONS) == pattern_string
        assert parse(pattern_string) == part_list

    def test_a_part_that_is_encoded_as_nothing_changes_nothing(self) -> None:
        part_list = parse_a_pattern_string("\t:a\t", DEFAULT_OPTIONS, lambda text: text.strip())
        assert part_list[0].value == part_list[2].value == ""
        assert generate_a_pattern_string(part_list, DEFAULT_OPTIONS) == ":a"


@spec("https://urlpattern.spec.whatwg.org/#escape-a-pattern-string")
class TestEscapeAPatternString:
    def test_syntax_is_escaped(self) -> None:
        assert escape_a_pattern_string("a+*?:{}()\\./[") == "a\\+\\*\\?\\:\\{\\}\\(\\)\\\\./["
