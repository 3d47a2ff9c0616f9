"""Comparing: whether two answers are the same, and where two rows of them first are not."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from json import JSONDecodeError
from typing import Any, NamedTuple

from ..infra.json import parse_json_bytes_to_a_javascript_value


class Unusable(Exception):
    """What is to be compared cannot be."""


class Disagreement(NamedTuple):
    """The number of a line, from 1, and what it is in either file."""

    number: int
    a: dict[str, Any]
    b: dict[str, Any]


def first_disagreement(a: Iterable[bytes], b: Iterable[bytes]) -> Disagreement | None:
    """The first of two rows of lines where the answers differ; Unusable if one of them ends
    earlier, or is not an answer.
    """
    number = 0
    for number, (line_a, line_b) in enumerate(zip_longest(a, b), 1):
        if line_a is None or line_b is None:
            ended, goes_on = ("A", "B") if line_a is None else ("B", "A")
            raise Unusable(f"{ended} ends after {number - 1} answers, and {goes_on} does not")
        answer_a = answer_in(line_a, f"line {number} of A")
        answer_b = answer_in(line_b, f"line {number} of B")
        if answer_a.get("id") != answer_b.get("id"):
            ids = f"{answer_a.get('id')!r} and {answer_b.get('id')!r}"
            raise Unusable(f"line {number} answers different questions: their ids are {ids}")
        if not agree(answer_a, answer_b):
            return Disagreement(number, answer_a, answer_b)
    if not number:
        raise Unusable("there are no answers")
    return None


def answer_in(line: bytes, place: str) -> dict[str, Any]:
    """The answer that stands in a line."""
    try:
        answer = parse_json_bytes_to_a_javascript_value(line)
    except JSONDecodeError as error:
        raise Unusable(f"{place} is not JSON: {error.msg} at character {error.pos}") from None
    if not isinstance(answer, dict) or ("result" in answer) == ("error" in answer):
        raise Unusable(f"{place} is no answer: it has either a result or an error")
    if "error" in answer and not isinstance(answer["error"], dict):
        raise Unusable(f"{place} is no answer: an error has a name and a message")
    return answer


def agree(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Whether two answers say the same: the same result, or an error of the same name. Words and
    member order do not count.
    """
    if "error" in a and "error" in b:
        error_a, error_b = a["error"], b["error"]
        both_have_a_status = "status" in error_a and "status" in error_b
        return error_a.get("name") == error_b.get("name") and (
            not both_have_a_status or error_a["status"] == error_b["status"]
        )
    return "result" in a and "result" in b and are_same(a["result"], b["result"])


def are_same(a: object, b: object) -> bool:
    """Whether two values of JSON are one, however deep: 1 and 1.0 are, 1 and true are not."""
    pairs = [(a, b)]
    while pairs:
        a, b = pairs.pop()
        if isinstance(a, dict) and isinstance(b, dict):
            if a.keys() != b.keys():
                return False
            pairs += [(value, b[name]) for name, value in a.items()]
        elif isinstance(a, list) and isinstance(b, list):
            if len(a) != len(b):
                return False
            pairs += zip(a, b)
        elif a != b or isinstance(a, bool) != isinstance(b, bool):
            return False
    return True
