"""What Cloudflare's own runtime answers to the same operations: `tools/make_durable_answers.py`
records it. Where ours answers otherwise, the file says why.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.answering import answer_of, data_of, outside
from tools.make_durable_answers import ANSWERS, answers_of_miniflare
from worker_runtime.testing import World, in_virtual_time

WORKER = Path(__file__).with_name("answering.py")
ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def comparable(answer: Any) -> Any:
    """An answer, in which a Map is an object, and no memory has an address."""
    match answer:
        case str():
            return ADDRESS.sub("", answer)
        case {"map": pairs, **rest} if not rest:
            return {str(key): comparable(value) for key, value in pairs}
        case dict():
            return {key: comparable(value) for key, value in answer.items()}
        case list():
            return [comparable(each) for each in answer]
    return answer


async def our_answers(operations: list[Any]) -> list[Any]:
    """What ours answers to operations, one after the other."""
    answers = []
    async with World(WORKER, durable={"SUBJECT": "Subject", "OTHER": "WithoutAlarm"}) as world:
        subjects, others = world.durable["SUBJECT"], world.durable["OTHER"]
        for operation in operations:
            if operation.get("outside"):
                answers.append(await answer_of(lambda: outside(operation, subjects, others)))
                continue
            stub = subjects.getByName(operation.get("object", "it"))
            try:
                answers.append(await stub.perform(operation))
            except Exception as error:
                reset = {"reset": True} if getattr(error, "durableObjectReset", False) else {}
                answers.append({**data_of(error), **reset})
    return answers


class TestAnswers:
    @in_virtual_time
    async def test_they_are_those_of_cloudflare(self) -> None:
        rows = json.loads(ANSWERS.read_text("utf-8"))
        answers = await our_answers([row[0] for row in rows])
        assert len(rows) >= 290
        for (operation, theirs, *other), ours in zip(rows, answers, strict=True):
            expected = other[0]["ours"] if other else theirs
            assert comparable(ours) == comparable(expected), operation

    def test_what_differs_has_a_reason(self) -> None:
        for _, theirs, *other in json.loads(ANSWERS.read_text("utf-8")):
            for difference in other:
                assert comparable(difference["ours"]) != comparable(theirs)
                assert difference["because"]

    def test_cloudflare_still_answers_so(self) -> None:
        folder = os.environ.get("MINIFLARE_FOLDER")
        if folder is None:
            pytest.skip("MINIFLARE_FOLDER does not say where node finds miniflare")
        rows = json.loads(ANSWERS.read_text("utf-8"))
        answers = answers_of_miniflare(Path(folder), [row[0] for row in rows])
        assert answers == [row[1] for row in rows]
