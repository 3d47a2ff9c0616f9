"""What the two streams of a socket do, and the table of what each part of it does at an end."""

from __future__ import annotations

import asyncio
import tracemalloc
from typing import Any, NamedTuple

import pytest

from spec_tests.sockets_api.peers import at, discard, echo, peer, wait
from worker_runtime import ReadableStream, Socket, SocketError, connect
from worker_runtime.host.byte_stream import PIECE, READ_AHEAD, ByteStream
from worker_runtime.sockets_api.attributes import can_be_half_open
from worker_runtime.webidl.promises import PENDING, Promise

spec = pytest.mark.spec


async def read_all(socket: Socket) -> bytes:
    return b"".join([bytes(chunk) async for chunk in socket.readable])


def state_of(promise: Promise[Any]) -> str:
    if promise._state == PENDING:
        return "pending"
    return "fulfilled" if promise._result is None else type(promise._result).__name__


@spec("https://sockets-api.proposal.wintertc.org/#readable-attribute")
@spec("https://sockets-api.proposal.wintertc.org/#dom-socket-readable")
class TestReadable:
    async def test_is_a_byte_stream(self) -> None:
        async with peer(echo) as address:
            socket = connect(at(address))
            assert isinstance(socket.readable, ReadableStream)
            await socket.writable.getWriter().write(b"0123456789")
            reader = socket.readable.getReader(mode="byob")
            pieces = [bytes((await reader.read(bytearray(size))).value) for size in (1, 4, 100)]
            assert pieces == [b"0", b"1234", b"56789"]
            await socket.close()

    async def test_what_a_byob_reader_had_no_room_for_is_the_next_reader_s(self) -> None:
        async with peer(echo) as address:
            socket = connect(at(address))
            await socket.writable.getWriter().write(b"0123456789")
            reader = socket.readable.getReader(mode="byob")
            assert bytes((await reader.read(bytearray(3))).value) == b"012"
            reader.releaseLock()
            assert (await socket.readable.getReader().read()).value == b"3456789"
            await socket.close()

    async def test_a_byte_at_a_time_comes_at_once(self) -> None:
        message = bytes(range(200))

        async def dribble(stream: ByteStream) -> None:
            for byte in message:
                stream.write(bytes([byte]))
                await asyncio.sleep(0)
            stream.close()

        async with peer(dribble) as address:
            assert await read_all(connect(at(address))) == message

    async def test_who_does_not_read_makes_the_other_side_wait(self) -> None:
        total, held_up = 0, asyncio.Event()

        async def flood(stream: ByteStream) -> None:
            nonlocal total
            while True:
                stream.write(bytes(READ_AHEAD))
                total += READ_AHEAD
                if stream.is_held_up:
                    taken = -1
                    while taken != (taken := stream.bytes_taken()):
                        await asyncio.sleep(0.05)
                    held_up.set()
                await stream.drain()

        async with peer(flood) as address:
            socket = connect(at(address))
            await socket.opened
            tracemalloc.start()
            await held_up.wait()
            held = total
            reader, received = socket.readable.getReader(), 0
            while received <= held:
                received += len((await reader.read()).value)
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert most < 16 * 2**20
            await socket.close()

    async def test_reads_that_wait_together_are_answered_in_order(self) -> None:
        async with peer(echo) as address:
            socket = connect(at(address))
            reader, writer = socket.readable.getReader(), socket.writable.getWriter()
            reading = [reader.read() for _ in range(3)]
            for letter in "abc":
                await writer.write(letter)
                await reading["abc".index(letter)]
            assert [(await each).value for each in reading] == [b"a", b"b", b"c"]
            await socket.close()


