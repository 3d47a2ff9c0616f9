"""HTTP cache responses: what of an HTTP cache lies in a storage, as bytes.

RFC 9111, 2: https://www.rfc-editor.org/rfc/rfc9111#section-2
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from json import dumps, loads
from math import isfinite
from typing import Any

from ..host.storage.backend import StorageError
from ..http_caching.freshness import current_age
from ..http_caching.storing_responses import StoredResponse
from .bodies_from_storage import BytesOrStored, body_of
from .content_codings import filtered_coding
from .headers import HeaderList, is_header_name, is_header_value
from .http_extensions import LengthFailure, extract_a_length
from .responses import ResponseRecord
from .timing_info import ResponseBodyInfo

VERSION = 1  # of the JSON


@dataclass(eq=False)
class CachedResponse(StoredResponse):
    """A stored response that knows where it lies. Its key is that of the cache and the URL, and a
    number of its own.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-2-3
    """

    key: bytes
    includes_credentials: bool
    body_number: bytes
    length: int | None
    """Of the body in bytes; None if there is no body."""
    last_use: bytes
    """When it was used last, as a key that such keys are in the order of."""

    def response_with_body(self, body: BytesOrStored | None, now: float | None) -> ResponseRecord:
        """The response with its body, if it has one, and its age if `now` is given.

        Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.1-3
        """
        response = ResponseRecord(HeaderList(self.fields))
        response.status = self.status
        response.status_message = self.reason
        if now is not None:
            response.header_list.set("age", str(int(current_age(self, now))))
        if body is not None:
            response.body = body_of(body)
        response.body_info = self.body_info()
        return response

    def body_info(self) -> ResponseBodyInfo:
        """What is known of the body: all of it has been there for long.

        Part of https://fetch.spec.whatwg.org/#concept-response-body-info
        """
        body_info = ResponseBodyInfo()
        body_info.has_ended = True
        body_info.encoded_size = body_info.decoded_size = self.length or 0
        header_list = HeaderList(self.fields)
        if header_list.contains("Content-Encoding"):
            body_info.content_encoding = filtered_coding(header_list)
            with suppress(LengthFailure):
                body_info.encoded_size = extract_a_length(header_list) or body_info.encoded_size
        return body_info


def serialize_cached_response(cached: CachedResponse) -> bytes:
    """The value under the key of a cached response.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-3.1-2
    """
    head = {
        "version": VERSION, "status": cached.status, "reason": cached.reason, "fields":
        cached.fields, "nominated": cached.nominated, "times": [cached.request_time,
        cached.response_time], "credentials": cached.includes_credentials, "body":
        cached.body_number.decode(), "length": cached.length, "used": cached.last_use.decode(),
    }  # fmt: skip
    return dumps(head, separators=(",", ":")).encode()


def parse_cached_response(key: bytes, value: bytes) -> CachedResponse:
    """The inverse. StorageError if it is not one.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-3.1-1
    """
    try:
        head: Any = loads(value)
        if head["version"] != VERSION:
            raise ValueError(f"its version is {head['version']!r}")
        fields = [
            (name, value)
            for name, value in head["fields"]
            if is_header_name(name) and is_header_value(value)
        ]
        request_time, response_time = map(float, head["times"])
        length = head["length"]
        if not isfinite(request_time + response_time) or not (
            length is None or (type(length) is int and length >= 0)
        ):
            raise ValueError("a time or a length is not a number")
        return CachedResponse(
            int(head["status"]), str(head["reason"]), fields, dict(head["nominated"]), request_time,
            response_time, key, bool(head["credentials"]), head["body"].encode(), length,
            head["used"].encode(),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StorageError(
            f"The cached response {key!r} is damaged: {type(error).__name__}: {error}"
        ) from error
