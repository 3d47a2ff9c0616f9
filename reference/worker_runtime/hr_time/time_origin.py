"""Time origin: the moment from which a scope counts, and how coarsely it may see time.

High Resolution Time, 2 to 4: https://w3c.github.io/hr-time/#sec-time-origin

Moments and durations are floats in milliseconds; a moment is counted from where the monotonic clock
begins.
"""

from __future__ import annotations

from typing import Protocol

from ..host.clock import Clock
from ..host.host import Host


class Environment(Protocol):
    """The settings object of a scope, as far as time goes.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#concept-settings-object-time-origin
    """

    host: Host
    time_origin: float
    cross_origin_isolated_capability: bool


def coarsen_time(timestamp: float, cross_origin_isolated_capability: bool = False) -> float:
    """A moment, no finer than 100 microseconds, or 5 where nobody else's secrets are in the
    process.

    https://w3c.github.io/hr-time/#dfn-coarsen-time
    """
    steps_per_millisecond = 200 if cross_origin_isolated_capability else 10
    return timestamp * steps_per_millisecond // 1 / steps_per_millisecond


def unsafe_shared_current_time(clock: Clock) -> float:
    """https://w3c.github.io/hr-time/#dfn-unsafe-shared-current-time"""
    return clock.monotonic() * 1000


def current_high_resolution_time(settings_object: Environment) -> float:
    """How long ago the scope's time origin is, now.

    https://w3c.github.io/hr-time/#dfn-current-high-resolution-time
    """
    return relative_high_resolution_time(
        unsafe_shared_current_time(settings_object.host.clock), settings_object
    )


def relative_high_resolution_time(time: float, settings_object: Environment) -> float:
    """https://w3c.github.io/hr-time/#dfn-relative-high-resolution-time"""
    coarse_time = coarsen_time(time, settings_object.cross_origin_isolated_capability)
    return relative_high_resolution_coarse_time(coarse_time, settings_object)


def relative_high_resolution_coarse_time(coarse_time: float, settings_object: Environment) -> float:
    """https://w3c.github.io/hr-time/#dfn-relative-high-resolution-coarse-time"""
    return coarse_time - settings_object.time_origin


def estimated_monotonic_time_of_the_unix_epoch(host: Host) -> float:
    """One moment for each host, so that all scopes that share it agree.

    https://w3c.github.io/hr-time/#estimated-monotonic-time-of-the-unix-epoch
    """
    wall_time = host.clock.wall() * 1000
    monotonic_time = unsafe_shared_current_time(host.clock)
    return coarsen_time(monotonic_time - wall_time)


def get_time_origin_timestamp(settings_object: Environment) -> float:
    """The scope's time origin as a duration since the Unix epoch.

    https://w3c.github.io/hr-time/#get-time-origin-timestamp
    """
    epoch = settings_object.host.record(estimated_monotonic_time_of_the_unix_epoch)
    return settings_object.time_origin - epoch
