"""What `serve` finds in the folder in which it is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker_runtime.cli.main import argument_parser
from worker_runtime.cli.settings import SettingsError, settings_in, what_came_from_where


class TestSettingsIn:
    def test_a_table_says_what_options_say(self, tmp_path: Path) -> None:
        (tmp_path / "pyproject.toml").write_text(
            "[tool.worker-runtime]\nport = 9000\nreload = true\nhttp-cache = false\n"
            'kv = ["A", "B"]\nenv = { NAME = "value" }\n'
        )
        assert settings_in(tmp_path) == [
            "--port=9000", "--reload", "--kv=A", "--kv=B", "--env=NAME=value",
        ]  # fmt: skip

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
        text = what_came_from_where(argument_parser(["serve"]), ["--port=9000"], ["--host", "::1"])
        sources = {line.split()[0]: line.split()[-1] for line in text.splitlines()}
        assert (sources["port"], sources["host"], sources["log"]) == (
            "pyproject.toml", "line", "default",
        )  # fmt: skip
