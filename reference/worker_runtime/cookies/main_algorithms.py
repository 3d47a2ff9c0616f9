"""Main algorithms: a Set-Cookie header becomes a cookie, which is stored, found again, and sent in
a Cookie header.

Cookies, 5.4:
https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-main-algorithms
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias, cast

from ..url.host_parsing import host_parser
from ..url.host_representation import Host, public_suffix
from ..url.writing import URLFailure
from .cookie_concepts import (
    COOKIE_AGE_LIMIT,
    MOST_BYTES_OF_NAME_AND_VALUE,
    Cookie,
    CookieStoreRecord,
    SameSite,
)
from .cookie_store_eviction import (
    remove_excess_cookies_for_a_host,
    remove_expired_cookies,
    remove_global_excess_cookies,
)
from .subcomponent_algorithms import cookie_default_path, domain_matches, parse_a_date, path_matches

WSP = " \t"
CONTROL_BYTE = re.compile(r"[\x00-\x08\x0A-\x1F\x7F]")
INTEGER = re.compile("-?[0-9]+")
MOST_BYTES_OF_AN_ATTRIBUTE_VALUE = 1024
EARLIEST_REPRESENTABLE_TIME = float("-inf")
PREFIXES = ("__secure-", "__host-", "__http-", "__host-http-")

SameSiteMode: TypeAlias = Literal["strict-or-less", "lax-or-less", "unset-or-less", "none"]
SENT: dict[SameSiteMode, frozenset[SameSite]] = {
    "strict-or-less": frozenset({"strict", "lax", "unset", "none"}),
    "lax-or-less": frozenset({"lax", "unset", "none"}),
    "unset-or-less": frozenset({"unset", "none"}),
    "none": frozenset({"none"}),
}


def parse_and_store_a_cookie(
    store: CookieStoreRecord,
    input: str,
    is_secure: bool,
    host: Host,
    path: Sequence[str],
    http_only_allowed: bool,
    allow_non_host_only_cookie_for_public_suffix: bool,
    same_site_strict_or_lax_allowed: bool,
    now: float,
) -> Cookie | None:
    """What a server at that host and path sets with a Set-Cookie header; None if nothing is stored.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-and-store-a-cookie
    """
    cookie = parse_a_cookie(input, path, now)
    if cookie is None:
        return None
    return store_a_cookie(
        store, cookie, is_secure, host, http_only_allowed,
        allow_non_host_only_cookie_for_public_suffix, same_site_strict_or_lax_allowed, now,
    )  # fmt: skip


def parse_a_cookie(input: str, path: Sequence[str], now: float) -> Cookie | None:
    """The cookie of a Set-Cookie header's value, or None, where the standard returns failure.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-cookie
    """
    if CONTROL_BYTE.search(input):
        return None
    name_value_input, *attributes = input.split(";")
    name, has_name, value = name_value_input.partition("=")
    if not has_name:
        name, value = "", name
    name, value = name.strip(WSP), value.strip(WSP)
    if not 0 < len(name) + len(value) <= MOST_BYTES_OF_NAME_AND_VALUE:
        return None
    cookie = Cookie(name, value)
    pairs = (attribute.partition("=")[::2] for attribute in attributes)
    set_the_attributes(
        cookie, ((name.strip(WSP), value.strip(WSP)) for name, value in pairs), path, now
    )
    return cookie


def set_the_attributes(
    cookie: Cookie, attributes: Iterable[tuple[str, str]], path: Sequence[str], now: float
) -> None:
    """What names and values of attributes make of a cookie that is set at that path.

    Part of https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-cookie
    """
    cookie.path = cookie_default_path(path)
    # DEVIATION: the text sets this to false before each attribute, so that Max-Age would not win
    # over an Expires behind it.
    max_age_seen = False
    for attribute_name, attribute_value in attributes:
        if len(attribute_value) > MOST_BYTES_OF_AN_ATTRIBUTE_VALUE:
            continue
        match attribute_name.lower():
            case "expires" if not max_age_seen:
                expiry_time = parse_a_date(attribute_value)
                if expiry_time is not None:
                    cookie.expiry_time = min(expiry_time, now + COOKIE_AGE_LIMIT)
            case "max-age" if INTEGER.fullmatch(attribute_value):
                delta_seconds = min(int(attribute_value), COOKIE_AGE_LIMIT)
                cookie.expiry_time = (
                    EARLIEST_REPRESENTABLE_TIME if delta_seconds <= 0 else now + delta_seconds
                )
                max_age_seen = True
            # DEVIATION: the text takes an empty Domain for no host, and passes over a Path that is
            # none. As in RFC 6265, either counts as if there were no such attribute, not one before
            # it either.
            case "domain":
                cookie.host = host_of(attribute_value) if attribute_value else None
            case "path":
                cookie.has_path_attribute = attribute_value.startswith("/")
                # DEVIATION: as in the path of a URL, what stands before the first slash is not a
                # segment.
                segments = attribute_value[1:].split("/")
                cookie.path = (
                    tuple(segments) if cookie.has_path_attribute else cookie_default_path(path)
                )
            case "secure":
                cookie.secure = True
            case "httponly":
                cookie.http_only = True
            case "samesite" if attribute_value.lower() in ("none", "strict", "lax"):
                cookie.same_site = cast(SameSite, attribute_value.lower())


def host_of(attribute_value: str) -> Host:
    """The host of a Domain attribute; "", the empty host, if the value is not a host.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#parse-a-cookie
    """
    try:
        return host_parser(attribute_value.removeprefix(".")) if attribute_value.isascii() else ""
    except URLFailure:
        return ""


def store_a_cookie(
    store: CookieStoreRecord,
    cookie: Cookie,
    is_secure: bool,
    host: Host,
    http_only_allowed: bool,
    allow_non_host_only_cookie_for_public_suffix: bool,
    same_site_strict_or_lax_allowed: bool,
    now: float,
) -> Cookie | None:
    """The cookie, if it may be set from there and it is news; None otherwise.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-store-a-cookie
    """
    assert 0 < len(cookie.name) + len(cookie.value) <= MOST_BYTES_OF_NAME_AND_VALUE
    assert not CONTROL_BYTE.search(cookie.name)
    if cookie.host == "":
        return None
    cookie.creation_time = cookie.last_access_time = now
    if (
        not allow_non_host_only_cookie_for_public_suffix
        and cookie.host is not None
        and public_suffix(cookie.host) == cookie.host
    ):
        if cookie.host != host:
            return None
        cookie.host = None
    cookie.host_only = cookie.host is None
    if cookie.host is None:
        cookie.host = host
    elif not domain_matches(host, cookie.host):
        return None
    if not http_only_allowed and cookie.http_only:
        return None
    if not is_secure and (cookie.secure or would_overlay_a_secure_cookie(store, cookie)):
        return None
    if cookie.same_site != "none" and not same_site_strict_or_lax_allowed:
        return None
    if cookie.same_site == "none" and not cookie.secure:
        return None
    if not has_what_its_prefix_promises(cookie):
        return None
    old_cookie = store.cookies.get(cookie.key)
    if old_cookie is not None:
        if not http_only_allowed and old_cookie.http_only:
            return None
        # DEVIATION: the text compares neither value nor http-only, so that a cookie would keep the
        # value that it had first.
        if (
            cookie.value == old_cookie.value
            and cookie.http_only == old_cookie.http_only
            and cookie.secure == old_cookie.secure
            and cookie.same_site == old_cookie.same_site
            and cookie.expiry_time == old_cookie.expiry_time
        ):
            return None
        cookie.creation_time = old_cookie.creation_time
    store.cookies[cookie.key] = cookie
    return cookie


def would_overlay_a_secure_cookie(store: CookieStoreRecord, cookie: Cookie) -> bool:
    """Whether a server might take this one for a cookie of that name that was set over https.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#store-a-cookie
    """
    assert cookie.host is not None
    return any(
        existing_cookie.name == cookie.name
        and existing_cookie.secure
        and existing_cookie.host is not None
        and (
            domain_matches(existing_cookie.host, cookie.host)
            or domain_matches(cookie.host, existing_cookie.host)
        )
        and path_matches(cookie.path, existing_cookie.path)
        for existing_cookie in store.cookies.values()
    )


def has_what_its_prefix_promises(cookie: Cookie) -> bool:
    """Whether a name such as "__Host-a" tells the truth. A value without a name can have no prefix,
    for it would look like one.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-name-prefixes
    """
    if not cookie.name:
        return not cookie.value.lower().startswith(PREFIXES)
    name = cookie.name.lower()
    if name.startswith("__secure-"):
        return cookie.secure
    if name.startswith("__host-http-"):
        return cookie.is_host_prefix_compatible and cookie.is_http_prefix_compatible
    if name.startswith("__host-"):
        return cookie.is_host_prefix_compatible
    return not name.startswith("__http-") or cookie.is_http_prefix_compatible


def garbage_collect_cookies(store: CookieStoreRecord, host: Host, now: float) -> list[Cookie]:
    """Remove what is expired or too much; return it.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-garbage-collect-cookies
    """
    return [
        *remove_expired_cookies(store, now),
        *remove_excess_cookies_for_a_host(store, host),
        *remove_global_excess_cookies(store),
    ]


def retrieve_cookies(
    store: CookieStoreRecord,
    is_secure: bool,
    host: Host,
    path: Sequence[str],
    http_only_allowed: bool,
    same_site: SameSiteMode,
    now: float,
) -> list[Cookie]:
    """The cookies for a request, those with the longest paths first. What is expired is not in the
    store any more.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-retrieve-cookies
    """
    remove_expired_cookies(store, now)
    cookies = [
        cookie
        for cookie in store.cookies.values()
        if may_be_retrieved(cookie, is_secure, host, path, http_only_allowed, same_site)
    ]
    # DEVIATION: the text compares how many segments the paths have, by which "/" is as long as
    # "/a". As in RFC 6265, and as servers are used to, the characters are what counts.
    cookies.sort(key=lambda cookie: (-len("/".join(cookie.path)), cookie.creation_time))
    for cookie in cookies:
        cookie.last_access_time = now
    return cookies


def may_be_retrieved(
    cookie: Cookie,
    is_secure: bool,
    host: Host,
    path: Sequence[str],
    http_only_allowed: bool,
    same_site: SameSiteMode,
) -> bool:
    """Whether a cookie is one of those for a request.

    Part of https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-retrieve-cookies
    """
    return (
        cookie.host is not None
        and (host == cookie.host if cookie.host_only else domain_matches(host, cookie.host))
        and path_matches(path, cookie.path)
        and (is_secure or not cookie.secure)
        and (http_only_allowed or not cookie.http_only)
        and cookie.same_site in SENT[same_site]
    )


def serialize_cookies(cookies: Iterable[Cookie]) -> str:
    """The value of a Cookie header.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-serialize-cookies
    """
    return "; ".join(
        f"{cookie.name}={cookie.value}" if cookie.name else cookie.value for cookie in cookies
    )
