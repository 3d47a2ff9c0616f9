"""RequestCookieStore: the cookies of one request, and what its response does with them.

SPEC_NOTES.md#request-cookies
"""

from __future__ import annotations

from typing import Any, Protocol, Unpack, cast, overload

from ..cookies.cookie_concepts import Cookie
from ..cookies.main_algorithms import may_be_retrieved, set_the_attributes
from ..fetch.request_class import Request
from ..html.settings_objects import current_settings_object
from ..url.url_parsing import url_parser
from ..url.url_serializing import url_equals
from ..url.writing import URLFailure
from ..webidl.dictionaries import to_dictionary
from ..webidl.promises import Promise, a_promise_rejected_with, a_promise_resolved_with
from ..webidl.type_mapping import to_usv_string
from .cookie_store import (
    CookieInit,
    CookieStoreDeleteOptions,
    CookieStoreGetOptions,
    cookie_init_of,
    options_of,
    what_to_delete,
)
from .query_cookies import (
    TAB_OR_SPACE,
    CookieList,
    CookieListItem,
    create_a_cookie_list_item,
    decoded,
    normalize_a_cookie_name_or_value,
)
from .set_a_cookie import NEVER_IN_NAME_OR_VALUE, EncodedCookie, delete_a_cookie, encode_a_cookie


class RequestCookieInit(CookieInit, total=False):
    """A cookie to be set by a server: `httpOnly` (False) hides it from scripts of the page, and
    `secure` (True) keeps it to https and this machine.

    SPEC_NOTES.md#request-cookie-init
    """

    httpOnly: bool
    secure: bool


class RequestCookieDeleteOptions(CookieStoreDeleteOptions, total=False):
    """Part of SPEC_NOTES.md#request-cookie-init"""

    httpOnly: bool
    secure: bool


class AnyCookieStore(Protocol):
    """What can be wrapped: the `cookieStore` of a scope, that of a request, and what wraps one.

    SPEC_NOTES.md#any-cookie-store
    """

    def getAll(self, options: Any = None, /) -> Promise[CookieList]:
        """All cookies, or those with that name."""

    def set(self, options: Any, /) -> Promise[None]:
        """Set a cookie."""

    def delete(self, options: Any, /) -> Promise[None]:
        """Remove a cookie."""


