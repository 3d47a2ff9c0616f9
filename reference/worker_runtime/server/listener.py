"""Listener: accepts connections, and has each served."""

from __future__ import annotations

import asyncio

from ..host.bound_sockets import BoundSockets
from ..host.network import Address, ByteStream, ListeningSocket, Network, ServerTLS, SystemNetwork
from .client import Client
from .served_connection import ServedConnection
from .service import Service


TURNS_TO_LISTEN = 4  # of the loop, until what has come is with those who serve it


class Listener:
    """The connections of a service."""

    __slots__ = ("_all_are_gone", "_connections", "_network", "_service", "_sockets")

    def __init__(self, service: Service, network: Network | None = None) -> None:
        self._service = service
        self._network: Network = SystemNetwork() if network is None else network
        self._sockets: list[ListeningSocket] = []
        self._connections: set[ServedConnection] = set()
        self._all_are_gone: asyncio.Future[None] | None = None  # while somebody waits for that

    async def listen(
        self, address: Address | BoundSockets, tls: ServerTLS | None = None
    ) -> list[Address]:
        """Accept connections at an address, from now on; returns the addresses that it turned out
        to be.
        """
        socket = await self._network.listen(address, self._accept, tls)
        self._sockets.append(socket)
        return socket.addresses

    @property
    def number_of_exchanges(self) -> int:
        """How many requests are being answered."""
        return sum(connection.is_busy for connection in self._connections)

    async def drain(self) -> None:
        """Accept no more. What goes on has its time to end; then it is ended."""
        self._service.is_draining = True
        for socket in self._sockets:
            socket.close()
        self._sockets.clear()
        loop, config = asyncio.get_running_loop(), self._service.config
        timer = self._service.clock.call_later(config.drain_timeout, self._abort)
        try:
            for _ in range(TURNS_TO_LISTEN):
                await asyncio.sleep(0)  # a request that has come already is answered
            for connection in list(self._connections):
                connection.shut_down()
            if self._connections:
                self._all_are_gone = loop.create_future()
                await self._all_are_gone
        finally:
            timer.cancel()

    def _abort(self) -> None:
        for connection in self._connections:
            connection.abort()

    def _accept(self, stream: ByteStream) -> None:
        if len(self._connections) < self._service.config.connections:
            self._connections.add(ServedConnection(stream, self._service, self._forget))
            return
        client = Client(stream, self._service, lambda awaited: None)
        client.send_page(503, "There are too many connections; try again later", is_last=True)
        stream.close()

    def _forget(self, connection: ServedConnection) -> None:
        self._connections.discard(connection)
        if (
            not self._connections
            and self._all_are_gone is not None
            and not self._all_are_gone.done()
        ):
            self._all_are_gone.set_result(None)
