"""TCP listener: accepts connections that speak no HTTP, and gives each to the worker."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from ..host.bound_sockets import BoundSockets
from ..host.clock import Clock, SystemClock, TimerHandle
from ..host.network import (
    Address,
    ByteStream,
    ListeningSocket,
    Network,
    SystemNetwork,
    most_connections,
)  # fmt: skip
from .config import Config

# Takes a connection, and returns when it is done with it.
ConnectionHandler: TypeAlias = Callable[[ByteStream], Awaitable[object]]


class TCPListener:
    """The connections that a handler has. One too many is broken off; so is one over which nothing
    goes either way for too long.
    """

    def __init__(
        self,
        handle: ConnectionHandler,
        config: Config = Config(),
        clock: Clock | None = None,
        network: Network | None = None,
    ) -> None:
        self._handle = handle
        self._config = config
        self._clock: Clock = SystemClock() if clock is None else clock
        self._network: Network = SystemNetwork() if network is None else network
        self._listening: list[ListeningSocket] = []
        self._connections: dict[asyncio.Task[None], ByteStream] = {}
        self._most = min(config.connections, most_connections() or config.connections)
        self._is_full = False  # whether it has been said that there are as many as there may be

    async def listen(self, address: Address | BoundSockets) -> list[Address]:
        """Accept connections at an address, from now on; returns the addresses that it turned out
        to be.
        """
        listening = await self._network.listen(address, self._accept)
        self._listening.append(listening)
        return listening.addresses

    @property
    def number_of_connections(self) -> int:
        """How many the handler has."""
        return len(self._connections)

    async def drain(self) -> None:
        """Accept no more. The connections that there are have their time to end; then they are
        broken off.
        """
        for listening in self._listening:
            listening.close()
        self._listening.clear()
        timer = self._clock.call_later(self._config.drain_timeout, self._break_off)
        try:
            while self._connections:
                await asyncio.wait([*self._connections])
        finally:
            timer.cancel()

    def _accept(self, stream: ByteStream) -> None:
        if len(self._connections) >= self._most:
            if not self._is_full:
                self._is_full = True
                text = f"There are {self._most} connections, as many as there may be: others end"
                print(text, file=sys.stderr, flush=True)
            stream.abort()
            return
        task = asyncio.get_running_loop().create_task(self._serve(stream))
        self._connections[task] = stream
        task.add_done_callback(self._forget)

    async def _serve(self, stream: ByteStream) -> None:
        idle_timeout = self._config.tcp_idle_timeout
        progress = (-1, -1)
        timer: TimerHandle | None = None

        def look() -> None:
            nonlocal progress, timer
            before, progress = progress, (stream.bytes_received, stream.bytes_taken())
            if progress == before:
                stream.abort()
            else:
                timer = self._clock.call_later(idle_timeout, look)

        look()
        try:
            await self._handle(stream)
            await stream.wait_closed()
        finally:
            if timer is not None:
                timer.cancel()
            stream.abort()

    def _break_off(self) -> None:
        for task, stream in self._connections.items():
            stream.abort()
            task.cancel()

    def _forget(self, task: asyncio.Task[None]) -> None:
        del self._connections[task]
        if len(self._connections) < self._most // 2:
            self._is_full = False
        if not task.cancelled() and (failure := task.exception()) is not None:
            context = {"message": "A connection could not be served", "exception": failure}
            task.get_loop().call_exception_handler(context)
