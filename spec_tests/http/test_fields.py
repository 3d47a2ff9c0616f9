"""RFC 9110, 5."""

from __future__ import annotations

import pytest

from worker_runtime.http import fields
from worker_runtime.http.fields import (
    MessageFailure,
    combined_field_values,
    field_name,
    is_token,
    list_members,
)

spec = pytest.mark.spec


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2")
class TestIsToken:
    @pytest.mark.parametrize("string", ["GET", "x", "!#$%&'*+-.^_`|~09azAZ"])
    def test_tchar_only(self, string: str) -> None:
        assert is_token(string)

    @pytest.mark.parametrize(
        "string",
        [
            "",
            " ",
            "a b",
            "a:",
            "a\t",
            'a"',
            "a(",
            "a/b",
            "a,b",
            "[",
            "{",
            "\x7f",
            "a\n",
            "\xe9",
            "\u0130",
        ],
    )
    def test_anything_else_is_none(self, string: str) -> None:
        assert not is_token(string)


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-5.1")
class TestFieldName:
    def test_names_are_case_insensitive(self) -> None:
        assert field_name("Content-TYPE") == "content-type"

    @pytest.mark.parametrize("name", ["", "a b", "a ", " a", "a\r", "a:b", "caf\xe9"])
    def test_what_is_no_token_is_no_name(self, name: str) -> None:
        with pytest.raises(MessageFailure, match="not a field name") as caught:
            field_name(name)
        assert caught.value.status == 400

    def test_a_name_that_is_remembered_is_the_one_that_is_computed(self) -> None:
        for name, lower_case in fields.known_names.items():
            assert is_token(name) and name.lower() == lower_case

    def test_who_sends_many_or_long_names_does_not_fill_the_memory(self) -> None:
        for number in range(3000):
            field_name(f"X-{number}")
        field_name("y" * 1000)
        assert len(fields.known_names) <= 1000 and "y" * 1000 not in fields.known_names


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-5.3")
class TestCombinedFieldValues:
    def test_lines_of_one_name_are_one_value_in_their_order(self) -> None:
        values = combined_field_values([("a", "1"), ("b", "x"), ("a", "2"), ("a", "")])
        assert values == {"a": "1, 2, ", "b": "x"}

    def test_names_that_differ_keep_their_values(self) -> None:
        assert combined_field_values([("a", "1"), ("b", "2")]) == {"a": "1", "b": "2"}


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1")
class TestListMembers:
    @pytest.mark.parametrize(
        "value, members",
        [
            ("foo ,bar,", ["foo", "bar"]),
            ("foo , ,bar,charlie", ["foo", "bar", "charlie"]),
            ("", []),
            (",", []),
            (",   ,", []),
            ("\ta\t,\t b", ["a", "b"]),
            ('a="1,2", b', ['a="1,2"', "b"]),
            (r'a="\",", b', [r'a="\","', "b"]),
            ('"open, b', ['"open, b']),
            ("\xa0", ["\xa0"]),
        ],
    )
    def test_empty_members_do_not_count_and_quotes_protect_commas(
        self, value: str, members: list[str]
    ) -> None:
        assert list_members(value) == members

    def test_many_quotes_take_no_longer_than_their_length(self) -> None:
        assert len(list_members('"' * 100_001)) == 1
