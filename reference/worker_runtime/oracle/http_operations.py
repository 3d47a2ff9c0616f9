"""What can be asked about HTTP: methods, headers, ranges, dates, whole messages, and the handshake
of WebSockets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..fetch.headers import (
    Header,
    HeaderList,
    build_a_content_range,
    cors_unsafe_request_header_names,
    extract_header_list_values,
    get_decode_and_split,
    is_cors_safelisted_request_header,
    is_forbidden_request_header,
    is_forbidden_response_header_name,
    is_header_name,
    is_header_value,
    is_no_cors_safelisted_request_header,
    normalize,
    parse_a_single_range_header_value,
)
from ..fetch.http_extensions import (
    determine_nosniff,
    extract_a_length,
    extract_a_mime_type,
    legacy_extract_an_encoding,
)
from ..fetch.methods import is_forbidden_method, is_method
from ..fetch.methods import normalize as normalize_method
from ..http.connection import ClientConnection, Connection, ServerConnection
from ..http.dates import http_date, imf_fixdate
from ..mimesniff.mime_types import MIMEType
from ..websocket_protocol.handshake import parse_extensions, sec_websocket_accept
from .argument_types import BadQuestion, from_mime_type, shown
from .operation import Failure, Operation, or_failure
from .url_operations import encoding_of

NAMES_WITH_VALUES = (
    "access-control-allow-headers", "access-control-allow-methods", "access-control-expose-headers",
    "access-control-max-age", "content-encoding", "location",
)  # fmt: skip
LAST_SECOND = 253402300799  # of the year 9999


# ---- headers -------------------------------------------------------------------------------------


def about_headers(algorithm: Callable[[HeaderList], Any]) -> Callable[[Sequence[Header]], Any]:
    """An algorithm on a header list as one on a sequence of headers."""
    return lambda headers: algorithm(HeaderList(headers))


def get_header(headers: Sequence[Header], name: str) -> str | None:
    """None if there is none of that name."""
    return HeaderList(headers).get(name)


def extract_values(name: str, headers: Sequence[Header]) -> list[str] | None:
    """None if there is none of that name; failure if one is not what its grammar says."""
    if name.lower() not in NAMES_WITH_VALUES:
        raise BadQuestion(
            f"the grammars of {', '.join(NAMES_WITH_VALUES)} are known, not that of {shown(name)}"
        )
    return extract_header_list_values(name, HeaderList(headers))


def mime_type_of_headers(headers: HeaderList) -> dict[str, Any]:
    """Failure if they say none."""
    return from_mime_type(or_failure(extract_a_mime_type(headers)))


def encoding_of_mime_type(mime_type: MIMEType, fallback: str) -> str:
    """A name."""
    return legacy_extract_an_encoding(mime_type, encoding_of(fallback)).name


def parse_range(value: str, allow_whitespace: bool | None = None) -> tuple[int | None, int | None]:
    """The first and the last byte, or null; failure if the value is not a range."""
    return or_failure(parse_a_single_range_header_value(value, bool(allow_whitespace)))


# ---- messages ------------------------------------------------------------------------------------


def format_date(date: float) -> str:
    """A date as it is sent; a number of seconds since 1970."""
    if not 0 <= date <= LAST_SECOND:
        raise BadQuestion(f"expected a date from 1970 to 9999, not {shown(date)}")
    return imf_fixdate(date)


def parse_date(string: str, now: float) -> float:
    """In any of the three forms; failure if it has none."""
    if not 0 <= now <= LAST_SECOND:
        raise BadQuestion(f"expected a time from 1970 to 9999, not {shown(now)}")
    return or_failure(http_date(string, now))


def received(connection: Connection, data: bytes) -> None:
    """All that the other side ever sends."""
    for piece in (data, b""):
        connection.receive_data(piece)


def content_of(connection: Connection) -> dict[str, Any]:
    """What follows a head, and whether and with what the connection goes on."""
    pieces = []
    while not connection.is_content_complete:
        pieces.append(connection.next_content() or b"")
    return {
        "content": b"".join(pieces), "trailers": connection.trailers,
        "persists": connection.is_persistent, "rest": connection.take_unused_data(),
    }  # fmt: skip


def parse_request(data: bytes) -> dict[str, Any]:
    """The first request of a connection on which nothing else comes; failure with the status that a
    server answers.
    """
    connection = ServerConnection()
    received(connection, data)
    head = connection.next_request()
    if head is None:
        raise Failure("there is no request")
    named = {
        "method": head.method,
        "target": head.target,
        "version": f"1.{head.version}",
        "fields": head.fields,
    }
    return {**named, **content_of(connection)}


def parse_response(data: bytes, request_method: str | None = None) -> dict[str, Any]:
    """The first response to a request; failure if it is not one."""
    connection = ClientConnection()
    connection.send_request("GET" if request_method is None else request_method, "/", [], 0)
    received(connection, data)
    head = connection.next_response()
    assert head is not None  # where the connection has ended, it is a response or a failure
    named = {
        "version": f"1.{head.version}",
        "status": head.status,
        "reason": head.reason,
        "fields": head.fields,
    }
    return {**named, **content_of(connection)}


def extensions(value: str) -> list[Any]:
    """Each a name and its parameters; failure if it is not a list of extensions."""
    try:
        return [[offer.name, offer.parameters] for offer in parse_extensions(value)]
    except ValueError as error:
        raise Failure(str(error)) from None


HTTP_OPERATIONS = [
    Operation("method.is_method", "ByteString method", "boolean",
        "https://fetch.spec.whatwg.org/#concept-method", is_method),
    Operation(
        "method.is_forbidden", "ByteString method", "boolean",
        "https://fetch.spec.whatwg.org/#forbidden-method", is_forbidden_method,
    ),
    Operation(
        "method.normalize", "ByteString method", "ByteString",
        "https://fetch.spec.whatwg.org/#concept-method-normalize", normalize_method,
    ),
    Operation("header.is_name", "ByteString name", "boolean",
        "https://fetch.spec.whatwg.org/#header-name", is_header_name),
    Operation("header.is_value", "ByteString value", "boolean",
        "https://fetch.spec.whatwg.org/#header-value", is_header_value),
    Operation(
        "header.normalize", "ByteString value", "ByteString",
        "https://fetch.spec.whatwg.org/#concept-header-value-normalize", normalize,
    ),
    Operation(
        "header.get_decode_and_split", "ByteString value", "sequence<ByteString>",
        "https://fetch.spec.whatwg.org/#header-value-get-decode-and-split", get_decode_and_split,
    ),
    Operation(
        "header.is_forbidden_request_header", "ByteString name, ByteString value", "boolean",
        "https://fetch.spec.whatwg.org/#forbidden-request-header", is_forbidden_request_header,
    ),
    Operation(
        "header.is_forbidden_response_header_name", "ByteString name", "boolean",
        "https://fetch.spec.whatwg.org/#forbidden-response-header-name",
        is_forbidden_response_header_name,
    ),
    Operation(
        "header.is_cors_safelisted_request_header", "ByteString name, ByteString value", "boolean",
        "https://fetch.spec.whatwg.org/#cors-safelisted-request-header",
        is_cors_safelisted_request_header,
    ),
    Operation(
        "header.is_no_cors_safelisted_request_header", "ByteString name, ByteString value",
        "boolean",
        "https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header",
        is_no_cors_safelisted_request_header,
    ),
    Operation(
        "header.parse_range", "ByteString value, optional boolean allow_whitespace",
        "[integer?, integer?]",
        "https://fetch.spec.whatwg.org/#simple-range-header-value", parse_range,
    ),
    Operation(
        "header.build_content_range", "integer start, integer end, integer full_length",
        "ByteString",
        "https://fetch.spec.whatwg.org/#build-a-content-range", build_a_content_range,
    ),
    Operation(
        "headers.get", "sequence<Header> headers, ByteString name", "ByteString?",
        "https://fetch.spec.whatwg.org/#concept-header-list-get", get_header,
    ),
    Operation(
        "headers.sort_and_combine", "sequence<Header> headers", "sequence<Header>",
        "https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine",
        about_headers(HeaderList.sort_and_combine),
    ),
    Operation(
        "headers.cors_unsafe_request_header_names", "sequence<Header> headers",
        "sequence<ByteString>",
        "https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names",
        about_headers(cors_unsafe_request_header_names),
    ),
    Operation(
        "headers.extract_values", "ByteString name, sequence<Header> headers",
        "sequence<ByteString>?",
        "https://fetch.spec.whatwg.org/#extract-header-list-values", extract_values,
    ),
    Operation(
        "headers.extract_length", "sequence<Header> headers", "integer?",
        "https://fetch.spec.whatwg.org/#header-list-extract-a-length",
        about_headers(extract_a_length),
    ),
    Operation(
        "headers.extract_mime_type", "sequence<Header> headers", "MIMEType",
        "https://fetch.spec.whatwg.org/#concept-header-extract-mime-type",
        about_headers(mime_type_of_headers),
    ),
    Operation(
        "headers.determine_nosniff", "sequence<Header> headers", "boolean",
        "https://fetch.spec.whatwg.org/#determine-nosniff", about_headers(determine_nosniff),
    ),
    Operation(
        "mime.legacy_extract_encoding", "MIMEType mime_type, DOMString fallback", "DOMString",
        "https://fetch.spec.whatwg.org/#legacy-extract-an-encoding", encoding_of_mime_type,
    ),
    Operation(
        "http.format_date", "number seconds", "ByteString",
        "https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7-4", format_date,
    ),
    Operation(
        "http.parse_date", "ByteString date, number now", "number",
        "https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7-3", parse_date,
    ),
    Operation(
        "http.parse_request", "bytes data",
        "{method, target, version, fields, content, trailers, persists, rest}",
        "https://www.rfc-editor.org/rfc/rfc9112#section-2.2-6", parse_request,
    ),
    Operation(
        "http.parse_response", "bytes data, optional ByteString request_method",
        "{version, status, reason, fields, content, trailers, persists, rest}",
        "https://www.rfc-editor.org/rfc/rfc9112#section-9.2-2", parse_response,
    ),
    Operation(
        "websocket.accept", "ByteString key", "ByteString",
        "https://www.rfc-editor.org/rfc/rfc6455#section-11.3.3", sec_websocket_accept,
    ),
    Operation(
        "websocket.parse_extensions", "ByteString value", "sequence<[name, [[name, value?], ...]]>",
        "https://www.rfc-editor.org/rfc/rfc6455#section-11.3.2", extensions,
    ),
]  # fmt: skip
