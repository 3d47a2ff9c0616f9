"""The server: a worker's hello world beside a bare asyncio-streams server that sends a canned
answer, over loopback.

    python3 tools/bench.py http                                   # --rounds 7 --requests 20000 --connections 64
    python3 tools/bench.py http --peers /path/to/python           # also uvicorn with h11 and aiohttp, where that has them

Each server is a process. All are loaded in turn, round by round, by this one, which never sleeps:
to wake a client can cost a server as much as half an answer, and says nothing about it (`--sleepy`
lets it sleep all the same). "us" is CPU time of the server for each request, "of bare" the bare
server's over it, so 0.5 means twice the work. "fields change" alternates between two header
sections on each connection, so that nothing can be remembered from the request before.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import selectors
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time_ns
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
HELLO = """\
from worker_runtime import Response, addEventListener
addEventListener("fetch", lambda event: event.respondWith(Response("Hello World")))
"""
CANNED = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/plain;charset=UTF-8\r\ncontent-length: 11\r\n"
    b"date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\nHello World"
)
FIELDS = (
    b"Connection: keep-alive\r\nCache-Control: max-age=0\r\nUpgrade-Insecure-Requests: 1\r\n"
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36\r\n"
    b"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    b'Sec-Ch-Ua: "Chromium";v="128", "Not;A=Brand";v="24"\r\nSec-Ch-Ua-Mobile: ?0\r\nSec-Ch-Ua-Platform: "Linux"\r\n'
    b"Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\n"
    b"Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-US,en;q=0.9\r\n"
)
SHORT = b"GET / HTTP/1.1\r\nHost: localhost\r\n%b\r\n"
SCENARIOS = {
    "hello": (SHORT % b"", SHORT % b""),
    "hello, fields change": (SHORT % b"A: a\r\n", SHORT % b"A: b\r\n"),
    "14 fields": (SHORT % (FIELDS + b"Cookie: a=b\r\n"), SHORT % (FIELDS + b"Cookie: a=b\r\n")),
    "14 fields, they change": (
        SHORT % (FIELDS + b"Cookie: a=b\r\n"),
        SHORT % (FIELDS + b"Cookie: a=c\r\n"),
    ),
}


class Load(NamedTuple):
    """What came out of one round."""

    requests_per_second: float
    p99: float  # seconds


def main() -> None:
    """Print a row for each server and scenario."""
    parser = argparse.ArgumentParser(
        prog="bench.py http",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--requests", type=int, default=20_000, help="in a round")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument(
        "--peers", metavar="PYTHON", help="an interpreter with uvicorn and h11, or aiohttp"
    )
    parser.add_argument(
        "--sleepy", action="store_true", help="let the client sleep when there is nothing to read"
    )
    options = parser.parse_args()

    servers = {name: Server(sys.executable, name) for name in ("bare", "ours")}
    for name in ("uvicorn", "aiohttp") if options.peers else ():
        if (
            subprocess.run([options.peers, "-c", f"import {name}"], capture_output=True).returncode
            == 0
        ):
            servers[name] = Server(options.peers, name)
    try:
        for server in servers.values():
            put_under_load(
                server.port, SCENARIOS["hello"], 2000, options.connections, options.sleepy
            )
        for scenario, requests in SCENARIOS.items():
            compare(scenario, requests, servers, options)
        show_memory(servers["ours"], options)
    finally:
        for server in servers.values():
            server.stop()
    with hello_worker() as file:
        show_start(file)


def compare(
    scenario: str,
    requests: tuple[bytes, bytes],
    servers: dict[str, Server],
    options: argparse.Namespace,
) -> None:
    """Load each server in turn, round by round, and print medians."""
    cpu: dict[str, list[float]] = {name: [] for name in servers}
    loads: dict[str, list[Load]] = {name: [] for name in servers}
    for _ in range(options.rounds):
        for name, server in servers.items():
            before = server.usage()[0]
            loads[name].append(
                put_under_load(
                    server.port, requests, options.requests, options.connections, options.sleepy
                )
            )
            cpu[name].append((server.usage()[0] - before) / options.requests / 1000)
    print(f"{scenario:24} {'us':>6} {'of bare':>8} {'requests/s':>11} {'p99 ms':>7} {'of bare':>8}")
    bare_p99 = median(load.p99 for load in loads["bare"])
    for name in servers:
        of_bare = median(bare / own for bare, own in zip(cpu["bare"], cpu[name], strict=True))
        speed = median(load.requests_per_second for load in loads[name])
        p99 = median(load.p99 for load in loads[name])
        print(
            f"  {name:22} {median(cpu[name]):6.1f} {of_bare:8.2f} {speed:11.0f} {p99 * 1000:7.2f} {p99 / bare_p99:8.2f}"
        )


def show_memory(server: Server, options: argparse.Namespace) -> None:
    """Print how much memory a hundred thousand requests leave behind."""
    before = server.usage()[1]
    put_under_load(
        server.port,
        SCENARIOS["14 fields, they change"],
        100_000,
        options.connections,
        options.sleepy,
    )
    print(f"{'memory':24} {(server.usage()[1] - before) / 2**20:+.1f} MiB after 100,000 requests")


def show_start(worker: Path) -> None:
    """Print how long it takes from the start of the process to its first answer."""
    commands = {
        "bare": [sys.executable, "-P", __file__, "bare"],
        "ours": [
            sys.executable,
            str(ROOT / "reference"),
            "serve",
            str(worker),
            "--port",
            "0",
            "--log",
            "off",
        ],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(7):
        for name, command in commands.items():
            start = perf_counter()
            with subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            ) as process:
                assert process.stdout is not None
                port = int(
                    "".join(
                        filter(
                            str.isdigit,
                            process.stdout.readline().rpartition(":")[2].partition("/")[0],
                        )
                    )
                )
                with socket.create_connection(("127.0.0.1", port)) as connection:
                    connection.sendall(SCENARIOS["hello"][0])
                    connection.recv(65536)
                times[name].append(perf_counter() - start)
                process.kill()
    ours, bare = min(times["ours"]), min(times["bare"])
    print(
        f"{'first answer':24} {ours * 1000:.0f} ms, bare {bare * 1000:.0f} ms: {ours / bare:.2f} times (best of 7)"
    )


# ---- the client ----------------------------------------------------------------------------------


def put_under_load(
    port: int, requests: tuple[bytes, bytes], count: int, connections: int, is_sleepy: bool
) -> Load:
    """Ask so often, over so many connections, one request at a time on each."""
    selector = selectors.DefaultSelector()
    states: list[tuple[socket.socket, list[float]]] = []
    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setblocking(False)
        states.append((connection, [0.0]))
        selector.register(connection, selectors.EVENT_READ, states[-1])
    latencies: list[float] = []
    timeout = None if is_sleepy else 0
    start = perf_counter()
    for connection, sent_at in states:
        sent_at[0] = perf_counter()
        connection.send(requests[0])
    sent = connections
    while len(latencies) < count:
        for key, _ in selector.select(timeout):
            connection, sent_at = key.data
            if not connection.recv(65536):
                raise SystemExit("The server has ended a connection")
            now = perf_counter()
            latencies.append(now - sent_at[0])
            if sent < count:
                sent_at[0] = now
                connection.send(requests[len(latencies) // connections % 2])
                sent += 1
    seconds = perf_counter() - start
    for connection, _ in states:
        connection.close()
    selector.close()
    return Load(count / seconds, sorted(latencies)[count * 99 // 100])


# ---- the servers ---------------------------------------------------------------------------------


class Server:
    """A process that serves and, whenever it is asked, says how much it has used."""

    def __init__(self, python: str, name: str) -> None:
        command = [python, "-P", __file__, name]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = int(self._read_line())

    def _read_line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def usage(self) -> tuple[int, int]:
        """Nanoseconds of CPU time, and bytes of memory."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        cpu, memory = self._read_line().split()
        return int(cpu), int(memory)

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()


