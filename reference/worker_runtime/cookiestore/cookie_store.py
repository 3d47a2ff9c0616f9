"""The CookieStore interface, and `cookieStore`: the cookies of the scope that is running.

Cookie Store, 3 and 6: https://cookiestore.spec.whatwg.org/#CookieStore,
https://cookiestore.spec.whatwg.org/#globals
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self, TypedDict, TypeVar, Unpack, cast, overload

from ..cookies.cookie_concepts import CookieStoreRecord
from ..dom.event_listeners import EventListener
from ..dom.event_target import EventTarget
from ..fetch.cookies import UserAgentCookies
from ..html.event_handlers import EventHandlerIDLAttribute
from ..html.origins import same_origin
from ..html.settings_objects import EnvironmentSettingsObject, current_settings_object
from ..service_workers.model import service_worker_of
from ..url.origins import OpaqueOrigin
from ..url.url_parsing import url_parser
from ..url.url_representation import URLRecord
from ..url.url_serializing import origin
from ..url.writing import URLFailure
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import DOMException
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import Promise, a_promise_rejected_with, react
from ..webidl.type_mapping import to_epoch_time_stamp, to_integer, to_usv_string
from .process_changes import CookieStoreObserver
from .query_cookies import CookieList, CookieListItem, query_cookies
from .set_a_cookie import (
    SAME_SITE,
    CookieSameSite,
    EncodedCookie,
    delete_a_cookie,
    encode_a_cookie,
    set_a_cookie,
)

T = TypeVar("T")


class CookieStoreGetOptions(TypedDict, total=False):
    """https://cookiestore.spec.whatwg.org/#dictdef-cookiestoregetoptions"""

    name: str
    url: str


class _NameOfACookie(TypedDict):
    name: str


class _NameAndValueOfACookie(_NameOfACookie):
    value: str


class CookieInit(_NameAndValueOfACookie, total=False):
    """A cookie to be set: name and value are required, its path is "/" and `sameSite` is "strict"
    by default. `expires` is in milliseconds since 1970, `maxAge` in seconds.

    https://cookiestore.spec.whatwg.org/#dictdef-cookieinit
    """

    expires: float | None
    domain: str | None
    path: str
    sameSite: CookieSameSite
    partitioned: bool
    maxAge: int | None


class CookieStoreDeleteOptions(_NameOfACookie, total=False):
    """Which cookie is to go: its name is required, its path is "/" by default.

    https://cookiestore.spec.whatwg.org/#dictdef-cookiestoredeleteoptions
    """

    domain: str | None
    path: str
    partitioned: bool


class _Listeners:
    """What listens to the cookie store of a scope."""

    __slots__ = ("event_handler_map", "event_listener_list")

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        self.event_handler_map: dict[str, Any] = {}
        self.event_listener_list: list[EventListener] = []


