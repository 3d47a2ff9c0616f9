"""Connections that speak no HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime.host.byte_stream import ByteStream
from worker_runtime.host.clock import Clock
from worker_runtime.host.network import SystemNetwork, TCPAddress
from worker_runtime.server.config import Config
from worker_runtime.server.tcp_listener import ConnectionHandler, TCPListener

ANYWHERE = TCPAddress("127.0.0.1", 0)


async def echo(stream: ByteStream) -> None:
    while data := await stream.read():
        stream.write(data)
        await stream.drain()
    stream.close()


@asynccontextmanager
async def listening(
    handle: ConnectionHandler, config: Config = Config(), clock: Clock | None = None
) -> AsyncIterator[tuple[TCPListener, TCPAddress]]:
    listener = TCPListener(handle, config._replace(drain_timeout=0.1), clock)
    (address,) = await listener.listen(ANYWHERE)
    assert isinstance(address, TCPAddress)
    yield listener, address
    await listener.drain()
    assert listener.number_of_connections == 0


class TestTCPListener:
    async def test_each_connection_is_handled(self) -> None:
        async with listening(echo) as (listener, address):
            clients = [await SystemNetwork().dial(address) for _ in range(3)]
            for number, client in enumerate(clients):
                client.write(bytes([number]))
                assert await client.read() == bytes([number])
            assert listener.number_of_connections == 3
            for client in clients:
                client.write_eof()
                assert await client.read() == b""
                client.close()
                await client.wait_closed()

    async def test_one_too_many_is_broken_off(self, capfd: pytest.CaptureFixture[str]) -> None:
        async with listening(echo, Config(connections=2)) as (listener, address):
            clients = [await SystemNetwork().dial(address) for _ in range(2)]
            while listener.number_of_connections < 2:
                await asyncio.sleep(0.001)
            for _ in range(2):
                other = await SystemNetwork().dial(address)
                with pytest.raises(ConnectionResetError):
                    await other.read()
                await other.wait_closed()
            for client in clients:
                client.abort()
        assert capfd.readouterr().err.count("There are 2 connections") == 1

    async def test_silence_ends_a_connection(self) -> None:
        clock = FakeClock()
        async with listening(echo, Config(tcp_idle_timeout=5), clock) as (_, address):
            client = await SystemNetwork().dial(address)
            for _ in range(6):
                client.write(b"x")
                assert await client.read() == b"x"
                clock.advance(5)
            clock.advance(5)
            with pytest.raises(ConnectionResetError):
                await client.read()

    async def test_so_does_a_client_that_takes_nothing(self) -> None:
        async def flood(stream: ByteStream) -> None:
            while True:
                stream.write(bytes(100_000))
                await stream.drain()

        failures: list[object] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: failures.append(context["exception"]))
        clock = FakeClock()
        async with listening(flood, Config(tcp_idle_timeout=5), clock) as (listener, address):
            client = await SystemNetwork().dial(address)
            while listener.number_of_connections or not failures:
                await asyncio.sleep(0.01)
                clock.advance(5)
            client.abort()
        assert [type(failure) for failure in failures] == [ConnectionResetError]

    async def test_what_goes_on_has_its_time_to_end(self) -> None:
        async with listening(echo) as (listener, address):
            client = await SystemNetwork().dial(address)
            client.write(b"x")
            await client.read()
            draining = asyncio.ensure_future(listener.drain())
            await asyncio.sleep(0.01)
            with pytest.raises(ConnectionRefusedError):
                await SystemNetwork().dial(address)
            client.write(b"y")
            assert await client.read() == b"y"
            client.write_eof()
            await draining
            assert await client.read() == b""
            client.close()

    async def test_and_is_broken_off_then(self) -> None:
        async with listening(echo) as (listener, address):
            client = await SystemNetwork().dial(address)
            client.write(b"x")
            await client.read()
            await listener.drain()
            with pytest.raises(ConnectionResetError):
                await client.read()
