"""A network in memory: a server is a function from a request to the bytes that it sends back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from spec_tests.fakes import running_in
from worker_runtime.host.bound_sockets import BoundSockets
from worker_runtime.host.clock import Clock, SystemClock
from worker_runtime.host.datagram_socket import DatagramSocket
from worker_runtime.host.host import Host
from worker_runtime.host.network import (
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
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, current_settings_object
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import origin


class Received(NamedTuple):
    """A request as the server gets it; names of headers are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    stream: ScriptedStream


class ScriptedStream:
    """The client's end of a connection."""

    def __init__(self, network: ScriptedNetwork, address: TCPAddress) -> None:
        self.network = network
        self.on_data: Callable[[bytes], object] | None = None
        self.on_end: Callable[[], object] | None = None
        self.first_look: Callable[[bytes], bool] | None = None
        self.on_loss: Callable[[], object] | None = None
        self.is_held_up = self.is_lost = False
        self.local_address: Address = TCPAddress("127.0.0.1", 50000)
        self.remote_address: Address = address
        self.application_protocol: str | None = None
        self.is_secure = False
        self.connected_at = 0.0
        self.failure: Exception | None = None
        self.bytes_written = self.bytes_received = 0
        self.is_closed = False
        self.has_ended = False
        self.sent = b""  # by the client
        self.taken = 0  # bytes of it that the server is known to have taken
        self.coming: list[bytes] = []
        self.waiter: asyncio.Future[None] | None = None
        self.drainer: asyncio.Future[None] | None = None

    def feed(self, data: bytes) -> None:
        """The server sends something."""
        if self.waiter is None and self.on_data is not None:
            self.on_data(data)
        else:
            self.coming.append(data)
            self._wake()

    def end(self) -> None:
        """The server has nothing more to say."""
        self.has_ended = True
        self._wake()
        if self.on_end is not None:
            self.on_end()

    def _wake(self) -> None:
        for waiter in (self.waiter, self.drainer):
            if waiter is not None and not waiter.done():
                waiter.set_result(None)

    async def read(self) -> bytes:
        while not self.coming and not self.has_ended and not self.is_closed:
            self.waiter = asyncio.get_running_loop().create_future()
            try:
                await self.waiter
            finally:
                self.waiter = None
        return self.coming.pop(0) if self.coming else b""

    def take(self) -> bytes:
        data, self.coming = b"".join(self.coming), []
        return data

    def look(self) -> None:
        pass

    def bytes_taken(self) -> int:
        return self.taken

    def tls_facts(self) -> None:
        return None

    def write(self, data: bytes) -> None:
        self.sent += data
        self.bytes_written += len(data)
        self.network.look_at(self)

    async def drain(self) -> None:
        while self.is_held_up and not self.is_closed:
            self.drainer = asyncio.get_running_loop().create_future()
            await self.drainer
        if self.is_closed:
            raise ConnectionResetError("The connection is closed")

    def write_eof(self) -> None:
        pass

    def close(self) -> None:
        self.is_closed = True
        self._wake()

    abort = close

    async def wait_closed(self) -> None:
        pass

    async def start_tls(self, tls: ClientTLS | ServerTLS) -> None:
        self.is_secure = True


class ScriptedNetwork:
    """Its server answers each request when all of it is there; None lets it wait. `streams` are the
    connections so far.
    """

    def __init__(self, serve: Callable[[Received], bytes | None]) -> None:
        self.serve = serve
        self.streams: list[ScriptedStream] = []
        self.requests: list[Received] = []
        self.dialled: list[tuple[Address, ClientTLS | None]] = []
        self.are_held_up = False  # whether its streams take nothing more

    async def dial(
        self,
        address: Address,
        tls: ClientTLS | None = None,
        options: SocketOptions = SocketOptions(),
    ) -> ByteStream:
        assert isinstance(address, TCPAddress)
        self.dialled.append((address, tls))
        await asyncio.sleep(0)
        stream = ScriptedStream(self, address)
        stream.is_held_up = self.are_held_up
        self.streams.append(stream)
        return stream

    async def listen(
        self,
        address: Address | BoundSockets,
        on_connection: Callable[[ByteStream], object],
        tls: ServerTLS | None = None,
        admits: Callable[[int], bool] | None = None,
        options: ListenOptions = ListenOptions(),
    ) -> ListeningSocket:
        raise OSError("This network has no way in")

    async def open_datagram_socket(
        self,
        local: UDPAddress | None,
        remote: UDPAddress | None,
        options: SocketOptions = SocketOptions(),
    ) -> DatagramSocket:
        raise OSError("This network has no datagrams")

    def look_at(self, stream: ScriptedStream) -> None:
        """Answer if all of a request has been sent."""
        head, found, rest = stream.sent.partition(b"\r\n\r\n")
        if not found:
            return
        start_line, *lines = head.decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines)
        }
        if headers.get("transfer-encoding") == "chunked":
            body, found, rest = rest.partition(b"0\r\n\r\n")
            if not found:
                return
        else:
            length = int(headers.get("content-length", "0"))
            if len(rest) < length:
                return
            body, rest = rest[:length], rest[length:]
        stream.sent = rest
        method, target, _ = start_line.split(" ")
        request = Received(method, target, headers, body, stream)
        self.requests.append(request)
        response = self.serve(request)
        if response is not None:
            stream.feed(response)


class SilentNetwork(ScriptedNetwork):
    """A network that answers nothing."""

    def __init__(self) -> None:
        super().__init__(lambda request: None)

    def look_at(self, stream: ScriptedStream) -> None:
        pass


def response(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """The bytes of a response with a Content-Length, unless that is given as ""."""
    fields = {"content_length": str(len(body)), **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items() if value]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1") + body


@contextmanager
def network_of(
    serve: Callable[[Received], bytes | None],
    browser_at: str | None = None,
    clock: Clock | None = None,
) -> Iterator[ScriptedNetwork]:
    """Run what is in the block with a server on the other side; in the profile "browser", if a
    page's URL is given.
    """
    network = ScriptedNetwork(serve)
    base_url = None if browser_at is None else url_parser(browser_at)
    host = Host(
        network=network,
        clock=SystemClock() if clock is None else clock,
        console=current_settings_object().host.console,
        profile="server" if browser_at is None else "browser",
    )
    settings_object = EnvironmentSettingsObject(
        host, api_base_url=base_url, origin=None if base_url is None else origin(base_url)
    )
    with running_in(settings_object):
        yield network
