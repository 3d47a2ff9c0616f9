"""Virtual time: an event loop and a clock whose time passes only when somebody lets it."""

from __future__ import annotations

import asyncio
import selectors
import threading
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, Protocol, TypeVar, TypeVarTuple, Unpack
from weakref import WeakKeyDictionary

from .clock import TimerHandle
from .console import PACKAGE_FOLDER, is_installed
from .gates import without_a_gate

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

SECONDS_OF_PATIENCE = 5.0
"""How long a thread, or whatever else is real, is waited for before all is taken to stand still."""
NAME_OF_BUSY_THREADS = "parallel queue"
CALLBACKS_WITHOUT_TIME = 1_000_000


class TimeStandsStill(Exception):
    """Everything waits, and only for what would come later; nobody lets time pass."""


class Schedule(Protocol):
    """Decides what happens first of what could happen in any order."""

    def choose(self, count: int) -> int:
        """A number from 0 on and less than `count`, of which there are several. 0 is what has been
        ready for the longest time.
        """


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop for one run of a program: its time begins at 0 and passes by `advance` alone.

    With a schedule, tasks that are ready go on, and what was asked of network and disks is done, in
    an order that it decides; all else keeps its order, and so do the steps of one task.
    """

    def __init__(self, schedule: Schedule | None = None) -> None:
        self._now = 0.0
        self._end: float | None = None  # how far time passes, while it does
        self._end_is_reached: asyncio.Future[None] | None = None
        self._schedule = schedule
        self._ready_steps: list[Step] = []
        self._contexts: WeakKeyDictionary[asyncio.Task[Any], Context] = WeakKeyDictionary()
        self._threads_at_work = 0
        self._has_stood_still = False
        super().__init__(_Selector(self))

    def time(self) -> float:
        """Seconds since the loop began."""
        return self._now

    async def advance(self, seconds: float) -> None:
        """Let time pass. What is due in it happens when it is due, and in order; when this returns,
        all that it has led to has happened, too.
        """
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"Time passes forward, not by {seconds!r} seconds")
        if self._end_is_reached is not None:
            raise RuntimeError("Time passes already: let one task alone call advance()")
        self._end, self._end_is_reached = self._now + seconds, self.create_future()
        try:
            await self._end_is_reached
        finally:
            self._end = self._end_is_reached = None

    def choose(self, count: int) -> int:
        """What the schedule chooses of so many; the first, if there is none."""
        return 0 if self._schedule is None or count < 2 else self._schedule.choose(count)

    def context_of(self, task: asyncio.Task[Any]) -> Context | None:
        """The context that a task runs in, from its first step on."""
        return self._contexts.get(task)

    def perform_beside(self, steps: Callable[[], object]) -> None:
        """Perform steps that another program would give to a thread. What they take of time is
        nothing here, and when they are done is for the schedule to decide.
        """
        self.call_soon(Work(steps).perform)

    # ---- what asyncio calls ----------------------------------------------------------------------

    def call_soon(
        self,
        callback: Callable[[Unpack[Ts]], object],
        *args: Unpack[Ts],
        context: Context | None = None,
    ) -> asyncio.Handle:
        """A callback; if it is a step of a task, or what it belongs to is done in any order, it is
        one of those that the schedule chooses of.
        """
        owner = getattr(callback, "__self__", None)
        if isinstance(owner, asyncio.Task):
            if context is not None:
                self._contexts[owner] = context
        elif not getattr(owner, "is_done_in_any_order", False):
            return super().call_soon(callback, *args, context=context)
        if self._schedule is None:
            return super().call_soon(callback, *args, context=context)
        step = Step(callback, args, self, context)
        self._ready_steps.append(step)
        super().call_soon(self._run_a_step)
        return step

    def _run_a_step(self) -> None:
        steps = self._ready_steps
        steps.pop(self.choose(len(steps))).run()

    def run_in_executor(
        self, executor: Any, func: Callable[[Unpack[Ts]], T], *args: Unpack[Ts]
    ) -> asyncio.Future[T]:
        """As asyncio does; time does not pass until it is done."""
        future = super().run_in_executor(executor, func, *args)
        self._threads_at_work += 1
        future.add_done_callback(self._thread_is_done)
        return future

    def _thread_is_done(self, future: asyncio.Future[Any]) -> None:
        self._threads_at_work -= 1

    def _wait(
        self, timeout: float | None, select: Callable[[float | None], list[Any]]
    ) -> list[Any]:
        """What the selector does: look at what is real, and let time pass where nothing is."""
        events = select(0)
        if events or (timeout is not None and timeout <= 0):
            return events
        if self._threads_at_work or any(
            thread.name == NAME_OF_BUSY_THREADS for thread in threading.enumerate()
        ):
            return select(0.01)
        if self._end is None or self._end_is_reached is None:
            return self._stand_still(timeout, select)
        due = self._end if timeout is None else self._now + timeout
        if due < self._end:
            self._now = due
        else:
            self._now = self._end
            next_timer = None if timeout is None else due
            if (next_timer is None or next_timer > self._end) and not self._end_is_reached.done():
                self._end_is_reached.set_result(None)
        return []

    def _stand_still(
        self, timeout: float | None, select: Callable[[float | None], list[Any]]
    ) -> list[Any]:
        events = select(SECONDS_OF_PATIENCE)
        if events or self._has_stood_still:
            return events
        self._has_stood_still = True  # what ends now, may wait for what never comes
        next_timer = "" if timeout is None else f" The next timer rings in {timeout:.3f} s."
        places = sorted(map(place_of, asyncio.all_tasks(self)), reverse=True)
        tasks = "\n".join(f"  {place}" for _, place in places)
        raise TimeStandsStill(
            "Everything waits, and nobody lets time pass: `await world.advance(...)` does."
            f"{next_timer} These wait:\n{tasks}"
        )


def describe(task: asyncio.Task[Any]) -> str:
    """The name of a task, and where it waits."""
    return place_of(task)[1]


def place_of(task: asyncio.Task[Any]) -> tuple[bool, str]:
    """Whether a task waits in code of a user's, and its name and where: the innermost place of such
    code, if there is one.
    """
    waiting: Any = task.get_coro()
    where, is_a_users = type(waiting).__name__, False
    while waiting is not None:
        frame = getattr(waiting, "cr_frame", None) or getattr(waiting, "gi_frame", None)
        if frame is not None:
            file = frame.f_code.co_filename
            is_here = not (file.startswith(PACKAGE_FOLDER) or is_installed(file))
            if is_here or not is_a_users:
                where = f"{file}:{frame.f_lineno}, in {frame.f_code.co_name}()"
            is_a_users = is_a_users or is_here
        waiting = getattr(waiting, "cr_await", None) or getattr(waiting, "gi_yieldfrom", None)
    return is_a_users, f"{task.get_name()}: {where}"


class Work:
    """What another program would give to a thread."""

    is_done_in_any_order = True

    def __init__(self, steps: Callable[[], object]) -> None:
        self._steps = steps

    def perform(self) -> None:
        """Do it."""
        self._steps()


class Step(asyncio.Handle):
    """A step of a task that is ready, or the end of something that was asked for."""

    __slots__ = ("_arguments", "_step", "_step_context")

    def __init__(
        self,
        step: Callable[..., object],
        arguments: tuple[Any, ...],
        loop: asyncio.AbstractEventLoop,
        context: Context | None,
    ) -> None:
        super().__init__(step, arguments, loop, context)
        self._step = step
        self._arguments = arguments
        self._step_context = context

    def run(self) -> None:
        """Do the step, unless it is cancelled."""
        if self.cancelled():
            return
        if self._step_context is None:
            self._step(*self._arguments)
        else:
            self._step_context.run(self._step, *self._arguments)


class _Selector(selectors.DefaultSelector):
    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return self._loop._wait(timeout, super().select)


class VirtualClock:
    """The clock of a loop with virtual time. Its wall clock begins where it is told to."""

    def __init__(self, loop: VirtualTimeLoop, wall: float) -> None:
        self._loop = loop
        self._wall_at_zero = wall - loop.time()
        self._timers: list[asyncio.TimerHandle] = []
        self._is_stopped = False

    def stop(self) -> None:
        """No timer rings any more: its process is dead."""
        self._is_stopped = True
        for timer in self._timers:
            timer.cancel()

    def monotonic(self) -> float:
        """Seconds since the loop began."""
        return self._loop.time()

    def wall(self) -> float:
        """Seconds since 1970."""
        return self._wall_at_zero + self._loop.time()

    def call_later(self, delay: float, callback: Callable[[], object]) -> TimerHandle:
        """A timer of the loop."""
        timer = without_a_gate(self._loop.call_later, delay, callback)
        if self._is_stopped:
            timer.cancel()
        self._timers.append(timer)
        if len(self._timers) > 64 and len(self._timers).bit_count() == 1:
            self.pending()
        return timer

    def pending(self) -> list[float]:
        """When timers ring that have been set here and not cancelled, in order."""
        self._timers = [
            timer
            for timer in self._timers
            if not timer.cancelled() and timer.when() > self._loop.time()
        ]
        return sorted(timer.when() for timer in self._timers)


def run_in_virtual_time(main: Coroutine[Any, Any, T], schedule: Schedule | None = None) -> T:
    """Run a coroutine on a loop of its own, whose time is virtual, and end that loop."""
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(schedule)) as runner:
        return runner.run(main)
