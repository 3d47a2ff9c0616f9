"""ECMA-262, 22.2.1: escapes and classes."""

from __future__ import annotations

import pytest

from worker_runtime.urlpattern.character_classes import (
    ClassSet,
    PatternReader,
    case_folded,
    character_class,
    character_class_escape,
    character_complement,
    character_escape,
    class_set_of,
    maybe_simple_case_folding,
    regexp_unicode_escape_sequence,
)
from worker_runtime.urlpattern.unicode_properties import ALPHABET

spec = pytest.mark.spec

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def strings_of(text: str, ignore_case: bool = False) -> frozenset[str]:
    """The strings of a class that is written without its opening bracket."""
    reader = PatternReader(text, ignore_case)
    strings = character_class(reader).strings
    assert reader.position == len(text)
    return strings


@spec("https://tc39.es/ecma262/#sec-parsepattern")
@spec("https://tc39.es/ecma262/#prod-CharacterEscape")
class TestCharacterEscape:
    @pytest.mark.parametrize(
        "text, code_point",
        [
            ("n", "\n"),
            ("v", "\v"),
            ("cA", "\x01"),
            ("cz", "\x1a"),
            ("0", "\0"),
            ("x41", "A"),
            ("u0041", "A"),
            ("/", "/"),
        ],
    )
    def test_what_it_stands_for(self, text: str, code_point: str) -> None:
        assert character_escape(PatternReader(text, False)) == code_point

    @pytest.mark.parametrize(
        "text", ["a", "c", "c1", "00", "01", "x4", "xg0", "-", "_", "e", "", "&"]
    )
    def test_others_have_no_meaning(self, text: str) -> None:
        with pytest.raises(TypeError, match="has no meaning"):
            character_escape(PatternReader(text, False))


@spec("https://tc39.es/ecma262/#prod-RegExpUnicodeEscapeSequence")
class TestRegExpUnicodeEscapeSequence:
    @pytest.mark.parametrize(
        "text, code_point",
        [
            ("00e9", "\xe9"),
            ("{e9}", "\xe9"),
            ("{0000010FFFF}", "\U0010ffff"),
            ("d83D\\uDe00", "\U0001f600"),
            ("d83d\\u0041", "\ud83d"),
        ],
    )
    def test_digits_in_braces_or_four_of_them_or_a_pair(self, text: str, code_point: str) -> None:
        assert regexp_unicode_escape_sequence(PatternReader(text, False)) == code_point

    @pytest.mark.parametrize("text", ["", "041", "{", "{}", "{110000}", "{41", "{g}"])
    def test_others_are_a_type_error(self, text: str) -> None:
        with pytest.raises(TypeError, match="hexadecimal digits"):
            regexp_unicode_escape_sequence(PatternReader(text, False))


@spec("https://tc39.es/ecma262/#prod-CharacterClassEscape")
class TestCharacterClassEscape:
    @pytest.mark.parametrize(
        "text, members",
        [
            ("\\d", "0123456789"),
            ("\\s", " "),
            ("\\p{Lu}", LETTERS.upper() + "\u212a"),
            ("\\p{sc=Greek}", ""),
        ],
    )
    def test_a_letter_and_its_complement(self, text: str, members: str) -> None:
        assert character_class_escape(PatternReader(text, False)) == ClassSet(frozenset(members))
        complement = "\\" + text[1].upper() + text[2:]
        assert character_class_escape(PatternReader(complement, False)) == ClassSet(
            frozenset(ALPHABET) - set(members)
        )

    def test_without_regard_to_case_sets_are_folded(self) -> None:
        assert character_class_escape(PatternReader("\\p{Lu}", True)) == ClassSet(
            frozenset(LETTERS)
        )
        no_upper_case = character_class_escape(PatternReader("\\P{Lu}", True))
        assert no_upper_case and no_upper_case.strings.isdisjoint(LETTERS + LETTERS.upper())

    def test_a_property_of_strings_has_no_complement(self) -> None:
        assert character_class_escape(PatternReader("\\p{RGI_Emoji}", False)) == ClassSet(
            frozenset(), True
        )
        with pytest.raises(TypeError, match="complement of strings"):
            character_class_escape(PatternReader("\\P{RGI_Emoji}", False))

    @pytest.mark.parametrize(
        "text", [r"\p", r"\pL", r"\p{}", r"\p{L", r"\p{Nope}", r"\p{gc=}", r"\p{Script}", r"\P{lu}"]
    )
    def test_what_is_no_property_is_a_type_error(self, text: str) -> None:
        with pytest.raises(TypeError, match="Unicode property"):
            character_class_escape(PatternReader(text, False))

    def test_others_are_left_alone(self) -> None:
        reader = PatternReader("\\n", False)
        assert character_class_escape(reader) is None
        assert reader.position == 0


