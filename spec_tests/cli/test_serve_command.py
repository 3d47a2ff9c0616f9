"""The command `serve`, in processes of its own."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
import time
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from spec_tests.server.processes import ServeProcess, serving
from worker_runtime.cli.main import main
from worker_runtime.cli.serve_command import kv_binding, shown, url_of
from worker_runtime.host.network import TCPAddress, UnixAddress

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
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


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
            helper.write_text("text = 'new'\n")
            assert until(lambda: server.request() == (200, "new"))

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
            worker.write_text("import time\ntime.sleep(1000)\n")
            time.sleep(1)
            worker.write_text(text.replace("helper.text", "'mended'"))
            assert until(lambda: server.request() == (200, "mended"))
            worker.write_text("import time\ntime.sleep(1000)\n")
            time.sleep(1)
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

    def test_one_that_dies_is_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(WORKER.format("hello"))
        with serving(tmp_path / "w.py", "--workers", "2", "--log", "off") as server:
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
        with serving(tmp_path / "w.py", *arguments) as server:
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

    def test_a_name_is_that_of_a_member(self) -> None:
        assert kv_binding("COUNTS")[0] == "COUNTS"
        with pytest.raises(ArgumentTypeError, match="member of `env`"):
            kv_binding("a b")


@needs_processes
class TestStorageQuota:
    def test_it_is_that_of_the_worker(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(
            HEAD + "from worker_runtime import kvStorage, navigator\n"
            "async def fetch(request, env, ctx):\n"
            "    try:\n"
            "        await kvStorage.set('a', bytes(2000))\n"
            "    except Exception as error:\n"
            "        name = error.name\n"
            "    return Response(f'{name} {(await navigator.storage.estimate()).quota}')\n"
        )
        with serving(tmp_path / "w.py", "--storage-quota", "1000", "--log", "off") as server:
            assert server.request("")[1] == "QuotaExceededError 1000"


REACHES_OUT = """
import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor

from worker_runtime import Response, fetch as get, WebSocket

URL = "http://other.example/"


async def outcome(url=URL):
    try:
        return str((await get(url)).status)
    except TypeError as error:
        return str(error)


def outcome_in_a_loop_of_its_own():
    return asyncio.run(outcome())


def outcome_of_a_thread():
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(outcome_in_a_loop_of_its_own()))
    thread.start()
    thread.join()
    return outcomes[0]


async def outcome_of_a_web_socket():
    socket = WebSocket("ws://other.example/")
    closed = asyncio.get_running_loop().create_future()
    socket.onclose = closed.set_result
    return "refused" if (await closed).code == 1006 else "connected"


WHEN_LOADED = outcome_of_a_thread()


async def fetch(request, env, ctx):
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as pool:
        outcomes = [
            WHEN_LOADED,
            await outcome(),
            await outcome_of_a_web_socket(),
            await loop.create_task(outcome(), context=contextvars.Context()),
            await contextvars.Context().run(get, URL).then(lambda _: "connected", str),
            await asyncio.to_thread(outcome_in_a_loop_of_its_own),
            await loop.run_in_executor(None, outcome_in_a_loop_of_its_own),
            await loop.run_in_executor(pool, outcome_of_a_thread),
        ]
    return Response("\\n".join(outcomes))
"""


class TestAllowedHosts:
    def test_hold_for_each_thread_and_context_of_the_worker(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(REACHES_OUT)
        with serving(tmp_path / "w.py", "--allow-net", "a.example") as server:
            status, text = server.request()
            _, _, errors = server.stop()
        refused = "other.example:80 is not among the hosts that this worker may reach"
        outcomes = text.split("\n")
        assert status == 200 and len(outcomes) == 8 and outcomes.pop(2) == "refused"
        assert [text for text in outcomes if refused not in text] == []
        assert refused in errors  # which is about the WebSocket


class TestAddresses:
    @pytest.mark.parametrize(
        "address, text, url",
        [(TCPAddress("127.0.0.1", 80), "127.0.0.1:80", "http://localhost:80/"),
         (TCPAddress("::1", 80), "[::1]:80", "http://localhost:80/"),
         (TCPAddress("2001:db8::1", 80), "[2001:db8::1]:80", "http://[2001:db8::1]:80/"),
         (UnixAddress("/run/s"), "/run/s", "http://localhost/")],
    )  # fmt: skip
    def test_are_shown_as_people_write_them(
        self, address: TCPAddress | UnixAddress, text: str, url: str
    ) -> None:
        assert (shown(address), url_of(address, None)) == (text, url)

    def test_no_host_is_every_interface(self) -> None:
        assert shown(TCPAddress("", 80)) == "*:80"


@needs_processes
class TestUnixSockets:
    def test_a_second_server_is_refused_and_the_first_keeps_its_file(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(WORKER.format("hello"))
        path = tmp_path / "s"
        with serving(tmp_path / "w.py", "--unix", path):
            with serving(tmp_path / "w.py", "--unix", path) as second:
                assert second.process.wait(30) == 1
                assert second.process.stderr is not None
                assert "Address already in use" in second.process.stderr.read()
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(path))

    def test_what_a_killed_server_left_behind_is_no_hindrance(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(WORKER.format("hello"))
        path = tmp_path / "s"
        with serving(tmp_path / "w.py", "--unix", path) as killed:
            killed.process.kill()
            killed.process.wait()
        with serving(tmp_path / "w.py", "--unix", path), socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))

    def test_it_removes_its_own_file_only(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(WORKER.format("hello"))
        path = tmp_path / "s"
        with serving(tmp_path / "w.py", "--unix", path) as first:
            path.unlink()
            with serving(tmp_path / "w.py", "--unix", path):
                assert first.stop()[0] == 0
                assert path.exists()


STUBBORN = """
import asyncio
from worker_runtime import Response, URL
async def fetch(request, env, ctx):
    match URL(request.url).pathname:
        case "/never":
            await asyncio.Event().wait()
        case "/finally":
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(60)
        case "/ignores":
            while True:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    pass
        case "/thread":
            await asyncio.to_thread(__import__("time").sleep, 60)
        case "/exit":
            raise SystemExit(4)
        case "/exit-later":
            await asyncio.sleep(0)
            raise SystemExit(4)
        case "/exit-in-the-body":
            return Response(chunks())
        case "/itself":
            asyncio.current_task().cancel()
            await asyncio.sleep(0)
    return Response("hello")
