"""The command line as a process of its own, the way a user starts it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REFERENCE = Path(__file__).parent.parent.parent / "reference"

# The command, where nobody waits for as long as people want it: for what does not end by itself,
# and before what has died is started again.
IMPATIENT = (
    "-c",
    f"""
import sys
sys.path.insert(0, {str(REFERENCE)!r})
from worker_runtime.cli import main, running, stopping
from worker_runtime.server import supervisor
running.SECONDS_TO_CLEAN_UP = stopping.SECONDS_TO_EXIT = 0.2
supervisor.SECONDS_BEFORE_A_RESTART = 0.1
sys.exit(main.main())
""",
)


class ServeProcess:
    """A running `serve`, and where it answers."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.first_line = process.stdout.readline()
        match = re.search(r"http\S+", self.first_line)
        self.url = match[0] if match else ""

    def request(
        self, path: str = "", data: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        """The status and the text of an answer."""
        request = urllib.request.Request(self.url + path, data, headers or {})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def stop(self) -> tuple[int, str, str]:
        """End it as a service manager does; the exit status and what it has written."""
        self.process.terminate()
        output, errors = self.process.communicate(timeout=30)
        return self.process.returncode, output, errors


@contextmanager
def serving(
    *arguments: str | Path,
    command: tuple[str, ...] = (str(REFERENCE),),
    environment: dict[str, str] | None = None,
) -> Iterator[ServeProcess]:
    """`serve` with these arguments, at a free port."""
    process = subprocess.Popen(
        [sys.executable, *command, "serve", *map(str, arguments), "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **(environment or {})},
    )  # fmt: skip
    try:
        yield ServeProcess(process)
    finally:
        process.kill()
        process.communicate()
