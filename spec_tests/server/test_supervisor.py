"""Processes that serve one address together."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from worker_runtime.host.bound_sockets import BoundSockets
from worker_runtime.host.network import TCPAddress
from worker_runtime.server.inheritance import INHERITANCE
from worker_runtime.server.supervisor import Supervisor

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no processes that inherit sockets"
)

# Answers each connection with its process id, when it has said that it is ready.
SERVER = """
import os, socket, signal
numbers = map(int, os.environ["{INHERITANCE}"].split(","))
is_alone, ready, alive, bus, loads, place, descriptor = numbers
{before}
os.write(ready, b"!")
listening = socket.socket(fileno=descriptor)
listening.setblocking(True)
while True:
    client, _ = listening.accept()
    client.sendall(b"%d" % os.getpid())
    client.close()
"""


def supervisor_of(bound: BoundSockets, told: list[str], before: str = "") -> Supervisor:
    script = SERVER.format(INHERITANCE=INHERITANCE, before=before)
    return Supervisor(bound, [sys.executable, "-c", script], 2, told.append)


async def ask(bound: BoundSockets) -> int:
    address = bound.addresses[0]
    assert isinstance(address, TCPAddress)
    reader, writer = await asyncio.open_connection(*address)
    answer = await reader.read()
    writer.close()
    return int(answer or 0)  # a process that has just ended says nothing


class TestSupervisor:
    async def test_all_processes_are_ready_when_it_has_started(self) -> None:
        bound = BoundSockets(TCPAddress("127.0.0.1", 0))
        supervisor = supervisor_of(bound, [])
        assert await supervisor.start() and supervisor.is_serving
        assert await ask(bound) > 0
        await supervisor.drain(10)
        assert not supervisor.is_serving

    async def test_a_process_that_dies_before_it_is_ready_is_not_started_again(self) -> None:
        told: list[str] = []
        supervisor = supervisor_of(BoundSockets(TCPAddress("127.0.0.1", 0)), told, "1/0")
        assert not await supervisor.start()
        assert not supervisor.is_serving
        await supervisor.drain(10)
        assert told == []

    async def test_one_that_dies_is_started_again_until_it_is_ready(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("worker_runtime.server.supervisor.SECONDS_BEFORE_A_RESTART", 0.1)
        bound, told = BoundSockets(TCPAddress("127.0.0.1", 0)), list[str]()
        broken = tmp_path / "broken"
        supervisor = supervisor_of(bound, told, f"if os.path.exists({str(broken)!r}): os._exit(7)")
        await supervisor.start()
        broken.touch()
        os.kill(await ask(bound), signal.SIGKILL)
        while not any("status 7 before it was ready" in line for line in told):
            await asyncio.sleep(0.01)
        broken.unlink()
        seen = {await ask(bound)}
        while len(seen - {0}) < 2:
            seen.add(await ask(bound))
            await asyncio.sleep(0.01)
        await supervisor.drain(10)

    async def test_a_start_that_is_cancelled_leaves_no_process(self) -> None:
        bound = BoundSockets(TCPAddress("127.0.0.1", 0))
        supervisor = supervisor_of(bound, [], "signal.pause()")
        starting = asyncio.ensure_future(supervisor.start())
        await asyncio.sleep(0.05)
        starting.cancel()
        await asyncio.wait([starting])
        assert starting.cancelled()
        await asyncio.wait_for(supervisor.drain(30), 20)

    async def test_processes_that_take_over_have_other_ids(self) -> None:
        bound = BoundSockets(TCPAddress("127.0.0.1", 0))
        supervisor = supervisor_of(bound, [])
        await supervisor.start()
        old = {await ask(bound) for _ in range(4)}
        assert await supervisor.start()
        while (process_id := await ask(bound)) in {0, *old}:
            await asyncio.sleep(0.01)
        assert process_id not in old
        await supervisor.drain(10)

    async def test_one_that_ignores_that_it_is_to_end_is_killed(self) -> None:
        bound = BoundSockets(TCPAddress("127.0.0.1", 0))
        ignore = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
        supervisor = supervisor_of(bound, [], ignore)
        await supervisor.start()
        await supervisor.drain(0.05)
        assert not supervisor.is_serving
