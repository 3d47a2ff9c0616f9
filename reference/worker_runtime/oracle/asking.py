"""Asking: this oracle, or a command that does as it does."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from .answering import answer
from .argument_types import BadQuestion
from .comparing import Unusable, answer_in
from .operations import OPERATIONS
from .shrinking import Answer, Ask, Question

MOST_SECONDS = 60  # that a command has for the questions of one call


def ask_this_oracle(questions: Sequence[Question]) -> list[Answer]:
    """The reference's answers."""
    return [answer_in(answer(json.dumps(question).encode()), "an answer") for question in questions]


def is_question(question: Question) -> bool:
    """Whether the arguments are of the types that the operation takes; of an operation that this
    oracle has not, all are.
    """
    operation = OPERATIONS.get(question["op"])
    try:
        return operation is None or bool(operation.convert(question["args"]))
    except BadQuestion:
        return False


def asker_of(command: str) -> Ask:
    """How a command is asked: it is run for each call, reads the questions as lines, answers each
    with a line, and ends.
    """

    def ask(questions: Sequence[Question]) -> list[Answer]:
        input = "".join(f"{json.dumps(question)}\n" for question in questions).encode()
        try:
            output = subprocess.run(
                shlex.split(command), input=input, stdout=subprocess.PIPE, timeout=MOST_SECONDS
            ).stdout
        except (OSError, ValueError) as error:
            raise Unusable(f"{command!r} cannot be run: {error}") from None
        except subprocess.TimeoutExpired:
            raise Unusable(
                f"{command!r} takes more than {MOST_SECONDS} seconds for {len(questions)} questions"
            ) from None
        lines = output.removesuffix(b"\n").split(b"\n")
        if len(lines) != len(questions):
            raise Unusable(f"{command!r} gives {len(lines)} answers to {len(questions)} questions")
        return [answer_in(line, f"an answer of {command!r}") for line in lines]

    return ask


def question_of(file: Path, number: int) -> Question:
    """The question in a line of a file, counted from 1."""
    with file.open("rb") as lines:
        line = next(islice(lines, number - 1, None), b"")
    try:
        question = json.loads(line)
        return {"op": str(question["op"]), "args": list(question.get("args", []))}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Unusable(f"line {number} of {str(file)!r} is no question") from None
