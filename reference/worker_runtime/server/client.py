"""Client: who is at the other end of a connection."""

from __future__ import annotations

from collections.abc import Callable

from ..host.network import ByteStream, TCPAddress
from ..http.connection import ServerConnection
from ..http.failures_and_timeouts import Awaited, Deadlines
from ..http.message import reason_phrase
from .service import Service


class Client:
    """What it sends, what it is sent, and how long it is waited for."""

    __slots__ = ("deadlines", "default_authority", "http", "scheme", "service", "stream")

    def __init__(
        self, stream: ByteStream, service: Service, on_missed_deadline: Callable[[Awaited], object]
    ) -> None:
        self.stream = stream
        self.service = service
        self.deadlines = Deadlines(service.clock, on_missed_deadline)
        self.http = ServerConnection(service.config.messages)
        self.scheme = "https" if stream.is_secure else "http"
        self.default_authority = "localhost"  # where a client is taken to be that does not say
        if isinstance(stream.local_address, TCPAddress):
            host, port = stream.local_address
            self.default_authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    async def receive(self) -> None:
        """Take in what the client sends next."""
        self.http.receive_data(await self.stream.read())

    async def let_take(self) -> None:
        """Wait until the client has taken most of what it was sent."""
        self.deadlines.wait_until_taken(self.service.config.response_timeout)
        await self.stream.drain()
        self.deadlines.it_was_taken()

    def send_page(self, status: int, explanation: str = "") -> None:
        """Answer with a status and its name, and an explanation."""
        reason = reason_phrase(status)
        content = (
            "\n".join(filter(None, (f"{status} {reason}", explanation, " "))).strip().encode()
            + b"\n"
        )
        fields = [("content-type", "text/plain;charset=UTF-8")]
        self.stream.write(
            self.http.send_whole_response(status, reason, self.service.date(), fields, content)
        )
