"""HTTP-network fetch: a request goes out over a connection, and the head of its response comes
back.

Fetch Standard, 4.7: https://fetch.spec.whatwg.org/#http-network-fetch
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any
from weakref import ref

from ..file_api.blob import Blob, byte_sequence, get_stream, is_in_memory
from ..host.clock import Clock
from ..html.event_loops import in_parallel
from ..html.settings_objects import current_settings_object
from ..http.connection import CONNECTION_FIELDS
from ..http.fields import MessageFailure, list_members
from ..http.loop_detection import on_behalf
from ..http.message import ResponseHead
from ..streams.readable_stream import ReadableStream
from ..url.host_serializing import host_serializer
from ..url.url_representation import URLRecord
from ..url.url_serializing import url_path_serializer
from ..webidl.exceptions import DOMException
from ..websockets.websocket_connections import obtain_a_websocket_connection
from .connections import PooledConnection, obtain_a_connection
from .content_codings import ContentDecoder, content_decoder, filtered_coding
from .headers import Header, HeaderFailure, HeaderList, extract_header_list_values
from .incoming_content import FAILURES, ResponseContent
from .infrastructure import FetchParams, appropriate_network_error
from .network_partition_keys import determine_the_network_partition_key_of_a_request
from .outgoing_content import OutgoingContent
from .requests import RequestRecord
from .responses import ResponseRecord, network_error
from .set_cookie_header import parse_and_store_response_set_cookie_headers
from .timing_info import FetchTimingInfo, ResponseBodyInfo

# Not of the standard: where a worker stands before a server, what it fetches from its own origin is
# asked of that one, not of itself. The steps return the request as it goes there, or as it is.
next_server: ContextVar[Callable[[RequestRecord], RequestRecord] | None] = ContextVar(
    "next server", default=None
)

MOST_INTERIM_RESPONSES = 32
SMALL_CONTENT = 16 * 1024  # goes out with the head
PIECE_OF_CONTENT = 64 * 1024
# https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2
IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})


async def http_network_fetch(
    fetch_params: FetchParams, include_credentials: bool = False, force_new_connection: bool = False
) -> ResponseRecord:
    """https://fetch.spec.whatwg.org/#concept-http-network-fetch"""
    request = fetch_params.request
    if (server_behind := next_server.get()) is not None:
        request = server_behind(request)
    url = request.current_url
    if (
        request.body is not None
        and request.body.source is None
        and current_settings_object().host.profile == "browser"
    ):
        # DEVIATION: in the profile "server" a stream is sent over HTTP/1.1 as well, in chunks.
        return network_error("a body that is a stream cannot be sent over HTTP/1.1")
    network_partition_key = determine_the_network_partition_key_of_a_request(request)
    client = request.client or current_settings_object()
    timing_info = fetch_params.timing_info
    while True:
        try:
            if request.mode == "websocket":
                connection = await obtain_a_websocket_connection(client, url)
            else:
                connection = await obtain_a_connection(
                    client, network_partition_key, url, include_credentials, force_new_connection
                )
        except Exception as error:  # whatever a network raises
            reason = getattr(error, "strerror", None) or error
            return network_error(f"cannot connect to {authority(url)}: {reason}", error)
        timing_info.connection_timing_info = connection.timing_info
        transmission = Transmission(connection, request, timing_info, client.host.clock)
        try:
            head = await transmission.exchange_heads()
            response = response_with_head(fetch_params, connection, transmission, head)
            if include_credentials:
                await parse_and_store_response_set_cookie_headers(request, response)
            return response
        except FAILURES as error:
            connection.close()
            transmission.cancel()
            if (
                connection.has_been_used
                and transmission.is_worth_another_try
                and not isinstance(error, TimeoutError)
            ):
                # The server has closed the connection just when it was used again, as it may.
                # https://www.rfc-editor.org/rfc/rfc9112#section-9.3.1-2
                force_new_connection = True
                continue
            cause = transmission.failure or error
            if isinstance(cause, DOMException) and cause.name == "AbortError":
                # https://fetch.spec.whatwg.org/#http-network-fetch
                fetch_params.controller.abort(cause)
                return appropriate_network_error(fetch_params)
            return network_error(f"{authority(url)}: {cause}", cause)
        except BaseException:
            connection.close()
            transmission.cancel()
            raise


