"""Event loops: tasks, microtasks, and what runs in parallel to them.

HTML Standard, 8.1.7: https://html.spec.whatwg.org/multipage/webappapis.html#event-loops

The event loop is asyncio's; a task of any task source is one of its callbacks. Microtasks have a
queue of their own, which is drained to its end at each microtask checkpoint: when a callback of the
platform returns, when a coroutine waits for a promise, and at the latest in the loop's next turn.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import Context, copy_context
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, Literal, TypeAlias, TypeVar

from ..host.owner import Owner
from ..webidl import promises
from ..webidl.exceptions import reason_of

WAITS_IN_A_TURN = 16

T = TypeVar("T")
Steps: TypeAlias = Callable[[], object]
TaskSource: TypeAlias = Literal[
    "DOM manipulation",
    "file reading",
    "networking",
    "performance timeline",
    "posted message",
    "remote event",
    "storage",
    "TCPServerSocket",
    "TCPSocket",
    "timer",
    "UDPSocket",
    "web locks",
    "WebSocket",
]


class EventLoop(Owner):
    """An asyncio loop, as HTML sees it.

    https://html.spec.whatwg.org/multipage/webappapis.html#event-loop
    """

    __slots__ = (
        "_records", "asyncio_loop", "checkpoint_is_due", "is_running_a_task", "microtask_queue",
        "parallel_tasks", "performing_a_microtask_checkpoint", "running_scripts",
        "steps_after_a_checkpoint", "waits_in_this_turn",
    )  # fmt: skip

    def __init__(self, asyncio_loop: asyncio.AbstractEventLoop) -> None:
        self.asyncio_loop = asyncio_loop
        self.microtask_queue: deque[Steps] = deque()
        self.performing_a_microtask_checkpoint = False
        self.checkpoint_is_due = False
        self.steps_after_a_checkpoint: list[Steps] = []
        self.is_running_a_task = False
        self.running_scripts = 0
        self.waits_in_this_turn = 0
        self.parallel_tasks: set[asyncio.Task[Any]] = set()
        self._records: dict[Callable[[Any], Any], Any] = {}


class _Thread(threading.local):
    event_loop: EventLoop | None = None


_thread = _Thread()
_host_job_queue: Callable[[Steps], object] | None = None


def relevant_event_loop() -> EventLoop:
    """The event loop of the asyncio loop that is running; RuntimeError if none is.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#concept-agent-event-loop
    """
    event_loop = _thread.event_loop
    # OPTIMIZATION: Python 3.11 makes a system call to answer what loop runs. Where the last one of
    # this thread runs, it is that.
    if event_loop is not None and event_loop.asyncio_loop.is_running():
        return event_loop
    try:
        asyncio_loop = asyncio.get_running_loop()
    except RuntimeError:
        raise RuntimeError(
            "A promise, a timer or a task needs a running event loop: call this in a coroutine"
        ) from None
    if event_loop is None or event_loop.asyncio_loop is not asyncio_loop:
        event_loop = _thread.event_loop = EventLoop(asyncio_loop)
    return event_loop


def is_running(event_loop: EventLoop) -> bool:
    """Whether it is the event loop of this thread, and runs just now.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#event-loop-for-spec-authors
    """
    # OPTIMIZATION: as in relevant_event_loop
    if _thread.event_loop is event_loop:
        return event_loop.asyncio_loop.is_running()
    return event_loop.asyncio_loop is asyncio._get_running_loop()


def use_host_job_queue(enqueue: Callable[[Steps], object] | None) -> None:
    """Hand every microtask to an embedder that has a queue of its own, such as a JavaScript engine;
    None ends that.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#queue-a-microtask
    """
    global _host_job_queue
    _host_job_queue = enqueue


# ---- queuing tasks -------------------------------------------------------------------------------


def queue_a_task(
    source: TaskSource,
    steps: Steps,
    event_loop: EventLoop | None = None,
    context: Context | None = None,
) -> None:
    """Perform steps in a turn of an event loop of their own, followed by a microtask checkpoint.

    The event loop may be another thread's; it is the one that runs here, if none is given. Where it
    has ended, nothing is performed. The context is a copy of the current one, if none is given.

    https://html.spec.whatwg.org/multipage/webappapis.html#queue-a-task
    """
    if event_loop is None:
        event_loop = relevant_event_loop()
    call_in_a_turn(event_loop, partial(run_a_task, event_loop, steps), context)


def call_in_a_turn(event_loop: EventLoop, callback: Steps, context: Context | None = None) -> None:
    """Call back in a turn of an event loop, which may be another thread's; never, where it has
    ended. What is called runs tasks.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#task-queue
    """
    if is_running(event_loop):
        event_loop.asyncio_loop.call_soon(callback, context=context)
        return
    with suppress(RuntimeError):  # the loop is closed
        event_loop.asyncio_loop.call_soon_threadsafe(callback, context=context)


def queue_a_microtask(steps: Steps) -> None:
    """Perform steps at the next microtask checkpoint, in a copy of the current context.

    https://html.spec.whatwg.org/multipage/webappapis.html#queue-a-microtask
    """
    host_enqueue_promise_job(partial(copy_context().run, steps))


def host_enqueue_promise_job(job: Steps) -> None:
    """Queue a microtask that brings the context in which it runs.

    https://html.spec.whatwg.org/multipage/webappapis.html#hostenqueuepromisejob
    """
    if _host_job_queue is not None:
        _host_job_queue(job)
        return
    event_loop = _thread.event_loop
    # OPTIMIZATION: else, it is the one that runs, and a checkpoint follows
    if event_loop is None or not (
        event_loop.performing_a_microtask_checkpoint or event_loop.is_running_a_task
    ):
        event_loop = relevant_event_loop()
        schedule_a_microtask_checkpoint(event_loop)
    event_loop.microtask_queue.append(job)


def schedule_a_microtask_checkpoint(event_loop: EventLoop) -> None:
    """Let a checkpoint come in the loop's next turn, whatever happens before.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#perform-a-microtask-checkpoint
    """
    if not event_loop.checkpoint_is_due and not event_loop.performing_a_microtask_checkpoint:
        event_loop.checkpoint_is_due = True
        event_loop.asyncio_loop.call_soon(_begin_a_turn, event_loop)


def _begin_a_turn(event_loop: EventLoop) -> None:
    event_loop.checkpoint_is_due = False
    event_loop.waits_in_this_turn = 0
    perform_a_microtask_checkpoint(event_loop)


def promise_of_another_turn() -> promises.Promise[None]:
    """Fulfilled in a task of its own: long work that waits for it lets other tasks have their turn.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#concept-task
    """
    event_loop = relevant_event_loop()
    promise: promises.Promise[None] = promises.a_new_promise()
    event_loop.asyncio_loop.call_soon(run_a_task, event_loop, promises.resolve, promise)
    return promise


# ---- processing model ----------------------------------------------------------------------------


def run_a_task(event_loop: EventLoop, steps: Callable[..., object], *arguments: object) -> None:
    """Part of https://html.spec.whatwg.org/multipage/webappapis.html#event-loop-processing-model"""
    event_loop.is_running_a_task = True
    try:
        steps(*arguments)
    finally:
        event_loop.is_running_a_task = False
        if event_loop.microtask_queue or event_loop.steps_after_a_checkpoint:
            perform_a_microtask_checkpoint(event_loop)


