"""The TCPServerSocket interface."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest

from spec_tests.direct_sockets.outcomes import is_pending, outcome
from spec_tests.fakes import running_in
from worker_runtime import DOMException, TCPServerSocket, TCPSocket
from worker_runtime.host.byte_stream import ByteStream
from worker_runtime.host.host import Host
from worker_runtime.host.network import SystemNetwork, TCPAddress
from worker_runtime.host.restricted_network import RestrictedNetwork
from worker_runtime.html.settings_objects import EnvironmentSettingsObject

spec = pytest.mark.spec


@spec("https://wicg.github.io/direct-sockets/#dom-tcpserversocket-constructor")
class TestConstructor:
    @pytest.mark.parametrize("address, options, message", [
        ("localhost", {}, "number of a host"),
        ("", {}, "number of a host"),
        ("127.0.0.1", {"localPort": 0}, "localPort is at least 1"),
        ("127.0.0.1", {"localPort": 65536}, "65535"),
        ("127.0.0.1", {"backlog": 0}, "backlog is at least 1"),
        ("::1", {"ipv6Only": True}, "ipv6Only is for"),
    ])  # fmt: skip
    async def test_options_that_cannot_be(self, address: str, options: Any, message: str) -> None:
        with pytest.raises(TypeError, match=message):
            TCPServerSocket(address, options)

    async def test_an_address_is_taken_once(self) -> None:
        server = TCPServerSocket("127.0.0.1")
        info = await server.opened
        assert info.localAddress == "127.0.0.1"
        second = TCPServerSocket("127.0.0.1", localPort=info.localPort)
        assert await outcome(second.opened) == await outcome(second.closed) == "NetworkError"
        await server.close()
        third = TCPServerSocket("127.0.0.1", localPort=info.localPort, backlog=2**32 - 1)
        await third.opened
        await third.close()

    @pytest.mark.parametrize("ipv6_only", [True, False])
    async def test_one_at_the_unspecified_address_is_for_both_kinds(self, ipv6_only: bool) -> None:
        server = TCPServerSocket("::", ipv6Only=ipv6_only)
        if await outcome(server.opened) == "NetworkError":
            pytest.skip("this machine has no IPv6")
        client = TCPSocket("127.0.0.1", (await server.opened).localPort)
        assert await outcome(client.opened) == ("NetworkError" if ipv6_only else "fulfilled")
        await server.close()

    @pytest.mark.parametrize("profile, port, name", [
        ("browser", 1023, "NotAllowedError"), ("browser", 32677, "NotAllowedError"),
    ])  # fmt: skip
    async def test_a_browser_has_low_ports_for_nobody(
        self, profile: Any, port: int, name: str
    ) -> None:
        with running_in(EnvironmentSettingsObject(Host(profile=profile))):
            server = TCPServerSocket("127.0.0.1", localPort=port)
            assert await outcome(server.opened) == await outcome(server.closed) == name

    async def test_without_permission_it_is_a_not_allowed_error(self) -> None:
        network = RestrictedNetwork(SystemNetwork(), None, ["127.0.0.1:0"])
        with running_in(EnvironmentSettingsObject(Host(network=network))):
            server = TCPServerSocket("127.0.0.1", localPort=8000)
            with pytest.raises(DOMException, match="may not listen at 127.0.0.1:8000"):
                await server.opened
            assert await outcome(TCPServerSocket("0.0.0.0").opened) == "NotAllowedError"
            allowed = TCPServerSocket("127.0.0.1")
            await allowed.opened
            await allowed.close()


@spec("https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpserversocket-readable-stream")
class TestReadable:
    async def test_is_a_stream_of_sockets(self) -> None:
        server = TCPServerSocket("127.0.0.1")
        info = await server.opened
        clients = [TCPSocket("127.0.0.1", info.localPort) for _ in range(3)]
        reader = info.readable.getReader()
        for _ in clients:
            accepted = (await reader.read()).value
            assert isinstance(accepted, TCPSocket)
            readable, writable, *_ = await accepted.opened
            writing = writable.getWriter()
            await writing.write(b"hello")
            await writing.close()
            await readable.cancel()
            assert await outcome(accepted.closed) == "fulfilled"
        for client in clients:
            readable, writable, *_ = await client.opened
            assert [bytes(chunk) async for chunk in readable] == [b"hello"]
            await writable.close()
        reader.releaseLock()
        await server.close()

    async def test_none_is_accepted_that_nobody_waits_for(self) -> None:
        server = TCPServerSocket("127.0.0.1", backlog=4)
        info = await server.opened
        clients = [TCPSocket("127.0.0.1", info.localPort) for _ in range(3)]
        for client in clients:
            await client.opened  # the system has answered
        await asyncio.sleep(0.01)
        assert not info.readable._controller._queue
        reader = info.readable.getReader()
        reading = [reader.read() for _ in range(2)]
        ports = {(await (await each).value.opened).remotePort for each in reading}
        assert len(ports) == 2
        for client in clients:
            await client.close()
        reader.releaseLock()
        await server.close()

    async def test_one_that_comes_when_nobody_waits_any_more_waits_for_the_next(self) -> None:
        server = TCPServerSocket("127.0.0.1")
        info = await server.opened
        reader = info.readable.getReader()
        reading = reader.read()
        reader.releaseLock()
        assert await outcome(reading) == "TypeError"
        client = TCPSocket("127.0.0.1", info.localPort)
        await client.opened
        await asyncio.sleep(0.01)
        accepted = (await info.readable.getReader().read()).value
        assert (await accepted.opened).remotePort == (await client.opened).localPort
        await client.close()
        await accepted.close()

    async def test_one_that_waits_when_it_is_closed_is_broken_off(self) -> None:
        server = TCPServerSocket("127.0.0.1")
        info = await server.opened
        client = await SystemNetwork().dial(TCPAddress("127.0.0.1", info.localPort))
        reader = info.readable.getReader()
        reading = reader.read()
        await reader.cancel()
        assert (await reading).done
        with pytest.raises(ConnectionResetError):
            await client.read()
        client.abort()

    async def test_one_that_lies_unread_when_it_is_closed_is_broken_off(self) -> None:
        server = TCPServerSocket("127.0.0.1")
        info = await server.opened
        reader = info.readable.getReader()
        reading = reader.read()
        reader.releaseLock()
        await outcome(reading)
        client: ByteStream = await SystemNetwork().dial(TCPAddress("127.0.0.1", info.localPort))
        while not info.readable._controller._queue:
            await asyncio.sleep(0.001)
        await server.close()
        gc.collect()
        with pytest.raises(ConnectionResetError):
            await client.read()
        client.abort()


@spec("https://wicg.github.io/direct-sockets/#dom-tcpserversocket-close")
@spec(
    "https://wicg.github.io/direct-sockets/#dfn-handle-closing-the-tcpserversocket-readable-stream"
)
class TestClose:
    async def test_ends_what_can_be_accepted(self) -> None:
        server = TCPServerSocket("127.0.0.1")
        assert await outcome(server.close()) == "InvalidStateError"
        info = await server.opened
        assert server.opened is server.opened and is_pending(server.closed)
        assert server.close() is server.closed is server.close()
        await server.closed
        assert await outcome(TCPSocket("127.0.0.1", info.localPort).opened) == "NetworkError"

    async def test_not_while_the_stream_is_locked(self) -> None:
        server = TCPServerSocket("127.0.0.1")
        reader = (await server.opened).readable.getReader()
        assert await outcome(server.close()) == "InvalidStateError"
        await reader.cancel()
        await server.closed

    async def test_the_connections_that_there_are_stay(self) -> None:
        server = TCPServerSocket("127.0.0.1")
        info = await server.opened
        client = TCPSocket("127.0.0.1", info.localPort)
        reader = info.readable.getReader()
        accepted = (await reader.read()).value
        reader.releaseLock()
        await server.close()
        await (await accepted.opened).writable.getWriter().write(b"x")
        assert (await (await client.opened).readable.getReader().read()).value == b"x"
