"""Faults: connections that break off, that drip, that flood; WebSockets that are idle, or go on for
long; what they leave behind.

    python3 tools/bench.py faults   # --connections 10000 --drips 200 --mebibytes 100 --sockets 1000
                                    # --messages 100000

The server is a process of its own, with a worker; "left" is what it has more of afterwards: tasks,
files and memory.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import random
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory, TemporaryFile
from time import perf_counter
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
WORKER = """\
import asyncio
from worker_runtime import ReadableStream, Response, WebSocketPair, addEventListener

async def chunks():
    for _ in range(100):
        await asyncio.sleep(0.001)
        yield bytes(10_000)

async def read_slowly(request):
    length = 0
    async for chunk in request.body:
        length += len(chunk)
        await asyncio.sleep(len(chunk) / 50_000_000)
    return Response(str(length))

def echo():
    client, server = WebSocketPair()
    server.accept()
    server.addEventListener("message", lambda event: server.send(event.data))
    return Response(None, status=101, webSocket=client)

def handle(event):
    if event.request.headers.has("upgrade"):
        event.respondWith(echo())
    elif event.request.method == "POST":
        event.respondWith(read_slowly(event.request))
    elif event.request.url.endswith("/stream"):
        event.respondWith(Response(chunks()))
    else:
        event.respondWith(Response("Hello World"))

