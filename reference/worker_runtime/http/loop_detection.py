"""Loop detection: a request that comes back again and again to where it has been is answered no
more.

RFC 8586, 2: https://www.rfc-editor.org/rfc/rfc8586#section-2
"""

from __future__ import annotations

from contextvars import ContextVar

from .fields import MessageFailure, list_members

PSEUDONYM = "worker-runtime"
MOST_PASSES = 10

# The CDN-Loop of what is asked for on behalf of the request that is being answered; None where none
# is.
on_behalf: ContextVar[str | None] = ContextVar("CDN-Loop", default=None)


def cdn_loop_to_send(received: str | None) -> str:
    """The CDN-Loop of what is asked for on behalf of a request that has come with that one.

    MessageFailure with 508 if the request has passed here too often.

    Part of https://www.rfc-editor.org/rfc/rfc8586#section-2
    """
    if received is None:
        return PSEUDONYM
    names = [member.partition(";")[0].rstrip(" \t").lower() for member in list_members(received)]
    if names.count(PSEUDONYM) >= MOST_PASSES:
        raise MessageFailure(f"The request has passed here {MOST_PASSES} times", 508)
    return f"{received}, {PSEUDONYM}"
