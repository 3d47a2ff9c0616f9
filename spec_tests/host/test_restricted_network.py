"""A network of which only some hosts may be reached."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from worker_runtime.host.bound_sockets import BoundSockets
from worker_runtime.host.datagram_socket import DatagramSocket
from worker_runtime.host.memory_network import MemoryNetwork
from worker_runtime.host.network import (
    Address,
    ByteStream,
    ClientTLS,
    ListeningSocket,
    ListenOptions,
    ServerTLS,
    SocketOptions,
    SystemNetwork,
    TCPAddress,
    UDPAddress,
    UnixAddress,
)
from worker_runtime.host.network_policy import NotAllowed
from worker_runtime.host.restricted_network import RestrictedNetwork, host_and_port, place_to_listen


class Reached(Exception):
    """The network behind was asked."""


class Open:
    async def dial(
        self,
        address: Address,
        tls: ClientTLS | None = None,
        options: SocketOptions = SocketOptions(),
    ) -> ByteStream:
        raise Reached

    async def listen(
        self,
        address: Address | BoundSockets,
        on_connection: Callable[[ByteStream], object],
        tls: ServerTLS | None = None,
        admits: Callable[[int], bool] | None = None,
        options: ListenOptions = ListenOptions(),
    ) -> ListeningSocket:
        raise Reached

    async def open_datagram_socket(
        self,
        local: UDPAddress | None,
        remote: UDPAddress | None,
        options: SocketOptions = SocketOptions(),
    ) -> DatagramSocket:
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


class TestListening:
    @pytest.mark.parametrize("place, host, port", [
        ("80", "0.0.0.0", 80), ("80", "::1", 80), ("127.0.0.1:80", "127.0.0.1", 80),
        ("[::1]:80", "::1", 80), ("0", "127.0.0.1", 0),
    ])  # fmt: skip
    async def test_where_the_list_says(self, place: str, host: str, port: int) -> None:
        network = RestrictedNetwork(Open(), None, ["1", place])
        with pytest.raises(Reached):
            await network.listen(TCPAddress(host, port), lambda stream: None)
        with pytest.raises(Reached):
            await network.open_datagram_socket(TCPAddress(host, port), None)

    @pytest.mark.parametrize("place, host, port", [
        ("80", "0.0.0.0", 81), ("127.0.0.1:80", "0.0.0.0", 80), ("127.0.0.1:80", "127.0.0.1", 0),
        ("[::1]:80", "::", 80),
    ])  # fmt: skip
    async def test_and_nowhere_else(self, place: str, host: str, port: int) -> None:
        network = RestrictedNetwork(Open(), None, [place])
        with pytest.raises(NotAllowed, match="may not listen at"):
            await network.listen(TCPAddress(host, port), lambda stream: None)
        with pytest.raises(NotAllowed, match="may not listen at"):
            await network.open_datagram_socket(TCPAddress(host, port), None)

    async def test_with_a_list_for_that_all_may_be_dialled(self) -> None:
        with pytest.raises(Reached):
            await RestrictedNetwork(Open(), None, ["80"]).dial(TCPAddress("a.example", 1))

    @pytest.mark.parametrize("text", ["", "a", ":80", "::1:80", "65536", "²", "a:"])
    def test_nonsense_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="Not a port with or without a host"):
            place_to_listen(text)


class TestDatagrams:
    async def test_go_to_what_is_in_the_list(self) -> None:
        network = MemoryNetwork()
        server = await network.open_datagram_socket(TCPAddress("127.0.0.1", 53), None)
        restricted = RestrictedNetwork(network, ["127.0.0.1:53"], ["0"])
        client = await restricted.open_datagram_socket(None, TCPAddress("127.0.0.1", 53))
        bound = await restricted.open_datagram_socket(TCPAddress("127.0.0.1", 0), None)
        await client.send(b"connected")
        await bound.send(b"bound", TCPAddress("127.0.0.1", 53))
        await asyncio.sleep(0)
        assert [each.data for each in await server.receive(9)] == [b"connected", b"bound"]
        with pytest.raises(NotAllowed, match="127.0.0.1:54 is not among"):
            await bound.send(b"bound", TCPAddress("127.0.0.1", 54))
        await server.send(b"answer", bound.local_address)
        assert (await bound.receive(1))[0].data == b"answer"
        for each in (server, client, bound):
            each.close()

    async def test_a_socket_is_connected_to_nothing_else(self) -> None:
        with pytest.raises(NotAllowed):
            network = RestrictedNetwork(Open(), ["a.example"])
            await network.open_datagram_socket(None, TCPAddress("b.example", 53))


class TestPolicyDeployed:
    @pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "10.0.0.1", "0.0.0.0",
        "::ffff:127.0.0.1", "127.1"])  # fmt: skip
    async def test_nothing_private_is_reached_by_whatever_name(self, host: str) -> None:
        network = RestrictedNetwork(SystemNetwork(), None, policy="deployed")
        with pytest.raises(NotAllowed, match="This worker may not reach"):
            await network.dial(TCPAddress(host, 80))
        with pytest.raises(NotAllowed, match="This worker may not reach"):
            await network.open_datagram_socket(None, TCPAddress(host, 80))

    async def test_nor_by_a_socket_that_is_bound(self) -> None:
        network = RestrictedNetwork(SystemNetwork(), None, ["0"], policy="deployed")
        bound = await network.open_datagram_socket(TCPAddress("127.0.0.1", 0), None)
        with pytest.raises(NotAllowed, match="This worker may not reach"):
            await bound.send(b"x", TCPAddress("localhost", 53))
        bound.close()

    async def test_no_mail_is_sent(self) -> None:
        with pytest.raises(NotAllowed, match="for mail"):
            network = RestrictedNetwork(Open(), None, policy="deployed")
            await network.dial(TCPAddress("mail.example", 25))

    async def test_the_list_holds_as_well(self) -> None:
        network = RestrictedNetwork(Open(), ["a.example"], policy="deployed")
        with pytest.raises(NotAllowed, match="among"):
            await network.dial(TCPAddress("b.example", 80))
        with pytest.raises(Reached):
            await network.dial(TCPAddress("a.example", 80))

    async def test_what_was_narrowed_stays_so(self) -> None:
        network = RestrictedNetwork(Open(), None, policy="deployed")
        before = SocketOptions(admits=lambda number: number != "1.1.1.1")
        admits = network.narrowed(before).admits
        assert admits is not None
        assert [admits(each) for each in ("1.1.1.1", "8.8.8.8", "10.0.0.1")] == [False, True, False]
