"""Connections: a WebSocket connection over a stream of bytes, from the end of its opening handshake
to its own.

WebSockets Standard, 2.1: https://websockets.spec.whatwg.org/#websocket-connections
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Iterator
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from itertools import chain
from typing import NamedTuple, Protocol

from ..fetch.connections import PooledConnection, obtain_a_connection
from ..host.clock import Clock, TimerHandle
from ..host.network import ByteStream
from ..html.event_loops import in_parallel, queue_a_task, relevant_event_loop
from ..html.settings_objects import EnvironmentSettingsObject
from ..url.url_representation import URLRecord
from ..webidl.promises import Promise, a_new_promise, resolve
from ..websocket_protocol.connection import (
    LENGTH_OF_A_FRAME,
    Close,
    Connection,
    Event,
    Failed,
    Progress,
)
from ..websocket_protocol.frames import CloseCode
from .turns import Turn

NEVER = float("inf")
EVENTS_IN_A_TURN = 64
LONG_MESSAGE = 128 * 1024  # bytes: it is sent frame by frame, as the network takes it
A_LOT = 64 * 1024  # bytes that the other side has not taken
FRAMES_AT_ONCE = 16  # which are short, or have become so by compression
WRITES_IN_A_TURN = 4


async def obtain_a_websocket_connection(
    client: EnvironmentSettingsObject, url: URLRecord
) -> PooledConnection:
    """A connection that nobody has used, to where an http or https URL points; OSError with the
    reason if there is none.

    https://websockets.spec.whatwg.org/#concept-websocket-connection-obtain
    """
    # DEVIATION: connections to one host are made side by side, not one after the other.
    return await obtain_a_connection(client, None, url, credentials=True, new=True)


class ConnectionLimits(NamedTuple):
    """Sizes are bytes, times are seconds.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-10
    """

    message: int = 32 * 1024 * 1024
    """How long a message may be; a longer one closes the connection with 1009."""
    unsent: int = 16 * 1024 * 1024
    """How much may wait for the other side to take it: who sends more then, loses the connection
    with 1008.
    """
    ping_interval: float = NEVER
    """After so long a silence, the other side is asked whether it is there."""
    idle_timeout: float = NEVER
    """After so long a silence, it is not."""
    close_timeout: float = 10.0
    """For the other side to do its part of the closing handshake."""
    linger_timeout: float = 2.0
    """For the other side to see why the connection has failed."""


class Feedback(Protocol):
    """It is told what comes of a connection.

    Part of https://websockets.spec.whatwg.org/#feedback-from-the-protocol
    """

    def message_received(self, data: str | bytes) -> Awaitable[object] | None:
        """Take a message; nothing more is read before what is returned is there."""

    def closing_handshake_started(self) -> None:
        """The other side closes."""

    def closed(self, code: int, reason: str, was_clean: bool, has_failed: bool) -> None:
        """Nothing more will come."""


class Channel(Protocol):
    """What an open WebSocket sends through: a connection, or the other end of a pair.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-1.2
    """

    @property
    def buffered_amount(self) -> int:
        """How many bytes of messages are not on their way yet."""

    def send(self, data: str | bytes, size: int) -> None:
        """Send a message of so many bytes."""

    def close(self, code: int | None = None, reason: str = "") -> None:
        """Start the closing handshake."""


class Outgoing(NamedTuple):
    """A long message, with what was sent before it; or a message that was sent while such a one
    waited.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-5.4
    """

    frames: Iterator[bytes]
    length: int
    """About how many bytes they are."""
    mark: int
    """How many bytes of messages had been sent when this was."""


class WebSocketConnection:
    """A connection after its opening handshake. `run` is its life; its caller owns the
    connection and its stream.

    What is sent in one turn of the event loop is written at once, but for long messages: those go
    frame by frame, and pongs go between the frames. A peer that takes nothing is sent nothing more.
    A server does not read it either; a client goes on reading, or both sides would wait for each
    other.

    Part of https://websockets.spec.whatwg.org/#websocket-connections
    """

    __slots__ = (
        "_awaited", "_bytes_taken", "_clock", "_deadline", "_feedback", "_flush_is_due", "_frames",
        "_given", "_handed_on", "_handed_over", "_has_given_up", "_has_pinged", "_is_client",
        "_is_over", "_is_reading", "_last_taken", "_left_over", "_limits", "_outgoing", "_patience",
        "_protocol", "_room", "_sender", "_silent_since", "_stream", "_taken", "_timer", "_turn",
        "_unsent", "_verdict",
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
        self._stream = stream
        self._protocol = protocol
        self._is_client = is_client
        self._feedback = feedback
        self._clock = clock
        self._limits = limits
        # OPTIMIZATION: most connections never need a deque, which is large
        self._outgoing: deque[Outgoing] | tuple[()] = ()
        self._frames: list[bytes] = []  # which come after those
        self._unsent = 0  # bytes in either
        self._given = 0  # bytes of messages, since the beginning: that have been sent,
        # that have been written, maybe to a network that has too little room for them,
        self._handed_over = 0
        self._taken = 0  # and that the network has taken
        self._flush_is_due = False
        self._turn = relevant_event_loop().record(Turn)
        self._left_over: Event | None = None  # what `_hand_on_messages` leaves to `_take_in`:
        self._room: Awaitable[object] | None = None  # an event, what it has to wait for,
        self._handed_on = 0  # and how many bytes were its own
        self._awaited: Outgoing | None = None  # which is given up when the other side closes
        self._has_given_up = False
        self._sender: Awaitable[None] | None = None  # while the other side takes nothing
        self._verdict: tuple[int, str] | None = None  # why this side has given the connection up
        self._is_reading = False
        self._is_over = False
        self._has_pinged = False
        self._silent_since = clock.monotonic()
        self._bytes_taken = 0  # when it was looked last
        self._last_taken = clock.monotonic()  # when it was seen that it takes something
        self._deadline = NEVER
        self._patience = (
            NEVER  # which is added to the deadline while the other side takes something
        )
        self._timer: TimerHandle | None = None

    # ---- what is sent ----------------------------------------------------------------------------

    @property
    def can_send(self) -> bool:
        """Whether this side has not closed."""
        return not (self._protocol.sent_close or self._is_over)

    @property
    def has_failed(self) -> bool:
        """Whether the other side has broken the protocol, or a limit."""
        return self._protocol.has_failed

    @property
    def buffered_amount(self) -> int:
        """How many bytes of messages the network has not taken yet."""
        return self._given - self._taken

    def send(self, data: str | bytes, size: int) -> None:
        """Send a message of so many bytes, unless this side has closed."""
        if self._protocol.sent_close or self._is_over:
            return
        if self._unsent > self._limits.unsent:
            self.fail(CloseCode.POLICY_VIOLATION, "The other side does not take what it is sent")
            return
        self._given += size
        if size < LONG_MESSAGE and not self._outgoing:
            self._queue(self._protocol.send_message(data))
            return
        earlier, self._frames = self._frames, []
        frames = chain(earlier, self._protocol.send_message_in_frames(data))
        self._unsent += size
        if not self._outgoing:
            self._outgoing = deque()
        self._outgoing.append(Outgoing(frames, size + sum(map(len, earlier)), self._given))
        self._flush_soon()

    async def send_and_drain(self, data: str | bytes, size: int) -> bool:
        """Send a message, and wait until the network has room for another; returns whether it was
        sent before a side closed.

        A long one is given up when the other side closes. ConnectionError if the network takes no
        more.
        """
        if not self.can_send:
            return False
        self.send(data, size)
        self._awaited = self._outgoing[-1] if self._outgoing else None
        try:
            await self._drain()
        finally:
            self._awaited = None
        return not self._has_given_up

    async def _drain(self) -> None:
        await self._stream.drain()
        self._write()
        await self._stream.drain()
        while self._outgoing or self._frames:
            await self._let_others_go_on()
            self._write()
            await self._stream.drain()

    def close(self, code: int | None = None, reason: str = "") -> None:
        """Start the closing handshake, unless it has been started. What was sent goes first."""
        if self._is_over:
            return
        self._queue(self._protocol.start_the_closing_handshake(code, reason))
        self._set_deadline(self._limits.close_timeout)

    def fail(self, code: int, reason: str) -> None:
        """Give the connection up, without waiting for anything.

        Part of https://websockets.spec.whatwg.org/#flagged-as-full
        """
        self._verdict = self._verdict or (code, reason)
        self._stream.abort()

    def _queue(self, frames: bytes) -> None:
        if frames:
            self._frames.append(frames)
            self._unsent += len(frames)
            if not self._flush_is_due:
                self._flush_soon()

    def _flush_soon(self) -> None:
        if not self._flush_is_due:
            self._flush_is_due = True
            if not self._turn.will_perform_at_its_end(self._flush):
                queue_a_task("networking", self._flush)

    def _flush(self) -> None:
        self._flush_is_due = False
        if self._stream.is_held_up:
            self._wait_for_room()
        else:
            self._write()

    def _write(self) -> None:
        for _ in range(WRITES_IN_A_TURN):
            if frames := self._take_frames():
                self._stream.write(frames)
            if self._stream.is_held_up:
                self._wait_for_room()
                return
            self._taken = self._handed_over
            if not self._outgoing and not self._frames:
                return
        self._flush_soon()

    def _take_frames(self) -> bytes:
        """What is written at once: pongs first, since the other side wants to know soon."""
        frames = [self._protocol.take_pongs()] if self._protocol.owes_pongs else []
        length = 0
        while self._outgoing and length < LENGTH_OF_A_FRAME and len(frames) < FRAMES_AT_ONCE:
            message = self._outgoing[0]
            if (frame := next(message.frames, None)) is not None:
                frames.append(frame)
                length += len(frame)
            else:
                self._outgoing.popleft()
                self._unsent -= message.length
                self._handed_over = message.mark
        if not self._outgoing:
            frames += self._frames
            self._frames = []
            self._unsent, self._handed_over = 0, self._given
        return frames[0] if len(frames) == 1 else b"".join(frames)

    def _wait_for_room(self) -> None:
        if self._sender is None:
            self._sender = in_parallel(self._write_when_that_is_possible())

    async def _write_when_that_is_possible(self) -> None:
        with suppress(OSError):  # then `run` comes to its end, too
            await self._stream.drain()
            self._sender = None
            self._write()

    # ---- what is received ------------------------------------------------------------------------

    async def run(self, data: bytes = b"") -> None:
        """Live, from the bytes that have come after the opening handshake to the end of the
        connection.
        """
        self._set_timer()
        try:
            with suppress(OSError):
                await self._receive(data)
                await self._drain()
        except BaseException:
            self._stream.abort()
            raise
        finally:
            self._end()

    def _end(self) -> None:
        self._is_over = True
        self._outgoing = ()
        self._frames.clear()
        self._protocol.end()
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
        stream = self._stream
        # in this context, no matter what calls it
        first_look = partial(copy_context().run, self._hand_on_messages)  # type: ignore[call-arg]
        while await self._take_in(data):
            self._silent_since = self._clock.monotonic()
            self._is_reading = True
            stream.first_look = first_look
            data = await stream.read()
            stream.first_look = None
            self._is_reading = self._has_pinged = False
            if not data:
                return
            data, self._handed_on = data[self._handed_on :], 0
        await self._linger()

    async def _take_in(self, data: bytes) -> bool:
        """Hand on what has come; returns whether more is to be read."""
        protocol, stream = self._protocol, self._stream
        if data:
            protocol.receive_data(data)
        if (full := self._room) is not None:
            self._room = None
            await full
        events = 0
        while (event := self._left_over or protocol.next_event()) is not None:
            self._left_over = None
            events += 1
            if events % EVENTS_IN_A_TURN == 0:
                await self._let_others_go_on()
            if isinstance(event, bytes) or isinstance(event, str):
                if (room := self._feedback.message_received(event)) is not None:
                    await room
            elif isinstance(event, Progress):
                await self._let_others_go_on()
            elif isinstance(event, Close):
                if self._outgoing and self._awaited is not None and self._awaited in self._outgoing:
                    self._outgoing.remove(self._awaited)
                    self._unsent -= self._awaited.length
                    self._has_given_up = True
                await self._let_others_go_on()  # so that the messages before it can be answered
                self._queue(protocol.take_answers())
                self._feedback.closing_handshake_started()
                self._set_deadline(self._limits.close_timeout)
            elif isinstance(event, Failed):
                await self._let_others_go_on()
                self._queue(protocol.take_answers())
                self._verdict = CloseCode.ABNORMAL_CLOSURE, ""
        if protocol.owes_pongs:
            self._flush_soon()
        if protocol.has_failed or (protocol.received_close is not None and not self._is_client):
            return False
        while stream.is_held_up and not self._is_client:
            await stream.drain()
        return True

    async def _linger(self) -> None:
        if self._protocol.has_failed:  # who still sends could lose the reason to a reset
            self._set_deadline(self._limits.linger_timeout)
            await self._drain()
            self._stream.write_eof()
            while await self._stream.read():
                pass

    def _hand_on_messages(self, data: bytes) -> bool:
        """OPTIMIZATION: as long as nothing but messages comes, nobody is woken to hand them on.
        False leaves the rest to `_take_in`.
        """
        protocol = self._protocol
        protocol.receive_data(data)
        for _ in range(EVENTS_IN_A_TURN):
            event = protocol.next_event()
            if event is None:
                if protocol.owes_pongs:
                    self._flush_soon()
                if self._stream.is_held_up and not self._is_client:
                    break
                self._has_pinged = False
                self._silent_since = self._clock.monotonic()
                return True
            if not isinstance(event, (bytes, str)):
                self._left_over = event
                break
            self._room = self._feedback.message_received(event)
            if self._room is not None:
                break
        self._handed_on = len(data)
        return False

    async def _let_others_go_on(self) -> None:
        turn: Promise[None] = a_new_promise()
        queue_a_task("networking", partial(resolve, turn))
        await turn

    # ---- what does not come ----------------------------------------------------------------------

    def _set_deadline(self, seconds: float) -> None:
        """The other side has so much time, but for what it needs to take what it was sent
        before.
        """
        due = self._clock.monotonic() + seconds
        if due < self._deadline:
            self._deadline, self._patience = due, seconds
        self._set_timer()

    def _look_what_is_taken(self, now: float) -> None:
        before, self._bytes_taken = self._bytes_taken, self._stream.bytes_taken()
        if self._bytes_taken != before:
            self._last_taken = now

    def _silence(self, now: float) -> float:
        """For how long the other side has given no sign of life that it could have given."""
        if self._stream.bytes_written - self._bytes_taken > A_LOT:  # which it may be busy with
            is_awaited, since = self._is_reading or self._stream.is_held_up, self._last_taken
        else:
            is_awaited, since = self._is_reading, 0.0
        return now - max(self._silent_since, since) if is_awaited else 0.0

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._is_over:
            return
        now = self._clock.monotonic()
        self._look_what_is_taken(now)
        patience = (
            self._limits.idle_timeout
            if self._has_pinged
            else min(self._limits.ping_interval, self._limits.idle_timeout)
        )
        delay = min(self._deadline - now, patience - self._silence(now))
        if delay < NEVER:
            self._timer = self._clock.call_later(max(delay, 0.0), self._look)

    def _look(self) -> None:
        """Part of https://websockets.spec.whatwg.org/#ping-and-pong-frames"""
        self._timer = None
        now = self._clock.monotonic()
        self._look_what_is_taken(now)
        if now >= self._deadline:
            self._deadline = max(self._deadline, self._last_taken + self._patience)
        silence = self._silence(now)
        if now >= self._deadline:
            self._stream.abort()
            return
        if silence >= self._limits.idle_timeout:
            self.fail(
                CloseCode.ABNORMAL_CLOSURE, "Nothing was heard from the other side for too long"
            )
            return
        if silence >= self._limits.ping_interval and not self._has_pinged:
            self._has_pinged = True
            self._queue(self._protocol.send_ping())
        self._set_timer()
