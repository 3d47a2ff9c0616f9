"""Datagram sockets: messages that may be lost, each whole or not at all, in the order in which they
come.
"""

from __future__ import annotations

import asyncio
import socket
from typing import NamedTuple, Protocol

from .addresses import TCPAddress, UDPAddress, address_of
from .resolving import Place, places_of
from .socket_options import SocketOptions, set_buffer_sizes

LONGEST_DATAGRAM = 65_536


class Datagram(NamedTuple):
    """A message, and where it comes from."""

    data: bytes
    source: UDPAddress


class DatagramSocket(Protocol):
    """What sends and receives datagrams. Those that nobody receives wait in the system, which drops
    what is too much.
    """

    local_address: UDPAddress
    remote_address: UDPAddress | None
    """The only other side, if it is connected to one."""

    async def receive(self, most: int) -> list[Datagram]:
        """Those that have come, at least one and at most so many. OSError if the other side does
        not take what it is sent, as far as the system knows.
        """

    async def send(
        self, data: bytes, address: UDPAddress | None = None, options: SocketOptions | None = None
    ) -> None:
        """Send a datagram to an address, or to the other side, when the system has room for it.
        OSError if it is too long, or there is no such host.
        """

    def close(self) -> None:
        """End. Who waits gets an OSError."""


class SystemDatagramSocket:
    """A datagram socket of the system."""

    __slots__ = (
        "_failure", "_loop", "_readers", "_socket", "_writers", "local_address", "remote_address",
    )  # fmt: skip

    def __init__(self, place: Place, is_local: bool, options: SocketOptions) -> None:
        """One that is bound to a place, or connected to it."""
        self._loop = asyncio.get_running_loop()
        self._failure: OSError | None = None  # which who receives next is told
        self._readers: list[asyncio.Future[None]] = []
        self._writers: list[asyncio.Future[None]] = []
        self._socket = socket.socket(place.family, socket.SOCK_DGRAM)
        try:
            self._socket.setblocking(False)
            set_buffer_sizes(self._socket, options)
            if is_local and place.family == socket.AF_INET6:
                self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, options.ipv6_only)
            (self._socket.bind if is_local else self._socket.connect)(place.where)
            self.local_address = udp_address_of(self._socket.getsockname())
            self.remote_address = None if is_local else udp_address_of(self._socket.getpeername())
        except BaseException:
            self._socket.close()
            raise

    async def receive(self, most: int) -> list[Datagram]:
        """Those that have come, at least one and at most so many."""
        received: list[Datagram] = []
        while True:
            try:
                while self._failure is None and len(received) < most:
                    data, source = self._socket.recvfrom(LONGEST_DATAGRAM)
                    received.append(Datagram(data, udp_address_of(source)))
            except (BlockingIOError, InterruptedError):
                pass
            except OSError as error:
                self._failure = error
            if received:
                return received
            if (failure := self._failure) is not None:
                self._failure = None
                raise failure
            await self._until_it_is_ready(self._readers)

    async def send(
        self, data: bytes, address: UDPAddress | None = None, options: SocketOptions | None = None
    ) -> None:
        """Send a datagram when the system has room for it."""
        where = None
        if address is not None:
            where = (await self._places_of(address, options or SocketOptions()))[0].where
        while True:
            try:
                if where is None:
                    self._socket.send(data)
                else:
                    self._socket.sendto(data, where)
                return
            except (BlockingIOError, InterruptedError):
                await self._until_it_is_ready(self._writers)

    def close(self) -> None:
        """End. Who waits gets an OSError."""
        self._watch(self._readers, False)
        self._watch(self._writers, False)
        self._socket.close()
        for waiter in (*self._readers, *self._writers):
            if not waiter.done():
                waiter.set_result(None)

    async def _places_of(self, address: UDPAddress, options: SocketOptions) -> list[Place]:
        """Places that a socket of this family can send to: from one for both, an IPv4 address is
        reached by the IPv6 address that it is mapped to.
        """
        found = await places_of(address, socket.SOCK_DGRAM, options)
        family = self._socket.family
        places = [place for place in found if place.family == family]
        if family == socket.AF_INET6:
            places += [
                Place(family, ("::ffff:" + place.where[0], place.where[1], 0, 0))
                for place in found
                if place.family == socket.AF_INET
            ]
        if not places:
            raise OSError(f"{address.host} has no address that this socket can send to")
        return places

    async def _until_it_is_ready(self, waiters: list[asyncio.Future[None]]) -> None:
        if self._socket.fileno() < 0:
            raise OSError("The socket is closed")
        waiter = self._loop.create_future()
        waiters.append(waiter)
        try:
            if len(waiters) == 1:
                self._watch(waiters, True)
            await waiter
        finally:
            waiters.remove(waiter)
            if not waiters:
                self._watch(waiters, False)

    def _watch(self, waiters: list[asyncio.Future[None]], begins: bool) -> None:
        if self._socket.fileno() < 0:
            return
        is_for_reading = waiters is self._readers
        if begins:
            add = self._loop.add_reader if is_for_reading else self._loop.add_writer
            try:
                add(self._socket, wake, waiters)
            except NotImplementedError:
                raise OSError("This event loop cannot wait for datagrams") from None
        elif is_for_reading:
            self._loop.remove_reader(self._socket)
        else:
            self._loop.remove_writer(self._socket)


def wake(waiters: list[asyncio.Future[None]]) -> None:
    """Let those go on that wait."""
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(None)


def udp_address_of(name: object) -> UDPAddress:
    """An address from what a socket calls itself or its peer. An IPv4 address that a socket for
    both kinds has mapped is shown as what it is.
    """
    address = address_of(name)
    assert isinstance(address, TCPAddress)
    if address.host.startswith("::ffff:") and "." in address.host:
        return address._replace(host=address.host.removeprefix("::ffff:"))
    return address


async def open_system_datagram_socket(
    local: UDPAddress | None, remote: UDPAddress | None, options: SocketOptions
) -> SystemDatagramSocket:
    """A socket that is bound to an address of this machine, or connected to another; OSError if
    there can be none.
    """
    address = local or remote
    assert address is not None
    failure: OSError | None = None
    for place in await places_of(address, socket.SOCK_DGRAM, options):
        try:
            return SystemDatagramSocket(place, local is not None, options)
        except OSError as error:
            failure = failure or error
    assert failure is not None
    raise failure
