"""`fetch` of an object that another process has: the request goes there, and the response comes
back, with their bodies as streams; a response may bring a WebSocket.

SPEC_NOTES.md#remote-fetch
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import ref

from ...dom import abort_algorithms
from ...dom.aborting_ongoing_activities import AbortController
from ...fetch import request_class, response_class
from ...fetch.bodies import BodyRecord
from ...fetch.headers import HeaderList
from ...fetch.request_class import Request
from ...fetch.requests import RequestRecord
from ...fetch.response_class import Response
from ...fetch.responses import ResponseRecord, network_error
from ...host.bus import BusFailure, BusOverflow
from ...html.event_loops import EventLoop, call_in_a_turn, relevant_event_loop
from ...url.url_parsing import url_parser
from ...webidl.promises import (
    Promise,
    a_new_promise,
    a_promise_resolved_with,
    perform_promise_then,
    resolve,
    upon_fulfillment,
)
from ...websocket_protocol.frames import CloseCode
from ..web_socket_pair import JoinedChannel, PairedWebSocket, WebSocketPair
from .remote_bodies import MOST_BYTES_WITH_THE_HEAD, BodyReceiver, BodySender, Say
from .remote_messages import LOST, from_bytes, lost_error, to_bytes

MOST_MESSAGES_ON_THE_WAY, MOST_BYTES_ON_THE_WAY = 64, 256 * 1024  # of a WebSocket
IS_OVER = "The response has been sent, so the rest of the request's content is gone: read it before"


class BodyInHead:
    """What the head says of a body: all of it, or how long its stream is, if that is known.

    Part of SPEC_NOTES.md#remote-bodies
    """

    def __init__(self, body: BodyRecord | None) -> None:
        self.body = body
        self.in_hand: bytes | None = None
        if body is not None and not body.is_unusable and isinstance(body.source, bytes):
            if len(body.source) <= MOST_BYTES_WITH_THE_HEAD:
                self.in_hand = body.source

    @property
    def is_a_stream(self) -> bool:
        """Whether it has to be asked for."""
        return self.body is not None and self.in_hand is None

    def items(self) -> list[Any]:
        """As the head has it."""
        length = None if self.body is None else self.body.length
        return [self.in_hand, self.is_a_stream, length]


def read_a_body(items: list[Any], say: Say) -> tuple[BodyRecord | None, BodyReceiver | None]:
    """What a head has; a receiver where there is a stream. ValueError if it is not a head.

    Part of SPEC_NOTES.md#remote-bodies
    """
    match items:
        case [bytes(in_hand), False, int(_) | None]:
            return BodyRecord(in_hand, len(in_hand)), None
        case [None, True, int(_) | None as length]:
            receiver = BodyReceiver(say)
            return receiver.body(length), receiver
        case [None, False, _]:
            return None, None
    raise ValueError("the head of a message has no body")


def header_list_of(headers: list[Any]) -> HeaderList:
    """ValueError if these are not headers.

    Part of SPEC_NOTES.md#remote-fetch
    """
    pairs: list[tuple[str, str]] = []
    for header in headers:
        match header:
            case [str(name), str(value)]:
                pairs.append((name, value))
            case _:
                raise ValueError("a header is a name and a value")
    return HeaderList(pairs)


class OutgoingFetch:
    """A request to an object in another process. What is said about it comes to `receive`.

    SPEC_NOTES.md#outgoing-fetch
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._body = BodyInHead(request._body)
        self._sender: BodySender | None = None
        self._receiver: BodyReceiver | None = None
        self._socket: RemoteSocket | None = None
        self._say: Say = lambda kind, *items: None
        self.is_over: Promise[None] = a_new_promise()

    def head(self) -> bytes:
        """What the other process needs to know."""
        record = self._request._request
        headers = [list(header) for header in record.header_list]
        return to_bytes([
            "request", self._request.method, self._request.url, headers, record.redirect_mode,
            self._body.items(),
        ])  # fmt: skip

    def begin(self, say: Say) -> None:
        """The head goes to a process; from now on it is told what becomes of the request."""
        self._say = say
        if self._request.signal.aborted:
            say("abort")
        else:
            abort_algorithms.add(self._request.signal, self._abort)

    def moves(self) -> None:
        """That process has not the object any more: another one will be asked."""
        abort_algorithms.remove(self._request.signal, self._abort)
        self._say = lambda kind, *items: None

    def _abort(self) -> None:
        self._say("abort")

    def response(self, head: bytes) -> Response:
        """The response whose head has come. ValueError if that is wrong."""
        if self._body.in_hand is not None and self._body.body is not None:
            self._body.body.take_bytes()
        match from_bytes(head):
            case ["response", "error"]:
                self.end()
                return response_class.create(network_error(), "immutable")
            case [
                "response", int(status), str(text), str(url), list(headers), list(body),
                bool(has_a_socket),
            ]:  # fmt: skip
                record = ResponseRecord(header_list_of(headers))
            case _:
                raise ValueError("it is no head of a response")
        record.status, record.status_message = status, text
        if url:
            record.url_list = [url_parser(url)]
        record.body, self._receiver = read_a_body(body, self._say)
        if has_a_socket:
            client, server = WebSocketPair()
            record.upgrade = client
            self._socket = RemoteSocket(server, self._say, self.end)
            self._socket.end_when_nobody_has_the_other_end()
        elif self._receiver is None:
            self.end()
        else:
            upon_fulfillment(self._receiver.is_over, lambda _: self.end())
        return response_class.create(record, "response")

    def receive(self, kind: str, items: list[Any]) -> None:
        """ValueError if that is nothing of a fetch."""
        body = self._body.body
        match kind, items:
            case "pull", [] if self._body.is_a_stream and body is not None:
                if self._sender is None:
                    self._sender = BodySender(body.stream, self._say)
                self._sender.pull()
            case "cancel", [] if self._body.is_a_stream:
                if self._sender is not None:
                    self._sender.cancel(TypeError("The object wants no more of the request"))
            case _ if self._socket is not None:
                self._socket.receive(kind, items)
            case _ if self._receiver is not None:
                self._receiver.receive(kind, items)
            case _:
                raise ValueError(f"{kind} is nothing of a fetch")

    def lose(self) -> None:
        """The other process is gone."""
        if self._receiver is not None:
            self._receiver.fail(lost_error())
        if self._socket is not None:
            self._socket.lose(CloseCode.INTERNAL_ERROR)
        self.end()

    def end(self) -> None:
        """Nothing more is said about it."""
        abort_algorithms.remove(self._request.signal, self._abort)
        if self._sender is not None:
            self._sender.cancel(TypeError(IS_OVER))
        resolve(self.is_over)