def perform_a_microtask_checkpoint(event_loop: EventLoop) -> None:
    """https://html.spec.whatwg.org/multipage/webappapis.html#perform-a-microtask-checkpoint"""
    microtask_queue = event_loop.microtask_queue
    if event_loop.performing_a_microtask_checkpoint:
        return
    event_loop.performing_a_microtask_checkpoint = True
    try:
        while microtask_queue:
            try:
                microtask_queue.popleft()()
            except Exception as error:
                context = {"message": "A microtask failed", "exception": error}
                event_loop.asyncio_loop.call_exception_handler(context)
        steps_after, event_loop.steps_after_a_checkpoint = event_loop.steps_after_a_checkpoint, []
        for steps in steps_after:
            steps()
    finally:
        event_loop.performing_a_microtask_checkpoint = False
        if microtask_queue:  # an exit or an interrupt: the rest waits for the next turn
            schedule_a_microtask_checkpoint(event_loop)


def prepare_to_run_script() -> EventLoop | None:
    """Call before a callback of an author, and `clean_up_after_running_script` with what this
    returns when it has returned.

    https://html.spec.whatwg.org/multipage/webappapis.html#prepare-to-run-script
    """
    event_loop = _thread.event_loop
    if event_loop is not None:
        event_loop.running_scripts += 1
    return event_loop


def clean_up_after_running_script(event_loop: EventLoop | None) -> None:
    """Where a task called the callback, its microtasks run before the next callback; where a script
    did, after that script.

    https://html.spec.whatwg.org/multipage/webappapis.html#clean-up-after-running-script
    """
    if event_loop is not None:
        event_loop.running_scripts -= 1
        if (
            event_loop.is_running_a_task
            and event_loop.running_scripts == 0
            and (event_loop.microtask_queue or event_loop.steps_after_a_checkpoint)
        ):
            perform_a_microtask_checkpoint(event_loop)


def clean_up_before_waiting() -> None:
    """A coroutine is about to wait for a promise: its script ends here. What it waits for may be
    there after a checkpoint.

    A coroutine that the platform has just started is part of the script that started it, and does
    not come here. Without this the checkpoint would come in the loop's next turn. So does it now
    and then, so that asyncio's other tasks have their turn however many chunks a stream has.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#clean-up-after-running-script
    """
    event_loop = relevant_event_loop()
    if not event_loop.microtask_queue or event_loop.running_scripts or event_loop.is_running_a_task:
        return
    event_loop.waits_in_this_turn += 1
    if event_loop.waits_in_this_turn < WAITS_IN_A_TURN:
        perform_a_microtask_checkpoint(event_loop)


