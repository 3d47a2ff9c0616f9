"""What sockets have of the system: it is closed before it is collected.

Sockets API, 2.1: https://sockets-api.proposal.wintertc.org/#socket-concept-section

A socket that nobody can use any more is found by Python's collector. What it has of the system
must not go in the same moment, or nobody could close it; so the event loop holds it meanwhile.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ..host.byte_stream import ByteStream
from ..html.event_loops import EventLoop


class OpenSockets:
    """Of an event loop.

    Part of https://sockets-api.proposal.wintertc.org/#socket-concept
    """

    def __init__(self, event_loop: EventLoop) -> None:
        self.opened: set[Any] = set()
        """What the system has opened."""
        self.waiting: set[Any] = set()
        """Sockets that are kept alive, for somebody waits for what comes out of them."""


def keep_until_it_is_lost(stream: ByteStream, event_loop: EventLoop) -> None:
    """Hold a connection as long as there is one.

    Part of https://sockets-api.proposal.wintertc.org/#socket-concept
    """
    if not stream.is_lost:
        opened = event_loop.record(OpenSockets).opened
        opened.add(stream)
        stream.on_loss = partial(opened.discard, stream)
