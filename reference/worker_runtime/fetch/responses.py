"""Responses: what comes back, and how much of it may be seen.

Fetch Standard, 2.2.6: https://fetch.spec.whatwg.org/#responses
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from ..url.url_parsing import url_parser
from ..url.url_representation import URLRecord
from .bodies import BodyRecord
from .headers import (
    HeaderList,
    extract_header_list_values,
    is_cors_safelisted_response_header_name,
    is_forbidden_response_header_name,
)
from .requests import RedirectTaint
from .statuses import is_redirect_status

NON_ASCII = re.compile("[\x80-\xff]")

if TYPE_CHECKING:
    from .connections import PooledConnection
    from .timing_info import ResponseBodyInfo

ResponseType: TypeAlias = Literal["basic", "cors", "default", "error", "opaque", "opaqueredirect"]


class ResponseRecord:
    """A response, with the standard's items under their names and with their defaults.

    https://fetch.spec.whatwg.org/#concept-response
    """

    type: ResponseType = "default"
    aborted = False
    status = 200
    status_message = ""
    body: BodyRecord | None = None
    cache_state: Literal["", "local", "validated"] = ""
    cors_exposed_header_name_list: tuple[str, ...] = ()
    range_requested = False
    request_includes_credentials = True
    timing_allow_passed = False
    body_info: ResponseBodyInfo | None = None  # of what comes from a network
    redirect_taint: RedirectTaint = "same-origin"
    connection: PooledConnection | None = None  # of a 101 response: it goes on in another protocol
    # What takes the connection of a 101 response that a worker sends.
    # https://www.rfc-editor.org/rfc/rfc9110#section-7.8
    upgrade: object = None
    # Of a network error: why there is no response, in words for the caller of `fetch()`, and the
    # exception behind that.
    failure = ""
    cause: BaseException | None = None

    def __init__(self, header_list: HeaderList | None = None) -> None:
        self.header_list = HeaderList() if header_list is None else header_list
        self.url_list: list[URLRecord] = []

    @property
    def url(self) -> URLRecord | None:
        """https://fetch.spec.whatwg.org/#concept-response-url"""
        return self.url_list[-1] if self.url_list else None

    def clone(self) -> ResponseRecord:
        """https://fetch.spec.whatwg.org/#concept-response-clone"""
        new_response = ResponseRecord.__new__(ResponseRecord)
        new_response.__dict__.update(self.__dict__)
        new_response.header_list = self.header_list.copy()
        new_response.url_list = self.url_list.copy()
        if self.body is not None:
            new_response.body = self.body.clone()
        return new_response


def network_error(failure: str = "", cause: BaseException | None = None) -> ResponseRecord:
    """https://fetch.spec.whatwg.org/#concept-network-error"""
    response = ResponseRecord()
    response.type = "error"
    response.status = 0
    response.failure = failure
    response.cause = cause
    return response


def aborted_network_error() -> ResponseRecord:
    """https://fetch.spec.whatwg.org/#concept-aborted-network-error"""
    response = network_error()
    response.aborted = True
    return response


# ---- filtered responses --------------------------------------------------------------------------


class FilteredResponse:
    """A limited view of another response. What is not here is asked of its `internal_response`.

    https://fetch.spec.whatwg.org/#concept-filtered-response
    """

    __slots__ = ("header_list", "internal_response", "type")

    def __init__(
        self, internal_response: ResponseRecord, type: ResponseType, header_list: HeaderList
    ) -> None:
        self.internal_response = internal_response
        self.type = type
        self.header_list = header_list

    @property
    def _is_opaque(self) -> bool:
        return self.type in ("opaque", "opaqueredirect")

    @property
    def url_list(self) -> list[URLRecord]:
        """Empty if the response is opaque."""
        return [] if self.type == "opaque" else self.internal_response.url_list

    @property
    def url(self) -> URLRecord | None:
        """The last URL of the list, if any."""
        return self.url_list[-1] if self.url_list else None

    @property
    def status(self) -> int:
        """Zero if the response is opaque."""
        return 0 if self._is_opaque else self.internal_response.status

    @property
    def status_message(self) -> str:
        """Empty if the response is opaque."""
        return "" if self._is_opaque else self.internal_response.status_message

    @property
    def body(self) -> BodyRecord | None:
        """None if the response is opaque."""
        return None if self._is_opaque else self.internal_response.body

    def clone(self) -> FilteredResponse:
        """The same view of a clone."""
        return FilteredResponse(self.internal_response.clone(), self.type, self.header_list.copy())


def basic_filtered_response(internal_response: ResponseRecord) -> FilteredResponse:
    """https://fetch.spec.whatwg.org/#concept-filtered-response-basic"""
    headers = [
        header
        for header in internal_response.header_list
        if not is_forbidden_response_header_name(header[0])
    ]
    return FilteredResponse(internal_response, "basic", HeaderList(headers))


def cors_filtered_response(internal_response: ResponseRecord) -> FilteredResponse:
    """https://fetch.spec.whatwg.org/#concept-filtered-response-cors"""
    exposed = [name.lower() for name in internal_response.cors_exposed_header_name_list]
    headers = [
        header
        for header in internal_response.header_list
        if is_cors_safelisted_response_header_name(header[0], exposed)
    ]
    return FilteredResponse(internal_response, "cors", HeaderList(headers))


def opaque_filtered_response(internal_response: ResponseRecord) -> FilteredResponse:
    """https://fetch.spec.whatwg.org/#concept-filtered-response-opaque"""
    return FilteredResponse(internal_response, "opaque", HeaderList())


def opaque_redirect_filtered_response(internal_response: ResponseRecord) -> FilteredResponse:
    """https://fetch.spec.whatwg.org/#concept-filtered-response-opaque-redirect"""
    return FilteredResponse(internal_response, "opaqueredirect", HeaderList())


def location_url(response: ResponseRecord, request_fragment: str | None) -> URLRecord | None:
    """Where a redirect leads, None for any other response; HeaderFailure or URLFailure where the
    standard has failure.

    https://fetch.spec.whatwg.org/#concept-response-location-url
    """
    if not is_redirect_status(response.status):
        return None
    values = extract_header_list_values("Location", response.header_list)
    if values is None:
        return None
    # DEVIATION: what is not ASCII is percent-encoded byte by byte, as browsers do; by the letter
    # UTF-8 would be mangled.
    value = NON_ASCII.sub(lambda match: f"%{ord(match[0]):02X}", values[0])
    location = url_parser(value, response.url)
    if location.fragment is None:
        location.fragment = request_fragment
    return location
