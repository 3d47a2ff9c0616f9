"""Main fetch: what may be fetched, and how much of the response may be seen.

Fetch Standard, 4.1: https://fetch.spec.whatwg.org/#main-fetch
"""

from __future__ import annotations

from functools import partial

from ..html.origins import same_origin
from ..html.settings_objects import current_settings_object
from ..url.url_serializing import origin
from ..webidl.promises import a_new_promise, reject, resolve
from .bodies import BodyRecord, fully_read
from .cors_preflight_cache import clear_cache_entries
from .fetch_response_handover import fetch_response_handover
from .headers import HeaderFailure, cors_unsafe_request_header_names, extract_header_list_values
from .http_extensions import should_response_to_request_be_blocked_due_to_nosniff
from .infrastructure import AnyResponse, FetchParams
from .methods import is_cors_safelisted_method
from .mixed_content import (
    should_fetching_request_be_blocked_as_mixed_content,
    should_response_to_request_be_blocked_as_mixed_content,
)
from .override_fetch import override_fetch
from .port_blocking import (
    should_be_blocked_due_to_a_bad_port,
    should_response_to_request_be_blocked_due_to_its_mime_type,
)
from .referrer_policy import DEFAULT_REFERRER_POLICY, determine_requests_referrer
from .requests import RequestRecord, redirect_taint
from .responses import (
    FilteredResponse,
    ResponseRecord,
    basic_filtered_response,
    cors_filtered_response,
    network_error,
    opaque_filtered_response,
)
from .statuses import is_null_body_status, is_range_status
from .subresource_integrity import do_bytes_match_metadata_list
from .url import is_http_scheme, is_local


async def main_fetch(fetch_params: FetchParams, recursive: bool = False) -> AnyResponse:
    """Unless it is recursive, the response is handed over as well.

    https://fetch.spec.whatwg.org/#concept-main-fetch
    """
    request = fetch_params.request
    response: AnyResponse | None = None
    if request.local_urls_only and not is_local(request.current_url):
        response = network_error("only what is local may be fetched here")
    if should_be_blocked_due_to_a_bad_port(request) == "blocked":
        response = network_error(
            f"port {request.current_url.port} is blocked: it belongs to another protocol"
        )
    elif should_fetching_request_be_blocked_as_mixed_content(request) == "blocked":
        response = network_error("what came over https may not fetch over http (mixed content)")
    if request.referrer_policy == "":
        request.referrer_policy = DEFAULT_REFERRER_POLICY
    if request.referrer != "no-referrer":
        request.referrer = determine_requests_referrer(request)
    if response is None:
        response = await fetch_by_mode(fetch_params)
    if recursive:
        return response
    if isinstance(response, ResponseRecord) and response.type != "error":
        response = filtered(request, response)
    internal_response = (
        response.internal_response if isinstance(response, FilteredResponse) else response
    )
    if not internal_response.url_list:
        internal_response.url_list = request.url_list.copy()
    if current_settings_object().host.profile == "browser":
        internal_response.redirect_taint = redirect_taint(request)
        internal_response.timing_allow_passed = not request.timing_allow_failed
    if response.type != "error":
        failure = why_blocked(request, response, internal_response)
        if failure:
            response = internal_response = network_error(failure)
        elif request.method in ("HEAD", "CONNECT") or is_null_body_status(internal_response.status):
            internal_response.body = None
    if request.integrity_metadata:
        response = await checked_for_integrity(request, response, internal_response)
    fetch_response_handover(fetch_params, response)
    return response


