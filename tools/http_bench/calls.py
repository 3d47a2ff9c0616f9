"""Calls: what a request costs in Python-level function calls and callbacks of the loop, which no
noise of the machine touches.
"""

from __future__ import annotations

import sys
from collections import Counter
from contextvars import Context
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

PACKAGE = "worker_runtime"


class Calls(NamedTuple):
    """Counts of one request, on average. A step of a generator or coroutine counts as a call, as
    cProfile counts it.
    """

    total: float
    call_soon: float
    context_run: float
    rooms: dict[str, float]  # of ours; "asyncio" and "other" are everybody else's
    functions: dict[str, float]  # by "room/file.function", of all rooms


class CallCounter:
    """Counts the calls of the thread that starts it, until it is stopped there."""

    def __init__(self) -> None:
        self._calls: Counter[CodeType] = Counter()
        self._context_runs = 0

    def start(self) -> None:
        """Count from now on."""
        sys.setprofile(self._profile)

    def stop(self, requests: int) -> Calls:
        """Count no more; returns what each of so many requests has cost."""
        sys.setprofile(None)
        own = (CallCounter.start.__code__, CallCounter.stop.__code__)
        rooms: Counter[str] = Counter()
        functions: Counter[str] = Counter()
        call_soon = 0
        for code, count in self._calls.items():
            if code in own:
                continue
            room, place = room_of(code)
            rooms[room] += count
            functions[f"{place}.{code.co_qualname}"] += count
            if code.co_name == "call_soon":
                call_soon += count
        return Calls(
            rooms.total() / requests,
            call_soon / requests,
            self._context_runs / requests,
            {room: count / requests for room, count in rooms.most_common()},
            {name: count / requests for name, count in functions.most_common()},
        )

    def _profile(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            self._calls[frame.f_code] += 1
        elif (
            event == "c_call"
            and argument.__name__ == "run"
            and isinstance(argument.__self__, Context)
        ):
            self._context_runs += 1


def room_of(code: CodeType) -> tuple[str, str]:
    """The room and the file that a function belongs to."""
    parts = Path(code.co_filename).with_suffix("").parts
    if PACKAGE in parts:
        place = parts[len(parts) - parts[::-1].index(PACKAGE) :]
        return "/".join(place[:-1]) or PACKAGE, "/".join(place)
    if "asyncio" in parts:
        return "asyncio", f"asyncio/{parts[-1]}"
    return "other", parts[-1] if parts else "?"
