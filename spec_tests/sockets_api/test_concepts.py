"""The states of a socket, from pending to closed."""

from __future__ import annotations

import asyncio

import pytest

from spec_tests.fakes import running_in
from spec_tests.sockets_api.peers import at, echo, peer
from worker_runtime import SocketError, connect
from worker_runtime.host.byte_stream import ByteStream
from worker_runtime.host.host import Host
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
        for turns in range(12):
            async with peer(echo) as address:
                socket = connect(at(address))
                for _ in range(turns):
                    await asyncio.sleep(0)
                await socket.close()


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
