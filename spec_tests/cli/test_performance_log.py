"""Performance log: a line for each entry of a timeline, if that is asked for."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from spec_tests.fakes import FakeClock, running_worker
from worker_runtime import performance
from worker_runtime.cli.main import main
from worker_runtime.cli.performance_log import log_performance

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#performance-log")
class TestPerformanceLog:
    def test_a_line_for_programs_has_what_an_entry_has(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        clock = FakeClock()
        with running_worker(clock=clock) as worker:
            log_performance(worker.host, {"mark", "measure"}, as_json=True)
            clock.advance(1.5)
            performance.mark("a", detail={"id": 7})
            performance.mark("b", detail={"id": {1, 2}})
            performance.measure("c", start=500)
            a, b, c = map(json.loads, capsys.readouterr().out.splitlines())
            assert datetime.fromisoformat(a.pop("time")).timestamp() == pytest.approx(clock.wall())
            assert a == {
                "entryType": "mark", "name": "a", "startTime": 1500, "duration": 0,
                "detail": {"id": 7},
            }  # fmt: skip
            assert "detail" not in b
            assert (c["startTime"], c["duration"]) == (500, 1000)

    def test_a_line_for_people_is_one_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        with running_worker() as worker:
            log_performance(worker.host, {"measure"}, as_json=False)
            performance.mark("a")
            performance.measure("b\n\x1b", start=0, end=12.25)
            [line] = capsys.readouterr().out.splitlines()
            assert line[8:] == ' measure "b\\x0a\\x1b" 12.2ms'

    def test_the_types_are_those_that_there_are(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit):
            main(["serve", "--log-performance", "mark,paint"])
        assert "expected mark, measure, resource" in capsys.readouterr().err
