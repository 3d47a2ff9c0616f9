"""What `serve` finds in the folder in which it is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker_runtime.cli.main import argument_parser
from worker_runtime.cli.settings import Setting, SettingsError, settings_in, what_came_from_where


class TestSettingsIn:
    def test_a_table_says_what_options_say(self, tmp_path: Path) -> None:
        (tmp_path / "pyproject.toml").write_text(
            "[tool.worker-runtime]\nport = 9000\nreload = true\nhttp-cache = false\n"
            'kv = ["A", "B"]\nenv = { NAME = "value" }\n'
        )
        settings = settings_in(tmp_path)
        assert [each.arguments for each in settings] == [
            ["--port=9000"], ["--reload"], [], ["--kv=A", "--kv=B"], ["--env=NAME=value"],
        ]  # fmt: skip
        assert [each.place.rpartition(":")[2] for each in settings] == ["2", "3", "4", "5", "6"]

    def test_there_may_be_none(self, tmp_path: Path) -> None:
        assert settings_in(tmp_path) == []
        (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
        assert settings_in(tmp_path) == []

    def test_what_is_no_toml_is_said_with_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "pyproject.toml").write_text("[tool")
        with pytest.raises(SettingsError, match="pyproject.toml"):
            settings_in(tmp_path)


class TestWhatCameFromWhere:
    def test_each_option_has_its_source(self) -> None:
        settings = [Setting("pyproject.toml:2", ["--port=9000"])]
        text = what_came_from_where(argument_parser(["serve"]), settings, ["--host", "::1"])
        sources = {line.split()[0]: line.split()[-1] for line in text.splitlines()}
        assert (sources["port"], sources["host"], sources["log"]) == (
            "pyproject.toml", "line", "default",
        )  # fmt: skip

    def test_so_has_each_member_of_env_whose_value_is_not_shown(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / ".env").write_text("A=secret\nB=secret\nC=secret\nD=secret\n")
        (tmp_path / "more").write_text("B=secret\n")
        settings = [Setting("pyproject.toml:2", ["--env=C=secret", "--env=D=secret"])]
        arguments = ["--env-file", "more", "--env", "D=secret"]
        text = what_came_from_where(argument_parser(["serve"]), settings, arguments)
        sources = {line.split()[0]: line.split()[-1] for line in text.splitlines()}
        assert [sources[f"env.{name}"] for name in "ABCD"] == [
            ".env", "more", "pyproject.toml", "line",
        ]  # fmt: skip
        assert "secret" not in text
