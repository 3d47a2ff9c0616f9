"""Performance as a worker sees it: High Resolution Time's, with what the other standards about
performance add to it.

High Resolution Time, 7: https://w3c.github.io/hr-time/#sec-performance
Performance Timeline, 2.1:
https://w3c.github.io/performance-timeline/#extensions-to-the-performance-interface
User Timing, 2.1: https://w3c.github.io/user-timing/#extensions-performance-interface
Resource Timing, 3.4: https://w3c.github.io/resource-timing/#sec-extensions-performance-interface
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..hr_time import performance as hr_time
from ..performance_timeline.extensions_to_the_performance_interface import PerformanceOfATimeline
from ..resource_timing.extensions_performance_interface import PerformanceOfResources
from ..user_timing.extensions_performance_interface import PerformanceOfAUser
from ..webidl.interfaces import add_the_partial_interface

if TYPE_CHECKING:

    class Performance(
        hr_time.Performance, PerformanceOfATimeline, PerformanceOfAUser, PerformanceOfResources
    ):
        """For type checkers: Python's types have no partial interfaces."""

    performance: Performance
else:
    Performance = hr_time.Performance
    for members in (PerformanceOfATimeline, PerformanceOfAUser, PerformanceOfResources):
        add_the_partial_interface(Performance, members)
    performance = hr_time.performance
