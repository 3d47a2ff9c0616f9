"""Soak: a crowd of clients of which most misbehave, and a server that has few descriptors.

    python3 tools/bench.py soak   # --requests 100000 --descriptors 128 --at-once 48

Clients reset their connections in every state, end their side and read or leave, leave streams on
which nothing comes and handlers that never answer, break off uploads, read slowly, pipeline, and
say nothing at all. Beside them eight clients ask as usual. "left" is what the server has more of
afterwards.
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
from collections import Counter
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory, TemporaryFile
from time import perf_counter
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
WORKER = """\
import asyncio
from worker_runtime import Response, URL

async def events():
    yield b"data: 1\\n\\n"
    await asyncio.Event().wait()

async def keep(request, size):
    await request.bytes()

async def fetch(request, env, ctx):
    match URL(request.url).pathname:
        case "/events":
            return Response(events())
        case "/never":
            never = asyncio.get_running_loop().create_future()
            request.signal.addEventListener("abort", lambda event: never.cancel())
            await never
        case "/large":
            return Response(bytes(1_500_000))
        case "/echo":
            return Response(request.body)
        case "/later":
            ctx.waitUntil(request.bytes())
    return Response("Hello World")
"""
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
LARGE = b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n"
LAST = b"\r\nConnection: close\r\n\r\n"
EVENTS = b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n"
NEVER = b"GET /never HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /%s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
CHUNKED = b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
NO_LINGERING = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
USUAL_CLIENTS = 8


class Usage(NamedTuple):
    """What the server has."""

    connections: int
    tasks: int
    files: int
    memory: int  # bytes


def main() -> None:
    """Let the crowd in, and print what is left of it."""
    parser = argparse.ArgumentParser(
        prog="bench.py soak",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--descriptors", type=int, default=128)
    parser.add_argument("--at-once", type=int, default=48)
    options = parser.parse_args()
    server = Server(options.descriptors)
    try:
        asyncio.run(Crowd(server.port).come(2000, options.at_once))  # so that all code has run once
        alone, _ = asyncio.run(Crowd(server.port).ask_as_usual_for(2.0))
        before, start = server.usage_at_rest(), perf_counter()
        crowd = Crowd(server.port)
        latencies = asyncio.run(crowd.come(options.requests, options.at_once))
        seconds, after = perf_counter() - start, server.usage_at_rest()
        print(f"{crowd.requests} requests in {seconds:.0f} s, by what their clients do:")
        for name, count in crowd.kinds.most_common():
            print(f"  {name:32} {count:7}")
        print(
            f"left: connections {after.connections:+}, tasks {after.tasks - before.tasks:+},"
            f" files {after.files - before.files:+},"
            f" memory {(after.memory - before.memory) / 2**20:+.1f} MiB"
        )
        print(
            f"{len(latencies)} usual requests, {crowd.lost} lost: median "
            f"{1000 * median(latencies):.1f} ms ({1000 * median(alone):.1f} ms alone), 99.9 % in "
            f"{1000 * quantiles(latencies, n=1000)[-1]:.0f} ms, all in "
            f"{1000 * max(latencies):.0f} ms"
        )
        errors = server.stop()
        print(f"{errors.count(chr(10))} lines of errors, {errors.count('Traceback')} tracebacks")
        print(errors[-2000:], end="")
    finally:
        server.process.kill()
        server.process.wait()


# ---- the crowd -----------------------------------------------------------------------------------


class Crowd:
    """Clients of one server, and what they have done."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.requests = self.lost = 0
        self.kinds: Counter[str] = Counter()
        self.chance = random.Random(1)

    async def come(self, count: int, at_once: int) -> list[float]:
        """Send so many requests; the seconds that each of the usual ones took."""
        is_over = asyncio.Event()
        usual = [asyncio.ensure_future(self.ask_as_usual(is_over)) for _ in range(USUAL_CLIENTS)]
        kinds = [
            self.resets, self.resets, self.aborts_an_upload, self.aborts_an_upload,
            self.ends_its_side_and_reads, self.ends_its_side_and_leaves, self.leaves_a_stream,
            self.leaves_a_handler, self.reads_slowly, self.pipelines, self.pipelines,
            self.says_nothing, self.uploads_after_the_answer,
        ]  # fmt: skip

        async def misbehave() -> None:
            while self.requests < count:
                kind = self.chance.choice(kinds)
                self.kinds[kind.__name__.replace("_", " ")] += 1
                try:
                    async with asyncio.timeout(60):
                        await kind()
                except TimeoutError:
                    self.kinds["has waited for a minute"] += 1
                except (OSError, asyncio.IncompleteReadError):
                    pass

        await asyncio.gather(*(misbehave() for _ in range(at_once)))
        is_over.set()
        return [seconds for latencies in await asyncio.gather(*usual) for seconds in latencies]

    async def ask_as_usual_for(self, seconds: float) -> tuple[list[float], int]:
        """The seconds that each usual request took, and how many there were."""
        is_over = asyncio.Event()
        asyncio.get_running_loop().call_later(seconds, is_over.set)
        clients = [self.ask_as_usual(is_over) for _ in range(USUAL_CLIENTS)]
        all_latencies = await asyncio.gather(*clients)
        return [seconds for latencies in all_latencies for seconds in latencies], self.requests

    async def ask_as_usual(self, is_over: asyncio.Event) -> list[float]:
        """Ask over one connection for as long as others misbehave."""
        latencies: list[float] = []
        reader, writer = await self.connect()
        while not is_over.is_set():
            start = perf_counter()
            try:
                writer.write(GET)
                async with asyncio.timeout(30):
                    await reader.readuntil(b"Hello World")
            except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
                self.lost += 1
                writer.close()
                reader, writer = await self.connect()
            latencies.append(perf_counter() - start)
            await asyncio.sleep(0.002)
        writer.close()
        return latencies

    async def connect(self, data: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection on which something has been sent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(data)
        self.requests += data.count(b" HTTP/1.1\r\n")
        return reader, writer

    def reset(self, writer: asyncio.StreamWriter) -> None:
        """Break the connection off."""
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGERING
        )
        writer.transport.abort()

    async def resets(self) -> None:
        upload = POST % (b"echo", 100_000) + bytes(50_000)
        data = self.chance.choice([GET, GET * 3, LARGE, EVENTS, NEVER, upload, CHUNKED, GET[:20]])
        is_part = self.chance.random() < 0.3
        _, writer = await self.connect(
            data[: self.chance.randrange(len(data) + 1)] if is_part else data
        )
        await asyncio.sleep(self.chance.choice([0, 0.001, 0.01]))
        self.reset(writer)

    async def aborts_an_upload(self) -> None:
        data = self.chance.choice([POST % (b"echo", 1000) + b"xx", POST % (b"", 10**6), CHUNKED])
        _, writer = await self.connect(data)
        await asyncio.sleep(self.chance.choice([0, 0.005]))
        writer.close()

    async def ends_its_side_and_reads(self) -> None:
        reader, writer = await self.connect(self.chance.choice([GET, LARGE, GET * 2]))
        writer.write_eof()
        answer = await reader.read()
        assert answer.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 503 ")), answer[:100]
        writer.close()

    async def ends_its_side_and_leaves(self) -> None:
        _, writer = await self.connect(self.chance.choice([GET, NEVER, EVENTS, LARGE]))
        writer.write_eof()
        await asyncio.sleep(0.005)
        writer.close()

    async def leaves_a_stream(self) -> None:
        reader, writer = await self.connect(EVENTS)
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async def leaves_a_handler(self) -> None:
        _, writer = await self.connect(NEVER)
        await asyncio.sleep(0.005)
        writer.close()

    async def reads_slowly(self) -> None:
        reader, writer = await self.connect(LARGE.replace(b"\r\n\r\n", LAST))
        while await reader.read(65_536) and self.chance.random() > 0.05:
            await asyncio.sleep(0.003)
        self.reset(writer)

    async def pipelines(self) -> None:
        reader, writer = await self.connect(GET * 50)
        for _ in range(50):
            await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async def says_nothing(self) -> None:
        _, writer = await self.connect()
        await asyncio.sleep(0.02)
        writer.close()

    async def uploads_after_the_answer(self) -> None:
        reader, writer = await self.connect(POST % (b"later", 20_000))
        await reader.readuntil(b"\r\n\r\n")
        writer.write(bytes(20_000))
        writer.close()


