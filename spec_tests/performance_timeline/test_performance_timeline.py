"""Performance Timeline, 2: what a scope keeps."""

from __future__ import annotations

import pytest

from spec_tests.fakes import FakeClock, running_in, running_worker
from worker_runtime import performance
from worker_runtime.html.settings_objects import current_settings_object
from worker_runtime.performance_timeline.performance_entry import PerformanceEntry
from worker_runtime.performance_timeline.performance_timeline import (
    ENTRY_TYPES,
    PerformanceLog,
    PerformanceTimeline,
    RegisteredPerformanceObserver,
    relevant_performance_entry_tuple,
)

spec = pytest.mark.spec


@spec("https://w3c.github.io/performance-timeline/#performance-timeline")
class TestPerformanceTimeline:
    def test_each_scope_has_its_own(self) -> None:
        clock = FakeClock()
        with running_worker(clock=clock) as first:
            performance.mark("a")
            clock.advance(1)
            with running_worker("https://other.example/", clock=clock):
                assert performance.getEntries() == []
                assert performance.mark("b").startTime == 0
            with running_in(first.settings_object):
                assert [entry.name for entry in performance.getEntries()] == ["a"]
                assert performance.mark("c").startTime == 1000

    def test_ids_begin_anywhere_from_100_to_10000(self) -> None:
        firsts = set()
        for _ in range(20):
            with running_worker():
                timeline = current_settings_object().record(PerformanceTimeline)
                firsts.add(timeline.last_performance_entry_id)
        assert len(firsts) > 1 and all(100 <= first <= 10_000 for first in firsts)


@spec("https://w3c.github.io/performance-timeline/#relevant-performance-entry-tuple")
class TestRelevantPerformanceEntryTuple:
    def test_is_the_one_of_that_type_and_scope(self) -> None:
        with running_worker() as worker:
            mark = performance.mark("a")
            tuple = relevant_performance_entry_tuple("mark", worker.settings_object)
            assert list(tuple.buffer) == [mark]
            assert tuple.max_buffer_size == ENTRY_TYPES["mark"].max_buffer_size
            assert not relevant_performance_entry_tuple("resource", worker.settings_object).buffer


@spec("https://w3c.github.io/performance-timeline/#registered-performance-observer")
class TestRegisteredPerformanceObserver:
    def test_it_keeps_the_order_of_its_types(self) -> None:
        registered = RegisteredPerformanceObserver(None, ["b", "a", "b"])  # type: ignore[arg-type]
        assert list(registered.entry_types) == ["b", "a"]


@spec("SPEC_NOTES.md#performance-log")
class TestPerformanceLog:
    def test_it_is_told_of_the_types_that_are_asked_for_in_any_scope_of_the_host(self) -> None:
        with running_worker() as worker:
            told: list[PerformanceEntry] = []
            log = worker.host.record(PerformanceLog)
            log.entry_types, log.write = frozenset({"measure"}), told.append
            performance.mark("a")
            measure = performance.measure("b", "a")
            assert told == [measure]
