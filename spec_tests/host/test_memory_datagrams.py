"""Datagrams within the process; what holds for all of them is in `test_datagram_socket`."""

from __future__ import annotations

import pytest

from worker_runtime.host.memory_datagrams import names_of
from worker_runtime.host.memory_network import MemoryNetwork
from worker_runtime.host.network import UDPAddress, UnixAddress


class TestMemoryDatagramSocket:
    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "127.0.0.1"])
    async def test_is_found_by_any_name_of_this_machine(self, host: str) -> None:
        network = MemoryNetwork()
        server = await network.open_datagram_socket(UDPAddress(host, 53), None)
        client = await network.open_datagram_socket(None, UDPAddress("localhost", 53))
        await client.send(b"q")
        ((_, source),) = await server.receive(1)
        await server.send(b"a", source)
        assert (await client.receive(1))[0].data == b"a"
        server.close()
        client.close()
        assert not network.datagram_sockets

    async def test_what_is_sent_to_nobody_is_lost(self) -> None:
        client = await MemoryNetwork().open_datagram_socket(None, UDPAddress("a.example", 53))
        await client.send(b"x")
        client.close()


class TestNamesOf:
    def test_only_this_machine_has_several(self) -> None:
        assert [*names_of(UDPAddress("a.example", 1))] == [("a.example", 1)]
        assert [*names_of(UnixAddress("/x"))] == [("/x",)]
