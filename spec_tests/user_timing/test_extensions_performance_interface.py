"""User Timing, 2.1: extensions to the Performance interface."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.fakes import FakeClock, running_worker
from worker_runtime import DOMException, performance

spec = pytest.mark.spec


@spec("https://w3c.github.io/user-timing/#dom-performance-mark")
class TestMark:
    def test_it_is_in_the_timeline_and_returned(self) -> None:
        with running_worker():
            mark = performance.mark("a", detail=1)
            assert performance.getEntriesByName("a") == [mark]

    def test_it_works_in_a_plain_script_without_a_loop(self) -> None:
        mark = performance.mark("of a plain script")
        assert mark in performance.getEntries()
        performance.clearMarks("of a plain script")


@spec("https://w3c.github.io/user-timing/#dom-performance-clearmarks")
@spec("https://w3c.github.io/user-timing/#dom-performance-clearmeasures")
class TestClear:
    def test_those_of_a_name_or_all_go_and_the_others_stay(self) -> None:
        with running_worker():
            for name in "aab":
                performance.mark(name)
                performance.measure(name)
            performance.clearMarks("a")
            performance.clearMeasures("b")
            performance.clearMarks("no such")
            assert [e.name for e in performance.getEntriesByType("mark")] == ["b"]
            assert [e.name for e in performance.getEntriesByType("measure")] == ["a", "a"]
            performance.clearMarks()
            performance.clearMeasures()
            assert performance.getEntries() == []


@spec("https://w3c.github.io/user-timing/#dom-performance-measure")
class TestMeasure:
    @spec("https://w3c.github.io/user-timing/#dictdef-performancemeasureoptions")
    @pytest.mark.parametrize(
        "arguments, options, start, duration",
        [
            ((), {}, 0, 10),
            (("a",), {}, 2, 8),
            (("a", "b"), {}, 2, 3),
            ((None, "b"), {}, 0, 5),
            (({}, "b"), {}, 0, 5),
            ((), {"start": "a"}, 2, 8),
            ((), {"start": "a", "end": "b"}, 2, 3),
            ((), {"start": 1, "end": 4.5}, 1, 3.5),
            ((), {"end": 4}, 0, 4),
            ((), {"start": "a", "duration": 7}, 2, 7),
            ((), {"end": "b", "duration": 1}, 4, 1),
            (({"start": 1, "end": 2},), {}, 1, 1),
            (({"start": 1, "end": 2},), {"end": 4}, 1, 3),
            (("b", "a"), {}, 5, -3),
            ((5, "b"), {}, 3, 2),
        ],
    )
    def test_where_it_starts_and_ends(
        self, arguments: Any, options: Any, start: float, duration: float
    ) -> None:
        clock = FakeClock()
        with running_worker(clock=clock):
            performance.mark("a", startTime=2)
            performance.mark("b", startTime=5)
            performance.mark("5", startTime=3)
            clock.advance(0.01)
            measure = performance.measure("m", *arguments, **options)
            assert (measure.startTime, measure.duration) == (start, duration)
            assert performance.getEntriesByType("measure") == [measure]

    @pytest.mark.parametrize(
        "arguments, options",
        [
            ((), {"detail": 1}),
            ((), {"duration": 1}),
            ((), {"start": 1, "end": 2, "duration": 1}),
            (({"start": 1}, "b"), {}),
            ((), {"start": -1}),
            ((), {"start": 1, "duration": -1}),
            ((), {"start": float("nan")}),
            ((), {"start": 1, "duration": "b"}),
            ((), {"end": "no", "duration": "b"}),
            (("navigationStart",), {}),
            (("b",), {"start": 1}),
            ((), {"stat": 1}),
        ],
    )
    def test_what_contradicts_itself_is_a_type_error(self, arguments: Any, options: Any) -> None:
        with running_worker():
            performance.mark("b")
            with pytest.raises(TypeError):
                performance.measure("m", *arguments, **options)
            assert performance.getEntriesByType("measure") == []

    @pytest.mark.parametrize("arguments", [("no",), (None, "no")])
    def test_without_such_a_mark_it_is_a_syntax_error(self, arguments: Any) -> None:
        with running_worker(), pytest.raises(DOMException) as raised:
            performance.measure("m", *arguments)
        assert raised.value.name == "SyntaxError"
