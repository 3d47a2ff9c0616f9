"""HTTP-redirect fetch: the same request for another URL.

Fetch Standard, 4.5: https://fetch.spec.whatwg.org/#http-redirect-fetch
"""

from __future__ import annotations

from collections.abc import Callable

from ..html.origins import same_origin
from ..html.settings_objects import current_settings_object
from ..url.url_serializing import origin, url_serializer
from ..url.writing import URLFailure
from .bodies import BodyRecord
from .headers import (
    HeaderFailure,
    is_cors_non_wildcard_request_header_name,
    is_request_body_header_name,
)
from .infrastructure import AnyResponse, FetchParams
from .referrer_policy import set_requests_referrer_policy_on_redirect
from .requests import RequestRecord
from .responses import ResponseRecord, location_url, network_error
from .url import is_http_scheme

MOST_REDIRECTS = 20
# What a worker in the profile "server" may set for one origin, and would not want another one to
# get.
HEADERS_FOR_ONE_ORIGIN = ("cookie", "host", "proxy-authorization")


async def http_redirect_fetch(fetch_params: FetchParams, response: ResponseRecord) -> AnyResponse:
    """https://fetch.spec.whatwg.org/#concept-http-redirect-fetch"""
    request = fetch_params.request
    try:
        location = location_url(response, request.current_url.fragment)
    except (HeaderFailure, URLFailure):
        return network_error(
            f"the server redirects to what is no URL: {response.header_list.get('Location')!r}"
        )
    if location is None:
        return response
    if not is_http_scheme(location.scheme):
        return network_error(
            f"the server redirects to {url_serializer(location)[:200]!r}, which is not at an HTTP "
            f"server"
        )
    if request.redirect_count == MOST_REDIRECTS:
        return network_error(f"the server redirects more than {MOST_REDIRECTS} times")
    request.redirect_count += 1
    location_origin = origin(location)
    if current_settings_object().host.profile == "browser" and location.includes_credentials:
        if (
            request.mode == "cors"
            and request.origin != "client"
            and not same_origin(request.origin, location_origin)
        ):
            return network_error(
                "the server redirects to another origin, with a username or password in the URL"
            )
        if request.response_tainting == "cors":
            return network_error("the server redirects to a URL with a username or password")
    if response.status != 303 and request.body is not None and request.body.source is None:
        return network_error(
            "the server redirects, but the body of the request is a stream, which cannot be sent "
            "again"
        )
    if (response.status in (301, 302) and request.method == "POST") or (
        response.status == 303 and request.method not in ("GET", "HEAD")
    ):
        request.method = "GET"
        request.body = None
        delete_headers(request, is_request_body_header_name)
    if not same_origin(origin(request.current_url), location_origin):
        delete_headers(request, is_cors_non_wildcard_request_header_name)
        if current_settings_object().host.profile == "server":
            delete_headers(request, lambda name: name.lower() in HEADERS_FOR_ONE_ORIGIN)
    if request.body is not None:
        request.body = BodyRecord(request.body.source, request.body.length)
    request.url_list.append(location)
    timing_info = fetch_params.timing_info
    client = request.client or current_settings_object()
    timing_info.redirect_end_time = client.host.clock.monotonic()
    timing_info.post_redirect_start_time = timing_info.redirect_end_time
    if timing_info.redirect_start_time is None:
        timing_info.redirect_start_time = timing_info.start_time
    set_requests_referrer_policy_on_redirect(request, response)
    # Nobody reads it: the connection need not wait until the last of the redirects has been
    # followed.
    response.body = None
    from .main_fetch import main_fetch  # the standard's own circle

    return await main_fetch(fetch_params, True)


def delete_headers(request: RequestRecord, are_to_go: Callable[[str], bool]) -> None:
    """Part of https://fetch.spec.whatwg.org/#concept-http-redirect-fetch"""
    for name, _ in list(request.header_list):
        if are_to_go(name):
            request.header_list.delete(name)
