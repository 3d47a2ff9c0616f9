"""Observed network: the network of the machine, and what goes over it is seen on its way.

A head begins with the bytes that are written or received first in an exchange. So it is seen as it
is, before anybody has made something of it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

from ..host.network import Address, ByteStream, ClientTLS, SocketOptions, SystemNetwork, TCPAddress
from ..host.socket_stream import SocketStream

REQUEST_LINE = re.compile(rb"[!-~]+ [!-~]+ HTTP/1\.1\r\n")
END_OF_HEAD = re.compile(rb"\r?\n\r?\n")

# Is called with "*" and a line about a connection, with ">" and the head of a request, and with "<"
# and that of a response.
Observer = Callable[[str, bytes], object]


class ObservedNetwork(SystemNetwork):
    """Tells of the connections that are dialled, and of the heads that go over them."""

    __slots__ = ("_observer", "_verifies")

    def __init__(self, observer: Observer, verifies: bool = True) -> None:
        self._observer = observer
        self._verifies = verifies

    def new_stream(self, loop: asyncio.AbstractEventLoop) -> SocketStream:
        """One that tells."""
        return ObservedStream(loop, self._observer)

    async def dial(
        self,
        address: Address,
        tls: ClientTLS | None = None,
        options: SocketOptions = SocketOptions(),
    ) -> ByteStream:
        """Connect, without a look at the certificate if nobody wants one."""
        if tls is not None:
            tls = tls._replace(verifies=self._verifies)
        return await super().dial(address, tls, options)


class ObservedStream(SocketStream):
    """A connection that tells of its heads."""

    __slots__ = ("_awaits_head", "_begin", "_observer")

    def __init__(self, loop: asyncio.AbstractEventLoop, observer: Observer) -> None:
        super().__init__(loop)
        self._observer = observer
        self._awaits_head = False
        self._begin = b""  # of the head of a response

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is there."""
        super().connection_made(transport)
        for line in facts_of(self.remote_address, transport.get_extra_info("ssl_object")):
            self._observer("*", line.encode())

    def write(self, data: bytes) -> None:
        """A head is written at once, alone or with the content."""
        if REQUEST_LINE.match(data):
            self._awaits_head, self._begin = True, b""
            self._observer(">", data[: data.find(b"\r\n\r\n") + 4])
        super().write(data)

    def data_received(self, data: bytes) -> None:
        """Of what comes, the heads of interim responses and that of the final one."""
        if self._awaits_head:
            self._begin += data
            while self._awaits_head and (end := END_OF_HEAD.search(self._begin)):
                head, self._begin = self._begin[: end.end()], self._begin[end.end() :]
                self._awaits_head = re.match(rb"\S+ 1", head) is not None
                self._observer("<", head)
            if not self._awaits_head:
                self._begin = b""
        super().data_received(data)


def facts_of(address: Address, tls: Any) -> list[str]:
    """What there is to say of a new connection."""
    if isinstance(address, TCPAddress):
        facts = [f"Connected to {address.host} port {address.port}"]
    else:
        facts = [f"Connected to {address.path}"]
    if tls is not None:
        facts.append(f"TLS connection using {tls.version()} / {tls.cipher()[0]}")
        certificate = tls.getpeercert() or {}
        names = ", ".join(name for _, name in certificate.get("subjectAltName", ()))
        if names:
            facts.append(f"Certificate for {names}, until {certificate.get('notAfter')}")
    return facts
