"""The WebSocket interface.

WebSockets Standard, 3 and 4: https://websockets.spec.whatwg.org/#the-websocket-interface
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Literal, TypeAlias

from ..dom.dispatching_events import fire_an_event
from ..dom.event_target import EventTarget
from ..fetch.infrastructure import FetchController
from ..file_api import blob as file_api
from ..file_api.blob import Blob
from ..host.gates import current_gate
from ..html.event_handlers import EventHandlerIDLAttribute
from ..html.event_loops import queue_a_task, run_a_task
from ..html.message_event import fire_a_message_event
from ..html.settings_objects import (
    EnvironmentSettingsObject,
    context_of_a_task,
    current_settings_object,
    queue_a_global_task,
)
from ..url.origins import ascii_serialization_of_an_origin
from ..url.url_representation import URLRecord
from ..url.url_serializing import origin, url_serializer
from ..webidl.awaitables import tasks_begun_by
from ..webidl.exceptions import DOMException
from ..webidl.promises import Promise, a_new_promise, resolve
from ..webidl.type_mapping import (
    BufferSource,
    get_a_copy_of_the_buffer_source,
    is_buffer_source,
    to_integer,
    to_usv_string,
)
from .close_event import CloseEvent
from .common_algorithms import WebSockets, close_the_web_socket, convert_protocols, get_a_url_record
from .opening_handshake import ClientFeedback, establish_a_websocket_connection
from .turns import Turn
from .websocket_connections import Channel

BinaryType: TypeAlias = Literal["blob", "arraybuffer"]
# A listener that is an `async def` may still run when the next message comes; when so many do,
# nothing more is read.
MOST_RUNNING_LISTENERS = 64
MOST_TASKS_IN_A_TURN = 64


class WebSocket(EventTarget):
    """A connection over which messages go both ways.

    https://websockets.spec.whatwg.org/#websocket
    """

    CONNECTING = 0
    OPEN = 1
    CLOSING = 2
    CLOSED = 3

    __slots__ = (
        "_attempt", "_binary_type", "_connection", "_extensions", "_feedback", "_listeners_are_few",
        "_origin", "_protocol", "_ready_state", "_running_listeners", "_settings_object",
        "_unsent_after_closing", "_url",
    )  # fmt: skip

    _is_of_a_pair = False  # whether it may go with a response

    onopen = EventHandlerIDLAttribute()
    onerror = EventHandlerIDLAttribute()
    onclose = EventHandlerIDLAttribute()
    onmessage = EventHandlerIDLAttribute()

    _attempt: FetchController
    _feedback: ClientFeedback
    _url: URLRecord | None
    _origin: str
    _settings_object: EnvironmentSettingsObject
    _ready_state: int
    _binary_type: BinaryType
    _extensions: str
    _protocol: str
    _connection: Channel | None
    _unsent_after_closing: int  # bytes
    _running_listeners: int
    _listeners_are_few: Promise[None] | None  # while messages wait for that

    def __init__(self, url: str, protocols: str | Iterable[str] = ()) -> None:
        """Connect to a URL. A SyntaxError DOMException if it is not one, or a protocol is not a
        token or is there twice.

        https://websockets.spec.whatwg.org/#dom-websocket-websocket
        """
        settings_object = current_settings_object()
        url_record = get_a_url_record(to_usv_string(url), settings_object.api_base_url)
        protocols = convert_protocols([protocols] if isinstance(protocols, str) else protocols)
        initialize_a_web_socket(self, settings_object, url_record)
        self._feedback = WebSocketFeedback(self)
        self._attempt = establish_a_websocket_connection(
            url_record, protocols, settings_object, self._feedback
        )

    @property
    def url(self) -> str:
        """https://websockets.spec.whatwg.org/#dom-websocket-url"""
        return "" if self._url is None else url_serializer(self._url)

    @property
    def readyState(self) -> int:
        """CONNECTING, OPEN, CLOSING or CLOSED.

        https://websockets.spec.whatwg.org/#dom-websocket-readystate
        """
        return self._ready_state

    @property
    def bufferedAmount(self) -> int:
        """How many bytes of messages have been given to `send` and are not on their way yet.

        https://websockets.spec.whatwg.org/#dom-websocket-bufferedamount
        """
        return self._unsent_after_closing + (
            0 if self._connection is None else self._connection.buffered_amount
        )

    @property
    def extensions(self) -> str:
        """The extensions that the server has chosen, as it has spelt them.

        https://websockets.spec.whatwg.org/#dom-websocket-extensions
        """
        return self._extensions

    @property
    def protocol(self) -> str:
        """The protocol that the server has chosen, or an empty string.

        https://websockets.spec.whatwg.org/#dom-websocket-protocol
        """
        return self._protocol

    @property
    def binaryType(self) -> BinaryType:
        """What binary messages come as: "blob", or "arraybuffer", which is bytes in Python.

        https://websockets.spec.whatwg.org/#dom-websocket-binarytype
        """
        return self._binary_type

    @binaryType.setter
    def binaryType(self, value: BinaryType) -> None:
        # any other value is ignored, as for every attribute that is an enumeration
        if value in ("blob", "arraybuffer"):
            self._binary_type = value

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close, with 1000 or a code from 3000 to 4999, and a reason of 123 bytes at most; events
        follow.

        https://websockets.spec.whatwg.org/#dom-websocket-close
        """
        code = None if code is None else to_integer(code, 16, clamp=True)
        reason = "" if reason is None else to_usv_string(reason)
        close_the_web_socket(self, code, reason)

    def send(self, data: str | BufferSource | Blob) -> None:
        """Send a message: a text, or bytes. An InvalidStateError DOMException before there is a
        connection.

        https://websockets.spec.whatwg.org/#dom-websocket-send
        """
        if type(data) is bytes:  # OPTIMIZATION: what is sent most is what it is
            message: str | bytes = data
        elif isinstance(data, Blob):
            message = file_api.byte_sequence(data)
        elif is_buffer_source(data):
            message = get_a_copy_of_the_buffer_source(data)
        else:
            message = to_usv_string(data)
        if self._ready_state == WebSocket.CONNECTING:
            raise DOMException(
                "Nothing can be sent before the connection is open", "InvalidStateError"
            )
        size = (
            len(message)
            if isinstance(message, bytes) or message.isascii()
            else len(message.encode())
        )
        if self._ready_state == WebSocket.OPEN and self._connection is not None:
            gate = current_gate.get()
            if gate is None:
                self._connection.send(message, size)
            else:
                gate.let_out(partial(self._connection.send, message, size))
        else:
            self._unsent_after_closing += size


def initialize_a_web_socket(
    web_socket: WebSocket, settings_object: EnvironmentSettingsObject, url: URLRecord | None = None
) -> None:
    """Part of https://websockets.spec.whatwg.org/#dom-websocket-websocket"""
    web_socket._url = url
    web_socket._origin = "" if url is None else ascii_serialization_of_an_origin(origin(url))
    web_socket._settings_object = settings_object
    settings_object.record(WebSockets).add(web_socket)
    web_socket._ready_state = WebSocket.CONNECTING
    web_socket._binary_type = "blob"
    web_socket._extensions = web_socket._protocol = ""
    web_socket._connection = None
    web_socket._unsent_after_closing = 0
    web_socket._running_listeners = 0
    web_socket._listeners_are_few = None


