"""The network of a world: the servers that a test puts there, and no others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ..fetch.infrastructure import FetchController
from ..fetch.requests import RequestRecord
from ..host.bound_sockets import BoundSockets
from ..host.datagram_socket import DatagramSocket
from ..host.host import Host
from ..host.memory_network import MemoryNetwork, shown
from ..host.network import (
    Address,
    ByteStream,
    ClientTLS,
    ListeningSocket,
    ListenOptions,
    ServerTLS,
    SocketOptions,
    TCPAddress,
    UDPAddress,
)
from ..html.global_objects import GlobalObject
from ..runtime.runtime import RunningWorker, Runtime
from ..server.answering import request_handler
from ..server.listener import Listener
from ..server.service import Service
from ..url.host_serializing import host_serializer
from ..url.url_parsing import url_parser
from ..url.url_serializing import url_serializer

if TYPE_CHECKING:
    from ..fetch.request_class import Request

# A worker's file, or a function that gets a Request and returns a Response, or a promise of one.
Fake: TypeAlias = "str | Path | Callable[[Request], object]"
DEFAULT_PORTS = {"http": 80, "https": 443}


class FakeNetwork:
    """`network["https://api.example/"] = worker` puts a server there; who asks for another is
    refused. Requests go over HTTP, within the process.
    """

    def __init__(self, runtime: Runtime, make_host: Callable[[], Host]) -> None:
        self.requests: list[str] = []
        """What the servers were asked for, in order: "GET https://api.example/path"."""
        self._runtime = runtime
        self._make_host = make_host
        self._memory = MemoryNetwork()
        self._fakes: dict[Address, tuple[str, Fake | RunningWorker]] = {}
        self._listeners: dict[Address, Listener] = {}
        self._all_listeners: list[Listener] = []
        self._starting = asyncio.Lock()
        self._serving: set[asyncio.Future[None]] = set()

    def __setitem__(self, url: str, fake: Fake | RunningWorker) -> None:
        """Put a server at the origin of a URL; one that was there before is gone for new
        connections.
        """
        record = url_parser(url)
        port = record.port or DEFAULT_PORTS.get(record.scheme)
        if record.host is None or port is None:
            raise ValueError(f"Not the URL of a server: {url!r}")
        address = TCPAddress(host_serializer(record.host).strip("[]"), port)
        self._fakes[address] = url_serializer(record), fake
        if self._listeners.pop(address, None) is not None:
            self._memory.stop_listening(address)

    @property
    def open_datagram_sockets(self) -> int:
        """Those that have not been closed."""
        return len(self._memory.datagram_sockets)

    @property
    def open_connections(self) -> int:
        """Connections that have not ended, at either end."""
        return len(self._memory.open_transports)

    async def dial(
        self,
        address: Address,
        tls: ClientTLS | None = None,
        options: SocketOptions = SocketOptions(),
    ) -> ByteStream:
        """Connect. ConnectionRefusedError if there is no server."""
        if address in self._fakes:
            async with self._starting:
                if address not in self._listeners:
                    self._listeners[address] = await self._started(address, *self._fakes[address])
        elif self._memory.listener_at(address) is None:
            there_are = ", ".join(url for url, _ in self._fakes.values())
            raise ConnectionRefusedError(
                f"{shown(address)} is not in this world; there are {there_are}"
            )
        return await self._memory.dial(address, tls, options)

    async def listen(
        self,
        address: Address | BoundSockets,
        on_connection: Callable[[ByteStream], object],
        tls: ServerTLS | None = None,
        admits: Callable[[int], bool] | None = None,
        options: ListenOptions = ListenOptions(),
    ) -> ListeningSocket:
        """What listens here is reached by who dials the address: a server that speaks another
        protocol than HTTP. `on_connection` gets a stream: `await stream.read()`, which is b"" at
        the end, `stream.write(data)` and `await stream.drain()`. It may be an `async def`, at whose
        end the connection is closed.
        """

        def serve(stream: ByteStream) -> None:
            result = on_connection(stream)
            if isinstance(result, Coroutine):
                serving = asyncio.ensure_future(serve_connection(result, stream))
                self._serving.add(serving)
                serving.add_done_callback(self._serving.discard)

        return await self._memory.listen(address, serve, tls, admits, options)

    async def open_datagram_socket(
        self,
        local: UDPAddress | None,
        remote: UDPAddress | None,
        options: SocketOptions = SocketOptions(),
    ) -> DatagramSocket:
        """What is sent to the address of another socket of this world arrives; all else is lost."""
        return await self._memory.open_datagram_socket(local, remote, options)

    def kill(self, worker: RunningWorker) -> None:
        """The process of a worker is dead: its connections are reset, and nobody listens there."""
        for address, (_, fake) in list(self._fakes.items()):
            if fake is worker:
                del self._fakes[address]
                listener = self._listeners.pop(address, None)
                if listener is not None:
                    self._memory.stop_listening(address)
                    listener.abort()
                    self._all_listeners.remove(listener)

    async def close(self) -> None:
        """No server is there any more. What goes on has its time to end."""
        for listener in self._all_listeners:
            await listener.drain()

    async def _started(self, address: Address, url: str, fake: Fake | RunningWorker) -> Listener:
        worker = fake
        if not isinstance(worker, RunningWorker):
            script = partial(listen_with, worker) if callable(worker) else worker
            worker = await self._runtime.start(script, url, host=self._make_host())
        handle = request_handler(worker, None)

        def handle_and_note(request: RequestRecord, controller: FetchController) -> Any:
            self.requests.append(f"{request.method} {url_serializer(request.url)}")
            return handle(request, controller)

        clock = worker.registration.host.clock
        listener = Listener(Service(handle_and_note, clock=clock), self._memory)
        tls = ServerTLS("") if url.startswith("https:") else None
        await listener.listen(address, tls)
        self._all_listeners.append(listener)
        return listener


async def serve_connection(serving: Coroutine[Any, Any, object], stream: ByteStream) -> None:
    """Let a server of a test serve a connection, and close it. That the client has left is no
    failure of the server's.
    """
    try:
        await serving
    except ConnectionError:
        pass
    except Exception as error:
        context = {"message": "in a server of the test", "exception": error}
        asyncio.get_running_loop().call_exception_handler(context)
    finally:
        stream.close()


def listen_with(function: Callable[[Request], object], scope: GlobalObject) -> None:
    """The script of a worker that answers with what a function returns."""
    scope.addEventListener("fetch", lambda event: event.respondWith(function(event.request)))
