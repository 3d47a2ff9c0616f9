"""PerformanceResourceTiming as a worker sees it: Resource Timing's, with what Server Timing adds to
it.

Resource Timing, 3.3: https://w3c.github.io/resource-timing/#sec-performanceresourcetiming
Server Timing, 3.4: https://w3c.github.io/server-timing/#extension-to-performanceresourcetiming
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource_timing import performance_resource_timing
from ..resource_timing.creating_a_resource_timing_entry import (
    mark_resource_timing as mark_resource_timing,
)
from ..server_timing.extension_to_performance_resource_timing import ResourceTimingOfAServer
from ..webidl.interfaces import add_the_partial_interface

if TYPE_CHECKING:

    class PerformanceResourceTiming(
        performance_resource_timing.PerformanceResourceTiming, ResourceTimingOfAServer
    ):
        """For type checkers: Python's types have no partial interfaces."""

else:
    PerformanceResourceTiming = add_the_partial_interface(
        performance_resource_timing.PerformanceResourceTiming, ResourceTimingOfAServer
    )
