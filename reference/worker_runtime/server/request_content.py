"""Content of a request: bytes where it came with the head, else a byte stream that reads the
connection when it is read.
"""

from __future__ import annotations

from ..fetch.bodies import BodyRecord
from ..http.fields import MessageFailure
from ..http.message import RequestHead
from ..streams import other_specifications as streams
from ..streams.readable_stream import ReadableStream
from ..webidl.interfaces import new
from ..webidl.promises import Promise, a_promise_resolved_with
from .client import Client

IS_OVER = "The response has been sent, so the rest of the request's content is gone: read it before"


class RequestContent:
    """What follows the head of a request. `failure` is what was wrong with it, if something was."""

    __slots__ = (
        "_client",
        "_is_over",
        "_length",
        "_piece",
        "_readable",
        "_received",
        "_receiving",
        "failure",
    )

    def __init__(self, client: Client, request: RequestHead) -> None:
        """MessageFailure if it is too long, or not framed as it should be."""
        self.failure: MessageFailure | None = None
        self._client = client
        self._length = (
            int(request.values["content-length"]) if "content-length" in request.values else None
        )
        self._received = 0
        # what the worker reads, if it has asked for a stream
        self._readable: ReadableStream | None = None
        self._receiving: Promise[None] | None = None  # the last time that it read
        self._is_over = False  # whether it gets no more
        self._check(self._length or 0)
        self._piece = client.http.next_content()  # what came with the head
        if self._piece:
            self._count(self._piece)

    def body(self) -> BodyRecord:
        """The body of the request, as the worker gets it."""
        if self._client.http.is_content_complete:
            assert self._piece is not None
            return BodyRecord(self._piece, len(self._piece))
        return BodyRecord(None, self._length, self._make_readable)

    @property
    def is_worth_finishing(self) -> bool:
        """Whether it may well be read to its end, by the worker or for the next request's sake."""
        left = 0 if self._length is None else self._length - self._received
        return self._receiving is not None or left <= self._client.service.config.unread_content

    async def finish(self) -> None:
        """The response has been sent: read what the worker has left, unless that is too much to go
        on with the connection.
        """
        http = self._client.http
        self._is_over = True
        if self._receiving is not None:
            await self._receiving
        if self._readable is not None:
            streams.error_readable_stream(self._readable, TypeError(IS_OVER))
        left = self._client.service.config.unread_content - len(self._piece or b"")
        while http.is_persistent and not http.is_content_complete:
            if left < 0:
                http.is_persistent = False
                return
            try:
                left -= len(await self._receive())
            except MessageFailure:
                left = -1

    async def _receive(self) -> bytes:
        client, http = self._client, self._client.http
        piece = http.next_content()
        if piece is None:
            if http.expects_continue:
                client.stream.write(http.send_continue())
            client.deadlines.wait_for("content", client.service.config.content_timeout)
            while piece is None:
                await client.receive()
                piece = http.next_content()
            client.deadlines.it_was_sent()
        self._count(piece)
        return piece

    def _count(self, piece: bytes) -> None:
        self._received += len(piece)
        self._check(self._received)

    def _check(self, length: int) -> None:
        limit = self._client.service.config.content
        if limit is not None and length > limit:
            raise MessageFailure(f"The content is longer than {limit} bytes", 413)

    # ---- as a stream -----------------------------------------------------------------------------

    def _make_readable(self) -> ReadableStream:
        self._readable = new(ReadableStream)
        streams.set_up_readable_stream_with_byte_reading_support(self._readable, self._pull)
        if self._is_over:
            streams.error_readable_stream(self._readable, TypeError(IS_OVER))
        return self._readable

    def _pull(self) -> Promise[None]:
        assert self._readable is not None
        self._receiving = a_promise_resolved_with(self._receive_into(self._readable))
        return self._receiving

    async def _receive_into(self, readable: ReadableStream) -> None:
        try:
            if self._piece:
                piece, self._piece = self._piece, None
            else:
                piece = await self._receive()
        except MessageFailure as failure:
            self.failure = failure
            streams.error_readable_stream(
                readable, TypeError(f"The content of the request is broken: {failure}")
            )
        except OSError as error:
            streams.error_readable_stream(
                readable, TypeError(f"The content of the request is incomplete: {error}")
            )
        else:
            if piece:
                streams.enqueue_into_readable_stream(readable, piece)
            if self._client.http.is_content_complete:
                streams.close_readable_stream(readable)
