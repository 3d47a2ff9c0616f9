"""Incoming content: the body of a message, which reads the connection when it is read.

Fetch Standard, 4.7, what its second half does in parallel:
https://fetch.spec.whatwg.org/#http-network-fetch
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any
from weakref import WeakMethod

from ..host.byte_stream import READ_AHEAD
from ..html.event_loops import promise_of_another_turn
from ..http.edge import Edge
from ..http.fields import MessageFailure
from ..streams.other_specifications import (
    close_readable_stream,
    enqueue_into_readable_stream,
    error_readable_stream,
    set_up_readable_stream_with_byte_reading_support,
)
from ..streams.readable_stream import ReadableStream
from ..webidl.interfaces import new
from .bodies import BodyRecord
from .connections import PooledConnection
from .content_codings import CodingFailure, ContentDecoder
from .timing_info import ResponseBodyInfo

FAILURES = (OSError, MessageFailure, CodingFailure)


class IncomingContent:
    """What comes after the head of a message. A request's and a response's differ in what happens
    when it is over (`_end`), and in what is said when it breaks off (`_what`).

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-8
    """

    __slots__ = (
        "__weakref__", "_decoder", "_edge", "_failure", "_failure_ahead", "_has_to_give_way",
        "_is_receiving", "_pieces", "_stream", "_unread",
    )  # fmt: skip

    _what = "The body of the message"

    def __init__(self, edge: Edge[Any], decoder: ContentDecoder | None = None) -> None:
        self._edge: Edge[Any] | None = edge  # None: it is over
        self._decoder = decoder
        self._unread: deque[bytes] = deque()  # what has come before anybody wanted it, as it came
        self._failure_ahead: MessageFailure | None = None  # what is met when that has been read
        self._pieces: deque[bytes] = deque()  # what is decoded, but not taken: two at the most
        self._has_to_give_way = False  # whether the decoder has worked for long
        self._stream: ReadableStream | None = None
        self._failure: object = None  # with what the stream is to fail, if it is made later
        self._is_receiving = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self._edge is None

    def fail(self, reason: object) -> None:
        """Nothing more is wanted, or nothing more will come: the stream fails with a reason."""
        if self._edge is not None:
            self._failure = reason
            self._end(is_complete=False)
            if self._stream is not None:
                error_readable_stream(self._stream, reason)

    def _end(self, is_complete: bool) -> None:
        """Nothing more will come of it."""
        self._edge = None

    def _begin(self) -> bytes | None:
        """What has come with the head: all of it, if it is over then. None if it broke off."""
        try:
            begin = self._next_piece()
        except FAILURES as error:
            self._break_off(error)
            return None
        if begin is not None and self._edge is not None:
            self._pieces.appendleft(begin)
        return begin

    def _next_piece(self) -> bytes | None:
        """Some content; no bytes at its end; None if it has to be waited for. Raises one of
        FAILURES.
        """
        assert self._edge is not None
        http = self._edge.http
        piece = self._pieces.popleft() if self._pieces else self._decoded_piece()
        while (
            piece is None
            and (self._unread or not http.is_content_complete)
            and not self._has_to_give_way
        ):
            content: bytes | None
            if self._unread:
                content = self._unread.popleft()
            elif self._failure_ahead is not None:
                raise self._failure_ahead
            else:
                content = http.next_content()
            if content is None:
                return None
            piece = self._take(content)
        if http.is_content_complete and not self._pieces and not self._unread:
            following = self._decoded_piece()
            if following is not None:
                self._pieces.append(following)
            elif not self._has_to_give_way:
                if self._decoder is not None:
                    self._decoder.end()
                self._end(is_complete=True)
                return piece or b""
        return piece

    def _take(self, content: bytes) -> bytes | None:
        """Content that has come; returns what can be handed on of it, if anything."""
        if self._decoder is None:
            return content
        if content:
            self._decoder.receive(content)
        return self._decoded_piece()

    def _decoded_piece(self) -> bytes | None:
        """What the decoder gives, if it needs neither more content nor a pause."""
        if self._decoder is None or self._has_to_give_way:
            return None
        piece = self._decoder.next_piece()
        self._has_to_give_way = piece == b""
        return piece or None

    # ---- as a stream -----------------------------------------------------------------------------

    def _make_stream(self) -> ReadableStream:
        self._stream = new(ReadableStream)
        set_up_readable_stream_with_byte_reading_support(self._stream, self._pull, self.fail)
        if self._edge is None:
            error_readable_stream(self._stream, self._failure)
        return self._stream

    def _pull(self) -> Coroutine[Any, Any, None] | None:
        if self._edge is None:
            return None
        try:
            piece = self._next_piece()
        except FAILURES as error:
            self._break_off(error)
        else:
            if piece is None:
                return self._wait()
            self._hand_over(piece)
        return None

    async def _wait(self) -> None:
        try:
            piece = None
            while piece is None and self._edge is not None:
                if self._has_to_give_way:
                    await promise_of_another_turn()
                    self._has_to_give_way = False
                else:
                    self._is_receiving = True
                    content = await self._edge.receive_content()
                    if self._edge is not None and (taken := self._take(content)) is not None:
                        self._pieces.append(taken)
                if self._edge is not None:
                    piece = self._next_piece()
        except FAILURES as error:
            self._break_off(error)
        else:
            if piece is not None:
                self._hand_over(piece)
        finally:
            self._is_receiving = False

    def _other_side_has_ended(self) -> None:
        """Where nobody reads, and nothing is left to be read, somebody may wait for `closed`: a
        body that is broken off fails.
        """
        if self._edge is None or self._is_receiving or self._has_to_give_way:
            return
        if self._pieces or self._unread:
            return
        http = self._edge.http
        try:
            if (piece := self._decoded_piece()) is None and not self._has_to_give_way:
                self._edge.receive_what_has_come()
                content = http.next_content()
                if content is None:
                    http.receive_data(b"")
                    content = http.next_content()
                if content:
                    piece = self._take(content)
            if piece:
                self._pieces.append(piece)
        except FAILURES as error:
            self._break_off(error)

    def _hand_over(self, piece: bytes) -> None:
        assert self._stream is not None
        if piece:
            enqueue_into_readable_stream(self._stream, piece)
        if self._edge is None:
            close_readable_stream(self._stream)

    def _break_off(self, error: Exception) -> None:
        failure = TypeError(f"{self._what} is broken off: {error}")
        failure.__cause__ = error
        self.fail(failure)


class ResponseContent(IncomingContent):
    """The body of a response. If it is dropped unread, the connection is closed.

    The connection goes back to its pool as soon as the last byte is read, unless the request is
    still being sent. `on_over` is called once, when nothing more will come of it. If it
    `looks_ahead`, somebody wants to know when all of a short body is there that nobody reads.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2
    """

    __slots__ = (
        "_body_info", "_connection", "_counted", "_looks_ahead", "_on_over", "_taken_ahead",
    )  # fmt: skip

    _what = "The body of the response"

    def __init__(
        self,
        connection: PooledConnection,
        decoder: ContentDecoder | None,
        body_info: ResponseBodyInfo,
        on_over: Callable[[], object] | None,
        looks_ahead: bool = False,
    ) -> None:
        super().__init__(connection, decoder)
        self._connection = connection
        self._body_info = body_info
        self._on_over = on_over
        self._looks_ahead = looks_ahead
        self._taken_ahead = 0  # bytes that have ever come before they were wanted
        self._counted = 0  # bytes of content that are unread, and counted already

    def body(self) -> BodyRecord:
        """The content as a body: its bytes if all of them came with the head, else a stream."""
        begin = self._begin()
        if begin is not None and self.is_over:
            return BodyRecord(begin)
        if not self.is_over:
            other_side_has_ended = WeakMethod(self._other_side_has_ended)
            self._connection.on_end = lambda: (steps := other_side_has_ended()) and steps()
            if self._looks_ahead:
                look_ahead = WeakMethod(self._look_ahead)
                self._connection.stream.on_data = lambda data: (
                    (steps := look_ahead()) and steps(data)
                )
        return BodyRecord(stream=self._make_stream)

    def _end(self, is_complete: bool) -> None:
        super()._end(is_complete)
        if is_complete:
            self._connection.release()
        else:
            self._connection.close()
        if self._on_over is not None:
            self._on_over()
        self._body_info.end()

    def _look_ahead(self, data: bytes) -> None:
        """Data has come that nobody waits for, or the end, b"". It is no more than the stream would
        have kept.
        """
        http, stream = self._connection.http, self._connection.stream
        if kept := stream.take():
            data = kept + data
        self._taken_ahead += len(data)
        http.receive_data(data)
        try:
            while not http.is_content_complete and (content := http.next_content()) is not None:
                self._unread.append(content)
                self._counted += len(content)
                self._count(content)
        except MessageFailure as failure:
            self._failure_ahead = failure
        if http.is_content_complete:
            self._body_info.end()
        if http.is_content_complete or self._failure_ahead or self._taken_ahead > READ_AHEAD:
            stream.on_data = None

    def _other_side_has_ended(self) -> None:
        if (
            self._looks_ahead
            and not (self.is_over or self._is_receiving or self._failure_ahead)
            and self._connection.has_ended_in_order
        ):
            if kept := self._connection.stream.take():
                self._look_ahead(kept)
            self._look_ahead(b"")
            if self._failure_ahead is not None:
                if not (self._pieces or self._unread):
                    self._break_off(self._failure_ahead)
                return
        super()._other_side_has_ended()

    def _count(self, content: bytes) -> None:
        self._body_info.encoded_size += len(content)
        if self._decoder is None:
            self._body_info.decoded_size += len(content)

    def _take(self, content: bytes) -> bytes | None:
        if self._counted:
            self._counted -= len(content)
        else:
            self._count(content)
        return content if self._decoder is None else super()._take(content)

    def _decoded_piece(self) -> bytes | None:
        piece = super()._decoded_piece()
        if piece is not None:
            self._body_info.decoded_size += len(piece)
        return piece

    def __del__(self) -> None:
        if not self.is_over:
            # This may happen in any thread, and after the loop has gone.
            asyncio_loop = self._connection.event_loop.asyncio_loop
            if not asyncio_loop.is_closed():
                asyncio_loop.call_soon_threadsafe(self._connection.close)
                if self._on_over is not None:
                    asyncio_loop.call_soon_threadsafe(self._on_over)
                asyncio_loop.call_soon_threadsafe(self._body_info.end)
