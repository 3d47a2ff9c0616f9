"""The scope lists: what is chosen of an index, and that a list reads back as it was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools import make_scope
from tools.make_scope import CHOICES, SCOPE, Choice, chosen, made_scope
from tools.traceability.scope import RFC, Entry, read_scope, read_scopes, write_scope


def text(**more: Any) -> dict[str, Any]:
    """An index of a standard about tea."""
    return {
        "standard": "Tea Standard", "url": "https://tea.example/", "repository": "tea/tea",
        "source": "tea.bs", "commit": "0123456789abcdef", "date": "2026-01-02",
        "anchors": ["old-brew"], "sections": [
            {"id": "intro", "title": "Introduction", "level": 2, "number": "1"},
            {"id": "making", "title": "Making", "level": 2, "number": "2"},
            {"id": "brewing", "title": "Brewing\n tea", "level": 3, "number": "2.1"},
            {"id": "pot-class", "title": "Pot class", "level": 3, "number": "2.2"},
            {"id": "pot-pour", "title": "The pour() method", "level": 4, "number": "2.2.1"},
            {"id": "washing", "title": "Washing up", "level": 3, "number": "2.3", "steps": True},
            {"id": "history", "title": "History", "level": 2, "number": "3"},
        ],
        "definitions": [
            {"id": "brew", "kind": "dfn", "name": "brew", "section": "brewing", "algorithm": True},
            {"id": "steep", "kind": "dfn", "name": "steep", "for": "leaf", "section": "brewing",
                "algorithm": True},
            {"id": "leaf", "kind": "dfn", "name": "leaf", "section": "brewing"},
            {"id": "pot", "kind": "interface", "name": "Pot", "section": "pot-class"},
            {"id": "dom-pot-pot", "kind": "constructor", "name": "Pot(size)", "for": "Pot",
                "section": "pot-class",
             "algorithm": True},
            {"id": "dom-pot-size", "kind": "attribute", "name": "size", "for": ["Pot", "Cup"],
                "section": "pot-class"},
            {"id": "dom-pot-pot-size", "kind": "argument", "name": "size", "for": "Pot/Pot(size)",
                "section": "pot-class"},
            {"id": "dom-pot-pour", "kind": "method", "name": "pour", "for": "Pot",
                "section": "pot-pour", "algorithm": True},
            {"id": "dom-pot-pour-cup", "kind": "method", "name": "pour(cup)", "for": "Pot",
                "section": "pot-pour",
             "algorithm": True},
        ],
    } | more  # fmt: skip


def entries(choice: Choice) -> dict[str, Entry]:
    return {
        entry.id: entry
        for section in chosen("tea", text(), choice).sections
        for entry in section.entries
    }


class TestChosen:
    def test_no_sections_are_the_whole_text(self) -> None:
        scope = chosen("tea", text(), Choice())
        assert [section.id for section in scope.sections][:2] == ["intro", "making"]
        assert [entry.id for entry in scope.algorithms()] == [
            "brew",
            "steep",
            "dom-pot-pot",
            "dom-pot-pour",
        ]
        assert (scope.title, scope.source, scope.commit) == (
            "Tea Standard",
            "tea/tea tea.bs",
            "0123456789abcdef",
        )

    def test_a_section_goes_with_its_subsections_below_the_headings_above_it(self) -> None:
        scope = chosen("tea", text(), Choice(sections=("pot-class",)))
        assert [section.id for section in scope.sections] == ["making", "pot-class", "pot-pour"]
        assert [entry.id for entry in scope.algorithms()] == ["dom-pot-pot", "dom-pot-pour"]

    def test_a_section_can_be_taken_away(self) -> None:
        scope = chosen("tea", text(), Choice(sections=("making",), without=("pot-class",)))
        assert [section.id for section in scope.sections] == ["making", "brewing", "washing"]

    def test_what_is_not_chosen_is_known_to_be_elsewhere(self) -> None:
        scope = chosen("tea", text(), Choice(sections=("brewing",)))
        assert {"old-brew", "intro", "dom-pot-pour"} <= scope.elsewhere
        assert "brew" not in scope.elsewhere

    def test_overloads_are_one_algorithm(self) -> None:
        assert entries(Choice())["dom-pot-pour"].ids == (
            "dom-pot-pour",
            "dom-pot-pour-cup",
            "pot-pour",
        )

    def test_a_constructor_is_also_its_class(self) -> None:
        assert "pot" in entries(Choice())["dom-pot-pot"].other_ids

    def test_the_only_algorithm_of_a_section_named_after_it_is_also_the_section(self) -> None:
        assert entries(Choice())["brew"].other_ids == ()
        assert entries(Choice(not_algorithms=("steep",)))["brew"].other_ids == ("brewing",)

    def test_a_section_with_steps_and_no_definition_is_an_algorithm_where_that_is_said(
        self,
    ) -> None:
        assert "washing" not in entries(Choice())
        assert entries(Choice(sections_with_steps=True))["washing"].is_algorithm

    def test_the_index_can_be_corrected(self) -> None:
        found = entries(Choice(also=("leaf",), not_algorithms=("steep",)))
        assert found["leaf"].is_algorithm
        assert not found["steep"].is_algorithm

    @pytest.mark.parametrize(
        "id, title",
        [
            ("brew", "brew"),
            ("steep", "steep (leaf)"),
            ("dom-pot-pot", "new Pot()"),
            ("dom-pot-size", "Pot.size"),
            ("dom-pot-pour", "Pot.pour()"),
        ],
    )
    def test_titles(self, id: str, title: str) -> None:
        assert entries(Choice())[id].title == title

    def test_arguments_are_no_entries(self) -> None:
        assert "dom-pot-pot-size" not in entries(Choice())

    def test_pages_of_an_older_text_are_not_read(self) -> None:
        pages = {"history": "old.html"}
        sections = [
            {**section, "page": pages.get(section["id"], "a.html")}
            for section in text()["sections"]
        ]
        definitions = [{**definition, "page": "a.html"} for definition in text()["definitions"]]
        scope = chosen(
            "tea",
            text(sections=sections, definitions=definitions),
            Choice(stale_pages=("old.html",)),
        )
        assert "history" not in scope.ids()
        assert scope.sections[0].page == "a.html"

    def test_a_choice_of_what_is_not_there_is_named(self) -> None:
        with pytest.raises(ValueError, match="'tea'.*coffee"):
            chosen("tea", text(), Choice(sections=("coffee",)))


class TestFiles:
    def test_a_list_reads_back_as_it_was_written(self, tmp_path: Path) -> None:
        scope = chosen("tea", text(commit=None), Choice(sections=("making",)))
        write_scope(scope, tmp_path / "tea.tsv")
        assert read_scope(tmp_path / "tea.tsv") == scope

    def test_a_line_that_is_none_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "tea.tsv").write_text("standard\tTea Standard\nalgorithm\tbrew\tbrew\n")
        with pytest.raises(ValueError, match=r"tea\.tsv:2: .*brew"):
            read_scope(tmp_path / "tea.tsv")

    def test_every_choice_has_its_list(self) -> None:
        made = [scope.name for scope in read_scopes(SCOPE) if not scope.url.startswith(RFC)]
        assert sorted(made) == sorted(CHOICES)

    @pytest.mark.parametrize("name", CHOICES)
    def test_a_list_is_what_its_choice_takes_of_the_text_that_was_read(
        self, name: str, shared: Path, tmp_path: Path
    ) -> None:
        if not (shared / "spec-index" / f"{name}.json").exists():
            pytest.skip("the index does not have this text")
        made, kept = made_scope(shared / "spec-index", name), read_scope(SCOPE / f"{name}.tsv")
        if (made.commit, made.date) != (kept.commit, kept.date):
            pytest.skip(
                f"the index is of another text: python3 tools/trace.py --drift "
                f"{shared / 'spec-index'}"
            )
        assert made == kept, f"python3 tools/make_scope.py {shared / 'spec-index'} {name}"


class TestMain:
    def test_a_standard_of_which_nothing_is_chosen_is_refused(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit):
            make_scope.main([str(tmp_path), "tea"])
        assert "nothing is chosen of tea" in capsys.readouterr().err

    def test_those_that_are_named_are_made(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(make_scope, "SCOPE", tmp_path / "scope")
        monkeypatch.setattr(make_scope, "CHOICES", {"tea": Choice(), "milk": Choice()})
        (tmp_path / "tea.json").write_text(json.dumps(text()))
        make_scope.main([str(tmp_path), "tea"])
        assert [file.name for file in (tmp_path / "scope").iterdir()] == ["tea.tsv"]
