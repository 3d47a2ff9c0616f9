"""A line for each exchange."""

from __future__ import annotations

import json

import pytest

from spec_tests.server.processes import REFERENCE, serving


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
