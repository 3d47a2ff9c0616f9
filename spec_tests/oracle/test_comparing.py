"""Comparing answers."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime.oracle.comparing import Unusable, agree, are_same, first_disagreement


class TestAgree:
    @pytest.mark.parametrize("a, b", [
        ({"result": {"a": 1, "b": [None]}}, {"result": {"b": [None], "a": 1.0}}),
        ({"error": {"name": "TypeError", "message": "a"}}, {"error": {"name": "TypeError"}}),
        ({"error": {"name": "failure", "status": 400}}, {"error": {"name": "failure"}}),
    ])  # fmt: skip
    def test_words_and_order_do_not_count(self, a: dict[str, Any], b: dict[str, Any]) -> None:
        assert agree(a, b) and agree(b, a)

    @pytest.mark.parametrize("a, b", [
        ({"result": None}, {"error": {"name": "TypeError"}}),
        ({"error": {"name": "a"}}, {"error": {"name": "b"}}),
        ({"error": {"name": "failure", "status": 400}},
            {"error": {"name": "failure", "status": 414}}),
        ({"result": [1]}, {"result": [1, 1]}), ({"result": {"a": 1}}, {"result": {"b": 1}}),
        ({"result": []}, {"result": {}}),
    ])  # fmt: skip
    def test_everything_else_does(self, a: dict[str, Any], b: dict[str, Any]) -> None:
        assert not agree(a, b) and not agree(b, a)


class TestAreSame:
    @pytest.mark.parametrize(
        "a, b",
        [(1, True), (0, False), ("1", 1), (None, False), ("\ud800", "\ufffd"), ([[True]], [[1]])],
    )
    def test_types_count(self, a: object, b: object) -> None:
        assert not are_same(a, b)

    def test_depth_does_not(self) -> None:
        a: list[Any] = []
        b: list[Any] = []
        for _ in range(100_000):
            a, b = [a], [b]
        assert are_same(a, b)
        assert not are_same(a, [b])


class TestFirstDisagreement:
    def test_is_the_first(self) -> None:
        a, b = b'{"id":1,"result":1}\n', b'{"id":1,"result":2}\n'
        assert first_disagreement([a, a, a], [a, b, b]) == (
            2,
            {"id": 1, "result": 1},
            {"id": 1, "result": 2},
        )
        assert first_disagreement([a, a], [a, a]) is None

    @pytest.mark.parametrize("a, b, words", [
        ([], [], "there are no answers"),
        ([b'{"result":1}'], [], "B ends after 0 answers, and A does not"),
        ([b'{"result":1}'], [b'{"result":1}'] * 2, "A ends after 1 answers"),
        ([b"x"], [b"x"], "line 1 of A is not JSON"),
        ([b'{"result":1}'], [b"{}"], "line 1 of B is no answer"),
        ([b"[]"], [b"[]"], "line 1 of A is no answer"),
        ([b'{"result":1,"error":{}}'], [b"{}"], "either a result or an error"),
        ([b'{"error":"TypeError"}'], [b"{}"], "an error has a name"),
        ([b"[" * 100_000], [b"{}"], "not JSON"),
        ([b'{"result":1,"id":1}'], [b'{"result":1,"id":2}'],
            "line 1 answers different questions: their ids are 1 and 2"),
    ])  # fmt: skip
    def test_what_cannot_be_compared_is_said(
        self, a: list[bytes], b: list[bytes], words: str
    ) -> None:
        with pytest.raises(Unusable, match=words):
            first_disagreement(a, b)
