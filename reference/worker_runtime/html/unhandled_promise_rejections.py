"""Unhandled promise rejections: what nobody has handled when the microtasks are done is an event,
or goes to the console.

HTML Standard, 8.1.4.7 and 8.1.6.4:
https://html.spec.whatwg.org/multipage/webappapis.html#unhandled-promise-rejections
"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal, TypedDict, Unpack, cast, overload
from weakref import WeakSet

from ..dom.dispatching_events import fire_an_event
from ..dom.event import Event, EventInit, inner_event_creation_steps
from ..webidl.dictionaries import to_dictionary
from ..webidl.promises import Promise
from .event_loops import EventLoop, relevant_event_loop, schedule_a_microtask_checkpoint
from .settings_objects import (
    EnvironmentSettingsObject,
    current_settings_object,
    queue_a_global_task,
)


class _PromiseOfTheEvent(TypedDict):
    promise: Any


class PromiseRejectionEventInit(EventInit, _PromiseOfTheEvent, total=False):
    """The promise is required.

    https://html.spec.whatwg.org/multipage/webappapis.html#promiserejectioneventinit
    """

    reason: Any


class PromiseRejectionEvent(Event):
    """A promise was rejected and nobody handled that, or somebody did so later.

    https://html.spec.whatwg.org/multipage/webappapis.html#promiserejectionevent
    """

    __slots__ = ("_promise", "_reason")

    @overload
    def __init__(self, type: str, **members: Unpack[PromiseRejectionEventInit]) -> None: ...
    @overload
    def __init__(
        self, type: str, eventInitDict: PromiseRejectionEventInit | PromiseRejectionEvent
    ) -> None: ...
    def __init__(self, type: str, eventInitDict: object = None, **members: Any) -> None:
        init = to_dictionary(
            PromiseRejectionEventInit, eventInitDict, cast(PromiseRejectionEventInit, members)
        )
        inner_event_creation_steps(self, type, init)
        self._promise = init["promise"]
        self._reason = init.get("reason")

    @property
    def promise(self) -> Any:
        """https://html.spec.whatwg.org/multipage/webappapis.html#dom-promiserejectionevent-promise"""
        return self._promise

    @property
    def reason(self) -> Any:
        """https://html.spec.whatwg.org/multipage/webappapis.html#dom-promiserejectionevent-reason"""
        return self._reason


class RejectedPromises:
    """The promises of a scope that were rejected and have no handler.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#about-to-be-notified-rejected-promises-list
    """

    __slots__ = ("about_to_be_notified", "event_loop_that_will_notify", "outstanding")

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        self.about_to_be_notified: dict[Promise[Any], None] = {}
        self.event_loop_that_will_notify: EventLoop | None = None
        # https://html.spec.whatwg.org/multipage/webappapis.html#outstanding-rejected-promises-weak-set
        self.outstanding: WeakSet[Promise[Any]] = WeakSet()


def host_promise_rejection_tracker(
    promise: Promise[Any], operation: Literal["reject", "handle"]
) -> None:
    """https://html.spec.whatwg.org/multipage/webappapis.html#the-hostpromiserejectiontracker-implementation"""
    settings_object = current_settings_object()
    rejected_promises = settings_object.record(RejectedPromises)
    if operation == "reject":
        rejected_promises.about_to_be_notified[promise] = None
        event_loop = relevant_event_loop()
        if rejected_promises.event_loop_that_will_notify is not event_loop:
            rejected_promises.event_loop_that_will_notify = event_loop
            event_loop.steps_after_a_checkpoint.append(
                partial(notify_about_rejected_promises, settings_object)
            )
            if not event_loop.checkpoint_is_due:
                schedule_a_microtask_checkpoint(event_loop)
    elif promise in rejected_promises.about_to_be_notified:
        del rejected_promises.about_to_be_notified[promise]
    elif promise in rejected_promises.outstanding:
        rejected_promises.outstanding.discard(promise)
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


def notify_about_rejected_promises(settings_object: EnvironmentSettingsObject) -> None:
    """Tell the scope of rejections that nobody has handled, and the console of those that the scope
    did not care about.

    https://html.spec.whatwg.org/multipage/webappapis.html#notify-about-rejected-promises
    """
    rejected_promises = settings_object.record(RejectedPromises)
    rejected_promises.event_loop_that_will_notify = None
    about_to_be_notified = list(rejected_promises.about_to_be_notified)
    rejected_promises.about_to_be_notified.clear()
    if not about_to_be_notified:
        return

    def task() -> None:
        for promise in about_to_be_notified:
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
                rejected_promises.outstanding.add(promise)

    queue_a_global_task("DOM manipulation", settings_object, task)
