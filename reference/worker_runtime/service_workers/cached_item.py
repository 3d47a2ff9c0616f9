"""Cached items: a request and a response, as bytes.

Service Workers, 5.1: https://w3c.github.io/ServiceWorker/#cache-constructs

The head of an item is JSON: what of both is not the default, in the standard's words. The body lies
elsewhere.
"""

from __future__ import annotations

from functools import cached_property
from json import dumps, loads
from typing import Any

from ..fetch.bodies_from_storage import BytesOrStored, body_of, stored_bytes
from ..fetch.headers import HeaderList, is_header_name, is_header_value
from ..fetch.infrastructure import AnyResponse
from ..fetch.requests import RequestRecord
from ..fetch.responses import (
    FilteredResponse,
    ResponseRecord,
    basic_filtered_response,
    cors_filtered_response,
    opaque_filtered_response,
    opaque_redirect_filtered_response,
)
from ..host.storage.backend import StorageError
from ..storage.large_values import LENGTH_OF_NUMBER, LargeValues
from ..storage.storage_bottles import Entries
from ..url.url_parsing import url_parser
from ..url.url_serializing import url_serializer
from ..url.writing import URLFailure

VERSION = 2  # of keys and JSON
READABLE_VERSIONS = (1, 2)  # version 1 has other keys

REQUEST_ITEMS = (
    "destination", "mode", "credentials_mode", "cache_mode", "redirect_mode", "referrer_policy",
    "integrity_metadata", "keepalive",
)  # fmt: skip
RESPONSE_ITEMS = (
    "type", "aborted", "status", "status_message", "range_requested",
    "request_includes_credentials", "timing_allow_passed", "redirect_taint",
)  # fmt: skip


class CachedItem:
    """An item of a request response list. Each look-up makes new ones, so they are copies of what
    is stored.

    Part of https://w3c.github.io/ServiceWorker/#dfn-request-response-list
    """

    def __init__(self, key: bytes, value: bytes) -> None:
        self._value = value
        self._stored_body: BytesOrStored | None = None
        self.key = key

    @property
    def number(self) -> bytes:
        """Items of a list have the order of their numbers."""
        return self.key[-2 * LENGTH_OF_NUMBER : -LENGTH_OF_NUMBER]

    @property
    def body_number(self) -> bytes:
        """The number of its body."""
        return self.key[-LENGTH_OF_NUMBER:]

    @cached_property
    def _head(self) -> Any:
        try:
            head = loads(self._value)
            version = head["version"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise self._damage(error) from error
        if version not in READABLE_VERSIONS:
            raise StorageError(
                f"The cached item is of version {version!r}, and this program knows those up to "
                f"{VERSION}"
            )
        return head

    def _damage(self, error: Exception) -> StorageError:
        return StorageError(
            f"The cached item {self.key!r} is damaged: {type(error).__name__}: {error}"
        )

    @cached_property
    def request(self) -> RequestRecord:
        """The request. StorageError if the item is damaged."""
        try:
            return _parse_request(self._head["request"])
        except (ValueError, KeyError, TypeError, AttributeError, URLFailure) as error:
            raise self._damage(error) from error

    @cached_property
    def response(self) -> AnyResponse:
        """The response without its body. StorageError if the item is damaged."""
        try:
            return _parse_response(self._head["response"])
        except (ValueError, KeyError, TypeError, AttributeError, URLFailure) as error:
            raise self._damage(error) from error

    def read_body(self, entries: Entries, values: LargeValues) -> None:
        """Read the body, as far as it is read at once, in the steps that have found the item.
        TypeError if it is not there any more.
        """
        length = self._head.get("length")
        if length is not None:
            if not isinstance(length, int) or length < 0:
                raise self._damage(ValueError(f"its length is {length!r}"))
            self._stored_body = stored_bytes(entries, values, self.body_number, length)

    def response_with_body(self) -> AnyResponse:
        """The response, with the body that was read."""
        response = self.response
        internal_response = (
            response.internal_response if isinstance(response, FilteredResponse) else response
        )
        if self._stored_body is not None:
            internal_response.body = body_of(self._stored_body)
        return response


def serialize_item(request: RequestRecord, response: AnyResponse, length: int | None) -> bytes:
    """The head of an item. The length is that of the body, None if there is no body.

    Part of https://w3c.github.io/ServiceWorker/#dfn-request-response-list
    """
    internal_response = (
        response.internal_response if isinstance(response, FilteredResponse) else response
    )
    referrer = request.referrer
    head = {
        "version": VERSION,
        "request": {
            "method": request.method,
            "url": url_serializer(request.url),
            "headers": list(request.header_list),
            "referrer": referrer if isinstance(referrer, str) else url_serializer(referrer),
            "items": _items_of(request, REQUEST_ITEMS),
        },
        "response": {
            "filter": response.type if isinstance(response, FilteredResponse) else None,
            "urls": [url_serializer(url) for url in internal_response.url_list],
            "headers": list(internal_response.header_list),
            "exposed": internal_response.cors_exposed_header_name_list,
            "items": _items_of(internal_response, RESPONSE_ITEMS),
        },
        "length": length,
    }
    return dumps(head, separators=(",", ":")).encode()


def _items_of(record: RequestRecord | ResponseRecord, names: tuple[str, ...]) -> dict[str, Any]:
    """What is not as the class has it."""
    return {
        name: value
        for name in names
        if (value := getattr(record, name)) != getattr(type(record), name)
    }


def _parse_request(head: Any) -> RequestRecord:
    request = RequestRecord(
        url_parser(_string(head["url"])),
        _string(head["method"]),
        _parse_header_list(head["headers"]),
    )
    match head["referrer"]:
        case "no-referrer" | "client" as referrer:
            request.referrer = referrer
        case url:
            request.referrer = url_parser(_string(url))
    _set_items(request, REQUEST_ITEMS, head["items"])
    return request


def _parse_response(head: Any) -> AnyResponse:
    response = ResponseRecord(_parse_header_list(head["headers"]))
    response.url_list = [url_parser(_string(url)) for url in head["urls"]]
    response.cors_exposed_header_name_list = tuple(map(_string, head["exposed"]))
    _set_items(response, RESPONSE_ITEMS, head["items"])
    match head["filter"]:
        case None:
            return response
        case "basic":
            return basic_filtered_response(response)
        case "cors":
            return cors_filtered_response(response)
        case "opaque" if response.url_list:
            return opaque_filtered_response(response)
        case "opaqueredirect":
            return opaque_redirect_filtered_response(response)
        case other:
            raise ValueError(f"{other!r} is no filter of this response")


def _parse_header_list(headers: Any) -> HeaderList:
    for name, value in headers:
        if not is_header_name(name) or not is_header_value(value):
            raise ValueError(f"{name!r}: {value!r} is no header")
        value.encode("latin-1")
    return HeaderList([(name, value) for name, value in headers])


def _set_items(record: RequestRecord | ResponseRecord, names: tuple[str, ...], items: Any) -> None:
    """The inverse; each item is of the type that its default has."""
    for name, value in items.items():
        if name not in names or type(value) is not type(getattr(type(record), name)):
            raise ValueError(f"{name} cannot be {value!r}")
        setattr(record, name, value)


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no string")
    return value
