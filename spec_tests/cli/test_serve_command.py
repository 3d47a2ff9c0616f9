"""The command `serve`: what its options come to."""

from __future__ import annotations

import argparse
import re
import socket
import time
from argparse import ArgumentTypeError
from contextlib import suppress
from pathlib import Path

import pytest

from spec_tests.server.processes import IMPATIENT, serving
from worker_runtime.cli.arguments import dir_binding, kv_binding
from worker_runtime.cli.main import main
from worker_runtime.cli.serve_command import add_serve_command, options_of
from worker_runtime.cli.serving import host_of
from worker_runtime.host.network import Network, SystemNetwork, TCPAddress
from worker_runtime.host.network_policy import NotAllowed


class TestKV:
    def test_a_name_is_that_of_a_member(self) -> None:
        assert kv_binding("COUNTS")[0] == "COUNTS"
        with pytest.raises(ArgumentTypeError, match="member of `env`"):
            kv_binding("a b")


class TestDir:
    def test_is_a_folder_that_is_there(self, tmp_path: Path) -> None:
        assert dir_binding(f"FILES={tmp_path}")[0] == "FILES"
        assert dir_binding(f"FILES={tmp_path}:ro")[0] == "FILES"
        for argument in (f"FILES={tmp_path}/none", f"FILES={tmp_path}/none:ro"):
            with pytest.raises(ArgumentTypeError, match="there is no folder"):
                dir_binding(argument)
        for argument in ("FILES", "FILES=", f"a b={tmp_path}", f"={tmp_path}"):
            with pytest.raises(ArgumentTypeError, match="NAME=DIR"):
                dir_binding(argument)

    def test_a_worker_serves_it(self, tmp_path: Path) -> None:
        (tmp_path / "large").write_bytes(bytes(range(256)) * 4096)
        (tmp_path / "index.html").write_text("<p>")
        example = Path(__file__).parents[2] / "reference" / "examples" / "static.py"
        with serving(example, "--dir", f"FILES={tmp_path}:ro", "--log", "off") as server:
            assert server.request("") == (200, "<p>")
            assert server.request("large", headers={"Range": "bytes=65-67"}) == (206, "ABC")
            assert server.request("none")[0] == 404


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

    def test_an_idle_object_is_dropped_when_that_is_wanted(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(
            "from worker_runtime import DurableObject, Response\n"
            "class Object(DurableObject):\n"
            "    async def number(self):\n"
            "        self.count = getattr(self, 'count', 0) + 1\n"
            "        return self.count\n"
            "async def fetch(request, env, ctx):\n"
            "    return Response(str(await env.OBJECT.getByName('x').number()))\n"
        )
        arguments = (tmp_path / "w.py", "--durable", "OBJECT=Object", "--durable-object-idle")
        for seconds, second_answer in (("60", "2"), ("0", "1")):
            with serving(*arguments, seconds) as server:
                assert server.request()[1] == "1"
                time.sleep(0.1)
                assert server.request()[1] == second_answer

    def test_several_processes_need_a_storage(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["serve", "--durable", "A=B", "--workers", "2"]) == 1
        assert "needs --storage" in capsys.readouterr().err

    @pytest.mark.parametrize("argument", ["A", "A=", "=B", "A-B=C"])
    def test_what_is_no_pair_is_refused(self, argument: str) -> None:
        with pytest.raises(SystemExit):
            main(["serve", "--durable", argument])


ECHO = """
from worker_runtime import Response

async def fetch(request):
    return Response("http")

async def connect(socket, env):
    writer = socket.writable.getWriter()
    await writer.write(f"{env.GREETING} ")
    async for chunk in socket.readable:
        await writer.write(chunk)
    await writer.close()
"""


def exchange(line: str, data: bytes) -> bytes:
    """What a server says that is named in a line of its output, to a client that ends its side."""
    match = re.search(r"at ([\d.]+):(\d+)", line)
    assert match is not None, line
    with socket.create_connection((match[1], int(match[2])), timeout=10) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(1000), b""))