addEventListener("fetch", handle)
"""
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
STREAM = b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
HANDSHAKE = (
    b"GET /socket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
)
MESSAGE = b"\x82\xa0\0\0\0\0" + bytes(32)  # as a client sends it, with a mask that changes nothing
FLOODS = {  # what a client sends at first, and then again and again
    "empty fragments": (b"\x01\x80\0\0\0\0", b"\x00\x80\0\0\0\0" * 10_000),
    "fragments of a byte": (b"\x02\x80\0\0\0\0", b"\x00\x81\0\0\0\0x" * 10_000),
    "pings": (b"", (b"\x89\xfd\0\0\0\0" + bytes(125)) * 1000),
    "messages, answers unread": (b"", (b"\x82\xfe\x10\0\0\0\0\0" + bytes(4096)) * 20),
    "a frame of a gibibyte": (b"\x82\xff\0\0\0\0\x40\0\0\0\0\0\0\0", bytes(100_000)),
}
HEAD_TIMEOUT = 5.0


class Usage(NamedTuple):
    """What the server has."""

    connections: int
    tasks: int
    files: int
    memory: int  # bytes


def main() -> None:
    """Do the server wrong, and print what is left of that."""
    parser = argparse.ArgumentParser(
        prog="bench.py faults",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--drips", type=int, default=200)
    parser.add_argument("--mebibytes", type=int, default=100)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--messages", type=int, default=100_000)
    options = parser.parse_args()
    server = Server()
    try:
        asyncio.run(reset_at_random(server.port, 200, HTTP_DATA))  # so that all code has run once
        asyncio.run(echo_messages(server.port, 1000))
        for name, fault in (
            (
                f"{options.connections} resets",
                reset_at_random(server.port, options.connections, HTTP_DATA),
            ),
            (f"{options.drips} drips", drip_beside_a_load(server.port, options.drips)),
            (
                f"{options.mebibytes} MiB, read slowly",
                upload(server.port, options.mebibytes * 2**20),
            ),
            (
                f"{options.connections} resets of sockets",
                reset_at_random(server.port, options.connections, SOCKET_DATA),
            ),
            (f"{options.sockets} sockets", open_sockets(server, options.sockets)),
            (f"{options.messages} messages", echo_messages(server.port, options.messages)),
            *((name, flood_beside_a_load(server.port, *data)) for name, data in FLOODS.items()),
        ):
            before = server.usage()
            start = perf_counter()
            with server.watched() as seen:
                outcome = asyncio.run(fault)
            after = server.usage_at_rest()
            peak = max(usage.memory for usage in seen)
            print(f"{name:24} {perf_counter() - start:6.1f} s  {outcome}")
            print(
                f"{'':24} left: connections {after.connections - before.connections:+}, tasks "
                f"{after.tasks - before.tasks:+},"
                f" files {after.files - before.files:+}, memory "
                f"{(after.memory - before.memory) / 2**20:+.1f} MiB"
                f" (at most {(peak - before.memory) / 2**20:+.1f} MiB meanwhile)"
            )
        errors = server.stop()
        of_the_worker, of_the_server = (
            errors.count("Uncaught (in respondWith)"),
            errors.count("Exception in"),
        )
        print(f"{'errors':24} {of_the_worker} of the worker, {of_the_server} of the server")
    finally:
        server.process.kill()
        server.process.wait()


# ---- what is done to the server ------------------------------------------------------------------


HTTP_DATA = [GET, GET * 3, STREAM, POST % 100_000 + bytes(50_000), GET[:20]]
SOCKET_DATA = [
    HANDSHAKE,
    HANDSHAKE + MESSAGE * 10,
    HANDSHAKE + MESSAGE[:20],
    HANDSHAKE + b"\x88\x80\0\0\0\0",
]


async def reset_at_random(port: int, count: int, kinds: list[bytes]) -> str:
    """Break off many connections with a reset: in a head, in content, before a response, in a
    response, between requests.
    """
    chance = random.Random(1)
    at_once = asyncio.Semaphore(200)
    answered = 0

    async def break_off() -> None:
        nonlocal answered
        async with at_once:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            data = chance.choice(kinds)
            writer.write(data[: chance.randrange(len(data) + 1)] if chance.random() < 0.3 else data)
            await asyncio.sleep(chance.choice([0, 0, 0.001, 0.01, 0.05]))
            if chance.random() < 0.3:
                try:
                    async with asyncio.timeout(0.05):
                        answered += bool(await reader.read(100))
                except (TimeoutError, ConnectionError):
                    pass
            no_lingering = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, no_lingering
            )
            writer.transport.abort()

    await asyncio.gather(*(break_off() for _ in range(count)))
    return f"{answered} had an answer before"


async def drip_beside_a_load(port: int, count: int) -> str:
    """Open connections that send a byte now and then, and ask as usual beside them."""
    alone = await usual_latency(port, 2.0)
    dripping = [asyncio.ensure_future(drip(port)) for _ in range(count)]
    beside = await usual_latency(port, HEAD_TIMEOUT + 2)
    answers = await asyncio.gather(*dripping)
    return (
        f"{sum(answer.startswith(b'HTTP/1.1 408 ') for answer in answers)} were told 408;"
        f" others waited {beside * 1000:.2f} ms, {alone * 1000:.2f} ms without them"
    )


async def drip(port: int) -> bytes:
    """Send a head that never ends; what the server says to that."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    # not to the end: a byte that comes too late is answered with a reset
    reading = asyncio.ensure_future(reader.read(100))
    writer.write(b"GET / HTTP/1.1\r\nX: ")
    while not reading.done():
        writer.write(b"a")
        await asyncio.wait([reading], timeout=0.25)
    writer.close()
    return await reading


async def usual_latency(port: int, seconds: float) -> float:
    """Ask over eight connections for a while; the median time to an answer, in seconds."""
    end = perf_counter() + seconds
    latencies: list[float] = []

    async def ask() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while perf_counter() < end:
            start = perf_counter()
            writer.write(GET)
            await reader.readuntil(b"Hello World")
            latencies.append(perf_counter() - start)
            await asyncio.sleep(0.002)
        writer.close()

    await asyncio.gather(*(ask() for _ in range(8)))
    return median(latencies)


