"""Served WebSocket: a connection that has become a WebSocket's, and keeps little of what it was."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from .client import Client
from .exchange import Exchange

if TYPE_CHECKING:
    from ..host.network import ByteStream
    from ..websockets.server_connections import ServerConnection

GOING_AWAY = 1001


class LoggedUpgrade:
    """What there will be to say of an exchange whose connection has become a WebSocket's."""

    __slots__ = ("_begin", "_clock", "received", "remote_address", "request", "sent", "status")

    def __init__(self, exchange: Exchange) -> None:
        self.request = exchange.request
        self.status = exchange.status
        self.received = self.sent = 0
        self.remote_address = exchange.remote_address
        self._clock = exchange.clock
        self._begin = exchange.begin

    @property
    def duration(self) -> float:
        """Seconds since the head of the request was there."""
        return self._clock.monotonic() - self._begin

    @property
    def wall_time(self) -> float:
        """What time it is, in seconds since 1970."""
        return self._clock.wall()


class ServedWebSocket:
    """A WebSocket that is being served, until it is closed; the server closes it when it ends."""

    __slots__ = ("_connection", "_is_draining", "_log", "_on_over", "_stream", "_unused_data")

    def __init__(self, client: Client, exchange: Exchange, connection: ServerConnection) -> None:
        service = client.service
        self._stream: ByteStream = client.stream
        self._connection = connection
        self._unused_data = client.http.take_unused_data()
        self._is_draining = service.is_draining
        self._log = None if service.log is None else partial(service.log, LoggedUpgrade(exchange))
        self._on_over: Callable[[ServedWebSocket], object] | None = None

    def begin(self, has_ended: bool, on_over: Callable[[ServedWebSocket], object]) -> None:
        """Live. `on_over` is called when it is closed."""
        self._on_over = on_over
        data, self._unused_data = self._unused_data + self._stream.take(), b""
        if self._is_draining:
            self.shut_down()
        self._connection.begin(data, has_ended, self._end)

    def shut_down(self) -> None:
        """The server ends, so it closes."""
        self._connection.close(GOING_AWAY)

    def abort(self) -> None:
        """End the connection whatever goes on."""
        self._stream.abort()

    def _end(self) -> None:
        if self._log is not None:
            self._log()
        assert self._on_over is not None
        self._on_over(self)
