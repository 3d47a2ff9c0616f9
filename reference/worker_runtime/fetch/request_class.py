"""Request class: what a worker asks for, and what it is asked.

Fetch Standard, 5.4: https://fetch.spec.whatwg.org/#request-class
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypedDict, Unpack, cast

from ..dom.aborting_ongoing_activities import AbortSignal, create_a_dependent_abort_signal
from ..html.settings_objects import current_settings_object
from ..url.url_parsing import is_serialized
from ..url.url_representation import URLRecord
from ..url.url_serializing import origin, url_serializer
from ..webidl.dictionaries import to_dictionary
from ..webidl.interfaces import missing_attribute
from ..webidl.type_mapping import to_byte_string, to_dom_string, to_usv_string
from . import headers_class
from .bodies import BodyRecord
from .body_mixin import IN_USE, Body, is_unusable
from .bodyinit_unions import BodyInit, extract
from .headers import HeaderList, HeadersGuard
from .headers_class import Headers, HeadersInit, append, fill
from .methods import is_cors_safelisted_method, is_forbidden_method, is_method, normalize
from .requests import (
    ReferrerPolicy,
    RequestCache,
    RequestCredentials,
    RequestDestination,
    RequestMode,
    RequestPriority,
    RequestRecord,
    RequestRedirect,
)
from .url import parse_relative_to_the_worker

RequestInfo: TypeAlias = "Request | str"


class RequestInit(TypedDict, total=False):
    """https://fetch.spec.whatwg.org/#requestinit"""

    method: str
    headers: HeadersInit | None
    body: BodyInit | None
    referrer: str
    referrerPolicy: ReferrerPolicy
    mode: Literal["navigate", "same-origin", "no-cors", "cors"]
    credentials: RequestCredentials
    cache: RequestCache
    redirect: RequestRedirect
    integrity: str
    keepalive: bool
    signal: AbortSignal | None
    duplex: Literal["half"]
    priority: RequestPriority
    window: None


NULLABLE_MEMBERS: Final = ("signal", "window")

# What the members that are enumerations may be; the others are converted where they are used.
ENUMERATIONS: Final[dict[str, tuple[str, ...]]] = {
    "cache": ("default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"),
    "credentials": ("omit", "same-origin", "include"),
    "duplex": ("half",),
    "mode": ("navigate", "same-origin", "no-cors", "cors"),
    "priority": ("high", "low", "auto"),
    "redirect": ("follow", "error", "manual"),
    "referrerPolicy": (
        "", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin",
        "origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url",
    ),
}  # fmt: skip


# What other frameworks call what a request has.
OTHER_NAMES: Final = {
    **dict.fromkeys(("args", "query", "query_params"), "URL(request.url).searchParams"),
    **dict.fromkeys(("form", "files", "POST"), "await request.formData()"),
    **dict.fromkeys(("data", "content"), "await request.bytes()"),
    **dict.fromkeys(("cf", "client", "ip", "remote_addr"), "ctx.remoteAddr"),
    "path": "URL(request.url).pathname",
    "host": "URL(request.url).host",
    "cookies": "await RequestCookieStore(request).getAll()",
}
# What clients of HTTP call their options.
OTHER_OPTIONS: Final = {
    **dict.fromkeys(("allow_redirects", "follow_redirects"), 'redirect="manual" to see them'),
    **dict.fromkeys(("data", "content"), "body=..."),
    "auth": "headers={'Authorization': ...}",
    "cookies": "headers={'Cookie': ...}",
    "files": "body=FormData()",
    "json": "body=json.dumps(...), headers={'Content-Type': 'application/json'}",
    "params": "url.searchParams.append(name, value) for a URL",
    "timeout": "signal=AbortSignal.timeout(milliseconds)",
}

COPIED_ITEMS = (
    "origin", "referrer", "referrer_policy", "mode", "credentials_mode", "cache_mode",
    "redirect_mode", "integrity_metadata", "keepalive", "reload_navigation", "history_navigation",
)  # fmt: skip


