"""Freshness: how old a response is, and how old it may get.

RFC 9111, 4.2: https://www.rfc-editor.org/rfc/rfc9111#section-4.2

Ages and lifetimes are seconds; `now` is one on the wall clock.
"""

from __future__ import annotations

from .field_definitions import age_value, date_value, delta_seconds
from .storing_responses import HEURISTICALLY_CACHEABLE, StoredResponse, has_explicit_expiration

HEURISTIC_FRACTION = 0.1  # of the time since the last modification


def freshness_lifetime(response: StoredResponse, is_shared: bool) -> float:
    """How long it is good from when it was generated. What is said of that, and cannot be
    understood, means not at all.

    https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1
    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.1
    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.10
    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.3
    """
    directives = response.directives
    if is_shared and "s-maxage" in directives:
        return delta_seconds(directives["s-maxage"]) or 0
    if "max-age" in directives:
        return delta_seconds(directives["max-age"]) or 0
    if "expires" in response.values:
        expires = date_value(response.values["expires"], response.response_time)
        return 0 if expires is None else expires - response.date
    return heuristic_freshness_lifetime(response)


def heuristic_freshness_lifetime(response: StoredResponse) -> float:
    """A tenth of the time that it had not been changed for when it was sent.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.2.2
    """
    assert not has_explicit_expiration(response.values, response.directives, is_shared=False)
    if response.status not in HEURISTICALLY_CACHEABLE and response.directives.keys().isdisjoint(
        {"public", "private"}
    ):
        return 0
    last_modified = date_value(response.values.get("last-modified"), response.response_time)
    return (
        0 if last_modified is None else max(0, response.date - last_modified) * HEURISTIC_FRACTION
    )


def current_age(response: StoredResponse, now: float) -> float:
    """How long ago it was generated or validated by the origin server, by all that is known. It is
    never negative.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.2.3
    """
    apparent_age = max(0, response.response_time - response.date)
    response_delay = response.response_time - response.request_time
    corrected_age_value = age_value(response.values.get("age")) + response_delay
    corrected_initial_age = max(apparent_age, corrected_age_value)
    resident_time = now - response.response_time
    return max(0, corrected_initial_age + resident_time)


def is_fresh(response: StoredResponse, now: float, is_shared: bool) -> bool:
    """Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.2-8"""
    return freshness_lifetime(response, is_shared) > current_age(response, now)


def staleness(response: StoredResponse, now: float, is_shared: bool) -> float:
    """For how long it has been stale; negative while it is fresh.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.2-2
    """
    return current_age(response, now) - freshness_lifetime(response, is_shared)


def may_be_served_stale(response: StoredResponse, is_shared: bool) -> bool:
    """Whether nothing in the response forbids to use it when it is stale, if something else permits
    that.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.2.4
    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.2
    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.8
    """
    forbidding = {"no-cache", "must-revalidate"} | (
        {"proxy-revalidate", "s-maxage"} if is_shared else set()
    )
    return response.directives.keys().isdisjoint(forbidding)


def is_stale_while_revalidate(response: StoredResponse, now: float, is_shared: bool) -> bool:
    """Whether it may still be used while it is validated.

    Part of https://www.rfc-editor.org/rfc/rfc5861#section-3
    """
    lifetime = delta_seconds(response.directives.get("stale-while-revalidate")) or 0
    return (
        may_be_served_stale(response, is_shared)
        and 0 <= staleness(response, now, is_shared) < lifetime
    )


def is_usable_on_error(
    response: StoredResponse, request_directive: str | None, now: float, is_shared: bool
) -> bool:
    """Whether it may be used because the server fails; the argument of the request's stale-if-error
    counts as the response's.

    Part of https://www.rfc-editor.org/rfc/rfc5861#section-4
    """
    lifetimes = map(delta_seconds, (response.directives.get("stale-if-error"), request_directive))
    lifetime = max(seconds or 0 for seconds in lifetimes)
    return (
        may_be_served_stale(response, is_shared) and staleness(response, now, is_shared) < lifetime
    )
