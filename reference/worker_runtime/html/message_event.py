"""The MessageEvent interface: something was said, by a socket, a port or a channel.

HTML Standard, 9.1: https://html.spec.whatwg.org/multipage/comms.html#the-messageevent-interface
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Unpack

from ..dom.dispatching_events import dispatch
from ..dom.event import Event, EventInit, initialize, inner_event_creation_steps
from ..dom.event_target import EventTarget
from ..hr_time.time_origin import unsafe_shared_current_time
from ..webidl.dictionaries import to_dictionary
from ..webidl.type_mapping import to_dom_string, to_usv_string
from .settings_objects import current_settings_object


class MessageEventInit(EventInit, total=False):
    """https://html.spec.whatwg.org/multipage/comms.html#messageeventinit"""

    data: Any
    origin: str
    lastEventId: str
    source: object
    ports: Iterable[Any]


class MessageEvent(Event):
    """https://html.spec.whatwg.org/multipage/comms.html#messageevent"""

    __slots__ = ("_data", "_last_event_id", "_origin", "_ports", "_source")

    def __init__(
        self,
        type: str,
        eventInitDict: MessageEventInit | MessageEvent | None = None,
        **members: Unpack[MessageEventInit],
    ) -> None:
        init = to_dictionary(MessageEventInit, eventInitDict, members)
        inner_event_creation_steps(self, type, init)
        self._data = init.get("data")
        self._origin = to_usv_string(init.get("origin", ""))
        self._last_event_id = to_dom_string(init.get("lastEventId", ""))
        self._source = init.get("source")
        self._ports = tuple(init.get("ports", ()))

    @property
    def data(self) -> Any:
        """https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-data"""
        return self._data

    @property
    def origin(self) -> str:
        """https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-origin"""
        return self._origin

    @property
    def lastEventId(self) -> str:
        """https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-lasteventid"""
        return self._last_event_id

    @property
    def source(self) -> object:
        """https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-source"""
        return self._source

    @property
    def ports(self) -> tuple[Any, ...]:
        """https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-ports"""
        return self._ports

    def initMessageEvent(
        self,
        type: str,
        bubbles: bool = False,
        cancelable: bool = False,
        data: Any = None,
        origin: str = "",
        lastEventId: str = "",
        source: object = None,
        ports: Iterable[Any] = (),
    ) -> None:
        """https://html.spec.whatwg.org/multipage/comms.html#dom-messageevent-initmessageevent"""
        if not self._dispatch_flag:
            initialize(self, to_dom_string(type), bool(bubbles), bool(cancelable))
            self._data = data
            self._origin = to_usv_string(origin)
            self._last_event_id = to_dom_string(lastEventId)
            self._source = source
            self._ports = tuple(ports)


def fire_a_message_event(
    e: str,
    target: EventTarget,
    data: object,
    origin: str = "",
    source: object = None,
    ports: tuple[Any, ...] = (),
    last_event_id: str = "",
) -> None:
    """Fire an event named message or messageerror.

    https://html.spec.whatwg.org/multipage/comms.html#the-messageevent-interface
    """
    # OPTIMIZATION: what fire_an_event and two constructors make, at once
    event: MessageEvent = MessageEvent.__new__(MessageEvent)
    event._type = e
    event._unsafe_time = unsafe_shared_current_time(current_settings_object().host.clock)
    event._is_trusted = True
    event._bubbles = event._cancelable = event._composed_flag = False
    event._dispatch_flag = event._canceled_flag = event._in_passive_listener_flag = False
    event._stop_propagation_flag = event._stop_immediate_propagation_flag = False
    event._listeners_did_throw = False
    event._target = event._current_target = None
    event._data = data
    event._origin = origin
    event._last_event_id = last_event_id
    event._source = source
    event._ports = ports
    dispatch(event, target)
