"""Event listeners: what a target keeps for each callback.

DOM Standard, 2.7: https://dom.spec.whatwg.org/#interface-eventtarget

They stand below EventTarget because dispatching an event removes listeners, and dispatchEvent
dispatches.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ..html.settings_objects import EnvironmentSettingsObject, realm_execution_context
from ..webidl.callback_function_types import to_callback_function
from ..webidl.callbacks import call_a_user_objects_operation
from . import abort_algorithms
from .abort_algorithms import Abortable

if TYPE_CHECKING:
    from .event_target import EventTarget


class EventListener:
    """A callback is a callable, or an object whose method `handleEvent` is called.

    https://dom.spec.whatwg.org/#concept-event-listener
    """

    __slots__ = (
        "abort_steps",
        "callback",
        "capture",
        "once",
        "operation",
        "passive",
        "realm",
        "removed",
        "signal",
        "type",
    )

    def __init__(
        self,
        type: str,
        callback: object,
        capture: bool = False,
        passive: bool | None = None,
        once: bool = False,
        signal: Abortable | None = None,
    ) -> None:
        self.type = type
        self.callback = callback
        # What is called with the event: a callable, or a method that is looked up each time.
        self.operation = (
            to_callback_function(callback, 1)
            if callable(callback)
            else partial(call_a_user_objects_operation, callback, "handleEvent")
        )
        self.capture = capture
        self.passive = passive
        self.once = once
        self.signal = signal
        self.removed = False
        # The scope that the callback is part of, if it is of a worker.
        # https://webidl.spec.whatwg.org/#dfn-callback-context
        self.realm: EnvironmentSettingsObject | None = realm_execution_context.get(None)
        self.abort_steps: Callable[[], object] | None = None


def is_the_same_callback(a: object, b: object) -> bool:
    """Python makes a new object each time a method is looked up; such objects are the same
    callback.

    Part of https://dom.spec.whatwg.org/#event-listener-callback
    """
    return a is b or (hasattr(a, "__self__") and a == b)


def find_an_event_listener(
    event_target: EventTarget, type: str, callback: object, capture: bool
) -> EventListener | None:
    """The one listener of a target with that type, callback and capture.

    Part of https://dom.spec.whatwg.org/#eventtarget-event-listener-list
    """
    for listener in event_target._event_listener_list:
        if (
            listener.type == type
            and listener.capture == capture
            and is_the_same_callback(callback, listener.callback)
        ):
            return listener
    return None


def add_an_event_listener(event_target: EventTarget, listener: EventListener) -> None:
    """https://dom.spec.whatwg.org/#add-an-event-listener"""
    if listener.signal is not None and listener.signal.aborted:
        return
    if listener.callback is None:
        return
    if listener.passive is None:
        listener.passive = False  # the default passive value: nothing in a worker scrolls
    if (
        find_an_event_listener(event_target, listener.type, listener.callback, listener.capture)
        is not None
    ):
        return  # what the signal of this one would remove is not there
    event_target._event_listener_list.append(listener)
    if listener.signal is not None:
        listener.abort_steps = partial(remove_an_event_listener, event_target, listener)
        abort_algorithms.add(listener.signal, listener.abort_steps)
    event_target._event_listener_list_has_changed(listener.type, True)


def remove_an_event_listener(event_target: EventTarget, listener: EventListener) -> None:
    """https://dom.spec.whatwg.org/#remove-an-event-listener"""
    if listener.removed:
        return
    listener.removed = True
    event_target._event_listener_list.remove(listener)
    if listener.signal is not None and listener.abort_steps is not None:
        # a signal that lives on keeps nothing of it
        abort_algorithms.remove(listener.signal, listener.abort_steps)
    event_target._event_listener_list_has_changed(listener.type, False)
