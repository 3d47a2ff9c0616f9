"""HTTP fetch: the checks that HTTP responses have to pass, and redirects.

Fetch Standard, 4.4: https://fetch.spec.whatwg.org/#http-fetch

A fetch is never given to a service worker: only the requests that a server gets are.
"""

from __future__ import annotations

from ..html.settings_objects import current_settings_object
from .cors_check import cors_check
from .cors_preflight_cache import header_name_cache_entry_match, method_cache_entry_match
from .cors_preflight_fetch import cors_preflight_fetch
from .cross_origin_resource_policy import cross_origin_resource_policy_check
from .headers import cors_unsafe_request_header_names
from .http_network_or_cache_fetch import http_network_or_cache_fetch
from .http_redirect_fetch import http_redirect_fetch
from .infrastructure import AnyResponse, FetchParams
from .methods import is_cors_safelisted_method
from .responses import network_error, opaque_redirect_filtered_response
from .statuses import is_redirect_status
from .tao_check import tao_check


async def http_fetch(fetch_params: FetchParams, make_cors_preflight: bool = False) -> AnyResponse:
    """https://fetch.spec.whatwg.org/#concept-http-fetch"""
    request = fetch_params.request
    if make_cors_preflight and (
        not method_cache_entry_match(request.method, request)
        and (not is_cors_safelisted_method(request.method) or request.use_cors_preflight)
        or not all(
            header_name_cache_entry_match(name, request)
            for name in cors_unsafe_request_header_names(request.header_list)
        )
    ):
        preflight_response = await cors_preflight_fetch(request, fetch_params)
        if preflight_response.type == "error":
            return preflight_response
    if request.redirect_mode == "follow":
        request.service_workers_mode = "none"
    response = await http_network_or_cache_fetch(fetch_params)
    if response.type == "error":
        return response
    if request.response_tainting == "cors" and not cors_check(request, response):
        return network_error("the response does not allow this origin to read it (CORS)")
    if current_settings_object().host.profile == "browser":
        if not tao_check(request, response):
            request.timing_allow_failed = True
        if (
            request.response_tainting == "opaque"
            and cross_origin_resource_policy_check(request, response) == "blocked"
        ):
            return network_error(
                "the response is not for other origins (Cross-Origin-Resource-Policy)"
            )
    if is_redirect_status(response.status):
        match request.redirect_mode:
            case "error":
                return network_error(
                    f"the server redirects with status {response.status}, which is to be an error"
                )
            case "manual" if current_settings_object().host.profile == "browser":
                return opaque_redirect_filtered_response(response)
            case "manual":
                # DEVIATION: in the profile "server" a worker may see where a redirect leads, and
                # hand it on.
                return response
            case "follow":
                return await http_redirect_fetch(fetch_params, response)
    return response
