"""Message channels: a pair of ports that are entangled.

HTML Standard, 9.4.2:
https://html.spec.whatwg.org/multipage/web-messaging.html#message-channels
"""

from __future__ import annotations

from ..settings_objects import current_settings_object
from .message_ports import MessagePort, entangle, new_message_port


class MessageChannel:
    """https://html.spec.whatwg.org/multipage/web-messaging.html#messagechannel"""

    __slots__ = ("__weakref__", "_port1", "_port2")

    def __init__(self) -> None:
        """https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messagechannel"""
        settings_object = current_settings_object()
        self._port1 = new_message_port(settings_object)
        self._port2 = new_message_port(settings_object)
        entangle(self._port1, self._port2)

    @property
    def port1(self) -> MessagePort:
        """https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messagechannel-port1"""
        return self._port1

    @property
    def port2(self) -> MessagePort:
        """https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messagechannel-port2"""
        return self._port2