def serve(name: str) -> None:
    """Be one of the servers."""
    threading.Thread(target=answer_about_usage, daemon=True).start()
    {
        "bare": serve_bare,
        "ours": serve_ours,
        "uvicorn": serve_with_uvicorn,
        "aiohttp": serve_with_aiohttp,
    }[name]()


def answer_about_usage() -> None:
    """Say what this process has used, for each line that is read."""
    for _ in sys.stdin:
        print(process_time_ns(), memory(), flush=True)


def memory() -> int:
    """What this process has of physical memory; where the system does not say that, the most that
    it has ever had.
    """
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf(
            "SC_PAGE_SIZE"
        )
    except OSError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def serve_bare() -> None:
    """The least that asyncio's streams can do for a request."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(CANNED)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Event().wait()

    asyncio.run(run())


@contextmanager
def hello_worker() -> Iterator[Path]:
    """A file with the worker."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "hello.py")
        file.write_text(HELLO, "utf-8")
        yield file


def serve_ours() -> None:
    """The smallest worker, as `serve` serves it without a log."""
    sys.path.insert(0, str(ROOT / "reference"))
    from worker_runtime.host.network import TCPAddress
    from worker_runtime.server.serve import ServeOptions, WorkerServer

    async def run() -> None:
        with hello_worker() as file:
            url = await WorkerServer(ServeOptions(TCPAddress("127.0.0.1", 0), file)).start()
        print(url.rstrip("/").rpartition(":")[2], flush=True)
        await asyncio.Event().wait()

    asyncio.run(run())


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def serve_with_uvicorn() -> None:
    """uvicorn with h11, on asyncio."""
    uvicorn: Any = import_module("uvicorn")

    async def application(scope: object, receive: Any, send: Any) -> None:
        fields = [(b"content-type", b"text/plain"), (b"content-length", b"11")]
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        await send({"type": "http.response.body", "body": b"Hello World"})

    async def run() -> None:
        port = free_port()
        options = {
            "http": "h11",
            "loop": "asyncio",
            "log_level": "warning",
            "access_log": False,
            "lifespan": "off",
        }
        server = uvicorn.Server(uvicorn.Config(application, port=port, **options))
        serving = asyncio.ensure_future(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        print(port, flush=True)
        await serving

    asyncio.run(run())


def serve_with_aiohttp() -> None:
    """aiohttp, with its C parser."""
    web: Any = import_module("aiohttp.web")

    async def hello(request: object) -> object:
        return web.Response(text="Hello World")

    async def run() -> None:
        application = web.Application()
        application.router.add_get("/", hello)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        print(port, flush=True)
        await asyncio.Event().wait()

    asyncio.run(run())


if __name__ == "__main__":
    serve(sys.argv[1])