class Request(Body):
    """A request: a method, a URL, headers, a body, and how it is to be fetched.

    https://fetch.spec.whatwg.org/#request
    """

    __slots__ = ("__weakref__", "_guard", "_headers", "_request", "_signal")

    _request: RequestRecord
    _headers: Headers | None  # made when somebody asks for them, like the signal
    _guard: HeadersGuard
    _signal: AbortSignal | Callable[[], AbortSignal]

    def __init__(
        self,
        input: RequestInfo,
        init: RequestInit | Request | None = None,
        **members: Unpack[RequestInit],
    ) -> None:
        """TypeError if it is not a URL, or a member of the init is not what it may be or does not
        go with another.

        A member of the init that is None counts as missing, but for `signal` (no signal, where the
        input has one) and `window`.

        https://fetch.spec.whatwg.org/#dom-request
        """
        other = init if isinstance(init, Request) else None
        if init is not None or members:
            members = to_dictionary(RequestInit, init, members, NULLABLE_MEMBERS, OTHER_OPTIONS)
            init = to_request_init(members)
        else:
            init = members
        fallback_mode: RequestMode | None = None
        signal: AbortSignal | None = None
        if isinstance(input, Request):
            request = copy_for_a_worker(input._request)
            signal = input.signal
        else:
            parsed_url = parse_relative_to_the_worker(to_usv_string(input))
            if parsed_url.includes_credentials:
                raise TypeError(f"The URL of a request has no username and no password: {input!r}")
            # OPTIMIZATION: nobody else has this record, so it is not copied, but gets what a copy
            # gets.
            request = RequestRecord(parsed_url)
            request.unsafe_request = True
            request.client = current_settings_object()
            request.initiator_type = "fetch"
            fallback_mode = "cors"
        if init.get("window") is not None:
            raise TypeError(f"window can only be None, not {init['window']!r}")
        if "window" in init:
            request.traversable_for_user_prompts = "no-traversable"
        if init:
            if request.mode == "navigate":
                request.mode = "same-origin"
            request.reload_navigation = False
            request.history_navigation = False
            request.origin = "client"
            request.referrer = "client"
            request.referrer_policy = ""
            request.url_list = [request.current_url]
        if "referrer" in init:
            request.referrer = parse_referrer(init["referrer"])
        if "referrerPolicy" in init:
            request.referrer_policy = init["referrerPolicy"]
        mode = init.get("mode", fallback_mode)
        if mode == "navigate":
            raise TypeError("A worker cannot make a request with mode 'navigate'")
        if mode is not None:
            request.mode = mode
        if "credentials" in init:
            request.credentials_mode = init["credentials"]
        if "cache" in init:
            request.cache_mode = init["cache"]
        if request.cache_mode == "only-if-cached" and request.mode != "same-origin":
            raise TypeError(
                f"cache 'only-if-cached' goes with mode 'same-origin' only, not {request.mode!r}"
            )
        if "redirect" in init:
            request.redirect_mode = init["redirect"]
        if "integrity" in init:
            request.integrity_metadata = init["integrity"]
        if "keepalive" in init:
            request.keepalive = init["keepalive"]
        if "method" in init:
            method = init["method"]
            if not is_method(method) or is_forbidden_method(method):
                raise TypeError(f"Not a method of a request: {method!r}")
            request.method = normalize(method)
        if "signal" in init:
            signal = init["signal"]
        if "priority" in init:
            request.priority = init["priority"]
        self._request = request
        self._signal = partial(create_a_dependent_abort_signal, [] if signal is None else [signal])
        self._headers = None
        self._guard = "request"
        if request.mode == "no-cors":
            if not is_cors_safelisted_method(request.method):
                raise TypeError(
                    f"Mode 'no-cors' goes with GET, HEAD and POST only, not {request.method!r}"
                )
            self._guard = "request-no-cors"
        if init:
            headers = init.get("headers")
            if headers is None:
                headers = list(request.header_list)
            request.header_list.clear()
            fill(self.headers, headers)
        # DEVIATION: by the letter the body of the input can still be used, where the init has one
        # of
        # its own. The official tests have it used up, as in browsers.
        input_body = input._request.body if isinstance(input, Request) else None
        self._initialize_the_body(input_body, init, other)

    def _initialize_the_body(
        self, input_body: BodyRecord | None, init: RequestInit, other: Request | None
    ) -> None:
        """The steps of the constructor that are about the body."""
        request = self._request
        init_body: BodyRecord | None = None
        body = init.get("body")
        if (body is not None or input_body is not None) and request.method in ("GET", "HEAD"):
            raise TypeError(f"A request with method {request.method} has no body")
        if body is not None:
            init_body, type = extract(body, request.keepalive)
            if type is not None and not request.header_list.contains("Content-Type"):
                append(self.headers, ("Content-Type", type))
            if other is not None and other._body is not None and body is other.body:
                # DEVIATION: a request that is handed on still says how long its content is.
                init_body.length = other._body.length
        input_or_init_body = input_body if init_body is None else init_body
        if input_or_init_body is not None and input_or_init_body.source is None:
            if init_body is not None and "duplex" not in init:
                raise TypeError("A request whose body is a stream needs duplex='half'")
            if request.mode not in ("same-origin", "cors"):
                raise TypeError(
                    f"A request with mode {request.mode!r} cannot have a stream as its body"
                )
            request.use_cors_preflight = True
        if init_body is None and input_body is not None:
            if input_body.is_unusable:
                raise TypeError(IN_USE)
            input_or_init_body = input_body.create_a_proxy()
        elif input_body is not None and not input_body.is_unusable:
            input_body.use_up()
        request.body = input_or_init_body

    @property
    def _body(self) -> BodyRecord | None:
        return self._request.body

    @property
    def _header_list(self) -> HeaderList:
        return self._request.header_list

    @property
    def method(self) -> str:
        """https://fetch.spec.whatwg.org/#dom-request-method"""
        return self._request.method

    @property
    def url(self) -> str:
        """https://fetch.spec.whatwg.org/#dom-request-url"""
        # OPTIMIZATION: what a server was asked for is mostly serialized already
        url_list = self._request._url_list
        if isinstance(url_list, str) and is_serialized(url_list):
            return url_list
        return url_serializer(self._request.url)

    @property
    def headers(self) -> Headers:
        """https://fetch.spec.whatwg.org/#dom-request-headers"""
        if self._headers is None:
            self._headers = headers_class.create(self._request.header_list, self._guard)
        return self._headers

    @property
    def destination(self) -> RequestDestination:
        """What it is for, such as "document" or "script"; empty if a worker made it.

        https://fetch.spec.whatwg.org/#dom-request-destination
        """
        return self._request.destination

    @property
    def referrer(self) -> str:
        """A URL, "about:client" for that of the worker, or empty for none.

        https://fetch.spec.whatwg.org/#dom-request-referrer
        """
        referrer = self._request.referrer
        if referrer == "no-referrer":
            return ""
        if referrer == "client":
            return "about:client"
        return url_serializer(referrer)

    @property
    def referrerPolicy(self) -> ReferrerPolicy:
        """https://fetch.spec.whatwg.org/#dom-request-referrerpolicy"""
        return self._request.referrer_policy

    @property
    def mode(self) -> RequestMode:
        """https://fetch.spec.whatwg.org/#dom-request-mode"""
        return self._request.mode

    @property
    def credentials(self) -> RequestCredentials:
        """https://fetch.spec.whatwg.org/#dom-request-credentials"""
        return self._request.credentials_mode

    @property
    def cache(self) -> RequestCache:
        """https://fetch.spec.whatwg.org/#dom-request-cache"""
        return self._request.cache_mode

    @property
    def redirect(self) -> RequestRedirect:
        """https://fetch.spec.whatwg.org/#dom-request-redirect"""
        return self._request.redirect_mode

    @property
    def integrity(self) -> str:
        """https://fetch.spec.whatwg.org/#dom-request-integrity"""
        return self._request.integrity_metadata

    @property
    def keepalive(self) -> bool:
        """https://fetch.spec.whatwg.org/#dom-request-keepalive"""
        return self._request.keepalive

    @property
    def isReloadNavigation(self) -> bool:
        """https://fetch.spec.whatwg.org/#dom-request-isreloadnavigation"""
        return self._request.reload_navigation

    @property
    def isHistoryNavigation(self) -> bool:
        """https://fetch.spec.whatwg.org/#dom-request-ishistorynavigation"""
        return self._request.history_navigation

    @property
    def signal(self) -> AbortSignal:
        """Tells whether the request has been aborted.

        https://fetch.spec.whatwg.org/#dom-request-signal
        """
        signal = self._signal
        if callable(signal):
            signal = self._signal = signal()
        return signal

    @property
    def duplex(self) -> Literal["half"]:
        """https://fetch.spec.whatwg.org/#dom-request-duplex"""
        return "half"

    def clone(self) -> Request:
        """Another request with the same body; TypeError if the body is in use.

        https://fetch.spec.whatwg.org/#dom-request-clone
        """
        if is_unusable(self):
            raise TypeError(
                "Cannot clone the request: its body has been read from, or somebody holds a reader"
            )
        cloned_signal = partial(create_a_dependent_abort_signal, [self.signal])
        return create(self._request.clone(), self._guard, cloned_signal)

    if not TYPE_CHECKING:  # which would take any name for an attribute that is there

        def __getattr__(self, name):
            raise missing_attribute(self, name, OTHER_NAMES)

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.url}>"


