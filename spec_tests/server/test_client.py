"""Who is at the other end."""

from __future__ import annotations

import asyncio

import pytest

from worker_runtime.host.network import Address, TCPAddress, UnixAddress
from worker_runtime.host.socket_stream import SocketStream
from worker_runtime.server.client import Client
from worker_runtime.server.service import Service

from .raw_http import GET, hello, serving


class TestClient:
    @pytest.mark.parametrize(
        "address, authority",
        [
            (TCPAddress("127.0.0.1", 8000), "127.0.0.1:8000"),
            (TCPAddress("::1", 8000), "[::1]:8000"),
            (UnixAddress("/run/x"), "localhost"),
        ],
    )
    async def test_where_a_client_is_taken_to_be_that_does_not_say(
        self, address: Address, authority: str
    ) -> None:
        stream = SocketStream(asyncio.get_running_loop())
        stream.local_address = address
        client = Client(stream, Service(hello), lambda awaited: None)
        assert (client.scheme, client.default_authority) == ("http", authority)

    async def test_a_page_says_what_is_wrong(self) -> None:
        async with serving(hello) as server:
            answer = await server.ask(GET.replace(b"HTTP/1.1", b"HTTP/3.0"))
        assert answer.startswith(
            b"HTTP/1.1 505 HTTP Version Not Supported\r\ncontent-type: text/plain;charset=UTF-8\r\n"
        )
        _, _, content = answer.partition(b"\r\n\r\n")
        assert content == (
            b"505 HTTP Version Not Supported\nThis is an HTTP/1.1 server; it does not speak "
            b"HTTP/3.0\n"
        )
