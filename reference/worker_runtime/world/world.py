"""The world: a worker, and all that is around it, in the hand of a test."""

from __future__ import annotations

import asyncio
import functools
import os
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, Self, Unpack

from ..cloudflare.durable_objects.namespace import DurableObjectNamespace, durable_object_namespace
from ..cloudflare.kv_namespace import KVNamespace, kv_namespace
from ..cloudflare.scheduled_event import ScheduledResult
from ..fetch.request_class import Request, RequestInit
from ..fetch.response_class import Response
from ..fs.file_system_directory_handle import FileSystemDirectoryHandle
from ..fs.folder_bindings import directory_of_a_folder
from ..host.bus import Bus, LoneBus
from ..host.console import report_of
from ..host.folders import Folder
from ..host.host import Host
from ..host.network import TCPAddress
from ..host.seeded_entropy import SeededEntropy
from ..host.storage.backend import StorageBackend
from ..host.storage.fragile_databases import FragileDatabases
from ..host.storage.memory import MemoryStorage
from ..host.storage.object_database import ObjectDatabases
from ..host.virtual_time import VirtualClock, VirtualTimeLoop, describe, run_in_virtual_time
from ..html.settings_objects import EnvironmentSettingsObject, realm_execution_context, run_in_realm
from ..runtime.bindings import DurableBinding, kill_durable_objects
from ..runtime.runtime import RunningWorker, Runtime
from ..runtime.timetable import Timetable
from ..runtime.worker_files import Script
from ..server.tcp_listener import TCPListener
from ..sockets_api.connect import connect
from ..sockets_api.socket_class import Socket
from ..sockets_api.socket_info import shown
from ..streams.readers import ReadableStreamDefaultReader
from ..streams.writers import WritableStreamDefaultWriter
from ..url.url_parsing import url_parser
from ..url.url_serializing import url_serializer
from ..websockets.web_socket_stream import WebSocketStream
from .fake_network import FakeNetwork
from .mortal_process import MortalProcess, ProcessKilled
from .recorded_console import Message, RecordedConsole

P = ParamSpec("P")

DRAIN_TIMEOUT = 30.0
SECONDS_TO_END = 120.0  # virtual ones, for all that goes on when a test is over


class Leak(AssertionError):
    """Something goes on though the test is over: tasks, timers, connections."""