# ---- the server ----------------------------------------------------------------------------------


class Server:
    """The process that serves and, whenever it is asked, says what it has."""

    def __init__(self, descriptors: int) -> None:
        self.errors = TemporaryFile("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-P", __file__, "serve", str(descriptors)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None and self.process.stdin is not None
        self.output, self.input = self.process.stdout, self.process.stdin
        self.port = int(self.output.readline())

    def stop(self) -> str:
        """End the process; what it has written of errors."""
        self.process.terminate()
        self.process.communicate()
        self.errors.seek(0)
        return self.errors.read()

    def usage_at_rest(self) -> Usage:
        """What it has when it has no connections any more; after twenty seconds, what it has all
        the same.
        """
        end = perf_counter() + 20
        while True:
            self.input.write("\n")
            self.input.flush()
            usage = Usage(*json.loads(self.output.readline()))
            if not usage.connections or perf_counter() > end:
                return usage
            threading.Event().wait(0.2)


def serve(descriptors: int) -> None:
    """Be the server."""
    sys.path.insert(0, str(ROOT / "reference"))
    import resource

    from worker_runtime.host.network import TCPAddress
    from worker_runtime.runtime.runtime import Runtime
    from worker_runtime.server.answering import request_handler
    from worker_runtime.server.config import Config
    from worker_runtime.server.listener import Listener
    from worker_runtime.server.service import Service

    resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

    async def run() -> None:
        loop = asyncio.get_running_loop()
        with TemporaryDirectory() as folder:
            worker = Path(folder, "worker.py")
            worker.write_text(WORKER, "utf-8")
            handler = request_handler(await Runtime().start(worker), None)
        config = Config(half_close_timeout=0.5, head_timeout=5.0)
        listener = Listener(Service(handler, config))
        [address] = await listener.listen(TCPAddress("127.0.0.1", 0))
        assert isinstance(address, TCPAddress)

        async def usage() -> Usage:
            gc.collect()
            pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
            memory = pages * os.sysconf("SC_PAGE_SIZE")
            tasks = len(asyncio.all_tasks()) - 1
            files = len(os.listdir("/proc/self/fd"))
            return Usage(listener._number, tasks, files, memory)

        def answer() -> None:
            for _ in sys.stdin:
                result = asyncio.run_coroutine_threadsafe(usage(), loop).result()
                print(json.dumps(result), flush=True)

        print(address.port, flush=True)
        threading.Thread(target=answer, daemon=True).start()
        await asyncio.Event().wait()

    asyncio.run(run())


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]))
    else:
        main()
