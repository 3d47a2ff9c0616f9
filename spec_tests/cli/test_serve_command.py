"""The command `serve`: what its options come to."""

from __future__ import annotations

import time
from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from spec_tests.server.processes import serving
from worker_runtime.cli.arguments import dir_binding, kv_binding
from worker_runtime.cli.main import main


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
