"""`Set-Cookie` header: what a server wants to get back is kept.

Fetch Standard, 3.1.2: https://fetch.spec.whatwg.org/#set-cookie-header
"""

from __future__ import annotations

from ..cookies.cookie_concepts import CookieStoreRecord
from ..cookies.main_algorithms import garbage_collect_cookies, parse_and_store_a_cookie
from ..html.settings_objects import current_settings_object
from ..webidl.exceptions import DOMException
from .cookie_infrastructure import determine_the_same_site_mode
from .cookies import UserAgentCookies
from .requests import RequestRecord
from .responses import ResponseRecord


async def parse_and_store_response_set_cookie_headers(
    request: RequestRecord, response: ResponseRecord
) -> None:
    """A worker in the profile "server" sees Set-Cookie, and keeps what it likes. Where the storage
    of the cookies fails, nothing is kept, and the console tells why.

    https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers
    """
    if current_settings_object().host.profile == "server" or not response.header_list.contains(
        "Set-Cookie"
    ):
        return
    values = response.header_list.values_of("Set-Cookie")
    client = request.client or current_settings_object()
    url = request.current_url
    host, path, now = url.host, url.path, client.host.clock.wall()
    assert host is not None and not isinstance(path, str)
    same_site_strict_or_lax_allowed = determine_the_same_site_mode(request) == "strict-or-less"

    def store_them(store: CookieStoreRecord) -> None:
        for value in values:
            parse_and_store_a_cookie(
                store, value, url.scheme == "https", host, path, True, False,
                same_site_strict_or_lax_allowed, now,
            )  # fmt: skip
            garbage_collect_cookies(store, host, now)

    try:
        await client.host.record(UserAgentCookies).perform(store_them)
    except DOMException as error:
        client.host.console.write("warn", f"The cookies of a response are lost: {error.message}")
