"""Shrinking: from a question that two answer differently to the smallest one about which they still
do.

Delta debugging: parts of the arguments are left out, the largest first, and what is left is made
plainer, as long as that can be done without the two agreeing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeAlias

from .comparing import agree

Question: TypeAlias = "dict[str, Any]"
Answer: TypeAlias = "dict[str, Any]"
Ask: TypeAlias = Callable[[Sequence[Question]], Sequence[Answer]]

MOST_AT_ONCE = 500  # questions
MOST_BYTES_AT_ONCE = 4 * 1024 * 1024  # about
MOST_BYTES = 16 * MOST_BYTES_AT_ONCE  # about, of all questions: then it is small enough
OVERHEAD = 100  # bytes as which it counts that a question is asked at all
PLAIN = "a"  # what a code point is replaced by


def smallest_question(
    question: Question, ask_a: Ask, ask_b: Ask, is_question: Callable[[Question], bool]
) -> Question | None:
    """No part of it can be left out or made plainer. None if the two agree about the question that
    is given.

    Whoever is asked need not be ready for anything: what is not a question for `is_question` is not
    asked.
    """
    smallest = first_that_differs([{"op": question["op"], "args": question["args"]}], ask_a, ask_b)
    if smallest is None:
        return None
    budget = MOST_BYTES
    while True:
        candidates = filter(
            is_question,
            ({**smallest, "args": arguments} for arguments in simpler(smallest["args"])),
        )
        size = OVERHEAD + len(json.dumps(smallest))
        at_once = max(1, min(MOST_AT_ONCE, MOST_BYTES_AT_ONCE // size))
        found = None
        while found is None and budget > 0 and (batch := [*islice(candidates, at_once)]):
            budget -= size * len(batch)
            found = first_that_differs(batch, ask_a, ask_b)
        if found is None:
            return smallest
        smallest = found


def first_that_differs(questions: Sequence[Question], ask_a: Ask, ask_b: Ask) -> Question | None:
    """The first that both understand and answer differently."""
    for question, a, b in zip(questions, ask_a(questions), ask_b(questions)):
        if not agree(a, b) and not is_refusal(a) and not is_refusal(b):
            return question
    return None


def is_refusal(answer: Answer) -> bool:
    """Whether it says no more than that the question is wrong."""
    return "error" in answer and answer["error"].get("name") == "BadQuestion"


def simpler(value: Any) -> Iterator[Any]:
    """Values of JSON that are like this one, but less, each by one change; the boldest come
    first.
    """
    match value:
        case bool():
            if value:
                yield False
        case int() | float():
            if value:
                yield 0
            if isinstance(value, int) and value > 1:
                yield value // 2
        case str():
            yield from without_a_run(value)
            for index, code_point in enumerate(value):
                if code_point != PLAIN:
                    yield value[:index] + PLAIN + value[index + 1 :]
        case list():
            yield from without_a_run(value)
            for index, item in enumerate(value):
                yield from ([*value[:index], less, *value[index + 1 :]] for less in simpler(item))
        case dict():
            for name in value:
                yield {other: value[other] for other in value if other != name}
            for name, member in value.items():
                yield from ({**value, name: less} for less in simpler(member))


def without_a_run(sequence: Any) -> Iterator[Any]:
    """A string or a list without all of it, without each half, each quarter, ..., each item."""
    size = len(sequence)
    while size:
        for start in range(0, len(sequence), size):
            yield sequence[:start] + sequence[start + size :]
        size //= 2
