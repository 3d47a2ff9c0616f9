"""The TCPSocket interface."""

from __future__ import annotations

import asyncio
import socket as system_socket
from typing import Any

import pytest

from spec_tests.direct_sockets.outcomes import is_pending, outcome
from spec_tests.fakes import running_in
from spec_tests.sockets_api.peers import echo, peer, wait
from worker_runtime import DOMException, TCPSocket
from worker_runtime.host.byte_stream import ByteStream
from worker_runtime.host.host import Host
from worker_runtime.host.network import SystemNetwork, TCPAddress
from worker_runtime.host.restricted_network import RestrictedNetwork
from worker_runtime.host.socket_stream import SocketStream
from worker_runtime.host.timeouts import Timeouts
from worker_runtime.html.settings_objects import EnvironmentSettingsObject

spec = pytest.mark.spec


@spec("https://wicg.github.io/direct-sockets/#dom-tcpsocket-constructor")
class TestConstructor:
    @pytest.mark.parametrize("options, message", [
        ({"keepAliveDelay": 999}, "keepAliveDelay is at least 1000"),
        ({"sendBufferSize": 0}, "sendBufferSize is at least 1"),
        ({"receiveBufferSize": 0}, "receiveBufferSize is at least 1"),
        ({"receiveBufferSize": 2**32}, "4294967295"),
        ({"sendBufferSize": -1}, "4294967295"),
        ({"dnsQueryType": "ipv5"}, "dnsQueryType"),
        ({"no_delay": True}, "did you mean 'noDelay'"),
    ])  # fmt: skip
    async def test_options_that_cannot_be(self, options: Any, message: str) -> None:
        with pytest.raises(TypeError, match=message):
            TCPSocket("127.0.0.1", 1, options)

    async def test_the_connection_is_as_the_options_say(self) -> None:
        async with peer(wait) as address:
            socket = TCPSocket(
                *address, noDelay=True, keepAliveDelay=2000, receiveBufferSize=8192,
                sendBufferSize=8192, dnsQueryType="ipv4",
            )  # fmt: skip
            await socket.opened
            assert isinstance(socket._stream, SocketStream)
            connection = socket._stream._transport.get_extra_info("socket")
            tcp = system_socket.IPPROTO_TCP
            assert connection.getsockopt(tcp, system_socket.TCP_NODELAY)
            if hasattr(system_socket, "TCP_KEEPIDLE"):
                assert connection.getsockopt(tcp, system_socket.TCP_KEEPIDLE) == 2
            level = system_socket.SOL_SOCKET
            assert connection.getsockopt(level, system_socket.SO_RCVBUF) <= 16384
            assert connection.getsockopt(level, system_socket.SO_SNDBUF) <= 16384
            await socket.close()

    async def test_small_writes_may_wait_unless_asked_for(self) -> None:
        async with peer(wait) as address:
            socket = TCPSocket(*address)
            await socket.opened
            assert isinstance(socket._stream, SocketStream)
            connection = socket._stream._transport.get_extra_info("socket")
            tcp = system_socket.IPPROTO_TCP
            assert not connection.getsockopt(tcp, system_socket.TCP_NODELAY)
            assert not connection.getsockopt(system_socket.SOL_SOCKET, system_socket.SO_KEEPALIVE)
            await socket.close()

    @pytest.mark.parametrize("family, host", [("ipv4", "127.0.0.1"), ("ipv6", "::1")])
    async def test_a_name_is_looked_up_as_asked_for(self, family: Any, host: str) -> None:
        try:
            listening = await SystemNetwork().listen(
                TCPAddress(host, 0), lambda stream: stream.abort()
            )
        except OSError as error:
            pytest.skip(f"this machine has no {host}: {error}")
        (address,) = listening.addresses
        assert isinstance(address, TCPAddress)
        info = await TCPSocket("localhost", address.port, dnsQueryType=family).opened
        assert (info.remoteAddress, info.remotePort) == address
        other = {"ipv4": "ipv6", "ipv6": "ipv4"}[family]
        socket = TCPSocket("localhost", address.port, dnsQueryType=other)  # type: ignore[arg-type]
        assert await outcome(socket.opened) == "NetworkError"
        listening.close()
        await info.readable.cancel()
        await info.writable.abort()

    @pytest.mark.parametrize("host, port", [("127.0.0.1", 1), ("a b", 80), ("a..example", 80)])
    async def test_a_failure_is_a_network_error_of_both_promises(
        self, host: str, port: int
    ) -> None:
        socket = TCPSocket(host, port)
        assert await outcome(socket.opened) == await outcome(socket.closed) == "NetworkError"

    async def test_without_permission_it_is_a_not_allowed_error(self) -> None:
        for network in (
            RestrictedNetwork(SystemNetwork(), ["a.example"]),
            RestrictedNetwork(SystemNetwork(), None, policy="deployed"),
        ):
            with running_in(EnvironmentSettingsObject(Host(network=network))):
                socket = TCPSocket("localhost", 1)
                with pytest.raises(DOMException, match="may (not )?reach"):
                    await socket.opened
                assert await outcome(socket.closed) == "NotAllowedError"

    async def test_it_takes_no_longer_than_the_host_allows(self) -> None:
        class Nowhere(SystemNetwork):
            async def dial(self, *_: object) -> ByteStream:
                await asyncio.get_running_loop().create_future()
                raise AssertionError

        host = Host(network=Nowhere(), timeouts=Timeouts(connect=0.01))
        with running_in(EnvironmentSettingsObject(host)):
            with pytest.raises(DOMException, match=r"nothing within 0\.01 seconds"):
                await TCPSocket("a.example", 1).opened


