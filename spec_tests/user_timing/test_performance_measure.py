"""User Timing, 2.3: the PerformanceMeasure interface."""

from __future__ import annotations

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import PerformanceMeasure, performance

spec = pytest.mark.spec


@spec("https://w3c.github.io/user-timing/#performancemeasure")
class TestPerformanceMeasure:
    @pytest.mark.parametrize("start, end, duration", [(1, 3.5, 2.5), (3, 1, -2), (3, 0, -3)])
    def test_its_duration_may_be_negative(self, start: float, end: float, duration: float) -> None:
        with running_worker():
            measure = performance.measure("a", start=start, end=end)
            assert (measure.startTime, measure.duration) == (start, duration)
            assert measure.toJSON()["duration"] == duration

    @spec("https://w3c.github.io/user-timing/#dom-performancemeasure-detail")
    def test_it_has_a_detail(self) -> None:
        with running_worker():
            assert performance.measure("a", start=0, detail=[1]).detail == [1]
            assert performance.measure("a").detail is None

    def test_it_cannot_be_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            PerformanceMeasure()
