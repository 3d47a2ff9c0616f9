"""Fetch's client: sequential GETs and a download on loopback, beside aiohttp (without its C parts)
and httpx, where installed.

A ratio above 1 means that ours is the faster. The server is a process of its own and does as little
as it can; no two of its responses are the same.
"""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from statistics import median
from time import perf_counter, process_time
from typing import Any

ROUNDS, GETS = 15, 300
DOWNLOAD = 1 << 30
SMALL = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 11\r\nServer: x\r\n"
    b"X-Request-Id: %d\r\n\r\nHello World"
)

Get = Callable[[str], Awaitable[object]]


def main() -> None:
    """Print the medians of interleaved rounds, and the others' time over ours; then a download of 1
    GiB.
    """
    command = [sys.executable, __file__, "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        asyncio.run(measure(f"http://127.0.0.1:{int(server.stdout.readline())}/"))
        server.terminate()


async def measure(url: str) -> None:
    """All rows."""
    os.environ["AIOHTTP_NO_EXTENSIONS"] = "1"
    clients: dict[str, Get] = {"ours": fetch_client()}
    sessions: list[Any] = []
    for name, make in (("aiohttp", aiohttp_client), ("httpx", httpx_client)):
        try:
            session, clients[name] = make()
            sessions.append(session)
        except ImportError:
            print(f"({name} is not installed)")
    times: dict[str, list[float]] = {name: [] for name in clients}
    cpu_times: dict[str, list[float]] = {name: [] for name in clients}
    for _ in range(ROUNDS):
        for name, get in clients.items():
            start, cpu_start = perf_counter(), process_time()
            for _ in range(GETS):
                await get(url)
            times[name].append((perf_counter() - start) / GETS)
            cpu_times[name].append((process_time() - cpu_start) / GETS)
    for name in clients:
        ratio, cpu_ratio = (
            median(kind[name]) / median(kind["ours"]) for kind in (times, cpu_times)
        )
        print(
            f"sequential GETs  {name:8} {median(times[name]) * 1e6:8.1f} us, "
            f"{median(cpu_times[name]) * 1e6:8.1f} us of CPU,"
              f" ratio {ratio:5.2f} (CPU {cpu_ratio:5.2f})")  # fmt: skip
    for session in sessions:
        await (session.close if hasattr(session, "close") else session.aclose)()
    before = peak_memory()
    start, received = perf_counter(), 0
    from worker_runtime import fetch

    response = await fetch(url + "large")
    assert response.body is not None
    async for chunk in response.body:
        received += len(chunk)
    assert received == DOWNLOAD
    speed = DOWNLOAD / (perf_counter() - start) / (1 << 20)
    print(
        f"download of 1 GiB {speed:8.0f} MiB/s, memory grows by "
        f"{(peak_memory() - before) / 1024:.1f} MiB"
    )


def peak_memory() -> int:
    """In KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (
        1024 if sys.platform == "darwin" else 1
    )


def fetch_client() -> Get:
    """What a worker does."""
    from worker_runtime import fetch

    async def get(url: str) -> object:
        return await (await fetch(url)).text()

    return get


def aiohttp_client() -> tuple[Any, Get]:
    """The same with aiohttp; its session is to be closed."""
    aiohttp = import_module("aiohttp")
    session = aiohttp.ClientSession()

    async def get(url: str) -> object:
        async with session.get(url) as response:
            return await response.text()

    return session, get


def httpx_client() -> tuple[Any, Get]:
    """The same with httpx; its client is to be closed."""
    client = import_module("httpx").AsyncClient()

    async def get(url: str) -> object:
        return (await client.get(url)).text

    return client, get


class Server(asyncio.Protocol):
    """Answers each request that comes in one piece."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember it."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.is_paused = asyncio.Event()
        self.answered = 0

    def data_received(self, data: bytes) -> None:
        """Answer."""
        if data.startswith(b"GET /large"):
            self.task = asyncio.ensure_future(self.send_much())
        else:
            self.answered += 1
            self.transport.write(SMALL % self.answered)

    def pause_writing(self) -> None:
        """Wait."""
        self.is_paused.clear()

    def resume_writing(self) -> None:
        """Go on."""
        self.is_paused.set()

    async def send_much(self) -> None:
        """A gibibyte, in pieces."""
        self.is_paused.set()
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % DOWNLOAD)
        piece = bytes(1 << 18)
        for _ in range(DOWNLOAD // len(piece)):
            self.transport.write(piece)
            await self.is_paused.wait()


def serve() -> None:
    """Serve, and tell the port."""

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(run())


if __name__ == "__main__":
    serve()
