"""Performance Timeline, 5: processing."""

from __future__ import annotations

import asyncio

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import PerformanceObserver, PerformanceObserverEntryList, performance
from worker_runtime.html.settings_objects import terminate_a_worker
from worker_runtime.performance_timeline.performance_timeline import (
    ENTRY_TYPES,
    PerformanceTimeline,
    relevant_performance_entry_tuple,
)
from worker_runtime.performance_timeline.processing import (
    PerformanceObserverCallbackOptions,
    determine_if_a_performance_entry_buffer_is_full,
    generate_an_id,
    queue_a_performance_entry,
)
from worker_runtime.user_timing.performance_mark import PerformanceMark

spec = pytest.mark.spec


@spec("https://w3c.github.io/performance-timeline/#dfn-queue-a-performanceentry")
class TestQueueAPerformanceEntry:
    def test_it_is_in_the_timeline_once_and_has_an_id(self) -> None:
        with running_worker():
            entry = PerformanceMark("a")
            queue_a_performance_entry(entry)
            assert performance.getEntries() == [entry] and entry.id

    def test_an_id_stays(self) -> None:
        with running_worker():
            entry = performance.mark("a")
            id = entry.id
            queue_a_performance_entry(entry)
            assert entry.id == id

    def test_a_full_buffer_keeps_the_newest_and_counts_the_others(self) -> None:
        with running_worker() as worker:
            tuple = relevant_performance_entry_tuple("mark", worker.settings_object)
            tuple.max_buffer_size = 3
            for number in range(5):
                performance.mark(str(number))
            assert [entry.name for entry in performance.getEntries()] == ["2", "3", "4"]
            assert tuple.dropped_entries_count == 2
            assert performance.measure("a", "4").startTime == performance.mark("x").startTime

    def test_marks_and_measures_are_bounded(self) -> None:
        most = ENTRY_TYPES["mark"].max_buffer_size
        with running_worker():
            for _ in range(most + 100):
                performance.mark("a")
            assert len(performance.getEntriesByType("mark")) == most


@spec("https://w3c.github.io/performance-timeline/#generate-an-id")
class TestGenerateAnId:
    def test_ids_differ(self) -> None:
        with running_worker() as worker:
            timeline = worker.settings_object.record(PerformanceTimeline)
            assert len({generate_an_id(timeline) for _ in range(100)}) == 100


@spec(
    "https://w3c.github.io/performance-timeline/#dfn-determine-if-a-performance-entry-buffer-is-full"
)
class TestDetermineIfAPerformanceEntryBufferIsFull:
    def test_each_question_to_a_full_buffer_is_a_dropped_entry(self) -> None:
        with running_worker() as worker:
            tuple = relevant_performance_entry_tuple("mark", worker.settings_object)
            assert not determine_if_a_performance_entry_buffer_is_full(tuple)
            tuple.max_buffer_size = 0
            assert determine_if_a_performance_entry_buffer_is_full(tuple)
            assert determine_if_a_performance_entry_buffer_is_full(tuple)
            assert tuple.dropped_entries_count == 2


@spec("https://w3c.github.io/performance-timeline/#dfn-queue-the-performanceobserver-task")
class TestQueueThePerformanceObserverTask:
    async def test_all_entries_of_a_turn_come_together(self) -> None:
        with running_worker():
            told: list[list[str]] = []
            observer = PerformanceObserver(
                lambda list: told.append([entry.name for entry in list.getEntries()])
            )
            observer.observe(entryTypes=["mark"])
            performance.mark("a")
            performance.mark("b")
            assert told == []
            await asyncio.sleep(0)
            performance.mark("c")
            await asyncio.sleep(0)
            assert told == [["a", "b"], ["c"]]

    @spec("https://w3c.github.io/performance-timeline/#dictdef-performanceobservercallbackoptions")
    async def test_dropped_entries_are_told_once_for_each_observe(self) -> None:
        with running_worker() as worker:
            relevant_performance_entry_tuple("mark", worker.settings_object).max_buffer_size = 1
            performance.mark("a")
            performance.mark("b")
            counts: list[int | None] = []

            def callback(
                list: PerformanceObserverEntryList,
                observer: PerformanceObserver,
                options: PerformanceObserverCallbackOptions,
            ) -> None:
                counts.append(options.droppedEntriesCount)

            observer = PerformanceObserver(callback)
            observer.observe(type="mark", buffered=True)
            await asyncio.sleep(0)
            performance.measure("m")
            performance.mark("c")
            await asyncio.sleep(0)
            observer.observe(type="measure")
            performance.mark("d")
            await asyncio.sleep(0)
            assert counts == [1, None, 3]

    async def test_what_a_callback_raises_is_reported_and_the_others_are_called(self) -> None:
        with running_worker() as worker:
            told: list[object] = []
            failing = PerformanceObserver(lambda list: 1 / 0)
            failing.observe(type="mark")
            PerformanceObserver(lambda list: told.append(list)).observe(type="mark")
            performance.mark("a")
            await asyncio.sleep(0)
            assert len(told) == 1
            assert isinstance(worker.reports[0][0], ZeroDivisionError)

    async def test_a_callback_may_be_a_coroutine(self) -> None:
        with running_worker():
            told: list[str] = []

            async def callback(list: PerformanceObserverEntryList) -> None:
                await asyncio.sleep(0)
                told.append(list.getEntries()[0].name)

            PerformanceObserver(callback).observe(type="mark")
            performance.mark("a")
            for _ in range(4):
                await asyncio.sleep(0)
            assert told == ["a"]

    async def test_nothing_is_called_when_the_scope_has_ended(self) -> None:
        with running_worker() as worker:
            told: list[object] = []
            PerformanceObserver(told.append).observe(type="mark")
            terminate_a_worker(worker.settings_object)
            performance.mark("a")
            await asyncio.sleep(0)
            assert told == []

    def test_without_a_loop_entries_wait_for_the_next_one_with_a_loop(self) -> None:
        told: list[list[str]] = []
        observer = PerformanceObserver(
            lambda list: told.append([entry.name for entry in list.getEntries()])
        )
        observer.observe(type="mark")
        try:
            performance.mark("a")

            async def main(name: str) -> None:
                performance.mark(name)
                await asyncio.sleep(0)

            asyncio.run(main("b"))
            asyncio.run(main("c"))
            assert told == [["a", "b"], ["c"]]
        finally:
            observer.disconnect()
            performance.clearMarks()
