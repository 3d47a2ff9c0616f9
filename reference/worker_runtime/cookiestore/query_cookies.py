"""Query cookies: what a script may see of the cookies for a URL.

Cookie Store, 2.1 and 7.1: https://cookiestore.spec.whatwg.org/#cookie-concept,
https://cookiestore.spec.whatwg.org/#query-cookies-algorithm
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from ..cookies.cookie_concepts import Cookie, CookieStoreRecord
from ..cookies.main_algorithms import retrieve_cookies
from ..encoding.hooks import utf_8_decode_without_bom
from ..url.url_representation import URLRecord

TAB_OR_SPACE = "\t "


class CookieListItem(NamedTuple):
    """A cookie as a script sees it. One that was deleted has no value any more.

    https://cookiestore.spec.whatwg.org/#dictdef-cookielistitem
    """

    name: str
    value: str | None = None


# https://cookiestore.spec.whatwg.org/#typedefdef-cookielist
CookieList: TypeAlias = "list[CookieListItem]"


def normalize_a_cookie_name_or_value(input: str) -> str:
    """https://cookiestore.spec.whatwg.org/#normalize-a-cookie-name-or-value"""
    return input.strip(TAB_OR_SPACE)


def query_cookies(
    store: CookieStoreRecord, url: URLRecord, name: str | None, now: float
) -> CookieList:
    """The cookies for a URL that are not for servers alone, those with the longest path first; of
    one name, or of any if it is None.

    https://cookiestore.spec.whatwg.org/#query-cookies
    """
    assert url.host is not None and not isinstance(url.path, str)
    # A scope is a secure context, whatever its URL, and has no other site around it.
    cookie_list = retrieve_cookies(store, True, url.host, url.path, False, "strict-or-less", now)
    items = map(create_a_cookie_list_item, cookie_list)
    if name is None:
        return list(items)
    name = normalize_a_cookie_name_or_value(name)
    return [item for item in items if item.name == name]


def create_a_cookie_list_item(cookie: Cookie) -> CookieListItem:
    """https://cookiestore.spec.whatwg.org/#create-a-cookielistitem"""
    return CookieListItem(decoded(cookie.name), decoded(cookie.value))


def decoded(byte_sequence: str) -> str:
    """The text of what a cookie has, whose code points are bytes.

    Part of https://cookiestore.spec.whatwg.org/#create-a-cookielistitem
    """
    return utf_8_decode_without_bom(byte_sequence.encode("latin-1"))
