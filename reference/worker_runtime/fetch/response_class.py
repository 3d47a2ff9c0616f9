"""Response class: what a worker answers, and what it was answered.

Fetch Standard, 5.5: https://fetch.spec.whatwg.org/#response-class
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Protocol, TypedDict, Unpack, overload

from ..url.url_serializing import url_serializer
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import RangeError
from ..webidl.host_hooks import hooks
from ..webidl.interfaces import missing_attribute
from ..webidl.promises import Promise
from ..webidl.type_mapping import to_byte_string, to_integer, to_usv_string
from . import headers_class
from .bodies import BodyRecord, BodyWithType
from .body_mixin import Body, is_unusable
from .bodyinit_unions import BodyInit, extract
from .headers import HeaderList, HeadersGuard
from .headers_class import Headers, HeadersInit, fill
from .responses import FilteredResponse, ResponseRecord, ResponseType, network_error
from .statuses import is_null_body_status, is_ok_status, is_redirect_status
from .url import parse_relative_to_the_worker

# https://www.rfc-editor.org/rfc/rfc9112#section-4-5
REASON_PHRASE = r"[\t \x21-\x7E\x80-\xFF]+"


# What other frameworks call what a response has.
OTHER_NAMES = {
    **dict.fromkeys(("content", "data"), "await response.bytes()"),
    **dict.fromkeys(("content_type", "mimetype"), "response.headers.get('content-type')"),
    **dict.fromkeys(("iter_content", "iter_bytes"), "async for chunk in response.body"),
    **dict.fromkeys(("status_code", "code"), "response.status"),
    "reason": "response.statusText",
    "set_cookie": "response.headers.append('Set-Cookie', 'name=value')",
    "raise_for_status": "if not response.ok: raise ...",
}
# What other frameworks call the options of one.
OTHER_OPTIONS = dict.fromkeys(
    ("content_type", "media_type", "mimetype"), "headers={'Content-Type': ...}"
)


class ResponseInit(TypedDict, total=False):
    """The status is 200 by default.

    https://fetch.spec.whatwg.org/#responseinit
    """

    status: int
    statusText: str
    headers: HeadersInit | None
    # Python's types have no partial dictionaries: this one's is cloudflare/web_socket_responses.
    webSocket: Any


MEMBERS_OF_RESPONSE_INIT = ResponseInit.__optional_keys__ - {"webSocket"}


class _StaticJSON(Protocol):
    def __call__(
        self,
        data: object,
        init: ResponseInit | Response | None = None,
        **members: Unpack[ResponseInit],
    ) -> Response: ...


class JSONOperations:
    """The two operations that a Response calls `json`: a static one, `Response.json(data)`, and
    that of its body.

    https://webidl.spec.whatwg.org/#dfn-static-operation
    """

    __slots__ = ()

    @overload
    def __get__(self, instance: None, owner: type[Response]) -> _StaticJSON: ...
    @overload
    def __get__(self, instance: Response, owner: type[Response]) -> Callable[[], Promise[Any]]: ...
    def __get__(self, instance: Response | None, owner: type[Response]) -> object:
        return json if instance is None else partial(Body.json, instance)


class Response(Body):
    """A response: a status, headers and a body.

    https://fetch.spec.whatwg.org/#response
    """

    __slots__ = ("__weakref__", "_guard", "_headers", "_response")

    _response: ResponseRecord | FilteredResponse
    _headers: Headers | None  # made when somebody asks for them
    _guard: HeadersGuard
    if TYPE_CHECKING:  # Python's types have no partial interfaces, either
        webSocket: Any

    def __init__(
        self,
        body: BodyInit | None = None,
        init: ResponseInit | Response | None = None,
        **members: Unpack[ResponseInit],
    ) -> None:
        """RangeError if the status is not from 200 to 599, TypeError for anything else that is not
        as it has to be.

        https://fetch.spec.whatwg.org/#dom-response
        """
        self._response = ResponseRecord()
        self._headers = None
        self._guard = "response"
        body_with_type = None if body is None else extract(body)
        if init is not None or members:
            members = to_dictionary(ResponseInit, init, members, (), OTHER_OPTIONS)
        initialize_a_response(self, members, body_with_type)

    @staticmethod
    def error() -> Response:
        """A network error.

        https://fetch.spec.whatwg.org/#dom-response-error
        """
        return create(network_error(), "immutable")

    @staticmethod
    def redirect(url: str, status: int = 302) -> Response:
        """A redirect; TypeError if it is not a URL, RangeError if the status is not that of a
        redirect.

        https://fetch.spec.whatwg.org/#dom-response-redirect
        """
        parsed_url = parse_relative_to_the_worker(to_usv_string(url))
        status = to_integer(status, 16)
        if not is_redirect_status(status):
            raise RangeError(f"Not the status of a redirect: {status!r}")
        response = ResponseRecord()
        response.status = status
        response.header_list.append("Location", url_serializer(parsed_url))
        return create(response, "immutable")

    json = JSONOperations()

    @property
    def _body(self) -> BodyRecord | None:
        return self._response.body

    @property
    def _header_list(self) -> HeaderList:
        return self._response.header_list

    @property
    def type(self) -> ResponseType:
        """ "default", "basic", "cors", "error", "opaque" or "opaqueredirect".

        https://fetch.spec.whatwg.org/#dom-response-type
        """
        return self._response.type

    @property
    def url(self) -> str:
        """Where it came from, without a fragment; empty if a worker made it.

        https://fetch.spec.whatwg.org/#dom-response-url
        """
        url = self._response.url
        return "" if url is None else url_serializer(url, exclude_fragment=True)

    @property
    def redirected(self) -> bool:
        """Whether it came by a redirect.

        https://fetch.spec.whatwg.org/#dom-response-redirected
        """
        return len(self._response.url_list) > 1

    @property
    def status(self) -> int:
        """https://fetch.spec.whatwg.org/#dom-response-status"""
        return self._response.status

    @property
    def ok(self) -> bool:
        """Whether the status is from 200 to 299.

        https://fetch.spec.whatwg.org/#dom-response-ok
        """
        return is_ok_status(self._response.status)

    @property
    def statusText(self) -> str:
        """https://fetch.spec.whatwg.org/#dom-response-statustext"""
        return self._response.status_message

    @property
    def headers(self) -> Headers:
        """https://fetch.spec.whatwg.org/#dom-response-headers"""
        if self._headers is None:
            self._headers = headers_class.create(self._response.header_list, self._guard)
        return self._headers

    def clone(self) -> Response:
        """Another response with the same body; TypeError if the body is in use.

        https://fetch.spec.whatwg.org/#dom-response-clone
        """
        if is_unusable(self):
            raise TypeError(
                "Cannot clone the response: its body has been read from, or somebody holds a reader"
            )
        return create(self._response.clone(), self._guard)

    if not TYPE_CHECKING:  # which would take any name for an attribute that is there

        def __getattr__(self, name):
            raise missing_attribute(self, name, OTHER_NAMES)

    def __repr__(self) -> str:
        return f"<Response {self.status}{self.statusText and ' '}{self.statusText}>"


