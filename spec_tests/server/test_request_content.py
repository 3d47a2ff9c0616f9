"""What follows the head of a request. How a worker and a client see it is in test_exchange."""

from __future__ import annotations

import asyncio

import pytest

from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.host.network import TCPAddress
from worker_runtime.host.socket_stream import SocketStream
from worker_runtime.http.fields import MessageFailure
from worker_runtime.server.client import Client
from worker_runtime.server.config import Config
from worker_runtime.server.request_content import RequestContent
from worker_runtime.server.service import Service

from .raw_http import HOST, hello


class TestRequestContent:
    def content(self, fields: bytes, data: bytes, config: Config = Config()) -> RequestContent:
        stream = SocketStream(asyncio.get_running_loop())
        stream.local_address = TCPAddress("127.0.0.1", 80)
        client = Client(stream, Service(hello, config), lambda awaited: None)
        client.http.receive_data(b"POST / HTTP/1.1\r\n" + HOST + fields + b"\r\n" + data)
        request = client.http.next_request()
        assert request is not None
        return RequestContent(client, request)

    async def test_what_is_there_is_the_source(self) -> None:
        body = self.content(b"Content-Length: 5\r\n", b"hello").body()
        assert (body.source, body.length) == (b"hello", 5)

    @pytest.mark.parametrize(
        "fields, length", [(b"Content-Length: 5\r\n", 5), (b"Transfer-Encoding: chunked\r\n", None)]
    )
    async def test_what_is_not_there_has_a_length_at_most(
        self, fields: bytes, length: int | None
    ) -> None:
        body: BodyRecord = self.content(fields, b"").body()
        assert (body.source, body.length) == (None, length)

    async def test_it_is_worth_finishing_if_it_is_short_or_nobody_knows(self) -> None:
        config = Config(unread_content=10)
        for fields, data, is_worth_finishing in (
            (b"Content-Length: 10\r\n", b"", True),
            (b"Content-Length: 11\r\n", b"", False),
            (b"Content-Length: 11\r\n", b"a", True),
            (b"Transfer-Encoding: chunked\r\n", b"", True),
        ):
            content = self.content(fields, data, config)
            content.body()
            assert content.is_worth_finishing == is_worth_finishing

    @pytest.mark.parametrize(
        "fields, data",
        [
            (b"Content-Length: 6\r\n", b""),
            (b"Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n3\r\ndef\r\n"),
        ],
    )
    async def test_too_much_is_noticed_as_soon_as_it_can_be(
        self, fields: bytes, data: bytes
    ) -> None:
        with pytest.raises(MessageFailure, match="longer than 5 bytes") as caught:
            self.content(fields, data, Config(content=5)).body()
        assert caught.value.status == 413
