"""Timeouts: how long a client waits for a server."""

from __future__ import annotations

from typing import NamedTuple


class Timeouts(NamedTuple):
    """Seconds without progress; `float("inf")` is for ever. A server decides on none of them."""

    connect: float = 30.0
    """For a connection, with TLS where that is asked for."""
    head: float = 120.0
    """For the head of the response to be there to its end, when the server has all of the request.
    """
    content: float = 60.0
    """For more content to come, when somebody waits for it, and for content that is sent to be
    taken.
    """
