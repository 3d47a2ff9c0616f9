"""The PerformanceMeasure interface: how long it was from one moment to another.

User Timing, 2.3: https://w3c.github.io/user-timing/#the-performancemeasure-interface
"""

from __future__ import annotations

from typing import Any

from ..performance_timeline.performance_entry import PerformanceEntry


class PerformanceMeasure(PerformanceEntry):
    """https://w3c.github.io/user-timing/#performancemeasure"""

    __slots__ = ("_detail",)

    _detail: Any

    @property
    def duration(self) -> float:
        """In milliseconds; negative if the end is before the start.

        Part of https://w3c.github.io/user-timing/#the-performancemeasure-interface
        """
        return self._end_time - self._start_time

    @property
    def detail(self) -> Any:
        """https://w3c.github.io/user-timing/#dom-performancemeasure-detail"""
        return self._detail
