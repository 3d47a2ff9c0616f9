"""ECMA-262, 22.2: what is translated, and what is refused."""

from __future__ import annotations

import re
import warnings

import pytest

from worker_runtime.urlpattern.regular_expressions import (
    MAX_GROUPS_OF_A_NAME,
    UNBOUNDED,
    Translator,
    class_piece,
    compile_pattern,
    count_of,
    reg_exp_create,
)
from worker_runtime.urlpattern.unicode_properties import ALPHABET

spec = pytest.mark.spec

# Each is refused by JavaScript with the flag v; some would mean something to Python.
REFUSED = r"""
    ( ) a) (a [ [a ] { } a{ a{1 a{,1} {1} a{2,1} a{10,9} * +a ? a** a*+ a++ a??* |* (*)
    ^* \b+ (?=a)* (?!a)? (?<=a)+ (?<!a){2}
    (?a) (? (?< (?<a (?<>a) (?<1>a) (?<a-b>c) (?P<a>b) (?P=a) (?#c) (?>a)
    (?(1)a) (?x:a) (?ii:a) (?i-i:a) (?-:a) (?-i (?i)a
    (?<a>.)(?<a>.) (?<a>(?<a>b)) (?<a>b)|c(?<b>(?:d|(?<b>e)))
    \ \a \A \Z \q \e \- \_ \00 \01 \8 \1 \2(a) \k \k< \k<a> \k<a (?<a>b)\k<b>
    \u \u12 \u{} \u{110000} \x \x1 \c \c1 \p \p{} \p{Nope} \P{RGI_Emoji} [b-a] [\w-a] [a&&b--c] [(]
"""


def captures(pattern: str, string: str, ignore_case: bool = False) -> list[str | None] | None:
    found = reg_exp_create(pattern, ignore_case)(string)
    return None if found is None else list(found)


