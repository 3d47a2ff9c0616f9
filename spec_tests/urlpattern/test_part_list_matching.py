"""URL Pattern Standard, 1.5 and 2.1.3: matching without backtracking gives what the regular
expression gives.
"""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from worker_runtime.urlpattern.part_list_matching import (
    _Machine,
    _expression_of_a_part,
    _expression_of_texts_and_wildcards,
    _instructions_of,
    _is_a_list_of_segments,
    part_list_reg_exp,
    _segment_code_point,
)
from worker_runtime.urlpattern.pattern_strings import (
    Modifier,
    Options,
    Part,
    PartType,
    convert_a_modifier_to_a_string,
    escape_a_regexp_string,
    generate_a_segment_wildcard_regexp,
    parse_a_pattern_string,
)
from worker_runtime.urlpattern.regular_expressions import Captures, RegExp, reg_exp_create

spec = pytest.mark.spec

PATHNAME = Options("/", "/")
ANYTHING = Options("", "")
MODIFIERS: tuple[Modifier, ...] = ("none", "none", "optional", "zero-or-more", "one-or-more")
TYPES: tuple[PartType, ...] = ("fixed-text", "segment-wildcard", "full-wildcard")
TEXTS = ("", "a", "-", "/", "a-", "/a", "-/", "aa", "-a-", "A")
STRINGS = ["".join(letters) for length in range(5) for letters in product("a-/", repeat=length)]


def part_list_of(pattern: str, options: Options = PATHNAME) -> list[Part]:
    return parse_a_pattern_string(pattern, options, lambda text: text)


def reg_exp_of_the_standard(part_list: list[Part], options: Options) -> RegExp:
    """The regular expression as the standard writes it, without our optimizations."""
    result = "^"
    for part in part_list:
        modifier = convert_a_modifier_to_a_string(part.modifier)
        prefix, suffix = escape_a_regexp_string(part.prefix), escape_a_regexp_string(part.suffix)
        value = ".*"
        if part.type == "segment-wildcard":
            value = generate_a_segment_wildcard_regexp(options)
        if part.type == "fixed-text":
            value = escape_a_regexp_string(part.value)
            result += value if part.modifier == "none" else f"(?:{value}){modifier}"
        elif part.modifier in ("none", "optional"):
            result += (
                f"(?:{prefix}({value}){suffix}){modifier}"
                if prefix or suffix
                else f"({value}){modifier}"
            )
        elif not prefix and not suffix:
            result += f"((?:{value}){modifier})"
        else:
            zero = "?" if part.modifier == "zero-or-more" else ""
            result += f"(?:{prefix}((?:{value})(?:{suffix}{prefix}(?:{value}))*){suffix}){zero}"
    return reg_exp_create(result + "$", options.ignore_case)


def as_list(captures: Captures | None) -> list[str | None] | None:
    return None if captures is None else list(captures)


def random_part(random: Random, name: str) -> Part:
    type = random.choice(TYPES)
    modifier = random.choice(MODIFIERS)
    if type == "fixed-text":
        return Part(type, random.choice(TEXTS), modifier)
    prefix, suffix = random.choice(("", "", "/", "-")), random.choice(("", "", "-", "a", "/"))
    return Part(type, "", modifier, name, prefix, suffix)


@spec("https://urlpattern.spec.whatwg.org/#part-list")
class TestPartListRegExp:
    @spec("https://urlpattern.spec.whatwg.org/#convert-a-modifier-to-a-string")
    @pytest.mark.parametrize("input", ["", "abc", "a.c", "*", "(.*)"])
    def test_matches_as_the_regular_expression_does(self, input: str) -> None:
        part_list = part_list_of(input)
        ours = part_list_reg_exp(part_list, PATHNAME)
        theirs = reg_exp_of_the_standard(part_list, PATHNAME)
        assert ours is not None
        for text in ("", "a", "abc", "a.c", "ABC", "abcd", " ~"):
            assert as_list(ours(text)) == as_list(theirs(text))

    @pytest.mark.parametrize("seed", range(8))
    def test_so_do_random_lists_whatever_way_is_taken(self, seed: int) -> None:
        random = Random(seed)
        compared = 0
        while compared < 40:
            part_list = [random_part(random, str(n)) for n in range(random.randrange(1, 5))]
            options = random.choice((PATHNAME, ANYTHING, Options("-", "-", ignore_case=True)))
            try:
                theirs = reg_exp_of_the_standard(part_list, options)
            except TypeError:  # it has no translation
                continue
            compared += 1
            ours = part_list_reg_exp(part_list, options)
            assert ours is not None
            machine = _Machine(part_list, options)
            longer = ["".join(random.choices("aA-/", k=random.randrange(5, 9))) for _ in range(30)]
            for text in STRINGS + longer:
                expected = as_list(theirs(text))
                assert as_list(ours(text)) == expected, (part_list, text)
                assert as_list(machine.match(text)) == expected, (part_list, text)

    def test_an_authors_regular_expression_needs_one(self) -> None:
        assert part_list_reg_exp(part_list_of("/:a/(b)"), PATHNAME) is None

    @pytest.mark.parametrize("pattern, text", [
        ("/f/:a.:b.:c.:d", "/f/" + "." * 16_000 + "/"),
        ("/:a-:b-:c", "/" + "-" * 16_000 + "/"),
        ("/:a:b:c:d", "/" + "a" * 16_000 + "/"),
        ("/:a--:b--:c", "/" + "-" * 16_000 + "/"),
        ("/*a*a*a*b", "/" + "a" * 8_000),
        ("/*/:a-:b", "/" + "a-/" * 3_000 + "/"),
        ("/:a(.*)/:b-x", "/" + "a-/" * 3_000),
        ("/{:a-}*{:b-}*{:c-}*x", "/" + "-a-" * 1_000),
        ("/{a:x}+", "/" + "a" * 3_000 + "/"),
        ("/:a?:b?:c?:d?/x", "/" + "a" * 3_000),
        ("/:a+/:b+/:c+", "/" + "a/" * 3_000 + "/"),
        ("{/:a}?{/:b}?{/:c}?{/:d}?{/:e}?{/:f}?{/:g}?{/:h}?/x", "/a" * 1_000),
        ("{aa}*{a}*{aa}*{a}*:x", "a" * 2_000 + "/"),
    ])  # fmt: skip
    def test_what_nearly_matches_in_many_ways_fails_soon(self, pattern: str, text: str) -> None:
        reg_exp = part_list_reg_exp(part_list_of(pattern), PATHNAME)
        assert reg_exp is not None and reg_exp(text) is None


