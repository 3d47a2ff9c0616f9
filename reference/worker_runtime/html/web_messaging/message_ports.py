"""Message ports: two ends of a channel, each of which may move to another scope, with the messages
that have come for it.

HTML Standard, 9.4.3 to 9.4.5:
https://html.spec.whatwg.org/multipage/web-messaging.html#message-ports

What moves is the port message queue. It knows the queue at the other end, so that nobody has to
be told where a port is now. Each queue is emptied in the thread of its port; any thread may add to
it, for which no lock is needed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, TypeAlias
from weakref import WeakSet, ref

from ...dom.dispatching_events import fire_an_event
from ...dom.event_target import EventTarget
from ...host.wake_up import WakeUp, wake_up_of
from ...webidl.dictionaries import to_dictionary
from ...webidl.exceptions import DOMException
from ...webidl.interfaces import illegal_constructor, new
from ..event_handlers import EventHandlerIDLAttribute, HandlerValue
from ..event_loops import EventLoop, call_in_a_turn, is_running, queue_a_task, run_a_task
from ..message_event import fire_a_message_event
from ..settings_objects import EnvironmentSettingsObject, current_settings_object
from ..structured_data.records import data_clone_error
from ..structured_data.structured_clone import StructuredSerializeOptions
from ..structured_data.structured_serialize_with_transfer import (
    SerializeWithTransferResult,
    structured_deserialize_with_transfer,
    structured_serialize_with_transfer,
)

# what stands after a message: a list, or a dictionary that has one
Transfer: TypeAlias = "Iterable[object] | StructuredSerializeOptions"

# Other tasks have their turn however many messages come.
MESSAGES_IN_A_TURN = 16


class MessageEventTarget(EventTarget):
    """https://html.spec.whatwg.org/multipage/web-messaging.html#messageeventtarget"""

    __slots__ = ()

    onmessage = EventHandlerIDLAttribute()
    onmessageerror = EventHandlerIDLAttribute()


class PortMessageQueue:
    """The messages for a port, wherever that is.

    While it is enabled it holds the port: a message may come as long as the other end is there.
    `close_is_due`: the other end is gone, and nobody has been told.

    https://html.spec.whatwg.org/multipage/web-messaging.html#port-message-queue
    """

    __slots__ = (
        "__weakref__", "close_is_due", "entangled", "held_port", "is_enabled", "messages", "port",
    )  # fmt: skip

    def __init__(self) -> None:
        self.messages: deque[SerializeWithTransferResult] = deque()
        self.is_enabled = False
        self.entangled: PortMessageQueue | None = None
        self.close_is_due = False
        self.port: ref[MessagePort] | None = None  # None while it is on its way
        self.held_port: MessagePort | None = None


class MessagePorts(WeakSet["MessagePort"]):
    """The ports of a scope.

    Part of https://html.spec.whatwg.org/multipage/workers.html#run-a-worker.
    """

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        super().__init__()
        settings_object.closing_steps.append(partial(disentangle_the_ports, settings_object))


class OnMessage(EventHandlerIDLAttribute):
    """The first time that it is set, the port starts.

    https://html.spec.whatwg.org/multipage/web-messaging.html#handler-messageeventtarget-onmessage
    """

    __slots__ = ()

    def __set__(self, event_target: EventTarget, value: HandlerValue | None) -> None:
        super().__set__(event_target, value)
        if isinstance(event_target, MessagePort):
            event_target.start()


class MessagePort(MessageEventTarget):
    """One end of a channel.

    https://html.spec.whatwg.org/multipage/web-messaging.html#messageport
    """

    __slots__ = (
        "_event_loop", "_is_detached", "_message_event_target", "_port_message_queue",
        "_posted_messages", "_settings_object",
    )  # fmt: skip

    __init__ = illegal_constructor

    _is_detached: bool
    _message_event_target: EventTarget
    _port_message_queue: PortMessageQueue | None
    _settings_object: EnvironmentSettingsObject
    _event_loop: EventLoop | None
    _posted_messages: PostedMessages

    onmessage = OnMessage()
    onclose = EventHandlerIDLAttribute()

    def postMessage(self, message: Any, transfer: Transfer = ()) -> None:
        """Send a copy of a value to the port at the other end; what is in `transfer` moves there.

        DataCloneError if something cannot be copied or moved.

        https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messageport-postmessage
        """
        message_port_post_message_steps(self, message, transfer)

    def start(self) -> None:
        """Let the messages come that have come, and those that will. RuntimeError without a running
        event loop.

        https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messageport-start
        """
        queue = self._port_message_queue
        if queue is not None and not queue.is_enabled:
            self._event_loop = self._settings_object.event_loop
            self._posted_messages = self._event_loop.record(PostedMessages)
            queue.held_port = self
            queue.is_enabled = True
            for _ in range(len(queue.messages)):
                self._posted_messages.add(queue)
            if not queue.messages and queue.entangled is None:
                queue.held_port = None
            if queue.close_is_due:
                queue_the_close_event(queue)

    def close(self) -> None:
        """Let nothing come or go any more, but what has come. The other end is told.

        https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messageport-close
        """
        self._is_detached = True
        if self._port_message_queue is not None:
            disentangle(self._port_message_queue)

    def __del__(self) -> None:
        """A port that nobody has any more is closed.

        Part of https://html.spec.whatwg.org/multipage/web-messaging.html#ports-and-garbage-collection.
        """
        queue = getattr(self, "_port_message_queue", None)
        if queue is not None:
            disentangle(queue)

    # A transferable object:
    # https://html.spec.whatwg.org/multipage/web-messaging.html#message-ports

    def _transfer_steps(self) -> _Parcel:
        queue = self._port_message_queue
        self._port_message_queue = None
        if queue is None:  # a port that has no other end, as one that was closed
            queue = PortMessageQueue()
        queue.is_enabled = False
        queue.port = queue.held_port = None
        return _Parcel(queue)

    @classmethod
    def _transfer_receiving_steps(cls, data: _Parcel) -> MessagePort:
        return new_message_port(current_settings_object(), data.take())


