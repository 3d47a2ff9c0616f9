"""Web socket pairs: the server's side of a WebSocket, as a worker holds it.

What no standard defines: SPEC_NOTES.md#web-socket-pair

A pair has two ends. What is sent into one comes out of the other, with or without a network: an end
that goes with a response is taken by the server, and from then on the other end speaks with the
client that made the request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, NamedTuple

from ..fetch.request_class import Request
from ..fetch.response_class import Response
from ..file_api.blob import Blob
from ..host.gates import current_gate
from ..html.settings_objects import current_settings_object
from ..html.structured_data.byte_format_reading import record_from_bytes
from ..html.structured_data.byte_format_writing import record_to_bytes
from ..html.structured_data.structured_deserialize import structured_deserialize
from ..html.structured_data.structured_serialize import structured_serialize_for_storage
from ..http.fields import list_members
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import Promise, a_new_promise, resolve
from ..webidl.type_mapping import BufferSource, to_double
from ..websocket_protocol.frames import CloseCode
from ..websockets.web_socket import WebSocket, WebSocketFeedback, initialize_a_web_socket
from ..websockets.websocket_connections import Channel, Feedback, WebSocketConnection
from .web_socket_responses import take_a_web_socket

LONGEST_ATTACHMENT = 16_384  # bytes, as it is serialized
NOT_ACCEPTED = (
    "You must call one of accept() or state.acceptWebSocket() on this WebSocket before sending "
    "messages."
)


class WebSocketPair:
    """Two WebSockets that are each other's other end: `client, server = WebSocketPair()`.

    SPEC_NOTES.md#web-socket-pair
    """

    __slots__ = ("_ends",)

    def __init__(self) -> None:
        ends: tuple[PairedWebSocket, PairedWebSocket] = (new(PairedWebSocket), new(PairedWebSocket))
        self._ends = ends
        for end in ends:
            initialize_an_end(end)
        for end, other in (ends, ends[::-1]):
            end._other_end = other
            end._connection = JoinedChannel(end._way_in, other._way_in)

    def __getitem__(self, index: int) -> PairedWebSocket:
        return self._ends[index]

    def __iter__(self) -> Iterator[PairedWebSocket]:
        return iter(self._ends)

    def __len__(self) -> int:
        return 2


class PairedWebSocket(WebSocket):
    """An end of a pair. It is open from the beginning, but has to be accepted before it is used.

    SPEC_NOTES.md#web-socket-pair-accept
    """

    __slots__ = ("_attachment", "_idle_timeout", "_is_accepted", "_other_end", "_way_in")

    __init__ = illegal_constructor
    _is_of_a_pair = True

    _attachment: bytes | None
    _way_in: WayIn
    _is_accepted: bool
    _idle_timeout: float | None
    _other_end: PairedWebSocket

    def accept(self) -> None:
        """Use this end here: the messages that have come are dispatched from now on. TypeError if
        it is in use.
        """
        taker = self._way_in.taker
        if self._is_accepted and not isinstance(taker, WebSocketFeedback):
            raise TypeError("Can't accept() WebSocket after enabling hibernation.")
        if taker is not None:
            raise TypeError("This end of the pair has been accepted, or has gone with a response")
        self._is_accepted = True
        gate = current_gate.get()
        if gate is not None:
            gate.keep_for(self)
        self._way_in.take(WebSocketFeedback(self))

    @property
    def is_over(self) -> bool:
        """Whether it is closed."""
        return self._ready_state == WebSocket.CLOSED

    def end(self) -> None:
        """Close it; it is too late to tell anybody here."""
        if self._ready_state != WebSocket.CLOSED and self._connection is not None:
            self._ready_state = WebSocket.CLOSED
            self._connection.close(CloseCode.INTERNAL_ERROR)

    def serializeAttachment(self, attachment: object) -> None:
        """Keep a copy of a value with this end. RuntimeError if it takes more than 16 KiB.

        SPEC_NOTES.md#serialize-attachment
        """
        data = record_to_bytes(structured_serialize_for_storage(attachment))
        if len(data) > LONGEST_ATTACHMENT:
            raise RuntimeError(
                f"A WebSocket 'attachment' cannot be larger than {LONGEST_ATTACHMENT} bytes."
                f"'attachment' was {len(data)} bytes."
            )
        self._attachment = data

    def deserializeAttachment(self) -> Any:
        """A copy of what was kept last; None if nothing was.

        SPEC_NOTES.md#deserialize-attachment
        """
        if self._attachment is None:
            return None
        return structured_deserialize(record_from_bytes(self._attachment))

    def send(self, data: str | BufferSource | Blob) -> None:
        """Send a message to the other end. TypeError if this end has not been accepted."""
        if not self._is_accepted:
            raise TypeError(NOT_ACCEPTED)
        super().send(data)

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close, with 1000 or a code from 3000 to 4999. TypeError if this end has not been
        accepted.
        """
        if not self._is_accepted:
            raise TypeError(NOT_ACCEPTED)
        super().close(code, reason)


def initialize_an_end(end: PairedWebSocket) -> None:
    """SPEC_NOTES.md#web-socket-pair-ends"""
    initialize_a_web_socket(end, current_settings_object())
    end._ready_state = WebSocket.OPEN
    end._binary_type = "arraybuffer"
    end._way_in = WayIn()
    end._is_accepted = False
    end._attachment = None
    end._idle_timeout = None


