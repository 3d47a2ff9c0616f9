"""A worker that answers HTTP, in this process."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from worker_runtime.host.host import use_default_host
from worker_runtime.host.network import TCPAddress, UnixAddress
from worker_runtime.server.config import Config
from worker_runtime.server.serve import ServeOptions, StartFailure, WorkerServer, shown, url_of

ANYWHERE = TCPAddress("127.0.0.1", 0)
HELLO = "from worker_runtime import Response\nfetch = lambda request, env, ctx: Response({!r})\n"


async def get(url: str) -> bytes:
    """The answer to a request, whole."""
    host, _, port = url.removeprefix("http://").rstrip("/").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


class TestWorkerServer:
    async def test_answers_until_the_event(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(HELLO.format("hello"))
        server, stop = WorkerServer(ServeOptions(ANYWHERE, tmp_path / "w.py")), asyncio.Event()
        url = await server.start()
        running = asyncio.ensure_future(server.run(stop))
        assert (await get(url)).endswith(b"hello")
        stop.set()
        await running
        with pytest.raises(OSError):
            await get(url)

    async def test_what_events_wait_for_has_its_time_and_no_more(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "w.py").write_text(
            "from worker_runtime import Promise, Response\n"
            "def fetch(request, env, ctx):\n    ctx.waitUntil(Promise())\n    return Response('ok')\n"
        )
        server, stop = (
            WorkerServer(
                ServeOptions(ANYWHERE, tmp_path / "w.py", config=Config(drain_timeout=0.05))
            ),
            asyncio.Event(),
        )
        url = await server.start()
        assert (await get(url)).endswith(b"ok")
        stop.set()
        await server.run(stop)
        assert "is not done; it is left" in capsys.readouterr().err

    async def test_a_version_with_a_mistake_leaves_the_one_before(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        worker = tmp_path / "w.py"
        worker.write_text(HELLO.format("old"))
        server, stop = WorkerServer(ServeOptions(ANYWHERE, worker, reload=True)), asyncio.Event()
        url = await server.start()
        running = asyncio.ensure_future(server.run(stop))
        for number, (text, answer) in enumerate([("1/0\n", b"old"), (HELLO.format("new"), b"new")]):
            worker.write_text(text)
            os.utime(worker, (number, number))
            while not (errors := capsys.readouterr().err):
                await asyncio.sleep(0.02)
            assert ("ZeroDivisionError" if number == 0 else "is reloaded") in errors
            assert (await get(url)).endswith(answer)
        stop.set()
        await running

    async def test_an_address_that_cannot_be_is_a_start_failure(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text("")
        with pytest.raises(StartFailure, match="Cannot listen at 192.0.2.1:1"):
            await WorkerServer(ServeOptions(TCPAddress("192.0.2.1", 1), tmp_path / "w.py")).start()

    async def test_a_worker_that_does_not_start_leaves_nothing_behind(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text("1/0")
        with pytest.raises(StartFailure, match="could not be started"):
            await WorkerServer(ServeOptions(ANYWHERE, tmp_path / "w.py")).start()


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
    async def test_hold_for_each_thread_and_context_of_the_worker(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "w.py").write_text(REACHES_OUT)
        server, stop = (
            WorkerServer(ServeOptions(ANYWHERE, tmp_path / "w.py", allowed_hosts=("a.example",))),
            asyncio.Event(),
        )
        try:
            url = await server.start()
            answer = (await get(url)).partition(b"\r\n\r\n")[2].decode()
            stop.set()
            await server.run(stop)
        finally:
            use_default_host(None)
        refused = "other.example:80 is not among the hosts that this worker may reach"
        outcomes = answer.split("\n")
        assert len(outcomes) == 8 and outcomes.pop(2) == "refused"
        assert [text for text in outcomes if refused not in text] == []
        assert refused in capsys.readouterr().err  # which is about the WebSocket


class TestAddresses:
    @pytest.mark.parametrize(
        "address, text, url",
        [(TCPAddress("127.0.0.1", 80), "127.0.0.1:80", "http://localhost:80/"), (TCPAddress("::1", 80), "[::1]:80", "http://localhost:80/"),
         (TCPAddress("", 80), "*:80", "http://localhost:80/"), (TCPAddress("2001:db8::1", 80), "[2001:db8::1]:80", "http://[2001:db8::1]:80/"),
         (UnixAddress("/run/s"), "/run/s", "http://localhost/")],
    )  # fmt: skip
    def test_are_shown_as_people_write_them(
        self, address: TCPAddress | UnixAddress, text: str, url: str
    ) -> None:
        assert shown(address) == text
        if address != TCPAddress("", 80):
            assert url_of(address, None) == url
