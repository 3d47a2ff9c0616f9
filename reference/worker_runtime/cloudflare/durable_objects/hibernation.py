"""Hibernation: WebSockets that belong to an object, and not to its instance. They stay while there
is none, and a message makes one.

SPEC_NOTES.md#hibernation
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import ref

from ...html.settings_objects import queue_a_global_task
from ...webidl.callback_function_types import to_callback_function
from ...webidl.exceptions import RangeError
from ...webidl.promises import Promise, a_new_promise, perform_promise_then, resolve
from ...webidl.type_mapping import to_integer, to_usv_string
from ...websocket_protocol.frames import CloseCode
from ...websockets.web_socket import WebSocket
from ...websockets.websocket_connections import WebSocketConnection
from ..web_socket_pair import JoinedChannel, PairedWebSocket
from .time_limits import within

if TYPE_CHECKING:
    from .ids import DurableObjectId
    from .life_cycle import Space

MOST_WEB_SOCKETS = 32_768
MOST_TAGS = 10
LONGEST_TAG = 256  # bytes of UTF-8
LONGEST_AUTO_RESPONSE = 2_048  # bytes of UTF-8, of the request and of the response
LONGEST_EVENT_TIMEOUT = 604_800_000  # milliseconds: a week
PROTOCOL_ERROR = "The other side has broken the WebSocket protocol, or a limit"
LOST = "WebSocket disconnected without sending Close frame."


class WebSocketRequestResponsePair:
    """A text, and what it is answered with.

    SPEC_NOTES.md#web-socket-request-response-pair
    """

    __slots__ = ("_request", "_response")

    def __init__(self, request: str, response: str) -> None:
        self._request = to_usv_string(request)
        self._response = to_usv_string(response)

    @property
    def request(self) -> str:
        """SPEC_NOTES.md#pair-request"""
        return self._request

    @property
    def response(self) -> str:
        """SPEC_NOTES.md#pair-response"""
        return self._response


class HibernatableWebSockets:
    """Those of an object, the oldest first, and what is agreed for all of them.

    SPEC_NOTES.md#hibernatable-web-sockets
    """

    __slots__ = ("auto_response", "by_tag", "event_timeout", "id", "in_order", "space")

    def __init__(self, space: Space, id: DurableObjectId) -> None:
        self.space = space
        self.id = id
        self.in_order: dict[PairedWebSocket, None] = {}
        self.by_tag: dict[str, dict[PairedWebSocket, None]] = {}
        self.auto_response: WebSocketRequestResponsePair | None = None
        self.event_timeout = 0  # milliseconds; 0 is no limit


class SocketEvent(NamedTuple):
    """The name of a handler, and what it is called with behind the socket.

    Part of SPEC_NOTES.md#dispatch-a-socket-event
    """

    handler: str
    arguments: tuple[object, ...]


