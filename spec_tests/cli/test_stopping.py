"""The end of a server."""

from __future__ import annotations

import http.client
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from spec_tests.server.processes import IMPATIENT, ServeProcess, serving

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
        arguments = (tmp_path / "worker.py", "--drain-timeout", "0.1")
        with serving(*arguments, command=IMPATIENT) as process:
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
