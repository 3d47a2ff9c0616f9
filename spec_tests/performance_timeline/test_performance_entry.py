"""Performance Timeline, 3: the PerformanceEntry interface."""

from __future__ import annotations

import pytest

from spec_tests.fakes import FakeClock, running_worker
from worker_runtime import PerformanceEntry, performance
from worker_runtime.html.settings_objects import current_settings_object
from worker_runtime.performance_timeline.performance_entry import initialize_a_performance_entry
from worker_runtime.webidl.interfaces import new

spec = pytest.mark.spec


@spec("https://w3c.github.io/performance-timeline/#performanceentry")
class TestPerformanceEntry:
    def test_it_has_a_name_a_type_a_start_and_a_duration(self) -> None:
        clock = FakeClock()
        with running_worker(clock=clock):
            clock.advance(0.25)
            entry: PerformanceEntry = performance.mark("a")
            assert (entry.name, entry.entryType) == ("a", "mark")
            assert (entry.startTime, entry.duration) == (250, 0)

    def test_a_worker_has_no_navigation(self) -> None:
        with running_worker():
            assert performance.mark("a").navigationId == 0

    def test_ids_grow_and_are_no_count(self) -> None:
        with running_worker():
            first, second = performance.mark("a").id, performance.mark("a").id
            assert first >= 100 and second > first + 1

    @spec("https://w3c.github.io/performance-timeline/#dom-performanceentry-tojson")
    def test_to_json_has_the_attributes_in_their_order(self) -> None:
        with running_worker():
            entry = performance.mark("a", startTime=3, detail="not of an entry")
            assert list(entry.toJSON().items()) == [
                ("id", entry.id), ("name", "a"), ("entryType", "mark"), ("startTime", 3),
                ("duration", 0), ("navigationId", 0),
            ]  # fmt: skip

    def test_it_cannot_be_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            PerformanceEntry()


@spec("https://w3c.github.io/performance-timeline/#initialize-a-performanceentry")
class TestInitializeAPerformanceEntry:
    @pytest.mark.parametrize("end_time, duration", [(0, 0), (12.5, 2.5)])
    def test_an_end_of_zero_is_none(self, end_time: float, duration: float) -> None:
        entry: PerformanceEntry = new(PerformanceEntry)
        settings_object = current_settings_object()
        initialize_a_performance_entry(entry, settings_object, 10, "mark", "a", end_time)
        assert (entry.startTime, entry.duration, entry.id) == (10, duration, 0)
