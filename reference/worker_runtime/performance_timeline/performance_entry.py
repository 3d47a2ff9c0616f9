"""The PerformanceEntry interface: one thing that was measured.

Performance Timeline, 3: https://w3c.github.io/performance-timeline/#the-performanceentry-interface
"""

from __future__ import annotations

from typing import Any

from ..html.settings_objects import EnvironmentSettingsObject
from ..webidl.interfaces import default_to_json_steps, illegal_constructor


class PerformanceEntry:
    """https://w3c.github.io/performance-timeline/#performanceentry"""

    __slots__ = (
        "__weakref__", "_end_time", "_entry_type", "_id", "_name", "_settings_object",
        "_start_time",
    )  # fmt: skip

    __init__ = illegal_constructor

    _id: int  # 0: unset
    _name: str
    _entry_type: str
    _start_time: float
    _end_time: float
    _settings_object: EnvironmentSettingsObject  # of the scope that it was measured in

    @property
    def id(self) -> int:
        """A number that no other entry of the scope has; 0 while it is not in the timeline.

        https://w3c.github.io/performance-timeline/#dom-performanceentry-id
        """
        return self._id

    @property
    def name(self) -> str:
        """https://w3c.github.io/performance-timeline/#dom-performanceentry-name"""
        return self._name

    @property
    def entryType(self) -> str:
        """Such as "mark", "measure" or "resource".

        https://w3c.github.io/performance-timeline/#dom-performanceentry-entrytype
        """
        return self._entry_type

    @property
    def startTime(self) -> float:
        """In milliseconds since the scope's time origin.

        https://w3c.github.io/performance-timeline/#dom-performanceentry-starttime
        """
        return self._start_time

    @property
    def duration(self) -> float:
        """In milliseconds; 0 if it has no end.

        https://w3c.github.io/performance-timeline/#dom-performanceentry-duration
        """
        return 0 if self._end_time == 0 else self._end_time - self._start_time

    @property
    def navigationId(self) -> int:
        """0: a worker has no document that was navigated to.

        https://w3c.github.io/performance-timeline/#dom-performanceentry-navigationid
        """
        return 0

    def toJSON(self) -> dict[str, Any]:
        """https://w3c.github.io/performance-timeline/#dom-performanceentry-tojson"""
        return default_to_json_steps(self, PerformanceEntry)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} {self.startTime:.1f} +{self.duration:.1f} ms>"


def initialize_a_performance_entry(
    entry: PerformanceEntry,
    settings_object: EnvironmentSettingsObject,
    start_time: float,
    entry_type: str,
    name: str,
    end_time: float = 0,
) -> None:
    """https://w3c.github.io/performance-timeline/#initialize-a-performanceentry"""
    entry._id = 0
    entry._settings_object = settings_object
    entry._start_time = start_time
    entry._entry_type = entry_type
    entry._name = name
    entry._end_time = end_time
