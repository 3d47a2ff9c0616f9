"""The MessageEvent interface: something was said, by a socket, a port or a channel.

HTML Standard, 9.1: https://html.spec.whatwg.org/multipage/comms.html#the-messageevent-interface
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Unpack

from ..dom.dispatching_events import dispatch
from ..dom.event import Event, EventInit, initialize, inner_event_creation_steps
from ..dom.event_target import EventTarget
from ..webidl.dictionaries import to_dictionary
from ..webidl.interfaces import new
from ..webidl.type_mapping import to_dom_string, to_usv_string


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
) -> None:
    """Fire an event named message or messageerror.

    https://html.spec.whatwg.org/multipage/comms.html#the-messageevent-interface
    """
    # OPTIMIZATION: as fire_an_event makes it; there is nothing to convert
    event = new(MessageEvent)
    inner_event_creation_steps(event, e, {})
    event._is_trusted = True
    event._data, event._origin, event._last_event_id = data, origin, ""
    event._source, event._ports = source, ports
    dispatch(event, target)
