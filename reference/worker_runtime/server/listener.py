"""Listener: accepts connections, and has each served."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from ..host.bound_sockets import BoundSockets
from ..host.network import (
    Address,
    ByteStream,
    ListeningSocket,
    Network,
    ServerTLS,
    SystemNetwork,
    most_connections,
)  # fmt: skip
from .client import Client
from .served_connection import ServedConnection
from .service import Service

if TYPE_CHECKING:
    from ..host.shared_loads import Load
    from .served_web_socket import ServedWebSocket

TURNS_TO_LISTEN = 4  # of the loop, until what has come is with those who serve it


class Listener:
    """The connections of a service."""

    __slots__ = (
        "_all_are_gone", "_connections", "_is_full", "_load", "_most", "_network", "_service",
        "_sockets", "_web_sockets",
    )  # fmt: skip

    def __init__(self, service: Service, network: Network | None = None) -> None:
        self._service = service
        self._network: Network = SystemNetwork() if network is None else network
        self._sockets: list[ListeningSocket] = []
        self._connections: set[ServedConnection] = set()
        self._web_sockets: set[ServedWebSocket] = set()  # what they have become
        self._most = min(
            service.config.connections, most_connections() or service.config.connections
        )
        self._load: Load | None = None  # where other processes accept, too
        self._is_full = False  # whether it has been said that there are as many as there may be
        self._all_are_gone: asyncio.Future[None] | None = None  # while somebody waits for that

    async def listen(
        self, address: Address | BoundSockets, tls: ServerTLS | None = None
    ) -> list[Address]:
        """Accept connections at an address, from now on; returns the addresses that it turned out
        to be.
        """
        if tls is not None:
            tls = tls._replace(handshake_timeout=self._service.config.head_timeout)
        socket = await self._network.listen(address, self._accept, tls, self._admits)
        self._sockets.append(socket)
        if isinstance(address, BoundSockets):
            self._load = address.load
            self._say_how_many()
        return socket.addresses

    @property
    def number_of_exchanges(self) -> int:
        """How many requests are being answered."""
        are_busy = sum(connection.is_busy for connection in self._connections)
        return are_busy + len(self._web_sockets)

    async def drain(self) -> None:
        """Accept no more. What goes on has its time to end; then it is ended."""
        self._service.is_draining = True
        for socket in self._sockets:
            socket.close()
        self._sockets.clear()
        if self._load is not None:
            self._load.end()
        loop, config = asyncio.get_running_loop(), self._service.config
        timer = self._service.clock.call_later(config.drain_timeout, self.abort)
        try:
            for _ in range(TURNS_TO_LISTEN):
                await asyncio.sleep(0)  # a request that has come already is answered
            for connection in self._all():
                connection.shut_down()
            if self._all():
                self._all_are_gone = loop.create_future()
                await self._all_are_gone
        finally:
            timer.cancel()

    def abort(self) -> None:
        """End what goes on, whatever it is."""
        for connection in self._all():
            connection.abort()

    def _all(self) -> list[ServedConnection | ServedWebSocket]:
        return [*self._connections, *self._web_sockets]

    @property
    def _number(self) -> int:
        return len(self._connections) + len(self._web_sockets)

    def _admits(self, handshakes: int) -> bool:
        """Whether one more may be accepted. Over TLS who is one too many is closed before the
        handshake, which costs more than all that comes after.
        """
        return handshakes == 0 or self._number + handshakes < self._most

    def _accept(self, stream: ByteStream) -> None:
        if self._number < self._most:
            self._connections.add(
                ServedConnection(stream, self._service, self._forget, self._replace)
            )
            self._say_how_many()
            return
        if not self._is_full:
            self._is_full = True
            text = f"There are {self._most} connections, as many as there may be: others get a 503"
            print(text, file=sys.stderr, flush=True)
        client = Client(stream, self._service, lambda awaited: None)
        client.send_page(503, "There are too many connections; try again later", is_last=True)
        stream.close()

    def _say_how_many(self) -> None:
        if self._load is not None:
            self._load.set(self._number)

    def _replace(self, connection: ServedConnection, web_socket: ServedWebSocket) -> None:
        self._connections.discard(connection)
        self._web_sockets.add(web_socket)

    def _forget(self, connection: ServedConnection | ServedWebSocket) -> None:
        if isinstance(connection, ServedConnection):
            self._connections.discard(connection)
        else:
            self._web_sockets.discard(connection)
        self._say_how_many()
        if self._number < self._most // 2:
            self._is_full = False
        if not self._number and self._all_are_gone is not None and not self._all_are_gone.done():
            self._all_are_gone.set_result(None)
