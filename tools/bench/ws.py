"""WebSocket echo beside a bare asyncio-streams echo, and beside the PyPI package `websockets`.

    python3 tools/bench.py ws --peers /path/to/python     # an interpreter that has the package

The package masks in C. "pure" is the same package without that: its own code where the C is
missing.

Each server runs in a process of its own, and its CPU time for a message is what counts; the client
is the same for all. A ratio above 1 means that ours takes less. "masking" compares with xor by one
big integer.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from statistics import median
from time import perf_counter
from typing import Any

from worker_runtime import Response, WebSocketPair
from worker_runtime.fetch.infrastructure import FetchController
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import FilteredResponse, ResponseRecord
from worker_runtime.host.network import TCPAddress
from worker_runtime.server.listener import Listener
from worker_runtime.server.service import Service
from worker_runtime.websocket_protocol.connection import close_payload
from worker_runtime.websocket_protocol.frames import BINARY, CLOSE, CloseCode, mask, serialize_frame

ROUNDS = 5
IN_FLIGHT = 32
TASKS = {
    "32 bytes, 1 in flight": (32, 4000, 1),
    "32 bytes, 32 in flight": (32, 20_000, IN_FLIGHT),
    "64 KiB": (1 << 16, 1000, 1),
    "1 MiB": (1 << 20, 60, 1),
}
SERVERS = ("ours", "streams", "websockets", "pure")


def main() -> None:
    """Print a row for each task: medians of interleaved rounds."""
    if len(sys.argv) > 1 and sys.argv[1] in SERVERS:
        if sys.argv[1] == "pure":
            sys.modules[
                # so it cannot be imported
                "websockets.speedups"
            ] = None  # type: ignore[assignment]
        servers = {
            "ours": serve_ours,
            "streams": serve_streams,
            "websockets": serve_websockets,
            "pure": serve_websockets,
        }
        asyncio.run(servers[sys.argv[1]]())
        return
    parser = argparse.ArgumentParser(prog="bench.py ws")
    parser.add_argument("--peers", metavar="PYTHON", default=os.environ.get("WORKER_RUNTIME_PEERS"))
    peers = parser.parse_args().peers
    names = [name for name in SERVERS if name in ("ours", "streams") or peers]
    columns = [*names, *("x " + name for name in names[1:])]
    print(f"{'CPU of the server, us a message':34}", *(f"{column:>12}" for column in columns))
    for task, (size, count, in_flight) in TASKS.items():
        times: dict[str, list[float]] = {name: [] for name in names}
        for _ in range(ROUNDS):
            for name in names:
                python = sys.executable if name in ("ours", "streams") else peers
                times[name].append(measure(python, name, size, count, in_flight))
        ours, *others = (median(times[name]) for name in names)
        row = [f"{time * 1e6:12.2f}" for time in (ours, *others)] + [
            f"{time / ours:12.2f}" for time in others
        ]
        print(f"{task:34}", *row)
    payload, key = os.urandom(1 << 20), b"\x37\xfa\x21\x3d"
    speed = median(timed(lambda: mask(payload, key)) for _ in range(20))
    xor = median(timed(lambda: xor_at_once(payload, key)) for _ in range(20))
    print(f"masking 1 MiB: {1 / speed:.0f} MiB/s, {xor / speed:.2f} x xor by one integer")


def timed(steps: Callable[[], object]) -> float:
    """How many seconds steps take."""
    start = perf_counter()
    steps()
    return perf_counter() - start


def xor_at_once(payload: bytes, key: bytes) -> bytes:
    """The other way to mask."""
    length = len(payload)
    return (
        int.from_bytes(payload, "little") ^ int.from_bytes(key * (length // 4), "little")
    ).to_bytes(length, "little")


def measure(python: str, name: str, size: int, count: int, in_flight: int) -> float:
    """CPU seconds that a server takes for a message."""
    bench = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bench.py")
    with subprocess.Popen([python, bench, "ws", name], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        asyncio.run(talk(port, size, count // 10, in_flight))
        before = cpu_seconds(process.pid)
        asyncio.run(talk(port, size, count, in_flight))
        seconds = cpu_seconds(process.pid) - before
        process.terminate()
    return seconds / count


def cpu_seconds(pid: int) -> float:
    """What a process has used so far."""
    with open(f"/proc/{pid}/schedstat") as file:
        return int(file.read().split()[0]) / 1e9


async def talk(port: int, size: int, count: int, in_flight: int) -> None:
    """A client that keeps so many messages in flight."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    message = serialize_frame(BINARY, bytes(size), b"\x37\xfa\x21\x3d")
    for _ in range(max(1, count // in_flight)):
        writer.write(message * in_flight)
        await writer.drain()
        await receive(reader, size * in_flight)
    writer.write(
        serialize_frame(CLOSE, close_payload(CloseCode.NORMAL_CLOSURE, ""), b"\x37\xfa\x21\x3d")
    )
    writer.close()
    await writer.wait_closed()


async def receive(reader: asyncio.StreamReader, left: int) -> None:
    """Messages with so many bytes, in however many frames."""
    while left > 0:
        length = (await reader.readexactly(2))[1]
        if length >= 126:
            length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8), "big")
        await reader.readexactly(length)
        left -= length


# ---- the servers ---------------------------------------------------------------------------------


async def serve_ours() -> None:
    """A worker."""

    def handle(
        record: RequestRecord, controller: FetchController
    ) -> ResponseRecord | FilteredResponse:
        client, server = WebSocketPair()
        server.accept()
        server.addEventListener("message", lambda event: server.send(event.data))
        return Response(None, status=101, webSocket=client)._response

    (address,) = await Listener(Service(handle)).listen(TCPAddress("127.0.0.1", 0))
    assert isinstance(address, TCPAddress)
    print(address.port, flush=True)
    await asyncio.Event().wait()


async def serve_streams() -> None:
    """As little as a WebSocket echo can do over asyncio's streams, with `readexactly`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
        try:
            while True:
                _, second = await reader.readexactly(2)
                length = second & 0x7F
                if length >= 126:
                    length = int.from_bytes(
                        await reader.readexactly(2 if length == 126 else 8), "big"
                    )
                key = await reader.readexactly(4)
                payload = bytes(mask(await reader.readexactly(length), key))
                writer.write(serialize_frame(BINARY, payload))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 21)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


async def serve_websockets() -> None:
    """The package, without compression."""
    serve = import_module("websockets.asyncio.server").serve

    async def echo(connection: Any) -> None:
        async for message in connection:
            await connection.send(message)

    server = await serve(echo, "127.0.0.1", 0, compression=None, max_size=1 << 21)
    print(next(iter(server.sockets)).getsockname()[1], flush=True)
    await asyncio.Event().wait()