class IncomingFetch:
    """A request to an object of this process. ValueError if its head is wrong.

    SPEC_NOTES.md#incoming-fetch
    """

    def __init__(self, head: bytes, say: Say) -> None:
        match from_bytes(head):
            case [
                "request", str(method), str(url), list(headers),
                ("follow" | "error" | "manual") as redirect, list(body),
            ]:  # fmt: skip
                record = RequestRecord(url_parser(url), method, header_list_of(headers))
                record.redirect_mode = redirect
            case _:
                raise ValueError("it is no head of a request")
        record.body, self._receiver = read_a_body(body, say)
        self._controller = AbortController()
        self._say = say
        self._sender: BodySender | None = None
        self._response: BodyRecord | None = None
        self._socket: RemoteSocket | None = None
        self.request = request_class.create(record, "request", self._controller.signal)
        self.is_over: Promise[None] = a_new_promise()

    @property
    def has_a_socket(self) -> bool:
        """Whether the response has brought a WebSocket."""
        return self._socket is not None

    def respond(self, response: object) -> None:
        """Send the head of a response. TypeError if it is not one, or its body is used up."""
        if not isinstance(response, Response):
            raise TypeError(f"The fetch() of a Durable Object returns a Response, not {response!r}")
        if response.type == "error":
            self._say("response", to_bytes(["response", "error"]))
            self.end()
            return
        if response._body is not None and response._body.is_unusable:
            raise TypeError("The body of the response is used up, or somebody reads it")
        body, end = BodyInHead(response._body), getattr(response._response, "upgrade", None)
        head = to_bytes([
            "response", response.status, response.statusText, response.url,
            [list(header) for header in response._header_list], body.items(), end is not None,
        ])  # fmt: skip
        self._say("response", head)
        if isinstance(end, PairedWebSocket):
            self._socket = RemoteSocket(end, self._say, self.end)
        elif body.is_a_stream:
            self._response = body.body
        else:
            self.end()

    def receive(self, kind: str, items: list[Any]) -> None:
        """ValueError if that is nothing of a fetch."""
        match kind, items:
            case "abort", []:
                self._controller.abort()
            case "pull", [] if self._response is not None:
                self._sending().pull()
            case "cancel", [] if self._response is not None:
                self._sending().cancel(TypeError("Whoever asked wants no more of the response"))
            case _ if self._socket is not None:
                self._socket.receive(kind, items)
            case _ if self._receiver is not None:
                self._receiver.receive(kind, items)
            case _:
                raise ValueError(f"{kind} is nothing of a fetch")

    def _sending(self) -> BodySender:
        if self._sender is None:
            assert self._response is not None
            self._sender = BodySender(self._response.stream, self._say)
            upon_fulfillment(self._sender.is_over, lambda _: self.end())
        return self._sender

    def lose(self) -> None:
        """The process that has asked is gone."""
        self._controller.abort()
        if self._response is not None:
            self._sending().cancel(lost_error())
        if self._socket is not None:
            self._socket.lose(CloseCode.ABNORMAL_CLOSURE)
        self.end()

    def end(self) -> None:
        """Nothing more is said about it."""
        if self._receiver is not None:
            self._receiver.fail(TypeError(IS_OVER))
        resolve(self.is_over)


