"""Durable Objects: coalesced puts beside bare sqlite3, calls through a stub beside a bare method
call, and what a hibernated WebSocket costs.

Times are those of the processor, so that other processes do not disturb them; a ratio above 1 means
that the platform is the faster. Options: --puts N, --calls N, --sockets N, at most about 10,000 for
each limit of open files of 20,000.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gc
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from worker_runtime.host.host import Host
from worker_runtime.host.network import TCPAddress
from worker_runtime.host.storage.object_database import FolderOfDatabases
from worker_runtime.runtime.bindings import DurableBinding
from worker_runtime.runtime.runtime import Runtime
from worker_runtime.server.answering import request_handler
from worker_runtime.server.listener import Listener
from worker_runtime.server.service import Service
from worker_runtime.websocket_protocol.frames import TEXT, serialize_frame

ROUNDS = 9
VALUE = bytes(1024)
SECONDS_UNTIL_IT_HIBERNATES = 1.0
WORKER = """
from worker_runtime import DurableObject, Response, WebSocketPair


class Counter(DurableObject):
    async def puts(self, count, value):
        for number in range(count):
            self.ctx.storage.put(f"key-{number % 1000}", value)

    async def call(self):
        return None

    async def fetch(self, request):
        client, server = WebSocketPair()
        self.ctx.acceptWebSocket(server)
        return Response(None, status=101, webSocket=client)

    async def webSocketMessage(self, ws, message):
        ws.send(f"{len(self.ctx.getWebSockets())} {message}")


async def fetch(request, env, ctx):
    return await env.COUNTER.getByName("it").fetch(request)
"""

Benchmark = Callable[[], Awaitable[object]]


async def compare(name: str, ours: Benchmark, other: Benchmark, count: int) -> None:
    """Time both in turn, and print the medians of one operation and of the ratio."""
    times: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        pair = []
        for benchmark in (ours, other):
            gc.collect()
            start = process_time()
            await benchmark()
            pair.append((process_time() - start) / count)
        times.append((pair[0], pair[1]))
    own, theirs = median(own for own, _ in times), median(theirs for _, theirs in times)
    ratio = median(theirs / own for own, theirs in times)
    print(
        f"{name:44} {own * 1e6:8.2f} us {1 / own:10,.0f}/s {theirs * 1e6:8.2f} us {ratio:6.2f}",
        flush=True,
    )


class Bare:
    """What the engine can do: one transaction, rows put one after the other."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("CREATE TABLE entries (key TEXT PRIMARY KEY, value BLOB)")

    async def puts(self, count: int) -> None:
        self.connection.execute("BEGIN")
        for number in range(count):
            row = f"key-{number % 1000}", VALUE
            self.connection.execute("INSERT OR REPLACE INTO entries VALUES (?, ?)", row)
        self.connection.execute("COMMIT")


class Plain:
    """An object without anything around it."""

    async def call(self) -> None:
        return None


async def run(puts: int, calls: int, folder: Path) -> None:
    """The rows of speed."""
    script = folder / "worker.py"
    script.write_text(WORKER, "utf-8")
    env = {"COUNTER": DurableBinding("Counter")}
    plain = Plain()

    async def stub_calls(stub: Any) -> None:
        for _ in range(calls):
            await stub.call()

    async def plain_calls() -> None:
        for _ in range(calls):
            await plain.call()

    print(f"{'':44} {'ours':>11} {'':>12} {'bare':>11} {'ratio':>6}")
    databases = FolderOfDatabases(folder / "do")
    for where, host, path in (
        ("memory", Host(), ":memory:"),
        ("a file", Host(databases=databases), str(folder / "bare.sqlite")),
    ):
        bare = Bare(path)
        async with Runtime() as runtime:
            worker = await runtime.start(script, env=env, host=host)
            scope = worker.registration.active_worker
            assert scope is not None
            from worker_runtime.cloudflare.durable_objects.namespace import durable_object_namespace

            stub: Any = durable_object_namespace(host, "Counter").getByName("it")
            await compare(
                f"put of 1 KiB, coalesced, in {where}",
                lambda: stub.puts(puts, VALUE),
                lambda: bare.puts(puts),
                puts,
            )
            if where == "memory":
                await compare(
                    "call through a stub, one process",
                    lambda: stub_calls(stub),
                    plain_calls,
                    calls,
                )
    databases.close()


# ---- hibernated sockets --------------------------------------------------------------------------


def resident_bytes() -> int:
    """The memory that this process has."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def serve(script: str, count: int) -> None:
    """A server that says how much memory each of so many hibernated sockets takes."""
    from worker_runtime.cloudflare.durable_objects.life_cycle import DurableObjects

    host = Host()
    host.record(DurableObjects).idle_seconds = SECONDS_UNTIL_IT_HIBERNATES
    async with Runtime() as runtime:
        worker = await runtime.start(script, env={"COUNTER": DurableBinding("Counter")}, host=host)
        listener = Listener(Service(request_handler(worker, None), log=lambda exchange: None))
        (address,) = await listener.listen(TCPAddress("127.0.0.1", 0))
        assert isinstance(address, TCPAddress)
        print(address.port, flush=True)
        space = host.record(DurableObjects).space("Counter")
        while not space.web_sockets:  # the first socket loads what all of them need
            await asyncio.sleep(0.05)
        gc.collect()
        before = resident_bytes()
        (of_the_object,) = space.web_sockets.values()
        while len(of_the_object.in_order) < count + 1 or space.containers:
            await asyncio.sleep(0.1)
        gc.collect()
        print((resident_bytes() - before) / count, flush=True)
        await asyncio.Event().wait()


async def connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A client's end of a WebSocket."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
        f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def hibernate(port: int, count: int, server: subprocess.Popen[bytes]) -> None:
    """Open so many sockets, and wait until the server has said what they take; then wake one."""
    sockets = [await connect(port)]
    await asyncio.sleep(0.2)
    for _ in range(count):
        sockets.append(await connect(port))
    assert server.stdout is not None
    line = await asyncio.get_running_loop().run_in_executor(None, server.stdout.readline)
    reader, writer = sockets[count // 2]
    writer.write(serialize_frame(TEXT, b"x", b"\x37\xfa\x21\x3d"))
    answer = await reader.readexactly(2 + len(f"{count + 1} x"))
    assert answer[2:] == f"{count + 1} x".encode(), answer
    print(f"{count:,} hibernated WebSockets {float(line):26,.0f} bytes each, and one was woken")
    for _, writer in sockets:
        writer.transport.abort()


def measure_sockets(count: int, folder: Path) -> None:
    """The row of memory."""
    bench = str(Path(__file__).resolve().parent.parent / "bench.py")
    command = [sys.executable, bench, "durable", "serve", str(folder / "worker.py"), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        try:
            asyncio.run(hibernate(port, count, server))
        finally:
            server.terminate()


def main() -> None:
    """Run the benchmarks."""
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(sys.argv[2], int(sys.argv[3])))
        return
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--puts", type=int, default=2_000)
    parser.add_argument("--calls", type=int, default=2_000)
    parser.add_argument("--sockets", type=int, default=9_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(options.puts, options.calls, Path(folder)))
        measure_sockets(options.sockets, Path(folder))
