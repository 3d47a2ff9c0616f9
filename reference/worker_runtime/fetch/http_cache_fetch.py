"""HTTP cache fetch: the steps of an HTTP-network-or-cache fetch that are about the cache.

Fetch Standard, 4.6: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
"""

from __future__ import annotations

from ..html.event_loops import in_parallel
from ..html.settings_objects import EnvironmentSettingsObject
from ..http_caching.constructing_responses import permitted_use
from ..http_caching.field_definitions import cache_directives
from ..http_caching.freshness import is_usable_on_error
from ..http_caching.validation import validating_fields
from ..streams.other_specifications import get_a_reader
from .bodies import BodyRecord
from .http_cache_partitions import HTTPCache
from .http_cache_responses import CachedResponse
from .http_network_fetch import http_network_fetch
from .infrastructure import FetchParams, appropriate_network_error
from .responses import FilteredResponse, ResponseRecord, network_error

CONDITIONAL_HEADERS = frozenset(
    {"if-modified-since", "if-none-match", "if-unmodified-since", "if-match", "if-range"}
)
SERVER_ERRORS = (500, 502, 503, 504)  # https://www.rfc-editor.org/rfc/rfc5861#section-4-5
SECONDS_TO_REVALIDATE = 60.0  # in parallel


async def http_cache_fetch(
    http_cache: HTTPCache,
    fetch_params: FetchParams,
    include_credentials: bool,
    is_new_connection_fetch: bool,
) -> ResponseRecord:
    """A request that is not modified any more is answered by what is stored, or by the network, as
    its cache mode says.

    Part of https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
    """
    request = fetch_params.request
    directives = cache_directives(request.header_list.get("Cache-Control"))
    stored_response = None
    if request.cache_mode not in ("no-store", "reload") and "no-store" not in directives:
        stored_response = await http_cache.select(request, include_credentials)
    if stored_response is not None:
        now = client_of(fetch_params).host.clock.wall()
        use = permitted_use(stored_response, directives, now, http_cache.is_shared)
        # By the letter, "no-cache" would validate neither what is fresh nor what was just used
        # while it is to be validated.
        is_revalidating = use == "when it is validated" or request.cache_mode == "no-cache"
        if is_revalidating and request.cache_mode not in ("force-cache", "only-if-cached"):
            if "only-if-cached" not in directives and CONDITIONAL_HEADERS.isdisjoint(
                request.header_list.names()
            ):
                return await revalidating_fetch(
                    http_cache,
                    stored_response,
                    fetch_params,
                    include_credentials,
                    is_new_connection_fetch,
                )
        elif (
            response := await answer_from(http_cache, stored_response, fetch_params, now)
        ) is not None:
            if use == "while it is validated" and request.cache_mode == "default":
                revalidate_in_parallel(http_cache, stored_response, fetch_params)
            return response
    if request.cache_mode == "only-if-cached":
        return network_error("the response is wanted from the HTTP cache only, and it is not there")
    if "only-if-cached" in directives:
        return gateway_timeout()
    return await forwarding_fetch(
        http_cache, fetch_params, include_credentials, is_new_connection_fetch
    )


async def forwarding_fetch(
    http_cache: HTTPCache,
    fetch_params: FetchParams,
    include_credentials: bool,
    is_new_connection_fetch: bool,
    validated_response: CachedResponse | None = None,
) -> ResponseRecord:
    """Ask the network, and let the cache know; or ask it whether a response that is given is still
    good, and return that then.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.3.3
    """
    request = forwarded_request = fetch_params.request
    clock = client_of(fetch_params).host.clock
    if validated_response is not None:
        # what is stored next is the response to a request without a condition
        forwarded_request = request.clone()
        for name, value in validating_fields(validated_response):
            forwarded_request.header_list.append(name, value)
    request_time = clock.wall()
    response = await http_network_fetch(
        fetch_params.copy_for(forwarded_request), include_credentials, is_new_connection_fetch
    )
    if fetch_params.is_canceled:
        return appropriate_network_error(fetch_params)
    if response.type == "error":
        return response
    times = request_time, clock.wall()
    http_cache.invalidate(request, response)
    if validated_response is not None and response.status == 304:
        stored_response = await http_cache.freshen(validated_response, request, response, *times)
        if stored_response is not None:
            return stored_response
        # The server means another response, or this one has just gone: now all of it is wanted.
        http_cache.remove(validated_response)
        return await forwarding_fetch(
            http_cache, fetch_params, include_credentials, is_new_connection_fetch
        )
    # which is to be asked for again
    if request.cache_mode != "no-store" and response.status != 421:
        if request.method == "HEAD" and response.status == 200:
            http_cache.apply_head(request, include_credentials, response, *times)
        http_cache.store(request, include_credentials, response, *times)
    return response


