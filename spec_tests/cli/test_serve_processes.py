"""The command `serve`, in processes of its own."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spec_tests.server.processes import IMPATIENT, ServeProcess, serving

HEAD = "from worker_runtime import Response\n"


WORKER = HEAD + "import os\nfetch = lambda request, env, ctx: Response(f'{} {{os.getpid()}}')\n"


needs_processes = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no processes that inherit sockets"
)


def until(condition: Callable[[], bool]) -> bool:
    """Whether something comes true within half a minute."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def is_alive(process_id: int) -> bool:
    """Whether a process runs: one that has ended, and whose new parent has not looked at it, does
    not.
    """
    try:
        os.kill(process_id, 0)
        status = Path(f"/proc/{process_id}/stat").read_text() if Path("/proc/self").exists() else ""
    except (ProcessLookupError, FileNotFoundError):
        return False
    return not status.rpartition(") ")[2].startswith("Z")


@needs_processes
class TestReload:
    @pytest.fixture
    def worker(self, tmp_path: Path) -> Path:
        (tmp_path / "helper.py").write_text("text = 'old'\n")
        (tmp_path / "w.py").write_text(
            HEAD + "import helper\nfetch = lambda request, env, ctx: Response(helper.text)\n"
        )
        return tmp_path / "w.py"

    def test_a_module_that_is_broken_and_mended_is_reloaded(self, worker: Path) -> None:
        helper = worker.parent / "helper.py"
        with serving(worker, "--reload") as server:
            assert server.request() == (200, "old")
            helper.write_text("text = \n")
            assert server.process.stderr is not None
            assert any("The version before goes on" in line for line in server.process.stderr)
            assert server.request() == (200, "old")
            # Python takes bytecode of the same second for that of a file of the same length.
            helper.write_text("text = 'mended'\n")
            assert until(lambda: server.request() == (200, "mended"))

    def test_a_first_version_that_is_broken_is_a_500_until_it_is_mended(self, worker: Path) -> None:
        text = worker.read_text()
        worker.write_text("raise SystemExit(3)\n")
        with serving(worker, "--reload") as server:
            assert server.request()[0] == 500
            worker.write_text(text)
            assert until(lambda: server.request() == (200, "old"))

    def test_a_version_that_hangs_gives_way_to_the_next(self, worker: Path) -> None:
        text = worker.read_text()
        with serving(worker, "--reload") as server:
            hangs = worker.parent / "hangs"
            hanging = (
                f"import pathlib, time\npathlib.Path({str(hangs)!r}).touch()\ntime.sleep(1000)\n"
            )
            worker.write_text(hanging)
            assert until(hangs.exists)
            worker.write_text(text.replace("helper.text", "'mended'"))
            assert until(lambda: server.request() == (200, "mended"))
            hangs.unlink()
            worker.write_text(hanging)
            assert until(hangs.exists)
            assert server.stop()[0] == 0

    def test_a_request_that_goes_on_ends_in_its_own_version(self, worker: Path) -> None:
        worker.write_text(
            HEAD + "import asyncio, pathlib\n"
            "async def fetch(request, env, ctx):\n"
            "    while 'slow' in request.url and not pathlib.Path(env.GO).exists():\n"
            "        await asyncio.sleep(0.01)\n"
            "    return Response('first')\n"
        )
        go = worker.parent / "go"
        with serving(worker, "--reload", "--env", f"GO={go}") as server:
            host, _, port = server.url.removeprefix("http://").rstrip("/").rpartition(":")
            with socket.create_connection((host, int(port)), 30) as slow:
                slow.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                time.sleep(0.2)
                worker.write_text(HEAD + "fetch = lambda request, env, ctx: Response('second')\n")
                assert server.process.stderr is not None
                assert any("is reloaded" in line for line in server.process.stderr)
                assert until(lambda: server.request() == (200, "second"))
                go.touch()
                answer = b"".join(iter(lambda: slow.recv(4096), b""))
                assert answer.endswith(b"first")


