"""Handle fetch: from a request to the response of a worker.

Service Workers, Appendix A: https://w3c.github.io/ServiceWorker/#algorithms
"""

from __future__ import annotations

from functools import partial

from ..dom.aborting_ongoing_activities import AbortController, AbortSignal, signal_abort
from ..fetch import request_class
from ..fetch.infrastructure import FetchController
from ..fetch.requests import RequestRecord
from ..fetch.responses import FilteredResponse, ResponseRecord, network_error
from ..webidl.promises import mark_as_handled
from . import fetch_event
from .extendable_event import wait_until_inactive
from .fetch_event import settle_handled
from .lifecycle import (
    dispatch_in_a_task,
    run_service_worker,
    should_skip_event,
    wait_until_activated,
)
from .model import RegistrationRecord


async def create_fetch_event_and_dispatch(
    request: RequestRecord, registration: RegistrationRecord, fetch_controller: FetchController
) -> ResponseRecord | FilteredResponse | None:
    """The worker's response, None if it left the request to others, or a network error.

    https://w3c.github.io/ServiceWorker/#create-fetch-event-and-dispatch-algorithm
    """
    active_worker = registration.active_worker
    assert active_worker is not None
    if "fetch" not in active_worker.set_of_event_types_to_handle and should_skip_event(
        "fetch", active_worker
    ):
        return None
    if active_worker.state == "activating":
        await wait_until_activated(active_worker)
    start_status = active_worker.start_status
    if start_status is None or active_worker.state != "activated":
        start_status = run_service_worker(active_worker)
    if start_status is None or start_status.thrown is not None:
        return network_error()
    scope = active_worker.global_object
    assert scope is not None
    settings_object = scope._settings_object
    request_object = request_class.create(
        request, "immutable", partial(create_signal, fetch_controller)
    )
    event = fetch_event.create(request_object, settings_object)
    dispatch_in_a_task(event, active_worker, fetch_controller.before_it_is_handled)
    if event._response_is_settled is not None:
        await event._response_is_settled
    if event._pending_promises_count:
        fetch_controller.lifetime = wait_until_inactive(event)

    response = event._potential_response
    if event._respond_with_error is not None:
        settings_object.report_to_console(event._respond_with_error, "Uncaught (in respondWith)")
        if event._passes_through_on_exception:
            settle_handled(event, True)
            return None
    elif response is None and not event._canceled_flag and not event._listeners_did_throw:
        settle_handled(event, True)
        return None
    if response is None:
        # DEVIATION: also where a listener threw before anybody responded; by the standard others
        # are asked then.
        settle_handled(event, False)
        cancel_the_body(request)
        return network_error()
    event._handling_succeeded = True
    if event._handled is not None:
        settle_handled(event, True)
    return response


def cancel_the_body(request: RequestRecord) -> None:
    """What is done with the body of a request that gets no response, unless it is in use: it ends.
    A request that is left to others goes to them with its body.

    Part of https://w3c.github.io/ServiceWorker/#create-fetch-event-and-dispatch-algorithm
    """
    body = request.body
    if body is not None and body.source is None and not body.is_unusable:
        from ..streams.other_specifications import cancel_readable_stream

        mark_as_handled(cancel_readable_stream(body.stream, None))


def create_signal(fetch_controller: FetchController) -> AbortSignal:
    """The signal of the request, made when it is asked for: it is aborted when the client goes
    away.

    Part of https://w3c.github.io/ServiceWorker/#create-fetch-event-and-dispatch-algorithm
    """
    abort_controller = AbortController()
    fetch_controller.upon_abort(partial(signal_abort, abort_controller.signal))
    return abort_controller.signal
