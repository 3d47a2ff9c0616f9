"""Event targets: the objects that events are dispatched to.

DOM Standard, 2.7: https://dom.spec.whatwg.org/#interface-eventtarget
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any, Protocol, Self, TypedDict, Unpack

from ..webidl.callback_function_types import refuse_what_was_called
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import DOMException
from ..webidl.type_mapping import is_path, to_dom_string
from .abort_algorithms import Abortable
from .dispatching_events import dispatch
from .event import Event
from .event_listeners import (
    EventListener,
    add_an_event_listener,
    find_an_event_listener,
    remove_an_event_listener,
)


class EventListenerOptions(TypedDict, total=False):
    """https://dom.spec.whatwg.org/#dictdef-eventlisteneroptions"""

    capture: bool


class AddEventListenerOptions(EventListenerOptions, total=False):
    """https://dom.spec.whatwg.org/#dictdef-addeventlisteneroptions"""

    passive: bool | None
    once: bool
    signal: Abortable | None


class HandleEvent(Protocol):
    """An event listener that is an object.

    Part of https://dom.spec.whatwg.org/#callbackdef-eventlistener
    """

    @property
    def handleEvent(self) -> Callable[..., object]:
        """https://dom.spec.whatwg.org/#dom-eventlistener-handleevent"""


class EventTarget:
    """Something that events happen to, and that others listen to. Classes may derive from it.

    https://dom.spec.whatwg.org/#eventtarget
    """

    __slots__ = ("__weakref__", "_event_handler_map", "_event_listener_list")

    _event_listener_list: list[EventListener]
    _event_handler_map: dict[str, Any]  # its values are HTML's event handlers

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        # Not in __init__, which a derived class may forget to call.
        self = super().__new__(cls)
        self._event_listener_list = []
        self._event_handler_map = {}
        return self

    def addEventListener(
        self,
        type: str,
        callback: Callable[..., object] | HandleEvent | None,
        options: AddEventListenerOptions | bool | None = None,
        **members: Unpack[AddEventListenerOptions],
    ) -> None:
        """Call back for each event of a type, in the order in which the listeners came. A listener
        that is there already stays.

        A callback that is an `async def`, or returns an awaitable, runs to its end; what it raises
        is an unhandled rejection.

        https://dom.spec.whatwg.org/#dom-eventtarget-addeventlistener
        """
        if callback.__class__ is not FunctionType:
            refuse_what_is_no_listener(callback)
        if options is None and not members:
            add_an_event_listener(self, EventListener(to_dom_string(type), callback))
            return
        if isinstance(options, bool):
            options = {"capture": options}
        members = to_dictionary(AddEventListenerOptions, options, members)
        capture, passive, once, signal = flatten_more_options(members)
        listener = EventListener(to_dom_string(type), callback, capture, passive, once, signal)
        add_an_event_listener(self, listener)

    def removeEventListener(
        self,
        type: str,
        callback: Callable[..., object] | HandleEvent | None,
        options: AddEventListenerOptions | bool | None = None,
        **members: Unpack[AddEventListenerOptions],
    ) -> None:
        """Remove the listener that was added with that type, callback and capture, if there is one.
        Options that have nothing to do with it may stand there, too.

        https://dom.spec.whatwg.org/#dom-eventtarget-removeeventlistener
        """
        if isinstance(options, bool):
            options = {"capture": options}
        capture = flatten_options(to_dictionary(AddEventListenerOptions, options, members))
        listener = find_an_event_listener(self, to_dom_string(type), callback, capture)
        if listener is not None:
            remove_an_event_listener(self, listener)

    def dispatchEvent(self, event: Event) -> bool:
        """Call the listeners of the event's type; False if one of them has canceled it.

        https://dom.spec.whatwg.org/#dom-eventtarget-dispatchevent
        """
        if not isinstance(event, Event):
            raise TypeError(f"Not an Event: {event!r}: write dispatchEvent(Event(...))")
        # A class that derives from Event and does not call its __init__ makes one that is not
        # initialized.
        if getattr(event, "_dispatch_flag", True):
            raise DOMException(
                "The event is being dispatched already, or was never initialized",
                "InvalidStateError",
            )
        event._is_trusted = False
        return dispatch(event, self)

    def _event_listener_list_has_changed(self, type: str, is_added: bool) -> None:
        """Called when a listener of a type has come or gone, for the few interfaces to which that
        matters.

        Part of https://dom.spec.whatwg.org/#observing-event-listeners
        """


def refuse_what_is_no_listener(callback: object) -> None:
    """TypeError for a value that can never be called.

    Part of https://dom.spec.whatwg.org/#dom-eventtarget-addeventlistener
    """
    if isinstance(callback, (str, bytes, int, float)):
        raise TypeError(f"A listener is a callable or has a method 'handleEvent': {callback!r}")
    refuse_what_was_called(callback, "A listener")
    if isinstance(callback, (list, tuple, dict, set, Iterator)) or is_path(callback):
        raise TypeError(f"A listener is callable or has handleEvent, not {callback!r:.60}")


def flatten_options(options: EventListenerOptions) -> bool:
    """https://dom.spec.whatwg.org/#concept-flatten-options"""
    return bool(options.get("capture"))


def flatten_more_options(
    options: AddEventListenerOptions,
) -> tuple[bool, bool | None, bool, Abortable | None]:
    """capture, passive (None if it is not said), once and signal.

    https://dom.spec.whatwg.org/#event-flatten-more
    """
    passive, signal = options.get("passive"), options.get("signal")
    if signal is not None and not hasattr(signal, "_abort_algorithms"):
        raise TypeError(f"signal is not an AbortSignal: {signal!r}")
    return (
        flatten_options(options),
        None if passive is None else bool(passive),
        bool(options.get("once")),
        signal,
    )
