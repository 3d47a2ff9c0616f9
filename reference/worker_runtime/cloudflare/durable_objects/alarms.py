"""Alarms: an object is called at a time that it has set, at least once, also after a crash.

SPEC_NOTES.md#alarms
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from ...host.clock import TimerHandle
from ...html.event_loops import in_parallel
from ...webidl.callback_function_types import to_callback_function
from ...webidl.promises import a_new_promise, resolve
from . import ids
from .ids import DurableObjectId

if TYPE_CHECKING:
    from .life_cycle import Container, Space

MOST_RETRIES = 6
FIRST_DELAY = 2  # seconds; each further one is twice as long, and up to a quarter longer
MOST_DOUBLINGS = 9
LONGEST_RUN = 15 * 60.0  # seconds
TOO_LONG = "Alarm exceeded its allowed execution time"
SECONDS_BETWEEN_LOOKS = 3600.0


class AlarmInvocationInfo(NamedTuple):
    """What the handler is told.

    SPEC_NOTES.md#alarm-invocation-info
    """

    scheduledTime: float
    retryCount: int

    @property
    def isRetry(self) -> bool:
        """SPEC_NOTES.md#alarm-invocation-info-is-retry"""
        return self.retryCount > 0


class Outcome(NamedTuple):
    """What has come of a run, and when the object wants to be called next.

    Part of SPEC_NOTES.md#run-an-alarm
    """

    has_failed: bool
    time: float | None


class PlannedAlarm:
    """When an object is to be called: later than its alarm, if that has failed.

    Part of SPEC_NOTES.md#alarm-scheduler
    """

    __slots__ = (
        "doublings", "due", "id", "is_running", "news", "retry_count", "time", "time_in_the_index",
        "timer", "was_counted",
    )  # fmt: skip

    def __init__(self, id: DurableObjectId, time: float) -> None:
        self.id = id
        self.time = time
        self.time_in_the_index: float | None = time
        self.due = time
        self.retry_count = 0
        self.doublings = 0  # of the delay
        self.was_counted = True  # whether the last failure was the object's own
        self.is_running = False
        self.news: list[float | None] = []  # what was committed meanwhile
        self.timer: TimerHandle | None = None


