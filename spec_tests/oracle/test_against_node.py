"""The oracle and another implementation: where node answers differently, a step of the standard
says that node is wrong.

node_disagreements.json has the reasons: the step, what it says, the versions of node that were seen
to have another answer, and patterns. A disagreement has a reason if the patterns of `question`,
`oracle` and `node`, those that it has, are found in the JSON of the question and of both answers,
and if the rewriting `becomes` makes node's answer of the oracle's.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pytest

from spec_tests.oracle.mutations import Question, mutations, vectors
from worker_runtime.oracle.asking import ask_this_oracle
from worker_runtime.oracle.comparing import agree

FOLDER = Path(__file__).parent
REASONS: list[dict[str, Any]] = json.loads((FOLDER / "node_disagreements.json").read_text("utf-8"))
MUTATIONS = 10_000
SEED = 20260718

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")


def ask_node(questions: list[Question]) -> list[dict[str, Any]]:
    input = "".join(f"{json.dumps(question)}\n" for question in questions)
    done = subprocess.run(
        ["node", FOLDER / "node_answers.mjs"],
        input=input.encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def text_of(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def explains(
    reason: dict[str, Any], question: Question, ours: dict[str, Any], nodes: dict[str, Any]
) -> bool:
    texts = {
        "question": text_of([question["op"], *question["args"]]),
        "oracle": text_of(ours),
        "node": text_of(nodes),
    }
    if not all(
        re.search(reason[name], text)
        for name, text in texts.items()
        if name in reason and name != "node"
    ):
        return False
    rewritten = texts["oracle"]
    for pattern, replacement in reason.get("becomes", []):
        rewritten = re.sub(pattern, replacement, rewritten)
    return (
        rewritten == texts["node"]
        if "becomes" in reason
        else re.search(reason["node"], texts["node"]) is not None
    )


class TestAgainstNode:
    def test_each_disagreement_has_a_reason_and_each_reason_a_disagreement(
        self, wpt_data: Callable[[str], Any]
    ) -> None:
        kinds = vectors(wpt_data)
        questions = [*chain(*kinds), *islice(mutations(kinds, SEED), MUTATIONS)]
        assert len(questions) > 13_900
        unexplained = []
        idle = {reason["what"] for reason in REASONS}
        for question, ours, nodes in zip(
            questions, ask_this_oracle(questions), ask_node(questions), strict=True
        ):
            if not agree(ours, nodes):
                reason = next(
                    (reason for reason in REASONS if explains(reason, question, ours, nodes)), None
                )
                if reason is None:
                    unexplained.append((text_of(question), text_of(ours), text_of(nodes)))
                else:
                    idle.discard(reason["what"])
        version = subprocess.run(
            ["node", "--version"], stdout=subprocess.PIPE, text=True, check=True
        ).stdout.strip()
        assert unexplained == []
        assert [
            reason["what"]
            for reason in REASONS
            if reason["what"] in idle and version in reason["versions"]
        ] == []