@spec("https://sockets-api.proposal.wintertc.org/#writable-attribute")
@spec("https://sockets-api.proposal.wintertc.org/#dom-socket-writable")
class TestWritable:
    @pytest.mark.parametrize("chunk", [b"xyz", bytearray(b"xyz"), memoryview(b"xyz"), "xyz"])
    async def test_takes_buffers_and_text(self, chunk: object) -> None:
        async with peer(echo) as address:
            socket = connect(at(address))
            await socket.writable.getWriter().write(chunk)
            assert (await socket.readable.getReader().read()).value == b"xyz"
            await socket.close()

    @pytest.mark.parametrize("chunk", [7, None, ["x"], {"x": 1}])
    async def test_and_nothing_else(self, chunk: object) -> None:
        async with peer(wait) as address:
            socket = connect(at(address))
            with pytest.raises(TypeError, match="Expected a buffer"):
                await socket.writable.getWriter().write(chunk)
            await socket.close()

    async def test_nothing_is_written_by_no_bytes(self) -> None:
        async with peer(echo) as address:
            socket = connect(at(address))
            writer = socket.writable.getWriter()
            for chunk in (b"", "", b"x", bytearray(), b"y"):
                await writer.write(chunk)
            await writer.close()
            assert await read_all(socket) == b"xy"

    async def test_a_chunk_of_any_size_goes_in_pieces(self) -> None:
        message = bytes(range(256)) * (5 * PIECE // 256) + b"end"
        async with peer(echo) as address:
            socket = connect(at(address))
            writer = socket.writable.getWriter()
            writer.write(message)
            writer.close()
            assert await read_all(socket) == message

    async def test_waits_while_the_other_side_takes_nothing(self) -> None:
        begin = asyncio.Event()

        async def read_late(stream: ByteStream) -> None:
            await begin.wait()
            await discard(stream)

        async with peer(read_late) as address:
            socket = connect(at(address))
            writer = socket.writable.getWriter()
            await socket.opened
            writing = writer.write(bytes(32 * 2**20))
            for _ in range(20):
                await asyncio.sleep(0.001)
            assert state_of(writing) == state_of(writer.ready) == "pending"
            begin.set()
            await writing
            await writer.ready
            await socket.close()

    async def test_closing_it_ends_one_direction(self) -> None:
        async with peer(echo) as address:
            socket = connect(at(address), allowHalfOpen=True)
            writer = socket.writable.getWriter()
            writer.write(b"all")
            await writer.close()
            assert await read_all(socket) == b"all"
            await socket.closed  # both have ended

    async def test_neither_that_nor_cancelling_the_other_closes_the_socket(self) -> None:
        async with peer(wait) as address:
            socket = connect(at(address))
            await socket.writable.close()
            await socket.readable.cancel()
            await asyncio.sleep(0.01)
            assert state_of(socket.closed) == "pending"
            await socket.close()

    async def test_it_can_be_closed_before_there_is_a_connection(self) -> None:
        async with peer(echo) as address:
            socket = connect(at(address))
            await socket.writable.close()
            assert await read_all(socket) == b""

    async def test_closing_it_fails_where_there_will_be_none(self) -> None:
        with pytest.raises(SocketError, match="refused"):
            await connect("127.0.0.1:1").writable.close()

    async def test_what_is_written_when_the_other_side_has_gone_is_an_error(self) -> None:
        async def go(stream: ByteStream) -> None:
            stream.abort()

        async with peer(go) as address:
            socket = connect(at(address))
            writer = socket.writable.getWriter()
            with pytest.raises(SocketError, match="The connection is broken"):
                while True:
                    await writer.write(b"x")
                    await asyncio.sleep(0.001)
            assert state_of(socket.closed) == "pending"  # nobody has read
            with pytest.raises(SocketError):
                await read_all(socket)
            assert state_of(socket.closed) == "fulfilled"


class Row(NamedTuple):
    """What the other side does, and what becomes of the parts of the socket then."""

    what: str
    allow_half_open: bool
    reader: str  # what who reads gets at the end
    writer: str  # what who writes then gets
    closed: str


TABLE = [
    Row("ends", False, "done", "TypeError", "fulfilled"),
    Row("ends", True, "done", "fulfilled", "pending"),
    Row("resets", False, "SocketError", "SocketError", "fulfilled"),
    Row("resets", True, "SocketError", "SocketError", "fulfilled"),
    Row("speaks and ends", False, "done", "TypeError", "fulfilled"),
    Row("speaks and ends", True, "done", "fulfilled", "pending"),
    Row("speaks and resets", False, "SocketError", "SocketError", "fulfilled"),
    Row("ends and resets", False, "done", "TypeError", "fulfilled"),
    Row("ends when it is written to", False, "done", "TypeError", "fulfilled"),
]


@spec("https://sockets-api.proposal.wintertc.org/#dom-socketoptions-allowhalfopen")
@spec("https://sockets-api.proposal.wintertc.org/#dom-socket-closed")
class TestTable:
    @pytest.mark.parametrize("row", TABLE, ids=str)
    async def test_of_what_happens_at_the_end(self, row: Row) -> None:
        async def behave(stream: ByteStream) -> None:
            for step in row.what.split(" and "):
                if step == "speaks":
                    stream.write(b"spoken")
                    await stream.drain()
                    await stream.read()
                elif step == "ends when it is written to":
                    await stream.read()
                    stream.write_eof()
                elif step == "ends":
                    stream.write_eof()
                    await asyncio.sleep(0.005)
                else:
                    stream.abort()
            await discard(stream)

        async with peer(behave) as address:
            socket = connect(at(address), allowHalfOpen=row.allow_half_open)
            writer, reader = socket.writable.getWriter(), socket.readable.getReader()
            await socket.opened
            if "written" in row.what:
                await writer.write(b"x")
            if "speaks" in row.what:
                assert (await reader.read()).value == b"spoken"
                await writer.write(b"heard")
            try:
                outcome = "done" if (await reader.read()).done else "data"
            except SocketError as error:
                outcome = type(error).__name__
            assert outcome == row.reader
            assert state_of(socket.closed) == row.closed
            try:
                await writer.write(b"x")
                outcome = "fulfilled"
            except TypeError as error:
                outcome = type(error).__name__
            assert outcome == row.writer
            await socket.close()
            assert state_of(socket.closed) == "fulfilled"

    @pytest.mark.parametrize("what", ["end", "reset"])
    async def test_nothing_is_noticed_while_nobody_reads(self, what: str) -> None:
        async def behave(stream: ByteStream) -> None:
            stream.write(b"last words")
            await stream.drain()
            (stream.abort if what == "reset" else stream.close)()

        async with peer(behave) as address:
            socket = connect(at(address))
            await socket.opened
            await asyncio.sleep(0.01)
            assert state_of(socket.closed) == "pending"
            if what == "end":
                assert await read_all(socket) == b"last words"
            else:
                with pytest.raises(SocketError):
                    await read_all(socket)
            await socket.closed

    async def test_what_was_written_before_the_end_is_sent(self) -> None:
        received = bytearray()

        async def end_and_read(stream: ByteStream) -> None:
            stream.write_eof()
            await asyncio.sleep(0.01)
            while data := await stream.read():
                received.extend(data)

        message = bytes(8 * 2**20)
        async with peer(end_and_read) as address:
            socket = connect(at(address))
            writer = socket.writable.getWriter()
            for _ in range(4):
                writer.write(message[: len(message) // 4])
            assert await read_all(socket) == b""
            await socket.closed
            await writer.closed
            while len(received) < len(message):
                await asyncio.sleep(0.001)


@spec("https://sockets-api.proposal.wintertc.org/#dom-socket-closed")
class TestResets:
    """The other side resets the connection, whatever the socket is about just then."""

    @pytest.mark.parametrize("half_open", [False, True])
    @pytest.mark.parametrize(
        "state", ["idle", "reading", "writing", "waiting", "closing", "piping"]
    )
    async def test_are_an_error_at_any_time(self, state: str, half_open: bool) -> None:
        begin = asyncio.Event()

        async def reset(stream: ByteStream) -> None:
            await begin.wait()
            stream.abort()

        async with peer(reset) as address:
            socket = connect(at(address), allowHalfOpen=half_open)
            await socket.opened
            promises: list[Promise[Any]] = []
            if state == "piping":
                source = ReadableStream(
                    {"pull": lambda controller: controller.enqueue(b"x" * 9999)}
                )
                promises.append(source.pipeTo(socket.writable))
            else:
                writer = socket.writable.getWriter()
                if state == "writing":
                    promises.append(writer.write(bytes(32 * 2**20)))
                if state == "closing":
                    await writer.close()
            reader = socket.readable.getReader()
            if state != "idle":
                promises.append(reader.read())
            await asyncio.sleep(0.005)
            begin.set()
            await asyncio.sleep(0.02)
            if state == "idle":
                promises += [writer.write(b"x"), reader.read()]
            for promise in promises:
                with pytest.raises(SocketError, match="The connection is broken"):
                    await asyncio.wait_for(promise, 5)
            await asyncio.wait_for(socket.closed, 5)


@spec("https://sockets-api.proposal.wintertc.org/#dom-socketoptions-allowhalfopen")
class TestCanBeHalfOpen:
    async def test_where_there_is_no_tls(self) -> None:
        async with peer(wait) as address:
            socket = connect(at(address))
            assert not can_be_half_open(socket)
            await socket.opened
            assert can_be_half_open(socket)
            await socket.close()
