"""Performance Timeline: what a scope keeps of what was measured in it, and who observes it.

Performance Timeline, 2: https://w3c.github.io/performance-timeline/#dfn-performance-timeline
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ..host.host import Host
from ..html.event_loops import EventLoop
from ..html.settings_objects import EnvironmentSettingsObject
from .performance_entry import PerformanceEntry

if TYPE_CHECKING:
    from collections.abc import Iterable


class EntryType(NamedTuple):
    """What the registry of entry types says of one.

    Part of https://w3c.github.io/performance-timeline/#performance-entry-buffer-map.
    """

    max_buffer_size: int
    available_from_timeline: bool
    standard_adds: bool
    """Whether the standard that makes such entries adds them to the buffer by its own rules. Where
    it does not, the oldest entry makes room for a new one.
    """


# What the registry says, but for marks and measures, to which it sets no limit.
ENTRY_TYPES = {
    "mark": EntryType(10_000, True, standard_adds=False),
    "measure": EntryType(10_000, True, standard_adds=False),
    "resource": EntryType(250, True, standard_adds=True),
}


class PerformanceEntryTuple:
    """The entries of one type, and how many of them there may be.

    Part of https://w3c.github.io/performance-timeline/#performance-entry-buffer-map.
    """

    __slots__ = (
        "available_from_timeline", "buffer", "dropped_entries_count", "max_buffer_size",
        "standard_adds",
    )  # fmt: skip

    def __init__(self, entry_type: EntryType) -> None:
        self.buffer: deque[PerformanceEntry] = deque()
        self.max_buffer_size = entry_type.max_buffer_size
        self.available_from_timeline = entry_type.available_from_timeline
        self.standard_adds = entry_type.standard_adds
        self.dropped_entries_count = 0

    def remove(self, name: str | None) -> None:
        """Remove the entries of that name, or all if it is None."""
        if name is None:
            self.buffer.clear()
        else:
            self.buffer = deque(entry for entry in self.buffer if entry._name != name)


class Observer(Protocol):
    """A PerformanceObserver, as the timeline sees it.

    Part of https://w3c.github.io/performance-timeline/#registered-performance-observer.
    """

    _observer_callback: Callable[..., Any]
    _observer_buffer: list[PerformanceEntry]
    _requires_dropped_entries: bool


class RegisteredPerformanceObserver:
    """An observer, and the types of entries that it has asked for, each by an observe() of its own
    or all by one.

    https://w3c.github.io/performance-timeline/#registered-performance-observer
    """

    __slots__ = ("entry_types", "observer")

    def __init__(self, observer: Observer, entry_types: Iterable[str]) -> None:
        self.observer = observer
        self.entry_types = dict.fromkeys(entry_types)  # in order


class PerformanceLog:
    """Where people who run a host are told of entries, whatever scope of it they are of. They are
    of the types that were asked for.

    SPEC_NOTES.md#performance-log
    """

    __slots__ = ("entry_types", "write")

    def __init__(self, host: Host) -> None:
        self.entry_types: frozenset[str] = frozenset()
        self.write: Callable[[PerformanceEntry], object] = lambda entry: None


class PerformanceTimeline:
    """What each scope has.

    https://w3c.github.io/performance-timeline/#performance-timeline
    """

    __slots__ = (
        "buffer_map", "last_performance_entry_id", "log", "observer_task_loop",
        "registered_observers",
    )  # fmt: skip

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        # The performance observer task queued flag, and with it in which event loop: a loop may end
        # before its tasks do.
        self.observer_task_loop: EventLoop | None = None
        self.registered_observers: list[RegisteredPerformanceObserver] = []
        self.buffer_map = {
            name: PerformanceEntryTuple(entry_type) for name, entry_type in ENTRY_TYPES.items()
        }
        self.log = settings_object.host.record(PerformanceLog)
        random = int.from_bytes(settings_object.host.entropy.random_bytes(4), "big")
        self.last_performance_entry_id = 100 + random % 9901


def relevant_performance_entry_tuple(
    entry_type: str, settings_object: EnvironmentSettingsObject
) -> PerformanceEntryTuple:
    """https://w3c.github.io/performance-timeline/#relevant-performance-entry-tuple"""
    return settings_object.record(PerformanceTimeline).buffer_map[entry_type]