@spec("https://tc39.es/ecma262/#prod-CharacterClass")
class TestCharacterClass:
    @pytest.mark.parametrize(
        "text, strings",
        [
            ("]", ""),
            ("abc]", "abc"),
            ("a-d]", "abcd"),
            ("*-\\-]", "*+,-"),
            ("\\d_]", "0123456789_"),
            ("[a-c][x]y]", "abcxy"),
            ("\\x61-\\u0063]", "abc"),
            ("\\&\\-\\]\\b]", "&-]"),
            ("\\u{1F600}a]", "a"),
            ("!a&b]", "!a&b"),
        ],
    )
    def test_unions_and_ranges(self, text: str, strings: str) -> None:
        assert strings_of(text) == set(strings)

    @pytest.mark.parametrize(
        "text, strings",
        [
            ("[a-z]&&[aeiou]]", "aeiou"),
            ("\\w&&\\d&&[3-5]]", "345"),
            ("\\d--[3-7]--9]", "0128"),
            ("[\\w--\\d]&&[0-9a]]", "a"),
            ("^\\W\\d[a-z][A-Z]]", "_"),
            ("[^\\W]&&[^\\D]&&[^5]]", "012346789"),
        ],
    )
    def test_set_notation(self, text: str, strings: str) -> None:
        assert strings_of(text) == set(strings)

    @pytest.mark.parametrize(
        "text, strings",
        [
            ("\\q{abc|d|}x]", {"abc", "d", "", "x"}),
            ("\\q{ab|c}--\\q{ab}]", {"c"}),
            ("\\q{ab|c}&&\\q{ab|d}]", {"ab"}),
            ("\\q{a\\-b|\xe9}]", {"a-b"}),
        ],
    )
    def test_strings(self, text: str, strings: set[str]) -> None:
        assert strings_of(text) == strings

    def test_without_regard_to_case_strings_are_folded(self) -> None:
        assert strings_of("A-C\\q{Xy}\\u212a\\u017f]", True) == {"a", "b", "c", "xy", "k", "s"}
        assert strings_of("\\u0100-\\uffff]", True) == {"k", "s"}
        assert "A" not in strings_of("^b]", True)
        assert {"a", "0"} < strings_of("^b]", True)

    @pytest.mark.parametrize(
        "text", ["^\\q{ab}]", "^\\q{}]", "^[\\q{ab}]]", "^\\p{RGI_Emoji}]", "^\\q{ab}--\\q{ab}]"]
    )
    def test_a_class_with_strings_has_no_complement(self, text: str) -> None:
        with pytest.raises(TypeError, match="has no complement"):
            strings_of(text)

    @pytest.mark.parametrize("text", ["^\\q{a|b}]", "^\\q{ab}&&a]", "^a--\\q{ab}]"])
    def test_a_class_that_can_have_none_has_one(self, text: str) -> None:
        assert "z" in strings_of(text)

    @pytest.mark.parametrize(
        "text", ["", "a", "a-", "a-]", "-a]", "(]", ")]", "/]", "|]", "{]", "[a]", "z-a]", "a-c-e]"]
    )
    def test_what_is_not_closed_or_not_escaped_or_out_of_order_is_a_type_error(
        self, text: str
    ) -> None:
        with pytest.raises(TypeError, match="Invalid regular expression"):
            strings_of(text)

    @pytest.mark.parametrize(
        "text", ["a--b&&c]", "a&&b--c]", "ab&&c]", "a&&bc]", "a-z&&b]", "a&&&b]", "a---b]", "!!]"]
    )
    def test_a_mixture_of_operators_is_a_type_error(self, text: str) -> None:
        with pytest.raises(TypeError, match="Invalid regular expression"):
            strings_of(text)

    @pytest.mark.parametrize(
        "text", [r"\d-a]", r"a-\d]", r"\q{a]", r"\q]", r"\1]", r"\k<a>]", r"\B]", r"\c]", r"\a]"]
    )
    def test_an_escape_out_of_place_is_a_type_error(self, text: str) -> None:
        with pytest.raises(TypeError, match="Invalid regular expression"):
            strings_of(text)


@spec("https://tc39.es/ecma262/#sec-maybesimplecasefolding")
class TestMaybeSimpleCaseFolding:
    def test_only_where_case_is_ignored(self) -> None:
        assert maybe_simple_case_folding(frozenset("aB"), False) == {"a", "B"}
        assert maybe_simple_case_folding(frozenset("aB"), True) == {"a", "b"}


@spec("https://tc39.es/ecma262/#sec-runtime-semantics-canonicalize-ch")
class TestCaseFolded:
    def test_two_code_points_fold_to_ascii(self) -> None:
        assert list(map(case_folded, ("A", "AbC", "\u017f", "\u212a", "1"))) == [
            "a",
            "abc",
            "s",
            "k",
            "1",
        ]


@spec("https://tc39.es/ecma262/#sec-charactercomplement")
class TestCharacterComplement:
    def test_of_folded_code_points_where_case_is_ignored(self) -> None:
        assert character_complement(frozenset(ALPHABET) - {"A", "a"}, False) == {"A", "a"}
        assert character_complement(frozenset(ALPHABET) - {"A", "a"}, True) == {"a"}


@spec("https://tc39.es/ecma262/#sec-compiletocharset")
@spec("https://tc39.es/ecma262/#sec-compileclasssetstring")
class TestClassSetOf:
    def test_what_has_another_code_point_matches_nothing(self) -> None:
        assert class_set_of("a\xe9", False) == class_set_of("\n", False) == ClassSet(frozenset())
        assert class_set_of("aB", True) == ClassSet(frozenset(["ab"]))