class CookieStore(EventTarget):
    """The cookies of the scope that is running, as far as scripts may see them. Each scope has its
    own listeners. All errors are rejections: "SecurityError" where the origin is opaque, as in a
    script that no worker runs, TypeError for what cannot be, "UnknownError" if the storage fails.

    https://cookiestore.spec.whatwg.org/#cookiestore
    """

    __slots__ = ()

    __init__ = illegal_constructor

    def __new__(cls) -> Self:
        return object.__new__(cls)

    @property
    def _event_listener_list(self) -> list[EventListener]:  # type: ignore[override]
        return current_settings_object().record(_Listeners).event_listener_list

    @property
    def _event_handler_map(self) -> dict[str, Any]:  # type: ignore[override]
        return current_settings_object().record(_Listeners).event_handler_map

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
        """The first cookie with that name, None if there is none; with options, of those for a URL
        of the same origin.

        https://cookiestore.spec.whatwg.org/#dom-cookiestore-get
        """
        try:
            options, keywords = options_of(name, None, members)
            wanted = to_dictionary(
                CookieStoreGetOptions, options, cast(CookieStoreGetOptions, keywords)
            )
            wanted = what_to_get(wanted)
            url = creation_url()
            if not wanted:
                raise TypeError("get() needs a name, or options")
            return react(query(wanted, url), lambda list: list[0] if list else None)
        except (TypeError, DOMException) as error:
            return a_promise_rejected_with(error)

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
        """All cookies, or those with that name; with options, those for a URL of the same origin.

        https://cookiestore.spec.whatwg.org/#dom-cookiestore-getall
        """
        try:
            options, keywords = options_of(name, None, members)
            wanted = to_dictionary(
                CookieStoreGetOptions, options, cast(CookieStoreGetOptions, keywords)
            )
            wanted = what_to_get(wanted)
            return query(wanted, creation_url())
        except (TypeError, DOMException) as error:
            return a_promise_rejected_with(error)

    @overload
    def set(self, name: str, value: str, /) -> Promise[None]: ...
    @overload
    def set(self, options: CookieInit, /) -> Promise[None]: ...
    @overload
    def set(self, /, **members: Unpack[CookieInit]) -> Promise[None]: ...
    def set(self, name: object = None, value: object = None, /, **members: Any) -> Promise[None]:
        """Set a cookie, over https alone. TypeError if name, value, domain or path cannot be.

        https://cookiestore.spec.whatwg.org/#dom-cookiestore-set
        """
        try:
            options, keywords = options_of(name, value, members)
            init = to_dictionary(CookieInit, options, cast(CookieInit, keywords))
            arguments = cookie_init_of(init)
            url = creation_url()
            return receive(encode_a_cookie(url, *arguments), url)
        except (TypeError, DOMException) as error:
            return a_promise_rejected_with(error)

    @overload
    def delete(self, name: str, /) -> Promise[None]: ...
    @overload
    def delete(self, options: CookieStoreDeleteOptions, /) -> Promise[None]: ...
    @overload
    def delete(self, /, **members: Unpack[CookieStoreDeleteOptions]) -> Promise[None]: ...
    def delete(self, name: object = None, /, **members: Any) -> Promise[None]:
        """Remove a cookie, if there is one with that name, domain and path.

        https://cookiestore.spec.whatwg.org/#dom-cookiestore-delete
        """
        try:
            options, keywords = options_of(name, None, members)
            what = to_dictionary(
                CookieStoreDeleteOptions, options, cast(CookieStoreDeleteOptions, keywords)
            )
            arguments = what_to_delete(what)
            url = creation_url()
            return receive(delete_a_cookie(url, *arguments), url)
        except (TypeError, DOMException) as error:
            return a_promise_rejected_with(error)

    onchange = EventHandlerIDLAttribute()

    def _event_listener_list_has_changed(self, type: str, is_added: bool) -> None:
        """From its first listener on, a scope is told of changes; a service worker subscribes."""
        settings_object = current_settings_object()
        if (
            type == "change"
            and is_added
            and service_worker_of(settings_object) is None
            and not isinstance(settings_object.origin, OpaqueOrigin)
        ):
            settings_object.record(observer_of_a_scope)


# https://cookiestore.spec.whatwg.org/#dom-window-cookiestore
cookieStore: CookieStore = new(CookieStore)


def observer_of_a_scope(settings_object: EnvironmentSettingsObject) -> CookieStoreObserver:
    """What tells a scope of changes: `settings_object.record(observer_of_a_scope)`.

    Part of https://cookiestore.spec.whatwg.org/#window-associated-cookiestore
    """
    return CookieStoreObserver(settings_object, creation_url(), cookieStore)


def creation_url() -> URLRecord:
    """The URL that the cookies of the running scope are for; "SecurityError" if there is none.

    Part of https://cookiestore.spec.whatwg.org/#dom-cookiestore-get
    """
    settings_object = current_settings_object()
    own_origin, url = settings_object.origin, settings_object.api_base_url
    if isinstance(own_origin, OpaqueOrigin):
        raise DOMException("There are no cookies here: the origin is opaque", "SecurityError")
    if url is None or not same_origin(origin(url), own_origin):
        # The script of a Worker is a file; its origin is its maker's.
        return URLRecord(own_origin.scheme, own_origin.host, own_origin.port, [""])
    return url


