"""What is told about mistakes: what each message begins with (the file and the line, where there is
one), and what it ends with (what to do).
"""

from __future__ import annotations

import asyncio
import shlex
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from worker_runtime.cli.main import main
from worker_runtime.host.host import use_default_host
from worker_runtime.runtime.runtime import Runtime

LINES_OF_A_SCREEN = 24
HELP = "(see worker-runtime serve --help)"
IMPORTS = (
    "from worker_runtime import Response, addEventListener, setTimeout\nfrom asyncio import sleep\n"
)


class Told(NamedTuple):
    """The begin and the end of a message, in which FOLDER stands for the current folder."""

    begin: str
    end: str


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder with a worker that is fine; signals are as before in the end."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ok.py").write_text(IMPORTS + "def fetch(): return Response('x')\n")
    handlers = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    yield tmp_path
    for each, handler in handlers.items():
        signal.signal(each, handler)
    use_default_host(None)


def check(errors: str, told: Told, folder: Path) -> None:
    """One screen at most, from the place to what to do."""
    errors = errors.replace(str(folder), "FOLDER")
    assert errors.startswith(told.begin), errors
    assert errors.rstrip("\n").endswith(told.end), errors
    assert errors.count("\n") <= LINES_OF_A_SCREEN
    assert "worker_runtime/cli" not in errors and "worker_runtime/server" not in errors


