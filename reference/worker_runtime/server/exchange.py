"""Exchange: a request goes to the worker, and its response to the client.

A response that is a stream is read as fast as its client takes it, so nothing is collected in
between.
"""

from __future__ import annotations

import asyncio
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING

from ..fetch.bodies import BodyRecord
from ..fetch.headers import HeaderList
from ..fetch.infrastructure import FetchController
from ..fetch.requests import RequestRecord
from ..fetch.responses import FilteredResponse, ResponseRecord, network_error
from ..host.clock import Clock
from ..host.network import Address
from ..http.body_framing import has_content
from ..http.fields import MessageFailure
from ..http.loop_detection import PSEUDONYM, cdn_loop_to_send, on_behalf
from ..http.message import REASON_PHRASES, RequestHead, target_uri
from .client import Client

if TYPE_CHECKING:
    from ..fetch.outgoing_content import OutgoingContent
    from ..websockets.server_connections import ServerConnection
    from .request_content import RequestContent


class Exchange:
    """One request and its response. `status` is zero until the response begins.

    The worker's part of it runs in `context`, and so does what the worker is told of it.
    """

    __slots__ = (
        "_client", "_content", "_is_given_up", "_outgoing", "_received", "begin", "context",
        "controller", "request", "status", "web_socket",
    )  # fmt: skip

    def __init__(self, client: Client, request: RequestHead, context: Context) -> None:
        self.request = request
        self.context = context
        self.status = 0
        # of the fetch that the client performs, as the worker sees it
        self.controller = FetchController()
        self._client = client
        self.begin = client.service.clock.monotonic()
        self._content: RequestContent | None = None  # if it did not all come with the head
        self._received = 0  # bytes of it, if it did
        self._outgoing: OutgoingContent | None = None  # of the response, while it is sent
        # what the connection has become; it is to begin when the exchange is done
        self.web_socket: ServerConnection | None = None
        self._is_given_up = False

    async def run(self) -> None:
        """Let the worker answer, and send its answer. MessageFailure if the request turns out to be
        none.
        """
        client = self._client
        request = self._request_record()
        received = self.request.values.get("cdn-loop")
        cdn_loop = PSEUDONYM if received is None else cdn_loop_to_send(received)
        on_behalf.set(cdn_loop)
        self.controller.before_it_is_handled = [partial(on_behalf.set, cdn_loop)]
        try:
            answer = client.service.handle_request(request, self.controller)
            if not (answer is None or isinstance(answer, (ResponseRecord, FilteredResponse))):
                answer = await answer
        except BaseException as error:  # whatever a worker raises, it is not the server that ends
            if self._is_given_up:
                raise
            report("A request could not be handled", error)
            answer = network_error()
        if self._content is not None and self._content.failure is not None:
            raise self._content.failure
        if answer is None:
            self.send_page(404)
        elif 200 <= answer.status <= 599:
            rest = self._send(answer)
            if rest is not None:
                await self._send_stream(rest)
        elif isinstance(answer, ResponseRecord) and answer.upgrade is not None:
            self._go_on_as_web_socket(answer)
            if self.web_socket is not None:
                return
        else:
            self.send_page(500)
        if client.stream.is_held_up:
            await client.let_take()
        if self._content is not None:
            await self._content.finish(self.controller.lifetime)

    @property
    def sent(self) -> int:
        """Bytes of content that have been sent."""
        return self._client.http.content_sent

    @property
    def remote_address(self) -> Address:
        """Where the client is."""
        return self._client.stream.remote_address

    @property
    def duration(self) -> float:
        """Seconds since the head of the request was there."""
        return self.clock.monotonic() - self.begin

    @property
    def clock(self) -> Clock:
        """The server's."""
        return self._client.service.clock

    @property
    def wall_time(self) -> float:
        """What time it is, in seconds since 1970."""
        return self.clock.wall()

    @property
    def received(self) -> int:
        """Bytes of content that have been received."""
        return self._received if self._content is None else self._content.received

    def give_up(self) -> None:
        """It is to end now; who calls this cancels its task."""
        self._is_given_up = True

    def client_has_left(self) -> None:
        """Tell the worker that nobody waits for its answer, nor sends more of the request."""
        self.context.copy().run(self._tell_that_the_client_has_left)

    def _tell_that_the_client_has_left(self) -> None:
        if self.controller.state == "ongoing":
            self.controller.abort()
        if self._outgoing is not None:
            self._outgoing.cancel(self.controller.serialized_abort_reason)
        if self._content is not None:
            self._content.fail(
                TypeError("The content of the request is broken off: nobody sends it")
            )

    def _request_record(self) -> RequestRecord:
        request, client = self.request, self._client
        url, authority = target_uri(request, client.scheme, client.default_authority)
        if request.form == "authority":
            raise MessageFailure("This server is no proxy, so it has no CONNECT", 501)
        if request.form == "absolute" and client.scheme == "http" and url[:5].lower() == "https":
            raise MessageFailure("What is at an https URL is asked for over TLS", 421)
        if authority not in client.service.known_authorities:
            client.service.check_url(url, authority)
        body = None
        content = client.http.take_whole_content(client.service.config.content)
        if content is None:
            from .request_content import RequestContent  # not every worker gets some

            self._content = RequestContent(client, request)
            body = self._content.body()
        elif content:
            self._received = len(content)
            body = BodyRecord(content, self._received)
        fields = request.fields
        if request.form == "absolute":
            # What the target says of the host is what counts:
            # https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2-8
            fields = [("host", authority), *(field for field in fields if field[0] != "host")]
        record = RequestRecord(url, request.method, HeaderList(fields), body)
        # as of `Request(url)`: a worker that copies the request may add any header
        record.mode = "cors"
        record.remote_address = client.stream.remote_address
        if client.tls_facts is not None:
            record.tls_facts = client.tls_facts
        record.redirect_mode = "manual"  # the client follows redirects itself
        return record

    def _go_on_as_web_socket(self, response: ResponseRecord) -> None:
        from . import upgrade  # a server without WebSockets needs none of their rooms

        try:
            self.web_socket = upgrade.upgrade(self._client, self.request, response)
        except upgrade.HandshakeFailure as failure:
            self.status = failure.status
            upgrade.refuse(self._client, failure, self._is_last())
        except upgrade.MISTAKES as error:
            report("A response could not be sent", error)
            self.send_page(500)
        else:
            self.status = 101

    # ---- the response ----------------------------------------------------------------------------

    def send_page(self, status: int, explanation: str = "", is_last: bool = False) -> None:
        """Answer with a status and an explanation, not with what a worker says."""
        self.status = status
        self._client.send_page(status, explanation, is_last or self._is_last())

    def _is_last(self) -> bool:
        """Whether the connection ends after this."""
        return self._client.service.is_draining or (
            self._content is not None and not self._content.is_worth_finishing
        )

    def _send(self, response: ResponseRecord | FilteredResponse) -> BodyRecord | None:
        """Send a response, or the head of one whose body is a stream, which is returned."""
        client, status, body = self._client, response.status, response.body
        reason = response.status_message or REASON_PHRASES.get(status, "")
        content = b"" if body is None else body.take_bytes()
        date = client.service.date()
        is_last = (client.service.is_draining or self._content is not None) and self._is_last()
        try:
            if content is not None and not (body is None and self._is_about_another(status)):
                client.stream.write(
                    client.http.send_whole_response(
                        status, reason, date, response.header_list, content, is_last
                    )
                )
                self.status = status
                return None
            length = declared_length(body, response.header_list)
            head = client.http.send_response(
                status, reason, date, response.header_list, length, is_last
            )
        except MessageFailure as failure:
            report("A response could not be sent", failure)
            self.send_page(500)
            return None
        client.stream.write(head)
        self.status = status
        return body

    def _is_about_another(self, status: int) -> bool:
        return status == 304 or self.request.method == "HEAD"

    async def _send_stream(self, body: BodyRecord) -> None:
        from ..fetch.outgoing_content import OutgoingContent  # not every worker has streams

        try:
            self._outgoing = OutgoingContent(self._client, body.stream)
            if has_content(self.status, self.request.method):
                await self._outgoing.send()
            else:
                self._outgoing.cancel(None)
        except BaseException as error:
            if self._is_given_up:
                raise
            # What was wrong with the client's own request is no news.
            if self._content is None or self._content.failure is None:
                report("The body of a response could not be sent to its end", error)
            if self.request.version == 0:
                # an orderly end of the connection would look like the end of the content
                self._client.stream.abort()
        finally:
            self._outgoing = None


def declared_length(body: BodyRecord | None, header_list: HeaderList) -> int | None:
    """How long the content will be, as far as somebody has said so."""
    if body is not None and body.length is not None:
        return body.length
    value = header_list.get("content-length")
    is_number = value is not None and value.isascii() and value.isdecimal() and len(value) <= 18
    return int(value) if value is not None and is_number else None


def report(message: str, error: BaseException) -> None:
    """What is wrong with the worker, and has no other way to be heard."""
    asyncio.get_running_loop().call_exception_handler({"message": message, "exception": error})
