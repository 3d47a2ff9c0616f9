"""The streams of a TCPSocket."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import pytest

from spec_tests.direct_sockets.outcomes import is_pending, outcome
from spec_tests.sockets_api.peers import discard, echo, peer, wait
from worker_runtime import TCPSocket
from worker_runtime.host.byte_stream import PIECE, READ_AHEAD, ByteStream

spec = pytest.mark.spec


@spec("https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpsocket-readable-stream")
class TestReadable:
    async def test_a_byob_reader_takes_as_much_as_it_likes(self) -> None:
        async with peer(echo) as address:
            socket = TCPSocket(*address)
            readable, writable, *_ = await socket.opened
            await writable.getWriter().write(b"0123456789")
            reader = readable.getReader(mode="byob")
            pieces = [bytes((await reader.read(bytearray(size))).value) for size in (1, 4)]
            reader.releaseLock()
            pieces.append((await readable.getReader().read()).value)
            assert pieces == [b"0", b"1234", b"56789"]

    async def test_reads_that_wait_together_are_answered_in_order(self) -> None:
        async with peer(echo) as address:
            readable, writable, *_ = await TCPSocket(*address).opened
            reader, writer = readable.getReader(), writable.getWriter()
            reading = [reader.read() for _ in range(3)]
            for letter in (b"a", b"b", b"c"):
                await writer.write(letter)
                await asyncio.sleep(0.002)
            assert [(await each).value for each in reading] == [b"a", b"b", b"c"]

    async def test_a_byte_at_a_time_comes_whole(self) -> None:
        async def dribble(stream: ByteStream) -> None:
            for number in range(200):
                stream.write(bytes([number]))
                await asyncio.sleep(0)
            stream.close()

        async with peer(dribble) as address:
            readable, writable, *_ = await TCPSocket(*address).opened
            assert b"".join([bytes(chunk) async for chunk in readable]) == bytes(range(200))
            await writable.close()

    async def test_what_comes_after_it_was_canceled_is_nobody_s(self) -> None:
        async with peer(echo) as address:
            socket = TCPSocket(*address)
            readable, writable, *_ = await socket.opened
            reader = readable.getReader()
            reading = reader.read()
            await reader.cancel()
            assert (await reading).done
            writer = writable.getWriter()
            await writer.write(b"x")
            assert is_pending(socket.closed)
            await writer.close()
            assert await outcome(socket.closed) == "fulfilled"


@spec("https://wicg.github.io/direct-sockets/#dfn-initialize-the-tcpsocket-writable-stream")
class TestWritable:
    async def test_takes_buffers_of_any_size(self) -> None:
        message = bytes(range(256)) * (3 * PIECE // 256)
        async with peer(echo) as address:
            readable, writable, *_ = await TCPSocket(*address).opened
            writer = writable.getWriter()
            writer.write(memoryview(message))
            writer.write(bytearray(b"end"))
            writer.close()
            assert b"".join([bytes(chunk) async for chunk in readable]) == message + b"end"

    async def test_nothing_is_written_by_no_bytes(self) -> None:
        async with peer(echo) as address:
            readable, writable, *_ = await TCPSocket(*address).opened
            writer = writable.getWriter()
            for chunk in (b"", b"x", bytearray(), b"y"):
                await writer.write(chunk)
            await writer.close()
            assert b"".join([bytes(chunk) async for chunk in readable]) == b"xy"

    @pytest.mark.parametrize("chunk", ["text", 7, None, ["x"]])
    async def test_and_nothing_else(self, chunk: object) -> None:
        async with peer(wait) as address:
            socket = TCPSocket(*address)
            readable, writable, *_ = await socket.opened
            assert await outcome(writable.getWriter().write(chunk)) == "TypeError"
            await readable.cancel()

    async def test_a_write_that_waits_ends_when_it_is_aborted(self) -> None:
        async with peer(wait) as address:
            socket = TCPSocket(*address)
            readable, writable, *_ = await socket.opened
            writer = writable.getWriter()
            writing = writer.write(bytes(64 * 2**20))
            await asyncio.sleep(0.01)
            assert is_pending(writing)
            aborting = writer.abort("enough")
            assert await outcome(writing) == "'enough'"
            await aborting
            await readable.cancel()
            assert await outcome(socket.closed) == "'enough'"

    async def test_who_takes_nothing_makes_it_wait(self) -> None:
        begin = asyncio.Event()

        async def read_late(stream: ByteStream) -> None:
            await begin.wait()
            await discard(stream)

        async with peer(read_late) as address:
            readable, writable, *_ = await TCPSocket(*address).opened
            writer = writable.getWriter()
            writes = 0
            while not is_pending(writer.write(bytes(READ_AHEAD))) or writes < 200:
                writes += 1
                await asyncio.sleep(0)
            assert is_pending(writer.ready)
            begin.set()
            await writer.ready
            await writer.close()
            await readable.cancel()


class Row(NamedTuple):
    """What the other side does, whether something is written after that, and what comes of it."""

    what: str
    reader: str  # "done", or the name of an error
    writer: str
    closed: str  # before `writable` is closed, and after that


TABLE = [
    Row("ends", "done", "fulfilled", "pending, fulfilled"),
    Row("resets", "NetworkError", "NetworkError", "NetworkError, NetworkError"),
    Row("speaks and ends", "done", "fulfilled", "pending, fulfilled"),
    Row("speaks and resets", "NetworkError", "NetworkError", "NetworkError, NetworkError"),
    Row("ends and resets", "done", "NetworkError", "NetworkError, NetworkError"),
]


@spec("https://wicg.github.io/direct-sockets/#dfn-handle-closing-the-tcpsocket-readable-stream")
@spec("https://wicg.github.io/direct-sockets/#dfn-handle-closing-the-tcpsocket-writable-stream")
class TestTable:
    @pytest.mark.parametrize("row", TABLE, ids=str)
    async def test_of_what_happens_at_the_end(self, row: Row) -> None:
        async def behave(stream: ByteStream) -> None:
            for step in row.what.split(" and "):
                if step == "speaks":
                    stream.write(b"spoken")
                    await stream.drain()
                    await stream.read()
                elif step == "ends":
                    stream.write_eof()
                    await asyncio.sleep(0.005)
                else:
                    stream.abort()
            await discard(stream)

        async with peer(behave) as address:
            socket = TCPSocket(*address)
            readable, writable, *_ = await socket.opened
            reader, writer = readable.getReader(), writable.getWriter()
            if "speaks" in row.what:
                assert (await reader.read()).value == b"spoken"
                await writer.write(b"heard")
            try:
                answer = await reader.read()
                assert answer.done and row.reader == "done"
            except Exception as error:
                assert getattr(error, "name", error) == row.reader
            assert is_pending(socket.closed)  # one direction is still active
            await asyncio.sleep(0.02)
            result = await outcome(writer.write(b"x"))
            if result != row.writer:  # the system may take the first, and notice then
                await asyncio.sleep(0.005)
                result = await outcome(writer.write(b"x"))
            assert result == row.writer
            await asyncio.sleep(0)
            before, after = row.closed.split(", ")
            assert is_pending(socket.closed) == (before == "pending")
            if before == "pending":
                await writer.close()
            assert await outcome(socket.closed) == after

    @pytest.mark.parametrize("state", ["reading", "writing", "closing"])
    async def test_a_reset_is_an_error_at_any_time(self, state: str) -> None:
        begin = asyncio.Event()

        async def reset(stream: ByteStream) -> None:
            await begin.wait()
            stream.abort()

        async with peer(reset) as address:
            socket = TCPSocket(*address)
            readable, writable, *_ = await socket.opened
            reader, writer = readable.getReader(), writable.getWriter()
            doing = {
                "reading": reader.read,
                "writing": lambda: writer.write(bytes(32 * 2**20)),
                "closing": lambda: writer.close().then(lambda _: reader.read()),
            }[state]()
            await asyncio.sleep(0.005)
            begin.set()
            assert await asyncio.wait_for(outcome(doing), 5) == "NetworkError"
            if state == "reading":
                await asyncio.sleep(0.005)
                assert await outcome(writer.write(b"x")) == "NetworkError"
            if state == "writing":
                assert await outcome(reader.read()) == "NetworkError"
            assert await asyncio.wait_for(outcome(socket.closed), 5) == "NetworkError"

    async def test_both_may_be_errored_by_the_author(self) -> None:
        async with peer(wait) as address:
            socket = TCPSocket(*address)
            readable, writable, *_ = await socket.opened
            await writable.abort("mine")
            assert is_pending(socket.closed)
            await readable.cancel("also mine")
            assert await outcome(socket.closed) == "'mine'"
