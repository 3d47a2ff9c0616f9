"""`Set-Cookie` header: what a server wants to get back is kept.

Fetch Standard, 3.1.2: https://fetch.spec.whatwg.org/#set-cookie-header
"""

from __future__ import annotations

from ..cookies.main_algorithms import garbage_collect_cookies, parse_and_store_a_cookie
from ..html.settings_objects import current_settings_object
from .cookie_infrastructure import UserAgentCookies, determine_the_same_site_mode
from .requests import RequestRecord
from .responses import ResponseRecord


def parse_and_store_response_set_cookie_headers(
    request: RequestRecord, response: ResponseRecord
) -> None:
    """A worker in the profile "server" sees Set-Cookie, and keeps what it likes.

    https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers
    """
    if current_settings_object().host.profile == "server" or not response.header_list.contains(
        "Set-Cookie"
    ):
        return
    client = request.client or current_settings_object()
    url = request.current_url
    assert url.host is not None and not isinstance(url.path, str)
    same_site_strict_or_lax_allowed = determine_the_same_site_mode(request) == "strict-or-less"
    now = client.host.clock.wall()
    for value in response.header_list.values_of("Set-Cookie"):
        parse_and_store_a_cookie(
            client.host.record(UserAgentCookies), value, url.scheme == "https", url.host, url.path,
            True, False, same_site_strict_or_lax_allowed, now,
        )  # fmt: skip
        garbage_collect_cookies(client.host.record(UserAgentCookies), url.host, now)
