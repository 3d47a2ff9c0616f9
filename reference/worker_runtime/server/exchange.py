"""Exchange: a request goes to the worker, and its response to the client.

A response that is a stream is read as fast as its client takes it, so nothing is collected in
between.
"""

from __future__ import annotations

import asyncio

from ..fetch.bodies import BodyRecord
from ..fetch.headers import HeaderList
from ..fetch.infrastructure import FetchController
from ..fetch.requests import RequestRecord
from ..fetch.responses import FilteredResponse, ResponseRecord, network_error
from ..http.body_framing import has_content
from ..http.fields import MessageFailure
from ..http.message import REASON_PHRASES, RequestHead, target_uri
from ..streams import other_specifications as streams
from ..streams.chunk_reader import ChunkReader
from ..streams.readers import ReadableStreamDefaultReader
from ..webidl.interfaces import END_OF_ITERATION
from ..webidl.promises import mark_as_handled
from ..websocket_protocol.handshake import HandshakeFailure
from .client import Client
from .request_content import RequestContent
from .upgrade import MISTAKES, Upgrade, refuse


class Exchange:
    """One request and its response. `status` is zero until the response begins."""

    __slots__ = ("_client", "_content", "_reader", "_upgrade", "controller", "request", "status")

    def __init__(self, client: Client, request: RequestHead) -> None:
        self.request = request
        self.status = 0
        # of the fetch that the client performs, as the worker sees it
        self.controller = FetchController()
        self._client = client
        self._content: RequestContent | None = None
        self._reader: ReadableStreamDefaultReader | None = None  # of the response, while it is sent
        self._upgrade: Upgrade | None = None  # what the connection has become

    async def run(self) -> None:
        """Let the worker answer, and send its answer. MessageFailure if the request turns out to be
        none.
        """
        request = self._request_record()
        try:
            answer = self._client.service.handle_request(request, self.controller)
            if not (answer is None or isinstance(answer, (ResponseRecord, FilteredResponse))):
                answer = await answer
        except Exception as error:
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
        elif isinstance(answer, ResponseRecord) and answer.web_socket is not None:
            await self._go_on_as_web_socket(answer)
        else:
            self.send_page(500)
        if self._client.stream.is_held_up:
            await self._client.let_take()
        if self._content is not None:
            await self._content.finish()

    @property
    def sent(self) -> int:
        """Bytes of content that have been sent."""
        return self._client.http.content_sent

    def shut_down(self) -> None:
        """The server ends; a request is still answered, but a WebSocket could go on for ever."""
        if self._upgrade is not None:
            self._upgrade.shut_down()

    def client_has_left(self) -> None:
        """Tell the worker that nobody waits for its answer."""
        if self.controller.state == "ongoing":
            self.controller.abort()

    def connection_is_lost(self) -> None:
        """Tell the worker that nobody takes its answer."""
        self.client_has_left()
        if self._reader is not None:
            mark_as_handled(
                streams.cancel_reader(self._reader, self.controller.serialized_abort_reason)
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
        if not client.http.is_content_complete:
            self._content = RequestContent(client, request)
            body = self._content.body()
        record = RequestRecord(url, request.method, HeaderList(request.fields), body)
        # as of `Request(url)`: a worker that copies the request may add any header
        record.mode = "cors"
        record.remote_address = client.stream.remote_address
        record.redirect_mode = "manual"  # the client follows redirects itself
        return record

    async def _go_on_as_web_socket(self, response: ResponseRecord) -> None:
        try:
            self._upgrade = Upgrade(self._client, self.request, response)
        except HandshakeFailure as failure:
            self._prepare()
            self.status = failure.status
            refuse(self._client, failure)
        except MISTAKES as error:
            report("A response could not be sent", error)
            self.send_page(500)
        else:
            self.status = 101
            if self._client.service.is_draining:
                self._upgrade.shut_down()
            await self._upgrade.run()

    # ---- the response ----------------------------------------------------------------------------

    def send_page(self, status: int, explanation: str = "") -> None:
        """Answer with a status and an explanation, not with what a worker says."""
        self._prepare()
        self.status = status
        self._client.send_page(status, explanation)

    def _prepare(self) -> None:
        if self._client.service.is_draining or (
            self._content is not None and not self._content.is_worth_finishing
        ):
            self._client.http.is_persistent = False

    def _send(self, response: ResponseRecord | FilteredResponse) -> BodyRecord | None:
        """Send a response, or the head of one whose body is a stream, which is returned."""
        client, status, body = self._client, response.status, response.body
        reason = response.status_message or REASON_PHRASES.get(status, "")
        content = b"" if body is None else body.take_bytes()
        if client.service.is_draining or self._content is not None:
            self._prepare()
        try:
            if content is not None and not (body is None and self._is_about_another(status)):
                date = client.service.date()
                client.stream.write(
                    client.http.send_whole_response(
                        status, reason, date, response.header_list, content
                    )
                )
                self.status = status
                return None
            length = declared_length(body, response.header_list)
            head = client.http.send_response(
                status, reason, client.service.date(), response.header_list, length
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
        client, http = self._client, self._client.http
        reader = streams.get_a_reader(body.stream)
        if not has_content(self.status, self.request.method):
            mark_as_handled(streams.cancel_reader(reader, None))
            return
        self._reader = reader
        chunks = ChunkReader(reader)
        try:
            while True:
                chunk = await chunks.read()
                if chunk is END_OF_ITERATION:
                    break
                if not isinstance(chunk, (bytes, bytearray, memoryview)):
                    raise TypeError(
                        f"A chunk of a response's body is bytes, not {type(chunk).__name__}"
                    )
                data = bytes(chunk)
                client.stream.write(http.send_content(data))
                if client.stream.is_held_up:
                    await client.let_take()
            client.stream.write(http.send_end())
        except BaseException as error:
            mark_as_handled(streams.cancel_reader(reader, error))
            http.is_persistent = False
            if not isinstance(error, Exception):
                raise
            if not isinstance(error, ConnectionError):
                report("The body of a response could not be sent to its end", error)
            if self.request.version == 0:
                # an orderly end of the connection would look like the end of the content
                client.stream.abort()
        finally:
            self._reader = None


def declared_length(body: BodyRecord | None, header_list: HeaderList) -> int | None:
    """How long the content will be, as far as somebody has said so."""
    if body is not None and body.length is not None:
        return body.length
    value = header_list.get("content-length")
    return int(value) if value is not None and value.isascii() and value.isdecimal() else None


def report(message: str, error: BaseException) -> None:
    """What is wrong with the worker, and has no other way to be heard."""
    asyncio.get_running_loop().call_exception_handler({"message": message, "exception": error})
