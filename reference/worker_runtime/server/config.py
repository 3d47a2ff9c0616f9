"""Config: the limits of a server. All have defaults that a server on the open network can live
with.
"""

from __future__ import annotations

from typing import NamedTuple

from ..host.timeouts import Timeouts
from ..http.message import Limits


class Config(NamedTuple):
    """Sizes are bytes, times are seconds."""

    messages: Limits = Limits()
    """How long the parts of a head may be, and what frames the content."""
    fetch: Timeouts = Timeouts()
    """How long other servers are waited for, by the worker's fetches and where requests are passed
    on.
    """
    content: int | None = None
    """How much content a request may have; more is a 413."""
    collected_content: int = 64 * 1024 * 1024
    """How much content a worker may collect, with `text()`, `json()`, `bytes()` and the like; more
    is a 413. Of `request.body` it may read as much as there is.
    """
    unread_content: int = 256 * 1024
    """How much content that a worker did not want is read to keep a connection alive."""
    connections: int = 10_000
    """How many there may be at once; more are told 503."""
    head_timeout: float = 30.0
    """For a client to send a head, from its first byte, or from the beginning of the connection."""
    idle_timeout: float = 75.0
    """For a client to send another request."""
    content_timeout: float = 60.0
    """For a client to send more of its content, when somebody waits for it."""
    response_timeout: float = 60.0
    """For a client to take more of its response."""
    half_close_timeout: float = 3.0
    """For a client that has ended its side, to take more of its response; then it has left."""
    linger_timeout: float = 2.0
    """For a client that still sends, to see the response to a request that was not read to its end.
    """
    tcp_idle_timeout: float = 300.0
    """For a connection to the handler `connect`, over which nothing goes either way."""
    drain_timeout: float = 30.0
    """For what goes on when the server ends."""
    websocket_message: int = 1024 * 1024
    """How long a message of a WebSocket may be; a longer one closes it with 1009."""
    websocket_messages: int = 64 * 1024 * 1024
    """How much all WebSockets may hold of messages that are not whole; one that would hold more is
    closed with 1013.
    """
    websocket_unsent: int = 16 * 1024 * 1024
    """How much may wait for a WebSocket's client to take it; what is sent then, closes it with
    1008.
    """
    websocket_ping_timeout: float = 30.0
    """For a WebSocket to be silent; then it is asked whether it is there."""
    websocket_idle_timeout: float = 75.0
    """For a WebSocket to be silent; then it is not there any more."""
