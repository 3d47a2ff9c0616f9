"""A network of which only some hosts may be reached."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from worker_runtime.host.bound_sockets import BoundSockets
from worker_runtime.host.network import (
    Address,
    ByteStream,
    ClientTLS,
    ListeningSocket,
    ServerTLS,
    TCPAddress,
    UnixAddress,
)
from worker_runtime.host.restricted_network import RestrictedNetwork, host_and_port


class Reached(Exception):
    """The network behind was asked."""


class Open:
    async def dial(self, address: Address, tls: ClientTLS | None = None) -> ByteStream:
        raise Reached

    async def listen(
        self,
        address: Address | BoundSockets,
        on_connection: Callable[[ByteStream], object],
        tls: ServerTLS | None = None,
        admits: Callable[[int], bool] | None = None,
    ) -> ListeningSocket:
        raise Reached


class TestRestrictedNetwork:
    @pytest.mark.parametrize("allowed, host, port", [
        ("a.example", "a.example", 1), ("a.example", "A.Example", 1),
        ("a.example:80", "a.example", 80), ("*.example", "a.b.example", 1),
        ("127.0.0.1", "127.0.0.1", 80), ("[::1]:80", "::1", 80), ("[::1]", "::1", 81),
    ])  # fmt: skip
    async def test_reaches_what_is_in_the_list(self, allowed: str, host: str, port: int) -> None:
        with pytest.raises(Reached):
            await RestrictedNetwork(Open(), ["other.example", allowed]).dial(TCPAddress(host, port))

    @pytest.mark.parametrize("allowed, host, port", [
        ("a.example", "b.a.example", 1), ("a.example:80", "a.example", 81),
        ("*.example", "example", 1), ("*.example", "badexample", 1),
        ("a.example", "a.example.evil", 1),
    ])  # fmt: skip
    async def test_and_nothing_else(self, allowed: str, host: str, port: int) -> None:
        with pytest.raises(PermissionError, match=f"{host}:{port} is not among the hosts"):
            await RestrictedNetwork(Open(), [allowed]).dial(TCPAddress(host, port))

    async def test_no_socket_of_the_file_system(self) -> None:
        with pytest.raises(PermissionError, match="/x is not"):
            await RestrictedNetwork(Open(), ["a.example"]).dial(UnixAddress("/x"))

    async def test_no_way_in(self) -> None:
        with pytest.raises(PermissionError, match="may not listen"):
            await RestrictedNetwork(Open(), []).listen(TCPAddress("", 0), lambda stream: None)


class TestHostAndPort:
    @pytest.mark.parametrize("text", ["", ":80", "a:b", "::1", "a.example:http", "*."])
    def test_nonsense_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="Not a host"):
            host_and_port(text)
