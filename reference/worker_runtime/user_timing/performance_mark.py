"""The PerformanceMark interface: a moment with a name.

User Timing, 2.2: https://w3c.github.io/user-timing/#the-performancemark-interface
"""

from __future__ import annotations

from typing import Any, TypedDict, Unpack

from ..hr_time.time_origin import current_high_resolution_time
from ..html.settings_objects import current_settings_object
from ..html.structured_data.structured_clone import structuredClone
from ..performance_timeline.performance_entry import (
    PerformanceEntry,
    initialize_a_performance_entry,
)
from ..webidl.dictionaries import to_dictionary
from ..webidl.type_mapping import to_dom_string, to_double


class PerformanceMarkOptions(TypedDict, total=False):
    """https://w3c.github.io/user-timing/#dictdef-performancemarkoptions"""

    detail: Any
    startTime: float


class PerformanceMark(PerformanceEntry):
    """https://w3c.github.io/user-timing/#performancemark"""

    __slots__ = ("_detail",)

    def __init__(
        self,
        markName: str,
        markOptions: PerformanceMarkOptions | PerformanceEntry | None = None,
        **members: Unpack[PerformanceMarkOptions],
    ) -> None:
        """A mark that is not in the timeline, of now or of `startTime`. Its `detail` is a copy.

        https://w3c.github.io/user-timing/#dom-performancemark-constructor
        """
        name = to_dom_string(markName)
        settings_object = current_settings_object()
        self._detail: Any = None
        if markOptions is not None or members:
            options = to_dictionary(PerformanceMarkOptions, markOptions, members)
            given, detail = options.get("startTime"), options.get("detail")
            start_time = None if given is None else to_double(given)
            if start_time is not None and start_time < 0:
                raise TypeError(f"startTime is not negative: {start_time!r}")
            if detail is not None:
                self._detail = structuredClone(detail)
        else:
            start_time = None
        if start_time is None:
            start_time = current_high_resolution_time(settings_object)
        initialize_a_performance_entry(self, settings_object, start_time, "mark", name)

    @property
    def detail(self) -> Any:
        """https://w3c.github.io/user-timing/#dom-performancemark-detail"""
        return self._detail
