"""Incoming content: bodies that come in pieces, too early to an end, or not at all."""

from __future__ import annotations

import asyncio
import gzip
import zlib

import pytest

from worker_runtime import AbortController, DOMException, fetch
from worker_runtime.compression.decompression_contexts import OUTPUT_LENGTH
from worker_runtime.host.byte_stream import READ_AHEAD

from ..brotli.streams import stream_of
from ..zstandard.streams import block_of, frame_of
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

    async def test_little_is_received_before_somebody_reads(self) -> None:
        length = str(3 + 9 * READ_AHEAD)
        with network_of(lambda request: response(b"one", content_length=length)) as network:
            answer = await fetch("http://a.example/")
            for _ in range(9):
                network.streams[0].feed(bytes(READ_AHEAD))
            assert network.streams[0].coming == 7 * [bytes(READ_AHEAD)]
            assert await answer.bytes() == b"one" + bytes(9 * READ_AHEAD)

    @pytest.mark.parametrize("pieces", [[b"two", b"thr"], [b"twothr"], [b"t", b"wothr and more"]])
    async def test_what_came_early_is_read_first(self, pieces: list[bytes]) -> None:
        with network_of(lambda request: response(b"one", content_length="9")) as network:
            answer = await fetch("http://a.example/")
            for piece in pieces:
                network.streams[0].feed(piece)
            assert await answer.text() == "onetwothr"

    @pytest.mark.parametrize("rest, message", [
        (b"4\r\nhalf\r\ngarbage", "not the beginning of a chunk"),
        (b"4\r\nhalfandmore", "longer than its size"),
        (b"4\r\nhalf\r\n", "before the last chunk"),
    ])  # fmt: skip
    async def test_what_came_early_and_is_broken_is_no_end(self, rest: bytes, message: str) -> None:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n"
        with network_of(lambda request: head) as network:
            answer = await fetch("http://a.example/")
            assert answer.body is not None
            network.streams[0].feed(rest)
            network.streams[0].end()
            reader = answer.body.getReader()
            assert (await reader.read()).value == b"one"
            with pytest.raises(TypeError, match=f"broken off: .*{message}"):
                while not (await reader.read()).done:
                    pass

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

    @pytest.mark.parametrize("coding, bomb", [
        ("gzip, gzip", gzip.compress(gzip.compress(bytes(1 << 24)))),
        ("gzip, gzip, gzip", gzip.compress(gzip.compress(gzip.compress(bytes(1 << 24))))),
        ("deflate, gzip", gzip.compress(zlib.compress(bytes(1 << 24)))),
        ("deflate, gzip, deflate, gzip",
            gzip.compress(zlib.compress(gzip.compress(zlib.compress(bytes(1 << 24)))))),
    ], ids=range(4))  # fmt: skip
    async def test_a_bomb_of_several_layers_comes_in_pieces(self, coding: str, bomb: bytes) -> None:
        with network_of(lambda request: response(bomb, content_encoding=coding)):
            answer = await fetch("http://a.example/")
            assert answer.body is not None
            reader = answer.body.getReader()
            lengths = []
            while not (result := await reader.read()).done:
                assert result.value is not None
                lengths.append(len(result.value))
            assert sum(lengths) == 1 << 24
            assert max(lengths) <= OUTPUT_LENGTH

    @pytest.mark.parametrize("coding, silence", [
        ("gzip", gzip.compress(b"") * 20_000),
        ("gzip, gzip", gzip.compress(gzip.compress(b"") * 20_000)),
        ("zstd", bytes.fromhex("502a4d1800000000") * 10_000),
        ("zstd", frame_of(*[block_of(0, 0, b"")] * 50_000)),
        ("br", stream_of("0  0 11 0 00") + stream_of("0 11 0 00") * 50_000 + b"\x03"),
    ], ids=range(5))  # fmt: skip
    async def test_others_have_their_turn_while_nothing_comes_of_it(
        self, coding: str, silence: bytes
    ) -> None:
        turns = 0
        is_read = False

        async def take_turns() -> None:
            nonlocal turns
            while not is_read:
                turns += 1
                await asyncio.sleep(0)

        with network_of(lambda request: response(silence, content_encoding=coding)):
            answer = await fetch(
                "http://a.example/", {"headers": {"Accept-Encoding": "gzip, br, zstd"}}
            )
            others = asyncio.create_task(take_turns())
            assert await answer.text() == ""
            is_read = True
            await others
            assert turns > 10

    @pytest.mark.parametrize("coding", ["br", "zstd", "gzip, br", ", ".join(["gzip"] * 5)])
    async def test_a_coding_that_is_refused_is_a_network_error(self, coding: str) -> None:
        with network_of(lambda request: response(b"coded", content_encoding=coding)) as network:
            with pytest.raises(TypeError):
                await fetch("http://a.example/")
            assert network.streams[0].is_closed

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
