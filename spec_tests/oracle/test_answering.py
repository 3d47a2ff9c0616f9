"""Answering: one line for one line, whatever it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from worker_runtime.oracle import answering
from worker_runtime.oracle.answering import answer, answers
from worker_runtime.oracle.operations import OPERATIONS

QUESTION = b'{"op":"base64.encode","args":[{"bytes":"a"}]}'
ANSWER = b'{"result":"YQ=="}\n'


def error_of(line: bytes) -> dict[str, Any]:
    reply = json.loads(answer(line))
    assert reply.keys() == {"error"}
    error: dict[str, Any] = reply["error"]
    return error


class TestAnswer:
    @pytest.mark.parametrize("line", [
        QUESTION, b" " + QUESTION + b"\r", b'{"args":[{"bytes":"\\u0061"}],"op":"base64.encode"}',
    ])  # fmt: skip
    def test_is_a_line_with_the_result(self, line: bytes) -> None:
        assert answer(line) == ANSWER

    @pytest.mark.parametrize("id", [0, -5, "a\ud800", ""])
    def test_repeats_the_id(self, id: int | str) -> None:
        question = {"op": "base64.encode", "args": [{"bytes": "a"}], "id": id}
        assert json.loads(answer(json.dumps(question).encode())) == {"id": id, "result": "YQ=="}
        assert json.loads(answer(json.dumps({"op": "a", "id": id}).encode()))["id"] == id

    @pytest.mark.parametrize("line, words", [
        (b"", "the line is blank; a question is a line such as {"), (b" \t\r", "blank"),
        (b"x", "the line is not JSON: Expecting value at character 0"), (b'{"op":', "not JSON"),
        (QUESTION + b"x", "Extra data"),
        (b"\xff", "the line is not UTF-8: invalid start byte at byte 0"),
        (b'{"op":"\xed\xa0\x80"}', "not UTF-8"), (b"[]", "a question is an object, not []"),
        (b"5", "an object, not 5"), (b"NaN", "not JSON"), (b"{}", 'the question has no "op"'),
        (b'{"op":"url.prase"}', "no operation 'url.prase'; did you mean 'url.parse'?"),
        (b'{"op":"?"}', "--list has them all"),
        (b'{"op":["url.parse"]}', "no operation ['url.parse']"),
        (b'{"op":"url.parse","arguments":[]}', "the members op, args and id, not 'arguments'"),
        (b'{"op":"url.parse","args":"a"}', "args is a list, not 'a'"),
        (b'{"op":"url.parse"}', "takes 1 to 2 arguments, not 0"),
        (b'{"op":"url.parse","args":[5]}', "url: expected a string, not 5"),
        (b'{"op":"url.parse","id":[]}', "an id is a string or an integer, not []"),
    ])  # fmt: skip
    def test_says_in_words_what_is_wrong_with_a_question(self, line: bytes, words: str) -> None:
        error = error_of(line)
        assert error["name"] == "BadQuestion" and words in error["message"]

    @pytest.mark.parametrize("depth", [500, 5_000, 1_000_000])
    @pytest.mark.parametrize("op", ["structured_data.clone", "json.serialize", "url.parse", "?"])
    def test_of_what_is_nested_deeply_is_one(self, op: str, depth: int) -> None:
        reply = json.loads(
            answer(b'{"op":"%s","args":[%s%s]}' % (op.encode(), b"[" * depth, b"]" * depth))[
                :100_000
            ]
        )
        assert reply.keys() in ({"result"}, {"error"})
        assert "result" in reply or reply["error"]["name"] in (
            "BadQuestion",
            "RangeError",
            "TypeError",
        )

    def test_is_ascii_and_keeps_lone_surrogates(self) -> None:
        line = answer(
            b'{"op":"structured_data.clone","args":["\\ud800\\u0000\xe2\x82\xac\\ud83d\\udca9"]}'
        )
        assert line == b'{"result":"\\ud800\\u0000\\u20ac\\ud83d\\udca9"}\n'

    def test_does_not_grow_with_what_it_quotes(self) -> None:
        line = json.dumps({"op": "url.parse", "args": ["a" * 1_000_000]}).encode()
        assert len(answer(line)) < 600

    def test_of_a_mistake_of_the_oracle_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fails(*args: Any) -> None:
            raise KeyError("a")

        monkeypatch.setattr(OPERATIONS["base64.encode"], "run", fails)
        assert error_of(QUESTION) == {"name": "InternalError", "message": "KeyError: 'a'"}

    def test_has_no_number_that_json_has_not(self) -> None:
        assert error_of(b'{"op":"structured_data.clone","args":[[1e999]]}')["name"] == "RangeError"


class TestAnswers:
    @staticmethod
    def to(*blocks: bytes) -> list[bytes]:
        pending = iter([*blocks, b""])
        return [*answers(lambda size: next(pending))]

    def test_come_for_each_block_that_completes_a_question(self) -> None:
        line = QUESTION + b"\n"
        assert self.to(line * 3, line[:5], line[5:20], line[20:] + line) == [ANSWER * 3, ANSWER * 2]

    def test_the_last_line_needs_no_end(self) -> None:
        assert self.to(QUESTION) == [ANSWER]
        assert self.to() == []

    def test_are_as_many_as_the_lines(self) -> None:
        assert b"".join(self.to(b"\n\r\nx\n", b"\xff\n" + QUESTION)).count(b"\n") == 5

    def test_a_line_without_end_is_not_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(answering, "LONGEST_LINE", 100)
        too_long, good = self.to(*[b"x" * 60] * 10, b"x\n", QUESTION + b"\n")
        assert b"the line is longer than 100 bytes" in too_long and good == ANSWER
        assert b"longer than" in self.to(b"x" * 101)[0]
