"""The `env` that a command line says."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker_runtime.cli.main import argument_parser
from worker_runtime.cli.worker_options import environment_of, sources_of


@pytest.mark.parametrize("command", ["serve", "trigger"])
def test_what_comes_later_counts(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("A=1\nB=1\nC=1\nD=1\n")
    (tmp_path / "file").write_text("B=2\nC=2\nD=2\n")
    (tmp_path / "secrets").mkdir()
    for name in "CD":
        (tmp_path / "secrets" / name).write_text("3\n")
    arguments = ["--env-file", "file", "--secrets", "secrets", "--env", "D=4", "--kv", "E"]
    options = argument_parser([command]).parse_args([command, __file__, *arguments])
    environment = environment_of(options)
    assert [environment[name] for name in "ABCD"] == ["1", "2", "3", "4"]
    assert [source for _, source in sources_of(options).values()] == [
        ".env", "file", "secrets", "--env", "--kv",
    ]  # fmt: skip


def test_there_need_be_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert environment_of(argument_parser(["serve"]).parse_args(["serve"])) == {}
