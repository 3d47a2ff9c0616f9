"""Unhandled promise rejections: what nobody has handled when the microtasks are done is an event,
or goes to the console.

HTML Standard, 8.1.4.7 and 8.1.6.4:
https://html.spec.whatwg.org/multipage/webappapis.html#unhandled-promise-rejections
"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

from ..dom.dispatching_events import fire_an_event
from ..dom.event import Event
from ..webidl import promises
from ..webidl.promises import Promise
from .event_loops import relevant_event_loop, schedule_a_microtask_checkpoint
from .settings_objects import (
    EnvironmentSettingsObject,
    current_settings_object,
    queue_a_global_task,
)


class PromiseRejectionEvent(Event):
    """A promise was rejected and nobody handled that, or somebody did so later.

    https://html.spec.whatwg.org/multipage/webappapis.html#promiserejectionevent
    """

    __slots__ = ("_promise", "_reason")

    def __init__(
        self,
        type: str,
        *,
        bubbles: bool = False,
        cancelable: bool = False,
        composed: bool = False,
        promise: Any,
        reason: Any = None,
    ) -> None:
        super().__init__(type, bubbles=bubbles, cancelable=cancelable, composed=composed)
        self._promise = promise
        self._reason = reason

    @property
    def promise(self) -> Any:
        """https://html.spec.whatwg.org/multipage/webappapis.html#dom-promiserejectionevent-promise"""
        return self._promise

    @property
    def reason(self) -> Any:
        """https://html.spec.whatwg.org/multipage/webappapis.html#dom-promiserejectionevent-reason"""
        return self._reason


def host_promise_rejection_tracker(
    promise: Promise[Any], operation: Literal["reject", "handle"]
) -> None:
    """https://html.spec.whatwg.org/multipage/webappapis.html#the-hostpromiserejectiontracker-implementation"""
    settings_object = current_settings_object()
    if operation == "reject":
        settings_object.about_to_be_notified_rejected_promises[promise] = None
        event_loop = relevant_event_loop()
        if settings_object.event_loop_that_will_notify is not event_loop:
            settings_object.event_loop_that_will_notify = event_loop
            event_loop.steps_after_a_checkpoint.append(
                partial(notify_about_rejected_promises, settings_object)
            )
            if not event_loop.checkpoint_is_due:
                schedule_a_microtask_checkpoint(event_loop)
    elif promise in settings_object.about_to_be_notified_rejected_promises:
        del settings_object.about_to_be_notified_rejected_promises[promise]
    elif promise in settings_object.outstanding_rejected_promises:
        settings_object.outstanding_rejected_promises.discard(promise)
        if (global_object := settings_object.global_object) is not None:
            attributes = {"promise": promise, "reason": promise._result}
            steps = partial(
                fire_an_event,
                "rejectionhandled",
                global_object,
                PromiseRejectionEvent,
                **attributes,
            )
            queue_a_global_task("DOM manipulation", settings_object, steps)


promises.host.promise_rejection_tracker = host_promise_rejection_tracker


def notify_about_rejected_promises(settings_object: EnvironmentSettingsObject) -> None:
    """Tell the scope of rejections that nobody has handled, and the console of those that the scope
    did not care about.

    https://html.spec.whatwg.org/multipage/webappapis.html#notify-about-rejected-promises
    """
    settings_object.event_loop_that_will_notify = None
    rejected_promises = list(settings_object.about_to_be_notified_rejected_promises)
    settings_object.about_to_be_notified_rejected_promises.clear()
    if not rejected_promises:
        return

    def task() -> None:
        for promise in rejected_promises:
            if promise._is_handled:
                continue
            not_handled = True
            if (global_object := settings_object.global_object) is not None:
                attributes = {"cancelable": True, "promise": promise, "reason": promise._result}
                not_handled = fire_an_event(
                    "unhandledrejection", global_object, PromiseRejectionEvent, **attributes
                )
            if not_handled:
                settings_object.report_to_console(promise._result, "Uncaught (in promise)")
            if not promise._is_handled:
                settings_object.outstanding_rejected_promises.add(promise)

    queue_a_global_task("DOM manipulation", settings_object, task)
