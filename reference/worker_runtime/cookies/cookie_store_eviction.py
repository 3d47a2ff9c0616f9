"""Cookie store eviction: cookies whose time is over, and cookies that are too many.

Cookies, 5.2:
https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-store-eviction
"""

from __future__ import annotations

from operator import attrgetter

from ..url.host_representation import Host
from .cookie_concepts import (
    TOTAL_COOKIES_LIMIT,
    TOTAL_COOKIES_PER_HOST_LIMIT,
    Cookie,
    CookieStoreRecord,
)


def remove_expired_cookies(store: CookieStoreRecord, now: float) -> list[Cookie]:
    """Return what was removed.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-remove-expired-cookies
    """
    expired_cookies = [cookie for cookie in store.cookies.values() if cookie.is_expired(now)]
    for cookie in expired_cookies:
        store.remove(cookie)
    return expired_cookies


def remove_excess_cookies_for_a_host(store: CookieStoreRecord, host: Host) -> list[Cookie]:
    """Remove those that were not used for longest, the insecure ones first; return what was
    removed.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-remove-excess-cookies-for-a
    """
    cookies = [cookie for cookie in store.cookies.values() if cookie.host == host]
    excess = len(cookies) - TOTAL_COOKIES_PER_HOST_LIMIT
    if excess <= 0:
        return []
    excess_host_cookies = sorted(cookies, key=attrgetter("secure", "last_access_time"))[:excess]
    for cookie in excess_host_cookies:
        store.remove(cookie)
    return excess_host_cookies


def remove_global_excess_cookies(store: CookieStoreRecord) -> list[Cookie]:
    """Remove those that were not used for longest; return what was removed.

    https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-remove-global-excess-cookie
    """
    excess = len(store.cookies) - TOTAL_COOKIES_LIMIT
    if excess <= 0:
        return []
    excess_global_cookies = sorted(store.cookies.values(), key=attrgetter("last_access_time"))[
        :excess
    ]
    for cookie in excess_global_cookies:
        store.remove(cookie)
    return excess_global_cookies