class Transmission:
    """A request on its way, until the head of the response is there. `failure` is why its body
    could not be read.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-9.3.1
    """

    __slots__ = (
        "_clock", "_connection", "_has_begun_to_be_answered", "_is_answered", "_request",
        "_timing_info", "_upload", "failure",
    )  # fmt: skip

    def __init__(
        self,
        connection: PooledConnection,
        request: RequestRecord,
        timing_info: FetchTimingInfo,
        clock: Clock,
    ) -> None:
        self._connection = connection
        self._request = request
        self._timing_info = timing_info
        self._clock = clock
        self._upload: Any = None  # the task that sends a body that is a stream, or large
        self._has_begun_to_be_answered = False
        self._is_answered = False
        self.failure: Exception | None = None

    @property
    def is_worth_another_try(self) -> bool:
        """Whether the request may be sent once more: nothing has come back, and twice is no more
        than once.
        """
        if self._has_begun_to_be_answered or self._request.method not in IDEMPOTENT_METHODS:
            return False
        return self._request.body is None or self._request.body.source is not None

    def cancel(self) -> None:
        """Send no more."""
        if self._upload is not None:
            self._upload.cancel()

    async def exchange_heads(self) -> ResponseHead:
        """Send the request and return the head of the final response, while the body may still be
        being sent.

        OSError or MessageFailure if there is none.
        """
        connection, request = self._connection, self._request
        http = connection.http
        content, stream = b"", None
        length: int | None = 0
        body = request.body
        if body is not None and isinstance(body.source, Blob) and not is_in_memory(body.source):
            stream, length = get_stream(body.source), body.length  # anew for each try
        elif body is not None and body.source is not None:
            content = byte_sequence(body.source) if isinstance(body.source, Blob) else body.source
            length = len(content)
        elif body is not None:
            stream, length = body.stream, body.length
        target = request_target(request.current_url)
        head = http.send_request(request.method, target, request_fields(request), length)
        timing_info, clock = self._timing_info, self._clock
        timing_info.final_network_request_start_time = clock.monotonic()
        first_byte_time: float | None = None  # of the response that is coming
        # The server may answer before it has read all of the content.
        if stream is not None:
            connection.stream.write(head)
            self._upload = in_parallel(self._transmit_stream(stream))
        elif len(content) < SMALL_CONTENT:
            connection.stream.write(head + http.send_content(content))
            self._request_is_sent()
        else:
            connection.stream.write(head)
            self._upload = in_parallel(self._transmit_content(content))
        interim_responses = 0
        while True:
            response = http.next_response()
            if response is None:
                await connection.receive()
                if first_byte_time is None and http.has_unused_data:
                    self._has_begun_to_be_answered = True
                    first_byte_time = clock.monotonic()
            elif response.status >= 200 or (response.status == 101 and request.mode == "websocket"):
                timing_info.final_network_response_start_time = first_byte_time
                self._is_answered = True
                connection.deadlines.it_was_sent()
                return response
            else:
                if timing_info.first_interim_network_response_start_time is None:
                    timing_info.first_interim_network_response_start_time = first_byte_time
                first_byte_time = clock.monotonic() if http.has_unused_data else None
                interim_responses += 1
                if response.status == 101:
                    raise MessageFailure(
                        "the server switches to a protocol that nobody has asked for"
                    )
                if interim_responses > MOST_INTERIM_RESPONSES:
                    raise MessageFailure(
                        f"the server sends more than {MOST_INTERIM_RESPONSES} interim responses"
                    )

    def _request_is_sent(self) -> None:
        if not self._is_answered:
            self._connection.deadlines.wait_for("head", self._connection.timeouts.head)

    async def _transmit_content(self, content: bytes) -> None:
        connection = self._connection
        with suppress(
            ConnectionError
        ):  # the server takes no more; it may have answered all the same
            for start in range(0, len(content), PIECE_OF_CONTENT):
                piece = content[start : start + PIECE_OF_CONTENT]
                await connection.send(connection.http.send_content(piece))
            self._request_is_sent()

    async def _transmit_stream(self, stream: ReadableStream) -> None:
        try:
            if await OutgoingContent(self._connection, stream).send():
                self._request_is_sent()
            # Otherwise the server takes no more; it may have answered all the same.
        except Exception as error:
            self.failure = error
            self._connection.close()


