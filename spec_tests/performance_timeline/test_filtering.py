"""Performance Timeline, 5.4 and 5.5: filtering."""

from __future__ import annotations

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import performance
from worker_runtime.performance_timeline.filtering import (
    filter_buffer_by_name_and_type,
    filter_buffer_map_by_name_and_type,
)
from worker_runtime.performance_timeline.performance_timeline import (
    relevant_performance_entry_tuple,
)

spec = pytest.mark.spec


@spec("https://w3c.github.io/performance-timeline/#dfn-filter-buffer-map-by-name-and-type")
class TestFilterBufferMapByNameAndType:
    def test_entries_of_all_types_are_in_the_order_of_their_start(self) -> None:
        with running_worker() as worker:
            late, early = performance.mark("a", startTime=9), performance.mark("b", startTime=1)
            between = performance.measure("a", start=5, end=6)
            scope = worker.settings_object
            filter = filter_buffer_map_by_name_and_type
            assert filter(scope, None, None) == [early, between, late]
            assert filter(scope, "a", None) == [between, late]
            assert filter(scope, "a", "mark") == [late]
            assert filter(scope, None, "nothing") == filter(scope, "c", None) == []

    def test_what_is_not_available_from_the_timeline_is_not_there(self) -> None:
        with running_worker() as worker:
            performance.mark("a")
            tuple = relevant_performance_entry_tuple("mark", worker.settings_object)
            tuple.available_from_timeline = False
            assert filter_buffer_map_by_name_and_type(worker.settings_object, None, None) == []


@spec("https://w3c.github.io/performance-timeline/#dfn-filter-buffer-by-name-and-type")
class TestFilterBufferByNameAndType:
    def test_entries_of_one_moment_keep_their_order(self) -> None:
        with running_worker():
            marks = [performance.mark(name, startTime=1) for name in "cab"]
            assert filter_buffer_by_name_and_type(marks, None, None) == marks
            assert filter_buffer_by_name_and_type(marks, "a", "mark") == [marks[1]]
            assert filter_buffer_by_name_and_type(marks, None, "measure") == []
