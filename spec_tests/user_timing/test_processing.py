"""User Timing, 3: processing."""

from __future__ import annotations

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import DOMException, performance
from worker_runtime.user_timing.processing import (
    NAMES_OF_PERFORMANCE_TIMING,
    convert_a_mark_to_a_timestamp,
    convert_a_name_to_a_timestamp,
)

spec = pytest.mark.spec


@spec("https://w3c.github.io/user-timing/#convert-a-mark-to-a-timestamp")
class TestConvertAMarkToATimestamp:
    def test_it_is_the_last_mark_of_that_name(self) -> None:
        with running_worker() as worker:
            for time in (5, 1, 3):
                performance.mark("a", startTime=time)
            assert convert_a_mark_to_a_timestamp("a", worker.settings_object) == 3

    def test_a_time_is_itself_and_not_negative(self) -> None:
        with running_worker() as worker:
            assert convert_a_mark_to_a_timestamp(1.5, worker.settings_object) == 1.5
            with pytest.raises(TypeError, match="not negative"):
                convert_a_mark_to_a_timestamp(-1.5, worker.settings_object)

    def test_without_such_a_mark_it_is_a_syntax_error(self) -> None:
        with running_worker() as worker, pytest.raises(DOMException) as raised:
            performance.measure("a")
            convert_a_mark_to_a_timestamp("a", worker.settings_object)
        assert raised.value.name == "SyntaxError"


@spec("https://w3c.github.io/user-timing/#convert-a-name-to-a-timestamp")
class TestConvertANameToATimestamp:
    @pytest.mark.parametrize("name", sorted(NAMES_OF_PERFORMANCE_TIMING))
    def test_only_a_window_has_one(self, name: str) -> None:
        with running_worker() as worker:
            performance.mark(name)
            with pytest.raises(TypeError, match="worker"):
                convert_a_mark_to_a_timestamp(name, worker.settings_object)
            with pytest.raises(TypeError, match="worker"):
                convert_a_name_to_a_timestamp(name)
