"""`Cookie` header: what servers have set before goes with the request.

Fetch Standard, 3.1.1: https://fetch.spec.whatwg.org/#cookie-header
"""

from __future__ import annotations

from ..cookies.main_algorithms import retrieve_cookies, serialize_cookies
from ..html.settings_objects import current_settings_object
from .cookie_infrastructure import UserAgentCookies, determine_the_same_site_mode
from .requests import RequestRecord


def append_a_request_cookie_header(request: RequestRecord) -> None:
    """A worker in the profile "server" sets Cookie itself.

    https://fetch.spec.whatwg.org/#append-a-request-cookie-header
    """
    if current_settings_object().host.profile == "server":
        return
    client = request.client or current_settings_object()
    url = request.current_url
    assert url.host is not None and not isinstance(url.path, str)
    same_site = determine_the_same_site_mode(request)
    cookies = retrieve_cookies(
        client.host.record(UserAgentCookies),
        url.scheme == "https",
        url.host,
        url.path,
        True,
        same_site,
        client.host.clock.wall(),
    )
    if cookies:
        request.header_list.append("Cookie", serialize_cookies(cookies))
