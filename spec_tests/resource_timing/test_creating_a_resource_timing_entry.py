"""Resource Timing, 4: creating a resource timing entry."""

from __future__ import annotations

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import PerformanceObserver, PerformanceResourceTiming, performance
from worker_runtime.fetch.timing_info import FetchTimingInfo, ResponseBodyInfo
from worker_runtime.resource_timing.creating_a_resource_timing_entry import mark_resource_timing

spec = pytest.mark.spec


@spec("https://w3c.github.io/resource-timing/#mark-resource-timing")
class TestMarkResourceTiming:
    async def test_it_is_in_the_timeline_of_the_scope_once_and_observed(self) -> None:
        with running_worker() as worker:
            observer = PerformanceObserver(print)
            observer.observe(type="resource")
            mark_resource_timing(
                FetchTimingInfo(1000.5), "https://a.example/", "other", worker.settings_object,
                "local", ResponseBodyInfo(), 203,
            )  # fmt: skip
            [entry] = performance.getEntries()
            assert isinstance(entry, PerformanceResourceTiming) and entry.id
            assert (entry.startTime, entry.name) == (500, "https://a.example/")
            assert (entry.initiatorType, entry.deliveryType) == ("other", "cache")
            assert entry.responseStatus == 203
            assert observer.takeRecords() == [entry]
            observer.disconnect()
