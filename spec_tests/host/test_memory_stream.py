"""Byte streams within the process; what holds for all of them is in `test_byte_stream`."""

from __future__ import annotations

import asyncio

import pytest

from spec_tests.host.test_byte_stream import ends_in_memory
from worker_runtime.host.memory_stream import name_of
from worker_runtime.host.network import ClientTLS, ServerTLS, TCPAddress, UnixAddress


class TestTLSWithinTheProcess:
    async def test_begins_when_both_ends_want_it(self) -> None:
        async with ends_in_memory() as (client, server):
            client.write(b"STARTTLS")
            assert await server.read() == b"STARTTLS"
            waiting = asyncio.ensure_future(client.start_tls(ClientTLS("a.example")))
            await asyncio.sleep(0)
            assert not waiting.done() and not client.is_secure
            await server.start_tls(ServerTLS(""))
            await waiting
            assert client.is_secure and server.is_secure
            client.write(b"secret")
            assert await server.read() == b"secret"
            client.close()
            assert await server.read() == b""
            assert server.failure is None

    async def test_plain_text_is_an_error_then(self) -> None:
        async with ends_in_memory() as (client, server):
            waiting = asyncio.ensure_future(client.start_tls(ClientTLS("a.example")))
            await asyncio.sleep(0)
            server.write(b"plain text")
            with pytest.raises(ConnectionAbortedError, match="Plain text"):
                await waiting

    async def test_a_peer_that_goes_is_an_error_then(self) -> None:
        async with ends_in_memory() as (client, server):
            waiting = asyncio.ensure_future(client.start_tls(ClientTLS("a.example")))
            await asyncio.sleep(0)
            server.abort()
            with pytest.raises(ConnectionResetError):
                await waiting

    async def test_what_came_before_and_is_unread_is_an_error(self) -> None:
        async with ends_in_memory() as (client, server):
            server.write(b"injected")
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            with pytest.raises(ConnectionAbortedError, match="before TLS"):
                await client.start_tls(ClientTLS("a.example"))


class TestNameOf:
    def test_an_address_as_sockets_have_it(self) -> None:
        assert name_of(TCPAddress("a.example", 1)) == ("a.example", 1)
        assert name_of(UnixAddress("/x")) == "/x"
