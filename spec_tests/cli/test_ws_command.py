"""`ws`, as its users see it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from spec_tests.server.processes import REFERENCE, serving

WORKER = """
from worker_runtime import Response, upgradeWebSocket

def fetch(request, env, ctx):
    if request.url.endswith("missing"):
        return Response("no", status=404)
    socket, response = upgradeWebSocket(request)

    def answer(event):
        if event.data == "leave":
            socket.close(4000, "as you like")
        elif event.data == "go":
            socket.close(1000)
        else:
            socket.send(event.data if isinstance(event.data, str) else event.data[::-1])

    socket.onmessage = answer
    return response
"""


def ws(input: bytes, *arguments: str) -> tuple[int, bytes, str]:
    done = subprocess.run(
        [sys.executable, str(REFERENCE), "ws", *arguments],
        input=input,
        capture_output=True,
        timeout=30,
    )
    return done.returncode, done.stdout, done.stderr.decode()


def begun(url: str) -> subprocess.Popen[bytes]:
    """A client that is connected."""
    command = [sys.executable, str(REFERENCE), "ws", url]
    # Who runs the tests in the background may have let them ignore SIGINT, and so would what they
    # start.
    hear_sigint = (
        None if sys.platform == "win32" else partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    )
    client = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=hear_sigint,
    )
    assert client.stdin and client.stdout
    client.stdin.write(b"hello\n")
    client.stdin.flush()
    assert client.stdout.readline() == b"hello\n"
    return client


class TestWsCommand:
    def test_a_line_is_a_message_and_a_message_is_a_line(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(WORKER)
        with serving(tmp_path / "w.py") as server:
            assert ws("hello\nä\n".encode(), server.url) == (0, "hello\nä\n".encode(), "")
            assert ws(b"abc\n\xff\n", server.url, "--binary") == (0, b"cba\n\xff\n", "")

    def test_the_exit_status_says_how_it_ended(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(WORKER)
        with serving(tmp_path / "w.py") as server:
            assert ws(b"leave\n", server.url) == (1, b"", "Closed with 4000: as you like\n")
            assert ws(b"go\n", server.url) == (0, b"", "")

    def test_a_url_or_protocol_that_is_none_is_named(self) -> None:
        message = (
            "localhost:8000: The URL of a WebSocket has the scheme ws or wss, not 'localhost'; "
            "write ws://HOST/PATH or wss://HOST/PATH\n"
        )
        assert ws(b"", "localhost:8000") == (1, b"", message)
        message = (
            "ws://localhost/: The protocols of a WebSocket are different tokens, not ['a b']\n"
        )
        assert ws(b"", "ws://localhost/", "--protocol", "a b") == (1, b"", message)

    def test_why_there_is_no_connection_is_said_once(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(WORKER)
        with serving(tmp_path / "w.py") as server:
            url = server.url.replace("http", "ws", 1)
            why = "The server answered with the status 404, not 101"
            assert ws(b"", f"{url}missing") == (
                1,
                b"",
                f"WebSocket connection to '{url}missing' failed: {why}\n",
            )
            why = "The server has chosen none of the protocols chat"
            assert ws(b"", url, "--protocol", "chat") == (
                1,
                b"",
                f"WebSocket connection to '{url}' failed: {why}\n",
            )
        status, output, message = ws(b"", url)
        assert (status, output, message.count("\n")) == (1, b"", 1)
        assert message.startswith(f"WebSocket connection to '{url}' failed: cannot connect to ")

    def test_a_server_that_ends_is_a_good_end(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(WORKER)
        with serving(tmp_path / "w.py") as server:
            client = begun(server.url)
            server.stop()
            assert client.communicate(timeout=30) == (b"", b"")
            assert client.returncode == 0

    def test_a_connection_that_breaks_is_a_bad_end(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(WORKER)
        with serving(tmp_path / "w.py") as server:
            client = begun(server.url)
        assert client.communicate(timeout=30) == (b"", b"Closed with 1006\n")
        assert client.returncode == 1

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
    def test_ctrl_c_ends_it(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(WORKER)
        with serving(tmp_path / "w.py") as server:
            client = begun(server.url)
            client.send_signal(signal.SIGINT)
            assert client.communicate(timeout=30) == (b"", b"")
            assert client.returncode == 130

    def test_who_has_seen_enough_ends_it_quietly(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(WORKER)
        with serving(tmp_path / "w.py") as server:
            client = begun(server.url)
            assert client.stdin and client.stdout and client.stderr
            client.stdout.close()
            client.stdin.write(b"more\n")
            client.stdin.flush()
            assert client.stderr.read() == b""
            assert client.wait(timeout=30) == 1
            client.stdin.close()
            client.stderr.close()

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudoterminals")
    def test_at_a_terminal_it_says_that_it_is_connected(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(WORKER)
        terminal, keyboard = os.openpty()
        with serving(tmp_path / "w.py") as server:
            command = [sys.executable, str(REFERENCE), "ws", server.url]
            client = subprocess.Popen(
                command, stdin=keyboard, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            os.write(terminal, b"hello\n\x04")
            assert client.communicate(timeout=30) == (b"hello\n", b"Connected. Ctrl-D ends it.\n")
            assert client.returncode == 0
        os.close(terminal)
        os.close(keyboard)
