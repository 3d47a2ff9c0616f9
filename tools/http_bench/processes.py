"""Processes: a server under load, and what it and its children use."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from .calls import Calls

SERVERS = Path(__file__).with_name("servers.py")


class Kind(NamedTuple):
    """How a kind of server is started, and whether it parses forms."""

    title: str
    command: tuple[str, ...]
    options: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    has_forms: bool = True


def kinds(peers: str | None) -> dict[str, Kind]:
    """Ours, bare streams, and the peers that are found: those of the Python named, and node."""
    own = (sys.executable, "-P", str(SERVERS))
    found = {
        "bare": Kind("bare asyncio streams", (*own, "bare")),
        "ours": Kind("Worker Runtime", (*own, "ours")),
    }
    if peers is not None:
        python = (peers, "-P", str(SERVERS))
        uvicorn = "uvicorn, httptools, uvloop"
        pure = (("AIOHTTP_NO_EXTENSIONS", "1"),)
        for name, needed, kind in (
            (
                "uvicorn-h11",
                "uvicorn h11",
                Kind("uvicorn, h11", (*python, "uvicorn-h11"), has_forms=False),
            ),
            (
                "uvicorn",
                "uvicorn httptools uvloop",
                Kind(uvicorn, (*python, "uvicorn-httptools"), ("uvloop",), has_forms=False),
            ),
            (
                "starlette",
                "uvicorn httptools uvloop starlette",
                Kind("Starlette on that", (*python, "starlette"), ("uvloop",)),
            ),
            ("aiohttp", "aiohttp", Kind("aiohttp, C parser", (*python, "aiohttp"))),
            (
                "aiohttp-pure",
                "aiohttp",
                Kind("aiohttp, pure Python", (*python, "aiohttp"), (), pure),
            ),
        ):
            if has_modules(peers, needed.split()):
                found[name] = kind
    if node := shutil.which("node"):
        found["node"] = Kind("node", (node, str(SERVERS.with_name("node_server.mjs"))))
    return found


def has_modules(python: str, names: list[str]) -> bool:
    """Whether a Python has them all."""
    command = [python, "-c", "import " + ", ".join(names)]
    return subprocess.run(command, capture_output=True).returncode == 0


class Server:
    """A process that serves a scenario."""

    def __init__(self, kind: Kind, scenario: str) -> None:
        self._process = subprocess.Popen(
            [*kind.command, scenario, *kind.options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # several complain of clients that leave
            text=True,
            env=os.environ | dict(kind.environment),
        )
        self.port = int(self._read_line())

    def _read_line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def _ask(self, question: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(question + "\n")
        self._process.stdin.flush()
        return self._read_line()

    def begin_to_count(self) -> None:
        """Count calls from now on."""
        self._ask("count")

    def counted(self, requests: int) -> Calls:
        """The calls of each of so many requests."""
        return Calls(**json.loads(self._ask(f"counted {requests}")))

    def cpu_seconds(self) -> float:
        """CPU time of the process and of its children."""
        return sum(map(cpu_seconds, family(self._process.pid)))

    def memory(self) -> int:
        """Bytes of physical memory that they have."""
        return sum(map(resident_bytes, family(self._process.pid)))

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def running(kind: Kind, scenario: str) -> Iterator[Server]:
    """A server that ends with the block."""
    server = Server(kind, scenario)
    try:
        yield server
    finally:
        server.stop()


# ---- what Linux knows of a process ---------------------------------------------------------------


def family(pid: int) -> list[int]:
    """A process and those that it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [pid, *(member for child in children for member in family(int(child)))]


def cpu_seconds(pid: int) -> float:
    """Time on a CPU, of all threads."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return (
        sum(int((thread / "schedstat").read_text("ascii").split()[0]) for thread in threads) / 1e9
    )


def resident_bytes(pid: int) -> int:
    """Physical memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