class WayIn:
    """What comes for an end is kept until somebody takes it.

    SPEC_NOTES.md#web-socket-pair-held
    """

    __slots__ = ("_held", "_is_taken", "message_received", "taker")

    message_received: Callable[[str | bytes], Awaitable[object] | None]

    def __init__(self) -> None:
        self.message_received = self._hold_a_message
        self._held: list[tuple[str, tuple[object, ...]]] = []
        self.taker: Feedback | None = None  # who has
        self._is_taken: Promise[None] | None = None  # while a network waits for that

    def take(self, taker: Feedback) -> None:
        """Hand on what has come, and what will come."""
        self.taker = taker
        self.message_received = taker.message_received
        held, self._held = self._held, []
        for name, arguments in held:
            getattr(taker, name)(*arguments)
        if self._is_taken is not None:
            resolve(self._is_taken)

    def _hold_a_message(self, data: str | bytes) -> Awaitable[object]:
        self._held.append(("message_received", (data,)))
        if self._is_taken is None:
            self._is_taken = a_new_promise()
        return self._is_taken

    def closing_handshake_started(self) -> None:
        """The other end closes."""
        if self.taker is not None:
            self.taker.closing_handshake_started()
        else:
            self._held.append(("closing_handshake_started", ()))

    def closed(self, code: int, reason: str, was_clean: bool, has_failed: bool) -> None:
        """Nothing more will come."""
        if self.taker is not None:
            self.taker.closed(code, reason, was_clean, has_failed)
        else:
            self._held.append(("closed", (code, reason, was_clean, has_failed)))


class JoinedChannel:
    """From one end to the other, within a worker.

    SPEC_NOTES.md#web-socket-pair-joined
    """

    __slots__ = ("_other_way_in", "_own_way_in", "buffered_amount")

    def __init__(self, own_way_in: WayIn, other_way_in: WayIn) -> None:
        self._own_way_in = own_way_in
        self._other_way_in = other_way_in
        self.buffered_amount = 0

    def send(self, data: str | bytes, size: int) -> None:
        """It arrives in a task of its own."""
        self.deliver(data)

    def deliver(self, data: str | bytes) -> Awaitable[object] | None:
        """The same; what is returned ends when more should come, if that is not now."""
        return self._other_way_in.message_received(data)

    def close(self, code: int | None = None, reason: str = "") -> None:
        """Either end learns that both are closed."""
        self._other_way_in.closing_handshake_started()
        for way_in in (self._other_way_in, self._own_way_in):
            way_in.closed(
                CloseCode.NO_STATUS_RECEIVED if code is None else code, reason, True, False
            )


class WayOut:
    """What was sent to an end that has gone with a response, goes over the network.

    SPEC_NOTES.md#web-socket-pair-way-out
    """

    __slots__ = ("_channel",)

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def message_received(self, data: str | bytes) -> None:
        """Send it."""
        self._channel.send(data, len(data))

    def closing_handshake_started(self) -> None:
        """What follows says how."""

    def closed(self, code: int, reason: str, was_clean: bool, has_failed: bool) -> None:
        """Close."""
        self._channel.close(None if code == CloseCode.NO_STATUS_RECEIVED else code, reason)


def couple(
    end: PairedWebSocket, connection: WebSocketConnection, protocol: str, extensions: str
) -> None:
    """An end goes over a network: what is sent to the connection comes to its other end, and the
    other way round.

    The feedback of the connection is that other end's way in.

    SPEC_NOTES.md#web-socket-pair-coupling
    """
    other_end = end._other_end
    other_end._connection = connection
    other_end._protocol = protocol
    other_end._extensions = extensions
    if other_end._ready_state == WebSocket.CONNECTING:
        WebSocketFeedback(other_end).established(connection, protocol, extensions)
    end._way_in.take(WayOut(connection))


# ---- Deno's shape --------------------------------------------------------------------------------


class WebSocketUpgrade(NamedTuple):
    """What `upgradeWebSocket` returns.

    SPEC_NOTES.md#upgrade-web-socket-result
    """

    socket: PairedWebSocket
    response: Response


def upgradeWebSocket(
    request: Request, *, protocol: str = "", idleTimeout: float = 120
) -> WebSocketUpgrade:
    """A socket and the response that opens it; TypeError if the request does not ask for one.

    The socket is CONNECTING until the response is sent; then it fires `open`. A client that is
    silent for `idleTimeout` seconds, also when it is asked whether it is there, is gone; 0 is no
    limit.

    SPEC_NOTES.md#upgrade-web-socket
    """
    upgrade = request.headers.get("upgrade") or ""
    if "websocket" not in [member.lower() for member in list_members(upgrade)]:
        raise TypeError(f"The request does not ask for a WebSocket: its Upgrade is {upgrade!r}")
    asked_for = list_members(request.headers.get("sec-websocket-protocol") or "")
    if protocol and protocol not in asked_for:
        raise TypeError(
            f"The request does not ask for the protocol {protocol!r}, but for {asked_for!r}"
        )
    client, server = WebSocketPair()
    server.accept()
    server._ready_state = WebSocket.CONNECTING
    server._idle_timeout = to_double(idleTimeout) or float("inf")
    headers = {"sec-websocket-protocol": protocol} if protocol else None
    response = Response(None, headers=headers)
    take_a_web_socket(response, {"status": 101, "webSocket": client})
    return WebSocketUpgrade(server, response)
