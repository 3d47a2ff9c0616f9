"""Processing: from the name of a mark to its moment.

User Timing, 3: https://w3c.github.io/user-timing/#processing
"""

from __future__ import annotations

from typing import NoReturn

from ..html.settings_objects import EnvironmentSettingsObject
from ..performance_timeline.performance_timeline import relevant_performance_entry_tuple
from ..webidl.exceptions import DOMException
from ..webidl.type_mapping import to_double

# The attributes of PerformanceTiming, an interface of the first Navigation Timing.
NAMES_OF_PERFORMANCE_TIMING = frozenset(
    "connectEnd connectStart domComplete domContentLoadedEventEnd domContentLoadedEventStart"
    " domInteractive domLoading domainLookupEnd domainLookupStart fetchStart loadEventEnd"
    " loadEventStart navigationStart redirectEnd redirectStart requestStart responseEnd"
    " responseStart secureConnectionStart unloadEventEnd unloadEventStart".split()
)


def convert_a_mark_to_a_timestamp(
    mark: str | float, settings_object: EnvironmentSettingsObject
) -> float:
    """The start time of the last mark of a name, or a time as it is. SyntaxError if there is no
    such mark.

    https://w3c.github.io/user-timing/#convert-a-mark-to-a-timestamp
    """
    if not isinstance(mark, str):
        end_time = to_double(mark)
        if end_time < 0:
            raise TypeError(f"A time is not negative: {end_time!r}")
        return end_time
    if mark in NAMES_OF_PERFORMANCE_TIMING:
        convert_a_name_to_a_timestamp(mark)
    for entry in reversed(relevant_performance_entry_tuple("mark", settings_object).buffer):
        if entry._name == mark:
            return entry._start_time
    raise DOMException(f"There is no mark {mark!r}", "SyntaxError")


def convert_a_name_to_a_timestamp(name: str) -> NoReturn:
    """Only a window has such times.

    https://w3c.github.io/user-timing/#convert-a-name-to-a-timestamp
    """
    raise TypeError(f"{name!r} is a moment in the navigation of a document, and a worker has none")