class HibernatableFeedback:
    """Makes events of the object of what comes for a socket: one at a time.

    SPEC_NOTES.md#dispatch-a-socket-event
    """

    __slots__ = (
        "auto_response_time", "events", "is_idle", "of_the_object", "other_end", "tags",
        "web_socket",
    )  # fmt: skip

    def __init__(
        self, of_the_object: HibernatableWebSockets, web_socket: PairedWebSocket, tags: list[str]
    ) -> None:
        self.of_the_object: HibernatableWebSockets | None = of_the_object  # None: nobody is told
        self.web_socket = web_socket
        self.tags = tuple(tags)
        self.auto_response_time: float | None = None  # milliseconds since 1970
        self.events: deque[SocketEvent] | None = None  # behind the one that goes on
        self.is_idle: Promise[None] | None = None  # None: nothing goes on
        # The other end holds this one, and nobody has to hold that.
        self.other_end: ref[PairedWebSocket] | None = ref(web_socket._other_end, self._is_dropped)
        del web_socket._other_end

    def _is_dropped(self, reference: object) -> None:
        self.other_end = None
        of_the_object = self.of_the_object
        if of_the_object is None or not isinstance(self.web_socket._connection, JoinedChannel):
            return  # it has gone over a network
        settings_object = of_the_object.space.settings_object
        if settings_object is not None:
            closed = partial(self.closed, CloseCode.ABNORMAL_CLOSURE, "", False, True)
            queue_a_global_task("WebSocket", settings_object, closed)

    def message_received(self, data: str | bytes) -> Awaitable[object] | None:
        """A message has come. More may come when it has been handled."""
        of_the_object = self.of_the_object
        if of_the_object is None:
            return None
        pair = of_the_object.auto_response
        if pair is None or data != pair._request:
            return self._dispatch(SocketEvent("webSocketMessage", (data,)))
        self.auto_response_time = of_the_object.space.host.clock.wall() * 1000
        web_socket = self.web_socket
        if web_socket._ready_state == WebSocket.OPEN and web_socket._connection is not None:
            web_socket._connection.send(pair._response, len(pair._response.encode()))
        return None

    def closing_handshake_started(self) -> None:
        """The other side closes."""
        if self.web_socket._ready_state == WebSocket.OPEN:
            self.web_socket._ready_state = WebSocket.CLOSING

    def closed(self, code: int, reason: str, was_clean: bool, has_failed: bool) -> None:
        """The connection is closed."""
        self.web_socket._ready_state = WebSocket.CLOSED
        of_the_object = self.of_the_object
        if of_the_object is None:
            return
        settings_object = of_the_object.space.settings_object
        if settings_object is None or settings_object.closing:  # the worker has ended
            forget(self)
            return
        connection = self.web_socket._connection
        if not has_failed:
            event = SocketEvent("webSocketClose", (code, reason, was_clean))
        elif isinstance(connection, WebSocketConnection) and connection.has_failed:
            event = SocketEvent("webSocketError", (ConnectionError(PROTOCOL_ERROR),))
        elif reason:
            event = SocketEvent("webSocketError", (ConnectionError(reason),))
        else:
            event = SocketEvent("webSocketClose", (code, LOST, False))
        self._dispatch(event)

    def _dispatch(self, event: SocketEvent) -> Promise[None]:
        if self.is_idle is not None:
            if self.events is None:
                self.events = deque()
            self.events.append(event)
            return self.is_idle
        self.is_idle = a_new_promise()
        self._deliver(event)
        return self.is_idle

    def _deliver(self, event: SocketEvent) -> None:
        of_the_object = self.of_the_object
        assert of_the_object is not None
        container = of_the_object.space.container(of_the_object.id)
        promise = container.deliver(partial(call_the_handler, self, event))
        done = partial(self._when_it_is_done, event)
        perform_promise_then(promise, lambda _: done(None), done)

    def _when_it_is_done(self, event: SocketEvent, failure: Exception | None) -> None:
        of_the_object = self.of_the_object
        if failure is not None and of_the_object is not None:
            of_the_object.space.host.console.report(failure, f"Uncaught (in {event.handler})")
        if event.handler != "webSocketMessage":
            forget(self)
        if self.events and self.of_the_object is not None:
            self._deliver(self.events.popleft())
        else:
            is_idle, self.is_idle, self.events = self.is_idle, None, None
            assert is_idle is not None
            resolve(is_idle)


async def call_the_handler(
    feedback: HibernatableFeedback, event: SocketEvent, instance: Any
) -> None:
    """Call a handler, if the class has it. TimeoutError if it takes too long.

    Part of SPEC_NOTES.md#dispatch-a-socket-event
    """
    handler, of_the_object = getattr(instance, event.handler, None), feedback.of_the_object
    if handler is None or of_the_object is None:
        return
    callback = to_callback_function(handler, 1 + len(event.arguments))
    handling = callback(feedback.web_socket, *event.arguments)
    seconds = of_the_object.event_timeout / 1000
    await within(seconds, of_the_object.space.host.clock, handling, event.handler)


def feedback_of(web_socket: object) -> HibernatableFeedback | None:
    """That of a socket which an object has accepted.

    Part of SPEC_NOTES.md#hibernatable-web-sockets
    """
    taker = web_socket._way_in.taker if isinstance(web_socket, PairedWebSocket) else None
    return taker if isinstance(taker, HibernatableFeedback) else None


def forget(feedback: HibernatableFeedback) -> None:
    """A socket has ended.

    Part of SPEC_NOTES.md#hibernatable-web-sockets
    """
    of_the_object, feedback.of_the_object = feedback.of_the_object, None
    if of_the_object is None:
        return
    of_the_object.in_order.pop(feedback.web_socket, None)
    for tag in feedback.tags:
        of_the_tag = of_the_object.by_tag[tag]
        of_the_tag.pop(feedback.web_socket, None)
        if not of_the_tag:
            del of_the_object.by_tag[tag]
    forget_if_there_are_none(of_the_object)


