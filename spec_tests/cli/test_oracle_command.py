"""The command `oracle`, as its users have it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from spec_tests.server.processes import REFERENCE

COMMAND = [sys.executable, "-W", "error", str(REFERENCE), "oracle"]
QUESTION = b'{"op":"mime.parse","args":["text/html;a=b"]}\n'
ANSWER = b'{"result":{"type":"text","subtype":"html","parameters":[["a","b"]]}}\n'

# Another program: it knows one operation, and takes a space within a domain for part of it.
PEER = """
import json, sys
for line in sys.stdin:
    question = json.loads(line)
    if question["op"] == "url.host_parser":
        host = question["args"][0]
        print(json.dumps({"result": host.lower()} if host else {"error": {"name": "failure"}}))
    else:
        print(json.dumps({"error": {"name": "BadQuestion"}}))
"""


def oracle(*arguments: str | Path, input: bytes = b"") -> tuple[int, str, str]:
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)], input=input, capture_output=True, timeout=60
    )
    return done.returncode, done.stdout.decode("ascii"), done.stderr.decode()


class TestAnswers:
    def test_each_line_has_one(self) -> None:
        status, output, errors = oracle(input=QUESTION + b"\n\xff\n" + QUESTION.rstrip())
        lines = output.splitlines(keepends=True)
        assert (status, errors, len(lines)) == (0, "", 4)
        assert (
            lines[0] == lines[3] == ANSWER.decode()
            and "BadQuestion" in lines[1]
            and "BadQuestion" in lines[2]
        )

    def test_come_while_the_asker_waits(self) -> None:
        with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None and process.stdout is not None
            for _ in range(3):
                process.stdin.write(QUESTION)
                process.stdin.flush()
                assert process.stdout.readline() == ANSWER
            process.stdin.close()
            assert process.wait(30) == 0

    def test_end_quietly_when_nobody_reads_them(self) -> None:
        with subprocess.Popen(
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert (
                process.stdin is not None
                and process.stdout is not None
                and process.stderr is not None
            )
            process.stdin.write(QUESTION)
            process.stdin.flush()
            assert process.stdout.readline() == ANSWER
            process.stdout.close()
            process.stdin.write(QUESTION)
            process.stdin.close()
            assert (process.wait(30), process.stderr.read()) == (0, b"")


class TestList:
    def test_is_for_people_and_for_machines(self) -> None:
        status, output, errors = oracle("--list")
        assert (status, errors) == (0, "")
        assert (
            "mime.parse(DOMString input) -> MIMEType\n"
            "    https://mimesniff.spec.whatwg.org/#parse-a-mime-type\n" in output
        )
        listed = json.loads(oracle("--list", "--json")[1])
        assert len(listed["operations"]) == output.count("\n    https://")

    def test_help_has_an_example_that_works(self) -> None:
        output = oracle("--help")[1]
        question = next(line for line in output.splitlines() if line.lstrip().startswith('{"op"'))
        answer = next(line for line in output.splitlines() if line.lstrip().startswith('{"id"'))
        begin = answer.strip().removesuffix(", ...}}").replace(": ", ":").replace(", ", ",")
        assert oracle(input=question.encode())[1].startswith(begin)


class TestDiff:
    @pytest.fixture
    def files(self, tmp_path: Path) -> Path:
        hosts = ["EXAMPLE.com", "", "some host.example"]
        questions = "".join(
            json.dumps({"op": "url.host_parser", "args": [host]}) + "\n" for host in hosts
        )
        (tmp_path / "q").write_text(questions)
        (tmp_path / "a").write_text(oracle(input=questions.encode())[1])
        peer = subprocess.run(
            [sys.executable, "-c", PEER],
            input=questions,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        (tmp_path / "b").write_text(peer.stdout)
        return tmp_path

    def test_says_so_when_all_agree(self, files: Path) -> None:
        assert oracle("--diff", files / "a", files / "a") == (0, "All answers agree.\n", "")

    def test_shows_the_first_that_differ(self, files: Path) -> None:
        status, output, errors = oracle("--diff", files / "a", files / "b")
        assert (status, errors) == (1, "")
        first, a, b = output.splitlines()
        assert (first, b) == ("Line 3:", '  B         {"result": "some host.example"}')
        assert a.startswith('  A         {"error": {"name": "failure", "message": ')

    def test_shows_the_smallest_question(self, files: Path) -> None:
        ask = ("--questions", files / "q", "--ask-b", shlex.join([sys.executable, "-c", PEER]))
        status, output, errors = oracle("--diff", files / "a", files / "b", *ask)
        assert (status, errors) == (1, "")
        lines = output.splitlines()
        assert lines[1] == '  question  {"op": "url.host_parser", "args": ["some host.example"]}'
        assert lines[4:6] == [
            "The smallest question:",
            '  question  {"op": "url.host_parser", "args": [" "]}',
        ]
        assert lines[7] == '  B         {"result": " "}'

    def test_says_so_when_they_agree_after_all(self, files: Path) -> None:
        ask = ("--questions", files / "q", "--ask-b", shlex.join(COMMAND))
        assert "Asked again, they agree" in oracle("--diff", files / "a", files / "b", *ask)[1]

    def test_what_cannot_be_compared_is_said(self, files: Path) -> None:
        assert oracle("--diff", files / "a", files / "q")[0] == 2
        status, output, errors = oracle("--diff", files / "a", files / "none")
        assert (status, output) == (2, "") and errors.endswith("none: No such file or directory\n")
        status, output, errors = oracle("--diff", files / "a", files / "b", "--ask-b", "x")
        assert (status, output) == (2, "") and "--questions" in errors

    def test_what_is_nested_too_deeply_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "q").write_text(
            '{"op":"json.serialize","args":[' + 900 * "[" + 900 * "]" + "]}"
        )
        (tmp_path / "a").write_text('{"result":1}')
        (tmp_path / "b").write_text('{"result":2}')
        two = shlex.join(
            [sys.executable, "-c", "import sys; [print('{\"result\":2}') for line in sys.stdin]"]
        )
        files = ("--diff", tmp_path / "a", tmp_path / "b", "--questions", tmp_path / "q")
        status, output, errors = oracle(*files, "--ask-b", two)
        assert (status, errors) == (
            2,
            "the question or its answers are nested too deeply\n",
        ) and output.startswith("Line 1:")