@spec("https://tc39.es/ecma262/#sec-regexpcreate")
class TestRegExpCreate:
    @pytest.mark.parametrize("pattern", REFUSED.split())
    def test_what_javascript_refuses_is_a_type_error(self, pattern: str) -> None:
        with pytest.raises(TypeError, match="Invalid regular expression"):
            reg_exp_create(pattern, False)

    @pytest.mark.parametrize(
        "pattern, message",
        [
            ("(?<=a+)b", "a lookbehind with an alternative of no fixed length"),
            ("(?<!a|b*)c", "a lookbehind with an alternative of no fixed length"),
            ("(?<=(?:a|bc)d)e", "a lookbehind with an alternative of no fixed length"),
            ("(?<=(a)\\1)b", "a reference in a lookbehind"),
            ("(?<=\\1(a))b", "a reference in a lookbehind"),
            ("(a)(?<=\\1)b", "a lookbehind with an alternative of no fixed length"),
            ("(?:(a)|b)*", "in which a capturing group may be left out"),
            ("(?:(a)?b)+", "in which a capturing group may be left out"),
            ("(?:a|(?<x>b)){2}", "in which a capturing group may be left out"),
            ("(?:(?!(a))b)*", "in which a capturing group may be left out"),
            ("(a*)*", "has a capturing group and may be empty"),
            ("(?:(a?)b?)+", "has a capturing group and may be empty"),
            ("(?<=(a){2})b", "a repeated capturing group in a lookbehind"),
            ("(?:" * 5000 + ")" * 5000, "nested so deeply"),
            ("[" * 5000 + "]" * 5000, "nested so deeply"),
            (
                "|".join(["(?<a>b)"] * (MAX_GROUPS_OF_A_NAME + 1)) + "\\k<a>",
                "a reference to one of 101 groups",
            ),
        ],
    )
    def test_what_python_cannot_say_is_a_type_error(self, pattern: str, message: str) -> None:
        with pytest.raises(TypeError, match=f"Python has no regular expression for .*{message}"):
            reg_exp_create(pattern, False)

    @pytest.mark.parametrize(
        "pattern, string, expected",
        [
            ("a|b", "b", []),
            ("(a)|(b)", "b", [None, "b"]),
            ("(a(b)?)(c)", "ac", ["a", None, "c"]),
            ("^.$", "a", []),
            ("^[^]{2}$", "ab", []),
            ("^\\w+\\d\\s$", "ab1 ", []),
            ("^[\\w--[a-z]]+$", "AB1", []),
            ("^[\\p{L}&&\\p{ASCII}]+$", "abC", []),
            ("^[\\q{abc|ab|}x]$", "ab", []),
            ("^[\\q{abc|ab|}x]c$", "abc", []),
            ("^a{2,3}$", "aaaa", None),
            ("^(?<year>\\d{4})-\\k<year>$", "2025-2025", ["2025"]),
            ("^(?:(?<q>')|(?<q>\"))x\\k<q>$", '"x"', [None, '"']),
            ("^(a)\\1$", "aa", ["a"]),
            ("^(?<\\u{61}>b)\\k<a>$", "bb", ["b"]),
            ("^(?<=^)a(?!b)", "ac", []),
            ("^..(?<=ab|x)$", "ab", []),
            ("^..(?<!ab|cd)$", "cd", None),
            ("^\\u0061\\x62\\/\\u{63}$", "ab/c", []),
            ("^/$", "/", []),
            ("^a\\Bb\\b$", "ab", []),
            ("^(?i:a)(?-i:b)$", "Ab", []),
            ("^(?ms-i:a.)$", "ab", []),
            ("^(?:){3}a{0}$", "", []),
        ],
    )
    def test_matches_as_in_javascript(
        self, pattern: str, string: str, expected: list[str | None] | None
    ) -> None:
        assert captures(pattern, string) == expected

    @pytest.mark.parametrize(
        "pattern",
        r"^\u{1F600}$ ^\ud83d\ude00$ ^\n$ ^[\u0100-\uffff]$ ^[]$ ^\0$ ^\p{sc=Greek}$".split(),
    )
    def test_what_is_not_printable_ascii_never_matches(self, pattern: str) -> None:
        expression = reg_exp_create(pattern, False)
        assert all(expression(chr(code)) is None for code in range(0x20, 0x7F))
        assert expression("") is None

    @pytest.mark.parametrize(
        "pattern, string, expected",
        [
            ("^aBc$", "AbC", []),
            ("^[a-c]$", "B", []),
            ("^[^a-c]$", "B", None),
            ("^\\p{Lu}$", "b", []),
            ("^\\P{Lu}$", "b", None),
            ("^\\P{Lu}$", "B", None),
            ("^\\u212a\\u017f$", "Ks", []),
            ("^[\\u0100-\\uffff]$", "K", []),
            ("^[^\\u0100-\\uffff]$", "k", None),
            ("^\\u0130$", "i", None),
            ("^(a)\\1$", "aA", ["a"]),
            ("^(?-i:a)b$", "aB", []),
            ("^(?-i:a)b$", "AB", None),
            ("^[\\q{aB}]$", "Ab", []),
            ("^[\\q{B}&&\\D]$", "B", []),
            ("^\\w$", "S", []),
        ],
    )
    def test_without_regard_to_case(
        self, pattern: str, string: str, expected: list[str | None] | None
    ) -> None:
        assert captures(pattern, string, True) == expected

    @pytest.mark.parametrize(
        "pattern, string, expected",
        [
            ("^(.*)?$", "", [None]),
            ("^(.*)?$", "a", ["a"]),
            ("^(a??)?(.*)$", "a", ["a", ""]),
            ("^(\\d*)?(.*)$", "x", [None, "x"]),
            ("^(?:(a*)b*)?c$", "c", [None]),
            ("^(|a)??b$", "ab", ["a"]),
            ("^(.*){1}$", "", [""]),
        ],
    )
    def test_what_is_optional_is_left_out_not_empty(
        self, pattern: str, string: str, expected: list[str | None]
    ) -> None:
        assert captures(pattern, string) == expected

    @pytest.mark.parametrize(
        "pattern, string, expected",
        [
            ("^(a)?\\1b$", "b", [None]),
            ("^\\1(a)$", "a", ["a"]),
            ("^(a\\1)$", "a", ["a"]),
            ("^\\k<x>(?<x>a)$", "a", ["a"]),
            ("^(?!(a)b)\\1a$", "a", [None]),
            ("^(?:\\1*(a))+$", "aa", ["a"]),
        ],
    )
    def test_what_has_not_matched_is_referred_to_as_empty(
        self, pattern: str, string: str, expected: list[str | None]
    ) -> None:
        assert captures(pattern, string) == expected

    def test_the_boundary_of_nothing_is_none(self) -> None:
        assert captures("^\\B$", "") == []
        assert captures("^\\b$", "") is None

    def test_numbers_beyond_all_strings_are_taken(self) -> None:
        assert captures("^a{0,99999999999999999999}$", "aa") == []
        assert captures("^a{99999999999999999999,}$", "aa") is None
        assert captures(f"^a{{0,{'9' * 5000}}}$", "aa") == []
        with pytest.raises(TypeError, match="there is no group"):
            reg_exp_create("(a)\\" + "9" * 5000, False)

    def test_python_is_never_warned_of_sets(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert captures("^[\\[\\&\\&\\|\\|~a\\-]+$", "[&|~-a") == []

    @spec("https://tc39.es/ecma262/#prod-Pattern")
    @spec("https://tc39.es/ecma262/#sec-compilepattern")
    @pytest.mark.parametrize(
        "shape", ["a", "a*", "(?:a)", "[ab]", "a|", "(?<n>a)|", "\\u{61}", "(?=a)", "\\d"]
    )
    def test_the_translation_grows_with_the_text(self, shape: str) -> None:
        assert len(compile_pattern(Translator(shape * 500, False))) <= 20 * 500 * len(shape)


@spec("https://tc39.es/ecma262/#prod-DecimalDigits")
class TestCountOf:
    def test_a_number_is_bounded(self) -> None:
        assert [count_of("0"), count_of("007"), count_of("4294967295"), count_of("9" * 10_000)] == [
            0,
            7,
            UNBOUNDED,
            UNBOUNDED,
        ]


@spec("https://tc39.es/ecma262/#sec-compilecharacterclass")
class TestClassPiece:
    @pytest.mark.parametrize(
        "strings",
        [set("ab"), set("^-]\\"), set(ALPHABET[:-2]) - {"/"}, {"abc", "ab", "z"}, {"", "a"}],
    )
    def test_it_matches_the_strings(self, strings: set[str]) -> None:
        expression = re.compile(class_piece(frozenset(strings), False).text)
        for string in [*map(chr, range(0x20, 0x7F)), "", "ab", "abc", "abcd"]:
            assert (expression.fullmatch(string) is not None) == (string in strings)

    def test_the_longest_comes_first(self) -> None:
        assert class_piece(frozenset(["", "a", "abc", "ab"]), False).text == "(?:abc|ab|[a]|)"
