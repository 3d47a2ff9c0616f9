"""Events: that something has happened, and what those who listen may do about it.

DOM Standard, 2.2 to 2.5: https://dom.spec.whatwg.org/#interface-event

Nothing in a worker is part of a tree, so an event's path is its target alone: what the standard
says of shadow trees, related targets and touches is absent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

from ..hr_time.time_origin import relative_high_resolution_time, unsafe_shared_current_time
from ..html.settings_objects import current_settings_object
from ..webidl.dictionaries import to_dictionary
from ..webidl.type_mapping import to_dom_string

if TYPE_CHECKING:
    from .event_target import EventTarget

E = TypeVar("E", bound="Event")


class EventInit(TypedDict, total=False):
    """All are false by default.

    https://dom.spec.whatwg.org/#dictdef-eventinit
    """

    bubbles: bool
    cancelable: bool
    composed: bool


class Event:
    """Something that has happened; `dispatchEvent` tells it to the listeners of a target.

    https://dom.spec.whatwg.org/#event
    """

    NONE = 0
    CAPTURING_PHASE = 1
    AT_TARGET = 2
    BUBBLING_PHASE = 3

    __slots__ = (
        "__weakref__", "_bubbles", "_cancelable", "_canceled_flag", "_composed_flag",
        "_current_target", "_dispatch_flag", "_in_passive_listener_flag", "_is_trusted",
        "_listeners_did_throw", "_stop_immediate_propagation_flag", "_stop_propagation_flag",
        "_target", "_type", "_unsafe_time",
    )  # fmt: skip

    _type: str
    _bubbles: bool
    _cancelable: bool
    _composed_flag: bool
    _unsafe_time: float
    _target: EventTarget | None
    _current_target: EventTarget | None
    _is_trusted: bool
    _stop_propagation_flag: bool
    _stop_immediate_propagation_flag: bool
    _canceled_flag: bool
    _in_passive_listener_flag: bool
    _dispatch_flag: bool
    _listeners_did_throw: bool  # the standard's legacyOutputDidListenersThrowFlag

    def __init__(
        self,
        type: str,
        eventInitDict: EventInit | Event | None = None,
        **members: Unpack[EventInit],
    ) -> None:
        """https://dom.spec.whatwg.org/#concept-event-constructor"""
        if eventInitDict is not None or members:
            members = to_dictionary(EventInit, eventInitDict, members)
        inner_event_creation_steps(self, type, members)

    @property
    def type(self) -> str:
        """https://dom.spec.whatwg.org/#dom-event-type"""
        return self._type

    @property
    def target(self) -> EventTarget | None:
        """https://dom.spec.whatwg.org/#dom-event-target"""
        return self._target

    @property
    def srcElement(self) -> EventTarget | None:
        """https://dom.spec.whatwg.org/#dom-event-srcelement"""
        return self._target

    @property
    def currentTarget(self) -> EventTarget | None:
        """https://dom.spec.whatwg.org/#dom-event-currenttarget"""
        return self._current_target

    def composedPath(self) -> list[EventTarget]:
        """The targets of the dispatch that is going on; there is one at most.

        https://dom.spec.whatwg.org/#dom-event-composedpath
        """
        return [] if self._current_target is None else [self._current_target]

    @property
    def eventPhase(self) -> int:
        """https://dom.spec.whatwg.org/#dom-event-eventphase"""
        return Event.NONE if self._current_target is None else Event.AT_TARGET

    def stopPropagation(self) -> None:
        """https://dom.spec.whatwg.org/#dom-event-stoppropagation"""
        self._stop_propagation_flag = True

    @property
    def cancelBubble(self) -> bool:
        """https://dom.spec.whatwg.org/#dom-event-cancelbubble"""
        return self._stop_propagation_flag

    @cancelBubble.setter
    def cancelBubble(self, value: bool) -> None:
        if value:
            self._stop_propagation_flag = True

    def stopImmediatePropagation(self) -> None:
        """https://dom.spec.whatwg.org/#dom-event-stopimmediatepropagation"""
        self._stop_propagation_flag = True
        self._stop_immediate_propagation_flag = True

    @property
    def bubbles(self) -> bool:
        """https://dom.spec.whatwg.org/#dom-event-bubbles"""
        return self._bubbles

    @property
    def cancelable(self) -> bool:
        """https://dom.spec.whatwg.org/#dom-event-cancelable"""
        return self._cancelable

    @property
    def returnValue(self) -> bool:
        """https://dom.spec.whatwg.org/#dom-event-returnvalue"""
        return not self._canceled_flag

    @returnValue.setter
    def returnValue(self, value: bool) -> None:
        if not value:
            set_the_canceled_flag(self)

    def preventDefault(self) -> None:
        """https://dom.spec.whatwg.org/#dom-event-preventdefault"""
        set_the_canceled_flag(self)

    @property
    def defaultPrevented(self) -> bool:
        """https://dom.spec.whatwg.org/#dom-event-defaultprevented"""
        return self._canceled_flag

    @property
    def composed(self) -> bool:
        """https://dom.spec.whatwg.org/#dom-event-composed"""
        return self._composed_flag

    @property
    def isTrusted(self) -> bool:
        """Whether the platform dispatched it, not a script.

        https://dom.spec.whatwg.org/#dom-event-istrusted
        """
        return self._is_trusted

    @property
    def timeStamp(self) -> float:
        """When it was made, in milliseconds since the scope's time origin.

        https://dom.spec.whatwg.org/#dom-event-timestamp
        """
        return relative_high_resolution_time(self._unsafe_time, current_settings_object())

    def initEvent(self, type: str, bubbles: bool = False, cancelable: bool = False) -> None:
        """https://dom.spec.whatwg.org/#dom-event-initevent"""
        if not self._dispatch_flag:
            initialize(self, to_dom_string(type), bool(bubbles), bool(cancelable))


