"""Infra Standard, 4.7."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from spec_tests.linear_time import grows_no_worse_than_its_input
from worker_runtime.infra.strings import (
    ascii_lowercase,
    collect_a_sequence_of_code_points,
    convert_to_scalar_value_string,
    isomorphic_encode,
    normalize_newlines,
    split_on_ascii_whitespace,
    split_on_commas,
    strip_and_collapse_ascii_whitespace,
    strip_leading_and_trailing_ascii_whitespace,
    strip_newlines,
)

spec = pytest.mark.spec

# What Python takes for whitespace and Infra does not.
OTHER_WHITESPACE = "\v\x1c\x1d\x1e\x1f\x85\xa0\u2003\u2028\u3000"


@spec("https://infra.spec.whatwg.org/#javascript-string-convert")
class TestConvertToScalarValueString:
    @pytest.mark.parametrize(
        "string, expected",
        [
            ("", ""),
            ("a\U0001d306", "a\U0001d306"),
            ("\ud834\udf06", "\U0001d306"),
            ("x\ud800y\udc00", "x\ufffdy\ufffd"),
        ],
    )
    def test_lone_surrogates_are_replaced_and_pairs_joined(
        self, string: str, expected: str
    ) -> None:
        assert convert_to_scalar_value_string(string) == expected


@spec("https://infra.spec.whatwg.org/#isomorphic-encode")
class TestIsomorphicEncode:
    def test_a_code_point_is_a_byte(self) -> None:
        assert isomorphic_encode("".join(map(chr, range(256)))) == bytes(range(256))

    def test_a_code_point_above_ff_is_an_error(self) -> None:
        with pytest.raises(UnicodeEncodeError):
            isomorphic_encode("\u0100")


@spec("https://infra.spec.whatwg.org/#ascii-lowercase")
class TestAsciiLowercase:
    @pytest.mark.parametrize(
        "string, expected",
        [("aBZ[", "abz["), ("\u212aELVIN \u0130 \xc4", "\u212aelvin \u0130 \xc4")],
    )
    def test_changes_ascii_letters_only(self, string: str, expected: str) -> None:
        assert ascii_lowercase(string) == expected


@spec("https://infra.spec.whatwg.org/#strip-newlines")
class TestStripNewlines:
    def test_removes_lf_and_cr_and_no_other_line_break(self) -> None:
        assert strip_newlines("\ra\n\nb\r\n\x85\u2028\t") == "ab\x85\u2028\t"


@spec("https://infra.spec.whatwg.org/#normalize-newlines")
class TestNormalizeNewlines:
    def test_a_pair_is_one_newline_and_a_lone_cr_is_one(self) -> None:
        assert normalize_newlines("a\r\nb\rc\nd\r\r\n") == "a\nb\nc\nd\n\n"


@spec("https://infra.spec.whatwg.org/#strip-leading-and-trailing-ascii-whitespace")
class TestStripLeadingAndTrailingAsciiWhitespace:
    def test_leaves_the_middle_and_other_whitespace(self) -> None:
        assert strip_leading_and_trailing_ascii_whitespace("\t\n\f\r a b \r") == "a b"
        assert strip_leading_and_trailing_ascii_whitespace(OTHER_WHITESPACE) == OTHER_WHITESPACE


@spec("https://infra.spec.whatwg.org/#strip-and-collapse-ascii-whitespace")
class TestStripAndCollapseAsciiWhitespace:
    def test_a_run_is_one_space(self) -> None:
        assert strip_and_collapse_ascii_whitespace("\n a \t\r\n b\fc\v ") == "a b c\v"


@spec("https://infra.spec.whatwg.org/#collect-a-sequence-of-code-points")
class TestCollectASequenceOfCodePoints:
    def test_eats_the_run_and_returns_the_position_behind_it(self) -> None:
        assert collect_a_sequence_of_code_points(re.compile("[^;]*"), "a;bc;d", 2) == ("bc", 4)

    def test_may_eat_nothing(self) -> None:
        assert collect_a_sequence_of_code_points(re.compile("[0-9]*"), "ab", 1) == ("", 1)
        assert collect_a_sequence_of_code_points(re.compile("[0-9]*"), "ab", 2) == ("", 2)


@spec("https://infra.spec.whatwg.org/#split-on-ascii-whitespace")
class TestSplitOnAsciiWhitespace:
    @pytest.mark.parametrize(
        "input, tokens",
        [
            ("", []),
            (" \t", []),
            (" a\n\fb c\r", ["a", "b", "c"]),
            (OTHER_WHITESPACE, [OTHER_WHITESPACE]),
        ],
    )
    def test_gives_the_tokens_between_the_runs(self, input: str, tokens: list[str]) -> None:
        assert split_on_ascii_whitespace(input) == tokens


@spec("https://infra.spec.whatwg.org/#split-on-commas")
class TestSplitOnCommas:
    @pytest.mark.parametrize(
        "input, tokens",
        [
            ("", []),
            ("a", ["a"]),
            (" a , ,b\t", ["a", "", "b"]),
            (",", [""]),
            ("a,", ["a"]),
            ("a, ", ["a", ""]),
            (",,", ["", ""]),
        ],
    )
    def test_nothing_stands_behind_a_last_comma(self, input: str, tokens: list[str]) -> None:
        assert split_on_commas(input) == tokens


@spec("https://infra.spec.whatwg.org/#strip-and-collapse-ascii-whitespace")
class TestHostileInput:
    @pytest.mark.parametrize(
        "run", [" ", "\r\n", "a ", ",", ", ", "\ud800", "\udc00\ud800", "a\t,"]
    )
    @pytest.mark.parametrize(
        "work",
        [
            strip_and_collapse_ascii_whitespace,
            strip_leading_and_trailing_ascii_whitespace,
            split_on_ascii_whitespace,
            split_on_commas,
            normalize_newlines,
            convert_to_scalar_value_string,
        ],
    )
    def test_takes_linear_time(self, work: Callable[[str], object], run: str) -> None:
        grows_no_worse_than_its_input(work, lambda length: "a" + run * length + "a", 16384)