@spec("https://wicg.github.io/direct-sockets/#dom-tcpsocketopeninfo")
class TestOpenInfo:
    async def test_has_the_streams_and_both_addresses(self) -> None:
        async with peer(echo) as address:
            socket = TCPSocket(*address)
            assert socket.opened is socket.opened and socket.closed is socket.closed
            info = await socket.opened
            assert (info.remoteAddress, info.remotePort) == address
            assert info.localAddress == "127.0.0.1" and info.localPort > 0
            readable, writable, *_ = info
            writer = writable.getWriter()
            await writer.write(b"PING")
            await writer.close()
            assert b"".join([bytes(chunk) async for chunk in readable]) == b"PING"
            assert await outcome(socket.closed) == "fulfilled"


@spec("https://wicg.github.io/direct-sockets/#dom-tcpsocket-close")
class TestClose:
    async def test_not_before_it_is_open(self) -> None:
        socket = TCPSocket("127.0.0.1", 1)
        assert await outcome(socket.close()) == "InvalidStateError"
        await outcome(socket.opened)
        assert await outcome(socket.close()) == "InvalidStateError"

    async def test_not_while_a_stream_is_locked(self) -> None:
        async with peer(wait) as address:
            socket = TCPSocket(*address)
            info = await socket.opened
            reader = info.readable.getReader()
            assert await outcome(socket.close()) == "InvalidStateError"
            reader.releaseLock()
            writer = info.writable.getWriter()
            assert await outcome(socket.close()) == "InvalidStateError"
            writer.releaseLock()
            assert await outcome(socket.close()) == "fulfilled"

    async def test_returns_the_promise_of_the_end(self) -> None:
        ends: list[bytes] = []

        async def behave(stream: ByteStream) -> None:
            ends.append(await stream.read())

        async with peer(behave) as address:
            socket = TCPSocket(*address)
            await socket.opened
            assert socket.close() is socket.closed is socket.close()
            assert await outcome(socket.closed) == "fulfilled"
            assert socket.close() is socket.closed
            while not ends:
                await asyncio.sleep(0.001)
        assert ends == [b""]

    async def test_an_error_of_before_is_its_reason(self) -> None:
        async with peer(reset) as address:
            socket = TCPSocket(*address)
            info = await socket.opened
            reader = info.readable.getReader()
            assert await outcome(reader.read()) == "NetworkError"
            reader.releaseLock()
            assert is_pending(socket.closed)  # `writable` is still active
            assert await outcome(socket.close()) == "NetworkError"


async def reset(stream: ByteStream) -> None:
    stream.abort()
