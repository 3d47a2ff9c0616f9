"""Connection: one request after another, as long as client and server want."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any, Literal

from ..host.network import ByteStream
from ..http.failures_and_timeouts import Awaited
from ..http.fields import MessageFailure
from .client import Client
from .exchange import Exchange, report
from .service import Service
from .steps import GoingOn, run_to_first_wait

if TYPE_CHECKING:
    from ..websockets.server_connections import ServerConnection
    from .served_web_socket import ServedWebSocket

REQUESTS_IN_A_TURN = 16
SECONDS_FOR_A_FIRST_REQUEST = 0.25


class ServedConnection:
    """A connection to a client that is being served. `on_over` is called when it is gone, and
    nothing goes on any more; or `on_upgrade`, when it has become a WebSocket's.

    Each exchange has a context of its own, so no variable of it is seen by the next one.

    A client that ends its side may still take its response. It has left when it takes none of it
    for a while, or when the connection is reset; whether it is, is looked at even while nothing is
    read or written.
    """

    __slots__ = (
        "_client", "_context", "_exchange", "_has_ended", "_is_lost", "_is_over", "_on_over",
        "_on_upgrade", "_progress", "_task",
    )  # fmt: skip

    def __init__(
        self,
        stream: ByteStream,
        service: Service,
        on_over: Callable[[ServedConnection | ServedWebSocket], object],
        on_upgrade: Callable[[ServedConnection, ServedWebSocket], object],
    ) -> None:
        self._client = Client(stream, service, self._on_missed_deadline)
        self._context = copy_context()  # of the server
        self._exchange: Exchange | None = None  # the one that goes on
        # what goes on, if it has to wait for something
        self._task: GoingOn | None = None
        self._has_ended = False  # whether the client has nothing more to say
        self._is_over = False  # whether the client has been told the last
        self._is_lost = False  # whether it cannot be told anything
        self._progress = (0, 0)  # bytes taken and received, when they were looked at last
        self._on_over = on_over
        self._on_upgrade = on_upgrade
        self._client.deadlines.wait_for("request", service.config.head_timeout)
        stream.on_data = self._on_data
        stream.on_end = self._on_end
        stream.on_loss = self._on_loss

    @property
    def is_busy(self) -> bool:
        """Whether a request is being answered."""
        return self._exchange is not None

    def shut_down(self) -> None:
        """End the connection if nothing goes on; what goes on is the last. A client that has just
        connected has a moment to send its first request, which it may have sent already.
        """
        if self._client.deadlines.awaited == "request":
            if self._client.http.request is None:
                self._client.deadlines.wait_for("request", SECONDS_FOR_A_FIRST_REQUEST)
            else:
                self._close()

    def abort(self) -> None:
        """End the connection whatever goes on."""
        self._is_over = True
        self._client.stream.abort()
        if self._exchange is not None:
            self._exchange.give_up()
        if self._task is not None:
            self._task.cancel()

    # ---- what goes on ----------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Answer what has come, one request after the other, as long as nothing has to be waited
        for.
        """
        http = self._client.http
        for _ in range(REQUESTS_IN_A_TURN):
            if self._is_over or self._is_lost:
                return
            try:
                request = http.next_request()
            except MessageFailure as failure:
                self._begin(self._perform(None, failure), self._context.copy())
                return
            if request is None:
                self._wait_for_more("head" if http.has_unused_data else "request")
                return
            self._client.deadlines.it_was_sent()
            context = self._context.copy()
            self._exchange = exchange = Exchange(self._client, request, context)
            if not self._begin(self._perform(exchange, None), context):
                return
            if exchange.web_socket is not None:
                self._go_on_as_web_socket(exchange, exchange.web_socket)
                return
            if not (self._is_over or self._is_lost or http.has_unused_data):
                self._wait_for_more("request")
                return
        # A client that sends many requests at once lets the others have their turn.
        asyncio.get_running_loop().call_soon(self._go_on, context=self._context.copy())

    def _begin(self, steps: Coroutine[Any, Any, None], context: Context) -> bool:
        """Perform steps, in a context of their own; returns whether they are done."""
        self._task = run_to_first_wait(steps, context)
        if self._task is None:
            return True
        self._client.stream.on_data = None  # what comes meanwhile is content, or has to wait
        self._client.deadlines.look_after(self._client.service.config.half_close_timeout)
        self._task.add_done_callback(self._task_is_done, context=self._context.copy())
        return False

    def _task_is_done(self, task: GoingOn) -> None:
        self._task = None
        if self._exchange is not None and self._exchange.web_socket is not None:
            self._go_on_as_web_socket(self._exchange, self._exchange.web_socket)
            return
        self._client.deadlines.look_no_more()
        if self._is_lost:
            self._on_over(self)
            return
        stream = self._client.stream
        stream.on_data = self._on_data
        if not self._is_over:
            if data := stream.take():
                self._client.http.receive_data(data)
            self._go_on()

    async def _perform(self, exchange: Exchange | None, failure: MessageFailure | None) -> None:
        """Perform an exchange, or refuse what is not a request; if that fails, so does the
        connection.
        """
        try:
            if exchange is not None:
                try:
                    await exchange.run()
                except MessageFailure as error:
                    failure = error
            if failure is not None:
                await self._refuse(failure)
                return
            if exchange is not None and exchange.web_socket is not None:
                return
            self._exchange = None
            if self._client.service.log is not None and exchange is not None:
                self._client.service.log(exchange)
            if not self._client.http.may_go_on or self._is_lost:
                await self._end()
        except OSError:
            self._close()  # the client has left
        except asyncio.CancelledError:
            self._client.stream.abort()
            raise
        except BaseException as error:
            report("A connection could not be served", error)
            self._is_over = True
            self._client.stream.abort()

    def _go_on_as_web_socket(self, exchange: Exchange, web_socket: ServerConnection) -> None:
        """All that was for HTTP is let go of."""
        from .served_web_socket import ServedWebSocket

        client = self._client
        client.deadlines.cancel()
        client.stream.on_data = client.stream.on_end = client.stream.on_loss = None
        served = ServedWebSocket(client, exchange, web_socket)
        self._on_upgrade(self, served)
        served.begin(self._has_ended or self._is_lost, self._on_over)

    def _wait_for_more(self, awaited: Literal["request", "head"]) -> None:
        client, config = self._client, self._client.service.config
        if self._has_ended and not client.http.has_ended:
            client.http.receive_data(b"")
            self._go_on()  # what has come of a head will not become one
        elif self._has_ended:
            self._close()
        elif awaited == "request":
            client.deadlines.wait_for("request", config.idle_timeout)
        elif client.deadlines.awaited != "head":
            client.deadlines.wait_for("head", config.head_timeout)

    async def _refuse(self, failure: MessageFailure) -> None:
        """Say what is wrong, unless it is too late for that, and end the connection."""
        if not self._is_over:
            self._send_last_page(failure.status, str(failure))
            self._exchange = None
            await self._end()

    def _send_last_page(self, status: int, explanation: str) -> None:
        self._is_over = True
        if self._exchange is None:
            self._client.send_page(status, explanation, is_last=True)
        elif self._exchange.status == 0:
            self._exchange.send_page(status, explanation, is_last=True)
            if self._client.service.log is not None:
                self._client.service.log(self._exchange)

    async def _end(self) -> None:
        """End the connection. A client that is still sending could lose the response to a reset, so
        it gets time to see it.

        Part of https://www.rfc-editor.org/rfc/rfc9112#section-9.6-10
        """
        client = self._client
        if self._is_over or not client.http.is_content_complete:
            self._is_over = True
            client.stream.write_eof()
            client.deadlines.wait_for("end", client.service.config.linger_timeout)
            while await client.stream.read():
                pass
        self._close()

    def _close(self) -> None:
        self._is_over = True
        self._client.deadlines.wait_until_taken(self._client.service.config.response_timeout)
        self._client.stream.close()

    # ---- what happens meanwhile ------------------------------------------------------------------

    def _on_data(self, data: bytes) -> None:
        if not self._is_over:
            self._client.http.receive_data(data)
            self._go_on()

    def _on_end(self) -> None:
        self._has_ended = True
        if self._exchange is not None:
            self._progress = self._client.stream.bytes_taken(), self._exchange.received
            self._client.deadlines.look_after(self._client.service.config.half_close_timeout)
        elif self._task is None and not self._is_over:
            self._go_on()

    def _on_loss(self) -> None:
        self._is_lost = True
        self._client.deadlines.cancel()
        if self._exchange is not None:
            self._exchange.client_has_left()
        if self._task is None:
            self._on_over(self)

    def _on_missed_deadline(self, awaited: Awaited) -> None:
        if awaited == "request":
            self._close()
        elif awaited == "a sign of life":
            self._look()
        elif awaited in ("head", "content") and (
            self._exchange is None or self._exchange.status == 0
        ):
            self._send_last_page(408, "The request did not come in time")
            self._close()
        else:
            self.abort()

    def _look(self) -> None:
        """Part of https://www.rfc-editor.org/rfc/rfc9112#section-9.6-2"""
        client, exchange = self._client, self._exchange
        client.stream.look()
        if self._is_lost or exchange is None:
            return
        if self._has_ended:
            progress = client.stream.bytes_taken(), exchange.received
            if progress == self._progress:
                client.stream.abort()  # the client has left
                return
            self._progress = progress
        client.deadlines.look_after(client.service.config.half_close_timeout)
