"""Request content: bytes where it came with the head, else a byte stream that reads the connection
when it is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..fetch.bodies import BodyRecord
from ..fetch.incoming_content import IncomingContent
from ..http.fields import MessageFailure
from ..http.message import RequestHead
from ..webidl.promises import Promise, a_promise_resolved_with
from .client import Client

IS_OVER = "The response has been sent, so the rest of the request's content is gone: read it before"


class RequestContent(IncomingContent):
    """What follows the head of a request. `failure` is what was wrong with it, if something was,
    and `received` how many bytes have come.
    """

    __slots__ = ("_client", "_length", "_limit", "_on_over", "_receiving", "failure", "received")

    _what = "The content of the request"

    def __init__(self, client: Client, request: RequestHead) -> None:
        super().__init__(client)
        self.failure: MessageFailure | None = None
        self._client = client
        length = request.values.get("content-length")
        self._length = None if length is None else int(length)
        self._limit = client.service.config.content
        self.received = 0
        self._receiving: Promise[Any] | None = None  # the last time that the worker read
        self._on_over: Callable[[], object] | None = None

    def body(self) -> BodyRecord:
        """The body of the request, as the worker gets it.

        MessageFailure if it is too long, or not framed as it should be.
        """
        self._check(self._length or 0)
        begin = self._begin()
        if self.failure is not None:
            raise self.failure
        if begin is not None and self.is_over:
            return BodyRecord(begin, len(begin))
        body = BodyRecord(None, self._length, self._make_stream)
        body.on_collecting = self._will_be_collected
        return body

    @property
    def is_worth_finishing(self) -> bool:
        """Whether it may well be read to its end, by the worker or for the next request's sake."""
        left = 0 if self._length is None else self._length - self.received
        return self._receiving is not None or left <= self._client.service.config.unread_content

    async def finish(self, lifetime: Promise[None] | None) -> None:
        """The response has been sent. What the worker still does, until the end of its `lifetime`,
        may read the rest. What it leaves is skipped, unless that is too much to go on with the
        connection.
        """
        if lifetime is not None and not self.is_over:
            is_done = Promise.withResolvers()
            self._on_over = lambda: is_done.resolve(None)
            lifetime.then(is_done.resolve, is_done.resolve)
            await is_done.promise
        if self._receiving is not None:
            await self._receiving
        self.fail(TypeError(IS_OVER))
        http = self._client.http
        left = self._client.service.config.unread_content
        if self._stream is None:  # nobody has read what came with the head
            left -= self.received
        while http.is_persistent and not http.is_content_complete and left >= 0:
            try:
                left -= len(await self._client.receive_content())
            except MessageFailure:
                return

    def _take(self, content: bytes) -> bytes | None:
        self.received += len(content)
        self._check(self.received)
        return super()._take(content)

    def _will_be_collected(self) -> None:
        """All of it will be in memory, so there may be less of it."""
        limit = self._client.service.config.collected_content
        self._limit = limit if self._limit is None else min(limit, self._limit)
        try:
            self._check(self._length or self.received)
        except MessageFailure as failure:
            self._break_off(failure)

    def _check(self, length: int) -> None:
        if self._limit is not None and length > self._limit:
            raise MessageFailure(f"The content is longer than {self._limit} bytes", 413)

    def _pull(self) -> Promise[Any] | None:  # type: ignore[override]
        steps = super()._pull()
        if steps is not None:
            self._receiving = a_promise_resolved_with(steps)
            return self._receiving
        return None

    def _break_off(self, error: Exception) -> None:
        if isinstance(error, MessageFailure):
            self.failure = error
        super()._break_off(error)

    def _end(self, is_complete: bool) -> None:
        super()._end(is_complete)
        if self._on_over is not None:
            self._on_over()
