"""A line for each exchange."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from spec_tests.server.processes import REFERENCE, serving
from worker_runtime.cli.request_log import log_scheduled_json, log_scheduled_text
from worker_runtime.cloudflare.scheduled_event import ScheduledResult


class TestRequestLog:
    @pytest.mark.parametrize("form", ["text", "json"])
    def test_a_line_says_what_was_asked_for_and_what_was_sent(self, form: str) -> None:
        with serving(REFERENCE / "examples" / "hello.py", "--log", form) as server:
            server.request("a?b")
            _, output, _ = server.stop()
        line = output.splitlines()[0]
        if form == "text":
            assert line == '"GET /a?b" 200 11'
        else:
            entry = {"method": "GET", "target": "/a?b", "status": 200, "sent": 11}
            assert json.loads(line).items() >= entry.items()

    def test_a_run_of_a_timetable_is_a_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        minute = datetime(2026, 1, 31, 23, 59, tzinfo=UTC)
        log_scheduled_text("0 0 L * *", minute, ScheduledResult("exception", True))
        log_scheduled_json("0 0 L * *", minute, ScheduledResult("ok"))
        text, json_line = capsys.readouterr().out.splitlines()
        assert text == '"scheduled 0 0 L * *" 2026-01-31T23:59Z exception noRetry'
        assert json.loads(json_line) == {
            "cron": "0 0 L * *", "scheduledTime": 1769903940000, "outcome": "ok", "noRetry": False,
        }  # fmt: skip
