"""Serving in one process."""

from __future__ import annotations

import os
import socket
import ssl
import time
import urllib.request
from pathlib import Path

import pytest

from spec_tests.server.processes import serving
from worker_runtime.cli.serving import shown, url_of
from worker_runtime.cli.throwaway_certificates import throwaway_certificate
from worker_runtime.host.network import TCPAddress, UnixAddress

HEAD = "from worker_runtime import Response\n"


WORKER = HEAD + "import os\nfetch = lambda request, env, ctx: Response(f'{} {{os.getpid()}}')\n"


needs_unix_sockets = pytest.mark.skipif(
    not hasattr(socket, "AF_UNIX"), reason="Python has no Unix sockets on Windows"
)


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


@needs_unix_sockets
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


class TestAssets:
    def test_files_come_before_the_worker(self, tmp_path: Path) -> None:
        (tmp_path / "public").mkdir()
        (tmp_path / "public" / "a.txt").write_text("file")
        (tmp_path / "w.py").write_text(HEAD + "fetch = lambda request: Response('worker')\n")
        with serving(tmp_path / "w.py", "--assets", tmp_path / "public") as server:
            assert [server.request(path) for path in ("a.txt", "b.txt", "")] == [
                (200, "file"),
                (200, "worker"),
                (200, "worker"),
            ]

    def test_they_need_no_worker(self, tmp_path: Path) -> None:
        (tmp_path / "index.html").write_text("index")
        with serving("--assets", tmp_path) as server:
            assert str(tmp_path) in server.first_line
            assert [server.request("")[1], server.request("none")[0]] == ["index", 404]


class TestOpen:
    def test_the_browser_gets_the_url(self, tmp_path: Path) -> None:
        browser = tmp_path / "browser"
        browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/shown.part\n'
                           f"mv {tmp_path}/shown.part {tmp_path}/shown\n")  # fmt: skip
        browser.chmod(0o755)
        environment = {"BROWSER": f"{browser} %s"}
        with serving("--assets", tmp_path, "--open", environment=environment) as server:
            deadline = time.monotonic() + 20
            while not (tmp_path / "shown").exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            assert (tmp_path / "shown").read_text() == f"{server.url}\n"


class TestTLS:
    def test_a_throw_away_certificate_is_trusted_by_who_is_told_to(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(
            HEAD + "fetch = lambda request, env, ctx: Response(f'{ctx.tls.version} "
            "{ctx.tls.certificate}')\n"
        )
        names = dict.fromkeys(("XDG_CACHE_HOME", "LOCALAPPDATA"), str(tmp_path))
        with serving(tmp_path / "w.py", "--cert", "dev", environment=names) as server:
            file = tmp_path / "worker-runtime" / "localhost.pem"
            context = ssl.create_default_context(cafile=str(file))
            with urllib.request.urlopen(server.url, context=context, timeout=30) as response:
                assert response.read() == b"TLSv1.3 None"
            _, _, errors = server.stop()
        assert f"curl --cacert {file}" in errors

    def test_clients_show_certificates_where_they_have_to(self, tmp_path: Path) -> None:
        file = tmp_path / "a.pem"
        file.write_bytes(throwaway_certificate(time.time(), os.urandom))
        (tmp_path / "w.py").write_text(
            HEAD + "fetch = lambda request, env, ctx: Response(ctx.tls.certificate.subject)\n"
        )
        options = ("--cert", file, "--client-ca", file, "--log", "off")
        with serving(tmp_path / "w.py", *options) as server:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            with pytest.raises(OSError):
                urllib.request.urlopen(server.url, context=context, timeout=30)
            context.load_cert_chain(file)
            with urllib.request.urlopen(server.url, context=context, timeout=30) as response:
                assert response.read() == rb"CN=localhost\2C for Worker Runtime"


class TestStart:
    """What a small worker needs, and no more: each module is a part of the time to its first
    answer.
    """

    MOST_MODULES = 120

    def test_no_more_is_loaded_than_a_small_worker_needs(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(
            "import sys\n"
            "from worker_runtime import FetchEvent, Response, addEventListener\n"
            "def handle(event: FetchEvent) -> None:\n"
            "    text = '\\n'.join(name for name in sys.modules if 'worker_runtime' in name)\n"
            "    event.respondWith(Response(text, headers={'Content-Type': 'text/plain'}))\n"
            "addEventListener('fetch', handle)\n"
        )
        with serving(tmp_path / "w.py") as server:
            server.request()
            loaded = server.request()[1].split()
        assert "worker_runtime.fetch.response_class" in loaded
        assert len(loaded) <= self.MOST_MODULES, loaded
