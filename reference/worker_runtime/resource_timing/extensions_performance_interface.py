"""Extensions to the Performance interface: how many fetches a scope remembers.

Resource Timing, 3.4: https://w3c.github.io/resource-timing/#sec-extensions-performance-interface
"""

from __future__ import annotations

from collections import deque
from functools import partial

from ..dom.dispatching_events import fire_an_event
from ..hr_time.performance import Listeners, performance
from ..html.event_handlers import EventHandlerIDLAttribute
from ..html.event_loops import EventLoop
from ..html.settings_objects import (
    EnvironmentSettingsObject,
    current_settings_object,
    queue_a_global_task,
)
from ..performance_timeline.performance_timeline import (
    PerformanceEntryTuple,
    PerformanceTimeline,
    relevant_performance_entry_tuple,
)
from ..webidl.type_mapping import to_integer
from .performance_resource_timing import PerformanceResourceTiming


class ResourceTimingBuffers:
    """The buffer of resources in the timeline of a scope, and the one for what has no room there.

    Part of https://w3c.github.io/resource-timing/#sec-extensions-performance-interface
    """

    __slots__ = (
        "_full_event_loop", "_listeners", "primary", "secondary", "settings_object", "timeline",
    )  # fmt: skip

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        self.settings_object = settings_object
        self.primary: PerformanceEntryTuple = relevant_performance_entry_tuple(
            "resource", settings_object
        )
        self.timeline = settings_object.record(PerformanceTimeline)
        self._listeners = settings_object.record(Listeners)
        self.secondary: deque[PerformanceResourceTiming] = deque()
        # In which event loop the event is to be fired: a loop may end before.
        self._full_event_loop: EventLoop | None = None

    def is_listened_to(self) -> bool:
        """Whether somebody wants to know when the buffer is full."""
        return any(
            listener.type == "resourcetimingbufferfull"
            for listener in self._listeners.event_listener_list
        )

    @property
    def full_event_is_pending(self) -> bool:
        """https://w3c.github.io/resource-timing/#performance-resource-timing-buffer-full-event-pending-flag"""
        return self._full_event_loop is self.settings_object.event_loop

    @full_event_is_pending.setter
    def full_event_is_pending(self, value: bool) -> None:
        self._full_event_loop = self.settings_object.event_loop if value else None


class PerformanceOfResources:
    """Part of https://w3c.github.io/resource-timing/#sec-extensions-performance-interface."""

    __slots__ = ()

    def clearResourceTimings(self) -> None:
        """Remove the entries of all fetches from the timeline.

        https://w3c.github.io/resource-timing/#performance-clearresourcetimings
        """
        relevant_performance_entry_tuple("resource", current_settings_object()).remove(None)

    def setResourceTimingBufferSize(self, maxSize: int) -> None:
        """Let the timeline have so many entries of fetches; those that are there stay.

        https://w3c.github.io/resource-timing/#performance-setresourcetimingbuffersize
        """
        # DEVIATION: by the letter the timeline would go on to count what is beyond 250 as dropped.
        tuple = relevant_performance_entry_tuple("resource", current_settings_object())
        tuple.max_buffer_size = to_integer(maxSize, 32)

    onresourcetimingbufferfull = EventHandlerIDLAttribute()


def can_add_resource_timing_entry(buffers: ResourceTimingBuffers) -> bool:
    """https://w3c.github.io/resource-timing/#dfn-can-add-resource-timing-entry"""
    return len(buffers.primary.buffer) < buffers.primary.max_buffer_size


def add_a_performance_resource_timing_entry(
    buffers: ResourceTimingBuffers, new_entry: PerformanceResourceTiming
) -> None:
    """https://w3c.github.io/resource-timing/#dfn-add-a-PerformanceResourceTiming-entry"""
    if can_add_resource_timing_entry(buffers) and not buffers.full_event_is_pending:
        buffers.primary.buffer.append(new_entry)
        return
    if not buffers.full_event_is_pending:
        buffers.full_event_is_pending = True
        queue_a_global_task(
            "performance timeline",
            buffers.settings_object,
            partial(fire_a_buffer_full_event, buffers),
        )
    buffers.secondary.append(new_entry)


def copy_secondary_buffer(buffers: ResourceTimingBuffers) -> None:
    """https://w3c.github.io/resource-timing/#dfn-copy-secondary-buffer"""
    while buffers.secondary and can_add_resource_timing_entry(buffers):
        buffers.primary.buffer.append(buffers.secondary.popleft())


def fire_a_buffer_full_event(buffers: ResourceTimingBuffers) -> None:
    """What finds no room after that is dropped.

    https://w3c.github.io/resource-timing/#dfn-fire-a-buffer-full-event
    """
    while buffers.secondary:
        number_of_excess_entries_before = len(buffers.secondary)
        if not can_add_resource_timing_entry(buffers):
            fire_an_event("resourcetimingbufferfull", performance)
        copy_secondary_buffer(buffers)
        if number_of_excess_entries_before <= len(buffers.secondary):
            buffers.secondary.clear()
            break
    buffers.full_event_is_pending = False


def drops_what_nobody_would_see(settings_object: EnvironmentSettingsObject) -> bool:
    """Whether there is neither room for an entry, nor anybody who observes them or wants to know
    that there is none. Then it counts as dropped.

    Part of https://w3c.github.io/resource-timing/#dfn-add-a-PerformanceResourceTiming-entry
    """
    # DEVIATION: by the letter such an entry would wait for a task, before which somebody might
    # still make room for it.
    buffers = settings_object.record(ResourceTimingBuffers)
    if (
        can_add_resource_timing_entry(buffers)
        or buffers.timeline.registered_observers
        or "resource" in buffers.timeline.log.entry_types
        or buffers.is_listened_to()
    ):
        return False
    buffers.primary.dropped_entries_count += 1
    return True