def response_with_head(
    fetch_params: FetchParams,
    connection: PooledConnection,
    transmission: Transmission,
    head: ResponseHead,
) -> ResponseRecord:
    """The response, whose body reads the connection as it is read. CodingFailure if its codings
    are too many, or were not asked for.

    A 101 response has no body, but the connection.

    Part of https://fetch.spec.whatwg.org/#concept-http-network-fetch
    """
    response = ResponseRecord(HeaderList(head.fields))
    response.status = head.status
    response.status_message = head.reason
    if head.status == 101:
        response.connection = connection
        return response
    body_info = ResponseBodyInfo()
    if response.header_list.contains("Content-Encoding"):
        body_info.content_encoding = filtered_coding(response.header_list)
    decoder = (
        decoder_for(response.header_list, fetch_params.request.header_list)
        if fetch_params.decodes_content
        else None
    )
    if decoder is not None and current_settings_object().host.profile == "server":
        # DEVIATION: a worker that hands the response on would tell of a coding and of a length that
        # the body no longer has.
        response.header_list.delete("Content-Encoding")
        response.header_list.delete("Content-Length")

    def on_over() -> None:
        transmission.cancel()  # a server that has answered to the end wants no more of the request
        if process_end_of_body is not None:
            process_end_of_body()

    process_end_of_body = fetch_params.process_response_end_of_body
    response.body_info = body_info
    looks_ahead = fetch_params.request.initiator_type is not None
    content = ResponseContent(connection, decoder, body_info, on_over, looks_ahead)
    response.body = content.body()
    if content.is_over:
        return response
    reference = ref(content)

    def fail(reason: object) -> None:
        if (content := reference()) is not None:
            content.fail(reason)

    fetch_params.controller.upon_abort(fail)
    return response


def decoder_for(header_list: HeaderList, request_headers: HeaderList) -> ContentDecoder | None:
    """What undoes the codings of the content; CodingFailure if they are too many, or not asked for.

    Part of https://fetch.spec.whatwg.org/#handle-content-codings
    """
    if not header_list.contains("Content-Encoding"):
        return None
    try:
        codings = extract_header_list_values("Content-Encoding", header_list)
    except HeaderFailure:
        return None
    accepted = request_headers.get_decode_and_split("Accept-Encoding")
    return content_decoder(codings or [], accepted or [])


def request_target(url: URLRecord) -> str:
    """Part of https://www.rfc-editor.org/rfc/rfc9112#section-3.2.1"""
    path = url_path_serializer(url)
    return path if url.query is None else f"{path}?{url.query}"


def authority(url: URLRecord) -> str:
    """Part of https://www.rfc-editor.org/rfc/rfc9110#section-4.2.1"""
    assert url.host is not None
    host = host_serializer(url.host)
    return host if url.port is None else f"{host}:{url.port}"


def request_fields(request: RequestRecord) -> list[Header]:
    """The headers that are not about a connection, each name once, with a Host first.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-3.2-4
    """
    headers = list(request.header_list)
    names = request.header_list.names()
    if len(names) < len(headers):
        headers = combined(headers)
    if request.mode != "websocket" and not CONNECTION_FIELDS.isdisjoint(names):
        # Copied from a request that was received: they were about its connection, as are the fields
        # that its Connection names.
        options = list_members(request.header_list.get("Connection") or "")
        hop_by_hop = CONNECTION_FIELDS.union(option.lower() for option in options)
        headers = [(name, value) for name, value in headers if name.lower() not in hop_by_hop]
    if (cdn_loop := on_behalf.get()) is not None:
        headers = [(name, value) for name, value in headers if name.lower() != "cdn-loop"]
        headers.append(("CDN-Loop", cdn_loop))
    if request.header_list.contains("Host"):
        return headers
    return [("Host", authority(request.current_url)), *headers]


def combined(headers: list[Header]) -> list[Header]:
    """Each name once, with all its values.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-5.3-4
    """
    fields: dict[str, Header] = {}
    for name, value in headers:
        lowercase = name.lower()
        if lowercase in fields:
            name, first_value = fields[lowercase]
            value = f"{first_value}{'; ' if lowercase == 'cookie' else ', '}{value}"
        fields[lowercase] = name, value
    return list(fields.values())