async def revalidating_fetch(
    http_cache: HTTPCache,
    stored_response: CachedResponse,
    fetch_params: FetchParams,
    include_credentials: bool,
    is_new_connection_fetch: bool,
) -> ResponseRecord:
    """Ask whether a stored response is still good. If the server fails, it may be good enough.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.3.3-2
    """
    request = fetch_params.request
    forward_response = await forwarding_fetch(
        http_cache, fetch_params, include_credentials, is_new_connection_fetch, stored_response
    )
    if fetch_params.is_canceled:
        return forward_response
    now = client_of(fetch_params).host.clock.wall()
    argument = cache_directives(request.header_list.get("Cache-Control")).get("stale-if-error")
    if (
        forward_response.type == "error" or forward_response.status in SERVER_ERRORS
    ) and is_usable_on_error(stored_response, argument, now, http_cache.is_shared):
        return await answer_from(http_cache, stored_response, fetch_params, now) or forward_response
    return forward_response


async def answer_from(
    http_cache: HTTPCache, stored_response: CachedResponse, fetch_params: FetchParams, now: float
) -> ResponseRecord | None:
    """What answers the request without the network, from which nothing more comes then; None if it
    has just gone.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4-4
    """
    response = await http_cache.response(stored_response, now)
    if response is not None and fetch_params.process_response_end_of_body is not None:
        fetch_params.process_response_end_of_body()
    return response


def revalidate_in_parallel(
    http_cache: HTTPCache, stored_response: CachedResponse, fetch_params: FetchParams
) -> None:
    """Ask whether a response is still good that is used meanwhile; once, however many use it.

    Part of https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
    """
    if stored_response.key in http_cache.being_revalidated:
        return
    http_cache.being_revalidated.add(stored_response.key)
    revalidate_request = fetch_params.request.clone()
    revalidate_request.cache_mode = "no-cache"
    revalidate_request.prevent_no_cache_cache_control_header_modification = True
    revalidate_request.service_workers_mode = "none"
    task = in_parallel(fetch_to_the_end(FetchParams(revalidate_request)))
    alarm = client_of(fetch_params).host.clock.call_later(SECONDS_TO_REVALIDATE, task.cancel)

    def end(_: object) -> None:
        alarm.cancel()
        http_cache.being_revalidated.discard(stored_response.key)

    task.add_done_callback(end)


async def fetch_to_the_end(fetch_params: FetchParams) -> None:
    """Fetch, and read the body for the cache to have it. If that fails, nobody has missed anything.

    Part of https://www.rfc-editor.org/rfc/rfc5861#section-3-4
    """
    from .main_fetch import main_fetch  # the standard's own circle

    response = await main_fetch(fetch_params, False)
    internal_response = (
        response.internal_response if isinstance(response, FilteredResponse) else response
    )
    if internal_response.body is not None and internal_response.body.source is None:
        reader = get_a_reader(internal_response.body.stream)
        try:
            while not (await reader.read()).done:
                pass
        except Exception:
            return


def gateway_timeout() -> ResponseRecord:
    """What answers a request that is for caches only, where they have nothing.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.7
    """
    response = ResponseRecord()
    response.status = 504
    response.status_message = "Gateway Timeout"
    response.body = BodyRecord(b"", 0)
    return response


def client_of(fetch_params: FetchParams) -> EnvironmentSettingsObject:
    """The client of a request that a cache was found for, which therefore has one.

    https://fetch.spec.whatwg.org/#concept-request-client
    """
    client = fetch_params.request.reserved_client or fetch_params.request.client
    assert client is not None
    return client
