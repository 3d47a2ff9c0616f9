"""The WebSocketStream interface: a WebSocket as a readable and a writable stream, with backpressure
both ways.

What no standard defines: SPEC_NOTES.md#web-socket-stream
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, TypedDict, Unpack

from ..dom import aborting_ongoing_activities
from ..dom.aborting_ongoing_activities import AbortSignal
from ..fetch.infrastructure import FetchController
from ..host.gates import current_gate
from ..host.letting_out import until_let_out
from ..html.event_loops import in_parallel
from ..html.settings_objects import (
    EnvironmentSettingsObject,
    current_settings_object,
    queue_a_global_task,
)
from ..streams.other_specifications import (
    close_readable_stream,
    enqueue_into_readable_stream,
    error_readable_stream,
    set_up_readable_stream,
)
from ..streams.other_specifications_writable import (
    error_writable_stream,
    set_up_writable_stream,
    signal_of_writable_stream,
)
from ..streams.readable_stream import ReadableStream
from ..streams.writable_stream import WritableStream
from ..url.url_representation import URLRecord
from ..url.url_serializing import url_serializer
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import DOMException
from ..webidl.interfaces import new
from ..webidl.promises import Promise, a_new_promise, mark_as_handled, reject, resolve
from ..webidl.type_mapping import (
    get_a_copy_of_the_buffer_source,
    is_buffer_source,
    to_integer,
    to_usv_string,
)
from .common_algorithms import (
    CLOSED,
    CLOSING,
    CONNECTING,
    OPEN,
    WebSockets,
    close_the_web_socket,
    convert_protocols,
    get_a_url_record,
)
from .opening_handshake import ClientFeedback, establish_a_websocket_connection
from .web_socket_error import WebSocketError, unclean_close
from .websocket_connections import WebSocketConnection


class WebSocketOpenInfo(NamedTuple):
    """What `opened` is fulfilled with.

    SPEC_NOTES.md#web-socket-open-info
    """

    readable: ReadableStream
    """Of messages: a text is a str, a binary message is bytes."""
    writable: WritableStream
    """For messages: a buffer is sent as bytes, anything else as text."""
    extensions: str
    protocol: str


class WebSocketCloseInfo(NamedTuple):
    """What `closed` is fulfilled with.

    SPEC_NOTES.md#web-socket-close-info
    """

    closeCode: int
    """Of the other side; 1005 if it has given none."""
    reason: str


class WebSocketStreamOptions(TypedDict, total=False):
    """SPEC_NOTES.md#web-socket-stream-options"""

    protocols: Iterable[str]
    signal: AbortSignal | None


class WebSocketCloseOptions(TypedDict, total=False):
    """The dictionary WebSocketCloseInfo, as `close` takes it.

    SPEC_NOTES.md#web-socket-close-options
    """

    closeCode: int | None
    reason: str


