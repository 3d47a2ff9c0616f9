"""Byte streams over sockets of the system."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar

import pytest

from spec_tests.host.ends import both_ends, read_all
from spec_tests.host.ends import certificate as certificate
from worker_runtime.host.byte_stream import READ_AHEAD, ByteStream
from worker_runtime.host.network import TCPAddress

variable: ContextVar[str] = ContextVar("variable", default="nobody's")


class TestContexts:
    @pytest.mark.parametrize("is_dialled", [True, False], ids=["dialled", "accepted"])
    async def test_what_a_stream_calls_knows_nothing_of_who_has_read_it(
        self, is_dialled: bool
    ) -> None:
        seen: dict[str, str] = {}

        async def use(stream: ByteStream) -> None:
            variable.set("the user's")
            stream.write(bytes(10_000_000))
            left = 3 * READ_AHEAD
            while left:  # the stream was paused, and goes on
                left -= len(await stream.read())

        async with both_ends() as (client, server):
            stream, other = (client, server) if is_dialled else (server, client)
            other.write(bytes(3 * READ_AHEAD))
            await asyncio.create_task(use(stream))
            data = asyncio.get_running_loop().create_future()
            stream.on_data = lambda _: data.set_result(variable.get())
            stream.on_end = lambda: seen.update(end=variable.get())
            stream.on_loss = lambda: seen.update(loss=variable.get())
            other.write(b"more")
            seen["data"] = await data
            asyncio.create_task(read_all(other)).add_done_callback(lambda _: other.close())
            other.write_eof()
            while "end" not in seen:
                await asyncio.sleep(0)
            stream.close()
            await stream.wait_closed()
        assert seen == dict.fromkeys(("data", "end", "loss"), "nobody's")


class TestSocketStream:
    async def test_bytes_go_both_ways(self) -> None:
        async with both_ends() as (client, server):
            client.write(b"ping")
            assert await server.read() == b"ping"
            server.write(b"pong")
            await server.drain()
            assert await client.read() == b"pong"

    async def test_what_is_written_to_what_is_lost_is_not_worth_a_word(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with both_ends() as (client, server):
            client.abort()
            for _ in range(20):  # the system tells of the loss with the first or the second
                await asyncio.sleep(0.001)
                for _ in range(20):
                    server.write(b"x")
            assert server.is_lost
        assert caplog.records == []

    async def test_it_knows_both_addresses(self) -> None:
        async with both_ends() as (client, server):
            assert (
                client.local_address == server.remote_address
                and client.remote_address == server.local_address
            )
            assert (
                isinstance(client.remote_address, TCPAddress)
                and client.remote_address.host == "127.0.0.1"
            )
            assert not client.is_secure and client.application_protocol is None

    async def test_an_end_is_read_when_the_bytes_before_it_are_and_the_other_way_stays_open(
        self,
    ) -> None:
        async with both_ends() as (client, server):
            client.write(b"last words")
            client.write_eof()
            assert await read_all(server) == b"last words"
            assert await server.read() == b""
            server.write(b"heard")
            server.close()
            assert await read_all(client) == b"heard"

    async def test_who_reads_may_have_a_first_look(self) -> None:
        async with both_ends() as (client, server):
            seen = b""

            def first_look(data: bytes) -> bool:
                nonlocal seen
                seen += data
                return not seen.endswith(b".")

            server.first_look = first_look
            reading = asyncio.ensure_future(server.read())
            client.write(b"mine")
            while seen != b"mine":
                await asyncio.sleep(0)
            assert not reading.done()
            client.write(b"yours.")
            assert await reading == b"yours."
            assert seen == b"mineyours."
            client.write(b"and what nobody waits for")
            while not (rest := server.take()):
                await asyncio.sleep(0)
            assert rest == b"and what nobody waits for" and seen == b"mineyours."

    async def test_an_end_is_told_to_who_does_not_read(self) -> None:
        async with both_ends() as (client, server):
            ended = asyncio.Event()
            server.on_end = ended.set
            client.write_eof()
            await ended.wait()
            assert await server.read() == b""

    async def test_a_loss_is_told_and_nothing_can_be_sent_any_more(self) -> None:
        async with both_ends() as (client, server):
            lost = asyncio.Event()
            server.on_loss = lost.set
            client.abort()
            await lost.wait()
            with pytest.raises(ConnectionError):
                await server.drain()
            await server.wait_closed()

    async def test_a_reset_is_an_error_for_who_reads(self) -> None:
        async with both_ends() as (client, server):
            reading = asyncio.ensure_future(server.read())
            await asyncio.sleep(0)
            client.abort()
            with pytest.raises(ConnectionError):
                await reading

    async def test_what_nobody_reads_makes_the_other_side_wait(self) -> None:
        async with both_ends() as (client, server):
            sent = 0
            while not client.is_held_up:
                client.write(bytes(READ_AHEAD))
                sent += READ_AHEAD
                await asyncio.sleep(0)
            draining = asyncio.ensure_future(client.drain())
            await asyncio.sleep(0)
            assert not draining.done()
            received = 0
            while received < sent:
                received += len(await server.read())
            await draining
            assert received == sent and not client.is_held_up

    async def test_who_is_called_with_data_need_not_read(self) -> None:
        async with both_ends() as (client, server):
            seen: list[bytes] = []
            enough = asyncio.Event()

            def on_data(data: bytes) -> None:
                seen.append(data)
                if b"".join(seen) == b"hello":
                    enough.set()

            server.on_data = on_data
            client.write(b"hello")
            await enough.wait()
            server.on_data = None
            client.write(b"world")
            assert await server.read() == b"world"

    async def test_take_does_not_wait(self) -> None:
        async with both_ends() as (client, server):
            assert server.take() == b""
            client.write(b"hello")
            data = b""
            while not data:
                await asyncio.sleep(0)
                data = server.take()
            assert data == b"hello"

    async def test_a_reader_that_is_cancelled_loses_nothing(self) -> None:
        async with both_ends() as (client, server):
            reading = asyncio.ensure_future(server.read())
            await asyncio.sleep(0)
            client.write(b"kept")
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            assert await server.read() == b"kept"

    async def test_who_waits_to_write_when_it_is_closed_is_told_at_the_end(self) -> None:
        async with both_ends() as (client, server):
            while not client.is_held_up:
                client.write(bytes(READ_AHEAD))
            waiting = asyncio.ensure_future(client.drain())
            await asyncio.sleep(0)
            client.close()
            await read_all(server)
            with pytest.raises(ConnectionResetError):
                await waiting
