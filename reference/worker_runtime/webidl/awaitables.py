"""Awaitables: from Python's coroutines to asyncio's tasks, begun at once as JavaScript's async
functions are.

ECMA-262, 27.7: https://tc39.es/ecma262/#sec-async-function-objects

A coroutine that ends in its first step, as most do that have nothing to wait for, needs no task.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextvars import copy_context
from types import CoroutineType
from typing import Any, TypeAlias, TypeVar

from ..host.gates import current_gate

T = TypeVar("T")
Future: TypeAlias = asyncio.Future

# asyncio keeps no strong reference to a task; what nobody holds must still come to its end.
running_tasks: set[asyncio.Future[Any]] = set()


async def _values() -> AsyncGenerator[None, None]:
    yield


# What `async def` makes, with and without `yield`.
_step: Any = _values().__anext__()
COROUTINES = frozenset({CoroutineType, type(_step)})
_step.close()

# How many coroutines are in their first step, one on top of the other, by loop.
_starting: dict[asyncio.AbstractEventLoop, int] = {}


def begin(awaitable: Awaitable[T]) -> tuple[T] | asyncio.Future[T]:
    """Let a coroutine, or any other awaitable, run to its first wait, in a context and as a task of
    its own.

    A tuple of its result, if it has returned by then. Else a future: the task, or what it has
    raised. An asyncio future is itself. The task is held until it is given to `let_go`, which who
    gets it has to do when it is done.

    https://tc39.es/ecma262/#sec-async-functions-abstract-operations-async-function-start
    """
    coroutine: Coroutine[Any, Any, T]
    # OPTIMIZATION: these are coroutines for certain
    if type(awaitable) in COROUTINES or asyncio.iscoroutine(awaitable):
        coroutine = awaitable  # type: ignore[assignment]
    elif asyncio.isfuture(awaitable):
        return awaitable
    else:
        coroutine = _wait_for(awaitable)
    gate = current_gate.get()
    if gate is not None:
        coroutine = gate.begin(coroutine)
    loop = asyncio.get_running_loop()
    depth = _starting.get(loop, 0)
    _starting[loop] = depth + 1
    try:
        begun = _first_step(coroutine, loop)
    except (KeyboardInterrupt, SystemExit) as error:  # asyncio would end the loop
        begun = loop.create_future()
        begun.set_exception(error)
    finally:
        if depth:
            _starting[loop] = depth
        else:
            del _starting[loop]
    if isinstance(begun, asyncio.Task) and not begun.done():
        running_tasks.add(begun)
        if gate is not None:
            gate.own(begun)
        if _thread.begun is not None:
            _thread.begun.append(begun)
    return begun


def future_of(awaitable: Awaitable[T]) -> asyncio.Future[T]:
    """As `begin`, but a result is in a future, too.

    https://tc39.es/ecma262/#sec-async-function-definitions-EvaluateBody
    """
    begun = begin(awaitable)
    if not isinstance(begun, tuple):
        if not begun.done():
            begun.add_done_callback(let_go)
        return begun
    future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    future.set_result(begun[0])
    return future


def let_go(future: asyncio.Future[Any]) -> None:
    """Hold a task no longer.

    https://docs.python.org/3/library/asyncio-task.html#asyncio.create_task
    """
    running_tasks.discard(future)


class Continuation(asyncio.Future[None]):
    """What a coroutine of the platform waits for, until others of its steps let it go on.

    OPTIMIZATION: who runs the coroutine without a task sets `step`. Then it goes on when they say
    so, and not after a turn of the loop.

    Part of https://tc39.es/ecma262/#await
    """

    step: Callable[[], object] | None = None

    def __init__(self) -> None:
        super().__init__(loop=asyncio.get_running_loop())

    def go_on(self) -> None:
        """Now, if it can. Those who say so do nothing after that."""
        if not self.done():
            self.set_result(None)
            if self.step is not None:
                self.step()

    def go_on_soon(self) -> None:
        """In a turn of its own."""
        if not self.done():
            self.set_result(None)
            if self.step is not None:
                self.get_loop().call_soon(self.step)


class _Thread(threading.local):
    begun: list[asyncio.Task[Any]] | None = None  # while somebody wants to know


_thread = _Thread()


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


def is_starting() -> bool:
    """Whether a coroutine makes its first step, on top of the script that called it.

    https://tc39.es/ecma262/#sec-asyncblockstart
    """
    return asyncio._get_running_loop() in _starting


async def _wait_for(awaitable: Awaitable[T]) -> T:
    return await awaitable


if sys.version_info >= (3, 12):

    def _first_step(
        coroutine: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop
    ) -> tuple[T] | asyncio.Future[T]:
        task = asyncio.Task(coroutine, loop=loop, eager_start=True)
        if task.done() and not task.cancelled() and task.exception() is None:
            return (task.result(),)
        return task

else:
    # OPTIMIZATION: to make a task and to run its first step costs more than most first steps do. So
    # the task that is the current one during this step is allocated, but initialized only if the
    # coroutine waits, or if somebody looks at it.

    def _first_step(
        coroutine: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop
    ) -> tuple[T] | asyncio.Future[T]:
        task: _Task = _Task.__new__(_UninitializedTask)
        context = copy_context()
        task._plan = coroutine, loop, context
        current_tasks = asyncio.tasks._current_tasks  # type: ignore[attr-defined]
        outer = current_tasks.get(loop)
        # for asyncio.timeout() and task groups, which ask whose step this is
        current_tasks[loop] = task
        waited_for = failure = None
        result: tuple[T] | None = None
        try:
            waited_for = context.run(coroutine.send, None)
        except StopIteration as end:
            result = (end.value,)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            # Without this frame, which has the error and would be garbage for the collector.
            failure = error.with_traceback(error.__traceback__ and error.__traceback__.tb_next)
        finally:
            if outer is None:
                del current_tasks[loop]
            else:
                current_tasks[loop] = outer
        if type(task) is _UninitializedTask:
            if result is not None:
                return result
            if failure is not None:
                return _failed_future(loop, failure)
            _initialize(task)
        task._started.learn(waited_for, result, failure)
        return task

    def _failed_future(
        loop: asyncio.AbstractEventLoop, failure: BaseException
    ) -> asyncio.Future[Any]:
        future = loop.create_future()
        if isinstance(failure, asyncio.CancelledError):
            future.cancel()
        else:
            future.set_exception(failure)
        return future

    class _Task(asyncio.Task[Any]):
        """A task whose first step is made before it is initialized."""

        __slots__ = ("_plan", "_started")

        _plan: tuple[Coroutine[Any, Any, Any], asyncio.AbstractEventLoop, Any]
        _started: _StartedCoroutine

    class _UninitializedTask(_Task):
        """It becomes a `_Task` before anybody sees anything of it."""

        __slots__ = ()

        def __getattribute__(self, name: str) -> Any:
            _initialize(self)
            return getattr(self, name)

        def __repr__(self) -> str:
            _initialize(self)
            return repr(self)

    def _initialize(task: _Task) -> None:
        task.__class__ = _Task
        coroutine, loop, context = task._plan
        del task._plan
        task._started = _StartedCoroutine(coroutine)
        asyncio.Task.__init__(task, task._started, loop=loop, context=context)

    class _StartedCoroutine(Coroutine[Any, Any, Any]):
        """A coroutine whose first step is made before its task's: that first step of the task only
        learns how it ended.
        """

        __slots__ = ("_failure", "_has_news", "_result", "_waited_for", "cr_await")

        def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
            self.cr_await = coroutine  # named as in coroutines, to show where a task waits
            self._has_news = True
            self._waited_for: Any = None
            self._result: tuple[Any] | None = None
            self._failure: BaseException | None = None

        def learn(
            self, waited_for: Any, result: tuple[Any] | None, failure: BaseException | None
        ) -> None:
            """What the first step waits for, has returned, or has raised."""
            self._waited_for = waited_for
            self._result = result
            self._failure = failure

        def send(self, value: Any) -> Any:
            if not self._has_news:
                return self.cr_await.send(value)
            self._has_news = False
            if self._failure is not None:
                raise self._failure
            if self._result is not None:
                raise StopIteration(self._result[0])
            return self._waited_for

        def throw(self, *error: Any) -> Any:
            self._has_news = False
            if self._failure is not None:
                raise self._failure
            if self._result is not None:  # the task was cancelled right before it returned
                raise error[-1]
            return self.cr_await.throw(*error)

        def close(self) -> None:
            self.cr_await.close()

        def __await__(self) -> Any:
            raise TypeError("A task runs this coroutine; it cannot be awaited as well")