def create(
    request: RequestRecord, guard: HeadersGuard, signal: AbortSignal | Callable[[], AbortSignal]
) -> Request:
    """The signal may be a callable that makes it when it is asked for.

    https://fetch.spec.whatwg.org/#request-create
    """
    request_object: Request = Request.__new__(Request)
    request_object._request = request
    request_object._headers = None
    request_object._guard = guard
    request_object._signal = signal
    return request_object


def copy_for_a_worker(request: RequestRecord) -> RequestRecord:
    """The request that the constructor makes of another one, without its body.

    Part of https://fetch.spec.whatwg.org/#dom-request
    """
    copy = RequestRecord(request.url, request.method, request.header_list.copy())
    copy.unsafe_request = True
    copy.client = current_settings_object()
    copy.url_list = request.url_list.copy()
    copy.initiator_type = "fetch"
    for item in COPIED_ITEMS:
        if item in request.__dict__:
            setattr(copy, item, request.__dict__[item])
    return copy


def parse_referrer(referrer: str) -> URLRecord | Literal["no-referrer", "client"]:
    """What the constructor makes of `referrer`; TypeError if it is no URL.

    https://fetch.spec.whatwg.org/#dom-requestinit-referrer
    """
    if not referrer:
        return "no-referrer"
    parsed_referrer = parse_relative_to_the_worker(referrer)
    if parsed_referrer.scheme == "about" and parsed_referrer.path == "client":
        return "client"
    from ..html.origins import same_origin

    if not same_origin(origin(parsed_referrer), current_settings_object().origin):
        return "client"
    return parsed_referrer


def to_request_init(init: RequestInit) -> RequestInit:
    """The members that are there, each converted to its type; TypeError if one is not of its type.

    https://webidl.spec.whatwg.org/#idl-dictionaries
    """
    converted: dict[str, object] = {}
    for name, value in init.items():
        match name:
            case "signal":
                if value is not None and not isinstance(value, AbortSignal):
                    raise TypeError(f"signal is an AbortSignal or None, not {value!r}")
            case "method":
                value = to_byte_string(value)
            case "referrer":
                value = to_usv_string(value)
            case "integrity":
                value = to_dom_string(value)
            case "keepalive":
                value = bool(value)
            case _ if name in ENUMERATIONS and value not in ENUMERATIONS[name]:
                raise TypeError(
                    f"{name} is one of {', '.join(map(repr, ENUMERATIONS[name]))}, not {value!r}"
                )
        converted[name] = value
    return cast(RequestInit, converted)