@spec("https://urlpattern.spec.whatwg.org/#part-list")
class TestExpressionOfTextsAndWildcards:
    @pytest.mark.parametrize(
        "pattern", ["/:a", "/:a/:b", "/:a.:b.:c", "/*", "/:a/*", "*-*", ":a(.*)"]
    )
    def test_has_one_for_what_is_tried_once(self, pattern: str) -> None:
        assert _expression_of_texts_and_wildcards(part_list_of(pattern), PATHNAME) is not None

    @pytest.mark.parametrize("pattern", ["/:a?", "*-*x", "*-*-*", "/*/:a", "/:a*"])
    def test_has_none_for_what_is_tried_in_many_places(self, pattern: str) -> None:
        assert _expression_of_texts_and_wildcards(part_list_of(pattern), PATHNAME) is None


@spec("https://urlpattern.spec.whatwg.org/#part-list")
class TestIsAListOfSegments:
    @pytest.mark.parametrize("pattern", ["/:a?", "/a/:b?/:c?", "/a/:b+", "/a-:b?", "/a{/b}?"])
    def test_each_wildcard_ends_at_a_delimiter(self, pattern: str) -> None:
        assert _is_a_list_of_segments(part_list_of(pattern), PATHNAME)

    @pytest.mark.parametrize("pattern", [
        "/:a?-b", "/*", "/:a+/:b+", "/:a{/b}?:c", "/a{/b}?{/c}?{/d}?{/e}?", "/{:a.}?", "/{a:x}+",
    ])  # fmt: skip
    def test_others_can_end_anywhere_or_have_too_many_choices(self, pattern: str) -> None:
        assert not _is_a_list_of_segments(part_list_of(pattern), PATHNAME)

    def test_without_a_delimiter_nothing_is(self) -> None:
        assert not _is_a_list_of_segments(part_list_of("a:b", ANYTHING), ANYTHING)


@spec("https://urlpattern.spec.whatwg.org/#part-list")
class TestSegmentCodePoint:
    def test_is_all_but_the_delimiter(self) -> None:
        assert _segment_code_point(PATHNAME) == "[^/]"
        assert _segment_code_point(Options(".", "")) == r"[^\.]"
        assert _segment_code_point(ANYTHING) == "."


@spec("https://urlpattern.spec.whatwg.org/#part-list")
class TestInstructions:
    @pytest.mark.parametrize("modifier, expression", [
        ("none", "(?:/([^/]+?))"), ("optional", "(?:/([^/]+?))?"),
        ("one-or-more", "(?:/([^/]+?(?:/[^/]+?)*))"),
        ("zero-or-more", "(?:/([^/]+?(?:/[^/]+?)*))?"),
    ])  # fmt: skip
    def test_a_part_as_an_expression(self, modifier: Modifier, expression: str) -> None:
        part = Part("segment-wildcard", "", modifier, "a", "/")
        assert _expression_of_a_part(part, PATHNAME) == expression

    def test_a_part_as_a_program(self) -> None:
        part = Part("full-wildcard", "", "optional", "a", "/", "-")
        assert [step.operation for step in _instructions_of(part, 3)] == [
            "choose", "text", "open", "full", "close", "text",
        ]  # fmt: skip


@spec("https://urlpattern.spec.whatwg.org/#part-list")
class TestMachine:
    def test_prefers_what_an_expression_prefers(self) -> None:
        options = ANYTHING
        lazy = _Machine([Part("segment-wildcard", "", "none", name) for name in "ab"], options)
        assert lazy.match("xyz") == ["x", "yz"]
        greedy = _Machine([Part("full-wildcard", "", "none", name) for name in "ab"], options)
        assert greedy.match("xyz") == ["xyz", ""]

    def test_ignores_case_and_captures_what_is_there(self) -> None:
        part_list = [Part("fixed-text", "Ab", "optional"), Part("full-wildcard", "", "none", "x")]
        assert _Machine(part_list, Options("", "", ignore_case=True)).match("aBCd") == ["Cd"]
