"""A network of which only a part may be reached, and where little may listen."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .addresses import Address, TCPAddress, UDPAddress
from .bound_sockets import BoundSockets
from .byte_stream import ByteStream
from .datagram_socket import Datagram, DatagramSocket
from .network import ListeningSocket, Network
from .network_policy import SMTP_PORT, Listening, NotAllowed, PolicyName, is_public
from .socket_options import ListenOptions, SocketOptions
from .tls import ClientTLS, ServerTLS


class RestrictedNetwork:
    """Another network, with a list of what may be dialled or sent to: "example.com",
    "*.example.com", "example.com:443", "[::1]:80". Without a list, everything may be.

    It is listened at the places of another list alone: "8000", "127.0.0.1:8000", "[::1]:8000"; port
    0 is any that is free. The policy "deployed" is what services allow that run the workers of
    others: no port for mail, and no host that is not on the open network, by whatever name.
    """

    __slots__ = ("_allowed", "_listening", "_network", "_policy")

    def __init__(
        self,
        network: Network,
        allowed: Iterable[str] | None,
        listening: Iterable[str] = (),
        policy: PolicyName = "open",
    ) -> None:
        """ValueError if one of those that are allowed is not a host with or without a port, or a
        port with or without a host.
        """
        self._network = network
        self._allowed = None if allowed is None else [host_and_port(host) for host in allowed]
        self._listening = [place_to_listen(place) for place in listening]
        self._policy = policy

    async def dial(
        self,
        address: Address,
        tls: ClientTLS | None = None,
        options: SocketOptions = SocketOptions(),
    ) -> ByteStream:
        """Connect; NotAllowed if the address is not in the list, or the policy forbids it."""
        self.check(address)
        return await self._network.dial(address, tls, self.narrowed(options))

    async def listen(
        self,
        address: Address | BoundSockets,
        on_connection: Callable[[ByteStream], object],
        tls: ServerTLS | None = None,
        admits: Callable[[int], bool] | None = None,
        options: ListenOptions = ListenOptions(),
    ) -> ListeningSocket:
        """Listen; NotAllowed if the address is not in the list."""
        self._check_listening(address)
        return await self._network.listen(address, on_connection, tls, admits, options)

    async def open_datagram_socket(
        self,
        local: UDPAddress | None,
        remote: UDPAddress | None,
        options: SocketOptions = SocketOptions(),
    ) -> DatagramSocket:
        """A socket that is bound to what is in one list, or connected to what is in the other; it
        sends nowhere else. NotAllowed if the address is not.
        """
        if local is not None:
            self._check_listening(local)
        if remote is not None:
            self.check(remote)
            options = self.narrowed(options)
        opened = await self._network.open_datagram_socket(local, remote, options)
        return RestrictedDatagramSocket(self, opened)

    def check(self, address: Address) -> None:
        """NotAllowed if nothing may be sent to that address."""
        if not isinstance(address, TCPAddress):
            raise NotAllowed(f"{address.path} is not among the hosts that this worker may reach")
        host, port = address
        if self._allowed is not None and not any(
            matches(host, allowed) and allowed_port in (None, port)
            for allowed, allowed_port in self._allowed
        ):
            raise NotAllowed(f"{host}:{port} is not among the hosts that this worker may reach")
        if self._policy == "deployed" and port == SMTP_PORT:
            raise NotAllowed(f"{host}:{port} is for mail, which this worker may not send")

    def narrowed(self, options: SocketOptions) -> SocketOptions:
        """The options that admit only what the policy does."""
        if self._policy == "open":
            return options
        before = options.admits
        return options._replace(
            admits=lambda number: is_public(number) and (before is None or before(number))
        )

    def _check_listening(self, address: Address | BoundSockets) -> None:
        if not isinstance(address, TCPAddress):
            raise NotAllowed("This worker may not listen at a socket that is there already")
        host, port = address
        for allowed_host, allowed_port in self._listening:
            if allowed_port == port and allowed_host in (None, host.lower()):
                return
        place = f"[{host}]" if ":" in host else host
        raise NotAllowed(f"This worker may not listen at {place}:{port or '0, any free port'}")


class RestrictedDatagramSocket:
    """A socket for datagrams that sends to what a network lets it reach."""

    __slots__ = ("_network", "_socket", "local_address", "remote_address")

    def __init__(self, network: RestrictedNetwork, socket: DatagramSocket) -> None:
        self._network = network
        self._socket = socket
        self.local_address = socket.local_address
        self.remote_address = socket.remote_address

    async def receive(self, most: int) -> list[Datagram]:
        """Those that have come, whoever sent them."""
        return await self._socket.receive(most)

    async def send(
        self, data: bytes, address: UDPAddress | None = None, options: SocketOptions | None = None
    ) -> None:
        """Send a datagram; NotAllowed if the address is not in the list, or the policy forbids
        it.
        """
        if address is not None:
            self._network.check(address)
        narrowed = self._network.narrowed(options or SocketOptions())
        await self._socket.send(data, address, narrowed)

    def close(self) -> None:
        """End."""
        self._socket.close()


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


def place_to_listen(text: str) -> Listening:
    """A port, and the host before it, if there is one."""
    host, colon, port = text.rpartition(":")
    is_bare = ":" in host and not (host.startswith("[") and host.endswith("]"))
    if (
        not (port.isdecimal() and port.isascii())
        or int(port) > 65535
        or is_bare
        or (colon and not host)
    ):
        raise ValueError(f"Not a port with or without a host: {text!r}")
    return Listening(host.strip("[]").lower() or None, int(port))


def matches(host: str, pattern: str) -> bool:
    """Whether a host is the one that is allowed, or is below it where that begins with "*."."""
    host = host.lower()
    return host == pattern or (pattern.startswith("*.") and host.endswith(pattern[1:]))
