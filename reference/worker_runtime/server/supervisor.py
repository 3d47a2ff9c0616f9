"""Supervisor: processes that serve one address together.

The supervisor binds the address, and each of its processes inherits it. A process says when it is
ready; from then on it accepts connections. One that dies is replaced; one that is no longer wanted
is told to drain. When the supervisor is gone, however it went, its processes end, too. They speak
with each other over a bus, whose broker is the supervisor.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable

from ..host.bound_sockets import BoundSockets
from ..host.bus import BusFailure
from ..host.shared_loads import SharedLoads
from ..host.socket_bus import InvitedMember, SocketBroker
from .inheritance import INHERITANCE

SECONDS_BEFORE_A_RESTART = 1.0  # doubled each time that a process dies before it is ready
MOST_SECONDS_BEFORE_A_RESTART = 16.0


class Process:
    """A process that serves, or is about to."""

    def __init__(
        self,
        popen: subprocess.Popen[bytes],
        loop: asyncio.AbstractEventLoop,
        member: InvitedMember,
        place: int,
    ) -> None:
        self.popen = popen
        self.member = member  # of the bus
        self.place = place  # in the shared loads
        self.is_ready = False
        self.has_started: asyncio.Future[bool] = loop.create_future()  # False: it died before
        self.has_ended: asyncio.Future[int] = loop.create_future()
        self.is_wanted = False  # another takes its place when it dies

    def drain(self) -> None:
        """Let it end in good order."""
        self.is_wanted = False
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it now."""
        self.is_wanted = False
        if self.popen.poll() is None:
            self.popen.kill()


class Supervisor:
    """Starts processes, and keeps as many of them at work as are wanted.

    `command` is what a process is started with, and `report` tells people what happens.
    """

    def __init__(
        self,
        bound: BoundSockets,
        command: list[str],
        count: int,
        report: Callable[[str], object],
        tcp_bound: BoundSockets | None = None,
    ) -> None:
        self._bound = bound
        self._tcp_bound = tcp_bound  # for connections that speak no HTTP
        self._command = command
        self._count = count
        self._report = report
        self._processes: set[Process] = set()
        self._broker = SocketBroker()
        self._loads = SharedLoads()
        self._is_stopping = False
        self._seconds_before_a_restart = SECONDS_BEFORE_A_RESTART
        # The end that nobody writes into: it closes with this process.
        self._alive, self._own_end = os.pipe()

    async def start(self) -> bool:
        """Start new processes; whether all of them came to serving. If so, those that served before
        drain. If not, or when this is cancelled, the new ones end.
        """
        new = [self._spawn() for _ in range(self._count)]
        has_started = False
        try:
            has_started = all([await process.has_started for process in new])
        finally:
            if not has_started:
                for process in new:
                    process.kill()
        if has_started:
            for process in self._wanted():
                process.drain()
            for process in new:
                process.is_wanted = True
            self._fill()  # one may have died since it was ready
        return has_started

    @property
    def is_serving(self) -> bool:
        """Whether a process is at work."""
        return any(process.is_ready for process in self._wanted())

    async def drain(self, timeout: float) -> None:
        """Let all processes end in good order; those that have not after that time, now."""
        self._is_stopping = True
        for process in self._processes:
            process.drain()
        if self._processes:
            ends = [process.has_ended for process in self._processes]
            _, late = await asyncio.wait(ends, timeout=timeout)
            if late:
                self.kill()
                await asyncio.wait(late)
        os.close(self._own_end)
        os.close(self._alive)
        self._loads.close()
        self._bound.close()
        if self._tcp_bound is not None:
            self._tcp_bound.close()

    def kill(self) -> None:
        """End all processes now."""
        self._is_stopping = True
        for process in self._processes:
            process.kill()

    def _wanted(self) -> list[Process]:
        return [process for process in self._processes if process.is_wanted]

    def _spawn(self) -> Process:
        loop = asyncio.get_running_loop()
        is_alone = not self.is_serving
        ready, ready_end = os.pipe()
        descriptors = [bound.fileno() for bound in self._bound.sockets]
        for_tcp = (
            [] if self._tcp_bound is None else [each.fileno() for each in self._tcp_bound.sockets]
        )
        member = self._broker.invite(lambda failure: self._distrust(process, failure))
        place = self._loads.take_a_place()
        shared = [self._alive, member.descriptor, self._loads.descriptor]
        numbers = ",".join(map(str, [+is_alone, ready_end, *shared, place, *descriptors]))
        if for_tcp:
            numbers += ";" + ",".join(map(str, for_tcp))
        popen = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            pass_fds=[ready_end, *shared, *descriptors, *for_tcp],
            env={**os.environ, INHERITANCE: numbers},
            start_new_session=True,  # a Ctrl-C is the supervisor's to pass on
        )
        os.close(ready_end)
        member.has_inherited()
        process = Process(popen, loop, member, place)
        self._processes.add(process)
        loop.add_reader(ready, self._on_news, process, ready)
        return process

    def _distrust(self, process: Process, failure: BusFailure) -> None:
        """What it has claimed is nobody else's before it is dead."""
        self._report(f"A process of this server is ended, since it speaks in riddles: {failure}")
        if process.popen.poll() is None:
            process.popen.kill()

    def _on_news(self, process: Process, ready: int) -> None:
        if os.read(ready, 1):
            process.is_ready = True
            self._seconds_before_a_restart = SECONDS_BEFORE_A_RESTART
            process.has_started.set_result(True)
            return
        # The pipe has ended, so the process has, or is about to.
        loop = asyncio.get_running_loop()
        loop.remove_reader(ready)
        os.close(ready)
        if not process.has_started.done():
            process.has_started.set_result(False)
        ended = loop.run_in_executor(None, process.popen.wait)
        ended.add_done_callback(lambda future: self._on_end(process, future.result()))

    def _on_end(self, process: Process, status: int) -> None:
        self._processes.discard(process)
        self._broker.leave(process.member)
        self._loads.leave(process.place)
        process.has_ended.set_result(status)
        if not process.is_wanted or self._is_stopping:
            return
        seconds = self._seconds_before_a_restart
        if not process.is_ready:
            self._seconds_before_a_restart = min(2 * seconds, MOST_SECONDS_BEFORE_A_RESTART)
        when = "" if process.is_ready else " before it was ready"
        self._report(
            f"A process of this server has ended with status {status}{when}: "
            f"another starts in {seconds:.0f} s"
        )
        asyncio.get_running_loop().call_later(seconds, self._fill)

    def _fill(self) -> None:
        if not self._is_stopping:
            for _ in range(self._count - len(self._wanted())):
                self._spawn().is_wanted = True


def command_of_this_process() -> list[str]:
    """What starts another process like this one."""
    return [sys.executable, *sys.orig_argv[1:]]
