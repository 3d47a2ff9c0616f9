"""The ExtendableMessageEvent interface: what a client has sent to a service worker.

Service Workers, 4.9: https://w3c.github.io/ServiceWorker/#extendablemessageevent-interface
"""

from __future__ import annotations

from collections.abc import Iterable
from types import NoneType
from typing import Any, Unpack

from ..html.web_messaging.message_ports import MessagePort
from ..webidl.dictionaries import to_dictionary
from ..webidl.interfaces import new
from ..webidl.type_mapping import to_dom_string, to_usv_string
from .extendable_event import ExtendableEvent, ExtendableEventInit


class ExtendableMessageEventInit(ExtendableEventInit, total=False):
    """https://w3c.github.io/ServiceWorker/#dictdef-extendablemessageeventinit"""

    data: Any
    origin: str
    lastEventId: str
    source: object
    ports: Iterable[MessagePort]


class ExtendableMessageEvent(ExtendableEvent):
    """https://w3c.github.io/ServiceWorker/#extendablemessageevent"""

    __slots__ = ("_data", "_last_event_id", "_origin", "_ports", "_source")

    def __init__(
        self,
        type: str,
        eventInitDict: ExtendableMessageEventInit | ExtendableMessageEvent | None = None,
        **members: Unpack[ExtendableMessageEventInit],
    ) -> None:
        """TypeError if the source is neither a Client, a ServiceWorker nor a MessagePort.

        https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-extendablemessageevent
        """
        from .client import Client
        from .service_worker import ServiceWorker

        init = to_dictionary(ExtendableMessageEventInit, eventInitDict, members)
        self._initialize(type, init)
        self._data = init.get("data")
        self._origin = to_usv_string(init.get("origin", ""))
        self._last_event_id = to_dom_string(init.get("lastEventId", ""))
        self._source = init.get("source")
        if not isinstance(self._source, (Client, ServiceWorker, MessagePort, NoneType)):
            raise TypeError(
                f"source is a Client, a ServiceWorker or a MessagePort, not {self._source!r:.60}"
            )
        self._ports = tuple(init.get("ports", ()))
        if not all(isinstance(port, MessagePort) for port in self._ports):
            raise TypeError(f"ports are MessagePort objects, not {self._ports!r:.60}")

    @property
    def data(self) -> Any:
        """https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-data"""
        return self._data

    @property
    def origin(self) -> str:
        """https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-origin"""
        return self._origin

    @property
    def lastEventId(self) -> str:
        """https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-lasteventid"""
        return self._last_event_id

    @property
    def source(self) -> Any:
        """The Client or the ServiceWorker that has sent it.

        https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-source
        """
        return self._source

    @property
    def ports(self) -> tuple[MessagePort, ...]:
        """https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-ports"""
        return self._ports


def create_a_message_event(
    type: str, data: object, origin: str, source: object, ports: tuple[MessagePort, ...]
) -> ExtendableMessageEvent:
    """An event that the platform is about to dispatch.

    Part of https://w3c.github.io/ServiceWorker/#dom-serviceworker-postmessage-message-options
    """
    event: ExtendableMessageEvent = new(ExtendableMessageEvent)
    event._initialize(type, {})
    event._is_trusted = True
    event._data = data
    event._origin = origin
    event._last_event_id = ""
    event._source = source
    event._ports = ports
    return event
