"""Extensions to the Performance interface: marks and measures of the scope that is running.

User Timing, 2.1: https://w3c.github.io/user-timing/#extensions-performance-interface
"""

from __future__ import annotations

from typing import Any, TypedDict, Unpack

from ..hr_time.time_origin import current_high_resolution_time
from ..html.settings_objects import EnvironmentSettingsObject, current_settings_object
from ..html.structured_data.structured_clone import structuredClone
from ..performance_timeline.performance_entry import (
    PerformanceEntry,
    initialize_a_performance_entry,
)
from ..performance_timeline.performance_timeline import relevant_performance_entry_tuple
from ..performance_timeline.processing import queue_a_performance_entry
from ..webidl.dictionaries import to_dictionary
from ..webidl.interfaces import new
from ..webidl.type_mapping import to_dom_string, to_double
from .performance_mark import PerformanceMark, PerformanceMarkOptions
from .performance_measure import PerformanceMeasure
from .processing import convert_a_mark_to_a_timestamp


class PerformanceMeasureOptions(TypedDict, total=False):
    """https://w3c.github.io/user-timing/#dictdef-performancemeasureoptions"""

    detail: Any
    start: str | float
    duration: float
    end: str | float


class PerformanceOfAUser:
    """Part of https://w3c.github.io/user-timing/#extensions-performance-interface."""

    __slots__ = ()

    def mark(
        self,
        markName: str,
        markOptions: PerformanceMarkOptions | PerformanceEntry | None = None,
        **members: Unpack[PerformanceMarkOptions],
    ) -> PerformanceMark:
        """Put a moment with a name into the timeline, now or at `startTime`: `mark("begin")`,
        `mark("begin", detail={"id": 7})`.

        https://w3c.github.io/user-timing/#dom-performance-mark
        """
        entry = PerformanceMark(markName, markOptions, **members)
        queue_a_performance_entry(entry)
        return entry

    def clearMarks(self, markName: str | None = None) -> None:
        """Remove the marks of a name, or all.

        https://w3c.github.io/user-timing/#dom-performance-clearmarks
        """
        name = None if markName is None else to_dom_string(markName)
        relevant_performance_entry_tuple("mark", current_settings_object()).remove(name)

    def measure(
        self,
        measureName: str,
        startOrMeasureOptions: str | PerformanceMeasureOptions | None = None,
        endMark: str | None = None,
        **members: Unpack[PerformanceMeasureOptions],
    ) -> PerformanceMeasure:
        """Put into the timeline how long it was from one mark to another: `measure("all", "begin",
        "end")`, or from `start` to `end` or for `duration`, where both may be marks or times. The
        time origin and now stand for what is not given.

        SyntaxError if there is no such mark, TypeError for options that exclude each other.

        https://w3c.github.io/user-timing/#dom-performance-measure
        """
        name = to_dom_string(measureName)
        start_mark: str | None = None
        options: PerformanceMeasureOptions = {}
        if isinstance(startOrMeasureOptions, (str, int, float)):
            start_mark = to_dom_string(startOrMeasureOptions)
            if to_dictionary(PerformanceMeasureOptions, None, members):
                raise TypeError("Write either the name of a mark, or options")
        else:
            options = to_dictionary(PerformanceMeasureOptions, startOrMeasureOptions, members)
            if "duration" in options:
                options["duration"] = to_double(options["duration"])
        if endMark is not None:
            endMark = to_dom_string(endMark)
        if options:
            check_measure_options(options, endMark)
        settings_object = current_settings_object()
        end_time = compute_end_time(settings_object, options, endMark)
        start_time = compute_start_time(settings_object, options, start_mark)
        entry: PerformanceMeasure = new(PerformanceMeasure)
        initialize_a_performance_entry(
            entry, settings_object, start_time, "measure", name, end_time
        )
        entry._detail = structuredClone(options["detail"]) if "detail" in options else None
        queue_a_performance_entry(entry)
        return entry

    def clearMeasures(self, measureName: str | None = None) -> None:
        """Remove the measures of a name, or all.

        https://w3c.github.io/user-timing/#dom-performance-clearmeasures
        """
        name = None if measureName is None else to_dom_string(measureName)
        relevant_performance_entry_tuple("measure", current_settings_object()).remove(name)


def check_measure_options(options: PerformanceMeasureOptions, end_mark: str | None) -> None:
    """TypeError for options that exclude each other.

    Part of https://w3c.github.io/user-timing/#dom-performance-measure
    """
    if end_mark is not None:
        raise TypeError("The end is one of the options, or a mark behind the name of one: not both")
    if "start" not in options and "end" not in options:
        raise TypeError("A measure with options has a start or an end")
    if "start" in options and "end" in options and "duration" in options:
        raise TypeError("Of start, end and duration there are two at the most")


def compute_end_time(
    settings_object: EnvironmentSettingsObject,
    options: PerformanceMeasureOptions,
    end_mark: str | None,
) -> float:
    """Part of https://w3c.github.io/user-timing/#dom-performance-measure"""
    if end_mark is not None:
        return convert_a_mark_to_a_timestamp(end_mark, settings_object)
    if "end" in options:
        return convert_a_mark_to_a_timestamp(options["end"], settings_object)
    if "start" in options and "duration" in options:
        start = convert_a_mark_to_a_timestamp(options["start"], settings_object)
        return start + convert_a_mark_to_a_timestamp(options["duration"], settings_object)
    return current_high_resolution_time(settings_object)


def compute_start_time(
    settings_object: EnvironmentSettingsObject,
    options: PerformanceMeasureOptions,
    start_mark: str | None,
) -> float:
    """Part of https://w3c.github.io/user-timing/#dom-performance-measure"""
    if "start" in options:
        return convert_a_mark_to_a_timestamp(options["start"], settings_object)
    if "duration" in options and "end" in options:
        duration = convert_a_mark_to_a_timestamp(options["duration"], settings_object)
        return convert_a_mark_to_a_timestamp(options["end"], settings_object) - duration
    if start_mark is not None:
        return convert_a_mark_to_a_timestamp(start_mark, settings_object)
    return 0
