"""Stored responses for the tests: their fields are keyword arguments, and dates are seconds from a
moment.
"""

from __future__ import annotations

from worker_runtime.http.dates import imf_fixdate
from worker_runtime.http_caching.storing_responses import StoredResponse

NOW = 1_700_000_000.0


def stored(
    status: int = 200,
    request_time: float = 0,
    response_time: float = 0,
    nominated: dict[str, str | None] | None = None,
    **fields: str | int,
) -> StoredResponse:
    """A response; `date=-5` is a Date five seconds before NOW, and so are the other fields that say
    a date.
    """
    dates = {"date", "expires", "last_modified"}
    lines = [
        (
            name.replace("_", "-"),
            imf_fixdate(NOW + value) if name in dates and isinstance(value, int) else str(value),
        )
        for name, value in fields.items()
    ]
    return StoredResponse(
        status, "", lines, nominated or {}, NOW + request_time, NOW + response_time
    )
