"""Performance log: a line for each entry of a performance timeline, if that is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from ..host.host import Host
from ..hr_time.time_origin import get_time_origin_timestamp
from ..infra.json import serialize_a_javascript_value_to_a_json_string
from ..performance_timeline.performance_entry import PerformanceEntry
from ..performance_timeline.performance_timeline import PerformanceLog
from .request_log import CONTROLS


def log_performance(host: Host, entry_types: Iterable[str], as_json: bool) -> None:
    """Let the entries of those types be logged, in each scope of a host."""
    log = host.record(PerformanceLog)
    log.entry_types = frozenset(entry_types)
    log.write = log_json if as_json else log_text


def log_text(entry: PerformanceEntry) -> None:
    """A line for people: when, what it is, and how long it was."""
    name = CONTROLS.sub(lambda control: f"\\x{ord(control[0]):02x}", entry.name)
    print(
        f'{moment_of(entry)[11:19]} {entry.entryType} "{name}" {entry.duration:.1f}ms', flush=True
    )


def log_json(entry: PerformanceEntry) -> None:
    """A line for programs; what was given as `detail` is there if it is JSON's."""
    line: dict[str, Any] = {
        "time": moment_of(entry),
        "entryType": entry.entryType,
        "name": entry.name,
        "startTime": round(entry.startTime, 3),
        "duration": round(entry.duration, 3),
    }
    detail = getattr(entry, "detail", None)
    if detail is not None:
        with suppress(TypeError):
            line["detail"] = json.loads(serialize_a_javascript_value_to_a_json_string(detail))
    print(json.dumps(line), flush=True)


def moment_of(entry: PerformanceEntry) -> str:
    """When it began, by the clock on the wall."""
    milliseconds = get_time_origin_timestamp(entry._settings_object) + entry.startTime
    return (
        datetime.fromtimestamp(milliseconds / 1000).astimezone().isoformat(timespec="milliseconds")
    )
