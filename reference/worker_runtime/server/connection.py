"""Connection: one request after another, as long as client and server want."""

from __future__ import annotations

from ..host.network import ByteStream
from ..http.fields import MessageFailure
from ..http.message import RequestHead
from .client import Client
from .deadlines import Awaited
from .exchange import Exchange
from .service import Service


class ServedConnection:
    """A connection to a client that is being served."""

    __slots__ = ("_client", "_exchange", "_is_over")

    def __init__(self, stream: ByteStream, service: Service) -> None:
        self._client = Client(stream, service, self._on_missed_deadline)
        self._exchange: Exchange | None = None  # the one that is going on
        self._is_over = False  # whether the client has been sent its last response
        stream.on_end = self._on_end
        stream.on_loss = self._on_loss

    async def serve(self) -> None:
        """Answer requests until the connection is over, and closed."""
        client, service = self._client, self._client.service
        try:
            await self._serve_requests()
            if not client.http.is_content_complete:
                await self._linger()
        except MessageFailure as failure:
            await self._refuse(failure)
        except OSError:
            pass  # the client has left
        finally:
            client.deadlines.wait_until_taken(service.config.response_timeout)
            client.stream.close()
            await client.stream.wait_closed()
            client.deadlines.cancel()

    async def _serve_requests(self) -> None:
        client, http, deadlines, service = self._client, self._client.http, self._client.deadlines, self._client.service
        patience = service.config.head_timeout
        while http.is_persistent:
            if not http.has_unused_data:
                deadlines.wait_for("request", patience)
                await client.receive()
            request = http.next_request() or await self._receive_rest_of_head()
            if request is None:
                return
            deadlines.it_was_sent()
            self._exchange = Exchange(client, request)
            await self._exchange.run()
            if service.log is not None:
                service.log(self._exchange)
            self._exchange = None
            patience = service.config.idle_timeout

    async def _receive_rest_of_head(self) -> RequestHead | None:
        client, http = self._client, self._client.http
        request = None
        client.deadlines.wait_for("head", client.service.config.head_timeout)
        while request is None and not http.has_ended:
            await client.receive()
            request = http.next_request()
        return request

    async def _refuse(self, failure: MessageFailure) -> None:
        """Say what is wrong, unless it is too late for that, and end the connection."""
        if self._is_over:
            return
        self._send_last_page(failure.status, str(failure))
        self._exchange = None
        await self._linger()

    def _send_last_page(self, status: int, explanation: str) -> None:
        self._is_over = True
        self._client.http.is_persistent = False
        if self._exchange is None:
            self._client.send_page(status, explanation)
        elif self._exchange.status == 0:
            self._exchange.send_page(status, explanation)
            if self._client.service.log is not None:
                self._client.service.log(self._exchange)

    async def _linger(self) -> None:
        """Let a client that is still sending see the response: data that nobody reads would end the connection with a reset.

        https://www.rfc-editor.org/rfc/rfc9112#section-9.6-10
        """
        self._client.stream.write_eof()
        self._client.deadlines.wait_for("end", self._client.service.config.linger_timeout)
        while await self._client.stream.read():
            pass

    # ---- what happens meanwhile ----------------------------------------------------------------------------------------------

    def shut_down(self) -> None:
        """End the connection if nothing is going on; what goes on is the last."""
        if self._client.deadlines.awaited == "request":
            self._is_over = True
            self._client.stream.close()

    def abort(self) -> None:
        """End the connection whatever goes on."""
        self._is_over = True
        self._client.stream.abort()

    def _on_missed_deadline(self, awaited: Awaited) -> None:
        if awaited == "request":
            self._is_over = True
            self._client.stream.close()
        elif awaited in ("head", "content") and (self._exchange is None or self._exchange.status == 0):
            self._send_last_page(408, "The request did not come in time")
            self._client.deadlines.wait_for("end", self._client.service.config.linger_timeout)
            self._client.stream.close()
        else:
            self.abort()

    def _on_end(self) -> None:
        if self._exchange is not None:
            self._exchange.client_has_left()

    def _on_loss(self) -> None:
        if self._exchange is not None:
            self._exchange.connection_is_lost()
