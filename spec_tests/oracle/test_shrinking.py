"""Shrinking questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from worker_runtime.oracle import shrinking
from worker_runtime.oracle.shrinking import Answer, Ask, Question, simpler, smallest_question


def asker(answer: Callable[..., Any]) -> Ask:
    """Asks a function, and refuses what it raises ValueError for."""

    def ask(questions: Sequence[Question]) -> list[Answer]:
        answers: list[Answer] = []
        for question in questions:
            try:
                answers.append({"result": answer(*question["args"])})
            except (LookupError, TypeError, ValueError):
                answers.append({"error": {"name": "BadQuestion"}})
        return answers

    return ask


def anything(question: Question) -> bool:
    return True


def smallest(arguments: list[Any], differs: Callable[..., bool]) -> list[Any] | None:
    found = smallest_question(
        {"op": "a", "args": arguments, "id": 1},
        asker(lambda *args: False),
        asker(differs),
        anything,
    )
    assert found is None or found.keys() == {"op", "args"}
    return None if found is None else found["args"]


class TestSmallestQuestion:
    @pytest.mark.parametrize("arguments, differs, least", [
        (["https://user@example.com/x<y?z"], lambda s: "<" in s, ["<"]),
        (["abc\ud800def"], lambda s: len(s) > 2, ["aaa"]),
        (["x" * 1000 + "!" + "y" * 1000 + "?"], lambda s: "!" in s and "?" in s[s.index("!"):],
            ["!?"]),
        ([{"bytes": "abc\xff"}], lambda b: "\xff" in b["bytes"], [{"bytes": "\xff"}]),
        ([[["a", "1"], ["b", "2"], ["b", "3"]]], lambda pairs: [n for n, _ in pairs].count("b") > 1,
            [[["b", ""], ["b", ""]]]),
        ([{"a": "x", "b": {"c": 5}}], lambda d: "b" in d, [{"b": {}}]),
        ([True, 1000, 2.5, None], lambda *args: len(args) == 4, [False, 0, 0, None]),
        ([1000], lambda n: n > 100, [125]),
        (["a", "b"], lambda a, b=None: "a" in a, ["a"]),
    ])  # fmt: skip
    def test_has_nothing_to_leave_out(
        self, arguments: list[Any], differs: Callable[..., bool], least: list[Any]
    ) -> None:
        assert smallest(arguments, differs) == least

    def test_there_is_none_where_both_agree_or_one_does_not_understand(self) -> None:
        assert smallest(["a"], lambda s: False) is None
        assert smallest(["a"], lambda s: int(s) > 0) is None

    def test_a_refusal_is_no_disagreement(self) -> None:
        assert smallest(["123"], lambda s: int(s) > 0) == ["3"]

    def test_what_is_no_question_is_not_asked(self) -> None:
        asked: list[Any] = []

        def ask(questions: Sequence[Question]) -> list[Answer]:
            asked.extend(question["args"] for question in questions)
            return [{"result": None} for question in questions]

        other = asker(lambda *args: False)
        found = smallest_question(
            {"op": "a", "args": ["bcd"]}, other, ask, lambda q: bool(q["args"] and q["args"][0])
        )
        assert found == {"op": "a", "args": ["a"]} and [] not in asked and [""] not in asked

    def test_is_only_sought_for_so_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shrinking, "MOST_BYTES", 1000)
        found = smallest(["b" * 100], lambda s: len(s) > 50)
        assert found is not None and 50 < len(found[0]) < 100

    def test_a_long_question_is_not_asked_in_a_thousand_forms_at_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shrinking, "MOST_BYTES_AT_ONCE", 2500)
        sizes: list[int] = []

        def ask(questions: Sequence[Question]) -> list[Answer]:
            sizes.append(len(questions))
            return [{"result": len(question["args"][0]) > 990} for question in questions]

        question = {"op": "a", "args": ["a" * 1000]}
        found = smallest_question(
            question, asker(lambda s: False), ask, lambda question: bool(question["args"])
        )
        assert found == {"op": "a", "args": ["a" * 991]} and max(sizes) == 2


class TestSimpler:
    @pytest.mark.parametrize("value, values", [
        (None, []), (False, []), (True, [False]), (0, []), (7, [0, 3]), (-7, [0]), (0.5, [0]),
        ("", []), ("a", [""]), ("ab", ["", "b", "a", "aa"]), ([1], [[], [0]]),
        ({"a": 1}, [{}, {"a": 0}]),
    ])  # fmt: skip
    def test_values_come_boldest_first(self, value: Any, values: list[Any]) -> None:
        assert [*simpler(value)] == values
