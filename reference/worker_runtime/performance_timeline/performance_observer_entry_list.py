"""PerformanceObserverEntryList interface: the entries that an observer is told of at once.

Performance Timeline, 4.2.2:
https://w3c.github.io/performance-timeline/#performanceobserverentrylist-interface
"""

from __future__ import annotations

from ..webidl.interfaces import illegal_constructor
from ..webidl.type_mapping import to_dom_string
from .filtering import filter_buffer_by_name_and_type
from .performance_entry import PerformanceEntry


class PerformanceObserverEntryList:
    """https://w3c.github.io/performance-timeline/#performanceobserverentrylist"""

    __slots__ = ("_entry_list",)

    __init__ = illegal_constructor

    _entry_list: list[PerformanceEntry]

    def getEntries(self) -> list[PerformanceEntry]:
        """All of them, in the order of their start times.

        https://w3c.github.io/performance-timeline/#dom-performanceobserverentrylist-getentries
        """
        return filter_buffer_by_name_and_type(self._entry_list, None, None)

    def getEntriesByType(self, type: str) -> list[PerformanceEntry]:
        """https://w3c.github.io/performance-timeline/#dom-performanceobserverentrylist-getentriesbytype"""
        return filter_buffer_by_name_and_type(self._entry_list, None, to_dom_string(type))

    def getEntriesByName(self, name: str, type: str | None = None) -> list[PerformanceEntry]:
        """https://w3c.github.io/performance-timeline/#dom-performanceobserverentrylist-getentriesbyname"""
        return filter_buffer_by_name_and_type(
            self._entry_list, to_dom_string(name), None if type is None else to_dom_string(type)
        )
