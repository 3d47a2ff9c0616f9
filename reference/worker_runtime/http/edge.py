"""Edge: a connection over a stream of bytes, as both roles use it.

RFC 9112, 9: https://www.rfc-editor.org/rfc/rfc9112#section-9

`connection` knows what messages look like. An edge carries them: it reads the stream when a message
needs more, writes as fast as the other side takes it, and looks at the time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from ..host.clock import Clock
from ..host.network import ByteStream
from .connection import Connection
from .failures_and_timeouts import Awaited, Deadlines

Role = TypeVar("Role", bound=Connection)


class Edge(Generic[Role]):
    """One end of a connection. `content_timeout` is how long the other side is waited for when more
    content is wanted of it, and `taking_timeout` how long it may take none of what it is sent.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-9
    """

    __slots__ = (
        "_failure", "content_timeout", "deadlines", "http", "stream", "taking_timeout",
    )  # fmt: skip

    def __init__(
        self,
        stream: ByteStream,
        http: Role,
        clock: Clock,
        on_missed_deadline: Callable[[Awaited], object],
        content_timeout: float,
        taking_timeout: float,
    ) -> None:
        self.stream = stream
        self.http = http
        self.deadlines = Deadlines(clock, on_missed_deadline, stream.bytes_taken)
        self.content_timeout = content_timeout
        self.taking_timeout = taking_timeout
        self._failure: OSError | None = None

    def give_up(self, failure: OSError) -> None:
        """End the connection now; the reader gets the failure."""
        self._failure = failure
        self.stream.abort()

    # ---- received --------------------------------------------------------------------------------

    async def receive(self) -> None:
        """Take in what the other side sends next. OSError if the connection is lost or given up."""
        data = await self.stream.read()
        if self._failure is not None:  # it must not look as if the other side had ended
            raise self._failure
        self.http.receive_data(data)

    def receive_what_has_come(self) -> None:
        """Take in what the other side has sent, and its end if that has come, without waiting.

        OSError if that was no end in order.
        """
        if data := self.stream.take():
            self.http.receive_data(data)
        elif self.stream.failure is not None:
            raise self.stream.failure

    async def receive_content(self) -> bytes:
        """The next content of the message that comes in; no bytes at its end.

        OSError if the connection is lost, MessageFailure if the content is broken.
        """
        http = self.http
        content = http.next_content()
        if content is None:
            if http.expects_continue:
                self.stream.write(http.send_continue())
            self.deadlines.wait_for("content", self.content_timeout)
            try:
                while content is None:
                    await self.receive()
                    content = http.next_content()
            finally:
                self.deadlines.it_was_sent()
        return content

    # ---- sent ------------------------------------------------------------------------------------

    async def send(self, data: bytes) -> None:
        """Send bytes, and wait until there is room for more. ConnectionError if there never is."""
        self.stream.write(data)
        if self.stream.is_held_up:
            await self.let_take()

    async def let_take(self) -> None:
        """Wait until the other side has taken most of what it was sent."""
        self.deadlines.wait_until_taken(self.taking_timeout)
        try:
            await self.stream.drain()
        finally:
            self.deadlines.it_was_taken()