def run(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit status, and what was told."""
    try:
        status = main(arguments)
    except SystemExit as exit:
        status = int(exit.code or 0)
    return status, capfd.readouterr().err


def arg(option: str, message: str, command: str = "serve") -> Told:
    """What is told about the argument of an option."""
    return Told(
        f"worker-runtime {command}: argument {option}: {message}",
        f"(see worker-runtime {command} --help)",
    )


COMMANDS: dict[str, Told] = {
    "": Told("worker-runtime: a command is missing: serve, init,", "(see worker-runtime --help)"),
    "srve ok.py": Told("worker-runtime: there is no command srve", ": did you mean serve?"),
    "ok.py": Told("worker-runtime: there is no command ok.py", ": did you mean serve ok.py?"),
    "xyz": Told("worker-runtime: there is no command xyz", "(see worker-runtime --help)"),
    "serve nk.py": arg("WORKER", "there is no file 'nk.py': did you mean ok.py?"),
    "serve .": arg("WORKER", "the folder '.' has no __init__.py: name a file in it"),
    "serve ok.py b.py": Told("worker-runtime serve: 'b.py' is one argument too many", HELP),
    "serve ok.py --lgo": Told("worker-runtime serve: there is no option --lgo", "mean --log?"),
    "serve ok.py --qqq": Told("worker-runtime serve: there is no option --qqq", HELP),
    "serve ok.py --port": arg("--port", "a value is missing"),
    "serve ok.py --port x": arg("--port", "a port is a number from 0 to 65535, not 'x'"),
    "serve --workers=-1": arg("--workers", "expected a number from 0 to 9999, not '-1'"),
    "serve --storage-quota x": arg("--storage-quota", "expected a number from 1 up, not 'x'"),
    "serve --max-connections 0": arg("--max-connections", "expected a number from 1 up"),
    "serve --max-content=-1": arg("--max-content", "expected a number from 0 up, not '-1'"),
    "serve --head-timeout nan": arg("--head-timeout", "expected a number of seconds, not 'nan'"),
    "serve --upstream ftp://x": arg("--upstream", "'ftp://x' is neither an http nor an https URL"),
    "serve --location x": arg("--location", "'x' is not an absolute URL, such as https://a.ex"),
    "serve --allow-net a,b@c": arg("--allow-net", "Not a host with or without a port: 'b@c'"),
    "serve --durable x": arg("--durable", "Durable Objects are NAME=CLASS, not 'x'"),
    "serve --kv a-b": arg("--kv", "a member of `env` has a name such as 'NAME', not 'a-b'"),
    "serve --cron x": arg("--cron", "A cron expression has five fields, and 'x' has 1"),
    "serve --env X": arg("--env", "a variable is NAME=VALUE, not 'X'"),
    "serve --health x": arg("--health", "a path begins with /, as in '/x'"),
    "serve --assets x": arg("--assets", "there is no folder 'x'"),
    "serve --log x": arg("--log", "invalid choice: 'x' (choose from"),
    "serve --key x": Told("--key goes", "with --cert FILE, or --cert dev"),
    "serve --client-ca x": Told("--client-ca goes", "with --cert FILE, or --cert dev"),
    "serve ok.py --cert no.pem --port 0": Told(
        "Cannot serve: No certificate with its key can be read from no.pem:",
        "; --cert and --client-ca take PEM; --cert dev makes one for localhost",
    ),
    "serve --cert ok.py --port 0": Told(
        "Cannot serve: No certificate with its key can be read from ok.py:", "for localhost"
    ),
    "serve --host 192.0.2.1 --port 0": Told(
        "Cannot listen at 192.0.2.1:0: ", '; --host "" is all that it has'
    ),
    "serve --unix no/x": Told("Cannot listen at no/x: ", "is there the folder of the socket?"),
    "serve --storage ok.py --port 0": Told(
        "Cannot store anything in 'ok.py': File exists", "; 'ok.py' is a file; name a folder"
    ),
    "serve --env-file no": Told(
        "no: No such file or directory", "; --env-file names a file with lines of NAME=VALUE"
    ),
    "serve --env-file ok.py": Told("ok.py:1: ", "expected NAME=VALUE, not 'from worker_runtime "
                                   "import Response, add'"),
    "serve --secrets no": Told(
        "no: No such file", "; --secrets names a folder with a file for each"
    ),
    "serve ok.py --cron '* * * * *' --workers 2": Told(
        "--cron with several --workers needs --storage", "through which they agree on who runs"
    ),
    "serve ok.py --durable A=B --port 0": Told(
        "FOLDER/ok.py: there is no class B, of which env.A would be\n  Write `class B(",
        "The worker could not be started. Mend that, and start it again.",
    ),
    "trigger": Told(
        "worker-runtime trigger: WORKER is missing", "(see worker-runtime trigger --help)"
    ),
    "trigger ok.py": Told(
        "It does not listen for", "write `async def scheduled(controller, env, ctx)`"
    ),
    "trigger ok.py --time x": arg("--time", "a time is a number of milliseconds", "trigger"),
    "trigger ok.py --cron x": arg("--cron", "A cron expression has five fields", "trigger"),
    "init ok.py": Told(
        "Cannot write into 'ok.py': File exists", "'ok.py' is a file; name a folder"
    ),
    "ws x": Told("x: Invalid URL: 'x'", "; write ws://HOST/PATH or wss://HOST/PATH"),
    "ws ftp://a": Told(
        "ftp://a: The URL of a WebSocket has", "; write ws://HOST/PATH or wss://HOST/PATH"
    ),
    "oracle --diff": arg("--diff", "expected 2 arguments", "oracle"),
    "oracle --diff a b": Told("a: ", "No such file or directory"),
    "fetch": Told("worker-runtime fetch: URL is missing", "(see worker-runtime fetch --help)"),
    "fetch -sZ x": Told(
        "worker-runtime fetch: there is no option -Z", "(see worker-runtime fetch --help)"
    ),
    "fetch x:99999": Told("worker-runtime fetch: 'http://x:99999'", "is not a URL"),
    "fetch ftp://x": Told("ftp://x: fetch failed:", "(http:// and https:// can)"),
    "fetch 127.0.0.1:1": Told(
        "http://127.0.0.1:1: cannot connect to 127.0.0.1:1: Connection refused",
        "(nothing listens there: is the server running, and is it this port?)",
    ),
}  # fmt: skip


class TestCommands:
    @pytest.mark.parametrize("command", COMMANDS)
    def test_a_wrong_one_is_told_what_to_do(
        self, command: str, folder: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        status, errors = run(shlex.split(command), capfd)
        assert status in (1, 2)
        check(errors, COMMANDS[command], folder)

    def test_a_port_that_is_taken(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            status, errors = run(["serve", "ok.py", "--port", str(port)], capfd)
        told = Told(f"Cannot listen at 127.0.0.1:{port}: ", "end it, or choose another --port")
        assert status == 1
        check(errors, told, folder)


SETTINGS: dict[str, Told] = {
    "[tool.worker-runtime]\nprot = 8": Told(
        "FOLDER/pyproject.toml:2: there is no option --prot", ": did you mean --port?"
    ),
    "[tool.other]\nport = 1\n\n[tool.worker-runtime]\nlog = 'off'\nport = 'x'": Told(
        "FOLDER/pyproject.toml:6: port: ", "a port is a number from 0 to 65535, not 'x'"
    ),
    "[tool.worker-runtime]\nport = 2024-01-01": Told(
        "FOLDER/pyproject.toml:2: port is 2024-01-01, which no option can be",
        ": write a string, a number, true, or a list of them",
    ),
    "[tool.worker-runtime]\nenv = ['A']": Told(
        "FOLDER/pyproject.toml:2: env: ", "a variable is NAME=VALUE, not 'A'"
    ),
    "[project]\n[tool.worker-runtime": Told("FOLDER/pyproject.toml:2: ", ": mend the line"),
    "tool = 3": Told("FOLDER/pyproject.toml:1: tool is not", ": write [tool.worker-runtime]"),
    "[tool]\nworker-runtime = 3": Told(
        "FOLDER/pyproject.toml:2: worker-runtime is not", ": write [tool.worker-runtime]"
    ),
}


class TestSettings:
    @pytest.mark.parametrize("text", SETTINGS)
    def test_the_file_and_the_line_are_told(
        self, text: str, folder: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        (folder / "pyproject.toml").write_text(text)
        for option in ([], ["--show-config"]):
            status, errors = run(["serve", "ok.py", *option], capfd)
            assert status == 2
            check(errors, SETTINGS[text], folder)

    def test_variables_too(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        (folder / ".env").write_text("A=1\nB C=2\n")
        for option in ([], ["--show-config"]):
            status, errors = run(["serve", "ok.py", *option], capfd)
            assert status == 1
            check(errors, Told(".env:2: 'B C' is not a name", "no digit first"), folder)


STARTS: dict[str, Told] = {
    "def (:\n": Told(
        "FOLDER/w.py:1: The worker cannot be read: ", "Mend the line, and start it again."
    ),
    "import nowhere\n": Told(
        "FOLDER/w.py:1: The worker does not start: ",
        "Is there a file nowhere.py beside the worker, or a package to install?",
    ),
    "from worker_runtime import Respnse\n": Told("FOLDER/w.py:1: ", "Did you mean Response?"),
    "from worker_runtime import zzzzzz\n": Told("FOLDER/w.py:1: ", "has the names that there are."),
    "from worker_runtime.fetch import Response\n": Told(
        "FOLDER/w.py:1: ", "Write `from worker_runtime import Response`."
    ),
    "import worker_runtime.nowhere\n": Told(
        "FOLDER/w.py:1: ", "The platform is imported by its top: from worker_runtime import "
        "Response, ..."
    ),
    "x = 1\n1 / 0\n": Told("FOLDER/w.py:2: ", "Mend the line, and start it again."),
    "import json\njson.loads('{')\n": Told("FOLDER/w.py:2: ", "start it again."),
    "raise SystemExit(3)\n": Told("FOLDER/w.py:1: ", "raise an exception, or leave the call out."),
    "def fecth(request): ...\n": Told(
        "FOLDER/w.py: there is no handler, so nothing would answer a request\n"
        "  line 1: fecth(): did you mean fetch()?", "Mend that, and start it again."
    ),
    "def fetch(r): ...\ndef on_fetch(r): ...\n": Told(
        "FOLDER/w.py: there are several handlers for 'fetch', the function fetch and the function "
        "on_fetch: keep one of them", "Mend that, and start it again."
    ),
    "from worker_runtime import fetch\nasync def fetch(r):\n    return await fetch('x:')\n": Told(
        "FOLDER/w.py:3: `fetch` is the handler itself here", "Mend that, and start it again."
    ),
    "def fetch(a, b, c, d): ...\n": Told(
        "FOLDER/w.py:1: fetch() gets request, env, ctx, and nothing for d\n"
        "  Write `fetch(request, env, ctx)`", "Mend that, and start it again."
    ),
    "class Default:\n    def fetch(self, a, *, b): ...\n": Told(
        "FOLDER/w.py:2: fetch() gets request, env, ctx, and nothing for b\n", "start it again."
    ),
    "class Default:\n    def __init__(self, a, b, c): ...\n    def fetch(self): ...\n": Told(
        "FOLDER/w.py:2: Default() gets ctx, env, and nothing for c\n", "start it again."
    ),
}  # fmt: skip


class TestStarts:
    @pytest.mark.parametrize("worker", STARTS)
    @pytest.mark.parametrize("command", ["serve", "trigger"])
    def test_a_worker_that_does_not_start_is_told_why(
        self, worker: str, command: str, folder: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        (folder / "w.py").write_text(worker)
        options = ["--port", "0"] if command == "serve" else []
        status, errors = run([command, "w.py", *options], capfd)
        assert status == 1
        check(errors, STARTS[worker], folder)


HANDLERS: dict[str, Told] = {
    "async def fetch():\n    return 'x'\n": Told(
        "FOLDER/w.py:3: respondWith() takes a Response, not str: 'x'", "; write Response(...)"
    ),
    "def fetch(): pass\n": Told("FOLDER/w.py:3: ", "; a handler ends with `return Response(...)`"),
    "class Default:\n    def fetch(self): return {}\n": Told(
        "FOLDER/w.py:4: ", "; write Response.json(...)"
    ),
    "def f(event): event.respondWith(('x', 404))\naddEventListener('fetch', f)\n": Told(
        "FOLDER/w.py:3: ", "; write Response(body, status=404, headers={...})"
    ),
    "r = Response('x')\nasync def fetch():\n    await r.text()\n    return r\n": Told(
        "FOLDER/w.py:4: The body of this Response has been used", "; make one for each"
    ),
    "def fetch(r, env): return Response(env.NAM)\n": Told("FOLDER/w.py:3: ", "gives it one)"),
    "def fetch(r): return Response(r.args)\n": Told(
        "FOLDER/w.py:3: ", ": write URL(request.url).searchParams"
    ),
    "def fetch(): return Response('x', sattus=200)\n": Told(
        "FOLDER/w.py:3: ", "did you mean 'status'?"
    ),
    "def fetch(): return Response('x', status=99)\n": Told("FOLDER/w.py:3: ", "599, not 99"),
    "def fetch(): return Response('x', headers={'a': ['b']})\n": Told(
        "FOLDER/w.py:3: ", "write headers.append('a', value) for each, or ', '.join(values)"
    ),
    "def fetch(): return help_me()\ndef help_me():\n    raise ValueError('no')\n": Told(
        "FOLDER/w.py:5: Uncaught (in respondWith) ", "ValueError: no"
    ),
    "async def f(event):\n    await sleep(0)\n    event.respondWith(Response('x'))\n"
    "addEventListener('fetch', f)\n": Told(
        "FOLDER/w.py:5: Uncaught", "call respondWith() at once, with a promise or a coroutine"
    ),
    "def f(event):\n    event.respondWith(Response('x'))\n    event.respondWith(Response('x'))\n"
    "addEventListener('fetch', f)\n": Told("FOLDER/w.py:5: Uncaught", "; keep one respondWith()"),
    "def fetch(r, env, ctx):\n    ctx.waitUntil(g)\n    return Response('x')\ndef g(): ...\n": Told(
        "FOLDER/w.py:4: ", "write waitUntil(g()), which calls it"
    ),
    "async def g(): 1 / 0\ndef fetch(r, env, ctx):\n    ctx.waitUntil(g())\n    return "
    "Response('')\n": Told(
        "FOLDER/w.py:3: Uncaught (in waitUntil) ", "ZeroDivisionError: division by zero"
    ),
    "def fetch():\n    setTimeout(lambda: 1 / 0)\n    return Response('')\n": Told(
        "FOLDER/w.py:4: Uncaught ", "ZeroDivisionError: division by zero"
    ),
}  # fmt: skip


class TestHandlers:
    @pytest.mark.parametrize("worker", HANDLERS)
    async def test_what_goes_wrong_is_told_with_its_place(
        self, worker: str, folder: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        (folder / "w.py").write_text(IMPORTS + worker)
        async with Runtime() as runtime:
            running = await runtime.start("w.py")
            with suppress(TypeError):  # there is no response
                await running.fetch("/")
            await asyncio.sleep(0.01)  # what comes after the response
        check(capfd.readouterr().err, HANDLERS[worker], folder)
