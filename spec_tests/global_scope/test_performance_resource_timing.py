"""PerformanceResourceTiming as a worker sees it."""

from __future__ import annotations

from worker_runtime import PerformanceResourceTiming
from worker_runtime.resource_timing import performance_resource_timing


class TestPerformanceResourceTiming:
    def test_it_is_the_interface_with_what_server_timing_adds(self) -> None:
        assert PerformanceResourceTiming is performance_resource_timing.PerformanceResourceTiming
        assert isinstance(PerformanceResourceTiming.serverTiming, property)
