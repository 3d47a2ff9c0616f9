"""Connections: a WebSocket connection over a stream of bytes, from the end of its opening handshake to its own.

WebSockets Standard, 2.1: https://websockets.spec.whatwg.org/#websocket-connections
"""

from __future__ import annotations

from collections.abc import Awaitable
from contextlib import suppress
from functools import partial
from typing import NamedTuple, Protocol

from ..fetch.connections import Connection as HTTPConnection
from ..fetch.connections import obtain_a_connection
from ..host.clock import Clock, TimerHandle
from ..host.network import ByteStream
from ..html.event_loops import in_parallel, queue_a_task
from ..html.settings_objects import EnvironmentSettingsObject
from ..url.url_representation import URLRecord
from ..webidl.promises import Promise, a_new_promise, resolve
from ..websocket_protocol.connection import Close, Connection, Failed, Progress
from ..websocket_protocol.frames import CloseCode

NEVER = float("inf")
EVENTS_IN_A_TURN = 64
LONG_MESSAGE = 128 * 1024  # bytes


async def obtain_a_websocket_connection(client: EnvironmentSettingsObject, url: URLRecord) -> HTTPConnection:
    """A connection that nobody has used, to where an http or https URL points; OSError with the reason if there is none.

    https://websockets.spec.whatwg.org/#concept-websocket-connection-obtain
    """
    # DEVIATION: connections to one host are made side by side, not one after the other.
    return await obtain_a_connection(client, url, credentials=True, new=True)


class ConnectionLimits(NamedTuple):
    """Sizes are bytes, times are seconds.

    https://www.rfc-editor.org/rfc/rfc6455#section-10
    """

    message: int = 128 * 1024 * 1024
    """How long a message may be; a longer one closes the connection with 1009."""
    unsent: int = 16 * 1024 * 1024
    """How much may wait for the other side to take it: who sends more then, loses the connection with 1008."""
    ping_interval: float = NEVER
    """After so long a silence, the other side is asked whether it is there."""
    idle_timeout: float = NEVER
    """After so long a silence, it is not."""
    close_timeout: float = 10.0
    """For the other side to do its part of the closing handshake."""
    linger_timeout: float = 2.0
    """For the other side to see why the connection has failed."""


class Feedback(Protocol):
    """Who is told what comes of a connection.

    https://websockets.spec.whatwg.org/#feedback-from-the-protocol
    """

    def message_received(self, data: str | bytes) -> Awaitable[object] | None:
        """Take a message; nothing more is read before what is returned is there."""

    def closing_handshake_started(self) -> None:
        """The other side closes."""

    def closed(self, code: int, reason: str, was_clean: bool, has_failed: bool) -> None:
        """Nothing more will come."""


class Channel(Protocol):
    """What an open WebSocket sends through: a connection, or the other end of a pair.

    https://www.rfc-editor.org/rfc/rfc6455#section-1.2
    """

    @property
    def buffered_amount(self) -> int:
        """How many bytes of messages are not on their way yet."""

    def send(self, data: str | bytes, size: int) -> None:
        """Send a message of so many bytes."""

    def close(self, code: int | None = None, reason: str = "") -> None:
        """Start the closing handshake."""


