"""A small worker to begin with, and its test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spec_tests.server.processes import REFERENCE, serving
from worker_runtime.cli.main import main


class TestInit:
    def test_the_worker_serves_passes_its_test_and_is_typed(self, tmp_path: Path) -> None:
        assert main(["init", str(tmp_path / "new")]) == 0
        with serving(tmp_path / "new" / "worker.py") as server:
            assert server.request("?name=Ada") == (200, '{"hello":"Ada"}')
        environment = {**os.environ, "PYTHONPATH": str(REFERENCE)}
        command = [sys.executable, str(tmp_path / "new" / "test_worker.py")]
        assert subprocess.run(command, env=environment).returncode == 0

    def test_no_file_is_replaced(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "worker.py").write_text("mine")
        assert main(["init", str(tmp_path)]) == 0
        assert (tmp_path / "worker.py").read_text() == "mine"
        assert "kept" in capsys.readouterr().out