def create(response: ResponseRecord | FilteredResponse, guard: HeadersGuard) -> Response:
    """https://fetch.spec.whatwg.org/#response-create"""
    response_object: Response = Response.__new__(Response)
    response_object._response = response
    response_object._headers = None
    response_object._guard = guard
    return response_object


def json(
    data: object, init: ResponseInit | Response | None = None, **members: Unpack[ResponseInit]
) -> Response:
    """A response whose body is the JSON text of a value; TypeError if it has none.

    Part of https://fetch.spec.whatwg.org/#dom-response-json
    """
    bytes = _json_serializer()(data)
    response = ResponseRecord()
    response_object = create(response, "response")
    body = BodyWithType(BodyRecord(bytes, len(bytes)), "application/json")
    if init is not None or members:
        members = to_dictionary(ResponseInit, init, members, (), OTHER_OPTIONS)
    initialize_a_response(response_object, members, body)
    return response_object


@cache
def _json_serializer() -> Callable[[object], bytes]:
    # OPTIMIZATION: only workers that need JSON load it, and no call but the first imports it.
    from ..infra.json import serialize_a_javascript_value_to_json_bytes

    return serialize_a_javascript_value_to_json_bytes


def initialize_a_response(
    response: Response, init: ResponseInit, body: BodyWithType | None
) -> None:
    """https://fetch.spec.whatwg.org/#initialize-a-response"""
    record = response._response
    assert isinstance(record, ResponseRecord)
    if init:
        for name in init:
            if name not in MEMBERS_OF_RESPONSE_INIT:
                init = hooks.perform_the_steps_of_partial_members(response, init)
                break
        if "status" in init:
            record.status = to_integer(init["status"], 16)
            if not 200 <= record.status <= 599:
                raise RangeError(f"A status is from 200 to 599, not {init['status']!r}")
        if status_text := init.get("statusText", ""):
            record.status_message = to_byte_string(status_text)
            if not re.fullmatch(REASON_PHRASE, record.status_message):
                raise TypeError(f"Not a reason phrase: {status_text!r}")
        if (headers := init.get("headers")) is not None:
            fill(response.headers, headers)
    if body is not None:
        if record.status != 200 and is_null_body_status(record.status):
            raise TypeError(f"A response with status {record.status} has no body")
        record.body = body.body
        if body.type is not None and (
            "headers" not in init or not record.header_list.contains("Content-Type")
        ):
            record.header_list.append("Content-Type", body.type)