# ---- feedback from the protocol ------------------------------------------------------------------


class WebSocketFeedback:
    """Makes tasks of what comes of a connection.

    Part of https://websockets.spec.whatwg.org/#feedback-from-the-protocol
    """

    __slots__ = ("_are_due", "_gate", "_tasks", "_turn", "_web_socket")

    def __init__(self, web_socket: WebSocket) -> None:
        self._web_socket = web_socket
        self._gate = current_gate.get()  # of the code that has the web socket
        # steps, and what they are about
        self._tasks: deque[tuple[Callable[..., object], tuple[object, ...]]] = deque()
        self._are_due = False
        self._turn: Turn | None = None  # of its event loop, when something has come

    def _queue(self, steps: Callable[..., object], *arguments: object) -> None:
        self._tasks.append((steps, arguments))
        if not self._are_due:
            self._queue_their_turn()

    def _queue_their_turn(self) -> None:
        self._are_due = True
        settings_object = self._web_socket._settings_object
        turn = self._turn
        if turn is None:
            turn = self._turn = settings_object.event_loop.record(Turn)
        if self._gate is None:
            if settings_object.closing:
                return
            event_loop = turn.event_loop
            context = context_of_a_task(settings_object)
            if not turn.will_perform_next(
                partial(context.run, run_a_task, event_loop, self._perform_tasks)
            ):
                turn.queued_tasks += 1
                queue_a_task("WebSocket", self._perform_queued_tasks, event_loop, context)
        else:
            # a coroutine of the network asks for it, whose context has no gate, or another's
            steps = partial(self._gate.let_in, self._perform_tasks)
            context = settings_object.context.copy()
            context.run(current_gate.set, self._gate)
            context.run(queue_a_global_task, "WebSocket", settings_object, steps)

    def _perform_queued_tasks(self) -> None:
        assert self._turn is not None
        self._turn.queued_tasks -= 1
        self._perform_tasks()

    def _perform_tasks(self) -> None:
        web_socket, turn = self._web_socket, self._turn
        assert turn is not None
        try:
            for task in turn.perform(partial(tasks_begun_by, self._perform_tasks_of_a_turn)):
                web_socket._running_listeners += 1
                task.add_done_callback(partial(a_listener_is_done, web_socket))
        finally:
            self._are_due = False
            if self._tasks:
                self._queue_their_turn()
            elif web_socket._running_listeners < MOST_RUNNING_LISTENERS:
                let_more_messages_come(web_socket)

    def _perform_tasks_of_a_turn(self) -> None:
        # OPTIMIZATION: several tasks of one source in one turn of asyncio's loop, each with its own
        # microtask checkpoint.
        web_socket, tasks = self._web_socket, self._tasks
        settings_object = web_socket._settings_object
        assert self._turn is not None
        event_loop = self._turn.event_loop
        for _ in range(min(len(tasks), MOST_TASKS_IN_A_TURN)):
            if settings_object.closing:
                break
            steps, arguments = tasks.popleft()
            run_a_task(event_loop, steps, web_socket, *arguments)

    def established(self, connection: Channel, protocol: str, extensions: str) -> None:
        """The opening handshake is done."""
        self._queue(when_the_connection_is_established, connection, protocol, extensions)

    def message_received(self, data: str | bytes) -> Awaitable[object] | None:
        """A message has come."""
        web_socket = self._web_socket
        self._tasks.append((when_a_message_has_been_received, (data,)))
        if not self._are_due:
            self._queue_their_turn()
        if web_socket._running_listeners < MOST_RUNNING_LISTENERS and (
            self._gate is None or len(self._tasks) < MOST_RUNNING_LISTENERS
        ):
            return None
        if web_socket._listeners_are_few is None:
            web_socket._listeners_are_few = a_new_promise()
        return web_socket._listeners_are_few

    def closing_handshake_started(self) -> None:
        """The other side closes."""
        self._queue(when_the_closing_handshake_is_started)

    def closed(self, code: int, reason: str, was_clean: bool, has_failed: bool) -> None:
        """The connection is closed."""
        self._queue(when_the_connection_is_closed, code, reason, was_clean, has_failed)


