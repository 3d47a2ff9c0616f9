"""The clock: what time it is, and waking up later."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from .gates import without_a_gate


class TimerHandle(Protocol):
    """A call that is to come."""

    def cancel(self) -> None:
        """Let it not come."""


class Clock(Protocol):
    """Two clocks and an alarm. All numbers are seconds."""

    def monotonic(self) -> float:
        """A time that never goes back; where it begins means nothing."""

    def wall(self) -> float:
        """The time since 1970-01-01T00:00:00Z; it goes back when somebody sets the clock."""

    def call_later(self, delay: float, callback: Callable[[], object]) -> TimerHandle:
        """Call back on the running event loop when `delay` has passed."""


class SystemClock:
    """The clock of the machine and of asyncio."""

    __slots__ = ()

    monotonic = staticmethod(time.monotonic)
    wall = staticmethod(time.time)

    def call_later(self, delay: float, callback: Callable[[], object]) -> TimerHandle:
        """A timer of the asyncio loop that is running."""
        return without_a_gate(asyncio.get_running_loop().call_later, delay, callback)
