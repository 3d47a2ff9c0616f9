"""Fetch response handover: the caller gets the response and, when its body has come to its end, the
timeline of the client an entry.

Fetch Standard, 4.1: https://fetch.spec.whatwg.org/#fetch-finale
"""

from __future__ import annotations

from functools import partial

from ..html.settings_objects import EnvironmentSettingsObject
from ..mimesniff.mime_types import minimize_a_supported_mime_type
from ..url.url_serializing import url_serializer
from ..webidl.host_hooks import hooks
from .http_extensions import extract_a_mime_type
from .infrastructure import AnyResponse, FetchParams
from .requests import RequestRecord
from .responses import FilteredResponse, ResponseRecord
from .timing_info import FetchTimingInfo, ResponseBodyInfo, create_an_opaque_timing_info
from .url import is_http_scheme


def fetch_response_handover(fetch_params: FetchParams, response: AnyResponse) -> None:
    """https://fetch.spec.whatwg.org/#fetch-finale"""
    # DEVIATION: the steps are performed at once, not in a task of their own. And no transform
    # stream is put behind the body to learn of its end: who receives it knows that, and a body
    # whose bytes are in hand has come to its end.
    request = fetch_params.request
    if request.initiator_type is not None and request.client is not None:
        prepare_to_report_timing(fetch_params, request.client, response)
    process_response, fetch_params.process_response = fetch_params.process_response, None
    if process_response is not None:
        process_response(response)


def prepare_to_report_timing(
    fetch_params: FetchParams, client: EnvironmentSettingsObject, response: AnyResponse
) -> None:
    """Let the timing be reported when the body has come to its end; at once, if it has.

    Part of https://fetch.spec.whatwg.org/#fetch-finale
    """
    internal_response = (
        response.internal_response if isinstance(response, FilteredResponse) else response
    )
    body_info = internal_response.body_info
    has_ended = internal_response.body is None or body_info is None or body_info.has_ended
    # OPTIMIZATION: nothing is prepared for what is dropped.
    if not is_http_scheme(fetch_params.request.url.scheme) or (
        has_ended and hooks.drops_what_nobody_would_see(client)
    ):
        return
    if response.type != "error":
        server_timing = internal_response.header_list.get("Server-Timing")
        fetch_params.timing_info.server_timing = server_timing
    # What the steps need of the response: they must not hold its body, which ends when it is
    # dropped.
    facts = ResponseRecord(response.header_list)
    facts.type = response.type
    facts.status = response.status
    facts.cache_state = internal_response.cache_state
    facts.timing_allow_passed = internal_response.timing_allow_passed
    if response.type not in ("opaque", "opaqueredirect"):
        facts.body_info = body_info
    if body_info is None or has_ended:
        process_response_end_of_body(fetch_params, client, facts)
    else:
        body_info.upon_end = partial(process_later_end_of_body, fetch_params, client, facts)


def process_later_end_of_body(
    fetch_params: FetchParams, client: EnvironmentSettingsObject, facts: ResponseRecord
) -> None:
    """Part of https://fetch.spec.whatwg.org/#fetch-finale"""
    if not hooks.drops_what_nobody_would_see(client):
        process_response_end_of_body(fetch_params, client, facts)


def process_response_end_of_body(
    fetch_params: FetchParams, client: EnvironmentSettingsObject, facts: ResponseRecord
) -> None:
    """Part of https://fetch.spec.whatwg.org/#fetch-finale"""
    fetch_params.timing_info.end_time = client.host.clock.monotonic()
    fetch_params.request.done = True
    # They hold nothing that leads to the controller.
    fetch_params.controller.report_timing_steps = partial(
        report_timing_steps, fetch_params.request, fetch_params.timing_info, facts
    )
    fetch_params.controller.report_timing(client)


def report_timing_steps(
    request: RequestRecord,
    timing_info: FetchTimingInfo,
    facts: ResponseRecord,
    settings_object: EnvironmentSettingsObject,
) -> None:
    """Part of https://fetch.spec.whatwg.org/#fetch-finale"""
    cache_state = facts.cache_state
    body_info = facts.body_info or ResponseBodyInfo()
    if facts.type == "error" or not (
        facts.timing_allow_passed or settings_object.host.profile == "server"
    ):
        timing_info, cache_state = create_an_opaque_timing_info(timing_info), ""
    mime_type = extract_a_mime_type(facts.header_list)
    if mime_type is not None:
        body_info.content_type = minimize_a_supported_mime_type(mime_type)
    hooks.mark_resource_timing(
        timing_info, url_serializer(request.url), request.initiator_type, settings_object,
        cache_state, body_info, facts.status,
    )  # fmt: skip
