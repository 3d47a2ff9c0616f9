"""Filtering: the entries of a name and a type.

Performance Timeline, 5.4 and 5.5:
https://w3c.github.io/performance-timeline/#filter-buffer-map-by-name-and-type
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from ..html.settings_objects import EnvironmentSettingsObject
from .performance_entry import PerformanceEntry
from .performance_timeline import PerformanceTimeline

# The entries of one type are mostly in this order already, which makes sorting cheap.
chronological_order = attrgetter("_start_time")


def filter_buffer_map_by_name_and_type(
    settings_object: EnvironmentSettingsObject, name: str | None, type: str | None
) -> list[PerformanceEntry]:
    """The entries of a scope, in the order of their start times; None stands for any.

    https://w3c.github.io/performance-timeline/#dfn-filter-buffer-map-by-name-and-type
    """
    result: list[PerformanceEntry] = []
    map = settings_object.record(PerformanceTimeline).buffer_map
    tuple_list = map.values() if type is None else [map[type]] if type in map else []
    for tuple in tuple_list:
        if tuple.available_from_timeline:
            result += filter_buffer_by_name_and_type(tuple.buffer, name, type)
    result.sort(key=chronological_order)
    return result


def filter_buffer_by_name_and_type(
    buffer: Iterable[PerformanceEntry], name: str | None, type: str | None
) -> list[PerformanceEntry]:
    """https://w3c.github.io/performance-timeline/#dfn-filter-buffer-by-name-and-type"""
    result = [
        entry
        for entry in buffer
        if (type is None or type == entry._entry_type) and (name is None or name == entry._name)
    ]
    result.sort(key=chronological_order)
    return result