@needs_processes
class TestWorkers:
    def test_processes_share_the_port_and_end_together(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(WORKER.format("hello"))
        with serving(tmp_path / "w.py", "--workers", "2", "--log", "off") as server:
            seen: set[int] = set()

            def both_answer() -> bool:
                status, text = server.request()
                assert status == 200
                seen.add(int(text.split()[1]))
                return len(seen) == 2

            assert until(both_answer)
            status, _, _ = server.stop()
        assert status == 0
        assert not any(map(is_alive, seen))

    def test_each_has_its_share_of_the_connections(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(WORKER.format("hello"))
        with serving(tmp_path / "w.py", "--workers", "2", "--log", "off") as server:
            port = int(server.url.rstrip("/").rpartition(":")[2])
            clients, seen = list[http.client.HTTPConnection](), list[bytes]()
            for _ in range(12):
                client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                client.request("GET", "/")
                seen.append(client.getresponse().read())
                clients.append(client)
            for client in clients:
                client.close()
        assert sorted(map(seen.count, set(seen)))[0] >= 3

    def test_one_that_dies_is_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(WORKER.format("hello"))
        arguments = ("--workers", "2", "--log", "off")
        with serving(tmp_path / "w.py", *arguments, command=IMPATIENT) as server:
            killed = int(server.request()[1].split()[1])
            os.kill(killed, signal.SIGKILL)
            seen: set[str] = set()

            def others_answer() -> bool:
                seen.add(server.request()[1])
                return len(seen - {f"hello {killed}"}) == 2

            assert until(others_answer)

    def test_they_end_with_their_supervisor(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(WORKER.format("hello"))
        with serving(tmp_path / "w.py", "--workers", "2", "--log", "off") as server:
            process_id = int(server.request()[1].split()[1])
            server.process.kill()
            server.process.wait()
            assert until(lambda: not is_alive(process_id))

    def test_one_that_is_busy_ends_with_its_supervisor_too(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(
            "from worker_runtime import Response\nimport os\n"
            "def fetch(request):\n"
            "    while 'busy' in request.url: pass\n"
            "    return Response(str(os.getpid()))\n"
        )
        arguments = ("--workers", "2", "--drain-timeout", "0.1", "--log", "off")
        with serving(tmp_path / "w.py", *arguments, command=IMPATIENT) as server:
            seen: set[int] = set()
            while len(seen) < 2:
                seen.add(int(server.request()[1]))
            host, _, port = server.url.removeprefix("http://").rstrip("/").rpartition(":")
            with socket.create_connection((host, int(port)), 30) as client:
                client.sendall(b"GET /busy HTTP/1.1\r\nHost: x\r\n\r\n")
                time.sleep(0.2)
                server.process.kill()
                server.process.wait()
                assert until(lambda: not any(map(is_alive, seen)))

    def test_a_worker_that_does_not_start_ends_it(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text("1/0")
        with serving(tmp_path / "w.py", "--workers", "2") as server:
            assert server.process.wait(30) == 1
            assert server.process.stderr is not None
            assert "ZeroDivisionError" in server.process.stderr.read()

    def test_what_is_stored_is_seen_by_all(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(
            HEAD + "from worker_runtime import caches\n"
            "async def fetch(request, env, ctx):\n"
            "    cache = await caches.open('c')\n"
            "    await cache.put(request.url, Response('x'))\n"
            "    return Response(str(len(await cache.keys())))\n"
        )
        arguments = ("--workers", "2", "--storage", tmp_path / "storage", "--log", "off")
        with serving(tmp_path / "w.py", *arguments) as server:
            counts = [int(server.request(f"{number}")[1]) for number in range(20)]
        assert counts == list(range(1, 21))


@needs_processes
class TestKV:
    WORKER = (
        HEAD
        + """
async def fetch(request, env, ctx):
    key = request.url.rpartition("/")[2]
    number = int(await env.COUNTS.get(key) or 0) + 1
    await env.COUNTS.put(key, number)
    return Response(f"{number} {await env.OTHER.get(key)}")
"""
    )

    def test_all_processes_see_the_same_and_it_stays(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(self.WORKER)
        arguments = ("--kv", "COUNTS", "--kv", "OTHER", "--storage", tmp_path / "s", "--log", "off")
        with serving(tmp_path / "w.py", *arguments, "--workers", "2") as server:
            answers = [server.request("a")[1] for _ in range(10)]
        with serving(tmp_path / "w.py", *arguments) as server:
            answers += [server.request("a")[1], server.request("b")[1]]
        assert answers == [f"{number} None" for number in [*range(1, 12), 1]]


@needs_processes
class TestScopesOfSeveralProcesses:
    """They share what scopes of one process share."""

    WORKER = (
        HEAD
        + """
import asyncio, os
from worker_runtime import BroadcastChannel, navigator
me, held = os.getpid(), []
def hold(mode):
    async def callback(lock):
        if lock is None:
            return "not available"
        held.append(lock)
        await asyncio.Event().wait()
    return callback
heard = []
channel = BroadcastChannel("news")
channel.onmessage = lambda event: heard.append(event.data)
async def fetch(request, env, ctx):
    command = request.url.rpartition("/")[2]
    if command == "say":
        channel.postMessage({"from": me, "text": (1, b"2")})
    elif command == "hold":
        ctx.waitUntil(navigator.locks.request("a", hold("exclusive")))
        while not held:
            await asyncio.sleep(0.001)
    elif command == "try":
        return Response(f"{me} {await navigator.locks.request('a', hold(''), ifAvailable=True)}")
    elif command == "get":
        await navigator.locks.request("a", lambda lock: None)
    return Response(f"{me} {len(held)} {heard}")
"""
    )

    def ask(self, server: ServeProcess, command: str, but: str = "") -> tuple[str, str]:
        """A process that is not that one, and what it says."""
        while True:
            process, _, text = server.request(command)[1].partition(" ")
            if process != but:
                return process, text

    @pytest.mark.parametrize("has_storage", [False, True])
    def test_channels_and_locks(self, has_storage: bool, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(self.WORKER)
        storage = ("--storage", tmp_path / "s") if has_storage else ()
        arguments = (tmp_path / "w.py", "--workers", "2", "--log", "off", *storage)
        with serving(*arguments) as server:
            speaker, _ = self.ask(server, "say")
            said = f"0 [{{'from': {speaker}, 'text': (1, b'2')}}]"
            assert until(lambda: self.ask(server, "who", but=speaker)[1] == said)
            holder, _ = self.ask(server, "hold")
            assert self.ask(server, "try", but=holder)[1] == "not available"
            os.kill(int(holder), signal.SIGKILL)
            begin = time.monotonic()
            assert int(self.ask(server, "get", but=holder)[0]) > 0
            assert time.monotonic() - begin < 3  # a lease in a storage would last for 6 seconds


DURABLE = (
    HEAD
    + """
import asyncio, fcntl, os, time
from worker_runtime import DurableObject, URL

def note(*words):
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(" ".join(map(str, (time.monotonic_ns(), os.getpid(), *words))) + "\\n")

class Counter(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.lock = open(os.environ["NOTES"] + "." + ctx.id.name, "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # it lives as long as this instance
        note("begin", ctx.id.name)
    async def increment(self):
        count = (await self.ctx.storage.get("count") or 0) + 1
        self.ctx.storage.put("count", count)
        return count
    async def slow(self):
        note("slow", self.ctx.id.name)
        await asyncio.sleep(1)
        return os.getpid()
    async def set(self, seconds):
        self.ctx.storage.setAlarm(time.time() * 1000 + seconds * 1000)
        return 0
    async def alarm(self):
        note("alarm", self.ctx.id.name)
    async def fetch(self, request):
        return Response(request.body, headers={"process": str(os.getpid())})

async def fetch(request, env, ctx):
    url = URL(request.url)
    stub = env.COUNTER.getByName(url.searchParams.get("name") or "a")
    match url.pathname.rpartition("/")[2]:
        case "increment":
            try:
                return Response(f"{os.getpid()} {await stub.increment()}")
            except Exception as error:
                return Response(f"{error} {error.retryable}", status=503)
        case "set":
            return Response(str(await stub.set(float(url.searchParams.get("in")))))
        case "echo":
            return await stub.fetch(request)
        case "slow":
            return Response(f"{os.getpid()} {await stub.slow()}")
    return Response(str(os.getpid()))
"""
)


@pytest.fixture(scope="class")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("durable")


@pytest.fixture(scope="class")
def server(folder: Path) -> Iterator[ServeProcess]:
    (folder / "w.py").write_text(DURABLE)
    arguments = ("--durable", "COUNTER=Counter", "--storage", folder / "s", "--log", "off")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("NOTES", str(folder / "notes"))
        with serving(folder / "w.py", "--workers", "2", *arguments) as server:
            yield server


@needs_processes
class TestDurableObjectsOfSeveralProcesses:
    """There is one instance of each, wherever it is called, and whoever dies."""

    def notes(self, folder: Path, what: str, name: str) -> list[list[str]]:
        """Of an object: when, in which process."""
        lines = [line.split() for line in (folder / "notes").read_text().splitlines()]
        return [line for line in lines if line[2:] == [what, name]]

    def clients(self, server: ServeProcess) -> dict[str, http.client.HTTPConnection]:
        """A connection to each process."""
        port = int(server.url.rstrip("/").rpartition(":")[2])
        clients: dict[str, http.client.HTTPConnection] = {}
        more: list[http.client.HTTPConnection] = []  # so that the next one is for the other process

        def both_are_there() -> bool:
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            if clients.setdefault(self.ask(client, "/"), client) is not client:
                more.append(client)
            return len(clients) == 2

        assert until(both_are_there)
        for client in more:
            client.close()
        return clients

    def ask(self, client: http.client.HTTPConnection, path: str, data: bytes | None = None) -> str:
        client.request("GET" if data is None else "POST", path, data)
        return client.getresponse().read().decode()

    def test_all_call_the_same_one(self, server: ServeProcess, folder: Path) -> None:
        clients = self.clients(server)
        for count in range(0, 40, 2):
            for more, (process, client) in enumerate(clients.items()):
                answer = self.ask(client, "/increment?name=all")
                assert answer == f"{process} {count + more + 1}"
        assert len(self.notes(folder, "begin", "all")) == 1
        data = os.urandom(1_000_000).hex()
        for client in clients.values():
            assert self.ask(client, "/echo?name=all", data.encode()) == data
            client.close()

    def test_whose_process_dies_goes_on_in_another(
        self, server: ServeProcess, folder: Path
    ) -> None:
        """No increment that was acknowledged is lost, and none is done twice."""
        acknowledged: list[int] = []
        failures: list[str] = []
        is_over = threading.Event()

        def ask() -> None:
            while not is_over.is_set():
                try:
                    status, text = server.request("increment?name=dies")
                except OSError:  # the process that had the connection
                    continue
                if status == 200:
                    acknowledged.append(int(text.split()[1]))
                else:
                    failures.append(text)

        clients = [threading.Thread(target=ask) for _ in range(4)]
        for client in clients:
            client.start()
        try:
            for round in range(1, 4):
                assert until(lambda: len(acknowledged) > round * 30)
                _, owner, *_ = self.notes(folder, "begin", "dies")[-1]
                os.kill(int(owner), signal.SIGKILL)
                assert until(lambda: len(self.notes(folder, "begin", "dies")) > round)
        finally:
            is_over.set()
            for client in clients:
                client.join()
        assert len(acknowledged) == len(set(acknowledged))
        last = int(server.request("increment?name=dies")[1].split()[1])
        assert last > max(acknowledged)
        assert last - 1 - len(acknowledged) <= 4 * 3  # those of which nobody knows
        assert set(failures) <= {"Network connection lost. True"}

    def test_alarms_ring_though_processes_die(self, server: ServeProcess, folder: Path) -> None:
        names = [f"alarm{number}" for number in range(10)]
        for name in names:
            assert server.request(f"set?name={name}&in=1.5") == (200, "0")
        _, first, *_ = self.notes(folder, "begin", names[0])[0]
        os.kill(int(first), signal.SIGKILL)
        assert until(lambda: all(self.notes(folder, "alarm", name) for name in names))

    def test_what_goes_on_in_another_process_is_waited_for(
        self, server: ServeProcess, folder: Path
    ) -> None:
        clients = self.clients(server)
        (owner, client), (other, another_client) = clients.items()
        assert self.ask(client, "/increment?name=slow") == f"{owner} 1"
        another_client.request("GET", "/slow?name=slow")
        assert until(lambda: len(self.notes(folder, "slow", "slow")) == 1)
        assert server.stop()[0] == 0
        assert another_client.getresponse().read().decode() == f"{other} {owner}"
        for each in (client, another_client):
            each.close()
