"""Server Timing, 3: the PerformanceServerTiming interface."""

from __future__ import annotations

import pytest

from worker_runtime import PerformanceServerTiming
from worker_runtime.webidl.interfaces import new

spec = pytest.mark.spec


def metric_with(**params: str) -> PerformanceServerTiming:
    metric: PerformanceServerTiming = new(PerformanceServerTiming)
    metric._metric_name, metric._params = "db", params
    return metric


@spec("https://w3c.github.io/server-timing/#performanceservertiming")
class TestPerformanceServerTiming:
    @spec("https://w3c.github.io/server-timing/#dom-performanceservertiming-name")
    @spec("https://w3c.github.io/server-timing/#dom-performanceservertiming-description")
    @spec("https://w3c.github.io/server-timing/#dom-performanceservertiming-tojson")
    def test_it_has_a_name_a_duration_and_a_description(self) -> None:
        metric = metric_with(dur="53.2", desc="Read", other="x")
        assert (metric.name, metric.duration, metric.description) == ("db", 53.2, "Read")
        assert metric.toJSON() == {"name": "db", "duration": 53.2, "description": "Read"}
        assert metric_with().toJSON() == {"name": "db", "duration": 0, "description": ""}

    @spec("https://w3c.github.io/server-timing/#dom-performanceservertiming-duration")
    @pytest.mark.parametrize(
        "dur, duration",
        [
            ("1", 1), ("-1.5", -1.5), ("+.5", 0.5), ("1.", 1), ("1e2", 100), ("1.e2", 100),
            (" \t2ms", 2), ("1e", 1), ("", 0), (".", 0), ("e2", 0), ("x1", 0), ("1e999", 0),
            ("-", 0), ("Infinity", 0), ("\u0661", 0), ("0x10", 0),
        ],
    )  # fmt: skip
    def test_its_duration_is_the_number_that_dur_begins_with(
        self, dur: str, duration: float
    ) -> None:
        assert metric_with(dur=dur).duration == duration

    def test_it_cannot_be_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            PerformanceServerTiming()
