"""What the three kinds of sockets have in common."""

from __future__ import annotations

import asyncio
import gc
import os
import warnings

import pytest

from spec_tests.direct_sockets.outcomes import outcome
from spec_tests.fakes import running_in
from worker_runtime import TCPServerSocket, TCPSocket, UDPSocket
from worker_runtime.direct_sockets.concepts import DirectSockets, is_active
from worker_runtime.host.host import Host
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, terminate_a_worker
from worker_runtime.sockets_api.open_sockets import OpenSockets

spec = pytest.mark.spec


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0


@spec("https://wicg.github.io/direct-sockets/#dfn-closedpromise")
class TestDropping:
    async def test_half_of_many_sockets_leave_nothing(self) -> None:
        gc.collect()
        before, tasks = descriptors(), asyncio.all_tasks()
        server = TCPServerSocket("127.0.0.1")
        port = (await server.opened).localPort
        accepting = asyncio.ensure_future(drop_what_is_accepted(server))

        async def use(number: int) -> None:
            kinds = (
                TCPSocket("127.0.0.1", port),
                UDPSocket(remoteAddress="127.0.0.1", remotePort=port),
                UDPSocket(localAddress="127.0.0.1"),
                TCPServerSocket("127.0.0.1"),
            )
            for socket in kinds:
                await socket.opened
                if number % 2:
                    await socket.close()

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for _ in range(5):
                await asyncio.gather(*(use(number) for number in range(20)))
            accepting.cancel()
            await asyncio.wait([accepting])
            del accepting
            await server.close()
            del server
            for _ in range(5):
                gc.collect()
                await asyncio.sleep(0.01)
        assert descriptors() == before
        assert asyncio.all_tasks() == tasks

    async def test_who_waits_for_the_end_is_told(self) -> None:
        socket = UDPSocket(localAddress="127.0.0.1")
        await socket.opened
        closed = socket.closed
        del socket
        gc.collect()
        await closed

    async def test_one_that_is_waited_for_stays(self) -> None:
        port = 0

        async def wait_for_one() -> object:
            nonlocal port
            info = await TCPServerSocket("127.0.0.1").opened
            port = info.localPort
            reading = info.readable.getReader().read()
            del info
            return (await reading).value

        waiting = asyncio.ensure_future(wait_for_one())
        while not port:
            await asyncio.sleep(0.001)
        gc.collect()
        client = TCPSocket("127.0.0.1", port)
        accepted = await waiting
        assert isinstance(accepted, TCPSocket)
        await client.opened
        await client.close()
        await accepted.close()


async def drop_what_is_accepted(server: TCPServerSocket) -> None:
    async for _ in (await server.opened).readable:
        pass


@spec("https://html.spec.whatwg.org/multipage/workers.html#worker-processing-model")
class TestDirectSockets:
    async def test_a_scope_ends_and_so_do_its_sockets(self) -> None:
        before = descriptors()
        settings_object = EnvironmentSettingsObject(Host())
        with running_in(settings_object):
            server = TCPServerSocket("127.0.0.1")
            port = (await server.opened).localPort
            datagrams = UDPSocket(localAddress="127.0.0.1")
            await datagrams.opened
            client = TCPSocket("127.0.0.1", port)
            await client.opened
            opening = TCPSocket("127.0.0.1", port), UDPSocket(localAddress="::1")
            assert len(settings_object.record(DirectSockets)) == 5
            terminate_a_worker(settings_object)
        for _ in range(5):
            await asyncio.sleep(0.005)
        assert descriptors() == before
        assert not server._event_loop.record(OpenSockets).opened
        assert len(opening) == 2


@spec("https://wicg.github.io/direct-sockets/#dfn-handle-closing-the-tcpsocket-readable-stream")
class TestIsActive:
    async def test_until_it_is_closed_or_errored(self) -> None:
        socket = UDPSocket(localAddress="127.0.0.1")
        readable, writable, *_ = await socket.opened
        assert is_active(readable) and is_active(writable)
        await readable.cancel()
        await writable.close()
        assert not is_active(readable) and not is_active(writable)
        assert await outcome(socket.closed) == "fulfilled"