async def fetch_by_mode(fetch_params: FetchParams) -> AnyResponse:
    """The switch of the main fetch: whose response it is decides how it is asked for.

    Part of https://fetch.spec.whatwg.org/#concept-main-fetch
    """
    request = fetch_params.request
    url = request.current_url
    # DEVIATION: in the profile "server" every origin is a worker's own, unless it insists on the
    # mode "same-origin".
    if (
        (current_settings_object().host.profile == "server" and request.mode != "same-origin")
        or url.scheme == "data"
        or request.mode in ("navigate", "websocket", "webtransport")
        or (
            request.response_tainting == "basic"
            and request.origin != "client"
            and same_origin(origin(url), request.origin)
        )
    ):
        request.response_tainting = "basic"
        return await override_fetch("scheme-fetch", fetch_params)
    if request.mode == "same-origin":
        return network_error(
            "the URL has another origin, and the mode of the request is 'same-origin'"
        )
    if request.mode == "no-cors":
        if request.redirect_mode != "follow":
            return network_error(
                f"a request with the mode 'no-cors' follows redirects, and not "
                f"{request.redirect_mode!r}"
            )
        request.response_tainting = "opaque"
        return await override_fetch("scheme-fetch", fetch_params)
    if not is_http_scheme(url.scheme):
        return network_error(f"CORS is for HTTP servers; the scheme of the URL is {url.scheme!r}")
    request.response_tainting = "cors"
    if request.use_cors_preflight or (
        request.unsafe_request
        and (
            not is_cors_safelisted_method(request.method)
            or cors_unsafe_request_header_names(request.header_list)
        )
    ):
        cors_with_preflight_response = await override_fetch("http-fetch", fetch_params, True)
        if cors_with_preflight_response.type == "error":
            clear_cache_entries(request)
        return cors_with_preflight_response
    return await override_fetch("http-fetch", fetch_params)


def filtered(request: RequestRecord, response: ResponseRecord) -> FilteredResponse:
    """So much of a response as may be seen.

    Part of https://fetch.spec.whatwg.org/#concept-main-fetch
    """
    match request.response_tainting:
        case "basic" if current_settings_object().host.profile == "server":
            # DEVIATION: nothing is forbidden there, so a worker sees the cookies that it is sent.
            return FilteredResponse(response, "basic", response.header_list)
        case "basic":
            return basic_filtered_response(response)
        case "opaque":
            return opaque_filtered_response(response)
    try:
        header_names = extract_header_list_values(
            "Access-Control-Expose-Headers", response.header_list
        )
    except HeaderFailure:
        header_names = None
    if header_names is not None:
        if request.credentials_mode != "include" and "*" in header_names:
            header_names = [name for name, _ in response.header_list]
        response.cors_exposed_header_name_list = tuple(header_names)
    return cors_filtered_response(response)


def why_blocked(
    request: RequestRecord, response: AnyResponse, internal_response: ResponseRecord
) -> str:
    """Why a response may not be used for what it was asked for; empty if it may.

    Part of https://fetch.spec.whatwg.org/#concept-main-fetch
    """
    if (
        should_response_to_request_be_blocked_as_mixed_content(internal_response, request)
        == "blocked"
    ):
        return (
            "the response came over http, and what came over https may not have that (mixed "
            "content)"
        )
    if (
        should_response_to_request_be_blocked_due_to_its_mime_type(internal_response, request)
        == "blocked"
    ):
        return f"the response is no script: {internal_response.header_list.get('Content-Type')!r}"
    if (
        should_response_to_request_be_blocked_due_to_nosniff(internal_response, request)
        == "blocked"
    ):
        return f"the response is {internal_response.header_list.get('Content-Type')!r}, and nosniff"
    if (
        response.type == "opaque"
        and is_range_status(internal_response.status)
        and internal_response.range_requested
        and not request.header_list.contains("Range")
    ):
        return "the response is a range that nobody has asked for"
    return ""


async def checked_for_integrity(
    request: RequestRecord, response: AnyResponse, internal_response: ResponseRecord
) -> AnyResponse:
    """The response with all of its body, or a network error if that is not what was meant.

    Part of https://fetch.spec.whatwg.org/#concept-main-fetch
    """
    if response.body is None:
        return (
            response
            if response.type == "error"
            else network_error("there is no body whose integrity could be verified")
        )
    whole_body = a_new_promise()
    fully_read(response.body, partial(resolve, whole_body), partial(reject, whole_body))
    try:
        bytes = await whole_body
    except Exception as error:
        return network_error(str(error), error)
    if not do_bytes_match_metadata_list(bytes, request.integrity_metadata):
        return network_error(
            f"the body does not match its integrity metadata {request.integrity_metadata!r}"
        )
    internal_response.body = BodyRecord(bytes, len(bytes))
    return response
