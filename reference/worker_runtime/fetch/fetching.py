"""Fetching: from a request to a response.

Fetch Standard, 4: https://fetch.spec.whatwg.org/#fetching
"""

from __future__ import annotations

from collections.abc import Callable

from ..host.gates import current_gate
from ..host.letting_out import until_let_out
from ..html.settings_objects import current_settings_object
from ..webidl.awaitables import future_of
from .fetch_response_handover import fetch_response_handover
from .infrastructure import AnyResponse, FetchController, FetchParams
from .main_fetch import main_fetch
from .requests import RequestRecord
from .responses import network_error
from .timing_info import FetchTimingInfo
from .url import is_local

ACCEPT_BY_DESTINATION = {
    "document": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "frame": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "iframe": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "image": "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
    "json": "application/json,*/*;q=0.5",
    "style": "text/css,*/*;q=0.1",
    "text": "text/plain,*/*;q=0.5",
}


def fetch(
    request: RequestRecord,
    process_response: Callable[[AnyResponse], object] | None = None,
    process_response_end_of_body: Callable[[], object] | None = None,
) -> FetchController:
    """Fetch a request; `process_response` gets the response, which may be a network error.

    `process_response_end_of_body` is called when nothing more comes from the network for the body,
    or nobody wants it. If all of the body came with the head, that may be before `process_response`
    is called.

    https://fetch.spec.whatwg.org/#concept-fetch
    """
    populate_request_from_client(request)
    client = request.client or current_settings_object()
    timing_info = FetchTimingInfo(client.host.clock.monotonic())
    fetch_params = FetchParams(
        request, process_response, process_response_end_of_body, timing_info=timing_info
    )
    if not request.header_list.contains("Accept"):
        request.header_list.append("Accept", ACCEPT_BY_DESTINATION.get(request.destination, "*/*"))
    if not request.header_list.contains("Accept-Language"):
        request.header_list.append("Accept-Language", "*")
    _run_in_parallel(fetch_params)
    return fetch_params.controller


def _run_in_parallel(fetch_params: FetchParams) -> None:
    """Perform the main fetch. What is local needs no task: it never waits."""
    steps = _perform_main_fetch(fetch_params)
    if is_local(fetch_params.request.current_url) and not fetch_params.request.integrity_metadata:
        try:
            steps.send(None)
        except StopIteration:
            return
        raise AssertionError("the fetch of a local URL waits for something")
    task = future_of(steps)
    fetch_params.controller.upon_abort(lambda reason: task.cancel())


async def _perform_main_fetch(fetch_params: FetchParams) -> None:
    """The task of a fetch has no result: the response belongs to nobody but whom it is handed
    to.
    """
    try:
        if current_gate.get() is not None and not is_local(fetch_params.request.current_url):
            await until_let_out()
        await main_fetch(fetch_params)
    except Exception as error:
        # A step has failed that should not: the caller learns why there is no response.
        if fetch_params.process_response is None:
            raise
        fetch_response_handover(fetch_params, network_error(repr(error), error))


def populate_request_from_client(request: RequestRecord) -> None:
    """https://fetch.spec.whatwg.org/#populate-request-from-client"""
    if request.traversable_for_user_prompts == "client":
        request.traversable_for_user_prompts = "no-traversable"
    if request.origin == "client":
        request.origin = (request.client or current_settings_object()).origin
