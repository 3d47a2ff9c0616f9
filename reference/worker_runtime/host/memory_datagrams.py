"""Datagrams within the process."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator

from .addresses import Address, TCPAddress, UDPAddress
from .datagram_socket import Datagram, wake
from .socket_options import SocketOptions

LONGEST_DATAGRAM = 65_507  # bytes, over IPv4
ROOM = 208 * 1024  # bytes that wait to be received, as on Linux
OF_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class MemoryDatagramSocket:
    """A socket that is found by its address. What is sent to nobody is lost, and so is what nobody
    receives when there is no more room for it.
    """

    def __init__(
        self,
        sockets: dict[UDPAddress, MemoryDatagramSocket],
        local: UDPAddress,
        remote: UDPAddress | None,
        options: SocketOptions,
    ) -> None:
        self.local_address = local
        self.remote_address = remote
        self._sockets = sockets
        self._loop = asyncio.get_running_loop()
        self._room = options.receive_buffer_size or ROOM
        self._received: deque[Datagram] = deque()
        self._size = 0  # of them, in bytes
        self._readers: list[asyncio.Future[None]] = []
        self._is_closed = False
        sockets[local] = self

    async def receive(self, most: int) -> list[Datagram]:
        """Those that have come, at least one and at most so many."""
        while not self._received and not self._is_closed:
            waiter = self._loop.create_future()
            self._readers.append(waiter)
            try:
                await waiter
            finally:
                self._readers.remove(waiter)
        if self._is_closed:
            raise OSError("The socket is closed")
        datagrams = [self._received.popleft() for _ in range(min(most, len(self._received)))]
        self._size -= sum(len(datagram.data) for datagram in datagrams)
        return datagrams

    async def send(
        self, data: bytes, address: UDPAddress | None = None, options: SocketOptions | None = None
    ) -> None:
        """Send a datagram: it is there in a later turn of the loop."""
        if self._is_closed:
            raise OSError("The socket is closed")
        if len(data) > LONGEST_DATAGRAM:
            raise OSError("Message too long")
        to = address or self.remote_address
        assert to is not None
        for name in names_of(to):
            if isinstance(name, TCPAddress) and name in self._sockets:
                self._loop.call_soon(self._sockets[name]._take, Datagram(data, self.local_address))
                return

    def close(self) -> None:
        """End. Who waits gets an OSError."""
        if not self._is_closed:
            self._is_closed = True
            del self._sockets[self.local_address]
            wake(self._readers)

    def _take(self, datagram: Datagram) -> None:
        remote = self.remote_address
        is_from_another = remote is not None and datagram.source not in names_of(remote)
        if is_from_another or self._is_closed or self._size + len(datagram.data) > self._room:
            return
        self._received.append(datagram)
        self._size += len(datagram.data)
        wake(self._readers)


def names_of(address: Address) -> Iterator[Address]:
    """The addresses under which what is at one can be known: this machine has several names, and
    one for all of its interfaces.
    """
    yield address
    if isinstance(address, TCPAddress) and address.host in OF_THIS_MACHINE:
        for host in (*OF_THIS_MACHINE, "", "0.0.0.0", "::"):
            yield address._replace(host=host)