class _Parcel:
    """A queue on its way. If it never arrives, the other end is told."""

    __slots__ = ("queue",)

    def __init__(self, queue: PortMessageQueue) -> None:
        self.queue: PortMessageQueue | None = queue

    def take(self) -> PortMessageQueue:
        queue, self.queue = self.queue, None
        if queue is None:
            raise data_clone_error("A port can arrive only once")
        return queue

    def __del__(self) -> None:
        if self.queue is not None:
            disentangle(self.queue)


def new_message_port(
    settings_object: EnvironmentSettingsObject, queue: PortMessageQueue | None = None
) -> MessagePort:
    """A port in a realm, for a queue that has arrived there or a new one.

    Part of https://html.spec.whatwg.org/multipage/web-messaging.html#message-event-target.
    """
    port: MessagePort = new(MessagePort)
    port._is_detached = False
    port._message_event_target = port
    port._settings_object = settings_object
    try:
        port._event_loop = settings_object.event_loop
    except RuntimeError:  # a plain script that has not begun to run
        port._event_loop = None
    port._port_message_queue = queue = PortMessageQueue() if queue is None else queue
    queue.port = ref(port)
    settings_object.record(MessagePorts).add(port)
    if queue.close_is_due:
        queue_the_close_event(queue)
    return port


# ---- entangling ----------------------------------------------------------------------------------


def entangle(initiator_port: MessagePort, other_port: MessagePort) -> None:
    """Make two ports the ends of one channel.

    https://html.spec.whatwg.org/multipage/web-messaging.html#entangle
    """
    other_queue = other_port._port_message_queue
    assert other_queue is not None
    disentangle(other_queue)
    entangle_queues(initiator_port, other_queue)


def entangle_queues(initiator_port: MessagePort, other_queue: PortMessageQueue) -> None:
    """The same, for a port that is to be made in another realm.

    Part of https://html.spec.whatwg.org/multipage/web-messaging.html#entangle.
    """
    queue = initiator_port._port_message_queue
    assert queue is not None and queue.entangled is None
    queue.entangled, other_queue.entangled = other_queue, queue


def disentangle(queue: PortMessageQueue) -> None:
    """Part a port from the other end of its channel, if there is one; that gets an event.

    https://html.spec.whatwg.org/multipage/web-messaging.html#disentangle
    """
    other_queue = queue.entangled
    if other_queue is None:
        return
    queue.entangled = other_queue.entangled = None
    if not queue.messages:
        queue.held_port = None
    other_queue.close_is_due = True
    queue_the_close_event(other_queue)


def queue_the_close_event(queue: PortMessageQueue) -> None:
    """Queue a task that fires `close`, after what has been sent before.

    Part of https://html.spec.whatwg.org/multipage/web-messaging.html#handler-messageport-onclose.
    """
    port = queue.port() if queue.port is not None else None
    if port is not None and port._event_loop is not None and not port._settings_object.closing:
        steps = partial(_fire_close, queue, port)
        context = port._settings_object.context.copy()
        queue_a_task("posted message", steps, port._event_loop, context)


def _fire_close(queue: PortMessageQueue, port: MessagePort) -> None:
    if queue.close_is_due and port._port_message_queue is queue:
        if queue.is_enabled and queue.messages:
            queue_the_close_event(queue)
            return
        queue.close_is_due = False
        queue.held_port = None
        if not port._is_detached:
            fire_an_event("close", port)


def disentangle_the_ports(settings_object: EnvironmentSettingsObject) -> None:
    """The end of all ports of a worker.

    Part of https://html.spec.whatwg.org/multipage/workers.html#run-a-worker.
    """
    for port in list(settings_object.record(MessagePorts)):
        empty_the_port_message_queue(port)
        port.close()