class RemoteSocket:
    """An end of a pair that is coupled with one in another process: what comes for it goes there,
    and the other way round.

    SPEC_NOTES.md#remote-socket
    """

    def __init__(self, end: PairedWebSocket, say: Say, on_close: Callable[[], object]) -> None:
        self._end = end
        self._say = say
        self._on_close = on_close
        self._is_closed = False
        self._messages_on_the_way = self._bytes_on_the_way = 0  # that the other has not taken
        self._messages_taken = self._bytes_taken = 0  # of which the other has not been told
        self._room: Promise[None] | None = None  # while the network waits for it
        self._event_loop: EventLoop
        self._other_end: ref[PairedWebSocket]
        end._way_in.take(self)

    def end_when_nobody_has_the_other_end(self) -> None:
        """The other end holds this one, and nobody has to hold that."""
        self._event_loop = relevant_event_loop()
        self._other_end = ref(self._end._other_end, self._is_dropped)
        del self._end._other_end

    def _is_dropped(self, reference: object) -> None:
        # In any thread: that of the collector.
        if not self._is_closed:
            call_in_a_turn(self._event_loop, self._lose_what_nobody_has)

    def _lose_what_nobody_has(self) -> None:
        if isinstance(self._end._connection, JoinedChannel):  # else it has gone over a network
            self.closed(CloseCode.ABNORMAL_CLOSURE, "", False, True)

    # What came for this end:

    def message_received(self, data: str | bytes) -> Promise[None] | None:
        """Send it to the other process. More may come when that has taken enough."""
        try:
            self._say("message", data)
        except BusOverflow as overflow:
            self._end_both(CloseCode.TRY_AGAIN_LATER, overflow)
        except BusFailure as failure:
            self._end_both(CloseCode.MESSAGE_TOO_BIG, failure)
        self._messages_on_the_way += 1
        self._bytes_on_the_way += len(data)
        if self._has_room or self._is_closed:
            return None
        if self._room is None:
            self._room = a_new_promise()
        return self._room

    @property
    def _has_room(self) -> bool:
        return (
            self._messages_on_the_way < MOST_MESSAGES_ON_THE_WAY
            and self._bytes_on_the_way < MOST_BYTES_ON_THE_WAY
        )

    def _let_more_come(self) -> None:
        room, self._room = self._room, None
        if room is not None:
            resolve(room)

    def closing_handshake_started(self) -> None:
        """What follows says how."""

    def closed(self, code: int, reason: str, was_clean: bool, has_failed: bool) -> None:
        """Close the one in the other process."""
        if not self._is_closed:
            self._is_closed = True
            self._let_more_come()
            self._say("close", code, reason)
            self._on_close()

    # What came from there:

    def receive(self, kind: str, items: list[Any]) -> None:
        """ValueError if that is nothing of a WebSocket."""
        match kind, items:
            case "message", [str(data) | bytes(data)]:
                self._deliver(data)
            case "taken", [int(messages), int(size)]:
                self._messages_on_the_way -= messages
                self._bytes_on_the_way -= size
                if self._has_room:
                    self._let_more_come()
            case "close", [int(code), str(reason)]:
                self._close(code, reason)
            case _:
                raise ValueError(f"{kind} is nothing of a WebSocket")

    def _deliver(self, data: str | bytes) -> None:
        connection, handling = self._end._connection, None
        if isinstance(connection, JoinedChannel):
            handling = connection.deliver(data)
        elif connection is not None:
            connection.send(data, len(data))
        if handling is None:
            self._has_taken(len(data))
        else:
            taken = partial(self._has_taken, len(data))
            perform_promise_then(
                a_promise_resolved_with(handling), lambda _: taken(), lambda _: taken()
            )

    def _has_taken(self, size: int) -> None:
        """Say so, now and then."""
        self._messages_taken += 1
        self._bytes_taken += size
        if (
            self._messages_taken >= MOST_MESSAGES_ON_THE_WAY // 4
            or self._bytes_taken >= MOST_BYTES_ON_THE_WAY // 4
        ):
            messages, size = self._messages_taken, self._bytes_taken
            self._messages_taken = self._bytes_taken = 0
            if not self._is_closed:
                self._say("taken", messages, size)

    def lose(self, code: CloseCode) -> None:
        """The other process is gone."""
        self._close(code, LOST if code == CloseCode.INTERNAL_ERROR else "")

    def _end_both(self, code: CloseCode, failure: BusFailure) -> None:
        self._say("close", int(code), str(failure))
        self._close(code, str(failure))

    def _close(self, code: int, reason: str) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        self._let_more_come()
        if code == CloseCode.ABNORMAL_CLOSURE:
            self._end._other_end._way_in.closed(code, reason, False, True)
        elif self._end._connection is not None:
            self._end._connection.close(
                None if code == CloseCode.NO_STATUS_RECEIVED else code, reason
            )
        self._on_close()
