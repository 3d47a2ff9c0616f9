"""Connection: one request after another, as long as client and server want."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..host.network import ByteStream
from ..http.failures_and_timeouts import Awaited
from ..http.fields import MessageFailure
from .client import Client
from .exchange import Exchange, report
from .service import Service
from .steps import run_to_first_wait


class ServedConnection:
    """A connection to a client that is being served. `on_over` is called when it is gone, and
    nothing goes on any more.
    """

    __slots__ = ("_client", "_exchange", "_has_ended", "_is_lost", "_is_over", "_on_over", "_task")

    def __init__(
        self, stream: ByteStream, service: Service, on_over: Callable[[ServedConnection], object]
    ) -> None:
        self._client = Client(stream, service, self._on_missed_deadline)
        self._exchange: Exchange | None = None  # the one that goes on
        # what goes on, if it has to wait for something
        self._task: asyncio.Task[None] | None = None
        self._has_ended = False  # whether the client has nothing more to say
        self._is_over = False  # whether the client has been told the last
        self._is_lost = False  # whether it cannot be told anything
        self._on_over = on_over
        self._client.deadlines.wait_for("request", service.config.head_timeout)
        stream.on_data = self._on_data
        stream.on_end = self._on_end
        stream.on_loss = self._on_loss

    def shut_down(self) -> None:
        """End the connection if nothing goes on; what goes on is the last."""
        if self._client.deadlines.awaited == "request":
            self._close()
        elif self._exchange is not None:
            self._exchange.shut_down()

    def abort(self) -> None:
        """End the connection whatever goes on."""
        self._is_over = True
        self._client.stream.abort()
        if self._task is not None:
            self._task.cancel()

    # ---- what goes on ----------------------------------------------------------------------------

    def _go_on(self) -> None:
        self._task = run_to_first_wait(self._answer_requests())
        if self._task is not None:
            self._client.stream.on_data = None  # what comes meanwhile is content, or has to wait

    async def _answer_requests(self) -> None:
        """Answer what has come, one after the other, as long as there is something."""
        client, service = self._client, self._client.service
        http, deadlines = client.http, client.deadlines
        try:
            while http.is_persistent and not self._is_lost:
                request = http.next_request() if http.has_unused_data else None
                if request is None:
                    if self._task is None or not self._receive_what_came_meanwhile():
                        break
                    continue
                deadlines.it_was_sent()
                exchange = self._exchange = Exchange(client, request)
                await exchange.run()
                self._exchange = None
                if service.log is not None:
                    service.log(exchange)
            if not http.is_persistent or http.has_ended or self._is_lost:
                await self._end()
            elif not http.has_unused_data:
                deadlines.wait_for("request", service.config.idle_timeout)
            elif deadlines.awaited != "head":
                deadlines.wait_for("head", service.config.head_timeout)
        except MessageFailure as failure:
            await self._refuse(failure)
        except OSError:
            self._close()  # the client has left
        except Exception as error:
            report("A connection could not be served", error)
            self.abort()
        finally:
            if self._task is not None:
                self._task = None
                client.stream.on_data = self._on_data
                if self._is_lost:
                    self._on_over(self)

    def _receive_what_came_meanwhile(self) -> bool:
        data = self._client.stream.take()
        if data or (self._has_ended and not self._client.http.has_ended):
            self._client.http.receive_data(data)
            return True
        return False

    async def _refuse(self, failure: MessageFailure) -> None:
        """Say what is wrong, unless it is too late for that, and end the connection."""
        if not self._is_over:
            self._send_last_page(failure.status, str(failure))
            self._exchange = None
            await self._end()

    def _send_last_page(self, status: int, explanation: str) -> None:
        self._is_over = True
        self._client.http.is_persistent = False
        if self._exchange is None:
            self._client.send_page(status, explanation)
        elif self._exchange.status == 0:
            self._exchange.send_page(status, explanation)
            if self._client.service.log is not None:
                self._client.service.log(self._exchange)

    async def _end(self) -> None:
        """End the connection. A client that is still sending could lose the response to a reset, so
        it gets time to see it.

        https://www.rfc-editor.org/rfc/rfc9112#section-9.6-10
        """
        client = self._client
        if self._is_over or not client.http.is_content_complete:
            self._is_over = True
            client.stream.write_eof()
            client.deadlines.wait_for("end", client.service.config.linger_timeout)
            try:
                while await client.stream.read():
                    pass
            except OSError:
                pass  # it is gone already
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
            self._exchange.client_has_left()
        elif self._task is None and not self._is_over:
            self._client.http.receive_data(b"")
            self._go_on()

    def _on_loss(self) -> None:
        self._is_lost = True
        self._client.deadlines.cancel()
        if self._exchange is not None:
            self._exchange.connection_is_lost()
        if self._task is None:
            self._on_over(self)

    def _on_missed_deadline(self, awaited: Awaited) -> None:
        if awaited == "request":
            self._close()
        elif awaited in ("head", "content") and (
            self._exchange is None or self._exchange.status == 0
        ):
            self._send_last_page(408, "The request did not come in time")
            self._close()
        else:
            self.abort()
