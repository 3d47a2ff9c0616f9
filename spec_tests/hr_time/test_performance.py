"""High Resolution Time, 7."""

from __future__ import annotations

import time

import pytest

from spec_tests.fakes import FakeClock, running_worker
from worker_runtime import Event, EventTarget, Performance, performance

spec = pytest.mark.spec


@spec("https://w3c.github.io/hr-time/#dom-performance")
class TestPerformance:
    def test_now_counts_from_the_scopes_time_origin(self) -> None:
        clock = FakeClock()
        with running_worker(clock=clock):
            assert performance.now() == 0
            clock.advance(0.25)
            assert performance.now() == 250

    def test_time_origin_and_now_make_the_time_of_day(self) -> None:
        clock = FakeClock(wall=1_000_000)
        with running_worker(clock=clock):
            clock.advance(1)
            assert performance.timeOrigin + performance.now() == pytest.approx(clock.wall() * 1000)

    def test_works_in_a_plain_script_and_never_goes_back(self) -> None:
        times = [performance.now() for _ in range(1000)]
        assert times == sorted(times)
        assert abs(performance.timeOrigin + performance.now() - time.time() * 1000) < 60_000

    @spec("https://w3c.github.io/hr-time/#dom-performance-tojson")
    def test_to_json_has_the_attributes(self) -> None:
        assert performance.toJSON() == {"timeOrigin": performance.timeOrigin}

    def test_is_an_event_target(self) -> None:
        seen: list[Event] = []
        performance.addEventListener("x", seen.append, once=True)
        performance.dispatchEvent(Event("x"))
        assert isinstance(performance, EventTarget) and len(seen) == 1

    def test_cannot_be_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            Performance()
