"""Asking this oracle, and commands."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from spec_tests.server.processes import REFERENCE
from worker_runtime.oracle import asking
from worker_runtime.oracle.asking import ask_this_oracle, asker_of, is_question, question_of
from worker_runtime.oracle.comparing import Unusable

QUESTIONS: list[dict[str, Any]] = [
    {"op": "base64.encode", "args": [{"bytes": "a"}]},
    {"op": "mime.parse", "args": ["\ud800"]},
]


def python(code: str) -> str:
    return shlex.join([sys.executable, "-c", code])


class TestAsk:
    def test_a_command_answers_as_the_oracle_does(self) -> None:
        answers = ask_this_oracle(QUESTIONS)
        assert answers == [{"result": "YQ=="}, {"error": {"name": "failure", "message": "failure"}}]
        assert (
            asker_of(shlex.join([sys.executable, str(REFERENCE), "oracle"]))(QUESTIONS) == answers
        )

    @pytest.mark.parametrize("command, words", [
        ("no-such-command", "cannot be run"), ("'", "cannot be run: No closing quotation"),
        (python("print('{\"result\":1}')"), "gives 1 answers to 2 questions"),
        (python("print('x\\ny')"), "is not JSON"),
    ])  # fmt: skip
    def test_a_command_that_does_not_is_unusable(self, command: str, words: str) -> None:
        with pytest.raises(Unusable, match=words):
            asker_of(command)(QUESTIONS)

    def test_a_command_that_hangs_is_ended(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(asking, "MOST_SECONDS", 0.2)
        with pytest.raises(Unusable, match="takes more than 0.2 seconds for 2 questions"):
            asker_of(python("import time; time.sleep(60)"))(QUESTIONS)


class TestIsQuestion:
    def test_has_arguments_of_the_right_types(self) -> None:
        assert is_question(QUESTIONS[0]) and is_question({"op": "unknown", "args": []})
        assert not is_question({"op": "base64.encode", "args": []}) and not is_question(
            {"op": "base64.encode", "args": ["a"]}
        )


class TestQuestionOf:
    def test_is_the_one_in_that_line(self, tmp_path: Path) -> None:
        file = tmp_path / "questions"
        file.write_text('{"op":"a"}\n{"op":"b","args":[1],"id":2}\nx\n{}\n[]\n')
        assert question_of(file, 1) == {"op": "a", "args": []}
        assert question_of(file, 2) == {"op": "b", "args": [1]}
        for number in (3, 4, 5, 6):
            with pytest.raises(Unusable, match=f"line {number} of '.*questions' is no question"):
                question_of(file, number)
