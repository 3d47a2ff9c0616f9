"""Client: the other end of a connection."""

from __future__ import annotations

from collections.abc import Callable

from ..host.console import escaped
from ..host.network import ByteStream, TCPAddress
from ..http.connection import ServerConnection
from ..http.edge import Edge
from ..http.failures_and_timeouts import Awaited
from ..http.message import reason_phrase
from .service import Service


class Client(Edge[ServerConnection]):
    """The server's end of a connection: what the client sends, what it is sent, and how long it is
    waited for.
    """

    __slots__ = ("default_authority", "scheme", "service", "tls_facts")

    def __init__(
        self, stream: ByteStream, service: Service, on_missed_deadline: Callable[[Awaited], object]
    ) -> None:
        config = service.config
        super().__init__(
            stream,
            ServerConnection(config.messages),
            service.clock,
            on_missed_deadline,
            config.content_timeout,
            config.response_timeout,
        )
        self.service = service
        self.scheme = "https" if stream.is_secure else "http"
        self.tls_facts = stream.tls_facts() if stream.is_secure else None
        self.default_authority = "localhost"  # where a client is taken to be that does not say
        if isinstance(stream.local_address, TCPAddress):
            host, port = stream.local_address
            self.default_authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def send_page(self, status: int, explanation: str = "", is_last: bool = False) -> None:
        """Answer with a status and its name, and an explanation."""
        reason = reason_phrase(status)
        lines = [f"{status} {reason}".rstrip(), *([escaped(explanation)] if explanation else ())]
        content = "".join(f"{line}\n" for line in lines).encode()
        fields = [("content-type", "text/plain;charset=UTF-8")]
        date = self.service.date()
        self.stream.write(
            self.http.send_whole_response(status, reason, date, fields, content, is_last)
        )