class WebSocketStream:
    """A connection over which messages go both ways, as fast as each side takes them.

    SPEC_NOTES.md#web-socket-stream
    """

    __slots__ = (
        "__weakref__", "_attempt", "_closed", "_connection", "_demand", "_feedback", "_lost_write",
        "_opened", "_pending_write", "_readable", "_ready_state", "_settings_object", "_signal",
        "_url", "_writable",
    )  # fmt: skip

    _attempt: FetchController
    _connection: WebSocketConnection | None
    _demand: Promise[None]  # for the next message
    _feedback: ClientFeedback
    _lost_write: Promise[None] | None  # of a message that the other side no longer hears
    _pending_write: Promise[None] | None  # of a message that is not with the network yet
    _readable: ReadableStream
    _signal: AbortSignal | None  # as long as the opening handshake can be aborted
    _writable: WritableStream

    def __init__(
        self,
        url: str,
        options: WebSocketStreamOptions | None = None,
        **members: Unpack[WebSocketStreamOptions],
    ) -> None:
        """Connect to a URL. A SyntaxError DOMException if it is not one, or a protocol is not a
        token or is there twice.

        The signal can abort the opening handshake; when that is done, it does nothing.
        """
        members = to_dictionary(WebSocketStreamOptions, options, members)
        protocols, signal = members.get("protocols", ()), members.get("signal")
        settings_object = current_settings_object()
        url_record = get_a_url_record(to_usv_string(url), settings_object.api_base_url)
        if isinstance(protocols, str):
            raise TypeError(f"The protocols are a list of strings, not the string {protocols!r}")
        protocols = convert_protocols(protocols)
        self._settings_object: EnvironmentSettingsObject = settings_object
        self._url: URLRecord = url_record
        self._ready_state = CONNECTING
        self._opened: Promise[WebSocketOpenInfo] = a_new_promise()
        self._closed: Promise[WebSocketCloseInfo] = a_new_promise()
        mark_as_handled(self._closed)  # who waits for `opened`, reads or writes, learns of it there
        self._connection = self._pending_write = self._lost_write = None
        self._demand = a_new_promise()
        self._signal = signal
        if signal is not None:
            if signal.aborted:
                abort_the_handshake(self, signal.reason)
                return
            aborting_ongoing_activities.add(signal, self._signal_is_aborted)
        self._feedback = WebSocketStreamFeedback(self)
        settings_object.record(WebSockets).add(self)
        self._attempt = establish_a_websocket_connection(
            url_record, protocols, settings_object, self._feedback
        )

    @property
    def url(self) -> str:
        """The URL, as it was parsed."""
        return url_serializer(self._url)

    @property
    def opened(self) -> Promise[WebSocketOpenInfo]:
        """Fulfilled when the opening handshake is done; rejected with a WebSocketError or the
        signal's reason if it fails.
        """
        return self._opened

    @property
    def closed(self) -> Promise[WebSocketCloseInfo]:
        """Fulfilled when both sides have closed; rejected with a WebSocketError, or as `opened` is,
        if it ends otherwise.
        """
        return self._closed

    def close(
        self,
        closeInfo: WebSocketCloseOptions | WebSocketCloseInfo | WebSocketError | None = None,
        **members: Unpack[WebSocketCloseOptions],
    ) -> None:
        """Close, with 1000 or a code from 3000 to 4999, and a reason of 123 bytes at most. What was
        written goes first.
        """
        members = to_dictionary(WebSocketCloseOptions, closeInfo, members)
        code = members.get("closeCode")
        if code is not None:
            code = to_integer(code, 16, enforce_range=True)
        close_and_read_no_more(self, code, to_usv_string(members.get("reason", "")))

    def _signal_is_aborted(self) -> None:
        assert self._signal is not None
        self._attempt.abort()
        abort_the_handshake(self, self._signal.reason)


def abort_the_handshake(stream: WebSocketStream, reason: object) -> None:
    """SPEC_NOTES.md#web-socket-stream-signal"""
    stream._ready_state = CLOSED
    stream._signal = None
    reject(stream._opened, reason)
    reject(stream._closed, reason)


def forget_the_signal(stream: WebSocketStream) -> None:
    """SPEC_NOTES.md#web-socket-stream-opened"""
    if stream._signal is not None:
        aborting_ongoing_activities.remove(stream._signal, stream._signal_is_aborted)
        stream._signal = None


# ---- feedback from the protocol ------------------------------------------------------------------


class WebSocketStreamFeedback:
    """Makes tasks of what comes of a connection.

    SPEC_NOTES.md#web-socket-stream-feedback
    """

    __slots__ = ("_stream",)

    def __init__(self, stream: WebSocketStream) -> None:
        self._stream = stream

    def _queue(self, steps: Any, *arguments: object) -> None:
        queue_a_global_task(
            "WebSocket", self._stream._settings_object, partial(steps, self._stream, *arguments)
        )

    def established(self, connection: WebSocketConnection, protocol: str, extensions: str) -> None:
        """The opening handshake is done."""
        self._queue(when_the_connection_is_established, connection, protocol, extensions)

    async def message_received(self, data: str | bytes) -> None:
        """A message has come. Until it is wanted, it waits here, and nothing more is read."""
        stream = self._stream
        await stream._demand
        if stream._ready_state == OPEN:
            stream._demand = a_new_promise()
            self._queue(when_a_message_has_been_received, data)

    def closing_handshake_started(self) -> None:
        """The other side closes."""
        self._queue(when_the_closing_handshake_is_started)

    def closed(self, code: int, reason: str, was_clean: bool, has_failed: bool) -> None:
        """The connection is closed."""
        self._queue(when_the_connection_is_closed, code, reason, was_clean)


def when_the_connection_is_established(
    stream: WebSocketStream, connection: WebSocketConnection, protocol: str, extensions: str
) -> None:
    """SPEC_NOTES.md#web-socket-stream-established"""
    if stream._ready_state != CONNECTING:  # it was closed or aborted just now
        resolve(stream._demand)
        connection.close()
        return
    stream._ready_state = OPEN
    stream._connection = connection
    forget_the_signal(stream)
    readable = stream._readable = new(ReadableStream)
    set_up_readable_stream(readable, partial(pull, stream), partial(close_using_reason, stream))
    writable = stream._writable = new(WritableStream)
    set_up_writable_stream(writable, partial(write, stream), partial(close, stream))
    signal = signal_of_writable_stream(writable)
    aborting_ongoing_activities.add(signal, lambda: close_using_reason(stream, signal.reason))
    resolve(stream._opened, WebSocketOpenInfo(readable, writable, extensions, protocol))


