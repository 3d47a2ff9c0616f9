"""Incoming content: bodies that come in pieces, too early to an end, or not at all."""

from __future__ import annotations

import asyncio
import gzip

import pytest

from worker_runtime import AbortController, DOMException, fetch

from .scripted_network import network_of, response

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#concept-http-network-fetch")
class TestIncomingContent:
    async def test_comes_as_it_is_read(self) -> None:
        with network_of(lambda request: response(b"one", content_length="9")) as network:
            answer = await fetch("http://a.example/")
            assert answer.body is not None
            reader = answer.body.getReader()
            assert (await reader.read()).value == b"one"
            network.streams[0].feed(b"twothr")
            assert (await reader.read()).value == b"twothr"
            assert (await reader.read()).done

    async def test_nothing_is_received_before_somebody_reads(self) -> None:
        with network_of(lambda request: response(b"one", content_length="9")) as network:
            answer = await fetch("http://a.example/")
            assert answer.body is not None
            network.streams[0].feed(b"two")
            await asyncio.sleep(0)
            assert network.streams[0].coming == [b"two"]

    async def test_the_connection_is_free_as_soon_as_the_last_byte_is_there(self) -> None:
        with network_of(lambda request: response(b"one", content_length="6")) as network:
            answer = await fetch("http://a.example/")
            assert answer.body is not None
            reader = answer.body.getReader()
            await reader.read()
            network.streams[0].feed(b"two")
            await reader.read()
            await fetch("http://a.example/")
            assert len(network.streams) == 1

    async def test_fills_a_view_of_the_reader(self) -> None:
        with network_of(lambda request: response(b"one", content_length="9")) as network:
            answer = await fetch("http://a.example/")
            assert answer.body is not None
            reader = answer.body.getReader(mode="byob")
            network.streams[0].feed(b"twothr")
            assert bytes((await reader.read(bytearray(2))).value or b"") == b"on"

    @pytest.mark.parametrize("sent, message", [
        (response(b"half", content_length="8"), "4 bytes before"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            "before the last chunk"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\ngarbage",
            "not the beginning of a chunk"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalfandmore\r\n0\r\n\r\n",
            "longer than its size"),
        (response(b"not gzip", content_encoding="gzip"), "not gzip"),
        (response(gzip.compress(b"half")[:-4], content_encoding="gzip"), "in the middle"),
    ])  # fmt: skip
    async def test_half_a_body_is_never_taken_for_a_whole_one(
        self, sent: bytes, message: str
    ) -> None:
        with network_of(lambda request: sent) as network:
            answer = await fetch("http://a.example/")
            assert answer.status == 200
            network.streams[0].end()
            with pytest.raises(TypeError, match=f"broken off: .*{message}"):
                await answer.text()
            assert network.streams[0].is_closed

    @pytest.mark.parametrize("sent", [b"", b"2\r\nga", b"garbage"])
    async def test_where_nobody_reads_a_body_that_breaks_off_fails_too(self, sent: bytes) -> None:
        with network_of(
            lambda request: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"
        ) as network:
            answer = await fetch("http://a.example/")
            assert answer.body is not None
            reader = answer.body.getReader()
            assert (await reader.read()).value == b"half"
            network.streams[0].feed(sent)
            network.streams[0].end()
            if sent != b"2\r\nga":  # which is content
                with pytest.raises(TypeError, match="broken off"):
                    await reader.closed
            else:
                assert (await reader.read()).value == b"ga"
                with pytest.raises(TypeError, match="broken off"):
                    await reader.read()
            assert network.streams[0].is_closed

    async def test_what_is_there_can_be_read_when_the_server_has_ended(self) -> None:
        with network_of(
            lambda request: b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\none"
        ) as network:
            answer = await fetch("http://a.example/")
            network.streams[0].feed(b"two")
            network.streams[0].end()
            assert await answer.text() == "onetwo"
            answer = await fetch("http://a.example/")
            assert answer.body is not None
            reader = answer.body.getReader()
            assert (await reader.read()).value == b"one"
            network.streams[1].feed(b"two")
            network.streams[1].end()
            assert (await reader.read()).value == b"two"
            assert (await reader.read()).done

    async def test_without_a_length_it_ends_with_the_connection(self) -> None:
        with network_of(lambda request: b"HTTP/1.0 200 OK\r\n\r\nall") as network:
            answer = await fetch("http://a.example/")
            network.streams[0].end()
            assert await answer.text() == "all"

    async def test_a_bomb_waits_until_it_is_read(self) -> None:
        bomb = gzip.compress(bytes(1 << 24))
        with network_of(lambda request: response(bomb, content_encoding="gzip")):
            answer = await fetch("http://a.example/")
            assert answer.body is not None
            first = await answer.body.getReader().read()
            assert first.value is not None and len(first.value) <= 1 << 18

    async def test_a_cancel_closes_the_connection(self) -> None:
        with network_of(lambda request: response(b"one", content_length="9")) as network:
            answer = await fetch("http://a.example/")
            assert answer.body is not None
            await answer.body.cancel("enough")
            assert network.streams[0].is_closed

    @pytest.mark.parametrize("is_read", [True, False])
    async def test_an_abort_errors_the_stream_and_closes_the_connection(
        self, is_read: bool
    ) -> None:
        with network_of(lambda request: response(b"one", content_length="9")) as network:
            controller = AbortController()
            answer = await fetch("http://a.example/", signal=controller.signal)
            text = answer.text() if is_read else None
            await asyncio.sleep(0)
            controller.abort()
            with pytest.raises(DOMException, match="AbortError"):
                await (text or answer.text())
            assert network.streams[0].is_closed
