"""Performance Timeline, 2.1: extensions to the Performance interface."""

from __future__ import annotations

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import performance

spec = pytest.mark.spec


@spec("https://w3c.github.io/performance-timeline/#extensions-to-the-performance-interface")
class TestPerformance:
    @spec("https://w3c.github.io/performance-timeline/#dom-performance-getentries")
    def test_get_entries_returns_a_list_of_its_own(self) -> None:
        with running_worker():
            mark = performance.mark("a")
            performance.getEntries().clear()
            assert performance.getEntries() == [mark]

    @spec("https://w3c.github.io/performance-timeline/#dom-performance-getentriesbytype")
    def test_types_are_compared_to_the_letter(self) -> None:
        with running_worker():
            mark = performance.mark("a")
            assert performance.getEntriesByType("mark") == [mark]
            assert performance.getEntriesByType("Mark") == []

    @spec("https://w3c.github.io/performance-timeline/#dom-performance-getentriesbyname")
    def test_names_may_go_with_a_type(self) -> None:
        with running_worker():
            mark, measure = performance.mark("a"), performance.measure("a", start=0, end=0)
            assert performance.getEntriesByName("a", "mark") == [mark]
            assert set(performance.getEntriesByName("a")) == {mark, measure}
            assert performance.getEntriesByName("A") == []
            with pytest.raises(TypeError):
                performance.getEntriesByName(None)  # type: ignore[arg-type]
