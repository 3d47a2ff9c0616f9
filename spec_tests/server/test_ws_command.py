"""`ws`, as its users see it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from spec_tests.server.processes import REFERENCE, serving

WORKER = """
from worker_runtime import upgradeWebSocket

def fetch(request, env, ctx):
    socket, response = upgradeWebSocket(request)

    def answer(event):
        if event.data == "leave":
            socket.close(4000, "as you like")
        else:
            socket.send(event.data if isinstance(event.data, str) else event.data[::-1])

    socket.onmessage = answer
    return response
"""


def ws(input: bytes, *arguments: str) -> tuple[int, bytes, str]:
    done = subprocess.run([sys.executable, str(REFERENCE), "ws", *arguments], input=input, capture_output=True, timeout=30)
    return done.returncode, done.stdout, done.stderr.decode()


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
        status, output, message = ws(b"", server.url)
        assert (status, output) == (1, b"")
        assert message.startswith(f"WebSocket connection to 'ws://{server.url.partition('//')[2]}")
        assert ws(b"", "mailto:x")[0] == 1