class AlarmScheduler:
    """Wakes the objects of a space.

    SPEC_NOTES.md#alarm-scheduler
    """

    def __init__(self, space: Space) -> None:
        self._space = space
        self._planned: dict[str, PlannedAlarm] = {}
        self._untold: set[str] = set()  # whose alarms have changed in the index
        self.ring: Callable[[DurableObjectId, float, int], Awaitable[Outcome]] = self._ring_here
        # Where several processes share the space, one of them is its waker, and is told.
        self.is_waker = True
        self.tell: Callable[[DurableObjectId, float | None], object] | None = None

    def load(self) -> None:
        """Plan what the index has: what was due while nobody ran is due now.

        SPEC_NOTES.md#load-the-alarms
        """
        if not self.is_waker:
            return
        for alarm in self._space.index:
            if alarm.id not in self._planned:
                id = ids.id_from_string(self._space.key, alarm.id)
                id._name = alarm.name
                self._plan(PlannedAlarm(id, alarm.time))

    def stop(self) -> None:
        """Wake nobody any more; the index stays.

        Part of SPEC_NOTES.md#alarm-scheduler
        """
        for planned in self._planned.values():
            if planned.timer is not None:
                planned.timer.cancel()
        self._planned.clear()

    def before_a_commit(self, id: DurableObjectId, time: float | None) -> bool:
        """The index is never later than the object's own database. Whether it has changed.

        SPEC_NOTES.md#before-a-commit
        """
        known = self._time_in_the_index(id)
        if time is None or (known is not None and time >= known):
            return False
        self._put(id, time)
        return True

    def after_a_commit(self, id: DurableObjectId, time: float | None) -> None:
        """SPEC_NOTES.md#after-a-commit"""
        if time != self._time_in_the_index(id):
            self._put(id, time)
        if self.is_waker:
            self.hear(id, time)
        elif self.tell is not None and id._text in self._untold:
            self.tell(id, time)
        self._untold.discard(id._text)

    def hear(self, id: DurableObjectId, time: float | None) -> None:
        """Plan what an object has committed.

        Part of SPEC_NOTES.md#after-a-commit
        """
        planned = self._planned.get(id._text)
        if planned is not None and planned.is_running:
            planned.news[:] = [time]  # when that has ended, it is looked at
        elif time != (None if planned is None else planned.time):
            if planned is not None:
                self._forget(planned)
            if time is not None:
                self._plan(PlannedAlarm(id, time))

    def _time_in_the_index(self, id: DurableObjectId) -> float | None:
        if self.tell is not None:  # other processes write into it, too
            return self._space.index.get(id._text)
        planned = self._planned.get(id._text)
        return None if planned is None else planned.time_in_the_index

    def _put(self, id: DurableObjectId, time: float | None) -> None:
        self._space.index.put(id._text, time, id._name)
        self._untold.add(id._text)
        planned = self._planned.get(id._text)
        if planned is not None:
            planned.time_in_the_index = time

    def _plan(self, planned: PlannedAlarm) -> None:
        self._planned[planned.id._text] = planned
        clock = self._space.host.clock
        delay = max(0.0, planned.due / 1000 - clock.wall())
        planned.timer = clock.call_later(
            min(delay, SECONDS_BETWEEN_LOOKS), lambda: self._ring(planned)
        )

    def _forget(self, planned: PlannedAlarm) -> None:
        if planned.timer is not None:
            planned.timer.cancel()
        self._planned.pop(planned.id._text, None)

    def _ring(self, planned: PlannedAlarm) -> None:
        if self._planned.get(planned.id._text) is not planned:
            return
        if self._space.host.clock.wall() * 1000 < planned.due:
            self._plan(planned)  # the clock was set, or the delay is a long one
        else:
            planned.is_running = True
            settings_object = self._space.settings_object
            assert settings_object is not None
            settings_object.context.copy().run(in_parallel, self._run(planned))

    async def _run(self, planned: PlannedAlarm) -> None:
        """SPEC_NOTES.md#run-an-alarm"""
        is_counted, is_given_up = True, False
        try:
            outcome = await self.ring(planned.id, planned.time, planned.retry_count)
        except Exception as error:  # the object was reset
            is_counted = not getattr(error, "retryable", False)
            is_given_up = getattr(error, "givesUpTheAlarm", False)
            outcome = Outcome(True, planned.time)
            if is_counted:
                self._space.host.console.report(error, "Uncaught (in alarm)")
        if self._planned.get(planned.id._text) is not planned:
            return  # this is not the waker any more
        planned.is_running = False
        time = planned.news[-1] if planned.news else outcome.time
        planned.news.clear()
        if outcome.has_failed and time == planned.time:
            delay = 0.0  # where it is given up
            if is_given_up:
                planned.retry_count = MOST_RETRIES + 1
            else:
                delay = self._delay_after_a_failure(planned, is_counted)
            planned.due = self._space.host.clock.wall() * 1000 + delay * 1000
            self._plan(planned)
            return
        self._forget(planned)
        if time is not None:
            self._plan(PlannedAlarm(planned.id, time))

    def _delay_after_a_failure(self, planned: PlannedAlarm, is_counted: bool) -> float:
        """Count it, if it is the object's own; returns after how many seconds it is tried again.

        SPEC_NOTES.md#delay-after-a-failure
        """
        planned.retry_count += is_counted
        if planned.retry_count > MOST_RETRIES:
            return 0.0
        if is_counted and not planned.was_counted:
            planned.doublings = 0
        planned.was_counted = is_counted
        chance = self._space.host.entropy.random_bytes(1)[0] / 256
        delay = (FIRST_DELAY << planned.doublings) * (1 + chance / 4)
        planned.doublings = min(planned.doublings + 1, MOST_DOUBLINGS)
        return delay

    async def _ring_here(self, id: DurableObjectId, time: float, retry_count: int) -> Outcome:
        container = self._space.container(id)
        outcome: Outcome = await container.deliver(
            partial(run_in_the_object, container, time, retry_count)
        )
        return outcome


async def run_in_the_object(
    container: Container, time: float, retry_count: int, instance: Any
) -> Outcome:
    """Run the alarm of an object, unless it was moved before it rang. One that runs is not run
    beside itself. One that has failed too often is removed.

    Part of SPEC_NOTES.md#run-an-alarm
    """
    if container.run_of_the_alarm is not None:
        return await container.run_of_the_alarm
    alarm = container.database.alarm
    if alarm != time:
        container.space.alarms.after_a_commit(container.id, alarm)  # the index is to know
        return Outcome(False, alarm)
    if retry_count > MOST_RETRIES:
        container.begin_a_write(False).alarm = None
        return Outcome(False, None)
    container.run_of_the_alarm = run = a_new_promise()
    try:
        await call_the_handler(container, time, retry_count, instance)
        outcome = Outcome(False, container.database.alarm)
    except Exception as error:
        container.space.host.console.report(error, "Uncaught (in alarm)")
        if container.broken is not None:
            raise
        outcome = Outcome(True, container.database.alarm)
    finally:
        container.run_of_the_alarm = None
    resolve(run, outcome)
    return outcome


async def call_the_handler(
    container: Container, time: float, retry_count: int, instance: Any
) -> None:
    """Call `alarm`; if that succeeds, the alarm is removed, unless it was set anew. If it takes
    more than 15 minutes, the object is broken.

    SPEC_NOTES.md#call-the-alarm-handler
    """
    container.running_alarm, container.alarm_was_set = time, False
    clock = container.space.host.clock
    timer = clock.call_later(LONGEST_RUN, lambda: container.break_(RuntimeError(TOO_LONG)))
    try:
        handler = to_callback_function(instance.alarm, 1)
        result = handler(AlarmInvocationInfo(time, retry_count))
        if isinstance(result, Awaitable):
            await result
        if not container.alarm_was_set:
            container.begin_a_write(False).alarm = None
    finally:
        timer.cancel()
        container.running_alarm = None
