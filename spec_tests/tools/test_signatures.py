"""Signatures: what names in a package's source stand for."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tools.web_idl.signatures import Definition, Module, Outside, Package

FILES = {
    "__init__.py": "from .tea.pot import Pot as Pot\nfrom .tea.cup import drink as sip\n",
    "tea/__init__.py": '"""Tea: what is drunk. It is hot.\n\nhttps://tea.example/.\n"""\n',
    "tea/cup.py": """
        import collections.abc
        import json as j
        from typing import TYPE_CHECKING, overload

        from . import pot
        from .pot import Pot

        if TYPE_CHECKING:
            from ..water import Water

        @overload
        def drink(pot: Pot) -> None: ...
        @overload
        def drink(pot: None) -> str: ...
        def drink(pot: Pot | None) -> str | None: ...
    """,
    "tea/pot.py": "class Pot: ...\nSIZE = 1\nleaves: int = 2\n",
    "water.py": "class Water: ...\n",
}


@pytest.fixture
def package(tmp_path: Path) -> Package:
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(dedent(text), "utf-8")
    return Package(tmp_path)


class TestExports:
    def test_public_names_come_in_order_with_the_place_of_their_definition(
        self, package: Package
    ) -> None:
        assert list(package.exports()) == [
            ("Pot", Definition("tea.pot", "Pot")),
            ("sip", Definition("tea.cup", "drink")),
        ]


class TestMeaning:
    @pytest.mark.parametrize(
        "name, meaning",
        [
            ("drink", Definition("tea.cup", "drink")),
            ("Pot", Definition("tea.pot", "Pot")),
            ("pot", Module("tea.pot")),
            ("pot.Pot", Definition("tea.pot", "Pot")),
            ("Water", Definition("water", "Water")),
            ("overload", Outside("typing", "overload")),
            ("collections.abc.Mapping", Outside("collections.abc", "Mapping")),
            ("j.JSONDecodeError", Outside("json", "JSONDecodeError")),
            ("int", None),
            ("int.real", None),
        ],
    )
    def test_of_a_name_in_a_module(self, package: Package, name: str, meaning: object) -> None:
        assert package.meaning("tea.cup", name) == meaning


class TestStatements:
    def test_an_overloaded_function_has_several(self, package: Package) -> None:
        assert len(package.statements(Definition("tea.cup", "drink"))) == 3

    def test_only_a_class_is_a_class(self, package: Package) -> None:
        pot = package.class_of(Definition("tea.pot", "Pot"))
        assert pot is not None and pot.name == "Pot"
        assert package.class_of(Definition("tea.pot", "SIZE")) is None


class TestRoom:
    def test_is_the_first_sentence_of_the_folder(self, package: Package) -> None:
        assert package.room("tea.pot") == "Tea: what is drunk"
