"""Performance as a worker sees it."""

from __future__ import annotations

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import Performance, globalThis, performance

spec = pytest.mark.spec


@spec("https://w3c.github.io/hr-time/#dom-windoworworkerglobalscope-performance")
class TestPerformance:
    def test_the_standards_about_performance_add_to_it(self) -> None:
        with running_worker():
            assert globalThis.performance is performance and type(performance) is Performance
            for name in (
                "now", "timeOrigin", "toJSON", "getEntries", "getEntriesByType",
                "getEntriesByName", "mark", "measure", "clearMarks", "clearMeasures",
                "clearResourceTimings", "setResourceTimingBufferSize",
                "onresourcetimingbufferfull",
            ):  # fmt: skip
                assert hasattr(Performance, name)
            assert performance.toJSON().keys() == {"timeOrigin"}
