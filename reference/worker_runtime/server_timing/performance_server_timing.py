"""The PerformanceServerTiming interface: one metric that a server has told.

Server Timing, 3: https://w3c.github.io/server-timing/#the-performanceservertiming-interface
"""

from __future__ import annotations

import math
import re
from typing import Any

from ..webidl.interfaces import default_to_json_steps, illegal_constructor

FLOATING_POINT_NUMBER = re.compile(
    r"[\t\n\f\r ]*([-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
)


class PerformanceServerTiming:
    """https://w3c.github.io/server-timing/#performanceservertiming"""

    __slots__ = ("_metric_name", "_params")

    __init__ = illegal_constructor

    _metric_name: str
    _params: dict[str, str]

    @property
    def name(self) -> str:
        """https://w3c.github.io/server-timing/#dom-performanceservertiming-name"""
        return self._metric_name

    @property
    def duration(self) -> float:
        """In milliseconds, as a rule; 0 if there is none.

        https://w3c.github.io/server-timing/#dom-performanceservertiming-duration
        """
        return parsed_floating_point_number(self._params.get("dur", "")) or 0

    @property
    def description(self) -> str:
        """https://w3c.github.io/server-timing/#dom-performanceservertiming-description"""
        return self._params.get("desc", "")

    def toJSON(self) -> dict[str, Any]:
        """https://w3c.github.io/server-timing/#dom-performanceservertiming-tojson"""
        return default_to_json_steps(self, PerformanceServerTiming)


def parsed_floating_point_number(input: str) -> float | None:
    """The number that a string begins with, None for an error: the rules for parsing floating-point
    number values.

    Part of https://w3c.github.io/server-timing/#dom-performanceservertiming-duration
    """
    match = FLOATING_POINT_NUMBER.match(input)
    number = math.inf if match is None else float(match[1])
    return number if math.isfinite(number) else None