def a_microtask_would_be_next() -> bool:
    """Whether a microtask that steps of the platform queued now would run right after them, with
    no microtask before it.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#perform-a-microtask-checkpoint
    """
    event_loop = _thread.event_loop
    if event_loop is None or _host_job_queue is not None:
        return False
    return not (event_loop.microtask_queue or event_loop.performing_a_microtask_checkpoint)


# ---- in parallel ---------------------------------------------------------------------------------


def in_parallel(steps: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Run steps beside everything else. The event loop owns the task until it ends; its failure is
    the loop's to report.

    https://html.spec.whatwg.org/multipage/infrastructure.html#in-parallel
    """
    event_loop = relevant_event_loop()
    task = event_loop.asyncio_loop.create_task(steps)
    event_loop.parallel_tasks.add(task)
    task.add_done_callback(event_loop.parallel_tasks.discard)
    return task


class ParallelQueue:
    """Steps that only compute, and the threads of the process that take them.

    A thread lives while there are steps to take, and `patience` seconds longer. It is a daemon: a
    process that ends does not wait for it.

    https://html.spec.whatwg.org/multipage/infrastructure.html#parallel-queue
    """

    __slots__ = (
        "algorithm_queue", "idle_threads", "lock", "most_threads", "patience", "thread_count",
    )  # fmt: skip

    def __init__(self, most_threads: int, patience: float = 0.0) -> None:
        self.algorithm_queue: deque[Steps] = deque()
        self.idle_threads: list[ThreadOfAQueue] = []
        self.lock = threading.Lock()
        self.most_threads = most_threads
        self.patience = patience
        self.thread_count = 0

    def enqueue(self, steps: Steps) -> None:
        """https://html.spec.whatwg.org/multipage/infrastructure.html#enqueue-the-following-steps"""
        with self.lock:
            if self.idle_threads:
                self.idle_threads.pop().hand_over(steps)
                return
            if self.thread_count < self.most_threads:
                ThreadOfAQueue(self).start()
                self.thread_count += 1
            self.algorithm_queue.append(steps)


class ThreadOfAQueue(threading.Thread):
    """Takes the steps of a queue. Its name says whether it is busy.

    Part of https://html.spec.whatwg.org/multipage/infrastructure.html#parallel-queue
    """

    def __init__(self, queue: ParallelQueue) -> None:
        super().__init__(name="parallel queue", daemon=True)
        self._handed_over: SimpleQueue[Steps] = SimpleQueue()
        self._queue = queue

    def hand_over(self, steps: Steps) -> None:
        """Steps for a thread that is idle."""
        self.name = "parallel queue"
        self._handed_over.put(steps)

    def run(self) -> None:
        """Take steps until there are none."""
        while (steps := self._next_steps()) is not None:
            steps()
            del steps  # and what they hold

    def _next_steps(self) -> Steps | None:
        queue = self._queue
        with queue.lock:
            if queue.algorithm_queue:
                return queue.algorithm_queue.popleft()
            if not queue.patience:
                queue.thread_count -= 1
                return None
            self.name = "idle parallel queue"
            queue.idle_threads.append(self)
        try:
            return self._handed_over.get(timeout=queue.patience)
        except Empty:
            pass
        with queue.lock:
            if self in queue.idle_threads:
                queue.idle_threads.remove(self)
                queue.thread_count -= 1
                return None
        return self._handed_over.get()


# Those that hold Python's global lock share it with the event loop, which must get its turn: so
# there are never many.
_parallel_queue = ParallelQueue(most_threads=min(4, os.cpu_count() or 1))


def in_a_thread(
    steps: Callable[[], T], queue: ParallelQueue = _parallel_queue
) -> promises.Promise[T]:
    """Perform steps that only compute in a thread; a task settles the promise with what they return
    or raise. Steps that wait for a disk have a queue of their own.

    They see the context variables of now. Nothing stops them before their end, and if their event
    loop has ended by then, nobody is told. A loop whose time is virtual has a method to do it
    without a thread.

    Part of https://html.spec.whatwg.org/multipage/infrastructure.html#in-parallel
    """
    event_loop = relevant_event_loop()
    context = copy_context()
    promise: promises.Promise[T] = promises.a_new_promise()

    def perform() -> None:
        try:
            completion = partial(promises.resolve, promise, context.run(steps))
        except BaseException as error:
            completion = partial(promises.reject, promise, reason_of(error))
        with suppress(RuntimeError):  # the loop is closed
            event_loop.asyncio_loop.call_soon_threadsafe(
                run_a_task, event_loop, completion, context=context
            )

    perform_beside = getattr(event_loop.asyncio_loop, "perform_beside", queue.enqueue)
    perform_beside(perform)
    return promise
