"""Turns: several tasks of web sockets, and what they send.

Part of https://websockets.spec.whatwg.org/#websocket-connections
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..html.event_loops import EventLoop

T = TypeVar("T")


class Turn:
    """What an event loop does for web sockets in one turn of it. What is sent in a turn is written
    at its end.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#event-loop-processing-model
    """

    __slots__ = ("_steps_at_its_end",)

    def __init__(self, event_loop: EventLoop) -> None:
        self._steps_at_its_end: list[Callable[[], object]] | None = None  # None: between turns

    def perform(self, steps: Callable[[], T]) -> T:
        """Perform the steps that are a turn, and then those that are for its end."""
        due: list[Callable[[], object]] = []
        self._steps_at_its_end = due
        try:
            return steps()
        finally:
            self._steps_at_its_end = None
            for step in due:
                step()

    def will_perform_at_its_end(self, steps: Callable[[], object]) -> bool:
        """Perform steps at the end of the turn; returns whether there is one just now."""
        if self._steps_at_its_end is None:
            return False
        self._steps_at_its_end.append(steps)
        return True
