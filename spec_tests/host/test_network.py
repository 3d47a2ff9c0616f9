"""The network of the machine."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from functools import partial
from pathlib import Path

import pytest

from spec_tests.host.ends import ANYWHERE, both_ends
from spec_tests.host.ends import certificate as certificate
from worker_runtime.host.bound_sockets import BoundSockets
from worker_runtime.host.byte_stream import ByteStream
from worker_runtime.host.network import (
    ListeningSocket,
    ListenOptions,
    SystemNetwork,
    TCPAddress,
    UnixAddress,
)
from worker_runtime.host.shared_loads import Load, SharedLoads
from worker_runtime.host.socket_stream import SocketStream
from worker_runtime.host.tls import ClientTLS


class TestLocalhost:
    @pytest.mark.parametrize("host", ["::1", "127.0.0.1"])
    async def test_is_either_address(self, host: str) -> None:
        accepted: asyncio.Future[ByteStream] = asyncio.get_running_loop().create_future()
        try:
            listening = await SystemNetwork().listen(TCPAddress(host, 0), accepted.set_result)
        except OSError as error:
            pytest.skip(f"this machine has no {host}: {error}")
        (address,) = listening.addresses
        assert isinstance(address, TCPAddress)
        stream = await SystemNetwork().dial(TCPAddress("localhost", address.port))
        assert stream.remote_address == address
        stream.abort()
        (await accepted).abort()
        listening.close()

    async def test_nobody_there_is_refused_as_elsewhere(self) -> None:
        with pytest.raises(ConnectionRefusedError):
            await SystemNetwork().dial(TCPAddress("localhost", 1))


class TestAccepting:
    async def test_small_writes_are_sent_at_once(self) -> None:
        async with both_ends() as ends:
            for stream in ends:
                assert isinstance(stream, SocketStream)
                connection = stream._transport.get_extra_info("socket")
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    @pytest.mark.skipif(sys.platform == "win32", reason="its descriptors cannot be handed down")
    @pytest.mark.parametrize("have_loads, least", [(False, 5), (True, 9)])
    async def test_who_shares_an_address_shares_what_comes_at_once(
        self, have_loads: bool, least: int
    ) -> None:
        bound, shared_loads = BoundSockets(ANYWHERE), SharedLoads()
        counts, streams, listening = [0, 0], list[ByteStream](), list[ListeningSocket]()

        def count(which: int, shared: BoundSockets, stream: ByteStream) -> None:
            counts[which] += 1
            streams.append(stream)
            if shared.load is not None:
                shared.load.set(counts[which])

        for which in range(2):  # as two processes inherit it
            shared = BoundSockets([os.dup(each.fileno()) for each in bound.sockets])
            if have_loads:
                shared.load = Load(os.dup(shared_loads.descriptor), shared_loads.take_a_place())
                shared.load.set(0)
            on_connection = partial(count, which, shared)
            listening.append(await SystemNetwork().listen(shared, on_connection))
        (address,) = bound.addresses
        assert isinstance(address, TCPAddress)
        clients = [socket.create_connection(address) for _ in range(20)]
        while len(streams) < 20:
            await asyncio.sleep(0.001)
        assert min(counts) >= least
        for stream in streams:
            stream.abort()
        for client in clients:
            client.close()
        for each in listening:
            each.close()
        bound.close()
        shared_loads.close()

    @pytest.mark.skipif(sys.platform == "win32", reason="its descriptors cannot be handed down")
    async def test_who_has_more_waits_but_not_for_ever(self) -> None:
        bound, shared_loads = BoundSockets(ANYWHERE), SharedLoads()
        shared = BoundSockets([os.dup(each.fileno()) for each in bound.sockets])
        descriptor = shared_loads.descriptor
        shared.load = Load(os.dup(descriptor), shared_loads.take_a_place())
        shared.load.set(1)
        Load(os.dup(descriptor), shared_loads.take_a_place()).set(0)  # it is busy, and does nothing
        streams: list[ByteStream] = []
        listening = await SystemNetwork().listen(shared, streams.append)
        (address,) = bound.addresses
        assert isinstance(address, TCPAddress)
        clients = [socket.create_connection(address) for _ in range(3)]
        while len(streams) < 3:
            await asyncio.sleep(0.001)
        for stream in streams:
            stream.abort()
        for client in clients:
            client.close()
        listening.close()
        bound.close()
        shared_loads.close()


class TestSystemNetwork:
    async def test_a_free_port_is_found(self) -> None:
        listening = await SystemNetwork().listen(ANYWHERE, lambda stream: None)
        (address,) = listening.addresses
        assert isinstance(address, TCPAddress) and address.port > 0
        listening.close()

    async def test_nobody_there_is_an_os_error(self) -> None:
        listening = await SystemNetwork().listen(ANYWHERE, lambda stream: None)
        listening.close()
        with pytest.raises(OSError):
            await SystemNetwork().dial(listening.addresses[0])

    @pytest.mark.parametrize("host", [".a.example", "a..b", "a" * 64 + ".example", "a" * 64, "\0"])
    @pytest.mark.parametrize("tls", [None, ClientTLS("a.example"), ClientTLS(".a.example")])
    async def test_a_name_that_cannot_be_looked_up_is_an_os_error(
        self, host: str, tls: ClientTLS | None
    ) -> None:
        with pytest.raises(OSError):
            await SystemNetwork().dial(TCPAddress(host, 80), tls)

    @pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this platform has no unix sockets")
    async def test_unix_sockets_leave_nothing_behind(self, tmp_path: Path) -> None:
        address = UnixAddress(str(tmp_path / "socket"))
        async with both_ends(address) as (client, server):
            client.write(b"ping")
            assert await server.read() == b"ping"
            assert server.local_address == address
        assert not (tmp_path / "socket").exists()

    async def test_a_platform_without_unix_sockets_says_so(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def not_there(*args: object, **kwargs: object) -> None:
            raise NotImplementedError

        loop = asyncio.get_running_loop()
        monkeypatch.delattr(socket, "AF_UNIX", raising=False)
        monkeypatch.setattr(loop, "create_unix_connection", not_there, raising=False)
        with pytest.raises(OSError, match="no unix sockets"):
            await SystemNetwork().listen(UnixAddress("/x"), lambda stream: None)
        with pytest.raises(OSError, match="no unix sockets"):
            await SystemNetwork().dial(UnixAddress("/x"))


class TestListening:
    async def test_no_more_are_accepted_than_are_asked_for(self) -> None:
        accepted: list[ByteStream] = []
        options = ListenOptions(most=0)
        listening = await SystemNetwork().listen(ANYWHERE, accepted.append, options=options)
        clients = [await SystemNetwork().dial(listening.addresses[0]) for _ in range(5)]
        for most, total in ((0, 0), (2, 2), (1, 3), (9, 5)):
            listening.accept_only(most)
            for _ in range(20):
                await asyncio.sleep(0.001)
            assert len(accepted) == total
        listening.close()
        for stream in (*clients, *accepted):
            stream.abort()
            await stream.wait_closed()

    @pytest.mark.parametrize("ipv6_only", [False, True])
    async def test_a_socket_at_the_unspecified_address_is_for_both_kinds(
        self, ipv6_only: bool
    ) -> None:
        options = ListenOptions(ipv6_only=ipv6_only)
        try:
            listening = await SystemNetwork().listen(
                TCPAddress("::", 0), lambda stream: stream.abort(), options=options
            )
        except OSError as error:
            pytest.skip(f"this machine has no IPv6: {error}")
        (address,) = listening.addresses
        assert isinstance(address, TCPAddress)
        dialling = SystemNetwork().dial(address._replace(host="127.0.0.1"))
        if ipv6_only:
            with pytest.raises(ConnectionRefusedError):
                await dialling
        else:
            stream = await dialling
            stream.abort()
            await asyncio.sleep(0.01)
        listening.close()
