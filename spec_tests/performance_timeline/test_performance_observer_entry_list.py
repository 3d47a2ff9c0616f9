"""Performance Timeline, 4.2.2: the PerformanceObserverEntryList interface."""

from __future__ import annotations

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import PerformanceObserverEntryList, performance
from worker_runtime.webidl.interfaces import new

spec = pytest.mark.spec


@spec("https://w3c.github.io/performance-timeline/#performanceobserverentrylist")
class TestPerformanceObserverEntryList:
    def test_it_has_entries_by_type_and_by_name(self) -> None:
        with running_worker():
            list: PerformanceObserverEntryList = new(PerformanceObserverEntryList)
            late, early = performance.mark("a", startTime=2), performance.mark("b", startTime=1)
            measure = performance.measure("a", start=0, end=1)
            list._entry_list = [late, early, measure]
            assert list.getEntries() == [measure, early, late]
            assert list.getEntriesByType("mark") == [early, late]
            assert list.getEntriesByName("a") == [measure, late]
            assert list.getEntriesByName("a", "mark") == [late]
            assert list.getEntriesByType("Mark") == []

    def test_it_cannot_be_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            PerformanceObserverEntryList()
