"""A process that may be killed: what a worker has of the outside, until then."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AbstractContextManager
from typing import Any, TypeVar
from weakref import WeakSet

from ..host.addresses import UDPAddress
from ..host.bound_sockets import BoundSockets
from ..host.datagram_socket import DatagramSocket
from ..host.network import (
    Address,
    ByteStream,
    ClientTLS,
    ListeningSocket,
    ListenOptions,
    Network,
    ServerTLS,
    SocketOptions,
)
from ..host.storage.backend import StorageBackend, StorageError
from ..host.storage.contents import Contents
from ..host.virtual_time import VirtualClock, VirtualTimeLoop
from .recorded_console import RecordedConsole

T = TypeVar("T")


class ProcessKilled(ConnectionResetError):
    """The process of the worker was killed: nobody knows whether it has done what was asked for."""

    def __init__(self) -> None:
        super().__init__("The process was killed")


class MortalProcess:
    """The clock, network, storage and console of a process. When it is killed, its timers ring no
    more, its connections are reset, and what its code still does has no effect.
    """

    def __init__(
        self,
        loop: VirtualTimeLoop,
        wall: float,
        network: Network,
        storage: StorageBackend,
        console: RecordedConsole,
    ) -> None:
        self.is_alive = True
        self.clock = VirtualClock(loop, wall)
        self.network = MortalNetwork(self, network)
        self.storage = MortalStorage(self, storage)
        self.console = MortalConsole(self, console)
        self._end: asyncio.Future[None] = loop.create_future()

    def kill(self) -> None:
        """It has no time to end anything."""
        self.is_alive = False
        self.clock.stop()
        self.network.reset()
        self._end.set_result(None)

    async def answer(self, asking: Coroutine[Any, Any, T]) -> T:
        """What it answers. ProcessKilled if it is killed before."""
        if not self.is_alive:
            asking.close()
            raise ProcessKilled
        task = asyncio.ensure_future(asking)
        try:
            waited_for: set[asyncio.Future[Any]] = {task, self._end}
            await asyncio.wait(waited_for, return_when=asyncio.FIRST_COMPLETED)
            if not self.is_alive:
                raise ProcessKilled
            return await task
        finally:
            task.cancel()


class MortalNetwork:
    """A network until its process is killed."""

    def __init__(self, process: MortalProcess, network: Network) -> None:
        self._process = process
        self._network = network
        self._opened: WeakSet[Any] = WeakSet()  # what is to be reset, or closed

    def reset(self) -> None:
        """All that was opened is gone."""
        for opened in list(self._opened):
            (opened.abort if hasattr(opened, "abort") else opened.close)()

    def _keep(self, opened: T) -> T:
        if not self._process.is_alive:
            raise ProcessKilled
        self._opened.add(opened)
        return opened

    async def dial(
        self,
        address: Address,
        tls: ClientTLS | None = None,
        options: SocketOptions = SocketOptions(),
    ) -> ByteStream:
        """Connect."""
        return self._keep(await self._network.dial(address, tls, options))

    async def listen(
        self,
        address: Address | BoundSockets,
        on_connection: Any,
        tls: ServerTLS | None = None,
        admits: Any = None,
        options: ListenOptions = ListenOptions(),
    ) -> ListeningSocket:
        """Accept connections."""
        return self._keep(await self._network.listen(address, on_connection, tls, admits, options))

    async def open_datagram_socket(
        self,
        local: UDPAddress | None,
        remote: UDPAddress | None,
        options: SocketOptions = SocketOptions(),
    ) -> DatagramSocket:
        """Send and receive datagrams."""
        return self._keep(await self._network.open_datagram_socket(local, remote, options))


class MortalStorage:
    """A storage until its process is killed. What is asked for afterwards is a StorageError."""

    def __init__(self, process: MortalProcess, storage: StorageBackend) -> None:
        self._process = process
        self._storage = storage

    def _living(self) -> StorageBackend:
        if not self._process.is_alive:
            raise StorageError("The process was killed")
        return self._storage

    @property
    def contents(self) -> Contents:
        """Those of the storage."""
        return self._living().contents

    def get(self, key: bytes) -> bytes | None:
        """The value of a key."""
        return self._living().get(key)

    def put(self, key: bytes, value: bytes) -> None:
        """Set the value of a key."""
        self._living().put(key, value)

    def delete(self, key: bytes) -> bool:
        """Remove a key."""
        return self._living().delete(key)

    def delete_prefix(self, prefix: bytes) -> None:
        """Remove keys."""
        self._living().delete_prefix(prefix)

    def scan(self, prefix: bytes = b"", **bounds: Any) -> list[tuple[bytes, bytes]]:
        """Keys and their values."""
        return self._living().scan(prefix, **bounds)

    def size(self, prefix: bytes = b"") -> int:
        """How many bytes there are."""
        return self._living().size(prefix)

    def transaction(self) -> AbstractContextManager[None]:
        """One operation of several."""
        return self._living().transaction()

    def lease(self, name: bytes, owner: bytes, duration: float) -> bool:
        """Own a name."""
        return self._living().lease(name, owner, duration)

    def release(self, name: bytes, owner: bytes) -> None:
        """Own it no longer."""
        self._living().release(name, owner)

    def impatient(self) -> StorageBackend | None:
        """The same for code that cannot wait."""
        impatient = self._living().impatient()
        return None if impatient is None else MortalStorage(self._process, impatient)

    def close(self) -> None:
        """The storage outlives the process."""


class MortalConsole:
    """A console until its process is killed: what a dead one says is not heard."""

    def __init__(self, process: MortalProcess, console: RecordedConsole) -> None:
        self._process = process
        self._console = console

    def write(self, log_level: str, text: str) -> None:
        """Keep a message."""
        if self._process.is_alive:
            self._console.write(log_level, text)

    def report(self, value: object, what: str) -> None:
        """Keep an error."""
        if self._process.is_alive:
            self._console.report(value, what)
