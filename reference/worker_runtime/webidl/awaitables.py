"""Awaitables: from Python's coroutines to asyncio's tasks, begun at once as JavaScript's async
functions are.

ECMA-262, 27.7: https://tc39.es/ecma262/#sec-async-function-objects
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import copy_context
from typing import Any, TypeVar

T = TypeVar("T")

# asyncio keeps no strong reference to a task; what nobody holds must still come to its end.
running_tasks: set[asyncio.Task[Any]] = set()


def future_of(awaitable: Awaitable[T]) -> asyncio.Future[T]:
    """An asyncio future is itself; a coroutine, or any other awaitable, becomes a task that has run
    to its first wait.

    https://tc39.es/ecma262/#sec-async-functions-abstract-operations-async-function-start
    """
    if asyncio.isfuture(awaitable):
        return awaitable
    coroutine = awaitable if asyncio.iscoroutine(awaitable) else _wait_for(awaitable)
    _thread.starting += 1
    try:
        task = _started_task(coroutine, asyncio.get_running_loop())
    finally:
        _thread.starting -= 1
    if not task.done():
        running_tasks.add(task)
        task.add_done_callback(running_tasks.discard)
        if _thread.begun is not None:
            _thread.begun.append(task)
    return task


class _Thread(threading.local):
    starting = 0
    begun: list[asyncio.Task[Any]] | None = None  # while somebody wants to know


def tasks_begun_by(steps: Callable[[], object]) -> list[asyncio.Task[Any]]:
    """Perform steps; returns the tasks of the coroutines that they have begun.

    https://tc39.es/ecma262/#sec-asyncfunctionstart
    """
    before = _thread.begun
    begun: list[asyncio.Task[Any]] = []
    _thread.begun = begun
    try:
        steps()
    finally:
        _thread.begun = before
    return begun


_thread = _Thread()


def is_starting() -> bool:
    """Whether a coroutine makes its first step, on top of the script that called it.

    https://tc39.es/ecma262/#sec-asyncblockstart
    """
    return _thread.starting > 0


async def _wait_for(awaitable: Awaitable[T]) -> T:
    return await awaitable


if sys.version_info >= (3, 12):

    def _started_task(
        coroutine: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop
    ) -> asyncio.Task[T]:
        return asyncio.Task(coroutine, loop=loop, eager_start=True)

else:

    def _started_task(
        coroutine: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop
    ) -> asyncio.Task[T]:
        started = _StartedCoroutine(coroutine)
        context = copy_context()
        task = asyncio.Task(started, loop=loop, context=context)
        outer = asyncio.current_task(loop)
        if outer is not None:
            asyncio.tasks._leave_task(loop, outer)
        # for asyncio.timeout() and task groups, which ask whose step this is
        asyncio.tasks._enter_task(loop, task)
        try:
            context.run(started.start)
        finally:
            asyncio.tasks._leave_task(loop, task)
            if outer is not None:
                asyncio.tasks._enter_task(loop, outer)
        return task

    class _StartedCoroutine(Coroutine[Any, Any, T]):
        """A coroutine whose first step is made before its task's: that first step of the task only
        learns how it ended.
        """

        __slots__ = ("_coroutine", "_failure", "_has_news", "_yielded")

        def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
            self._coroutine = coroutine
            self._has_news = False
            self._yielded: Any = None
            self._failure: BaseException | None = None

        def start(self) -> None:
            self._has_news = True
            try:
                self._yielded = self._coroutine.send(None)
            except (KeyboardInterrupt, SystemExit):
                raise
            except StopIteration as result:
                # which leads to the frames of all who called, and what they hold
                self._failure = result.with_traceback(None)
            except BaseException as failure:
                self._failure = failure

        def send(self, value: Any) -> Any:
            if not self._has_news:
                return self._coroutine.send(value)
            self._has_news = False
            if self._failure is not None:
                raise self._failure
            return self._yielded

        def throw(self, *error: Any) -> Any:
            self._has_news = False
            return self._coroutine.throw(*error)

        def close(self) -> None:
            self._coroutine.close()

        def __await__(self) -> Any:
            raise TypeError("A task runs this coroutine; it cannot be awaited as well")
