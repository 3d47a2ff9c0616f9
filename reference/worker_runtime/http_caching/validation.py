"""Validation: to ask the server whether a stored response is still good, and what follows from its
answer.

RFC 9111, 4.3: https://www.rfc-editor.org/rfc/rfc9111#section-4.3
"""

from __future__ import annotations

from ..http.fields import Fields
from .storing_responses import StoredResponse


def validating_fields(response: StoredResponse) -> Fields:
    """What a request gets to ask whether a stored response is still good; nothing if there is
    nothing to ask by.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.3.1
    """
    validators = (("if-none-match", "etag"), ("if-modified-since", "last-modified"))
    return [
        (name, response.values[validator])
        for name, validator in validators
        if validator in response.values
    ]


def is_strong(entity_tag: str) -> bool:
    """Part of https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3-4
    Part of https://www.rfc-editor.org/rfc/rfc9110#section-8.8.1
    """
    return not entity_tag.startswith("W/")


def is_freshened(response: StoredResponse, values: dict[str, str], is_validated: bool) -> bool:
    """Whether a 304 with these fields is about a stored response. `is_validated`: it is the one
    that the request was about.

    A strong entity tag decides. What has none is about the response that it was asked for, and
    about those alone that have its weak one.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4
    """
    entity_tag, stored = values.get("etag"), response.values.get("etag")
    if entity_tag is not None and is_strong(entity_tag):
        return stored == entity_tag
    if entity_tag is not None and stored is not None:
        return stored.removeprefix("W/") == entity_tag.removeprefix("W/")
    return is_validated


def is_confirmed_by_head(response: StoredResponse, values: dict[str, str]) -> bool:
    """Whether a response to HEAD with these fields can be that of the content that is stored; if
    not, that is outdated.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.3.5
    """
    stored = response.values
    if (
        "content-length" in values
        and stored.get("content-length", values["content-length"]) != values["content-length"]
    ):
        return False
    return all(
        stored.get(name) == values[name] for name in ("etag", "last-modified") if name in values
    )
