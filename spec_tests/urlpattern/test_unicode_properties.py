"""ECMA-262, 22.2.2.9."""

from __future__ import annotations

import unicodedata

import pytest

from worker_runtime.urlpattern.unicode_properties import (
    ALPHABET,
    GENERAL_CATEGORIES,
    MEMBERS_OF_CATEGORY,
    members_by_property,
    unicode_match_property,
)

spec = pytest.mark.spec


@spec("https://tc39.es/ecma262/#table-nonbinary-unicode-properties")
class TestMembersByProperty:
    def test_each_code_point_has_its_general_category(self) -> None:
        for code_point in ALPHABET:
            assert code_point in MEMBERS_OF_CATEGORY[unicodedata.category(code_point)]

    @pytest.mark.parametrize(
        "category", [category for category in GENERAL_CATEGORIES if category not in ("", "LC")]
    )
    def test_a_group_of_categories_has_the_members_of_each(self, category: str) -> None:
        members = frozenset(
            code_point
            for code_point in ALPHABET
            if unicodedata.category(code_point).startswith(category)
        )
        for name in GENERAL_CATEGORIES[category].split():
            assert unicode_match_property("", name) == unicode_match_property("gc", name) == members

    def test_all_members_are_of_the_alphabet(self) -> None:
        assert set().union(*members_by_property().values()) == set(ALPHABET)


@spec("https://tc39.es/ecma262/#sec-runtime-semantics-unicodematchproperty-p")
class TestUnicodeMatchProperty:
    @pytest.mark.parametrize(
        "name, value, members",
        [
            ("", "ASCII_Hex_Digit", "0123456789ABCDEFabcdef"),
            ("", "LC", "".join(filter(str.isalpha, ALPHABET))),
            ("", "White_Space", " "),
            ("", "Emoji", "#*0123456789"),
            ("", "Any", ALPHABET),
            ("", "Ideographic", ""),
            ("", "Cc", ""),
            ("Script", "Latin", "".join(filter(str.isalpha, ALPHABET))),
            (
                "scx",
                "Zyyy",
                "".join(code_point for code_point in ALPHABET if not code_point.isalpha()),
            ),
            ("sc", "Greek", ""),
        ],
    )
    def test_members(self, name: str, value: str, members: str) -> None:
        assert unicode_match_property(name, value) == frozenset(members)

    @pytest.mark.parametrize("value", ["Alphabetic", "Lowercase", "Uppercase"])
    def test_python_says_the_same(self, value: str) -> None:
        predicate = {"Alphabetic": str.isalpha, "Lowercase": str.islower, "Uppercase": str.isupper}[
            value
        ]
        assert unicode_match_property("", value) == frozenset(filter(predicate, ALPHABET))

    def test_mirrored_is_what_unicodedata_says(self) -> None:
        assert unicode_match_property("", "Bidi_Mirrored") == frozenset(
            filter(unicodedata.mirrored, ALPHABET)
        )

    @pytest.mark.parametrize(
        "name, value",
        [("", "Nope"), ("", "lu"), ("", "Latin"), ("Block", "ASCII"), ("gc", "Latin")],
    )
    def test_what_is_no_property_is_none(self, name: str, value: str) -> None:
        assert unicode_match_property(name, value) is None
