"""Byte streams: connections that carry bytes both ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from .addresses import Address
from .tls import ClientTLS, ServerTLS, TLSFacts

# A stream that nobody reads takes in about this many bytes; then the other side has to wait.
READ_AHEAD = 64 * 1024
PIECE = 256 * 1024  # bytes that are written at once


class ByteStream(Protocol):
    """A connection that carries bytes both ways.

    Who reads it may wait in `read`, or be called with what comes. What is called, is called in the
    context in which the stream was accepted, or in an empty one where it was dialled: never in that
    of somebody who happened to read or write last.
    """

    on_data: Callable[[bytes], object] | None
    """While it is set and nobody waits in `read`, it is called with bytes as they come. Else they
    are kept for `read`.
    """
    first_look: Callable[[bytes], bool] | None
    """While it is set and somebody waits in `read`, it is called with bytes as they come. If it
    returns True they are its own, and `read` goes on waiting.
    """
    on_end: Callable[[], object] | None
    """Called once, without anybody reading, when the other side has nothing more to say; it may
    still listen.
    """
    on_loss: Callable[[], object] | None
    """Called once, when the connection is gone, whether the other side has ended it in order or
    not.
    """
    is_held_up: bool
    """Whether `drain` would have to wait."""
    is_lost: bool
    """Whether the connection is gone: what is written reaches nobody."""
    bytes_written: int
    """How much has been written, since the beginning."""
    bytes_received: int
    """How much has come, likewise."""
    failure: Exception | None
    """Why the other side's end is not one in order, as far as that is known: a reset, or TLS
    without its closure alert. `read` raises it when everything before it has been read.
    """
    local_address: Address
    remote_address: Address
    application_protocol: str | None
    """What was agreed on in the TLS handshake."""
    is_secure: bool
    connected_at: float
    """When there was a connection, by the clock of the loop. Its TLS handshake began then."""

    def tls_facts(self) -> TLSFacts | None:
        """What was agreed on in the TLS handshake; None without TLS."""

    async def read(self) -> bytes:
        """The bytes that have come, at least one; none at the end. What is not read makes the other
        side wait.
        """

    def take(self) -> bytes:
        """The bytes that have come, if any; it does not wait."""

    def look(self) -> None:
        """Notice that the other side has ended or reset the connection, where nobody reads and
        nobody is told by the system: `on_end` or `on_loss` is called then.
        """

    def write(self, data: bytes) -> None:
        """Send bytes. They may wait in memory, so `drain` should follow."""

    def bytes_taken(self) -> int:
        """How much of what was written the other side has taken, as far as the system knows."""

    async def drain(self) -> None:
        """Wait until there is not too much waiting to be sent. ConnectionError if it never will
        be.
        """

    def write_eof(self) -> None:
        """Say that there is nothing more to say, where the protocol can; reading goes on. Nobody
        hears it where the other side has gone.
        """

    def close(self) -> None:
        """End the connection when everything has been sent."""

    def abort(self) -> None:
        """End the connection now, so that the other side sees that it was broken off."""

    async def wait_closed(self) -> None:
        """Wait until the connection has ended."""

    async def start_tls(self, tls: ClientTLS | ServerTLS) -> None:
        """Go on with TLS. ConnectionAbortedError if something was received before and is unread."""


async def send(stream: ByteStream, data: bytes) -> None:
    """Send bytes, however many, as the other side takes them. ConnectionError if it does not."""
    for begin in range(0, len(data), PIECE):
        stream.write(data if len(data) <= PIECE else data[begin : begin + PIECE])
        await stream.drain()
    await stream.drain()
