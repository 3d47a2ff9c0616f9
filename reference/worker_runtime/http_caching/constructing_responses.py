"""Constructing responses from caches: which stored response answers a request, and whether it has
to be validated first.

RFC 9111, 4: https://www.rfc-editor.org/rfc/rfc9111#section-4
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias, TypeVar

from ..http.fields import list_members
from .field_definitions import INFINITY, Directives, delta_seconds
from .freshness import (
    current_age,
    freshness_lifetime,
    is_stale_while_revalidate,
    may_be_served_stale,
)
from .storing_responses import StoredResponse

Use: TypeAlias = Literal["as it is", "while it is validated", "when it is validated"]
S = TypeVar("S", bound=StoredResponse)

# Request fields that are lists, where whitespace means nothing; and those of them where the case of
# letters doesn't either.
LISTS = frozenset({"accept", "accept-charset", "accept-encoding", "accept-language"})
CASELESS_LISTS = LISTS - {"accept"}


def normalized_field_value(name: str, value: str) -> str:
    """A value such that two that mean the same to everybody are equal.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.1-3
    """
    if name in LISTS:
        value = ",".join(list_members(value))
    return value.lower() if name in CASELESS_LISTS else value.strip(" \t")


def nominated_fields(vary: str, request_values: dict[str, str]) -> dict[str, str | None]:
    """The fields of a request that Vary names, normalized; None for one that the request does not
    have.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.1-2
    """
    names = {name.lower() for name in list_members(vary)}
    return {
        name: normalized_field_value(name, request_values[name]) if name in request_values else None
        for name in sorted(names)
    }


def matches(response: StoredResponse, request_values: dict[str, str]) -> bool:
    """Whether the fields that Vary names are those of the request that has brought the response.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.1
    """
    vary = response.values.get("vary", "")
    return (
        "*" not in list_members(vary)
        and nominated_fields(vary, request_values) == response.nominated
    )


def chosen_response(responses: Iterable[S], request_values: dict[str, str]) -> S | None:
    """The most recent of those that match a request; one with Vary rather than one that says
    nothing of other variants.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4-8
    """
    suitable = [response for response in responses if matches(response, request_values)]
    return max(
        suitable, key=lambda response: ("vary" in response.values, response.date), default=None
    )


def permitted_use(
    response: StoredResponse, request_directives: Directives, now: float, is_shared: bool
) -> Use:
    """How a stored response that matches may be used: for the request's own directives it has to be
    fresh enough.

    An immutable response is not asked for again because somebody wants a younger one.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4-2
    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1
    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.1
    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.2
    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.3
    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.4
    Part of https://www.rfc-editor.org/rfc/rfc8246#section-2
    """
    if "no-cache" in request_directives or "no-cache" in response.directives:
        return "when it is validated"
    age, lifetime = current_age(response, now), freshness_lifetime(response, is_shared)
    is_fresh = lifetime > age
    # https://www.rfc-editor.org/rfc/rfc8246#section-2
    is_young = (
        "max-age" not in request_directives
        or age < (delta_seconds(request_directives["max-age"]) or 0)
        or (is_fresh and "immutable" in response.directives)
    )
    min_fresh = delta_seconds(request_directives.get("min-fresh")) or 0
    if not is_young or (is_fresh and lifetime - age < min_fresh):
        return "when it is validated"
    if is_fresh:
        return "as it is"
    if "max-stale" in request_directives and may_be_served_stale(response, is_shared):
        max_stale = request_directives["max-stale"]
        if age - lifetime <= (INFINITY if max_stale is None else delta_seconds(max_stale) or 0):
            return "as it is"
    return (
        "while it is validated"
        if is_stale_while_revalidate(response, now, is_shared)
        else "when it is validated"
    )