async def upload(port: int, size: int) -> str:
    """Send a lot to a worker that takes its time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(POST % size)
    piece = bytes(2**20)
    for _ in range(size // len(piece)):
        writer.write(piece)
        await writer.drain()
    answer = await reader.readuntil(str(size).encode())
    writer.close()
    return answer.partition(b"\r\n")[0].decode()


async def connect_a_socket(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A WebSocket whose opening handshake is done."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HANDSHAKE)
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def open_sockets(server: Server, count: int) -> str:
    """Open many WebSockets and leave them alone; what each of them takes."""
    before = server.usage()
    sockets = [await connect_a_socket(server.port) for _ in range(count)]
    during = server.usage()
    for _, writer in sockets:
        writer.close()
    return (
        f"{(during.memory - before.memory) / count / 1024:.1f} KiB and "
        f"{(during.tasks - before.tasks) / count:.2f} tasks each"
    )


async def echo_messages(port: int, count: int) -> str:
    """Send many messages over one WebSocket, 100 at once."""
    reader, writer = await connect_a_socket(port)
    for _ in range(count // 100):
        writer.write(MESSAGE * 100)
        await reader.readexactly(34 * 100)
    writer.close()
    return "all came back"


async def flood_beside_a_load(port: int, beginning: bytes, flood: bytes) -> str:
    """Send what should not get far, as fast as it goes, and ask as usual beside that."""
    alone = await usual_latency(port, 1.0)
    _, writer = await connect_a_socket(port)
    writer.write(beginning)

    async def send() -> int:
        sent = 0
        try:
            while True:
                writer.write(flood)
                await writer.drain()
                sent += len(flood)
                await asyncio.sleep(0)
        except (ConnectionError, asyncio.CancelledError):
            return sent

    sending = asyncio.ensure_future(send())
    beside = await usual_latency(port, 4.0)
    end = "the server ended it" if sending.done() else "it went on"
    sending.cancel()
    sent = await sending
    writer.transport.abort()
    return (
        f"{sent / 2**20:.1f} MiB were taken, {end}; others waited {beside * 1000:.2f} ms, "
        f"{alone * 1000:.2f} ms without"
    )


# ---- the server ----------------------------------------------------------------------------------


class Server:
    """The process that serves and, whenever it is asked, says what it has."""

    def __init__(self) -> None:
        self.errors = TemporaryFile("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-P", __file__, "serve"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
        )  # fmt: skip
        self.port = int(self._read_line())

    def _read_line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def stop(self) -> str:
        """End the process; what it has written of errors."""
        self.process.terminate()
        self.process.communicate()
        self.errors.seek(0)
        return self.errors.read()

    def usage(self) -> Usage:
        """What it has now."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return Usage(*json.loads(self._read_line()))

    @contextmanager
    def watched(self) -> Iterator[list[Usage]]:
        """What it has from time to time."""
        seen = [self.usage()]
        is_over = threading.Event()

        def watch() -> None:
            while not is_over.wait(0.1):
                seen.append(self.usage())

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield seen
        finally:
            is_over.set()
            watcher.join()

    def usage_at_rest(self) -> Usage:
        """What it has when it has no connections any more; after ten seconds, what it has all the
        same.
        """
        end = perf_counter() + 10
        while (usage := self.usage()).connections and perf_counter() < end:
            threading.Event().wait(0.1)
        return usage


def serve() -> None:
    """Be the server."""
    sys.path.insert(0, str(ROOT / "reference"))
    from worker_runtime.host.network import TCPAddress
    from worker_runtime.runtime.runtime import Runtime
    from worker_runtime.server.answering import request_handler
    from worker_runtime.server.config import Config
    from worker_runtime.server.listener import Listener
    from worker_runtime.server.service import Service

    async def run() -> None:
        loop = asyncio.get_running_loop()
        with TemporaryDirectory() as folder:
            worker = Path(folder, "worker.py")
            worker.write_text(WORKER, "utf-8")
            handler = request_handler(await Runtime().start(worker), None)
        config = Config(head_timeout=HEAD_TIMEOUT, connections=20_000)
        listener = Listener(Service(handler, config))
        [address] = await listener.listen(TCPAddress("127.0.0.1", 0))
        assert isinstance(address, TCPAddress)
        url = f"http://localhost:{address.port}/"

        async def usage() -> Usage:
            gc.collect()
            memory = int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf(
                "SC_PAGE_SIZE"
            )
            tasks = len(asyncio.all_tasks()) - 1
            return Usage(listener._number, tasks, len(os.listdir("/proc/self/fd")), memory)

        def answer() -> None:
            for _ in sys.stdin:
                print(
                    json.dumps(asyncio.run_coroutine_threadsafe(usage(), loop).result()), flush=True
                )

        print(url.rstrip("/").rpartition(":")[2], flush=True)
        threading.Thread(target=answer, daemon=True).start()
        await asyncio.Event().wait()

    asyncio.run(run())


if __name__ == "__main__":
    serve()
