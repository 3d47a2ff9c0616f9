"""The states of a socket, from pending to closed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from spec_tests.fakes import running_in
from spec_tests.sockets_api.peers import at, echo, peer
from worker_runtime import SocketError, TCPSocket, UDPSocket, connect
from worker_runtime.host.byte_stream import ByteStream
from worker_runtime.host.gates import Steps, current_gate
from worker_runtime.host.host import Host
from worker_runtime.host.network import SystemNetwork, UDPAddress
from worker_runtime.host.timeouts import Timeouts
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.sockets_api.concepts import Sockets

spec = pytest.mark.spec


@spec("https://sockets-api.proposal.wintertc.org/#socket-concept")
class TestStates:
    async def test_pending_connected_and_closed(self) -> None:
        async with peer(echo) as address:
            settings_object = EnvironmentSettingsObject(Host())
            with running_in(settings_object):
                socket = connect(at(address))
            assert [*settings_object.record(Sockets)] == [socket]
            assert socket._stream is None and not socket._is_over
            await socket.opened
            assert socket._stream is not None
            await socket.close()
            assert socket._is_over

    async def test_a_connection_that_comes_too_late_is_broken_off(self) -> None:
        begun: list[ByteStream] = []
        ended: list[ByteStream] = []

        async def read_to_the_end(stream: ByteStream) -> None:
            begun.append(stream)
            try:
                await stream.read()
            finally:
                ended.append(stream)

        async with peer(read_to_the_end) as address:
            for turns in range(12):
                socket = connect(at(address))
                for _ in range(turns):
                    await asyncio.sleep(0)
                await socket.close()
            await asyncio.sleep(0.01)
            async with asyncio.timeout(5):
                while len(ended) < len(begun):
                    await asyncio.sleep(0.001)
        assert begun


@spec("https://sockets-api.proposal.wintertc.org/#dom-socketoptions-allowhalfopen")
class TestEndWhenAllIsWritten:
    async def test_who_ends_and_takes_nothing_more_is_not_waited_for(self) -> None:
        async def end_and_wait(stream: ByteStream) -> None:
            stream.write_eof()
            await asyncio.get_running_loop().create_future()

        async with peer(end_and_wait) as address:
            settings_object = EnvironmentSettingsObject(Host(timeouts=Timeouts(content=0.05)))
            with running_in(settings_object):
                socket = connect(at(address))
                writer = socket.writable.getWriter()
                writing = writer.write(bytes(64 * 2**20))
                await socket.opened
                assert (await socket.readable.getReader().read()).done
                await socket.closed
                with pytest.raises(SocketError, match="The connection is broken"):
                    await writing


class Held:
    """A gate that lets nothing out before a test says so."""

    def __init__(self) -> None:
        self.steps: list[Steps] = []

    def let_out(self, steps: Steps) -> None:
        self.steps.append(steps)

    def open(self) -> int:
        """Let out what waits; how much that was."""
        steps, self.steps = self.steps, []
        for each in steps:
            each()
        return len(steps)


@spec("SPEC_NOTES.md#let-out")
class TestGates:
    @pytest.mark.parametrize("kind", ["connect", "TCPSocket", "UDPSocket"])
    async def test_what_leaves_code_with_a_gate_waits_for_it(self, kind: str) -> None:
        received = bytearray()

        async def take(stream: ByteStream) -> None:
            while data := await stream.read():
                received.extend(data)
            received.extend(b" end")

        async def some_turns() -> None:
            for _ in range(10):
                await asyncio.sleep(0.001)

        gate = Held()
        udp = await SystemNetwork().open_datagram_socket(UDPAddress("127.0.0.1", 0), None)
        async with peer(take) as address:
            token = current_gate.set(gate)  # type: ignore[arg-type]
            try:
                message: object = b"x"
                if kind == "connect":
                    socket = connect(at(address))
                    opened, writable = socket.opened, socket.writable
                elif kind == "TCPSocket":
                    opened = TCPSocket(*address).opened  # type: ignore[assignment]
                else:
                    host, port = udp.local_address
                    datagrams = UDPSocket(remoteAddress=host, remotePort=port)
                    opened = datagrams.opened  # type: ignore[assignment]
                    message = {"data": b"x"}
                await some_turns()
                if kind != "UDPSocket":
                    assert gate.open() == 1
                info: Any = await opened
                if kind != "connect":
                    writable = info.writable
                writer = writable.getWriter()
                writing = writer.write(message)
                await some_turns()
                assert not received and gate.open() == 1
                await writing
                closing = writer.close()
                await some_turns()
                if kind == "UDPSocket":
                    assert (await udp.receive(1))[0].data == b"x"
                    await closing
                    await info.readable.cancel()
                    return
                assert bytes(received) == b"x"
                gate.open()
                await closing
                while bytes(received) != b"x end":
                    await some_turns()
                    gate.open()
            finally:
                current_gate.reset(token)
                udp.close()
