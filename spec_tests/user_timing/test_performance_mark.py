"""User Timing, 2.2: the PerformanceMark interface."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.fakes import FakeClock, running_worker
from worker_runtime import DOMException, PerformanceMark, performance

spec = pytest.mark.spec


@spec("https://w3c.github.io/user-timing/#performancemark")
class TestPerformanceMark:
    @spec("https://w3c.github.io/user-timing/#dom-performancemark-constructor")
    def test_it_is_of_now_and_not_in_the_timeline(self) -> None:
        clock = FakeClock()
        with running_worker(clock=clock):
            clock.advance(0.0123456)
            mark = PerformanceMark("a")
            assert mark.startTime == pytest.approx(12.3) and mark.duration == 0
            assert (mark.name, mark.entryType, mark.detail) == ("a", "mark", None)
            assert performance.getEntries() == []

    @spec("https://w3c.github.io/user-timing/#dictdef-performancemarkoptions")
    def test_options_may_be_keywords_or_a_mapping(self) -> None:
        with running_worker():
            assert PerformanceMark("a", startTime=5).startTime == 5
            assert PerformanceMark("a", {"startTime": 0.5}).startTime == 0.5

    @spec("https://w3c.github.io/user-timing/#dom-performancemark-detail")
    def test_its_detail_is_a_copy(self) -> None:
        with running_worker():
            detail: dict[str, Any] = {"list": [1]}
            mark = PerformanceMark("a", detail=detail)
            detail["list"].append(2)
            assert mark.detail == {"list": [1]} and mark.detail is mark.detail

    def test_a_detail_that_cannot_be_copied_is_a_data_clone_error(self) -> None:
        with running_worker(), pytest.raises(DOMException) as raised:
            PerformanceMark("a", detail=lambda: None)
        assert raised.value.name == "DataCloneError"

    @pytest.mark.parametrize("start_time", [-1, float("nan"), float("inf"), "1"])
    def test_a_start_time_is_a_number_that_is_not_negative(self, start_time: Any) -> None:
        with pytest.raises(TypeError):
            PerformanceMark("a", startTime=start_time)

    def test_names_of_performance_timing_are_names_like_any_others_in_a_worker(self) -> None:
        with running_worker():
            assert performance.mark("navigationStart").name == "navigationStart"
