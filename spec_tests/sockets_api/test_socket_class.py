"""A TCP connection as two streams."""

from __future__ import annotations

import asyncio
import gc
import os
import warnings

import pytest

from spec_tests.sockets_api.peers import at, discard, echo, peer, wait
from worker_runtime import Socket, SocketError, Thrown, connect
from worker_runtime.host.byte_stream import ByteStream

spec = pytest.mark.spec


@spec("https://sockets-api.proposal.wintertc.org/#socket")
class TestSocket:
    def test_is_made_by_connect_alone(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            Socket()

    async def test_attributes(self) -> None:
        async with peer(echo) as address:
            socket = connect(at(address))
            assert socket.opened is socket.opened and socket.closed is socket.closed
            assert (socket.upgraded, socket.secureTransport) == (False, "off")
            await socket.close()

    @pytest.mark.parametrize("count", [200])
    async def test_what_is_dropped_leaves_nothing(self, count: int) -> None:
        """Half of the sockets are dropped without being closed."""
        ends: list[str] = []

        async def behave(stream: ByteStream) -> None:
            try:
                while data := await stream.read():
                    stream.write(data)
                ends.append("end")
            except ConnectionResetError:
                ends.append("reset")
            stream.close()

        async def use(number: int, address: str) -> None:
            socket = connect(address)
            writer, reader = socket.writable.getWriter(), socket.readable.getReader()
            await writer.write(b"x")
            assert (await reader.read()).value == b"x"
            if number % 2:
                await socket.close()

        async with peer(behave) as address:
            gc.collect()
            before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                for begin in range(0, count, 50):
                    await asyncio.gather(*(use(n, at(address)) for n in range(begin, begin + 50)))
                while len(ends) < count:
                    gc.collect()
                    await asyncio.sleep(0.005)
                await asyncio.sleep(0.005)
            if before:
                assert len(os.listdir("/proc/self/fd")) == before
            assert ends.count("reset") == ends.count("end") == count // 2

    async def test_who_has_a_stream_keeps_the_connection(self) -> None:
        async with peer(echo) as address:
            socket = connect(at(address))
            readable, writable = socket.readable, socket.writable
            await socket.opened
            del socket
            gc.collect()
            await writable.getWriter().write(b"x")
            reading = readable.getReader().read()
            del readable, writable
            gc.collect()
            assert (await reading).value == b"x"

    async def test_one_that_has_said_all_ends_in_order(self) -> None:
        ends: list[bytes] = []

        async def behave(stream: ByteStream) -> None:
            ends.append(await stream.read())
            ends.append(await stream.read())

        async with peer(behave) as address:
            writer = connect(at(address)).writable.getWriter()
            writer.write(b"all")
            await writer.close()
            del writer
            gc.collect()
            while len(ends) < 2:
                await asyncio.sleep(0.001)
        assert ends == [b"all", b""]

    async def test_who_waits_for_the_end_is_told(self) -> None:
        async with peer(wait) as address:
            socket = connect(at(address))
            await socket.opened
            closed = socket.closed
            del socket
            gc.collect()
            await closed


@spec("https://sockets-api.proposal.wintertc.org/#dom-socket-close")
class TestClose:
    async def test_everything_ends(self) -> None:
        ends: list[bytes] = []

        async def behave(stream: ByteStream) -> None:
            ends.append(await stream.read())

        async with peer(behave) as address:
            socket = connect(at(address))
            await socket.opened
            reader, writer = socket.readable.getReader(), socket.writable.getWriter()
            reading = reader.read()
            closed = socket.close("reason")
            assert closed is socket.closed is socket.close()
            await closed
            assert (await reading).done
            with pytest.raises(Thrown) as caught:
                await writer.closed
            assert caught.value.value == "reason"
            while not ends:
                await asyncio.sleep(0.001)
        assert ends == [b""]

    async def test_what_is_pending_is_rejected_with_the_reason(self) -> None:
        async with peer(wait) as address:
            socket = connect(at(address))
            error = ValueError("no more")
            await socket.close(error)
            with pytest.raises(ValueError, match="no more"):
                await socket.opened
            with pytest.raises(ValueError, match="no more"):
                await socket.writable.getWriter().write(b"x")

    async def test_what_the_network_was_given_is_sent(self) -> None:
        received = bytearray()

        async def behave(stream: ByteStream) -> None:
            while data := await stream.read():
                received.extend(data)

        async with peer(behave) as address:
            socket = connect(at(address))
            await socket.writable.getWriter().write(b"x" * 100_000)
            await socket.close()
            while len(received) < 100_000:
                await asyncio.sleep(0.001)

    async def test_a_write_that_waits_comes_to_its_end(self) -> None:
        begin = asyncio.Event()

        async def read_late(stream: ByteStream) -> None:
            await begin.wait()
            await discard(stream)

        async with peer(read_late) as address:
            socket = connect(at(address))
            writing = socket.writable.getWriter().write(bytes(32 * 2**20))
            await asyncio.sleep(0.01)
            await socket.close("stop")
            begin.set()
            with pytest.raises((SocketError, Thrown)):
                await writing

    async def test_a_socket_that_never_opened_stays_as_it_is(self) -> None:
        socket = connect("127.0.0.1:1")
        with pytest.raises(SocketError):
            await socket.opened
        with pytest.raises(SocketError):
            await socket.close()