def options_of(name: object, value: object, members: dict[str, Any]) -> tuple[object, object]:
    """The options of an operation that may be called with a name, or a name and a value, instead.

    Part of https://cookiestore.spec.whatwg.org/#dom-cookiestore-set
    """
    if name is None or not isinstance(name, str):
        if value is not None:
            raise TypeError(f"A name is a string, not {name!r:.40}")
        return name, members
    if members:
        raise TypeError(f"Write name={name!r} among the other options")
    return None, {"name": name} if value is None else {"name": name, "value": value}


def query(options: CookieStoreGetOptions, url: URLRecord) -> Promise[CookieList]:
    """Part of https://cookiestore.spec.whatwg.org/#dom-cookiestore-getall"""
    settings_object = current_settings_object()
    if "url" in options:
        # DEVIATION: by the letter no other URL than that of the scope is allowed, which would leave
        # the next step nothing to do. As in browsers, that is so for windows alone.
        try:
            parsed = url_parser(options["url"], settings_object.api_base_url)
        except URLFailure:
            raise TypeError(f"Invalid URL: {options['url']!r}") from None
        if not same_origin(origin(parsed), origin(url)):
            raise TypeError(f"The URL {options['url']!r} is of another origin")
        url = parsed
    name, now = options.get("name"), settings_object.host.clock.wall()
    return perform(lambda store: query_cookies(store, url, name, now))


def receive(cookie: EncodedCookie | str, url: URLRecord) -> Promise[None]:
    """Part of https://cookiestore.spec.whatwg.org/#dom-cookiestore-set"""
    if isinstance(cookie, str):
        raise TypeError(f"The cookie cannot be: {cookie}")
    now = current_settings_object().host.clock.wall()
    return perform(lambda store: set_a_cookie(store, cookie, url, now))


def perform(steps: Callable[[CookieStoreRecord], T]) -> Promise[T]:
    """Part of https://cookiestore.spec.whatwg.org/#cookie-store"""
    return current_settings_object().host.record(UserAgentCookies).perform(steps)


def what_to_get(options: CookieStoreGetOptions) -> CookieStoreGetOptions:
    """The members of the dictionary, converted.

    Part of https://cookiestore.spec.whatwg.org/#dictdef-cookiestoregetoptions
    """
    converted = CookieStoreGetOptions()
    if "name" in options:
        converted["name"] = to_usv_string(options["name"])
    if "url" in options:
        converted["url"] = to_usv_string(options["url"])
    return converted


def cookie_init_of(
    init: CookieInit,
) -> tuple[str, str, float | None, str | None, str, CookieSameSite, bool, int | None]:
    """The members of the dictionary, converted, as `encode_a_cookie` takes them.

    Part of https://cookiestore.spec.whatwg.org/#dictdef-cookieinit
    """
    same_site = init.get("sameSite", "strict")
    if same_site not in SAME_SITE:
        raise TypeError(f'sameSite is "strict", "lax" or "none", not {same_site!r:.40}')
    expires, max_age, domain = init.get("expires"), init.get("maxAge"), init.get("domain")
    return (
        to_usv_string(init["name"]),
        to_usv_string(init["value"]),
        None if expires is None else to_epoch_time_stamp(expires, "expires"),
        None if domain is None else to_usv_string(domain),
        to_usv_string(init.get("path", "/")),
        same_site,
        bool(init.get("partitioned")),
        None if max_age is None else to_integer(max_age, 64, signed=True),
    )


def what_to_delete(options: CookieStoreDeleteOptions) -> tuple[str, str | None, str, bool]:
    """The members of the dictionary, converted, as `delete_a_cookie` takes them.

    Part of https://cookiestore.spec.whatwg.org/#dictdef-cookiestoredeleteoptions
    """
    domain = options.get("domain")
    return (
        to_usv_string(options["name"]),
        None if domain is None else to_usv_string(domain),
        to_usv_string(options.get("path", "/")),
        bool(options.get("partitioned")),
    )
