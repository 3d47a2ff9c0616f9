"""The command line, as a user sees it."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from spec_tests.server.processes import REFERENCE, serving

HELLO = REFERENCE / "examples" / "hello.py"


def run(
    *arguments: str | Path, command: tuple[str, ...] = (str(REFERENCE),)
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command, *map(str, arguments)], capture_output=True, text=True, timeout=60
    )


class TestHelp:
    def test_lists_the_commands(self) -> None:
        result = run("--help")
        assert result.returncode == 0 and "serve" in result.stdout

    def test_of_serve_teaches(self) -> None:
        result = run("serve", "--help")
        assert result.returncode == 0
        for words in (
            "addEventListener",
            "--reload",
            "--env NAME=VALUE",
            "--max-request-line",
            "--cert",
        ):
            assert words in result.stdout

    @pytest.mark.parametrize("command", [[], ["serve"], ["fetch"]])
    def test_the_version_is_told(self, command: list[str]) -> None:
        result = run(*command, "--version")
        assert result.returncode == 0 and result.stdout.startswith("worker-runtime/")

    @pytest.mark.parametrize(
        "arguments, near",
        [(["serv"], "serve"), (["serve", "--prot", "80"], "--port"), (["fetsh"], "fetch"),
         (["serve", "--relaod"], "--reload")],
    )  # fmt: skip
    def test_a_misspelt_word_is_one_line_with_the_nearest(
        self, arguments: list[str], near: str
    ) -> None:
        result = run(*arguments)
        assert result.returncode == 2 and result.stderr.count("\n") == 1
        assert f"did you mean {near}?" in result.stderr

    def test_the_package_is_a_command_too(self) -> None:
        command = [sys.executable, "-m", "worker_runtime", "--version"]
        result = subprocess.run(command, cwd=REFERENCE, capture_output=True, text=True)
        assert result.stdout.startswith("worker-runtime/")

    def test_no_command_is_an_error(self) -> None:
        assert run().returncode == 2


class TestArguments:
    @pytest.mark.parametrize(
        "arguments, words",
        [(["nowhere.py"], "there is no file 'nowhere.py'"),
            ([HELLO, "--port", "65536"], "from 0 to 65535"),
         ([HELLO, "--location", "no url"], "is not an absolute URL"),
         ([HELLO, "--env", "X"], "NAME=VALUE"), ([HELLO, "--log", "loud"], "invalid choice"),
         ([HELLO, "--allow-net", "a b"], "Not a host with or without a port: 'a b'")],
    )  # fmt: skip
    def test_what_cannot_be_is_refused_in_words(
        self, arguments: list[str | Path], words: str
    ) -> None:
        result = run("serve", *arguments)
        assert result.returncode == 2 and words in result.stderr

    def test_a_port_that_is_taken_is_said_so(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            result = run("serve", HELLO, "--port", str(taken.getsockname()[1]))
        assert result.returncode == 1 and result.stderr.startswith("Cannot listen at 127.0.0.1:")
        assert "Traceback" not in result.stderr

    def test_a_certificate_that_is_not_there_is_said_so(self, tmp_path: Path) -> None:
        result = run("serve", HELLO, "--port", "0", "--cert", tmp_path / "no.pem")
        assert (
            result.returncode == 1
            and "Traceback" not in result.stderr
            and "no.pem" in result.stderr
        )

    def test_variables_come_from_a_file_and_from_the_command_line(self, tmp_path: Path) -> None:
        (tmp_path / "vars").write_text("# a comment\nGREETING='Good day,'\nOTHER=x\n")
        with serving(
            REFERENCE / "examples" / "module.py", "--env-file", tmp_path / "vars"
        ) as server:
            assert server.request() == (200, "Good day, World\n")
        with serving(
            REFERENCE / "examples" / "module.py",
            "--env-file",
            tmp_path / "vars",
            "--env",
            "GREETING=Hi",
        ) as server:
            assert server.request() == (200, "Hi World\n")

    def test_a_file_of_variables_that_is_none_is_said_so(self, tmp_path: Path) -> None:
        (tmp_path / "vars").write_text("no variable")
        for file in ("vars", "missing"):
            result = run("serve", HELLO, "--env-file", tmp_path / file)
            assert (
                result.returncode == 1
                and "Traceback" not in result.stderr
                and file in result.stderr
            )

    def test_the_location_is_the_scopes(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(
            "from worker_runtime import Response, globalThis, Request\n"
            "fetch = lambda request, env, ctx: Response(globalThis.location.href + ' ' + "
            "Request('x').url)\n"
        )
        with serving(tmp_path / "w.py", "--location", "https://example.com/a/b") as server:
            assert server.request() == (200, "https://example.com/a/b https://example.com/a/x")


class TestServe:
    def test_without_a_worker_shows_what_this_runtime_can_do(self) -> None:
        with serving() as server:
            status, page = server.request()
        assert status == 200 and "State of this Worker Runtime" in page and "fetch event" in page

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_a_signal_ends_it_in_good_order(self, number: signal.Signals) -> None:
        with serving(HELLO) as server:
            assert server.request() == (200, "Hello World")
            server.process.send_signal(number)
            output, errors = server.process.communicate(timeout=30)
            assert (server.process.returncode, errors) == (0, "")

    def test_requests_that_go_on_end_before_it_does(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(
            "import asyncio\nfrom worker_runtime import Response\n"
            "async def after():\n    await asyncio.sleep(0.4)\n    print('after', flush=True)\n"
            "async def fetch(request, env, ctx):\n    ctx.waitUntil(after())\n"
            "    print('begun', flush=True)\n"
            "    await asyncio.sleep(0.2)\n    return Response('done')\n"
        )
        with (
            serving(tmp_path / "w.py") as server,
            socket.create_connection(("127.0.0.1", int(server.url.split(":")[2][:-1]))) as client,
        ):
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (
                server.process.stdout is not None and server.process.stdout.readline() == "begun\n"
            )
            server.process.terminate()
            received = b""
            while piece := client.recv(65536):
                received += piece
            output, _ = server.process.communicate(timeout=30)
        assert received.endswith(b"done") and b"connection: close" in received.lower()
        assert "after\n" in output and server.process.returncode == 0

    def test_logs_a_line_for_each_request(self) -> None:
        with serving(HELLO) as server:
            server.request("a?b")
            assert '"GET /a?b" 200 11' in server.stop()[1]
        with serving(HELLO, "--log", "json") as server:
            server.request("a?b")
            entry = json.loads(server.stop()[1].splitlines()[-1])
            assert (entry["method"], entry["target"], entry["status"], entry["sent"]) == (
                "GET",
                "/a?b",
                200,
                11,
            )
        with serving(HELLO, "--log", "off") as server:
            server.request()
            assert server.stop()[1] == ""

    def test_an_exception_is_a_500_without_its_traceback(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(
            "def fetch(request, env, ctx):\n    raise KeyError('secret')\n"
        )
        with serving(tmp_path / "w.py") as server:
            status, text = server.request()
            _, _, errors = server.stop()
        assert status == 500 and "secret" not in text and "Traceback" not in text
        assert "KeyError: 'secret'" in errors and "w.py" in errors
        assert "worker_runtime" not in errors

    def test_nobody_responds_is_a_404(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(
            "from worker_runtime import addEventListener\n"
            "addEventListener('fetch', lambda event: None)\n"
        )
        with serving(tmp_path / "w.py") as server:
            assert server.request()[0] == 404

    @pytest.mark.parametrize(
        "script, words",
        [("def (:\n", "SyntaxError"), ("import nowhere_to_be_found\n", "ModuleNotFoundError"),
            ("1/0\n", "line 1, in <module>"),
         ("from worker_runtime import *\nfrom worker_runtime import addEventListener, Promise\n"
          "addEventListener('fetch', print)\n"
          "addEventListener('install', lambda event: event.waitUntil(Promise.reject(KeyError('not "
          "prepared'))))\n", "not prepared"),
         ("def fecth(request): ...\n",
             "w.py: there is no handler, so nothing would answer a request\n"
             "  line 1: fecth(): did you mean fetch()?\n")],
    )  # fmt: skip
    def test_a_worker_that_does_not_start_is_shown_and_ends_it(
        self, tmp_path: Path, script: str, words: str
    ) -> None:
        (tmp_path / "w.py").write_text(script)
        result = run("serve", tmp_path / "w.py", "--port", "0")
        assert result.returncode == 1
        assert words in result.stderr and "worker could not be started" in result.stderr
        assert "worker_loader" not in result.stderr

    def test_listens_at_a_unix_socket(self, tmp_path: Path) -> None:
        if not hasattr(socket, "AF_UNIX"):
            pytest.skip("this platform has no unix sockets")
        path = tmp_path / "s"
        with serving(HELLO, "--unix", path) as server, socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert client.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")
            assert str(path) in server.first_line
            server.stop()
        assert not path.exists()


class TestReload:
    def test_a_change_is_served_and_a_mistake_is_shown_and_waits(self, tmp_path: Path) -> None:
        worker = tmp_path / "w.py"

        def write(text: str, time_of_change: int) -> None:
            worker.write_text(text)
            os.utime(worker, (time_of_change, time_of_change))

        def answers(text: str) -> bool:
            for _ in range(200):
                if server.request() == (200, text):
                    return True
                time.sleep(0.05)
            return False

        good = (
            "from worker_runtime import Response\n"
            "fetch = lambda request, env, ctx: Response({!r})\n"
        )
        write("def (:\n", 1)
        with serving(worker, "--reload") as server:
            assert server.request()[0] == 500
            write(good.format("first"), 2)
            assert answers("first")
            write("mistake(\n", 3)
            assert server.process.stderr is not None
            lines = [server.process.stderr.readline() for _ in range(4)]
            assert answers("first")
            write(good.format("second"), 4)
            assert answers("second")
            _, _, errors = server.stop()
        assert "SyntaxError" in "".join(lines) + errors


class TestPlaces:
    """The runtime runs as a folder under any name, and without modules that a Python may lack."""

    def test_a_copied_folder_works_under_another_name(self, tmp_path: Path) -> None:
        shutil.copytree(
            REFERENCE / "worker_runtime",
            tmp_path / "vendored" / "web",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        (tmp_path / "vendored" / "__init__.py").write_text("")
        (tmp_path / "start.py").write_text(
            "import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path(__file__).parent))\n"
            "from vendored.web.cli.main import main\nsys.exit(main())\n"
        )
        (tmp_path / "w.py").write_text(
            "import sys\nfrom vendored.web import Response\nasync def fetch(request, env, ctx):\n"
            "    return Response(str('worker_runtime' in sys.modules))\n"
        )
        with serving(tmp_path / "w.py", command=(str(tmp_path / "start.py"),)) as server:
            assert server.request() == (200, "False")

    def test_a_storage_folder_is_made_and_one_that_cannot_be_is_said_so(
        self, tmp_path: Path
    ) -> None:
        with serving(HELLO, "--storage", tmp_path / "a" / "b") as server:
            assert server.request() == (200, "Hello World")
        assert (tmp_path / "a" / "b" / "storage.sqlite").exists()
        (tmp_path / "file").write_text("")
        result = run("serve", HELLO, "--port", "0", "--storage", tmp_path / "file")
        assert (
            result.returncode == 1
            and result.stderr.startswith("Cannot store anything in")
            and "Traceback" not in result.stderr
        )

    @pytest.mark.parametrize("options, counts", [([], [1, 2, 3]), (["--http-cache"], [1, 1, 1])])
    def test_what_a_worker_fetches_is_there_after_a_restart_if_that_is_wanted(
        self, tmp_path: Path, options: list[str], counts: list[int]
    ) -> None:
        class Origin(http.server.BaseHTTPRequestHandler):
            count = 0

            def do_GET(self) -> None:
                Origin.count += 1
                content = str(Origin.count).encode() + bytes(100_000)
                self.send_response(200)
                self.send_header("Cache-Control", "max-age=60")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Origin) as origin:
            thread = threading.Thread(target=origin.serve_forever)
            thread.start()
            try:
                worker = tmp_path / "w.py"
                worker.write_text(
                    "from worker_runtime import fetch as fetch_from, Response\n"
                    "async def fetch(request, env, ctx):\n"
                    "    text = await (await fetch_from(env.ORIGIN)).text()\n"
                    "    return Response(f'{text[0]} {len(text)}')\n"
                )
                variable = f"ORIGIN=http://127.0.0.1:{origin.server_port}/"
                arguments: list[str | Path] = [
                    worker,
                    "--storage",
                    tmp_path,
                    "--env",
                    variable,
                    *options,
                ]
                with serving(*arguments) as server:
                    answers = [server.request(), server.request()]
                    server.stop()
                with serving(*arguments) as server:
                    answers.append(server.request())
            finally:
                origin.shutdown()
                thread.join()
        assert answers == [(200, f"{count} 100001") for count in counts]

    @pytest.mark.parametrize("missing", ["ssl", "sqlite3", "_ssl", "_sqlite3"])
    def test_a_python_without_a_module_still_serves(self, tmp_path: Path, missing: str) -> None:
        (tmp_path / "start.py").write_text(
            f"import sys\nsys.modules[{missing!r}] = None\nsys.path.insert(0, {str(REFERENCE)!r})\n"
            "from worker_runtime.cli.main import main\nsys.exit(main())\n"
        )
        with serving(HELLO, command=(str(tmp_path / "start.py"),)) as server:
            assert server.request() == (200, "Hello World")
        if "sqlite3" in missing:
            result = run(
                "serve",
                HELLO,
                "--port",
                "0",
                "--storage",
                tmp_path,
                command=(str(tmp_path / "start.py"),),
            )
            assert (
                result.returncode == 1
                and "sqlite3" in result.stderr
                and "Traceback" not in result.stderr
            )
        if "ssl" in missing:
            result = run(
                "serve",
                HELLO,
                "--port",
                "0",
                "--cert",
                "c.pem",
                command=(str(tmp_path / "start.py"),),
            )
            assert (
                result.returncode == 1
                and "ssl" in result.stderr
                and "Traceback" not in result.stderr
            )


class TestCurl:
    def test_streams_both_ways(self, tmp_path: Path) -> None:
        curl = shutil.which("curl")
        if curl is None:
            pytest.skip("curl is not found")
        (tmp_path / "upload").write_bytes(os.urandom(3_000_000))
        with serving(REFERENCE / "examples" / "echo.py") as server:
            subprocess.run(
                [
                    *(curl, "-s", "--expect100-timeout", "0.2"),
                    *("-T", tmp_path / "upload", "-o", tmp_path / "download", server.url),
                ],
                check=True,
                timeout=60,
            )
        assert (tmp_path / "download").read_bytes() == (tmp_path / "upload").read_bytes()
