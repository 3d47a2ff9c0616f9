"""High Resolution Time, 2 to 4."""

from __future__ import annotations

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime.host.host import Host
from worker_runtime.hr_time.time_origin import (
    coarsen_time,
    current_high_resolution_time,
    estimated_monotonic_time_of_the_unix_epoch,
    get_time_origin_timestamp,
    relative_high_resolution_coarse_time,
    relative_high_resolution_time,
    unsafe_shared_current_time,
)
from worker_runtime.html.settings_objects import EnvironmentSettingsObject

spec = pytest.mark.spec


@spec("https://w3c.github.io/hr-time/#dfn-coarsen-time")
class TestCoarsenTime:
    @pytest.mark.parametrize(
        "time, coarse", [(12.3499, 12.3), (12.3, 12.3), (0.0999, 0.0), (-0.01, -0.1)]
    )
    def test_is_no_finer_than_100_microseconds(self, time: float, coarse: float) -> None:
        assert coarsen_time(time) == coarse

    @pytest.mark.parametrize("time, coarse", [(12.3499, 12.345), (0.0049, 0.0)])
    def test_or_5_with_the_cross_origin_isolated_capability(
        self, time: float, coarse: float
    ) -> None:
        assert coarsen_time(time, True) == coarse

    def test_keeps_the_order(self) -> None:
        times = [coarsen_time(number * 0.013) for number in range(1000)]
        assert times == sorted(times)


@spec("https://w3c.github.io/hr-time/#dfn-unsafe-shared-current-time")
class TestUnsafeSharedCurrentTime:
    def test_is_in_milliseconds(self) -> None:
        assert unsafe_shared_current_time(FakeClock(monotonic=1.5)) == 1500


@spec("https://w3c.github.io/hr-time/#dfn-current-high-resolution-time")
class TestCurrentHighResolutionTime:
    def test_counts_from_the_time_origin_whatever_the_wall_clock_does(self) -> None:
        clock = FakeClock()
        settings_object = EnvironmentSettingsObject(Host(clock=clock))
        clock.advance(2)
        clock.wall_at_zero -= 3600
        assert current_high_resolution_time(settings_object) == 2000


@spec("https://w3c.github.io/hr-time/#dfn-relative-high-resolution-time")
class TestRelativeHighResolutionTime:
    @pytest.mark.parametrize("isolated, time", [(False, 100.1), (True, 100.12)])
    def test_is_as_coarse_as_the_scope_is_isolated(self, isolated: bool, time: float) -> None:
        settings_object = EnvironmentSettingsObject(
            Host(clock=FakeClock(monotonic=1)), cross_origin_isolated_capability=isolated
        )
        assert relative_high_resolution_time(1100.1234, settings_object) == pytest.approx(time)


@spec("https://w3c.github.io/hr-time/#dfn-relative-high-resolution-coarse-time")
class TestRelativeHighResolutionCoarseTime:
    def test_may_be_negative(self) -> None:
        settings_object = EnvironmentSettingsObject(Host(clock=FakeClock(monotonic=1)))
        assert relative_high_resolution_coarse_time(900, settings_object) == -100


@spec("https://w3c.github.io/hr-time/#estimated-monotonic-time-of-the-unix-epoch")
class TestEstimatedMonotonicTimeOfTheUnixEpoch:
    def test_is_one_for_all_scopes_of_a_host(self) -> None:
        clock = FakeClock(monotonic=10, wall=1000)
        host = Host(clock=clock)
        first, second = EnvironmentSettingsObject(host), EnvironmentSettingsObject(host)
        assert get_time_origin_timestamp(first) == 1_000_000
        clock.wall_at_zero += 3600
        assert get_time_origin_timestamp(second) == 1_000_000
        assert estimated_monotonic_time_of_the_unix_epoch(host) == -4_590_000


@spec("https://w3c.github.io/hr-time/#get-time-origin-timestamp")
class TestGetTimeOriginTimestamp:
    def test_is_the_wall_clocks_time_at_the_time_origin(self) -> None:
        clock = FakeClock(monotonic=10, wall=1000)
        settings_object = EnvironmentSettingsObject(Host(clock=clock))
        clock.advance(5)
        assert get_time_origin_timestamp(settings_object) == 1_000_000
