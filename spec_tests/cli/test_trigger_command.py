"""The command `trigger`."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker_runtime.cli.main import main

WORKER = """
async def scheduled(controller, env, ctx):
    print(controller.cron, controller.scheduledTime, env.NAME)
    if env.NAME == "fail":
        raise KeyError("x")
"""


@pytest.fixture
def worker(tmp_path: Path) -> str:
    (tmp_path / "w.py").write_text(WORKER)
    return str(tmp_path / "w.py")


class TestTriggerCommand:
    def test_the_worker_is_called_and_the_command_ends(
        self, worker: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        arguments = ["--cron", "0 0 L * *", "--time", "1745856238000", "--env", "NAME=x"]
        assert main(["trigger", worker, *arguments]) == 0
        assert capsys.readouterr().out == "0 0 L * * 1745856238000.0 x\nok\n"

    def test_an_exception_is_status_1(
        self, worker: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["trigger", worker, "--env", "NAME=fail"]) == 1
        output = capsys.readouterr()
        assert output.out.endswith("exception\n") and "KeyError" in output.err

    def test_a_worker_that_does_not_listen_is_status_1(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "w.py").write_text("def fetch(request, env, ctx): return None\n")
        assert main(["trigger", str(tmp_path / "w.py")]) == 1
        assert capsys.readouterr().out == "skipped\n"

    def test_a_worker_that_does_not_start_is_status_1(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "w.py").write_text("1/0")
        assert main(["trigger", str(tmp_path / "w.py")]) == 1
        assert "ZeroDivisionError" in capsys.readouterr().err
