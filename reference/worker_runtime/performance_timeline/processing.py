"""Processing: an entry comes into the timeline, and observers are told of it.

Performance Timeline, 5: https://w3c.github.io/performance-timeline/#processing
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from ..html.runtime_script_errors import invoke_and_report
from ..html.settings_objects import EnvironmentSettingsObject, queue_a_global_task
from ..webidl.interfaces import new
from .performance_entry import PerformanceEntry
from .performance_observer_entry_list import PerformanceObserverEntryList
from .performance_timeline import (
    PerformanceEntryTuple,
    PerformanceTimeline,
    RegisteredPerformanceObserver,
)

STEP_OF_IDS = 7  # so that nobody takes them for a count


class PerformanceObserverCallbackOptions(NamedTuple):
    """None: it was told before.

    https://w3c.github.io/performance-timeline/#dictdef-performanceobservercallbackoptions
    """

    droppedEntriesCount: int | None = None


def queue_a_performance_entry(new_entry: PerformanceEntry) -> None:
    """Let an entry be in the timeline of its scope, and let those who observe it know.

    https://w3c.github.io/performance-timeline/#dfn-queue-a-performanceentry
    """
    settings_object = new_entry._settings_object
    timeline = settings_object.record(PerformanceTimeline)
    if not new_entry._id:
        new_entry._id = generate_an_id(timeline)
    entry_type = new_entry._entry_type
    for registered in timeline.registered_observers:
        if entry_type in registered.entry_types:
            registered.observer._observer_buffer.append(new_entry)
    tuple = timeline.buffer_map[entry_type]
    is_buffer_full = determine_if_a_performance_entry_buffer_is_full(tuple)
    # DEVIATION: by the letter an entry would come into its buffer twice, here and by the step of
    # the standard that made it. And marks and measures have no limit there; but a server runs for
    # long, so that the oldest make room.
    if not tuple.standard_adds:
        if is_buffer_full:
            tuple.buffer.popleft()
        tuple.buffer.append(new_entry)
    if timeline.registered_observers:
        queue_the_performance_observer_task(settings_object)
    if entry_type in timeline.log.entry_types:
        timeline.log.write(new_entry)


def generate_an_id(timeline: PerformanceTimeline) -> int:
    """https://w3c.github.io/performance-timeline/#generate-an-id"""
    timeline.last_performance_entry_id += STEP_OF_IDS
    return timeline.last_performance_entry_id


def determine_if_a_performance_entry_buffer_is_full(tuple: PerformanceEntryTuple) -> bool:
    """If it is, an entry is dropped, which is counted.

    https://w3c.github.io/performance-timeline/#dfn-determine-if-a-performance-entry-buffer-is-full
    """
    if len(tuple.buffer) < tuple.max_buffer_size:
        return False
    tuple.dropped_entries_count += 1
    return True


def queue_the_performance_observer_task(settings_object: EnvironmentSettingsObject) -> None:
    """Without an event loop the entries wait for `takeRecords`, or for the next one with a loop.

    https://w3c.github.io/performance-timeline/#dfn-queue-the-performanceobserver-task
    """
    timeline = settings_object.record(PerformanceTimeline)
    try:
        event_loop = settings_object.event_loop
    except RuntimeError:
        return
    if timeline.observer_task_loop is not event_loop:
        timeline.observer_task_loop = event_loop
        queue_a_global_task(
            "performance timeline", settings_object, partial(_tell_observers, timeline)
        )


def _tell_observers(timeline: PerformanceTimeline) -> None:
    timeline.observer_task_loop = None
    for registered in timeline.registered_observers.copy():
        observer = registered.observer
        entries = observer._observer_buffer
        if not entries:
            continue
        observer._observer_buffer = []
        entry_list: PerformanceObserverEntryList = new(PerformanceObserverEntryList)
        entry_list._entry_list = entries
        dropped_entries_count = None
        if observer._requires_dropped_entries:
            dropped_entries_count = dropped_entries_of(timeline, registered)
            observer._requires_dropped_entries = False
        options = PerformanceObserverCallbackOptions(dropped_entries_count)
        invoke_and_report(observer._observer_callback, entry_list, observer, options)


def dropped_entries_of(
    timeline: PerformanceTimeline, registered: RegisteredPerformanceObserver
) -> int:
    """How many entries of the types that it observes are not in the timeline any more, or never
    were.

    Part of https://w3c.github.io/performance-timeline/#dfn-queue-the-performanceobserver-task
    """
    return sum(timeline.buffer_map[type].dropped_entries_count for type in registered.entry_types)
