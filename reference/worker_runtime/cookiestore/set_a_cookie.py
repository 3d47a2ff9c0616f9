"""Set a cookie, delete a cookie: what a script wants becomes a name, a value and attributes, as a
server would send them.

Cookie Store, 7.2 and 7.3: https://cookiestore.spec.whatwg.org/#set-cookie-algorithm,
https://cookiestore.spec.whatwg.org/#delete-cookie-algorithm
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, TypeAlias

from ..cookies.cookie_concepts import MOST_BYTES_OF_NAME_AND_VALUE, Cookie, CookieStoreRecord
from ..cookies.main_algorithms import (
    MOST_BYTES_OF_AN_ATTRIBUTE_VALUE,
    garbage_collect_cookies,
    set_the_attributes,
    store_a_cookie,
)
from ..fetch.cookie_infrastructure import serialized_cookie_default_path
from ..html.origins import is_a_registrable_domain_suffix_of_or_is_equal_to
from ..http.dates import imf_fixdate
from ..infra.byte_sequences import isomorphic_decode
from ..url.host_parsing import host_parser
from ..url.host_serializing import host_serializer
from ..url.url_representation import URLRecord
from .query_cookies import normalize_a_cookie_name_or_value

# ";", a C0 control that is no tab, or delete
NEVER_IN_NAME_OR_VALUE = re.compile("[\0-\x08\n-\x1f;\x7f]")
PREFIXES_OF_SERVERS = ("__host-http-", "__http-")
PREFIXES = ("__host-", *PREFIXES_OF_SERVERS, "__secure-")
# What a cookie-date may tell: years of four digits, and none before 1601.
EARLIEST_DATE, LATEST_DATE = -11_644_473_600.0, 253_402_300_799.0

# https://cookiestore.spec.whatwg.org/#enumdef-cookiesamesite
CookieSameSite: TypeAlias = Literal["strict", "lax", "none"]
SAME_SITE: dict[CookieSameSite, str] = {"none": "None", "strict": "Strict", "lax": "Lax"}


class EncodedCookie(NamedTuple):
    """What the algorithm has made when a cookie is ready to be received: bytes, as str of code
    points up to U+00FF.

    Part of https://cookiestore.spec.whatwg.org/#set-a-cookie
    """

    name: str
    value: str
    attributes: list[tuple[str, str]]


def encode_a_cookie(
    url: URLRecord,
    name: str,
    value: str,
    expires: float | None = None,
    domain: str | None = None,
    path: str = "/",
    same_site: CookieSameSite = "strict",
    partitioned: bool = False,
    max_age: int | None = None,
    *,
    is_secure: bool = True,
    is_http_only: bool = False,
) -> EncodedCookie | str:
    """A cookie as a server would send it, or what is wrong with it, where the standard returns
    failure. A script sets neither of the last two.

    Part of https://cookiestore.spec.whatwg.org/#set-a-cookie
    """
    name = normalize_a_cookie_name_or_value(name)
    value = normalize_a_cookie_name_or_value(value)
    if NEVER_IN_NAME_OR_VALUE.search(name) or NEVER_IN_NAME_OR_VALUE.search(value):
        return "a name or a value has no semicolon and no control character: encode it"
    if "=" in name:
        return f'a name has no "=": {name!r}'
    if not name:
        if not value:
            return "there is neither a name nor a value"
        if "=" in value:
            return 'a value without a name has no "="'
        if value.lower().startswith(PREFIXES):
            return f"a value without a name does not begin like the name {value[:14]!r}"
    lowercase_name = name.lower()
    if lowercase_name.startswith(PREFIXES_OF_SERVERS) and not is_http_only:
        return f"the name {name!r} is for cookies that no script can set: httpOnly=True"
    if not is_secure:
        if lowercase_name.startswith(PREFIXES):
            return f"a cookie that is called {name!r} is secure: secure=True"
        if partitioned or same_site == "none":
            return 'what is partitioned, or has sameSite="none", is secure: secure=True'
    encoded_name = isomorphic_decode(name.encode())
    encoded_value = isomorphic_decode(value.encode())
    if len(encoded_name) + len(encoded_value) > MOST_BYTES_OF_NAME_AND_VALUE:
        return f"name and value have more than {MOST_BYTES_OF_NAME_AND_VALUE} bytes"
    host = url.host
    attributes: list[tuple[str, str]] = []
    if domain is not None:
        if domain.startswith("."):
            return f"a domain begins with no dot: {domain!r}"
        if lowercase_name.startswith("__host-"):
            return f"a cookie that is called {name!r} has no domain"
        if host is None or not is_a_registrable_domain_suffix_of_or_is_equal_to(domain, host):
            return f"the domain {domain!r} is not that of the URL, nor above it"
        encoded_domain = host_serializer(host_parser(domain))
        if len(encoded_domain) > MOST_BYTES_OF_AN_ATTRIBUTE_VALUE:
            return f"the domain has more than {MOST_BYTES_OF_AN_ATTRIBUTE_VALUE} bytes"
        attributes.append(("Domain", encoded_domain))
    if expires is not None:
        if max_age is not None:
            return "write either expires or maxAge"
        attributes.append(("Expires", date_serialize(expires)))
    elif max_age is not None:
        attributes.append(("Max-Age", str(max_age)))
    path = path or serialized_cookie_default_path(url)
    if not path.startswith("/"):
        return f'a path begins with "/": {path!r}'
    if path != "/" and lowercase_name.startswith("__host-"):
        return f'a cookie that is called {name!r} has the path "/"'
    encoded_path = isomorphic_decode(path.encode())
    if len(encoded_path) > MOST_BYTES_OF_AN_ATTRIBUTE_VALUE:
        return f"the path has more than {MOST_BYTES_OF_AN_ATTRIBUTE_VALUE} bytes"
    attributes.append(("Path", encoded_path))
    if is_secure:
        attributes.append(("Secure", ""))
    attributes.append(("SameSite", SAME_SITE[same_site]))
    if partitioned:
        attributes.append(("Partitioned", ""))
    if is_http_only:
        attributes.append(("HttpOnly", ""))
    return EncodedCookie(encoded_name, encoded_value, attributes)


def set_a_cookie(
    store: CookieStoreRecord, cookie: EncodedCookie, url: URLRecord, now: float
) -> None:
    """Store what `encode_a_cookie` has made for a URL, if that is allowed; nothing tells whether it
    was. What is expired or too much goes.

    https://cookiestore.spec.whatwg.org/#set-a-cookie
    """
    assert url.host is not None and not isinstance(url.path, str)
    new_cookie = Cookie(cookie.name, cookie.value)
    set_the_attributes(new_cookie, cookie.attributes, url.path, now)
    # from a "non-HTTP" API, in a secure context
    store_a_cookie(store, new_cookie, True, url.host, False, False, True, now)
    garbage_collect_cookies(store, url.host, now)


def delete_a_cookie(
    url: URLRecord,
    name: str,
    domain: str | None = None,
    path: str = "/",
    partitioned: bool = False,
    *,
    is_secure: bool = True,
    is_http_only: bool = False,
) -> EncodedCookie | str:
    """What is to be received to delete a cookie: one that has expired, in its place. Or what is
    wrong, where the standard returns failure.

    https://cookiestore.spec.whatwg.org/#delete-a-cookie
    """
    name = normalize_a_cookie_name_or_value(name)
    value = "" if name else "deleted"
    return encode_a_cookie(
        url, name, value, None, domain, path, "strict", partitioned, 0, is_secure=is_secure,
        is_http_only=is_http_only,
    )  # fmt: skip


def date_serialize(millis: float) -> str:
    """https://cookiestore.spec.whatwg.org/#date-serialize"""
    return imf_fixdate(min(max(round(millis / 1000), EARLIEST_DATE), LATEST_DATE))
