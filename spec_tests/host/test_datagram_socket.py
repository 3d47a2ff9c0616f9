"""Datagram sockets, of the system and within the process."""

from __future__ import annotations

import asyncio
import gc
from typing import TypeAlias

import pytest

from worker_runtime.host.datagram_socket import Datagram, SystemDatagramSocket, udp_address_of
from worker_runtime.host.memory_network import MemoryNetwork
from worker_runtime.host.network import Network, SocketOptions, SystemNetwork, UDPAddress

HERE = UDPAddress("127.0.0.1", 0)
Kind: TypeAlias = "type[SystemNetwork] | type[MemoryNetwork]"


@pytest.mark.parametrize("kind", [SystemNetwork, MemoryNetwork])
class TestDatagramSocket:
    async def test_messages_are_whole_and_in_order(self, kind: Kind) -> None:
        network: Network = kind()
        server = await network.open_datagram_socket(HERE, None)
        client = await network.open_datagram_socket(None, server.local_address)
        assert (client.remote_address, server.remote_address) == (server.local_address, None)
        messages = [b"", b"a", b"", b"bc", bytes(60_000)]
        for message in messages:
            await client.send(message)
        received: list[Datagram] = []
        while len(received) < len(messages):
            received += await server.receive(2)
        assert [each.data for each in received] == messages
        assert {each.source for each in received} == {client.local_address}
        await server.send(b"answer", client.local_address)
        (answer,) = await client.receive(9)
        assert answer == (b"answer", server.local_address)
        server.close()
        client.close()

    async def test_a_socket_that_is_connected_hears_nobody_else(self, kind: Kind) -> None:
        network: Network = kind()
        server, other = [await network.open_datagram_socket(HERE, None) for _ in range(2)]
        client = await network.open_datagram_socket(None, server.local_address)
        await other.send(b"forged", client.local_address)
        await server.send(b"real", client.local_address)
        assert [each.data for each in await client.receive(9)] == [b"real"]
        for each in (server, other, client):
            each.close()

    async def test_what_nobody_receives_is_lost_and_takes_no_memory(self, kind: Kind) -> None:
        network: Network = kind()
        options = SocketOptions(receive_buffer_size=20_000)
        server = await network.open_datagram_socket(HERE, None, options)
        client = await network.open_datagram_socket(None, server.local_address)
        for number in range(200):
            await client.send(number.to_bytes(2) * 500)
        await asyncio.sleep(0)
        received = [int.from_bytes(each.data[:2]) for each in await server.receive(1000)]
        assert 0 < len(received) < 100
        assert received == [*range(len(received))]
        server.close()
        client.close()

    async def test_who_waits_when_it_is_closed_gets_an_error(self, kind: Kind) -> None:
        network: Network = kind()
        server = await network.open_datagram_socket(HERE, None)
        waiting = asyncio.ensure_future(server.receive(1))
        await asyncio.sleep(0)
        server.close()
        server.close()
        with pytest.raises(OSError):
            await waiting
        with pytest.raises(OSError):
            await server.send(b"", HERE)

    async def test_who_stops_waiting_loses_nothing(self, kind: Kind) -> None:
        network: Network = kind()
        server = await network.open_datagram_socket(HERE, None)
        waiting = asyncio.ensure_future(server.receive(1))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0)
        await server.send(b"x", server.local_address)
        assert [each.data for each in await server.receive(1)] == [b"x"]
        server.close()

    async def test_what_is_too_long_is_an_error(self, kind: Kind) -> None:
        server = await kind().open_datagram_socket(HERE, None)
        with pytest.raises(OSError):
            await server.send(bytes(70_000), server.local_address)
        server.close()

    async def test_an_address_is_taken_once(self, kind: Kind) -> None:
        network: Network = kind()
        server = await network.open_datagram_socket(HERE, None)
        with pytest.raises(OSError):
            await network.open_datagram_socket(server.local_address, None)
        server.close()
        again = await network.open_datagram_socket(server.local_address, None)
        again.close()


class TestSystemDatagramSocket:
    async def test_nobody_there_is_an_error_for_who_is_connected(self) -> None:
        nobody = await SystemNetwork().open_datagram_socket(HERE, None)
        nobody.close()
        client = await SystemNetwork().open_datagram_socket(None, nobody.local_address)
        await client.send(b"x")
        with pytest.raises(ConnectionRefusedError):
            await client.receive(1)
        client.close()

    async def test_a_failure_comes_after_what_was_received_before_it(self) -> None:
        class Socket:
            outcomes = [
                (b"a", ("127.0.0.1", 1)),
                ConnectionRefusedError(),
                (b"b", ("127.0.0.1", 1)),
            ]

            def recvfrom(self, most: int) -> object:
                if not self.outcomes:
                    raise BlockingIOError
                outcome = self.outcomes.pop(0)
                if isinstance(outcome, OSError):
                    raise outcome
                return outcome

        client = await SystemNetwork().open_datagram_socket(HERE, None)
        assert isinstance(client, SystemDatagramSocket)
        real, client._socket = client._socket, Socket()  # type: ignore[assignment]
        assert [each.data for each in await client.receive(9)] == [b"a"]
        with pytest.raises(ConnectionRefusedError):
            await client.receive(9)
        assert [each.data for each in await client.receive(9)] == [b"b"]
        real.close()

    @pytest.mark.parametrize("ipv6_only", [False, True])
    async def test_one_at_the_unspecified_address_is_for_both_kinds(self, ipv6_only: bool) -> None:
        options = SocketOptions(ipv6_only=ipv6_only)
        try:
            server = await SystemNetwork().open_datagram_socket(UDPAddress("::", 0), None, options)
        except OSError as error:
            pytest.skip(f"this machine has no IPv6: {error}")
        port = server.local_address.port
        client = await SystemNetwork().open_datagram_socket(None, UDPAddress("127.0.0.1", port))
        if ipv6_only:
            with pytest.raises(ConnectionRefusedError):
                await client.send(b"x")
                await client.receive(1)
        else:
            await client.send(b"x")
            ((data, source),) = await server.receive(1)
            assert source == client.local_address
            await server.send(data + b"y", source)
            assert (await client.receive(1))[0].data == b"xy"
        server.close()
        client.close()

    async def test_a_name_may_have_no_address_of_the_kind(self) -> None:
        server = await SystemNetwork().open_datagram_socket(HERE, None)
        with pytest.raises(OSError, match="::1 has no address that this socket can send to"):
            await server.send(b"x", UDPAddress("::1", 9))
        server.close()

    async def test_nothing_is_left(self) -> None:
        with pytest.raises(OSError):  # an address of no interface here
            await SystemNetwork().open_datagram_socket(UDPAddress("192.0.2.1", 0), None)
        gc.collect()


class TestUDPAddressOf:
    @pytest.mark.parametrize("name, address", [
        (("127.0.0.1", 1), ("127.0.0.1", 1)), (("::1", 1, 0, 0), ("::1", 1)),
        (("::ffff:127.0.0.1", 1, 0, 0), ("127.0.0.1", 1)),
    ])  # fmt: skip
    def test_what_is_mapped_is_shown_as_it_is(self, name: object, address: object) -> None:
        assert udp_address_of(name) == address
