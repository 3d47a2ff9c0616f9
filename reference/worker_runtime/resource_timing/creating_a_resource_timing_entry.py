"""Creating a resource timing entry: the timeline of a scope gets what a fetch took.

Resource Timing, 4: https://w3c.github.io/resource-timing/#marking-resource-timing
"""

from __future__ import annotations

from ..fetch.timing_info import FetchTimingInfo, ResponseBodyInfo
from ..html.settings_objects import EnvironmentSettingsObject
from ..performance_timeline.processing import queue_a_performance_entry
from ..webidl.interfaces import new
from .extensions_performance_interface import (
    ResourceTimingBuffers,
    add_a_performance_resource_timing_entry,
)
from .performance_resource_timing import (
    CacheMode,
    PerformanceResourceTiming,
    setup_the_resource_timing_entry,
)


def mark_resource_timing(
    timing_info: FetchTimingInfo,
    requested_url: str,
    initiator_type: str,
    settings_object: EnvironmentSettingsObject,
    cache_mode: CacheMode,
    body_info: ResponseBodyInfo,
    response_status: int,
    delivery_type: str = "",
) -> None:
    """https://w3c.github.io/resource-timing/#mark-resource-timing"""
    entry: PerformanceResourceTiming = new(PerformanceResourceTiming)
    setup_the_resource_timing_entry(
        entry, settings_object, initiator_type, requested_url, timing_info, cache_mode, body_info,
        response_status, delivery_type,
    )  # fmt: skip
    queue_a_performance_entry(entry)
    add_a_performance_resource_timing_entry(settings_object.record(ResourceTimingBuffers), entry)