class World:
    """A worker whose time, chance, network and storage are the test's own.

    The worker is a Python file, or a function that evaluates the script in a scope. It runs in the
    test's event loop, which has to be one with virtual time: see `in_virtual_time`.

    `url` is where the worker is, `env` what it finds there beside the KV namespaces with the names
    of `kv`, the folders at the paths of `dirs`, and the namespaces of Durable Objects that
    `durable` has with the worker's classes. `crons` are the minutes at which it is called. `seed`
    decides on chance, that of Python's `random` included, and `start` is when it all begins, in ISO
    8601. A `storage`, and `databases` of Durable Objects, may be those of a world before. Worlds
    whose `bus` has the same `MemoryBroker` are as processes of one server.
    """

    def __init__(
        self,
        worker: str | Path | Script,
        *,
        url: str = "http://localhost/",
        env: Mapping[str, object] | None = None,
        kv: Iterable[str] = (),
        dirs: Mapping[str, Folder | str | os.PathLike[str]] | None = None,
        durable: Mapping[str, str] | None = None,
        crons: Iterable[str] = (),
        seed: int = 0,
        start: str = "2026-01-01T00:00:00Z",
        storage: StorageBackend | None = None,
        databases: ObjectDatabases | None = None,
        bus: Bus | None = None,
    ) -> None:
        self.url = url
        self.storage = MemoryStorage() if storage is None else storage
        self.databases = FragileDatabases() if databases is None else databases
        self._owns_databases = databases is None
        self._bus: Bus = LoneBus() if bus is None else bus
        self._script = worker
        self._env = dict(env or {})
        self._folders = dict(dirs or {})
        self._kv_names = tuple(kv)
        self._classes = dict(durable or {})
        self._crons = tuple(crons)
        self._seed = seed
        self._start = datetime.fromisoformat(start).timestamp()
        self._console = RecordedConsole()
        self._runtime = Runtime(DRAIN_TIMEOUT)
        self._timetable: Timetable | None = None
        self._worker: RunningWorker | None = None
        self._tcp_listener: TCPListener | None = None
        self.kv: dict[str, KVNamespace] = {}
        """The KV namespaces of the worker, by their names."""
        self.dirs: dict[str, FileSystemDirectoryHandle] = {}
        """Its folders."""
        self.durable: dict[str, DurableObjectNamespace] = {}
        """Its namespaces of Durable Objects."""

    # ---- its life --------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        if not isinstance(loop, VirtualTimeLoop):
            raise RuntimeError(
                "A World needs an event loop whose time is virtual: write @in_virtual_time above "
                "the test, or run it by run_in_virtual_time(test())"
            )
        self._loop = loop
        self._tasks_before = asyncio.all_tasks()
        self._random_before = random.getstate()
        random.seed(self._seed)
        loop.set_exception_handler(self._on_loop_exception)
        self.clock = VirtualClock(loop, self._start)
        self.network = FakeNetwork(self._runtime, self._host_of_a_fake)
        self._client = EnvironmentSettingsObject(self._host_of_a_fake())
        self._entropy = SeededEntropy(self._seed)
        self._begin_a_process()
        await self._start_the_worker()
        return self

    def _begin_a_process(self) -> None:
        """What there is of a process before its worker runs. Calls of Durable Objects wait for
        that.
        """
        self._process = MortalProcess(
            self._loop, self.clock.wall(), self.network, self.storage, self._console
        )
        self.host = Host(
            clock=self._process.clock,
            entropy=self._entropy,
            network=self._process.network,
            storage=self._process.storage,
            databases=self.databases,
            bus=self._bus,
            console=self._process.console,
        )
        self.durable = {
            name: durable_object_namespace(self.host, of) for name, of in self._classes.items()
        }
        self._is_up: asyncio.Future[None] = self._loop.create_future()

    async def _start_the_worker(self) -> None:
        self.kv = {name: kv_namespace(self.host, name) for name in self._kv_names}
        self.dirs = {
            name: directory_of_a_folder(self.host, name, folder)
            for name, folder in self._folders.items()
        }
        classes = {name: DurableBinding(of) for name, of in self._classes.items()}
        env = {**self._env, **self.kv, **self.dirs, **classes}
        self._worker = await self._runtime.start(self._script, self.url, env=env, host=self.host)
        self.network[self.url] = self._worker
        self._timetable = Timetable(self._worker, self._crons)
        self._timetable.start()
        self._is_up.set_result(None)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._timetable is not None
        self._timetable.stop()
        ending = self._loop.create_task(self._end())
        await self._loop.advance(0)
        if not ending.done():
            await self._loop.advance(SECONDS_TO_END)
        await ending
        if self._owns_databases:
            self.databases.close()
        errors = list(self._console.errors)  # not those of tasks that are cancelled now
        leaks = self._tasks_that_are_left()
        await self._loop.advance(SECONDS_TO_END)  # what has a timeout, such as a connection, ends
        leaks += self._what_else_is_left()
        self._loop.set_exception_handler(None)
        random.setstate(self._random_before)
        if error is None and errors:
            raise ExceptionGroup("What nobody has caught", errors)
        for each in errors:
            if error is not None and each is not error:  # it may be why
                error.add_note(report_of(each, "Nobody has caught"))
        if error is None and leaks:
            raise Leak("The test is over, and there is still\n  " + "\n  ".join(leaks))

    async def _end(self) -> None:
        if self._tcp_listener is not None:
            await self._tcp_listener.drain()
        await self._runtime.__aexit__(None, None, None)
        await self.network.close()

    def _tasks_that_are_left(self) -> list[str]:
        left = asyncio.all_tasks() - self._tasks_before - {asyncio.current_task()}
        for task in left:
            task.cancel()
        return sorted(f"a task: {describe(task)}" for task in left)

    def _what_else_is_left(self) -> list[str]:
        timers = sorted(self.clock.pending() + self._process.clock.pending())
        leaks = [f"a timer, for {when:.3f} s" for when in timers]
        if self.network.open_connections:
            leaks.append(f"{self.network.open_connections} ends of connections")
        if self.network.open_datagram_sockets:
            leaks.append(f"{self.network.open_datagram_sockets} sockets for datagrams")
        return leaks + [each.text for each in self.messages if each.text.endswith("it is left")]

    def _on_loop_exception(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception") or RuntimeError(context.get("message"))
        self._console.report(error, str(context.get("message")))

    def _host_of_a_fake(self) -> Host:
        return Host(
            clock=self.clock,
            entropy=SeededEntropy(self._seed + 1),
            network=self.network,
            console=self._console,
        )

    async def crash(self, within: int = 1, *, loses_power: bool = False) -> None:
        """Kill the process of the worker, as `kill -9` does, and start another with what the
        storage has: what was under way fails with ProcessKilled, connections are reset, and what
        was not committed is lost. If the machine loses power, so is what objects have committed and
        no disk has: no caller has been told of it.

        It happens now, or after some of so many turns of the event loop: a schedule decides. The
        namespaces in `durable` and `kv` are those of the new process from then on.
        """
        for _ in range(self._loop.choose(within)):
            await asyncio.sleep(0)
        assert self._timetable is not None
        self._timetable.stop()
        worker, self._worker = self.worker, None
        self._process.kill()
        self.network.kill(worker)
        kill_durable_objects(self.host, ProcessKilled())
        self._runtime.kill(worker)
        if loses_power and isinstance(self.databases, FragileDatabases):
            self.databases.lose_power()
        for task in asyncio.all_tasks():
            if self._is_of(worker, task):
                task.cancel()
        self._begin_a_process()
        await self._start_the_worker()

    def _is_of(self, worker: RunningWorker, task: asyncio.Task[Any]) -> bool:
        context = self._loop.context_of(task)
        settings_object = None if context is None else context.get(realm_execution_context)
        return settings_object is not None and settings_object.host is worker.registration.host

    # ---- what a test does ------------------------------------------------------------------------

    async def advance(
        self,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        milliseconds: float = 0,
    ) -> None:
        """Let time pass: timers, `asyncio.sleep`, crons, expiries and timeouts happen when they are
        due, and in order.
        """
        await self._loop.advance(
            ((days * 24 + hours) * 60 + minutes) * 60 + seconds + milliseconds / 1000
        )

    @property
    def now(self) -> datetime:
        """What time it is, in UTC."""
        return datetime.fromtimestamp(self.clock.wall(), UTC)

    @property
    def messages(self) -> list[Message]:
        """What has been written on the console."""
        return self._console.messages

    @property
    def errors(self) -> list[Exception]:
        """What was thrown and nobody has caught. Those that are left at the end fail the test."""
        return self._console.errors

    @property
    def worker(self) -> RunningWorker:
        """The worker that runs."""
        assert self._worker is not None, "the world has not begun"
        return self._worker

    async def fetch(self, input: Request | str, /, **init: Unpack[RequestInit]) -> Response:
        """The worker's response. A URL is relative to the worker's own."""
        await self._is_up
        return await self._process.answer(self.worker.fetch(input, **init))

    async def scheduled(self, cron: str = "", at: datetime | None = None) -> ScheduledResult:
        """Call the worker as a timetable does, now or as at another time."""
        await self._is_up
        time = (at or self.now).timestamp() * 1000
        return await self._process.answer(self.worker.scheduled(cron, time))

    async def connect(self) -> Socket:
        """A TCP connection to the worker's handler `connect`, within the process."""
        if self._tcp_listener is None:
            self._tcp_listener = TCPListener(
                self.worker.connect, clock=self.clock, network=self.network
            )
            (address,) = await self._tcp_listener.listen(TCPAddress("127.0.0.1", 0))
            assert isinstance(address, TCPAddress)
            self._tcp_address = address
        socket: Socket = run_in_realm(self._client, connect, shown(self._tcp_address))
        await socket.opened
        return socket

    async def websocket(self, url: str = "/", protocols: Iterable[str] = ()) -> Connection:
        """A WebSocket to the worker, which goes over HTTP within the process. WebSocketError if the
        worker does not accept it.
        """
        await self._is_up
        absolute = url_serializer(url_parser(url, url_parser(self.url)))
        stream: WebSocketStream = run_in_realm(
            self._client, WebSocketStream, absolute, protocols=list(protocols)
        )
        readable, writable, _, protocol = await stream.opened
        return Connection(stream, readable.getReader(), writable.getWriter(), protocol)


class Connection:
    """The client's end of a WebSocket: `send`, `receive` and `close`."""

    def __init__(
        self,
        stream: WebSocketStream,
        reader: ReadableStreamDefaultReader,
        writer: WritableStreamDefaultWriter,
        protocol: str,
    ) -> None:
        self._stream = stream
        self._reader = reader
        self._writer = writer
        self.protocol = protocol

    async def send(self, message: str | bytes) -> None:
        """Send a message."""
        await self._writer.write(message)

    async def receive(self) -> str | bytes:
        """The next message. EOFError if the worker has closed the WebSocket."""
        message, done = await self._reader.read()
        if done:
            raise EOFError("The WebSocket is closed")
        assert isinstance(message, (str, bytes))
        return message

    async def close(self, code: int = 1000, reason: str = "") -> tuple[int | None, str]:
        """Close it, and wait for the other side to do so; the code and the reason that it gives."""
        self._stream.close(closeCode=code, reason=reason)
        return await self.closed()

    async def closed(self) -> tuple[int | None, str]:
        """When it is closed, the code and the reason of the other side."""
        info = await self._stream.closed
        return info.closeCode, info.reason


def in_virtual_time(test: Callable[P, Awaitable[object]]) -> Callable[P, None]:
    """Make a test that is a coroutine an ordinary function, for any test runner: each call runs on
    an event loop of its own with virtual time.
    """

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        async def main() -> None:
            await test(*args, **kwargs)

        run_in_virtual_time(main())

    return run
