"""The input gate: one turn of an object runs at a time, and while a critical section runs, nothing
that is not of it.

SPEC_NOTES.md#input-gate

A turn is the code between two waits. The event loop runs one at a time anyway, so the gate has only
to hold back turns that are not of the innermost section.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextvars import Context, copy_context
from functools import partial
from typing import Any, TypeVar
from weakref import WeakSet

from ...host.gates import Connected, Steps, current_gate
from ...html.event_loops import queue_a_task
from ...streams.readable_stream import ReadableStream
from ...webidl.promises import Promise, a_new_promise, reject, resolve, upon_fulfillment
from . import output_gate
from .output_gate import OutputGate

T = TypeVar("T")

DEEPEST_NESTING = 64


class Section:
    """A critical section, or what is around all of them: the root of a gate. It is what the code
    that is of it knows as its gate.

    SPEC_NOTES.md#critical-section
    """

    __slots__ = ("depth", "gate", "is_over", "parent")

    def __init__(self, gate: InputGate, parent: Section | None) -> None:
        self.gate = gate
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.is_over = False

    def begin(self, coroutine: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
        """Part of SPEC_NOTES.md#gated-coroutine"""
        return GatedCoroutine(coroutine, self, begins_now=True)

    def own(self, task: asyncio.Task[Any]) -> None:
        """Part of SPEC_NOTES.md#gated-coroutine"""
        self.gate.tasks.add(task)

    def let_in(self, steps: Steps) -> None:
        """Perform steps of this section now, or when a turn of it may run; never, if the object has
        ended.

        SPEC_NOTES.md#let-in
        """
        if self.gate.is_closed:
            return
        if may_run(self):
            steps()
        else:
            retry = partial(queue_a_task, "timer", partial(self.let_in, steps))
            upon_fulfillment(wait_for_a_change(self.gate), lambda _: retry())

    def let_out(self, steps: Steps) -> None:
        """Perform steps that others can see when what was written before is durable.

        Part of SPEC_NOTES.md#let-out
        """
        output_gate.let_out(self.gate.output_gate, steps)

    def keep_for(self, connection: Connected) -> None:
        """Part of SPEC_NOTES.md#drop-an-instance"""
        self.gate.connections.add(connection)


def section_that_runs() -> Section | None:
    """The section that the running code is of; None where it is of no object. Tasks inherit it.

    Part of SPEC_NOTES.md#critical-section
    """
    gate = current_gate.get()
    return gate if isinstance(gate, Section) else None


class InputGate:
    """The sections of an object that run, one in another, and what waits.

    SPEC_NOTES.md#input-gate-state
    """

    __slots__ = (
        "bodies", "connections", "innermost", "is_closed", "output_gate", "root", "tasks",
        "waiting_sections", "waiting_turns",
    )  # fmt: skip

    def __init__(self, output_gate: OutputGate) -> None:
        self.output_gate = output_gate
        self.is_closed = False  # nothing is let in any more
        # What was accepted in the object, and the bodies of the responses that it has made.
        self.connections: WeakSet[Connected] = WeakSet()
        self.bodies: WeakSet[ReadableStream] = WeakSet()
        self.root = Section(self, None)
        self.innermost = self.root
        # Sections that have been asked for outside of the innermost one, and who waits for turns.
        self.waiting_sections: deque[tuple[Section, Promise[None]]] = deque()
        self.waiting_turns: deque[Promise[None]] = deque()
        # All tasks of the object, its sections' and those that its code has started.
        self.tasks: WeakSet[asyncio.Task[Any]] = WeakSet()


def living_section(section: Section) -> Section:
    """A section, or the innermost one around it that is not over.

    Part of SPEC_NOTES.md#may-run
    """
    while section.is_over:
        assert section.parent is not None
        section = section.parent
    return section


def may_run(section: Section) -> bool:
    """Whether a turn that is of that section may run now.

    SPEC_NOTES.md#may-run
    """
    return living_section(section) is section.gate.innermost


def wait_for_a_change(gate: InputGate) -> Promise[None]:
    """A promise that is fulfilled when another section has become the innermost one.

    Part of SPEC_NOTES.md#may-run
    """
    promise: Promise[None] = a_new_promise()
    gate.waiting_turns.append(promise)
    return promise


async def wait_for_a_turn(section: Section) -> None:
    """Wait until a turn of that section may run.

    Part of SPEC_NOTES.md#may-run
    """
    while not may_run(section):
        await wait_for_a_change(section.gate)


def begin_a_section(parent: Section) -> tuple[Section, Promise[None]]:
    """A section within another, and a promise that is fulfilled when it has begun: at once, if a
    turn of its parent may run. RuntimeError if sections are nested too deeply.

    SPEC_NOTES.md#begin-a-section
    """
    parent = living_section(parent)
    if parent.depth >= DEEPEST_NESTING:
        raise RuntimeError("blockConcurrencyWhile() calls are nested too deeply.")
    gate = parent.gate
    section, has_begun = Section(gate, parent), a_new_promise()
    if may_run(parent):
        gate.innermost = section
        resolve(has_begun)
    else:
        gate.waiting_sections.append((section, has_begun))
    return section, has_begun


