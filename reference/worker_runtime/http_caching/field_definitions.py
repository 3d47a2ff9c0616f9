"""Field definitions: what the fields say that are about caching.

RFC 9111, 5: https://www.rfc-editor.org/rfc/rfc9111#section-5
"""

from __future__ import annotations

from typing import TypeAlias

from ..http.dates import http_date
from ..http.fields import list_members

# The directives of a Cache-Control field, by name in lower case, each with its argument, None if it
# has none.
Directives: TypeAlias = "dict[str, str | None]"

INFINITY = 2**31  # seconds: more than 68 years


def delta_seconds(string: str | None) -> int | None:
    """A number of seconds, None if it is not one.

    https://www.rfc-editor.org/rfc/rfc9111#section-1.2.2
    """
    if string is None or not string.isascii() or not string.isdecimal():
        return None
    digits = string.lstrip("0") or "0"
    return min(int(digits), INFINITY) if len(digits) <= 10 else INFINITY


def age_value(field_value: str | None) -> int:
    """What Age says in seconds, by its first member; 0 if that is not a number.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.1
    """
    return delta_seconds((field_value or "").partition(",")[0].strip(" \t")) or 0


def cache_directives(field_value: str | None) -> Directives:
    """The directives of all Cache-Control field lines together. Of two with one name the first
    counts.

    An argument may be a token or a quoted string. What is neither stays as it is, for nothing takes
    that for a number.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2
    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2
    Part of https://www.rfc-editor.org/rfc/rfc9111#section-5.2.3
    """
    directives: Directives = {}
    for member in list_members(field_value or ""):
        name, equals, argument = member.partition("=")
        if len(argument) >= 2 and argument[0] == argument[-1] == '"':
            argument = argument[1:-1]
        directives.setdefault(name.rstrip(" \t").lower(), argument if equals else None)
    return directives


def date_value(field_value: str | None, now: float) -> float | None:
    """The date that Expires, Date or Last-Modified says, whatever the case of its letters; None if
    it is not one.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.2-13
    """
    return (
        None if field_value is None else http_date(field_value.title().replace("Gmt", "GMT"), now)
    )
