"""Clients: they ask over many connections, one request at a time on each, and sleep while there is
nothing to read.
"""

from __future__ import annotations

import re
import selectors
import shutil
import socket
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

from .scenarios import Scenario


class Load(NamedTuple):
    """What came out of one round: latencies are seconds."""

    requests: int
    requests_per_second: float
    p50: float
    p99: float


def put_under_load(port: int, scenario: Scenario, connections: int, count: int) -> Load:
    """Ask exactly so often."""
    selector = selectors.DefaultSelector()
    exchanges = [_Exchange(port, scenario, start) for start in range(connections)]
    for exchange in exchanges:
        selector.register(exchange.socket, selectors.EVENT_READ, exchange)
    latencies: list[float] = []
    start = perf_counter()
    for exchange in exchanges[:count]:
        exchange.send()
    sent = min(count, connections)
    while len(latencies) < count:
        for key, _ in selector.select():
            latency = key.data.receive()
            if latency is not None:
                latencies.append(latency)
                if sent < count:
                    key.data.send()
                    sent += 1
    seconds = perf_counter() - start
    for exchange in exchanges:
        exchange.socket.close()
    selector.close()
    latencies.sort()
    return Load(count, count / seconds, latencies[count // 2], latencies[count * 99 // 100])


class _Exchange:
    """A connection, and the request on it that waits for its response."""

    def __init__(self, port: int, scenario: Scenario, start: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests = scenario.requests
        self._next = start
        self._sent_at = 0.0
        self._head = b""
        self._left = 0  # of the content; where it is chunked, whatever comes before its last chunk
        self._end = b""  # of what has come, where the content is chunked

    def send(self) -> None:
        """Ask the next question."""
        self._head = b""
        self._sent_at = perf_counter()
        self.socket.sendall(self._requests[self._next % len(self._requests)])
        self._next += 1

    def receive(self) -> float | None:
        """Take what has come; returns how long the response took when it is complete."""
        data = self.socket.recv(256 * 1024)
        if not data:
            raise SystemExit("The server has ended a connection")
        if not self._head.endswith(b"\r\n\r\n"):
            head, separator, data = (self._head + data).partition(b"\r\n\r\n")
            self._head = head + separator
            if not separator:
                return None
            if not head.startswith(b"HTTP/1.1 200 "):
                raise SystemExit(f"The server has answered {head[:80]!r}")
            length = re.search(rb"(?i)\r\ncontent-length: *([0-9]+)", head)
            self._left = int(length[1]) if length else -1
            self._end = b""
        if self._left >= 0:
            self._left -= len(data)
            is_complete = self._left == 0
        else:
            self._end = (self._end + data)[-7:]
            is_complete = self._end.endswith(b"\r\n0\r\n\r\n") or self._end == b"0\r\n\r\n"
        return perf_counter() - self._sent_at if is_complete else None


def put_under_load_by_wrk(port: int, scenario: Scenario, connections: int, seconds: int) -> Load:
    """Ask for so long, with wrk, which is found on the path."""
    requests = ",".join(map(lua_string, scenario.requests))
    script = (
        "local requests = {%s}\nlocal next = 0\n"
        "function request()\n  next = next %% #requests + 1\n  return requests[next]\nend\n"
        "function done(summary, latency)\n  io.write(string.format('done %%d %%d %%d %%d %%d\\n',"
        " summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),"
        " summary.errors.status + summary.errors.read + summary.errors.timeout))\nend\n" % requests
    )
    with TemporaryDirectory() as folder:
        file = Path(folder, "requests.lua")
        file.write_text(script, "ascii")
        output = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(file),
             f"http://127.0.0.1:{port}/"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    count, microseconds, p50, p99, failures = map(int, output.rpartition("done ")[2].split())
    if failures:
        raise SystemExit(f"{failures} requests have failed")
    return Load(count, count / microseconds * 1e6, p50 / 1e6, p99 / 1e6)


def lua_string(data: bytes) -> str:
    """Bytes as Lua writes them."""
    return '"%s"' % "".join(f"\\{byte:03}" for byte in data)


def has_wrk() -> bool:
    """Whether wrk is there."""
    return shutil.which("wrk") is not None
