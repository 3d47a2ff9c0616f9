"""Invalidating stored responses: what a request that changes something makes outdated.

RFC 9111, 4.4: https://www.rfc-editor.org/rfc/rfc9111#section-4.4
"""

from __future__ import annotations

from ..url.url_parsing import url_parser
from ..url.url_representation import URLRecord
from ..url.url_serializing import origin
from ..url.writing import URLFailure

# https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def invalidated_urls(
    method: str, url: URLRecord, status: int, values: dict[str, str]
) -> list[URLRecord]:
    """The URLs of which nothing that is stored may be used any more; of other origins there are
    none.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.4-2
    """
    if method in SAFE_METHODS or not 200 <= status <= 399:
        return []
    located = (located_url(values, name, url) for name in ("location", "content-location"))
    return [
        url,
        *(other for other in located if other is not None and origin(other) == origin(url)),
    ]


def located_url(values: dict[str, str], name: str, url: URLRecord) -> URLRecord | None:
    """The URL in a field of a response from another URL, None if there is none.

    Part of https://www.rfc-editor.org/rfc/rfc9111#section-4.4-3
    """
    try:
        return url_parser(values[name], url) if name in values else None
    except URLFailure:
        return None
