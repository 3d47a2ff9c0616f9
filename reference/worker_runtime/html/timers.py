"""Timers: `setTimeout`, `setInterval`, and what else waits for some milliseconds.

HTML Standard, 8.7: https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#timers
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from itertools import count
from typing import Any

from ..host.clock import TimerHandle
from ..host.gates import current_gate
from ..webidl.callback_function_types import refuse_what_was_called, to_callback_function
from ..webidl.type_mapping import to_integer
from .event_loops import EventLoop, Steps, relevant_event_loop, run_a_task
from .runtime_script_errors import invoke_and_report
from .settings_objects import EnvironmentSettingsObject, current_settings_object


class Timers:
    """The timers of a scope. They are of one event loop, and go with it.

    Part of https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#map-of-settimeout-and-setinterval-ids
    """

    __slots__ = (
        "event_loop", "ids", "map_of_active_timers", "map_of_settimeout_and_setinterval_ids",
        "nesting_level", "observed_timeout_signals", "settings_object",
    )  # fmt: skip

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        self.settings_object = settings_object
        clear = partial(clear_the_map_of_active_timers, settings_object)
        settings_object.closing_steps.append(clear)
        self.event_loop: EventLoop | None = None
        self.ids = count(1)
        self.map_of_settimeout_and_setinterval_ids: dict[int, ActiveTimer] = {}
        # By their milliseconds, and those that have the same in the order of their start.
        self.map_of_active_timers: dict[int, dict[ActiveTimer, None]] = {}
        self.nesting_level = 0  # of the timer whose task runs now
        # What stays alive as long as its timer may ring, even if everybody else has let go of it.
        self.observed_timeout_signals: set[Any] = set()


class ActiveTimer:
    """A timer that runs, the alarm that will ring, and what is to happen then.

    Part of https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#map-of-active-timers
    """

    __slots__ = ("alarm", "completion_step", "milliseconds", "timers")

    alarm: TimerHandle

    def __init__(self, timers: Timers, milliseconds: int, completion_step: Steps) -> None:
        self.timers = timers
        self.milliseconds = milliseconds
        self.completion_step = completion_step
        timers.map_of_active_timers.setdefault(milliseconds, {})[self] = None

    @property
    def is_active(self) -> bool:
        return self in self.timers.map_of_active_timers.get(self.milliseconds, ())

    def stop(self) -> None:
        """Leave the map of active timers; does nothing a second time."""
        if self.is_active:
            self.alarm.cancel()
            equals = self.timers.map_of_active_timers[self.milliseconds]
            del equals[self]
            if not equals:
                del self.timers.map_of_active_timers[self.milliseconds]

    def ring(self) -> None:
        """Perform the completion steps of those timers that were started before and do not last
        longer, then of this one.
        """
        while self.is_active:
            first = next(iter(self.timers.map_of_active_timers[self.milliseconds]))
            first.stop()
            if not self.timers.settings_object.closing:
                assert self.timers.event_loop is not None
                run_a_task(self.timers.event_loop, first.completion_step)


def _timers_of(settings_object: EnvironmentSettingsObject) -> Timers:
    """The timers of a scope on the running event loop; RuntimeError if none is running."""
    event_loop = relevant_event_loop()
    timers = settings_object.record(Timers)
    if timers.event_loop is not event_loop:
        timers.map_of_settimeout_and_setinterval_ids.clear()  # those of a loop that has ended
        timers.map_of_active_timers.clear()
        timers.event_loop = event_loop
    return timers


def run_steps_after_a_timeout(milliseconds: int, completion_step: Steps) -> ActiveTimer:
    """Perform steps as a task when the time has passed.

    There is one order for all timers of a scope, so they need no ordering identifiers.

    https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#run-steps-after-a-timeout
    """
    settings_object = current_settings_object()
    # The context goes with the timer, not with its alarm, whose clock may be an embedder's own.
    gate = current_gate.get()
    if gate is not None:
        completion_step = partial(gate.let_in, completion_step)
    timer = ActiveTimer(
        _timers_of(settings_object), milliseconds, partial(copy_context().run, completion_step)
    )
    timer.alarm = settings_object.host.clock.call_later(milliseconds / 1000, timer.ring)
    return timer


def timer_initialization_steps(
    handler: Callable[..., object],
    timeout: int,
    arguments: tuple[Any, ...],
    repeat: bool,
    previous_id: int | None = None,
) -> int:
    """https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#timer-initialisation-steps"""
    timers = _timers_of(current_settings_object())
    map_of_ids = timers.map_of_settimeout_and_setinterval_ids
    id = next(timers.ids) if previous_id is None else previous_id
    nesting_level = timers.nesting_level
    timeout = max(timeout, 0)
    if nesting_level > 5:
        timeout = max(timeout, 4)

    def task() -> None:
        timers.nesting_level = nesting_level + 1
        try:
            invoke_and_report(handler, *arguments)
            if map_of_ids.get(id) is unique_handle:  # the handler has not cleared it
                if repeat:
                    timer_initialization_steps(handler, timeout, arguments, True, id)
                else:
                    del map_of_ids[id]
        finally:
            timers.nesting_level = 0

    unique_handle = map_of_ids[id] = run_steps_after_a_timeout(timeout, task)
    return id


def to_timer_handler(handler: object, argument_count: int) -> Callable[..., Any]:
    """https://html.spec.whatwg.org/multipage/webappapis.html#timerhandler"""
    # DEVIATION: a string is source code there. Here it is refused, as a runtime without `eval`
    # does.
    refuse_what_was_called(handler, "The handler of a timer")
    if not callable(handler):
        raise TypeError(f"The handler of a timer is a callable, not {handler!r}")
    return to_callback_function(handler, argument_count)


def setTimeout(handler: Callable[..., object], timeout: float | None = 0, *arguments: Any) -> int:
    """Call back with the arguments when so many milliseconds have passed. The id that is returned
    is for `clearTimeout`.

    https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-settimeout
    """
    return timer_initialization_steps(
        to_timer_handler(handler, len(arguments)),
        to_integer(timeout or 0, 32, signed=True),
        arguments,
        False,
    )


def setInterval(handler: Callable[..., object], timeout: float | None = 0, *arguments: Any) -> int:
    """Call back with the arguments each time that so many milliseconds have passed, until
    `clearInterval` is called.

    https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-setinterval
    """
    return timer_initialization_steps(
        to_timer_handler(handler, len(arguments)),
        to_integer(timeout or 0, 32, signed=True),
        arguments,
        True,
    )


def clearTimeout(id: int | None = 0) -> None:
    """Stop a timer; one that is not there is no error.

    https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-cleartimeout
    """
    timers = current_settings_object().record(Timers)
    timer = timers.map_of_settimeout_and_setinterval_ids.pop(
        to_integer(id or 0, 32, signed=True), None
    )
    if timer is not None:
        timer.stop()


def clearInterval(id: int | None = 0) -> None:
    """Stop a timer, as `clearTimeout` does.

    https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-clearinterval
    """
    clearTimeout(id)


def clear_the_map_of_active_timers(settings_object: EnvironmentSettingsObject) -> None:
    """Stop all timers of a scope, as the last step of its life.

    Part of https://html.spec.whatwg.org/multipage/workers.html#dom-workerglobalscope-closing
    """
    timers = settings_object.record(Timers)
    for equals in list(timers.map_of_active_timers.values()):
        for timer in list(equals):
            timer.stop()
    timers.map_of_settimeout_and_setinterval_ids.clear()
    timers.observed_timeout_signals.clear()
