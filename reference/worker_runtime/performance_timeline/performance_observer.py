"""The PerformanceObserver interface: a callback for what is measured.

Performance Timeline, 4:
https://w3c.github.io/performance-timeline/#the-performanceobserver-interface
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypedDict, Unpack

from ..html.settings_objects import EnvironmentSettingsObject, current_settings_object
from ..webidl.callback_function_types import refuse_what_was_called, to_callback_function
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import DOMException
from ..webidl.type_mapping import to_dom_string
from .performance_entry import PerformanceEntry
from .performance_timeline import ENTRY_TYPES, PerformanceTimeline, RegisteredPerformanceObserver
from .processing import queue_the_performance_observer_task


class PerformanceObserverInit(TypedDict, total=False):
    """Either several types, or one, with or without what is in the timeline already.

    https://w3c.github.io/performance-timeline/#dictdef-performanceobserverinit
    """

    entryTypes: Iterable[str]
    type: str
    buffered: bool


class PerformanceObserver:
    """https://w3c.github.io/performance-timeline/#performanceobserver"""

    __slots__ = (
        "__weakref__", "_observer_buffer", "_observer_callback", "_observer_type",
        "_requires_dropped_entries", "_settings_object",
    )  # fmt: skip

    # https://w3c.github.io/performance-timeline/#dom-performanceobserver-supportedentrytypes
    supportedEntryTypes: tuple[str, ...] = tuple(sorted(ENTRY_TYPES))

    _observer_callback: Callable[..., Any]
    _observer_buffer: list[PerformanceEntry]
    _observer_type: Literal["undefined", "single", "multiple"]
    _requires_dropped_entries: bool
    _settings_object: EnvironmentSettingsObject

    def __init__(self, callback: Callable[..., object]) -> None:
        """The callback gets a list of entries, this observer, and options that have
        `droppedEntriesCount`, or as many of them as it takes.

        https://w3c.github.io/performance-timeline/#dom-performanceobserver-performanceobserver
        """
        refuse_what_was_called(callback, "The callback of a PerformanceObserver")
        if not callable(callback):
            raise TypeError(f"The callback of a PerformanceObserver is callable, not {callback!r}")
        self._observer_callback = to_callback_function(callback, 3)
        self._observer_buffer = []
        self._observer_type = "undefined"
        self._requires_dropped_entries = False
        self._settings_object = current_settings_object()

    def observe(
        self,
        options: PerformanceObserverInit | None = None,
        **members: Unpack[PerformanceObserverInit],
    ) -> None:
        """Call back from now on for entries of some types, `observe(entryTypes=["mark"])`, or of
        one more type, `observe(type="mark")`; with `buffered=True` also for those that are in the
        timeline already.

        TypeError for neither or both, InvalidModificationError for first one and then the other.

        https://w3c.github.io/performance-timeline/#dom-performanceobserver-observe
        """
        members = to_dictionary(PerformanceObserverInit, options, members)
        entry_types = entry_types_of(members)
        if "entryTypes" not in members and "type" not in members:
            raise TypeError('Observe what? Write type="mark" or entryTypes=["mark", "measure"]')
        if "entryTypes" in members and "type" in members:
            raise TypeError("entryTypes and type exclude each other")
        if "entryTypes" in members and "buffered" in members:
            # DEVIATION: by the letter this is a TypeError. In browsers and in the official tests it
            # is ignored.
            warn("A PerformanceObserver has no `buffered` beside `entryTypes`: write type=...")
        observer_type: Literal["single", "multiple"] = (
            "multiple" if "entryTypes" in members else "single"
        )
        if self._observer_type == "undefined":
            self._observer_type = observer_type
        elif self._observer_type != observer_type:
            raise DOMException(
                "An observer is told types one by one, or all at once, but not both",
                "InvalidModificationError",
            )
        self._requires_dropped_entries = True
        supported = [type for type in entry_types if type in ENTRY_TYPES]
        if len(supported) < len(entry_types):
            warn(
                f"Of the types {', '.join(map(repr, entry_types))} there are performance entries "
                f"only of {', '.join(self.supportedEntryTypes)}"
            )
        if supported:
            self._register(supported)
            if observer_type == "single" and members.get("buffered"):
                self._add_what_is_buffered(supported[0])

    def _register(self, entry_types: list[str]) -> None:
        observers = self._settings_object.record(PerformanceTimeline).registered_observers
        for registered in observers:
            if registered.observer is self:
                if self._observer_type == "multiple":
                    registered.entry_types.clear()
                registered.entry_types |= dict.fromkeys(entry_types)
                return
        observers.append(RegisteredPerformanceObserver(self, entry_types))

    def _add_what_is_buffered(self, entry_type: str) -> None:
        timeline = self._settings_object.record(PerformanceTimeline)
        self._observer_buffer += timeline.buffer_map[entry_type].buffer
        queue_the_performance_observer_task(self._settings_object)

    def disconnect(self) -> None:
        """Call back no more, and forget what was not told.

        https://w3c.github.io/performance-timeline/#dom-performanceobserver-disconnect
        """
        timeline = self._settings_object.record(PerformanceTimeline)
        timeline.registered_observers = [
            registered
            for registered in timeline.registered_observers
            if registered.observer is not self
        ]
        self._observer_buffer = []

    def takeRecords(self) -> list[PerformanceEntry]:
        """The entries that were not told yet; they will not be.

        https://w3c.github.io/performance-timeline/#dom-performanceobserver-takerecords
        """
        entries, self._observer_buffer = self._observer_buffer, []
        return entries


def entry_types_of(init: PerformanceObserverInit) -> list[str]:
    """The types that are asked for, all at once or one. TypeError if they are no strings.

    Part of https://w3c.github.io/performance-timeline/#dictdef-performanceobserverinit
    """
    named = init.get("entryTypes", ())
    if isinstance(named, str) or not isinstance(named, Iterable):
        raise TypeError(f"entryTypes is a list of strings, not {named!r}")
    entry_types = [to_dom_string(type) for type in named]
    if "type" in init:
        entry_types.append(to_dom_string(init["type"]))
    return entry_types


def warn(text: str) -> None:
    """Tell people what an observer is not told.

    Part of https://w3c.github.io/performance-timeline/#dom-performanceobserver-observe
    """
    from ..console.supporting_operations import report_a_warning_to_the_console

    report_a_warning_to_the_console(text)