class RequestCookieStore:
    """The cookies of a request, with the methods of a CookieStore. What is set and deleted is in
    `headers`, for the response: `Response(body, headers=store.headers)`.

    SPEC_NOTES.md#request-cookie-store
    """

    __slots__ = ("__weakref__", "_changes", "_cookies", "_url")

    def __init__(self, request: Request) -> None:
        """TypeError if it is no request over http or https.

        SPEC_NOTES.md#request-cookie-store-constructor
        """
        if not isinstance(request, Request):
            raise TypeError(f"Expected a Request, not {type(request).__name__}")
        self._url = request._request.current_url
        if self._url.scheme not in ("http", "https"):
            raise TypeError(f"A request for {self._url.scheme}: has no cookies")
        self._cookies = [
            cookie
            for value in request._request.header_list.values_of("Cookie")
            for cookie in parse_a_cookie_header(value)
        ]
        # the lines of the response, by name, domain and path
        self._changes: dict[tuple[str, str | None, str], str] = {}

    @property
    def headers(self) -> list[tuple[str, str]]:
        """A pair of "Set-Cookie" and its value for each cookie that was set or deleted.

        SPEC_NOTES.md#request-cookie-store-headers
        """
        return [("Set-Cookie", value) for value in self._changes.values()]

    @overload
    def get(self, name: str, /) -> Promise[CookieListItem | None]: ...
    @overload
    def get(
        self,
        options: CookieStoreGetOptions | None = None,
        /,
        **members: Unpack[CookieStoreGetOptions],
    ) -> Promise[CookieListItem | None]: ...
    def get(self, name: object = None, /, **members: Any) -> Promise[CookieListItem | None]:
        """The first cookie with that name, None if there is none.

        SPEC_NOTES.md#request-cookie-store-get
        """
        try:
            options, keywords = options_of(name, None, members)
            wanted = to_dictionary(
                CookieStoreGetOptions, options, cast(CookieStoreGetOptions, keywords)
            )
            if not wanted:
                raise TypeError("get() needs a name, or options")
            list = self._query(wanted)
        except TypeError as error:
            return a_promise_rejected_with(error)
        return a_promise_resolved_with(list[0] if list else None)

    @overload
    def getAll(self, name: str, /) -> Promise[CookieList]: ...
    @overload
    def getAll(
        self,
        options: CookieStoreGetOptions | None = None,
        /,
        **members: Unpack[CookieStoreGetOptions],
    ) -> Promise[CookieList]: ...
    def getAll(self, name: object = None, /, **members: Any) -> Promise[CookieList]:
        """All cookies, or those with that name, in the order of the request.

        Part of SPEC_NOTES.md#request-cookie-store-get
        """
        try:
            options, keywords = options_of(name, None, members)
            list = self._query(
                to_dictionary(CookieStoreGetOptions, options, cast(CookieStoreGetOptions, keywords))
            )
        except TypeError as error:
            return a_promise_rejected_with(error)
        return a_promise_resolved_with(list)

    @overload
    def set(self, name: str, value: str, /) -> Promise[None]: ...
    @overload
    def set(self, options: RequestCookieInit, /) -> Promise[None]: ...
    @overload
    def set(self, /, **members: Unpack[RequestCookieInit]) -> Promise[None]: ...
    def set(self, name: object = None, value: object = None, /, **members: Any) -> Promise[None]:
        """Let the response set a cookie. TypeError if it cannot be.

        SPEC_NOTES.md#request-cookie-store-set
        """
        try:
            options, keywords = options_of(name, value, members)
            init = to_dictionary(RequestCookieInit, options, cast(RequestCookieInit, keywords))
            cookie = encode_a_cookie(
                self._url,
                *cookie_init_of(init),
                is_secure=bool(init.get("secure", True)),
                is_http_only=bool(init.get("httpOnly", False)),
            )
            self._receive(cookie)
        except TypeError as error:
            return a_promise_rejected_with(error)
        return a_promise_resolved_with(None)

    @overload
    def delete(self, name: str, /) -> Promise[None]: ...
    @overload
    def delete(self, options: RequestCookieDeleteOptions, /) -> Promise[None]: ...
    @overload
    def delete(self, /, **members: Unpack[RequestCookieDeleteOptions]) -> Promise[None]: ...
    def delete(self, name: object = None, /, **members: Any) -> Promise[None]:
        """Let the response remove a cookie, whether the request has it or not.

        Part of SPEC_NOTES.md#request-cookie-store-set
        """
        try:
            options, keywords = options_of(name, None, members)
            what = to_dictionary(
                RequestCookieDeleteOptions, options, cast(RequestCookieDeleteOptions, keywords)
            )
            cookie = delete_a_cookie(
                self._url,
                *what_to_delete(what),
                is_secure=bool(what.get("secure", True)),
                is_http_only=bool(what.get("httpOnly", False)),
            )
            self._receive(cookie)
        except TypeError as error:
            return a_promise_rejected_with(error)
        return a_promise_resolved_with(None)

    def _query(self, options: CookieStoreGetOptions) -> CookieList:
        if "url" in options:
            try:
                url = url_parser(to_usv_string(options["url"]), self._url)
            except URLFailure:
                raise TypeError(f"Invalid URL: {options['url']!r}") from None
            if not url_equals(url, self._url, exclude_fragments=True):
                raise TypeError("A request has the cookies for its own URL alone")
        if "name" not in options:
            return self._cookies.copy()
        name = normalize_a_cookie_name_or_value(to_usv_string(options["name"]))
        return [cookie for cookie in self._cookies if cookie.name == name]

    def _receive(self, encoded: EncodedCookie | str) -> None:
        """Write it down for the response, and let those who ask see it, if it is for this URL."""
        if isinstance(encoded, str):
            raise TypeError(f"The cookie cannot be: {encoded}")
        attributes = dict(encoded.attributes)
        if any(NEVER_IN_NAME_OR_VALUE.search(value) for value in attributes.values()):
            raise TypeError("The cookie cannot be: its path has a semicolon or a control character")
        key = encoded.name, attributes.get("Domain"), attributes["Path"]
        self._changes[key] = serialize_a_cookie_to_set(encoded)
        assert self._url.host is not None and not isinstance(self._url.path, str)
        now = current_settings_object().host.clock.wall()
        cookie = Cookie(encoded.name, encoded.value)
        set_the_attributes(cookie, encoded.attributes, self._url.path, now)
        if cookie.host is None:
            cookie.host, cookie.host_only = self._url.host, True
        if not may_be_retrieved(
            cookie, True, self._url.host, self._url.path, True, "strict-or-less"
        ):
            return
        item = create_a_cookie_list_item(cookie)
        places = [i for i, other in enumerate(self._cookies) if other.name == item.name]
        others = [other for other in self._cookies if other.name != item.name]
        if not cookie.is_expired(now):
            others.insert(places[0] if places else len(others), item)
        self._cookies = others


def parse_a_cookie_header(value: str) -> CookieList:
    """The cookies of a request, as they stand there.

    SPEC_NOTES.md#parse-a-cookie-header
    """
    cookies: CookieList = []
    for pair in value.split(";"):
        name, has_name, rest = pair.partition("=")
        name, rest = (name, rest) if has_name else ("", name)
        name, rest = name.strip(TAB_OR_SPACE), rest.strip(TAB_OR_SPACE)
        if name or rest:
            cookies.append(CookieListItem(decoded(name), decoded(rest)))
    return cookies


def serialize_a_cookie_to_set(cookie: EncodedCookie) -> str:
    """The value of a Set-Cookie header.

    Part of SPEC_NOTES.md#request-cookie-store-headers
    """
    pair = f"{cookie.name}={cookie.value}" if cookie.name else cookie.value
    attributes = (f"{name}={value}" if value else name for name, value in cookie.attributes)
    return "; ".join((pair, *attributes))
