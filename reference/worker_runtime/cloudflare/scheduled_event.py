"""Scheduled events: a worker is called at a time, not by a request.

No standard defines them; their text is in SPEC_NOTES.md, "Scheduled events", and their shape that
of Cloudflare Workers.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from ..html.settings_objects import EnvironmentSettingsObject, run_in_realm
from ..service_workers.extendable_event import ExtendableEvent, wait_until_inactive
from ..service_workers.lifecycle import (
    dispatch_in_a_task,
    run_service_worker,
    should_skip_event,
    wait_until_activated,
)
from ..service_workers.model import RegistrationRecord
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import get_a_promise_for_waiting_for_all


class ScheduledResult(NamedTuple):
    """How an event ended. It is "ok" if no listener raised and no promise that it waited for was
    rejected, "skipped" if the worker does not listen.

    SPEC_NOTES.md#scheduled-result
    """

    outcome: Literal["ok", "exception", "skipped"]
    noRetry: bool = False


class ScheduledEvent(ExtendableEvent):
    """The time has come that a cron expression names.

    SPEC_NOTES.md#scheduled-event
    """

    __slots__ = ("_cron", "_no_retry", "_scheduled_time")

    _cron: str
    _no_retry: bool
    _scheduled_time: float

    __init__ = illegal_constructor

    @property
    def scheduledTime(self) -> float:
        """The minute that the expression names, in milliseconds since 1970.

        SPEC_NOTES.md#scheduled-event-scheduled-time
        """
        return self._scheduled_time

    @property
    def cron(self) -> str:
        """The expression, as it was configured.

        SPEC_NOTES.md#scheduled-event-cron
        """
        return self._cron

    def noRetry(self) -> None:
        """Say that a failure of this event is not to be tried again.

        SPEC_NOTES.md#scheduled-event-no-retry
        """
        self._no_retry = True


class ScheduledController:
    """What a handler sees of its event: `scheduledTime`, `cron` and `noRetry()`.

    SPEC_NOTES.md#scheduled-controller
    """

    __slots__ = ("_event",)

    def __init__(self, event: ScheduledEvent) -> None:
        self._event = event

    @property
    def scheduledTime(self) -> float:
        """SPEC_NOTES.md#scheduled-controller-scheduled-time"""
        return self._event.scheduledTime

    @property
    def cron(self) -> str:
        """SPEC_NOTES.md#scheduled-controller-cron"""
        return self._event.cron

    def noRetry(self) -> None:
        """SPEC_NOTES.md#scheduled-controller-no-retry"""
        self._event.noRetry()


def create(
    cron: str, scheduled_time: float, settings_object: EnvironmentSettingsObject
) -> ScheduledEvent:
    """An event of that scope, which the platform dispatches.

    Part of SPEC_NOTES.md#scheduled-event
    """
    event: ScheduledEvent = new(ScheduledEvent)
    run_in_realm(settings_object, event._initialize, "scheduled", {})
    event._is_trusted = True
    event._cron = cron
    event._scheduled_time = scheduled_time
    event._no_retry = False
    return event


async def fire_a_scheduled_event(
    registration: RegistrationRecord, cron: str, scheduled_time: float
) -> ScheduledResult:
    """Call the active worker, and wait for all that it waits for.

    SPEC_NOTES.md#fire-a-scheduled-event
    """
    active_worker = registration.active_worker
    if active_worker is None or should_skip_event("scheduled", active_worker):
        return ScheduledResult("skipped")
    await wait_until_activated(active_worker)
    start_status = run_service_worker(active_worker)
    if start_status is None or start_status.thrown is not None:
        return ScheduledResult("exception")
    scope = active_worker.global_object
    assert scope is not None
    event = create(cron, scheduled_time, scope._settings_object)
    dispatch_in_a_task(event, active_worker)
    await wait_until_inactive(event)
    try:
        await get_a_promise_for_waiting_for_all(event._extend_lifetime_promises or [])
    except Exception:  # it has been reported
        return ScheduledResult("exception", event._no_retry)
    return ScheduledResult("exception" if event._listeners_did_throw else "ok", event._no_retry)
