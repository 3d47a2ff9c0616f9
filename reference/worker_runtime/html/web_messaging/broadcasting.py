"""Broadcasting: messages to all that listen to a channel by its name, in whatever scope of the same
origin and host they are.

HTML Standard, 9.5:
https://html.spec.whatwg.org/multipage/web-messaging.html#broadcasting-to-other-browsing-contexts
"""

from __future__ import annotations

from functools import partial
from threading import Lock
from typing import Any
from weakref import ref

from ...dom.event_target import EventTarget
from ...host.bus import Bus, BusFailure
from ...host.host import Host
from ...url.origins import OpaqueOrigin, ascii_serialization_of_an_origin
from ...webidl.exceptions import DOMException
from ...webidl.type_mapping import to_dom_string
from ..event_handlers import EventHandlerIDLAttribute
from ..event_loops import EventLoop, queue_a_task
from ..message_event import fire_a_message_event
from ..origins import same_origin
from ..settings_objects import EnvironmentSettingsObject, current_settings_object
from ..structured_data.byte_format_reading import record_from_bytes
from ..structured_data.byte_format_writing import record_to_bytes
from ..structured_data.records import Record, data_clone_error
from ..structured_data.structured_deserialize import structured_deserialize
from ..structured_data.structured_serialize import structured_serialize

TOPIC = "broadcast"


class BroadcastChannels:
    """The channels of a host, in all of its threads, in the order in which they were made; and what
    the bus brings for them.

    Part of https://html.spec.whatwg.org/multipage/web-messaging.html#broadcastchannel
    """

    __slots__ = ("by_name", "lock", "names_at_the_next_sweep")

    def __init__(self, host: Host) -> None:
        self.lock = Lock()
        self.by_name: dict[str, list[ref[BroadcastChannel]]] = {}
        self.names_at_the_next_sweep = 16
        host.bus.listen(TOPIC, partial(receive_from_elsewhere, self))

    def add(self, channel: BroadcastChannel) -> None:
        with self.lock:
            if len(self.by_name) >= self.names_at_the_next_sweep:
                for name in list(self.by_name):
                    self._keep_those_that_live(name)
                self.names_at_the_next_sweep = 2 * len(self.by_name) + 16
            self.by_name.setdefault(channel._name, []).append(ref(channel))

    def remove(self, channel: BroadcastChannel) -> None:
        with self.lock:
            self._keep_those_that_live(channel._name, channel)

    def _keep_those_that_live(self, name: str, but: BroadcastChannel | None = None) -> None:
        living = [other for other in self.by_name.get(name, ()) if other() not in (None, but)]
        if living:
            self.by_name[name] = living
        else:
            self.by_name.pop(name, None)

    def of_name(self, name: str) -> list[BroadcastChannel]:
        with self.lock:
            references = list(self.by_name.get(name, ()))
        return [channel for reference in references if (channel := reference()) is not None]


class OpenBroadcastChannels(set["BroadcastChannel"]):
    """The channels that a scope holds: those that are open and listened to.

    Part of https://html.spec.whatwg.org/multipage/web-messaging.html#broadcasting-to-other-browsing-contexts.
    """

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        super().__init__()


class BroadcastChannel(EventTarget):
    """https://html.spec.whatwg.org/multipage/web-messaging.html#broadcastchannel"""

    __slots__ = ("_closed_flag", "_event_loop", "_name", "_settings_object")

    _closed_flag: bool
    _event_loop: EventLoop
    _name: str
    _settings_object: EnvironmentSettingsObject

    def __init__(self, name: str) -> None:
        """RuntimeError without a running event loop.

        https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel
        """
        self._name = to_dom_string(name)
        self._closed_flag = False
        self._settings_object = current_settings_object()
        self._event_loop = self._settings_object.event_loop
        self._settings_object.host.record(BroadcastChannels).add(self)

    @property
    def name(self) -> str:
        """https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel-name"""
        return self._name

    def postMessage(self, message: Any) -> None:
        """Send a copy of a value to all other channels of that name. "InvalidStateError" if this
        one is closed.

        https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel-postmessage
        """
        if self._settings_object.closing:  # not eligible for messaging
            return
        if self._closed_flag:
            raise DOMException("The channel is closed", "InvalidStateError")
        serialized = structured_serialize(message)
        source_settings = self._settings_object
        source_origin = ascii_serialization_of_an_origin(source_settings.origin)
        channels, bus = source_settings.host.record(BroadcastChannels), source_settings.host.bus
        if bus.is_shared and not isinstance(source_settings.origin, OpaqueOrigin):
            publish_the_message(bus, self._name, source_origin, serialized)
        for destination in channels.of_name(self._name):
            if destination is not self and same_origin(
                destination._settings_object.origin, source_settings.origin
            ):
                queue_the_message(destination, serialized, source_origin)

    def close(self) -> None:
        """Nothing comes or goes any more.

        https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel-close
        """
        if not self._closed_flag:
            self._closed_flag = True
            self._settings_object.host.record(BroadcastChannels).remove(self)
            self._settings_object.record(OpenBroadcastChannels).discard(self)

    onmessage = EventHandlerIDLAttribute()
    onmessageerror = EventHandlerIDLAttribute()

    def _event_listener_list_has_changed(self, type: str, is_added: bool) -> None:
        """A channel that is listened to stays until it is closed, even if nobody else has it."""
        held = self._settings_object.record(OpenBroadcastChannels)
        if not self._closed_flag and any(
            listener.type in ("message", "messageerror") for listener in self._event_listener_list
        ):
            held.add(self)
        else:
            held.discard(self)


def queue_the_message(destination: BroadcastChannel, serialized: Any, source_origin: str) -> None:
    """Step 9 of posting a message, for one channel.

    Part of https://html.spec.whatwg.org/multipage/web-messaging.html#eligible-for-messaging.
    """
    settings_object = destination._settings_object
    if not settings_object.closing and not destination._closed_flag:
        steps = partial(_receive, destination, serialized, source_origin)
        context = settings_object.context.copy()
        queue_a_task("DOM manipulation", steps, destination._event_loop, context)


def _receive(destination: BroadcastChannel, serialized: Any, source_origin: str) -> None:
    if destination._closed_flag or destination._settings_object.closing:
        return
    try:
        data = structured_deserialize(serialized)
    except DOMException:
        fire_a_message_event("messageerror", destination, None, source_origin)
        return
    fire_a_message_event("message", destination, data, source_origin)


def publish_the_message(bus: Bus, name: str, source_origin: str, serialized: Any) -> None:
    """Let the other processes hear a message. DataCloneError if it is too large for that.

    Part of SPEC_NOTES.md#broadcasting-between-processes
    """
    message = Record(list, [name, source_origin, serialized], False)
    try:
        bus.publish(TOPIC, record_to_bytes(message))
    except BusFailure as failure:
        raise data_clone_error(str(failure)) from failure


def receive_from_elsewhere(channels: BroadcastChannels, member: int, message: bytes) -> None:
    """What another process has published. DataCloneError if it is not that.

    SPEC_NOTES.md#broadcasting-between-processes
    """
    record = record_from_bytes(message)
    if type(record) is not Record or record.type is not list or len(record.data) != 3:
        raise data_clone_error("This is no message of a channel")
    name, source_origin, serialized = record.data
    if type(name) is not str or type(source_origin) is not str:
        raise data_clone_error("This is no message of a channel")
    for destination in channels.of_name(name):
        origin = ascii_serialization_of_an_origin(destination._settings_object.origin)
        if origin == source_origin != "null":
            queue_the_message(destination, serialized, source_origin)
