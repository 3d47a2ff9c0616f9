"""Extensions to the Performance interface: the entries of the scope that is running.

Performance Timeline, 2.1:
https://w3c.github.io/performance-timeline/#extensions-to-the-performance-interface
"""

from __future__ import annotations

from ..html.settings_objects import current_settings_object
from ..webidl.type_mapping import to_dom_string
from .filtering import filter_buffer_map_by_name_and_type
from .performance_entry import PerformanceEntry


class PerformanceOfATimeline:
    """Part of https://w3c.github.io/performance-timeline/#extensions-to-the-performance-interface."""

    __slots__ = ()

    def getEntries(self) -> list[PerformanceEntry]:
        """All that is in the timeline, in the order of the start times.

        https://w3c.github.io/performance-timeline/#dom-performance-getentries
        """
        return filter_buffer_map_by_name_and_type(current_settings_object(), None, None)

    def getEntriesByType(self, type: str) -> list[PerformanceEntry]:
        """Those of a type, such as "mark".

        https://w3c.github.io/performance-timeline/#dom-performance-getentriesbytype
        """
        type = to_dom_string(type)
        return filter_buffer_map_by_name_and_type(current_settings_object(), None, type)

    def getEntriesByName(self, name: str, type: str | None = None) -> list[PerformanceEntry]:
        """Those of a name, and of a type if one is given.

        https://w3c.github.io/performance-timeline/#dom-performance-getentriesbyname
        """
        return filter_buffer_map_by_name_and_type(
            current_settings_object(),
            to_dom_string(name),
            None if type is None else to_dom_string(type),
        )