def inner_event_creation_steps(event: Event, type: str, dictionary: EventInit) -> None:
    """The attributes that every event has; those of its own are its constructor's to set.

    https://dom.spec.whatwg.org/#inner-event-creation-steps
    """
    event._type = type if isinstance(type, str) else to_dom_string(type)
    if dictionary:
        event._bubbles = bool(dictionary.get("bubbles"))
        event._cancelable = bool(dictionary.get("cancelable"))
        event._composed_flag = bool(dictionary.get("composed"))
    else:
        event._bubbles = event._cancelable = event._composed_flag = False
    event._unsafe_time = unsafe_shared_current_time(current_settings_object().host.clock)
    event._target = event._current_target = None
    event._is_trusted = event._dispatch_flag = event._canceled_flag = (
        event._in_passive_listener_flag
    ) = False
    event._stop_propagation_flag = event._stop_immediate_propagation_flag = (
        event._listeners_did_throw
    ) = False


def set_the_canceled_flag(event: Event) -> None:
    """https://dom.spec.whatwg.org/#set-the-canceled-flag"""
    if event._cancelable and not event._in_passive_listener_flag:
        event._canceled_flag = True


def initialize(event: Event, type: str, bubbles: bool, cancelable: bool) -> None:
    """https://dom.spec.whatwg.org/#concept-event-initialize"""
    event._stop_propagation_flag = False
    event._stop_immediate_propagation_flag = False
    event._canceled_flag = False
    event._is_trusted = False
    event._target = None
    event._type = type
    event._bubbles = bubbles
    event._cancelable = cancelable


class CustomEventInit(EventInit, total=False):
    """https://dom.spec.whatwg.org/#dictdef-customeventinit"""

    detail: Any


class CustomEvent(Event):
    """An event with data of the author's own.

    https://dom.spec.whatwg.org/#customevent
    """

    __slots__ = ("_detail",)

    def __init__(
        self,
        type: str,
        eventInitDict: CustomEventInit | CustomEvent | None = None,
        **members: Unpack[CustomEventInit],
    ) -> None:
        """https://dom.spec.whatwg.org/#dom-customevent-customevent"""
        init = to_dictionary(CustomEventInit, eventInitDict, members)
        inner_event_creation_steps(self, type, init)
        self._detail = init.get("detail")

    @property
    def detail(self) -> Any:
        """https://dom.spec.whatwg.org/#dom-customevent-detail"""
        return self._detail

    def initCustomEvent(
        self, type: str, bubbles: bool = False, cancelable: bool = False, detail: Any = None
    ) -> None:
        """https://dom.spec.whatwg.org/#dom-customevent-initcustomevent"""
        if not self._dispatch_flag:
            initialize(self, to_dom_string(type), bool(bubbles), bool(cancelable))
            self._detail = detail


def create_an_event(event_interface: Callable[..., E], type: str, **event_init_dict: Any) -> E:
    """An event that the platform is about to dispatch; its attributes are given as its constructor
    takes them.

    https://dom.spec.whatwg.org/#concept-event-create
    """
    event = event_interface(type, **event_init_dict)
    event._is_trusted = True
    return event