def when_a_message_has_been_received(stream: WebSocketStream, data: str | bytes) -> None:
    """SPEC_NOTES.md#web-socket-stream-message"""
    if stream._ready_state == OPEN:
        enqueue_into_readable_stream(stream._readable, data)


def when_the_closing_handshake_is_started(stream: WebSocketStream) -> None:
    """SPEC_NOTES.md#web-socket-stream-closing"""
    if stream._ready_state == OPEN:
        stream._ready_state = CLOSING
        stream._lost_write, stream._pending_write = stream._pending_write, None


def when_the_connection_is_closed(
    stream: WebSocketStream, code: int, reason: str, was_clean: bool
) -> None:
    """SPEC_NOTES.md#web-socket-stream-closed"""
    if stream._ready_state == CLOSED:
        return
    stream._ready_state = CLOSED
    if stream._connection is None:
        forget_the_signal(stream)
        reject(stream._opened, unclean_close("There is no connection to the server", code, reason))
        reject(stream._closed, unclean_close("There is no connection to the server", code, reason))
        return
    lost_write = stream._lost_write or stream._pending_write
    write_error = DOMException(
        "Nothing can be written to a WebSocket that is closed", "InvalidStateError"
    )
    if was_clean and lost_write is None:
        close_readable_stream(stream._readable)
        error_writable_stream(stream._writable, write_error)
        resolve(stream._closed, WebSocketCloseInfo(int(code), reason))
        return
    error = unclean_close(
        f"The WebSocket was not closed cleanly{reason and ': '}{reason}", code, reason
    )
    error_readable_stream(stream._readable, error)
    if lost_write is None:
        error_writable_stream(stream._writable, error)
    else:
        error_writable_stream(stream._writable, write_error)
        reject(lost_write, write_error)
    reject(stream._closed, error)


# ---- what the streams do -------------------------------------------------------------------------


def pull(stream: WebSocketStream) -> None:
    """SPEC_NOTES.md#web-socket-stream-pull"""
    resolve(stream._demand)


def write(stream: WebSocketStream, chunk: object) -> Promise[None]:
    """SPEC_NOTES.md#web-socket-stream-write"""
    if is_buffer_source(chunk):
        data: str | bytes = get_a_copy_of_the_buffer_source(chunk)
        size = len(data)
    else:
        data = to_usv_string(chunk)
        size = len(data.encode())
    if stream._ready_state != OPEN:
        raise DOMException(
            "Nothing can be written to a WebSocket that is closing", "InvalidStateError"
        )
    assert stream._connection is not None
    promise: Promise[None] = a_new_promise()
    stream._pending_write = promise
    in_parallel(send(stream, stream._connection, data, size, promise))
    return promise


async def send(
    stream: WebSocketStream,
    connection: WebSocketConnection,
    data: str | bytes,
    size: int,
    promise: Promise[None],
) -> None:
    """SPEC_NOTES.md#web-socket-stream-send"""
    if current_gate.get() is not None:
        await until_let_out()
    with suppress(OSError):  # the connection is closed, and the feedback says so
        if await connection.send_and_drain(data, size):
            queue_a_global_task(
                "WebSocket",
                stream._settings_object,
                partial(when_a_message_is_sent, stream, promise),
            )


def when_a_message_is_sent(stream: WebSocketStream, promise: Promise[None]) -> None:
    """SPEC_NOTES.md#web-socket-stream-sent"""
    if stream._pending_write is promise:
        stream._pending_write = None
        resolve(promise)


def close(stream: WebSocketStream) -> Promise[WebSocketCloseInfo]:
    """SPEC_NOTES.md#web-socket-stream-close"""
    close_and_read_no_more(stream)
    return stream._closed


def close_using_reason(stream: WebSocketStream, reason: object) -> None:
    """SPEC_NOTES.md#web-socket-stream-close-using-reason"""
    if isinstance(reason, WebSocketError):
        try:
            close_and_read_no_more(stream, reason.closeCode, reason.reason)
        except DOMException:  # it came from the other side, and is not for this one to send
            close_and_read_no_more(stream)
    else:
        close_and_read_no_more(stream)


def close_and_read_no_more(
    stream: WebSocketStream, code: int | None = None, reason: str = ""
) -> None:
    """SPEC_NOTES.md#web-socket-stream-close-and-read-no-more"""
    close_the_web_socket(stream, code, reason)
    resolve(stream._demand)
