"""HTTP-network-or-cache fetch: the request gets the headers that HTTP wants.

Fetch Standard, 4.6: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch

The steps that are about the HTTP cache stand by themselves, in `http_cache_fetch`: who has none
pays nothing for it.
"""

from __future__ import annotations

from ..html.settings_objects import USER_AGENT, current_settings_object
from ..url.url_serializing import url_serializer
from .bodies import BodyRecord
from .content_codings import ACCEPT_ENCODING
from .cookie_header import append_a_request_cookie_header
from .http_cache_fetch import CONDITIONAL_HEADERS, http_cache_fetch
from .http_cache_partitions import determine_the_http_cache_partition
from .http_network_fetch import http_network_fetch
from .infrastructure import FetchParams, appropriate_network_error
from .origin_header import append_a_request_origin_header
from .requests import RequestRecord
from .responses import ResponseRecord, network_error

MOST_KEEPALIVE_BYTES = 64 * 1024


async def http_network_or_cache_fetch(
    fetch_params: FetchParams, is_new_connection_fetch: bool = False
) -> ResponseRecord:
    """There are neither authentication entries nor anybody to prompt, so a 401 is a response like
    any other.

    https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
    """
    request = fetch_params.request
    http_request = copy_for_http(request)
    http_fetch_params = fetch_params.copy_for(http_request)
    include_credentials = request.credentials_mode == "include" or (
        request.credentials_mode == "same-origin" and request.response_tainting == "basic"
    )
    content_length = None if http_request.body is None else http_request.body.length
    if (
        content_length is not None
        and http_request.keepalive
        and content_length > MOST_KEEPALIVE_BYTES
    ):
        return network_error(
            f"a request with keepalive has a body of at most {MOST_KEEPALIVE_BYTES} bytes"
        )
    modify_header_list(http_request)
    if include_credentials:
        await append_a_request_cookie_header(http_request)
    http_cache = determine_the_http_cache_partition(http_request)
    try:
        if http_cache is not None:
            response = await http_cache_fetch(
                http_cache, http_fetch_params, include_credentials, is_new_connection_fetch
            )
        elif http_request.cache_mode == "only-if-cached":
            # DEVIATION: by the letter a client without a cache sets the mode to "no-store" and asks
            # the network after all.
            return network_error(
                "the response is wanted from the HTTP cache only, and there is none"
            )
        else:
            response = await http_network_fetch(
                http_fetch_params, include_credentials, is_new_connection_fetch
            )
    except BaseException:
        if fetch_params.is_canceled:
            return appropriate_network_error(fetch_params)
        raise
    if fetch_params.is_canceled:
        return appropriate_network_error(fetch_params)
    response.url_list = http_request.url_list.copy()
    response.range_requested = http_request.header_list.contains("Range")
    response.request_includes_credentials = include_credentials
    if response.status == 407:
        return network_error("a proxy asks for credentials (407), and there is nobody to ask")
    if (
        response.status == 421
        and not is_new_connection_fetch
        and (request.body is None or request.body.source is not None)
    ):
        return await http_network_or_cache_fetch(fetch_params, True)
    return response


def copy_for_http(request: RequestRecord) -> RequestRecord:
    """A clone to which headers can be added. A body that is a stream is not teed: it can be sent
    only once.

    Part of https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
    """
    body, request.body = request.body, None
    http_request = request.clone()
    request.body = body
    if body is not None:
        http_request.body = body if body.source is None else BodyRecord(body.source, body.length)
    return http_request


def modify_header_list(http_request: RequestRecord) -> None:
    """The steps that are about the header list. The length of the content is the connection's to
    tell.

    Part of https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
    """
    header_list = http_request.header_list
    if not isinstance(http_request.referrer, str):
        header_list.append("Referer", url_serializer(http_request.referrer))
    if current_settings_object().host.profile == "browser":
        append_a_request_origin_header(http_request)
    if not header_list.contains("User-Agent"):
        header_list.append("User-Agent", USER_AGENT)
    if http_request.cache_mode == "default" and not CONDITIONAL_HEADERS.isdisjoint(
        header_list.names()
    ):
        http_request.cache_mode = "no-store"
    if http_request.cache_mode == "no-cache" and not (
        http_request.prevent_no_cache_cache_control_header_modification
        or header_list.contains("Cache-Control")
    ):
        header_list.append("Cache-Control", "max-age=0")
    if http_request.cache_mode in ("no-store", "reload"):
        if not header_list.contains("Pragma"):
            header_list.append("Pragma", "no-cache")
        if not header_list.contains("Cache-Control"):
            header_list.append("Cache-Control", "no-cache")
    if header_list.contains("Range"):
        header_list.append("Accept-Encoding", "identity")
    if not header_list.contains("Accept-Encoding"):
        header_list.append(
            "Accept-Encoding", ACCEPT_ENCODING[current_settings_object().host.profile]
        )
