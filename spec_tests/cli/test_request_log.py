"""A line for each exchange."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import pytest

from spec_tests.server.processes import REFERENCE, serving
from worker_runtime.cli.request_log import write_line


class TestWriteLine:
    def test_it_is_one_write(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Unbuffered(io.StringIO):
            writes: list[str] = []

            def write(self, text: str) -> int:
                self.writes.append(text)
                return len(text)

        monkeypatch.setattr(sys, "stdout", Unbuffered())
        write_line("a line")
        assert Unbuffered.writes == ["a line\n"]

    def test_a_process_without_an_output_has_no_log(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdout", None)
        write_line("a line")


class TestLogText:
    def test_says_when_what_how_much_how_long_and_for_whom(self) -> None:
        with serving(REFERENCE / "examples" / "hello.py") as server:
            server.request("a?b")
            _, output, _ = server.stop()
        line = r'\d\d:\d\d:\d\d "GET /a\?b" 200 11 \d+\.\dms 127\.0\.0\.1'
        assert re.fullmatch(line, output.splitlines()[0])


class TestLogJSON:
    def test_says_the_same_for_programs(self) -> None:
        with serving(REFERENCE / "examples" / "hello.py", "--log", "json") as server:
            server.request("a?b")
            _, output, _ = server.stop()
        entry = json.loads(output.splitlines()[0])
        assert (
            entry.items() >= {"method": "GET", "target": "/a?b", "status": 200, "sent": 11}.items()
        )
        assert entry["client"] == "127.0.0.1" and entry["duration"] > 0
        assert re.match(r"\d{4}-\d\d-\d\dT", entry["time"])


class TestJSONConsole:
    def test_messages_and_tracebacks_are_entries_too(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(
            "from worker_runtime import console\n"
            "def fetch(request):\n    console.warn('two\\nlines')\n    raise ValueError('v')\n"
        )
        with serving(tmp_path / "w.py", "--log", "json") as server:
            assert server.request()[0] == 500
            _, output, errors = server.stop()
        warning, exception, request = map(json.loads, output.splitlines())
        assert warning == {"level": "warn", "message": "two\nlines"}
        assert "ValueError: v" in exception["exception"] and request["status"] == 500
        assert errors == ""
