"""A network within the process."""

from __future__ import annotations

import asyncio

import pytest

from worker_runtime.host.bound_sockets import BoundSockets
from worker_runtime.host.byte_stream import READ_AHEAD, ByteStream
from worker_runtime.host.memory_network import MemoryNetwork
from worker_runtime.host.network import (
    ClientTLS,
    ListenOptions,
    ServerTLS,
    SocketOptions,
    TCPAddress,
)
from worker_runtime.host.network_policy import NotAllowed

HERE = TCPAddress("a.example", 80)


async def connected(
    network: MemoryNetwork, is_secure: bool = False
) -> tuple[ByteStream, ByteStream]:
    accepted: list[ByteStream] = []
    await network.listen(HERE, accepted.append, ServerTLS("") if is_secure else None)
    client = await network.dial(HERE, ClientTLS("a.example") if is_secure else None)
    return client, accepted[0]


class TestMemoryNetwork:
    @pytest.mark.parametrize("is_secure", [False, True])
    async def test_bytes_go_both_ways_and_end(self, is_secure: bool) -> None:
        network = MemoryNetwork()
        client, server = await connected(network, is_secure)
        assert client.is_secure is server.is_secure is is_secure
        assert (client.remote_address, server.local_address) == (HERE, HERE)
        client.write(b"ping")
        assert await server.read() == b"ping"
        server.write(b"pong")
        assert await client.read() == b"pong"
        client.close()
        assert await server.read() == b""
        server.close()
        await server.wait_closed()
        await client.wait_closed()
        assert not network.open_transports

    async def test_what_was_written_before_the_end_arrives(self) -> None:
        client, server = await connected(MemoryNetwork())
        client.write(b"last words")
        client.close()
        assert await server.read() == b"last words"
        assert await server.read() == b""
        server.abort()

    async def test_one_side_may_end_and_still_listen(self) -> None:
        client, server = await connected(MemoryNetwork())
        client.write_eof()
        assert await server.read() == b""
        server.write(b"answer")
        assert await client.read() == b"answer"
        server.close()
        client.close()

    async def test_who_writes_too_much_is_held_up(self) -> None:
        client, server = await connected(MemoryNetwork())
        total = 0
        while not client.is_held_up:
            client.write(b"x" * READ_AHEAD)
            total += READ_AHEAD
            await asyncio.sleep(0)
        draining = asyncio.ensure_future(client.drain())
        received = 0
        while received < total:
            received += len(await server.read())
        await draining
        assert client.bytes_taken() == total
        client.abort()

    async def test_a_reset_is_an_error_for_the_other_side(self) -> None:
        client, server = await connected(MemoryNetwork())
        lost: list[str] = []
        server.on_loss = lambda: lost.append("server")
        client.abort()
        with pytest.raises(ConnectionResetError):
            await server.read()
        assert lost == ["server"]

    async def test_writing_to_who_has_gone_is_a_loss(self) -> None:
        network = MemoryNetwork()
        client, server = await connected(network)
        server.close()
        await server.wait_closed()
        client.write(b"x")
        await client.wait_closed()
        assert not network.open_transports

    async def test_nobody_listens(self) -> None:
        with pytest.raises(ConnectionRefusedError, match=r"a\.example:80"):
            await MemoryNetwork().dial(HERE)

    async def test_an_address_is_taken_until_it_is_let_go_of(self) -> None:
        network = MemoryNetwork()
        listener = await network.listen(HERE, lambda stream: None)
        with pytest.raises(OSError, match="already"):
            await network.listen(HERE, lambda stream: None)
        listener.close()
        await network.listen(HERE, lambda stream: None)
        network.stop_listening(HERE)
        with pytest.raises(ConnectionRefusedError):
            await network.dial(HERE)

    async def test_tls_is_for_both_or_neither(self) -> None:
        network = MemoryNetwork()
        await network.listen(HERE, lambda stream: None)
        with pytest.raises(ConnectionResetError, match="no TLS"):
            await network.dial(HERE, ClientTLS("a.example"))

    async def test_it_has_no_sockets(self) -> None:
        bound = BoundSockets(TCPAddress("127.0.0.1", 0))
        try:
            with pytest.raises(OSError, match="no sockets"):
                await MemoryNetwork().listen(bound, lambda stream: None)
        finally:
            bound.close()

    async def test_no_more_are_accepted_than_are_asked_for(self) -> None:
        network, accepted = MemoryNetwork(), list[ByteStream]()
        options = ListenOptions(most=1, backlog=2)
        listener = await network.listen(HERE, accepted.append, options=options)
        clients = [await network.dial(HERE) for _ in range(3)]
        with pytest.raises(ConnectionRefusedError, match="Too many wait"):
            await network.dial(HERE)
        assert len(accepted) == 1
        clients[1].write(b"early")
        clients[2].abort()
        await asyncio.sleep(0)
        listener.accept_only(2)
        assert len(accepted) == 3
        assert await accepted[1].read() == b"early"
        await accepted[2].wait_closed()
        await network.dial(HERE)
        listener.close()
        for stream in (*clients, *accepted):
            stream.abort()
            await stream.wait_closed()
        await asyncio.sleep(0)
        assert not network.open_transports

    async def test_one_that_listens_everywhere_is_found_by_each_name_of_this_machine(self) -> None:
        network, accepted = MemoryNetwork(), list[ByteStream]()
        listener = await network.listen(TCPAddress("0.0.0.0", 0), accepted.append)
        (address,) = listener.addresses
        assert isinstance(address, TCPAddress) and address.port != 0
        await network.dial(address._replace(host="localhost"))
        with pytest.raises(ConnectionRefusedError):
            await network.dial(address._replace(host="a.example"))
        accepted[0].abort()

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
    async def test_a_number_may_not_be_admitted(self, host: str) -> None:
        options = SocketOptions(admits=lambda number: False)
        with pytest.raises(NotAllowed):
            await MemoryNetwork().dial(TCPAddress(host, 1), None, options)
        with pytest.raises(NotAllowed):
            await MemoryNetwork().open_datagram_socket(None, TCPAddress(host, 1), options)
        with pytest.raises(ConnectionRefusedError):
            await MemoryNetwork().dial(HERE, None, options)
