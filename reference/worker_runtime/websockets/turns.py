"""Turns: several tasks of web sockets, and what they send.

Part of https://websockets.spec.whatwg.org/#websocket-connections
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from ..html.event_loops import EventLoop

P = ParamSpec("P")
T = TypeVar("T")


class Turn:
    """What an event loop does for web sockets in one turn of it. What is sent in a turn is written
    at its end.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#event-loop-processing-model
    """

    __slots__ = ("_next_tasks", "_steps_at_its_end", "event_loop", "queued_tasks")

    def __init__(self, event_loop: EventLoop) -> None:
        self.event_loop = event_loop
        self._steps_at_its_end: list[Callable[[], object]] | None = None  # None: between turns
        self._next_tasks: list[Callable[[], object]] | None = None
        self.queued_tasks = 0  # of the task source that wait for their turn

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

    def hand_on(self, steps: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Perform steps, which call no author, of a callback of the loop's that does nothing else.
        The tasks that they queue come right after them.

        OPTIMIZATION: no other task of the source is queued, so they would be the next ones in a
        turn of their own, too.
        """
        event_loop = self.event_loop
        if self.queued_tasks or event_loop.is_running_a_task or event_loop.microtask_queue:
            return steps(*args, **kwargs)
        next_tasks: list[Callable[[], object]] = []
        self._next_tasks = next_tasks
        try:
            return steps(*args, **kwargs)
        finally:
            self._next_tasks = None
            for task in next_tasks:
                task()

    def will_perform_next(self, task: Callable[[], object]) -> bool:
        """Perform a task of the source right after what is handed on; returns whether something
        is.
        """
        if self._next_tasks is None:
            return False
        self._next_tasks.append(task)
        return True

    def will_perform_at_its_end(self, steps: Callable[[], object]) -> bool:
        """Perform steps at the end of the turn; returns whether there is one just now."""
        if self._steps_at_its_end is None:
            return False
        self._steps_at_its_end.append(steps)
        return True
