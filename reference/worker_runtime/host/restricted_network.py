"""A network of which only some hosts may be reached."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .bound_sockets import BoundSockets
from .network import Address, ByteStream, ClientTLS, ListeningSocket, Network, ServerTLS, TCPAddress


class RestrictedNetwork:
    """Another network, with a list of what may be dialled: "example.com", "*.example.com",
    "example.com:443", "[::1]:80".
    """

    __slots__ = ("_allowed", "_network")

    def __init__(self, network: Network, allowed: Iterable[str]) -> None:
        """ValueError if one of those that are allowed is not a host with or without a port."""
        self._network = network
        self._allowed = [host_and_port(host) for host in allowed]

    async def dial(self, address: Address, tls: ClientTLS | None = None) -> ByteStream:
        """Connect; PermissionError if the address is not in the list."""
        if not isinstance(address, TCPAddress) or not any(
            matches(address.host, host) and port in (None, address.port)
            for host, port in self._allowed
        ):
            where = (
                f"{address.host}:{address.port}"
                if isinstance(address, TCPAddress)
                else address.path
            )
            raise PermissionError(f"{where} is not among the hosts that this worker may reach")
        return await self._network.dial(address, tls)

    async def listen(
        self,
        address: Address | BoundSockets,
        on_connection: Callable[[ByteStream], object],
        tls: ServerTLS | None = None,
        admits: Callable[[int], bool] | None = None,
    ) -> ListeningSocket:
        """PermissionError: nothing is accepted from a network of which little may be reached."""
        raise PermissionError("This worker may not listen")


def host_and_port(text: str) -> tuple[str, int | None]:
    """A host in lower case, without brackets, and its port, if there is one."""
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text, ""
    if (
        not host.strip("[]*.")
        or (":" in host and not host.startswith("["))
        or (colon and port and not port.isdecimal())
    ):
        raise ValueError(f"Not a host with or without a port: {text!r}")
    return host.strip("[]").lower(), int(port) if port else None


def matches(host: str, pattern: str) -> bool:
    """Whether a host is the one that is allowed, or is below it where that begins with "*."."""
    host = host.lower()
    return host == pattern or (pattern.startswith("*.") and host.endswith(pattern[1:]))
