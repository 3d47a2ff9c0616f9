"""Extension to the PerformanceResourceTiming interface: what the server told of a fetch.

Server Timing, 3.4: https://w3c.github.io/server-timing/#extension-to-performanceresourcetiming
"""

from __future__ import annotations

from ..fetch.timing_info import FetchTimingInfo
from .performance_server_timing import PerformanceServerTiming
from .the_server_timing_header_field import parse_a_server_timing_header_field


class ResourceTimingOfAServer:
    """Part of https://w3c.github.io/server-timing/#extension-to-performanceresourcetiming."""

    __slots__ = ()

    _timing_info: FetchTimingInfo

    @property
    def serverTiming(self) -> tuple[PerformanceServerTiming, ...]:
        """What the response's Server-Timing says.

        https://w3c.github.io/server-timing/#dom-performanceresourcetiming-servertiming
        """
        fields = self._timing_info.server_timing_headers
        metrics = (parse_a_server_timing_header_field(field) for field in fields)
        return tuple(metric for metric in metrics if metric is not None)
