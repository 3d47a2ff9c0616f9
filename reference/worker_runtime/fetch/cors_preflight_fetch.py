"""CORS-preflight fetch: does the server understand that other origins ask?

Fetch Standard, 4.8: https://fetch.spec.whatwg.org/#cors-preflight-fetch
"""

from __future__ import annotations

from .cors_check import cors_check
from .cors_preflight_cache import create_a_new_cache_entry
from .headers import (
    HeaderFailure,
    cors_unsafe_request_header_names,
    extract_header_list_values,
    is_cors_non_wildcard_request_header_name,
)
from .http_network_or_cache_fetch import http_network_or_cache_fetch
from .infrastructure import FetchParams
from .methods import is_cors_safelisted_method
from .requests import RequestRecord
from .responses import ResponseRecord, network_error
from .statuses import is_ok_status

DEFAULT_MAX_AGE = 5  # seconds


async def cors_preflight_fetch(request: RequestRecord, fetch_params: FetchParams) -> ResponseRecord:
    """The fetch that this is for can be aborted meanwhile, which ends this one as well.

    https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
    """
    preflight = RequestRecord(request.current_url, "OPTIONS")
    preflight.url_list = request.url_list.copy()
    preflight.client = request.client
    preflight.initiator = request.initiator
    preflight.destination = request.destination
    preflight.origin = request.origin
    preflight.referrer = request.referrer
    preflight.referrer_policy = request.referrer_policy
    preflight.mode = "cors"
    preflight.response_tainting = "cors"
    preflight.header_list.append("Accept", "*/*")
    preflight.header_list.append("Access-Control-Request-Method", request.method)
    headers = cors_unsafe_request_header_names(request.header_list)
    if headers:
        preflight.header_list.append("Access-Control-Request-Headers", ",".join(headers))
    preflight_params = FetchParams(preflight)
    preflight_params.controller = fetch_params.controller
    response = await http_network_or_cache_fetch(preflight_params)
    if response.type == "error":
        return response
    response.body = None  # nobody reads it
    if not cors_check(request, response) or not is_ok_status(response.status):
        status = response.status
        return network_error(
            f"the server answers the CORS preflight with status {status}, and does not allow the "
            f"origin"
        )
    try:
        methods = extract_header_list_values("Access-Control-Allow-Methods", response.header_list)
        header_names = (
            extract_header_list_values("Access-Control-Allow-Headers", response.header_list) or []
        )
    except HeaderFailure as failure:
        return network_error(
            f"the server answers the CORS preflight with a malformed header: {failure}"
        )
    if methods is None:
        methods = [request.method] if request.use_cors_preflight else []
    wildcard_counts = request.credentials_mode != "include"
    if (
        request.method not in methods
        and not is_cors_safelisted_method(request.method)
        and not (wildcard_counts and "*" in methods)
    ):
        return network_error(f"the server does not allow the method {request.method} (CORS)")
    allowed = {name.lower() for name in header_names}
    for name, _ in request.header_list:
        if is_cors_non_wildcard_request_header_name(name) and name.lower() not in allowed:
            return network_error(f"the server does not allow the header {name!r} (CORS)")
    for unsafe_name in headers:
        if unsafe_name not in allowed and not (wildcard_counts and "*" in allowed):
            return network_error(f"the server does not allow the header {unsafe_name!r} (CORS)")
    max_age = max_age_of(response)
    for method in methods:
        create_a_new_cache_entry(request, max_age, method, None)
    for name in allowed:
        create_a_new_cache_entry(request, max_age, None, name)
    return response


def max_age_of(response: ResponseRecord) -> int:
    """Part of https://fetch.spec.whatwg.org/#cors-preflight-fetch-0"""
    try:
        values = extract_header_list_values("Access-Control-Max-Age", response.header_list)
        return DEFAULT_MAX_AGE if values is None else int(values[0])
    except ValueError:  # a HeaderFailure, or thousands of digits
        return DEFAULT_MAX_AGE
