"""Gates: around code that is called from many sides, such as an object with a storage of its own.
What comes for it waits for its turn, and what leaves it waits until it may be seen.

Code that has a gate knows it by a context variable, as do the tasks and the callbacks that it
starts. What the platform does on its own account, such as a timeout, has none.
"""

from __future__ import annotations

from asyncio import Task
from collections.abc import Callable, Coroutine
from contextvars import ContextVar, copy_context
from typing import Any, ParamSpec, Protocol, TypeAlias, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Steps: TypeAlias = Callable[[], object]


class Connected(Protocol):
    """What goes on until it is closed."""

    @property
    def is_over(self) -> bool:
        """Whether it is."""

    def end(self) -> None:
        """Close it: the code that has it has ended. Nobody is told."""


class Gate(Protocol):
    """What stands around code."""

    def begin(self, coroutine: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
        """A coroutine of the code whose first step is part of what runs now; each further one waits
        for its turn. `own` is told the task, if it becomes one.
        """

    def own(self, task: Task[Any]) -> None:
        """The task ends when the code does."""

    def let_in(self, steps: Steps) -> None:
        """Perform steps of the code: now, or in a task of its own when its turn has come. They see
        the context variables of now.
        """

    def let_out(self, steps: Steps) -> None:
        """Perform steps that others can see: now, or when all that was done before may be seen;
        one after the other.
        """

    def keep_for(self, connection: Connected) -> None:
        """The code stays where it is until the connection is closed."""


current_gate: ContextVar[Gate | None] = ContextVar("current_gate", default=None)


def let_steps_out(steps: Steps) -> None:
    """Perform steps that others can see: now, or when the gate of the running code, if it has one,
    lets them out.
    """
    gate = current_gate.get()
    if gate is None:
        steps()
    else:
        gate.let_out(steps)


def without_a_gate(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function on the platform's own account."""
    if current_gate.get() is None:
        return function(*args, **kwargs)
    context = copy_context()
    context.run(current_gate.set, None)
    return context.run(function, *args, **kwargs)
