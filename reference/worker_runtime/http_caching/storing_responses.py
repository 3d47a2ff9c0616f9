"""Storing responses in caches: which of them may be stored, what of them, and how what is stored
changes.

RFC 9111, 3: https://www.rfc-editor.org/rfc/rfc9111#section-3
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..http.connection import CONNECTION_FIELDS
from ..http.fields import Fields, combined_field_values, list_members
from .field_definitions import Directives, cache_directives, date_value

# https://www.rfc-editor.org/rfc/rfc9110#section-15.1-2, but for 206: parts are not stored.
HEURISTICALLY_CACHEABLE = frozenset({200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501})
UNDERSTOOD = HEURISTICALLY_CACHEABLE | {302, 303, 307}
PROXY_FIELDS = frozenset({"proxy-authenticate", "proxy-authentication-info", "proxy-authorization"})
# What is said of the content as it was sent; what is stored may be decoded.
FIELDS_OF_THE_CONTENT = frozenset({"content-encoding", "content-length", "content-range"})


@dataclass(eq=False)
class StoredResponse:
    """A response without its content, and what of its request decides which requests it answers.
    Times are seconds on the wall clock.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-2
    """

    status: int
    reason: str
    fields: Fields
    nominated: dict[str, str | None]
    """The request's fields that Vary names, as `nominated_fields` has them."""
    request_time: float
    response_time: float

    @cached_property
    def values(self) -> dict[str, str]:
        """The value of each field."""
        return combined_field_values(self.fields)

    @cached_property
    def date(self) -> float:
        """When it was generated, or else received.

        Part of https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1-8
        """
        date = date_value(self.values.get("date"), self.response_time)
        return self.response_time if date is None else date

    @cached_property
    def directives(self) -> Directives:
        """Those of its Cache-Control."""
        return cache_directives(self.values.get("cache-control"))


def has_explicit_expiration(
    values: dict[str, str], directives: Directives, is_shared: bool
) -> bool:
    """Whether a response says itself how long it is good.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.2-5
    """
    return (
        "max-age" in directives or "expires" in values or (is_shared and "s-maxage" in directives)
    )


def may_be_stored(
    method: str,
    request_values: dict[str, str],
    status: int,
    values: dict[str, str],
    is_shared: bool,
    content_location_is_target: bool = False,
) -> bool:
    """Whether a cache stores the response with that status and those fields, which is the answer to
    that request.

    `content_location_is_target`: whether Content-Location is the URL that was asked for, which lets
    what a POST has brought answer a later GET.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-3-2
    """
    directives = cache_directives(values.get("cache-control"))
    is_explicit = has_explicit_expiration(values, directives, is_shared)
    # https://www.rfc-editor.org/rfc/rfc9110#section-9.3.3-4
    if method != "GET" and not (
        method in ("POST", "PATCH") and is_explicit and content_location_is_target
    ):
        return False
    if status < 200 or status in (206, 304):
        return False
    if "*" in list_members(values.get("vary", "")):
        return False
    if not fields_may_be_stored(request_values, status, values, is_shared):
        return False
    # A cache may do without what it can neither reuse by itself nor validate.
    if not is_explicit and "etag" not in values and "last-modified" not in values:
        return False
    return (
        is_explicit
        or "public" in directives
        or (not is_shared and "private" in directives)
        or status in HEURISTICALLY_CACHEABLE
    )


def fields_may_be_stored(
    request_values: dict[str, str], status: int, values: dict[str, str], is_shared: bool
) -> bool:
    """Whether the fields of a response to that request may be stored: with it, or, if it is a 304
    or the answer to HEAD, in the response with that status which they update.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.5
    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.5
    """
    directives = cache_directives(values.get("cache-control"))
    if forbids_storing(status, directives, is_shared):
        return False
    if "no-store" in cache_directives(request_values.get("cache-control")):
        return False
    return not is_shared or may_be_shared(request_values, values, directives)


def forbids_storing(status: int, directives: Directives, is_shared: bool) -> bool:
    """Whether a response says of itself that a cache may not have it. Where its status is
    understood, must-understand outweighs no-store.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.3
    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.7
    """
    if is_shared and "private" in directives:
        return True
    if "must-understand" in directives:
        return status not in UNDERSTOOD
    return "no-store" in directives


def may_be_shared(
    request_values: dict[str, str], values: dict[str, str], directives: Directives
) -> bool:
    """Whether a response may be stored for others than the client that has asked. One that sets a
    cookie has to say so.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-3.5
    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.9
    """
    if "authorization" in request_values and directives.keys().isdisjoint(
        {"must-revalidate", "public", "s-maxage"}
    ):
        return False
    return "set-cookie" not in values or "public" in directives


def fields_to_store(fields: Fields) -> Fields:
    """All but those that are about the connection or a proxy.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-3.1
    """
    options = {
        option.lower()
        for name, value in fields
        if name == "connection"
        for option in list_members(value)
    }
    left_out = (CONNECTION_FIELDS - {"content-length"}) | PROXY_FIELDS | options
    return [(name, value) for name, value in fields if name not in left_out]


def updated_fields(stored: Fields, provided: Fields) -> Fields:
    """The stored fields, with those of a newer response in their place.

    An Age that the newer one does not have is gone: it was counted from another moment.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-3.2
    """
    newer = [
        (name, value)
        for name, value in fields_to_store(provided)
        if name not in FIELDS_OF_THE_CONTENT
    ]
    replaced = {name for name, _ in newer} | {"age"}
    return [(name, value) for name, value in stored if name not in replaced] + newer
