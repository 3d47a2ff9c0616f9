"""URL Pattern Standard, 2.1.1 and 2.1.2."""

from __future__ import annotations

import re

import pytest

from worker_runtime.urlpattern import tokenizing
from worker_runtime.urlpattern.tokenizing import (
    SIGNIFICANT_IN_REGEXP,
    Token,
    Tokenizer,
    add_a_token,
    is_a_valid_name_code_point,
    tokenize,
)

spec = pytest.mark.spec


def shown(tokens: list[Token]) -> list[tuple[str, int, str]]:
    return [(token.type, token.index, token.value) for token in tokens]


@spec("https://urlpattern.spec.whatwg.org/#tokenize")
class TestTokenize:
    def test_each_type_has_its_index_and_value(self) -> None:
        assert shown(tokenize("/a\\:{:id}?(\\d+)*", "strict")) == [
            ("char", 0, "/"),
            ("char", 1, "a"),
            ("escaped-char", 2, ":"),
            ("open", 4, "{"),
            ("name", 5, "id"),
            ("close", 8, "}"),
            ("other-modifier", 9, "?"),
            ("regexp", 10, "\\d+"),
            ("asterisk", 15, "*"),
            ("end", 16, ""),
        ]

    def test_an_empty_string_has_an_end(self) -> None:
        assert shown(tokenize("", "strict")) == [("end", 0, "")]

    def test_a_run_of_plain_code_points_is_one_token_and_what_parsers_look_for_is_one_each(
        self,
    ) -> None:
        assert shown(tokenize("ab.c/@#[]", "strict"))[:3] == [
            ("char", 0, "ab.c"),
            ("char", 4, "/"),
            ("char", 5, "@"),
        ]
        assert len(tokenize("ab.c/@#[]", "strict")) == 7

    @pytest.mark.parametrize(
        "input, message",
        [
            ("a\\", "nothing follows the backslash"),
            ("a:", "no name follows the colon"),
            ("a:1", "no name follows the colon"),
            ("(", "not closed"),
            ("((?:a)", "not closed"),
            ("()", "is empty"),
            ("(?a)", "begins with"),
            ("(a(b))", "without a name"),
            ("(a(", "without a name"),
            ("(a\\", "nothing follows the backslash"),
            ("(\xe9)", "not ASCII"),
            ("(\\\xe9)", "not ASCII"),
        ],
    )
    def test_an_error_is_a_type_error_for_the_strict_and_a_token_for_the_lenient(
        self, input: str, message: str
    ) -> None:
        with pytest.raises(TypeError, match=message):
            tokenize(input, "strict")
        assert "invalid-char" in [token.type for token in tokenize(input, "lenient")]

    def test_after_an_error_the_lenient_go_on_behind_the_first_code_point(self) -> None:
        assert shown(tokenize("(b:", "lenient")) == [
            ("invalid-char", 0, "("),
            ("char", 1, "b"),
            ("invalid-char", 2, ":"),
            ("end", 3, ""),
        ]

    @pytest.mark.parametrize("value", ["a(?:b)c", "\\)", "a(?<n>b)(?=c)", "[a-z]", "(?:(?:a))"])
    def test_a_regexp_ends_with_its_own_parenthesis(self, value: str) -> None:
        expected = [("end", len(value) + 3, "")]
        if value.startswith("(?"):
            value = f"x{value}"
            expected = [("end", len(value) + 3, "")]
        assert shown(tokenize(f"({value})b", "strict")) == [
            ("regexp", 0, value),
            ("char", len(value) + 2, "b"),
            *expected,
        ]

    def test_a_name_ends_before_what_no_identifier_has(self) -> None:
        assert shown(tokenize(":\u540d$1_\u0301-b", "strict"))[:2] == [
            ("name", 0, "\u540d$1_\u0301"),
            ("char", 6, "-b"),
        ]

    @pytest.mark.parametrize(
        "shape", ["(", "(a", "(?", "((?:a", "(a(?:", "a(\\(", ":", ":a", "\\", "{", "\xe9", ":\xe9"]
    )
    def test_a_code_point_is_looked_at_a_few_times_at_most(
        self, shape: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked_at = 0

        class Counting:
            def search(self, input: str, position: int) -> re.Match[str] | None:
                nonlocal looked_at
                found = SIGNIFICANT_IN_REGEXP.search(input, position)
                looked_at += (found.end() if found else len(input)) - position
                return found

        monkeypatch.setattr(tokenizing, "SIGNIFICANT_IN_REGEXP", Counting())
        for input in (shape * 1000, "(a" + shape * 1000, "(a" + shape * 1000 + "\xe9"):
            looked_at = 0
            tokens = tokenize(input, "lenient")
            assert len(tokens) + looked_at <= 3 * len(input)


@spec("https://urlpattern.spec.whatwg.org/#token")
@spec("https://urlpattern.spec.whatwg.org/#tokenizer")
@spec("https://urlpattern.spec.whatwg.org/#add-a-token")
class TestAddAToken:
    def test_it_begins_where_the_last_one_ended(self) -> None:
        tokenizer = Tokenizer("abc", "strict")
        add_a_token(tokenizer, "char", 2, 0, 2)
        add_a_token(tokenizer, "end", 2, 2, 0)
        assert shown(tokenizer.token_list) == [("char", 0, "ab"), ("end", 2, "")]


@spec("https://urlpattern.spec.whatwg.org/#is-a-valid-name-code-point")
class TestIsAValidNameCodePoint:
    @pytest.mark.parametrize(
        "code_point", ["a", "Z", "_", "$", "\xe9", "\u540d", "\u2118", "\u309b", "\u1885", "\u16ee"]
    )
    def test_letters_begin_a_name(self, code_point: str) -> None:
        assert is_a_valid_name_code_point(code_point, True)
        assert is_a_valid_name_code_point(code_point, False)

    @pytest.mark.parametrize(
        "code_point", ["0", "\u0301", "\u0660", "\u203f", "\xb7", "\u200c", "\u200d", "\u30fb"]
    )
    def test_digits_marks_and_joiners_only_go_on_with_one(self, code_point: str) -> None:
        assert not is_a_valid_name_code_point(code_point, True)
        assert is_a_valid_name_code_point(code_point, False)

    @pytest.mark.parametrize(
        "code_point", ["-", " ", "/", ":", "\u2028", "\u2e2f", "\U0001f345", "\ufffd"]
    )
    def test_others_do_neither(self, code_point: str) -> None:
        assert not is_a_valid_name_code_point(code_point, True)
        assert not is_a_valid_name_code_point(code_point, False)
