"""Performance: the time that a scope sees.

High Resolution Time, 7: https://w3c.github.io/hr-time/#sec-performance
"""

from __future__ import annotations

from typing import Any, Self

from ..dom.event_listeners import EventListener
from ..dom.event_target import EventTarget
from ..html.settings_objects import EnvironmentSettingsObject, current_settings_object
from ..webidl.interfaces import illegal_constructor, new
from .time_origin import current_high_resolution_time, get_time_origin_timestamp


class Listeners:
    """What listens to the performance of a scope.

    Part of https://w3c.github.io/hr-time/#dom-performance
    """

    __slots__ = ("event_handler_map", "event_listener_list")

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        self.event_handler_map: dict[str, Any] = {}
        self.event_listener_list: list[EventListener] = []


class Performance(EventTarget):
    """The clock of the scope that is running. Each scope has its own listeners.

    https://w3c.github.io/hr-time/#dom-performance
    """

    __slots__ = ()

    __init__ = illegal_constructor

    def __new__(cls) -> Self:
        return object.__new__(cls)

    @property
    def _event_listener_list(self) -> list[EventListener]:  # type: ignore[override]
        return current_settings_object().record(Listeners).event_listener_list

    @property
    def _event_handler_map(self) -> dict[str, Any]:  # type: ignore[override]
        return current_settings_object().record(Listeners).event_handler_map

    def now(self) -> float:
        """Milliseconds since the time origin; never less than the last time.

        https://w3c.github.io/hr-time/#dom-performance-now
        """
        return current_high_resolution_time(current_settings_object())

    @property
    def timeOrigin(self) -> float:
        """The moment when the scope began, in milliseconds since 1970.

        https://w3c.github.io/hr-time/#dom-performance-timeorigin
        """
        return get_time_origin_timestamp(current_settings_object())

    def toJSON(self) -> dict[str, float]:
        """https://w3c.github.io/hr-time/#dom-performance-tojson"""
        return {"timeOrigin": self.timeOrigin}


# https://w3c.github.io/hr-time/#dom-windoworworkerglobalscope-performance
performance: Performance = new(Performance)
