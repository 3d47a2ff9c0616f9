"""Event handlers: attributes such as `onerror`, which are listeners that one sets.

HTML Standard, 8.1.8.1:
https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-attributes
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias, overload

from ..dom.event import Event, set_the_canceled_flag
from ..dom.event_listeners import EventListener, add_an_event_listener, remove_an_event_listener
from ..dom.event_target import EventTarget
from ..webidl.callback_function_types import refuse_what_was_called, to_callback_function
from ..webidl.callbacks import convert_to_undefined
from .settings_objects import current_settings_object

# https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-value
HandlerValue: TypeAlias = Callable[..., object]


class EventHandler:
    """https://html.spec.whatwg.org/multipage/webappapis.html#event-handlers"""

    __slots__ = ("callback", "listener", "value")

    callback: HandlerValue  # the value, as it is called

    def __init__(self) -> None:
        self.value: HandlerValue | None = None
        self.listener: EventListener | None = None


class EventHandlerIDLAttribute:
    """The attribute `onabort = EventHandlerIDLAttribute()` is the event handler for events of type
    "abort".

    It is None or a callable; what is neither, counts as None.

    https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-idl-attributes
    """

    __slots__ = ("name",)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, event_target: None, owner: type) -> EventHandlerIDLAttribute: ...
    @overload
    def __get__(self, event_target: EventTarget, owner: type) -> HandlerValue | None: ...
    def __get__(
        self, event_target: EventTarget | None, owner: type
    ) -> EventHandlerIDLAttribute | HandlerValue | None:
        if event_target is None:
            return self
        return get_the_current_value_of_the_event_handler(event_target, self.name)

    def __set__(self, event_target: EventTarget, value: HandlerValue | None) -> None:
        refuse_what_was_called(value, "An event handler")
        if not callable(value):
            deactivate_an_event_handler(event_target, self.name)
            return
        handler = event_target._event_handler_map.setdefault(self.name, EventHandler())
        handler.value = value
        handler.callback = to_callback_function(value, 1 if self.name != "onerror" else 5)
        activate_an_event_handler(event_target, self.name)


def get_the_current_value_of_the_event_handler(
    event_target: EventTarget, name: str
) -> HandlerValue | None:
    """https://html.spec.whatwg.org/multipage/webappapis.html#getting-the-current-value-of-the-event-handler"""
    handler = event_target._event_handler_map.get(name)
    return None if handler is None else handler.value


def activate_an_event_handler(event_target: EventTarget, name: str) -> None:
    """Let the handler listen. One that does already keeps its place among the listeners.

    https://html.spec.whatwg.org/multipage/webappapis.html#activate-an-event-handler
    """
    handler = event_target._event_handler_map[name]
    if handler.listener is None:
        handler.listener = EventListener(
            name.removeprefix("on"), partial(the_event_handler_processing_algorithm, name)
        )
        add_an_event_listener(event_target, handler.listener)


def deactivate_an_event_handler(event_target: EventTarget, name: str) -> None:
    """https://html.spec.whatwg.org/multipage/webappapis.html#deactivate-an-event-handler"""
    handler = event_target._event_handler_map.pop(name, None)
    if handler is not None and handler.listener is not None:
        remove_an_event_listener(event_target, handler.listener)


def the_event_handler_processing_algorithm(name: str, event: Event) -> None:
    """Call the handler; one that returns False cancels the event, and so does an `onerror` of a
    scope that returns True.

    The target is the event's current one, so that a handler does not hold its target.

    https://html.spec.whatwg.org/multipage/webappapis.html#the-event-handler-processing-algorithm
    """
    current_target = event._current_target
    assert current_target is not None
    handler = current_target._event_handler_map.get(name)
    if handler is None:
        return
    callback = handler.callback
    arguments: tuple[object, ...] = (event,)
    value_that_cancels = False
    if event._type == "error" and current_target is current_settings_object().global_object:
        from .runtime_script_errors import ErrorEvent

        if isinstance(event, ErrorEvent):
            arguments = (event.message, event.filename, event.lineno, event.colno, event.error)
            value_that_cancels = True
    return_value = callback(*arguments)
    if return_value is value_that_cancels:
        set_the_canceled_flag(event)
    convert_to_undefined(return_value)