def empty_the_port_message_queue(port: MessagePort) -> None:
    """Nothing that has come is heard, nor anything that is on its way.

    Part of https://html.spec.whatwg.org/multipage/workers.html#terminate-a-worker.
    """
    queue = port._port_message_queue
    if queue is not None:
        queue.is_enabled = False
        queue.held_port = None
        queue.messages.clear()


# ---- messages ------------------------------------------------------------------------------------


def message_port_post_message_steps(
    source_port: MessagePort, message: object, options: Transfer
) -> None:
    """https://html.spec.whatwg.org/multipage/web-messaging.html#message-port-post-message-steps"""
    transfer = transfer_of(options) if options else ()
    queue = source_port._port_message_queue
    target_queue = None if queue is None else queue.entangled
    doomed = False
    for transferable in transfer:
        if transferable is source_port:
            raise data_clone_error("A port cannot be sent through itself")
        if isinstance(transferable, MessagePort) and target_queue is not None:
            # What is sent to it would be on its way for ever.
            doomed = doomed or transferable._port_message_queue is target_queue
    serialize_with_transfer_result = structured_serialize_with_transfer(message, transfer)
    if target_queue is None or doomed:
        return
    target_queue.messages.append(serialize_with_transfer_result)
    target_port = target_queue.held_port
    if target_port is not None and target_queue.is_enabled:
        target_port._posted_messages.add(target_queue)


def transfer_of(options: Transfer) -> list[object]:
    """The list itself, or that of a dictionary.

    https://html.spec.whatwg.org/multipage/web-messaging.html#dom-structuredserializeoptions-transfer
    """
    if isinstance(options, (list, tuple)):  # OPTIMIZATION: the usual ones first
        return [*options]
    if isinstance(options, Mapping) or not isinstance(options, Iterable):
        none: StructuredSerializeOptions = {}
        members = to_dictionary(StructuredSerializeOptions, options, none)
        return [*members.get("transfer", ())]
    return [*options]


class PostedMessages:
    """The tasks of an event loop that are of posted messages: for each message the queue that it is
    in, or was in.

    Several tasks of one source come one after another in a turn of asyncio's, each in a context of
    its own and followed by a microtask checkpoint.

    https://html.spec.whatwg.org/multipage/web-messaging.html#posted-message-task-source
    """

    __slots__ = ("event_loop", "is_scheduled", "tasks", "wake_up")

    def __init__(self, event_loop: EventLoop) -> None:
        self.event_loop = event_loop
        self.is_scheduled = False
        self.tasks: deque[PortMessageQueue] = deque()
        self.wake_up: ref[WakeUp] | None = None

    def add(self, queue: PortMessageQueue) -> None:
        """Queue a task for a message, from any thread."""
        self.tasks.append(queue)
        if not self.is_scheduled:
            self.is_scheduled = True
            if is_running(self.event_loop):
                call_in_a_turn(self.event_loop, self.perform)
            elif self.wake_up is None:
                call_in_a_turn(self.event_loop, self.perform_for_another_thread)
            elif (wake_up := self.wake_up()) is not None:
                # OPTIMIZATION: the same for a third of the price
                wake_up.ring()

    def perform_for_another_thread(self) -> None:
        if self.wake_up is None:  # OPTIMIZATION: from the second time on
            self.wake_up = wake_up_of(self.event_loop.asyncio_loop, self.perform)
        self.perform()

    def perform(self) -> None:
        # Before anything is taken: a task that is added from now on is scheduled.
        self.is_scheduled = False
        tasks, event_loop = self.tasks, self.event_loop
        for _ in range(MESSAGES_IN_A_TURN):
            if not tasks:
                return
            queue = tasks.popleft()
            port = queue.held_port
            if port is None or port._event_loop is not event_loop or not queue.messages:
                continue  # the messages have moved with the queue
            settings_object = port._settings_object
            if not settings_object.closing:
                message = queue.messages.popleft()
                settings_object.context.copy().run(run_a_task, event_loop, receive, port, message)
            if not queue.messages and queue.entangled is None:
                queue.held_port = None
        if tasks and not self.is_scheduled:
            self.is_scheduled = True
            call_in_a_turn(event_loop, self.perform)


def receive(port: MessagePort, message: SerializeWithTransferResult) -> None:
    """Steps 7 of the algorithm: what a message is at the port where it has arrived.

    Part of https://html.spec.whatwg.org/multipage/web-messaging.html#channel-messaging.
    """
    message_event_target = port._message_event_target
    try:
        message_clone, transferred_values = structured_deserialize_with_transfer(message)
    except DOMException:
        fire_a_message_event("messageerror", message_event_target, None)
        return
    new_ports: tuple[MessagePort, ...] = ()
    if transferred_values:
        new_ports = tuple(value for value in transferred_values if isinstance(value, MessagePort))
    fire_a_message_event("message", message_event_target, message_clone, ports=new_ports)
