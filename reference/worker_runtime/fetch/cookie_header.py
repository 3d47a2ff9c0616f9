"""`Cookie` header: what servers have set before goes with the request.

Fetch Standard, 3.1.1: https://fetch.spec.whatwg.org/#cookie-header
"""

from __future__ import annotations

from ..cookies.cookie_concepts import CookieStoreRecord
from ..cookies.main_algorithms import retrieve_cookies, serialize_cookies
from ..html.settings_objects import current_settings_object
from ..webidl.exceptions import DOMException
from .cookie_infrastructure import determine_the_same_site_mode
from .cookies import UserAgentCookies
from .requests import RequestRecord


async def append_a_request_cookie_header(request: RequestRecord) -> None:
    """A worker in the profile "server" sets Cookie itself. Where the storage of the cookies fails,
    the request has none, and the console tells why.

    https://fetch.spec.whatwg.org/#append-a-request-cookie-header
    """
    if current_settings_object().host.profile == "server":
        return
    client = request.client or current_settings_object()
    url = request.current_url
    host, path, now = url.host, url.path, client.host.clock.wall()
    assert host is not None and not isinstance(path, str)
    same_site = determine_the_same_site_mode(request)

    def retrieve(store: CookieStoreRecord) -> str:
        cookies = retrieve_cookies(store, url.scheme == "https", host, path, True, same_site, now)
        return serialize_cookies(cookies)

    try:
        value = await client.host.record(UserAgentCookies).perform(retrieve)
    except DOMException as error:
        client.host.console.write("warn", f"A request is sent without its cookies: {error.message}")
        return
    if value:
        request.header_list.append("Cookie", value)