async def chunks():
    yield b"begin"
    await asyncio.sleep(0)
    raise SystemExit(4)
"""


class TestTheEnd:
    """It comes, whatever a worker does."""

    @pytest.mark.parametrize("path", ["never", "finally", "ignores", "thread"])
    def test_a_request_that_does_not_end_is_ended(self, path: str, tmp_path: Path) -> None:
        (tmp_path / "worker.py").write_text(STUBBORN)
        with serving(tmp_path / "worker.py", "--drain-timeout", "0.1") as process:
            with self.client(process, path):
                status, _, errors = process.stop()
        assert status == 0
        assert "Waiting for 1 request to end; Ctrl-C again stops now" in errors

    def test_a_second_signal_ends_at_once(self, tmp_path: Path) -> None:
        (tmp_path / "worker.py").write_text(STUBBORN)
        with serving(tmp_path / "worker.py") as process, self.client(process, "never"):
            process.process.send_signal(signal.SIGINT)
            assert process.process.stderr is not None
            assert "Waiting for 1 request" in process.process.stderr.readline()
            process.process.send_signal(signal.SIGINT)
            assert process.process.wait(timeout=10) == -signal.SIGINT

    def test_an_idle_client_is_not_waited_for(self, tmp_path: Path) -> None:
        (tmp_path / "worker.py").write_text(STUBBORN)
        with serving(tmp_path / "worker.py") as process, self.client(process, "hello") as client:
            assert client.recv(1000)
            status, _, errors = process.stop()
        assert (status, errors) == (0, "")

    def test_what_a_handler_raises_does_not_end_the_server(self, tmp_path: Path) -> None:
        (tmp_path / "worker.py").write_text(STUBBORN)
        with serving(tmp_path / "worker.py") as process:
            for path in ("exit", "exit-later", "itself"):
                assert process.request(path)[0] == 500
                assert process.request() == (200, "hello")
            with pytest.raises(http.client.IncompleteRead):
                process.request("exit-in-the-body")
            assert process.request() == (200, "hello")
            assert process.stop()[0] == 0

    @contextmanager
    def client(self, process: ServeProcess, path: str) -> Iterator[socket.socket]:
        """A client that has asked, and waits."""
        port = int(process.url.rstrip("/").rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            client.sendall(f"GET /{path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            assert process.request("hello") == (200, "hello")  # by now it has been seen
            yield client


class TestCron:
    def test_a_trigger_url_calls_the_worker(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text("def scheduled(controller): print(controller.cron)\n")
        with serving(tmp_path / "w.py", "--triggers", "--cron", "0 0 1 1 *") as server:
            target = "cdn-cgi/handler/scheduled?cron=*+*+*+*+*"
            assert server.request(target) == (200, "ok")
            assert server.request(target, headers={"Origin": "https://example.com"})[0] == 403
            _, output, _ = server.stop()
        assert "* * * * *" in output

    def test_there_is_none_without_the_option(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text("def scheduled(controller): print(controller.cron)\n")
        with serving(tmp_path / "w.py") as server:
            assert server.request("cdn-cgi/handler/scheduled")[0] == 404

    @pytest.mark.parametrize("expression", ["* * *", "0 0 30 2 *"])
    def test_what_is_no_expression_is_refused(
        self, expression: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit):
            main(["serve", "--cron", expression])
        assert "argument --cron" in capsys.readouterr().err

    def test_several_processes_need_a_storage(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["serve", "--cron", "* * * * *", "--workers", "2"]) == 1
        assert "--storage" in capsys.readouterr().err


class TestDurable:
    def test_objects_are_kept_in_the_storage(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(
            "from worker_runtime import DurableObject, Response\n"
            "class Counter(DurableObject):\n"
            "    async def increment(self):\n"
            "        count = (await self.ctx.storage.get('count') or 0) + 1\n"
            "        self.ctx.storage.put('count', count)\n"
            "        return count\n"
            "async def fetch(request, env, ctx):\n"
            "    return Response(str(await env.COUNTER.getByName('x').increment()))\n"
        )
        arguments = (tmp_path / "w.py", "--durable", "COUNTER=Counter", "--storage", tmp_path / "s")
        for counts in (("1", "2"), ("3", "4")):
            with serving(*arguments) as server:
                assert (server.request()[1], server.request()[1]) == counts

    def test_several_processes_are_refused(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["serve", "--durable", "A=B", "--workers", "2"]) == 1
        assert "one process" in capsys.readouterr().err

    @pytest.mark.parametrize("argument", ["A", "A=", "=B", "A-B=C"])
    def test_what_is_no_pair_is_refused(self, argument: str) -> None:
        with pytest.raises(SystemExit):
            main(["serve", "--durable", argument])
