"""Console Standard, 1.1.7."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from worker_runtime.console.table import construct_a_table

spec = pytest.mark.spec


class Point(NamedTuple):
    x: int
    y: int


class Named:
    def __init__(self, name: str) -> None:
        self.name = name


@spec("https://console.spec.whatwg.org/#table-tabulardata-properties")
class TestConstructATable:
    def test_the_columns_are_the_properties_of_all_rows(self) -> None:
        assert construct_a_table([{"a": 1, "b": "x"}, {"c": None, "a": 22}]) == (
            "┌─────────┬────┬─────┬──────┐\n"
            "│ (index) │ a  │ b   │ c    │\n"
            "├─────────┼────┼─────┼──────┤\n"
            "│ 0       │ 1  │ 'x' │      │\n"
            "│ 1       │ 22 │     │ None │\n"
            "└─────────┴────┴─────┴──────┘"
        )

    def test_the_rows_have_the_keys_of_a_mapping(self) -> None:
        assert construct_a_table({"first": [1, 2], "second": (3,)}) == (
            "┌─────────┬───┬───┐\n"
            "│ (index) │ 0 │ 1 │\n"
            "├─────────┼───┼───┤\n"
            "│ first   │ 1 │ 2 │\n"
            "│ second  │ 3 │   │\n"
            "└─────────┴───┴───┘"
        )

    def test_a_row_without_properties_is_a_value(self) -> None:
        assert construct_a_table(["a", {"x": 1}, []]) == (
            "┌─────────┬───┬────────┐\n"
            "│ (index) │ x │ Values │\n"
            "├─────────┼───┼────────┤\n"
            "│ 0       │   │ 'a'    │\n"
            "│ 1       │ 1 │        │\n"
            "│ 2       │   │ []     │\n"
            "└─────────┴───┴────────┘"
        )

    def test_given_properties_are_the_columns(self) -> None:
        assert construct_a_table([{"a": 1, "b": 2}], ["b", "z"]) == (
            "┌─────────┬───┬───┐\n│ (index) │ b │ z │\n├─────────┼───┼───┤\n│ 0       │ 2 │   │\n"
            "└─────────┴───┴───┘"
        )

    def test_named_tuples_and_objects_are_rows(self) -> None:
        assert "│ 0       │ 1 │ 2 │" in (construct_a_table([Point(1, 2)]) or "")
        assert "│ 0       │ 'n'  │" in (construct_a_table([Named("n")]) or "")

    def test_wide_characters_take_two_cells_and_combining_ones_none(self) -> None:
        assert construct_a_table(["日本", "e\u0301", "a\nb"]) == (
            "┌─────────┬────────┐\n"
            "│ (index) │ Values │\n"
            "├─────────┼────────┤\n"
            "│ 0       │ '日本' │\n"
            "│ 1       │ 'e\u0301'    │\n"
            "│ 2       │ 'a\\nb' │\n"
            "└─────────┴────────┘"
        )

    @pytest.mark.parametrize("data", [None, 5, "text", b"bytes", Named("n")])
    def test_what_has_no_rows_is_no_table(self, data: object) -> None:
        assert construct_a_table(data) is None

    @pytest.mark.parametrize("data", [[], {}, set(), [{}]])
    def test_an_empty_table_has_its_head(self, data: Any) -> None:
        assert (construct_a_table(data) or "").splitlines()[1].startswith("│ (index) │")

    def test_what_is_large_is_cut(self) -> None:
        table = construct_a_table([{f"column{n}": "x" * 1000 for n in range(1000)}] * 5000)
        assert table is not None
        assert len(table.splitlines()) == 1000 + 5
        assert table.splitlines()[3].count("│") == 50 + 2
        assert table.endswith("\n...")
        assert "xxx... │" in table