def forget_if_there_are_none(of_the_object: HibernatableWebSockets) -> None:
    """An object without sockets and without an instance has agreed on nothing.

    Part of SPEC_NOTES.md#hibernatable-web-sockets
    """
    space, id = of_the_object.space, of_the_object.id._text
    if not of_the_object.in_order and id not in space.containers:
        space.web_sockets.pop(id, None)
        space.is_not_here_any_more(id)


def close_all(of_the_object: HibernatableWebSockets, code: CloseCode) -> None:
    """Close the sockets of an object that is reset; nobody is told.

    SPEC_NOTES.md#close-the-sockets-of-an-object
    """
    for web_socket in list(of_the_object.in_order):
        feedback = feedback_of(web_socket)
        assert feedback is not None and web_socket._connection is not None
        forget(feedback)
        web_socket._ready_state = WebSocket.CLOSED
        web_socket._connection.close(code)


# ---- what `ctx` has ------------------------------------------------------------------------------


def accept_a_web_socket(
    of_the_object: HibernatableWebSockets, web_socket: object, tags: Iterable[str]
) -> None:
    """Let a socket be the object's. RuntimeError if it is in use, or has too many tags or too long
    ones; TypeError if it is no end of a pair.

    SPEC_NOTES.md#accept-a-web-socket
    """
    if not isinstance(web_socket, PairedWebSocket):
        raise TypeError(f"acceptWebSocket() is for an end of a WebSocketPair, not {web_socket!r}")
    if web_socket._is_accepted:
        raise RuntimeError(
            "Cannot call `acceptWebSocket()` if the WebSocket was already accepted via `accept()`"
        )
    if web_socket._way_in.taker is not None or web_socket._other_end._way_in.taker is not None:
        raise RuntimeError(
            "Cannot call `acceptWebSocket()` on this WebSocket because its pair has already been "
            "accepted or used in a Response."
        )
    distinct: list[str] = []
    for tag in map(to_usv_string, tags):
        if len(distinct) >= MOST_TAGS:
            raise RuntimeError(f"a Hibernatable WebSocket cannot have more than {MOST_TAGS} tags")
        if len(tag.encode()) > LONGEST_TAG:
            raise RuntimeError(
                f'"{tag}" is longer than the max tag length ({LONGEST_TAG} characters).'
            )
        if tag not in distinct:
            distinct.append(tag)
    if len(of_the_object.in_order) >= MOST_WEB_SOCKETS:
        raise RuntimeError(
            f"only {MOST_WEB_SOCKETS} websockets can be accepted on a single Durable Object "
            "instance"
        )
    of_the_object.in_order[web_socket] = None
    for tag in distinct:
        of_the_object.by_tag.setdefault(tag, {})[web_socket] = None
    web_socket._is_accepted = True
    web_socket._way_in.take(HibernatableFeedback(of_the_object, web_socket, distinct))


def tags_of(web_socket: object) -> list[str]:
    """RuntimeError if the socket is not one that an object has accepted.

    Part of SPEC_NOTES.md#state-get-tags
    """
    feedback = feedback_of(web_socket)
    if feedback is not None:
        return list(feedback.tags)
    if isinstance(web_socket, PairedWebSocket) and not web_socket._is_accepted:
        raise RuntimeError(
            "you must call 'acceptWebSocket()' before attempting to access the tags of a WebSocket."
        )
    raise RuntimeError("only hibernatable websockets can have tags.")


def check_an_auto_response(pair: WebSocketRequestResponsePair) -> None:
    """RangeError if it is too long.

    Part of SPEC_NOTES.md#state-set-web-socket-auto-response
    """
    for what, text in (("Request", pair._request), ("Response", pair._response)):
        length = len(text.encode())
        if length > LONGEST_AUTO_RESPONSE:
            raise RangeError(
                f"{what} cannot be larger than {LONGEST_AUTO_RESPONSE} bytes. A {what.lower()} of "
                f"size {length} was provided."
            )


def event_timeout_of(milliseconds: float | None) -> int:
    """RuntimeError if that is more than a week.

    Part of SPEC_NOTES.md#state-set-hibernatable-web-socket-event-timeout
    """
    timeout = to_integer(milliseconds or 0, 32)
    if timeout > LONGEST_EVENT_TIMEOUT:
        raise RuntimeError(f"Event timeout should not exceed {LONGEST_EVENT_TIMEOUT} ms.")
    return timeout