def end_a_section(section: Section) -> None:
    """Let what is around it go on: first a section that waits, else all turns.

    SPEC_NOTES.md#end-a-section
    """
    gate = section.gate
    section.is_over = True
    gate.innermost = living_section(gate.innermost)
    for waiting in list(gate.waiting_sections):
        next_section, has_begun = waiting
        assert next_section.parent is not None
        next_section.parent = living_section(next_section.parent)
        if next_section.parent is gate.innermost:
            gate.waiting_sections.remove(waiting)
            gate.innermost = next_section
            resolve(has_begun)
            break
    waiting_turns, gate.waiting_turns = gate.waiting_turns, deque()
    for turn in waiting_turns:
        resolve(turn)


def run_in_a_section(
    callback: Callable[[], Awaitable[T]], on_failure: Callable[[BaseException], object]
) -> Promise[T]:
    """Run what a callback returns in a section of its own; a promise of its value. What it raises
    is given to `on_failure`, and rejects the promise.

    The section begins now, though the callback is called in a turn of its own.

    SPEC_NOTES.md#run-in-a-section
    """
    parent = section_that_runs()
    assert parent is not None
    promise: Promise[T] = a_new_promise()
    section, has_begun = begin_a_section(parent)

    async def run() -> None:
        try:
            await has_begun
            value = await callback()
        except Exception as error:
            on_failure(error)
            reject(promise, error)
        else:
            resolve(promise, value)
        finally:
            end_a_section(section)  # its value is delivered first

    context = copy_context()
    context.run(current_gate.set, section)
    start_a_task(run(), context)
    return promise


# ---- tasks ---------------------------------------------------------------------------------------


def turns(
    coroutine: Coroutine[Any, Any, T], section: Section, begins_now: bool
) -> Generator[Any, Any, T]:
    """Drive a coroutine as a task does, but begin each of its turns only when it may run; the first
    one at once, if it is part of a turn that runs.

    SPEC_NOTES.md#gated-coroutine
    """
    value: Any = None
    error: BaseException | None = None
    while True:
        while error is None and not (begins_now or may_run(section)):
            try:
                yield from wait_for_a_change(section.gate).__await__()
            except BaseException as cancellation:  # it is not for the gate to hold that back
                error = cancellation
        begins_now = False
        try:
            waiting = coroutine.send(value) if error is None else coroutine.throw(error)
        except StopIteration as stop:
            result: T = stop.value
            return result
        try:
            value, error = (yield waiting), None
        except BaseException as thrown:
            value, error = None, thrown


class GatedCoroutine(Coroutine[Any, Any, T]):
    """What a task can be made of.

    Part of SPEC_NOTES.md#gated-coroutine
    """

    __slots__ = ("cr_await", "_turns")

    def __init__(
        self, coroutine: Coroutine[Any, Any, T], section: Section, begins_now: bool = False
    ) -> None:
        self.cr_await = coroutine  # named as in coroutines, to show where a task waits
        self._turns = turns(coroutine, section, begins_now)

    def send(self, value: Any) -> Any:
        return self._turns.send(value)

    def throw(self, *error: Any) -> Any:
        try:
            return self._turns.throw(*error)
        except BaseException:
            self.cr_await.close()  # it may not have begun
            raise

    def close(self) -> None:
        self._turns.close()
        self.cr_await.close()

    def __await__(self) -> Any:
        raise TypeError("A task runs this coroutine; it cannot be awaited as well")


def start_a_task(coroutine: Coroutine[Any, Any, T], context: Context) -> asyncio.Task[T]:
    """A task in a context that has a section; it is gated, and so are those that it starts.

    Part of SPEC_NOTES.md#gated-coroutine
    """
    loop = asyncio.get_running_loop()
    if loop.get_task_factory() is not make_a_task:
        loop.set_task_factory(make_a_task)
        gate_the_timers(loop)
    return loop.create_task(coroutine, context=context)


def make_a_task(
    loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any
) -> asyncio.Task[Any]:
    """The task factory of a loop that has objects: what runs in a section is gated.

    Part of SPEC_NOTES.md#gated-coroutine
    """
    context: Context | None = options.get("context")
    gate = current_gate.get() if context is None else context.get(current_gate)
    if not isinstance(gate, Section):
        return asyncio.Task(coroutine, loop=loop, **options)
    task: asyncio.Task[Any] = asyncio.Task(GatedCoroutine(coroutine, gate), loop=loop, **options)
    gate.own(task)
    return task


def gate_the_timers(loop: asyncio.AbstractEventLoop) -> None:
    """Let what code of an object gives to `call_later` and `call_at` of a loop pass its gate.

    SPEC_NOTES.md#gated-timers
    """
    call_at = loop.call_at

    def call_at_through_the_gate(
        when: float, callback: Callable[..., object], *arguments: Any, context: Any = None
    ) -> asyncio.TimerHandle:
        gate = current_gate.get() if context is None else context.get(current_gate)
        if gate is None:
            return call_at(when, callback, *arguments, context=context)

        def call_unless_it_is_cancelled() -> None:
            if not timer.cancelled():
                callback(*arguments)

        timer = call_at(when, gate.let_in, call_unless_it_is_cancelled, context=context)
        return timer

    loop.call_at = call_at_through_the_gate  # type: ignore[method-assign, assignment]