class WebSocketConnection:
    """A connection after its opening handshake. `run` is its life; whoever awaits it owns the connection and its stream.

    What is sent in one turn of the event loop is written at once. A peer that takes nothing is sent nothing more. A server does
    not read it either; a client goes on reading, or both sides would wait for each other.

    https://websockets.spec.whatwg.org/#websocket-connections
    """

    __slots__ = (
        "_clock", "_close_after_message", "_deadline", "_feedback", "_flush_is_due", "_frames", "_handed_over", "_has_pinged",
        "_is_amid_a_message", "_is_client", "_is_over", "_is_reading", "_last_received", "_limits", "_protocol", "_sender",
        "_stream", "_timer", "_unsent", "_verdict", "buffered_amount",
    )  # fmt: skip

    def __init__(
        self,
        stream: ByteStream,
        protocol: Connection,
        is_client: bool,
        feedback: Feedback,
        clock: Clock,
        limits: ConnectionLimits,
    ) -> None:
        self.buffered_amount = 0  # bytes of messages that the network has not taken yet
        self._stream = stream
        self._protocol = protocol
        self._is_client = is_client
        self._feedback = feedback
        self._clock = clock
        self._limits = limits
        self._frames: list[bytes] = []
        self._unsent = 0  # bytes in those
        self._handed_over = 0  # bytes of messages that have been written, to a network that has too little room for them
        self._flush_is_due = False
        self._is_amid_a_message = False  # while a long one is sent frame by frame
        self._close_after_message: tuple[int | None, str] | None = None
        self._sender: Awaitable[None] | None = None  # while the other side takes nothing
        self._verdict: tuple[int, str] | None = None  # why this side has given the connection up
        self._is_reading = False
        self._is_over = False
        self._has_pinged = False
        self._last_received = clock.monotonic()
        self._deadline = NEVER
        self._timer: TimerHandle | None = None

    # ---- what is sent --------------------------------------------------------------------------------------------------------

    @property
    def can_send(self) -> bool:
        """Whether this side has not closed."""
        return not (self._protocol.sent_close or self._is_over)

    def send(self, data: str | bytes, size: int) -> None:
        """Send a message of so many bytes, unless this side has closed."""
        if not self.can_send:
            return
        if self._unsent > self._limits.unsent:
            self.fail(CloseCode.POLICY_VIOLATION, "The other side does not take what it is sent")
            return
        self.buffered_amount += size
        self._queue(self._protocol.send_message(data))

    async def send_and_drain(self, data: str | bytes, size: int) -> bool:
        """Send a message, and wait until the network has room for another; returns whether it was sent before a side closed.

        A long one goes frame by frame, as the network takes it. ConnectionError if the network takes no more.
        """
        if not self.can_send:
            return False
        if size < LONG_MESSAGE:
            self.send(data, size)
            await self._drain()
            return True
        self._is_amid_a_message = True
        try:
            for frame in self._protocol.send_message_in_frames(data):
                await self._drain()
                await self._let_others_go_on()
                if not self.can_send:
                    return False
                self._queue(frame)
        finally:
            self._is_amid_a_message = False
        if self._close_after_message is not None:
            self.close(*self._close_after_message)
        await self._drain()
        return True

    async def _drain(self) -> None:
        await self._stream.drain()
        self._write()
        await self._stream.drain()

    def close(self, code: int | None = None, reason: str = "") -> None:
        """Start the closing handshake, unless it has been started. What was sent goes first."""
        if self._is_over:
            return
        if self._is_amid_a_message:
            self._close_after_message = code, reason
        else:
            self._queue(self._protocol.start_the_closing_handshake(code, reason))
        self._set_deadline(self._limits.close_timeout)

    def fail(self, code: int, reason: str) -> None:
        """Give the connection up, without waiting for anything.

        https://websockets.spec.whatwg.org/#flagged-as-full
        """
        self._verdict = self._verdict or (code, reason)
        self._stream.abort()

    def _queue(self, frames: bytes) -> None:
        if frames:
            self._frames.append(frames)
            self._unsent += len(frames)
            if not self._flush_is_due:
                self._flush_is_due = True
                queue_a_task("networking", self._flush)

    def _flush(self) -> None:
        self._flush_is_due = False
        if self._stream.is_held_up:
            self._wait_for_room()
        else:
            self._write()

    def _write(self) -> None:
        if answers := self._protocol.take_answers():
            self._frames.append(answers)
        if self._frames:
            frames, self._frames = self._frames, []
            self._unsent, self._handed_over = 0, self.buffered_amount
            self._stream.write(frames[0] if len(frames) == 1 else b"".join(frames))
        if self._stream.is_held_up:
            self._wait_for_room()
        else:
            self.buffered_amount -= self._handed_over
            self._handed_over = 0

    def _wait_for_room(self) -> None:
        if self._sender is None:
            self._sender = in_parallel(self._write_when_that_is_possible())

    async def _write_when_that_is_possible(self) -> None:
        with suppress(OSError):  # then `run` comes to its end, too
            await self._stream.drain()
            self._sender = None
            self._write()

    # ---- what is received ----------------------------------------------------------------------------------------------------

    async def run(self, data: bytes = b"") -> None:
        """Live, from the bytes that have come after the opening handshake to the end of the connection."""
        self._set_timer()
        try:
            with suppress(OSError):
                await self._receive(data)
                await self._drain()
        except BaseException:
            self._stream.abort()
            raise
        finally:
            self._is_over = True
            self._set_timer()
            self._stream.close()
            protocol, verdict = self._protocol, self._verdict
            if verdict is not None:
                self._feedback.closed(*verdict, False, True)
            elif protocol.received_close is not None:
                was_clean = protocol.sent_close and not self._stream.is_held_up
                self._feedback.closed(*protocol.received_close, was_clean, False)
            else:
                self._feedback.closed(CloseCode.ABNORMAL_CLOSURE, "", False, True)

    async def _receive(self, data: bytes) -> None:
        protocol, stream = self._protocol, self._stream
        while True:
            if data:
                protocol.receive_data(data)
            events = 0
            while (event := protocol.next_event()) is not None:
                events += 1
                if events % EVENTS_IN_A_TURN == 0 or isinstance(event, Progress):
                    await self._let_others_go_on()
                if isinstance(event, (str, bytes)):
                    if (room := self._feedback.message_received(event)) is not None:
                        await room
                elif isinstance(event, Close):
                    self._feedback.closing_handshake_started()
                    self._set_deadline(self._limits.close_timeout)
                elif isinstance(event, Failed):
                    self._verdict = CloseCode.ABNORMAL_CLOSURE, ""
            if stream.is_held_up:
                self._wait_for_room()  # then the answers go: of several pongs, the last
            else:
                self._queue(protocol.take_answers())
            if protocol.has_failed or (protocol.received_close is not None and not self._is_client):
                break
            while stream.is_held_up and not self._is_client:
                await stream.drain()
            self._is_reading = True
            data = await stream.read()
            self._is_reading = self._has_pinged = False
            self._last_received = self._clock.monotonic()
            if not data:
                return
        if protocol.has_failed:  # who still sends could lose the reason to a reset
            self._write()
            stream.write_eof()
            self._set_deadline(self._limits.linger_timeout)
            while await stream.read():
                pass

    async def _let_others_go_on(self) -> None:
        turn: Promise[None] = a_new_promise()
        queue_a_task("networking", partial(resolve, turn))
        await turn

    # ---- what does not come --------------------------------------------------------------------------------------------------

    def _set_deadline(self, seconds: float) -> None:
        self._deadline = min(self._deadline, self._clock.monotonic() + seconds)
        self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._is_over:
            return
        now = self._clock.monotonic()
        silence = now - self._last_received if self._is_reading else 0.0
        patience = self._limits.idle_timeout if self._has_pinged else min(self._limits.ping_interval, self._limits.idle_timeout)
        delay = min(self._deadline - now, patience - silence)
        if delay < NEVER:
            self._timer = self._clock.call_later(max(delay, 0.0), self._look)

    def _look(self) -> None:
        """https://websockets.spec.whatwg.org/#ping-and-pong-frames"""
        self._timer = None
        now = self._clock.monotonic()
        silence = now - self._last_received if self._is_reading else 0.0
        if now >= self._deadline:
            self._stream.abort()
            return
        if silence >= self._limits.idle_timeout:
            self.fail(CloseCode.ABNORMAL_CLOSURE, "Nothing was heard from the other side for too long")
            return
        if silence >= self._limits.ping_interval and not self._has_pinged:
            self._has_pinged = True
            self._queue(self._protocol.send_ping())
        self._set_timer()
