"""Dispatching and firing events: how an event comes to the listeners of its target.

DOM Standard, 2.9 and 2.10: https://dom.spec.whatwg.org/#dispatching-events,
https://dom.spec.whatwg.org/#firing-events

No target in a worker has a parent, an activation behavior or a shadow root, and no event of the
platform has a legacy type: the steps for those are absent, and the path is the target alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..html.event_loops import clean_up_after_running_script, prepare_to_run_script
from ..html.settings_objects import realm_execution_context, run_in_realm
from ..webidl.callbacks import convert_to_undefined
from ..webidl.host_hooks import hooks
from .event import Event
from .event_listeners import EventListener, remove_an_event_listener

if TYPE_CHECKING:
    from .event_target import EventTarget


def dispatch(event: Event, target: EventTarget) -> bool:
    """Call the listeners of a target; False if one of them has canceled the event.

    https://dom.spec.whatwg.org/#concept-event-dispatch
    """
    event._dispatch_flag = True
    event._target = target
    for is_capturing in (True, False):
        # OPTIMIZATION: where nothing listens, nothing is invoked, and no list is cloned
        for listener in target._event_listener_list:
            if listener.capture == is_capturing and listener.type == event._type:
                invoke(target, event, is_capturing)
                break
    event._current_target = None
    event._dispatch_flag = event._stop_propagation_flag = event._stop_immediate_propagation_flag = (
        False
    )
    return not event._canceled_flag


def invoke(target: EventTarget, event: Event, is_capturing: bool) -> None:
    """https://dom.spec.whatwg.org/#concept-event-listener-invoke"""
    if event._stop_propagation_flag:
        return
    event._current_target = target
    inner_invoke(event, target._event_listener_list.copy(), is_capturing)


def inner_invoke(event: Event, listeners: list[EventListener], is_capturing: bool) -> None:
    """https://dom.spec.whatwg.org/#concept-event-listener-inner-invoke"""
    current_target = event._current_target
    assert current_target is not None
    type = event._type
    current_realm = realm_execution_context.get(None)
    for listener in listeners:
        if listener.removed or listener.type != type or listener.capture != is_capturing:
            continue
        if listener.once:
            remove_an_event_listener(current_target, listener)
        if listener.passive:
            event._in_passive_listener_flag = True
        if listener.realm is current_realm or listener.realm is None:
            _call_the_callback(listener, event)
        else:
            run_in_realm(listener.realm, _call_the_callback, listener, event)
        event._in_passive_listener_flag = False
        if event._stop_immediate_propagation_flag:
            break


def _call_the_callback(listener: EventListener, event: Event) -> None:
    """Call a listener within its own scope; what it throws is reported there."""
    try:
        event_loop = prepare_to_run_script()
        try:
            result = listener.operation(event)
            if result is not None:
                convert_to_undefined(result)
        finally:
            clean_up_after_running_script(event_loop)
    except (KeyboardInterrupt, SystemExit):
        raise
    # also a CancelledError, which must not cancel the caller
    except BaseException as exception:
        hooks.report_an_exception(exception)
        event._listeners_did_throw = True


def fire_an_event(
    e: str, target: EventTarget, event_constructor: Callable[..., Event] = Event, **attributes: Any
) -> bool:
    """Dispatch a new event of the platform's; its attributes are given as its constructor takes
    them.

    https://dom.spec.whatwg.org/#concept-event-fire
    """
    event = event_constructor(e, **attributes)  # OPTIMIZATION: as create_an_event does
    event._is_trusted = True
    return dispatch(event, target)