def when_the_connection_is_established(
    web_socket: WebSocket, connection: Channel, protocol: str, extensions: str
) -> None:
    """Part of https://websockets.spec.whatwg.org/#eventdef-websocket-open"""
    web_socket._connection = connection
    if web_socket._ready_state != WebSocket.CONNECTING:  # it was closed just now
        connection.close()
        return
    web_socket._ready_state = WebSocket.OPEN
    web_socket._extensions = extensions
    web_socket._protocol = protocol
    fire_an_event("open", web_socket)


def when_a_message_has_been_received(web_socket: WebSocket, data: str | bytes) -> None:
    """Part of https://websockets.spec.whatwg.org/#eventdef-websocket-message"""
    if web_socket._ready_state != WebSocket.OPEN:
        return
    data_for_event: object = data
    if web_socket._binary_type == "blob" and isinstance(data, bytes):
        data_for_event = file_api.create(data, "")
    fire_a_message_event("message", web_socket, data_for_event, web_socket._origin)


def a_listener_is_done(web_socket: WebSocket, task: object) -> None:
    """Part of https://websockets.spec.whatwg.org/#eventdef-websocket-message"""
    web_socket._running_listeners -= 1
    let_more_messages_come(web_socket)


def let_more_messages_come(web_socket: WebSocket) -> None:
    """Part of https://websockets.spec.whatwg.org/#eventdef-websocket-message"""
    if web_socket._listeners_are_few is not None:
        resolve(web_socket._listeners_are_few)
        web_socket._listeners_are_few = None


def when_the_closing_handshake_is_started(web_socket: WebSocket) -> None:
    """Part of https://websockets.spec.whatwg.org/#feedback-from-the-protocol"""
    if web_socket._ready_state == WebSocket.OPEN:
        web_socket._ready_state = WebSocket.CLOSING


def when_the_connection_is_closed(
    web_socket: WebSocket, code: int, reason: str, was_clean: bool, has_failed: bool
) -> None:
    """Part of https://websockets.spec.whatwg.org/#eventdef-websocket-close"""
    if web_socket._ready_state == WebSocket.CLOSED:
        # it was closed before it was open, or is an end of a pair that was closed before it went
        # over a network
        return
    web_socket._ready_state = WebSocket.CLOSED
    if has_failed:
        fire_an_event("error", web_socket)
    fire_an_event("close", web_socket, CloseEvent, wasClean=was_clean, code=code, reason=reason)
