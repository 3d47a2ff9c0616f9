"""Server connections: WebSocket connections that are no task while nothing comes, since a server
may have very many of them.

WebSockets Standard, 2.1: https://websockets.spec.whatwg.org/#websocket-connections
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from ..host.clock import Clock
from ..host.network import ByteStream
from ..html.event_loops import in_parallel
from ..websocket_protocol.connection import Connection
from .websocket_connections import ConnectionLimits, Feedback, WebSocketConnection


class ServerConnection(WebSocketConnection):
    """A server's end of a connection. `begin` is its life.

    OPTIMIZATION: what comes is handed on by the stream's own callbacks. A task is made when there
    is something to be waited for, and ends with that.

    Part of https://websockets.spec.whatwg.org/#websocket-connections
    """

    __slots__ = ("_has_a_task", "_input_is_over", "_on_over")

    _on_over: Callable[[], object]

    def __init__(
        self,
        stream: ByteStream,
        protocol: Connection,
        feedback: Feedback,
        clock: Clock,
        limits: ConnectionLimits,
    ) -> None:
        super().__init__(stream, protocol, False, feedback, clock, limits)
        self._has_a_task = False
        self._input_is_over = False

    def begin(self, data: bytes, has_ended: bool, on_over: Callable[[], object]) -> None:
        """Live, from the bytes that have come after the opening handshake, and maybe the client's
        end; `on_over` is called when the connection has come to its own.
        """
        self._on_over = on_over
        self._input_is_over = has_ended
        self._set_timer()
        stream = self._stream
        stream.on_end = stream.on_loss = self._on_end
        self._start(data)

    def _start(self, data: bytes) -> None:
        self._has_a_task, self._is_reading = True, False
        self._stream.on_data = None  # what comes meanwhile waits
        in_parallel(self._go_on(data))

    async def _go_on(self, data: bytes) -> None:
        is_over = True
        try:
            with suppress(OSError):
                while await self._take_in(data):
                    if not (data := self._stream.take()):
                        is_over = self._input_is_over
                        break
                else:
                    await self._linger()
                if is_over:
                    await self._drain()
        except BaseException:
            is_over = True
            self._stream.abort()
            raise
        finally:
            self._has_a_task = False
            if is_over:
                self._end()
            else:
                self._rest()

    def _rest(self) -> None:
        """Nothing is to be waited for but what comes next."""
        self._has_pinged, self._is_reading = False, True
        self._silent_since = self._clock.monotonic()
        self._stream.on_data = self._on_data

    def _on_data(self, data: bytes) -> None:
        if not self._turn.hand_on(self._hand_on_messages, data):
            self._handed_on = 0
            self._start(b"")

    def _on_end(self) -> None:
        self._input_is_over = True
        if not self._has_a_task and not self._is_over:
            self._start(b"")

    def _end(self) -> None:
        super()._end()
        stream = self._stream
        stream.on_data = stream.on_end = stream.on_loss = None
        self._on_over()
