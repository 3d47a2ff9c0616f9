"""serialize_server_timing: what a handler has measured, as a header for whoever has asked.

SPEC_NOTES.md#serialize-server-timing
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict, cast

from ..performance_timeline.performance_entry import PerformanceEntry
from ..webidl.dictionaries import to_dictionary
from ..webidl.type_mapping import to_dom_string, to_double
from .the_server_timing_header_field import TOKEN

METRIC_NAME = re.compile(TOKEN)
NO_PART_OF_A_QUOTED_STRING = re.compile(r"[^\t -~\x80-\xff]")
TO_BE_QUOTED = re.compile(r'(["\\])')


class ServerTimingMetric(TypedDict, total=False):
    """With a name, at least.

    SPEC_NOTES.md#server-timing-metric
    """

    name: str
    duration: float
    description: str


def serialize_server_timing(metrics: Iterable[PerformanceEntry | ServerTimingMetric]) -> str:
    """The value of a Server-Timing header, from entries of the timeline or mappings; TypeError for
    what a header cannot say.

    SPEC_NOTES.md#serialize-server-timing
    """
    if isinstance(metrics, (str, Mapping, PerformanceEntry)):
        raise TypeError(f"serialize_server_timing takes a list of metrics, not {metrics!r:.60}")
    return ", ".join(map(_member, metrics))


def _member(metric: PerformanceEntry | ServerTimingMetric) -> str:
    members = _metric_of(metric) if isinstance(metric, PerformanceEntry) else metric
    members = to_dictionary(ServerTimingMetric, members, cast(ServerTimingMetric, {}))
    name = to_dom_string(members.get("name"))
    if not METRIC_NAME.fullmatch(name):
        raise TypeError(
            f"The name of a metric is a token, which has no spaces and the like: {name!r:.60}"
        )
    params = [name]
    if "duration" in members:
        milliseconds = f"{to_double(members['duration']):.3f}"
        params.append(f"dur={milliseconds.rstrip('0').rstrip('.')}")
    if "description" in members:
        description = to_dom_string(members["description"])
        if NO_PART_OF_A_QUOTED_STRING.search(description):
            raise TypeError(f"A header cannot say this description: {description!r:.60}")
        params.append('desc="' + TO_BE_QUOTED.sub(r"\\\1", description) + '"')
    return ";".join(params)


def _metric_of(entry: PerformanceEntry) -> ServerTimingMetric:
    metric: ServerTimingMetric = {"name": entry.name}
    if entry.entryType != "mark":
        metric["duration"] = entry.duration
    detail: Any = getattr(entry, "detail", None)
    if isinstance(detail, str):
        metric["description"] = detail
    return metric