class TestTCP:
    @pytest.mark.parametrize("arguments", [(), ("--workers", "2")])
    def test_connections_go_to_the_handler(
        self, arguments: tuple[str, ...], tmp_path: Path
    ) -> None:
        worker = tmp_path / "worker.py"
        worker.write_text(ECHO)
        with serving(
            worker, "--tcp", "0", "--env", "GREETING=hello", *arguments, command=IMPATIENT
        ) as server:
            assert server.process.stdout is not None
            line = server.process.stdout.readline()
            assert line.startswith("Serving TCP connections at 127.0.0.1:")
            for _ in range(3):
                assert exchange(line, b"world") == b"hello world"
            assert server.request() == (200, "http")
            status, _, errors = server.stop()
        assert status == 0 and "Traceback" not in errors

    def test_one_that_is_open_has_its_time_to_end(self, tmp_path: Path) -> None:
        worker = tmp_path / "worker.py"
        worker.write_text(ECHO)
        arguments = ("--tcp", "0", "--env", "GREETING=hello", "--drain-timeout", "10")
        with serving(worker, *arguments, command=IMPATIENT) as server:
            assert server.process.stdout is not None
            match = re.search(r"at ([\d.]+):(\d+)", server.process.stdout.readline())
            assert match is not None
            with socket.create_connection((match[1], int(match[2])), timeout=10) as connection:
                assert connection.recv(100) == b"hello "
                server.process.terminate()
                assert server.process.stderr is not None
                while "Waiting for 1 connection" not in server.process.stderr.readline():
                    pass
                connection.sendall(b"still there")
                assert connection.recv(100) == b"still there"
                connection.shutdown(socket.SHUT_WR)
                assert connection.recv(100) == b""
            assert server.process.wait(timeout=10) == 0

    def test_a_new_version_has_the_new_connections(self, tmp_path: Path) -> None:
        worker = tmp_path / "worker.py"
        worker.write_text(ECHO)
        arguments = ("--tcp", "0", "--env", "GREETING=hello", "--reload", "--drain-timeout", "5")
        with serving(worker, *arguments, command=IMPATIENT) as server:
            assert server.process.stdout is not None
            line = server.process.stdout.readline()
            match = re.search(r"at ([\d.]+):(\d+)", line)
            assert match is not None
            with socket.create_connection((match[1], int(match[2])), timeout=10) as old:
                assert old.recv(100) == b"hello "
                worker.write_text(ECHO.replace('"{env', '"new {env'))
                assert server.process.stderr is not None
                while "is reloaded" not in server.process.stderr.readline():
                    pass
                while not exchange(line, b"x").startswith(b"new hello"):
                    pass
                old.sendall(b"still there")
                assert old.recv(100) == b"still there"
            server.stop()

    @pytest.mark.parametrize("arguments, message", [
        (("--tcp", "0"), "--tcp goes with a WORKER"),
        (("WORKER", "--tcp", "0"), "--tcp is for a worker that takes connections"),
        (("WORKER", "--tcp", "x"), "Not a port with or without a host: 'x'"),
        (("WORKER", "--allow-listen", "::1:80"), "Not a port with or without a host"),
        (("WORKER", "--net-policy", "closed"), "invalid choice"),
    ])  # fmt: skip
    def test_what_does_not_go_together_says_so(
        self,
        arguments: tuple[str, ...],
        message: str,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        worker = tmp_path / "worker.py"
        worker.write_text("from worker_runtime import Response\ndef fetch(): return Response()\n")
        words = [str(worker) if each == "WORKER" else each for each in arguments]
        with suppress(SystemExit):
            assert main(["serve", *words, "--port", "0"]) == 1
        assert message in capsys.readouterr().err


class TestNetworkOptions:
    def network_of(self, *arguments: str) -> Network:
        parser = argparse.ArgumentParser()
        add_serve_command(parser.add_subparsers())
        return host_of(options_of(parser.parse_args(["serve", *arguments]))).network

    async def test_without_any_all_is_allowed(self) -> None:
        assert isinstance(self.network_of(), SystemNetwork)

    @pytest.mark.parametrize("arguments, dials, listens", [
        (("--allow-net", "127.0.0.1:1"), True, False),
        (("--allow-net", "a.example"), False, False),
        (("--allow-listen", "0"), True, True),
        (("--allow-net", "a.example", "--allow-listen", "80, 127.0.0.1:0"), False, True),
        (("--allow-listen", "[::1]:0"), True, False),
        (("--net-policy", "deployed"), False, False),
        (("--net-policy", "deployed", "--allow-listen", "0"), False, True),
    ])  # fmt: skip
    async def test_with_either_the_other_is_needed_to_listen(
        self, arguments: tuple[str, ...], dials: bool, listens: bool
    ) -> None:
        network = self.network_of(*arguments)
        with pytest.raises(ConnectionRefusedError if dials else NotAllowed):
            await network.dial(TCPAddress("127.0.0.1", 1))
        listening = network.listen(TCPAddress("127.0.0.1", 0), lambda stream: None)
        if listens:
            (await listening).close()
        else:
            with pytest.raises(NotAllowed):
                await listening
