"""What sockets have of the system is closed before it is collected."""

from __future__ import annotations

import asyncio
import gc

import pytest

from spec_tests.sockets_api.peers import at, peer
from worker_runtime import connect
from worker_runtime.host.byte_stream import ByteStream
from worker_runtime.html.event_loops import relevant_event_loop
from worker_runtime.sockets_api.open_sockets import OpenSockets, keep_until_it_is_lost

spec = pytest.mark.spec


@spec("https://sockets-api.proposal.wintertc.org/#socket-concept")
class TestKeepUntilItIsLost:
    async def test_one_that_the_other_side_has_ended_is_closed_when_it_is_dropped(self) -> None:
        opened = relevant_event_loop().record(OpenSockets).opened

        async def end(stream: ByteStream) -> None:
            stream.write_eof()
            await stream.read()

        async with peer(end) as address:
            socket = connect(at(address), allowHalfOpen=True)
            assert [chunk async for chunk in socket.readable] == []
            assert len(opened) == 1
            del socket
            gc.collect()  # a warning would fail the test
            for _ in range(5):
                await asyncio.sleep(0.001)
            assert not opened

    async def test_one_that_is_lost_already_is_not_kept(self) -> None:
        streams: list[ByteStream] = []

        async def reset(stream: ByteStream) -> None:
            streams.append(stream)
            stream.abort()

        async with peer(reset) as address:
            socket = connect(at(address))
            await socket.opened
            while not streams or not streams[0].is_lost:
                await asyncio.sleep(0.001)
            event_loop = relevant_event_loop()
            keep_until_it_is_lost(streams[0], event_loop)
            assert streams[0] not in event_loop.record(OpenSockets).opened
