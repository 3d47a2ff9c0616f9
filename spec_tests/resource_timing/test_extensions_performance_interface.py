"""Resource Timing, 3.4: extensions to the Performance interface."""

from __future__ import annotations

import asyncio

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import Event, PerformanceEntry, PerformanceObserver, performance
from worker_runtime.fetch.timing_info import FetchTimingInfo, ResponseBodyInfo
from worker_runtime.html.settings_objects import current_settings_object
from worker_runtime.performance_timeline.performance_timeline import PerformanceLog
from worker_runtime.resource_timing.creating_a_resource_timing_entry import mark_resource_timing
from worker_runtime.resource_timing.extensions_performance_interface import (
    ResourceTimingBuffers,
    can_add_resource_timing_entry,
    copy_secondary_buffer,
    drops_what_nobody_would_see,
    fire_a_buffer_full_event,
)

spec = pytest.mark.spec


def add(names: str) -> None:
    """As if each had been fetched."""
    for name in names:
        mark_resource_timing(
            FetchTimingInfo(1000), name, "fetch", current_settings_object(), "",
            ResponseBodyInfo(), 200,
        )  # fmt: skip


def names() -> str:
    return "".join(entry.name for entry in performance.getEntriesByType("resource"))


def buffers() -> ResourceTimingBuffers:
    return current_settings_object().record(ResourceTimingBuffers)


@spec("https://w3c.github.io/resource-timing/#sec-extensions-performance-interface")
class TestPerformance:
    @spec("https://w3c.github.io/resource-timing/#performance-clearresourcetimings")
    async def test_clear_resource_timings_leaves_marks_alone(self) -> None:
        with running_worker():
            performance.mark("m")
            add("ab")
            performance.clearResourceTimings()
            assert [entry.name for entry in performance.getEntries()] == ["m"]
            add("c")
            assert names() == "c"

    @spec("https://w3c.github.io/resource-timing/#performance-setresourcetimingbuffersize")
    async def test_a_smaller_buffer_keeps_what_is_there(self) -> None:
        with running_worker():
            add("ab")
            performance.setResourceTimingBufferSize(1)
            add("c")
            await asyncio.sleep(0)
            assert names() == "ab"

    @spec("https://w3c.github.io/resource-timing/#performance-setresourcetimingbuffersize")
    async def test_its_size_says_how_many_have_been_dropped(self) -> None:
        told: list[int | None] = []
        with running_worker():
            performance.setResourceTimingBufferSize(1)
            observer = PerformanceObserver(
                lambda list, observer, options: told.append(options.droppedEntriesCount)
            )
            observer.observe(type="resource")
            add("abc")
            await asyncio.sleep(0)
        assert told == [2]

    async def test_there_are_250_at_first(self) -> None:
        with running_worker():
            add("x" * 300)
            await asyncio.sleep(0)
            assert names() == "x" * 250


@spec("https://w3c.github.io/resource-timing/#dfn-can-add-resource-timing-entry")
class TestCanAddResourceTimingEntry:
    async def test_while_there_is_room(self) -> None:
        with running_worker():
            performance.setResourceTimingBufferSize(1)
            assert can_add_resource_timing_entry(buffers())
            add("a")
            assert not can_add_resource_timing_entry(buffers())


@spec("https://w3c.github.io/resource-timing/#dfn-add-a-PerformanceResourceTiming-entry")
class TestAddAPerformanceResourceTimingEntry:
    @spec(
        "https://w3c.github.io/resource-timing/#performance-resource-timing-buffer-full-event-pending-flag"
    )
    async def test_what_has_no_room_waits_for_the_event(self) -> None:
        with running_worker():
            performance.setResourceTimingBufferSize(1)
            add("ab")
            assert names() == "a" and buffers().full_event_is_pending
            assert [entry.name for entry in buffers().secondary] == ["b"]
            performance.clearResourceTimings()
            add("c")  # It comes after "b", though there is room.
            assert names() == ""
            performance.setResourceTimingBufferSize(9)
            await asyncio.sleep(0)
            assert names() == "bc" and not buffers().full_event_is_pending

    async def test_each_entry_that_finds_no_room_counts_as_dropped(self) -> None:
        with running_worker():
            performance.setResourceTimingBufferSize(1)
            add("abc")
            assert buffers().primary.dropped_entries_count == 2

    async def test_nobody_is_asked_to_make_what_nobody_would_see(self) -> None:
        with running_worker() as worker:
            scope = worker.settings_object
            performance.setResourceTimingBufferSize(0)
            assert drops_what_nobody_would_see(scope)
            assert buffers().primary.dropped_entries_count == 1
            observer = PerformanceObserver(print)
            observer.observe(type="resource")
            assert not drops_what_nobody_would_see(scope)
            observer.disconnect()
            performance.onresourcetimingbufferfull = print
            assert not drops_what_nobody_would_see(scope)
            performance.onresourcetimingbufferfull = None
            worker.host.record(PerformanceLog).entry_types = frozenset({"resource"})
            assert not drops_what_nobody_would_see(scope)
            worker.host.record(PerformanceLog).entry_types = frozenset()
            assert drops_what_nobody_would_see(scope)
            performance.setResourceTimingBufferSize(1)
            assert not drops_what_nobody_would_see(scope)

    async def test_observers_see_what_finds_no_room(self) -> None:
        with running_worker():
            performance.setResourceTimingBufferSize(0)
            told: list[PerformanceEntry] = []
            observer = PerformanceObserver(lambda list: told.extend(list.getEntries()))
            observer.observe(type="resource")
            add("a")
            await asyncio.sleep(0)
            assert [entry.name for entry in told] == ["a"] and names() == ""


@spec("https://w3c.github.io/resource-timing/#dfn-copy-secondary-buffer")
class TestCopySecondaryBuffer:
    async def test_the_oldest_come_first_while_there_is_room(self) -> None:
        with running_worker():
            performance.setResourceTimingBufferSize(0)
            add("abc")
            performance.setResourceTimingBufferSize(2)
            copy_secondary_buffer(buffers())
            assert names() == "ab"
            assert [entry.name for entry in buffers().secondary] == ["c"]


@spec("https://w3c.github.io/resource-timing/#dfn-fire-a-buffer-full-event")
class TestFireABufferFullEvent:
    @pytest.mark.parametrize(
        "steps, events, left",
        [
            ("nothing", 1, "a"),
            ("resize 4", 1, "abcd"),
            ("clear", 3, "d"),
            ("add x", 1, "a"),
            ("resize 3, add x", 2, "abc"),
        ],
    )
    async def test_who_listens_may_make_room(self, steps: str, events: int, left: str) -> None:
        told: list[Event] = []

        def listener(event: Event) -> None:
            told.append(event)
            if "clear" in steps:
                performance.clearResourceTimings()
            if "resize" in steps:
                performance.setResourceTimingBufferSize(int(steps[7]))
            if "add" in steps:
                add("x")

        with running_worker():
            performance.setResourceTimingBufferSize(1)
            performance.onresourcetimingbufferfull = listener
            add("abcd")
            await asyncio.sleep(0)
            assert names() == left and len(told) == events
            assert told[0].type == "resourcetimingbufferfull" and told[0].target is performance
            assert not buffers().secondary and not buffers().full_event_is_pending

    async def test_there_is_no_event_if_room_was_made_before(self) -> None:
        with running_worker():
            told: list[Event] = []
            performance.addEventListener("resourcetimingbufferfull", told.append)
            performance.setResourceTimingBufferSize(1)
            add("ab")
            performance.setResourceTimingBufferSize(2)
            fire_a_buffer_full_event(buffers())
            assert names() == "ab" and told == []
