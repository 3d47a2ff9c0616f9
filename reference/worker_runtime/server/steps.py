"""Steps: a coroutine that never has to wait needs no task, nor does one that waits for nothing but
the worker.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, Protocol

from ..webidl.awaitables import Continuation


class GoingOn(Protocol):
    """So much of a task as is needed of what goes on."""

    def add_done_callback(
        self, callback: Callable[[Any], object], /, *, context: Context | None = None
    ) -> None:
        """Call back when it has ended."""

    def cancel(self) -> object:
        """End it, as a task is ended."""


def run_to_first_wait(
    coroutine: Coroutine[Any, Any, None], context: Context
) -> asyncio.Task[None] | _Waiting | None:
    """Begin a coroutine at once, in a context that is all its own. It becomes a task when it has to
    wait for something; there is none if it never has to. If that is a `Continuation`, it goes on as
    it has begun, and becomes a task when it has to wait again.
    """
    try:
        waited_for = context.run(coroutine.send, None)
    except StopIteration:
        return None
    if type(waited_for) is Continuation:
        return _Waiting(coroutine, waited_for, context)
    begun = _Begun(coroutine, waited_for)
    return asyncio.get_running_loop().create_task(begun, context=context)


class _Waiting:
    """A coroutine that waits for a continuation. It has one callback."""

    __slots__ = (
        "_callback", "_callbacks_context", "_context", "_coroutine", "_is_cancelled", "_task",
        "_waited_for",
    )  # fmt: skip

    def __init__(
        self, coroutine: Coroutine[Any, Any, None], waited_for: Continuation, context: Context
    ) -> None:
        self._coroutine = coroutine
        self._context = context
        self._waited_for: Continuation | None = waited_for  # None: it is in its second step
        self._is_cancelled = False  # there
        self._task: asyncio.Task[None] | None = None  # from then on
        self._callback: Callable[[Any], object] = repr
        self._callbacks_context: Context | None = None
        waited_for.step = self._step

    def add_done_callback(
        self, callback: Callable[[Any], object], /, *, context: Context | None = None
    ) -> None:
        self._callback = callback
        self._callbacks_context = context

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
        elif self._waited_for is None:
            self._is_cancelled = True
        else:
            self._waited_for.step = None
            self._become_a_task(self._waited_for).cancel()

    def _step(self) -> None:
        self._waited_for = None
        try:
            waited_for = self._context.run(self._coroutine.send, None)
        except BaseException as end:
            (self._callbacks_context or self._context).run(self._callback, self)
            if not isinstance(end, StopIteration):
                raise
        else:
            task = self._become_a_task(waited_for)
            if self._is_cancelled:
                task.cancel()

    def _become_a_task(self, waited_for: object) -> asyncio.Task[None]:
        begun = _Begun(self._coroutine, waited_for)
        task = asyncio.get_running_loop().create_task(begun, context=self._context)
        task.add_done_callback(self._callback, context=self._callbacks_context)
        self._task = task
        return task


class _Begun(Coroutine[Any, Any, None]):
    """A coroutine that has made its first step: the first step of its task only learns what it
    waits for.
    """

    __slots__ = ("_coroutine", "_is_news", "_waited_for")

    def __init__(self, coroutine: Coroutine[Any, Any, None], waited_for: object) -> None:
        self._coroutine = coroutine
        self._waited_for = waited_for
        self._is_news = True

    def send(self, value: Any) -> Any:
        if self._is_news:
            self._is_news = False
            return self._waited_for
        return self._coroutine.send(value)

    def throw(self, *error: Any) -> Any:
        self._is_news = False
        return self._coroutine.throw(*error)

    def close(self) -> None:
        self._coroutine.close()

    def __await__(self) -> Any:
        raise TypeError("A task runs this coroutine; it cannot be awaited as well")
