"""Alarms: an object is called at a time that it has set, at least once, also after a crash.

SPEC_NOTES.md#alarms
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, NamedTuple

from ...host.clock import TimerHandle
from ...html.event_loops import in_parallel
from ...webidl.callback_function_types import to_callback_function
from . import ids
from .ids import DurableObjectId

if TYPE_CHECKING:
    from .life_cycle import Container, Space

MOST_RETRIES = 6
FIRST_DELAY = 2.0  # seconds; each further one is twice as long, and up to a quarter longer
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


class PlannedAlarm:
    """When an object is to be called: later than its alarm, if that has failed.

    Part of SPEC_NOTES.md#alarm-scheduler
    """

    __slots__ = ("due", "id", "is_running", "retry_count", "time", "timer")

    def __init__(self, id: DurableObjectId, time: float) -> None:
        self.id = id
        self.time = time  # as the index has it
        self.due = time
        self.retry_count = 0
        self.is_running = False
        self.timer: TimerHandle | None = None


class AlarmScheduler:
    """Wakes the objects of a space.

    SPEC_NOTES.md#alarm-scheduler
    """

    def __init__(self, space: Space) -> None:
        self._space = space
        self._planned: dict[str, PlannedAlarm] = {}

    def load(self) -> None:
        """Plan what the index has: what was due while nobody ran is due now.

        SPEC_NOTES.md#load-the-alarms
        """
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
        planned = self._planned.get(id._text)
        if time is None or (planned is not None and time >= planned.time):
            return False
        self._space.index.put(id._text, time, id._name)
        return True

    def after_a_commit(self, id: DurableObjectId, time: float | None) -> None:
        """SPEC_NOTES.md#after-a-commit"""
        planned = self._planned.get(id._text)
        if planned is not None and planned.is_running:
            return  # when that has ended, it is looked at
        if time == (None if planned is None else planned.time):
            return
        if planned is not None:
            self._forget(planned)
        self._space.index.put(id._text, time, id._name)
        if time is not None:
            self._plan(PlannedAlarm(id, time))

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
        container = self._space.container(planned.id)
        failure: Exception | None = None
        try:
            await container.deliver(lambda instance: call_the_handler(container, planned, instance))
        except Exception as error:
            failure = error
            self._space.host.console.report(error, "Uncaught (in alarm)")
        container = self._space.container(planned.id)
        time = container.database.alarm
        planned.is_running = False
        if failure is not None and time == planned.time and planned.retry_count < MOST_RETRIES:
            planned.retry_count += 1
            chance = self._space.host.entropy.random_bytes(1)[0] / 256
            delay = FIRST_DELAY * 2 ** (planned.retry_count - 1) * (1 + chance / 4)
            planned.due = self._space.host.clock.wall() * 1000 + delay * 1000
            self._plan(planned)
            return
        if failure is not None and time == planned.time:  # it is given up
            container.begin_a_write(False).alarm = time = None
        self._forget(planned)
        self._space.index.put(planned.id._text, time, planned.id._name)
        if time is not None:
            self._plan(PlannedAlarm(planned.id, time))


async def call_the_handler(container: Container, planned: PlannedAlarm, instance: Any) -> None:
    """Call `alarm`; if that succeeds, the alarm is removed, unless it was set anew.

    SPEC_NOTES.md#call-the-alarm-handler
    """
    if container.database.alarm != planned.time:
        return  # it was moved before it rang
    container.running_alarm, container.alarm_was_set = planned.time, False
    try:
        handler = to_callback_function(instance.alarm, 1)
        result = handler(AlarmInvocationInfo(planned.time, planned.retry_count))
        if isinstance(result, Awaitable):
            await result
        if not container.alarm_was_set:
            container.begin_a_write(False).alarm = None
    finally:
        container.running_alarm = None
