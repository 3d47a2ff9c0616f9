"""Secrets from files."""

from __future__ import annotations

from pathlib import Path

import pytest

from spec_tests.cli.test_main import run
from spec_tests.server.processes import REFERENCE, serving
from worker_runtime.cli.secret_files import SecretFileError, read_secret_files


class TestReadSecretFiles:
    def test_each_file_is_one(self, tmp_path: Path) -> None:
        (tmp_path / "TOKEN").write_bytes(b"a b\n\r\n")
        (tmp_path / "KEY").write_bytes("ä".encode())
        (tmp_path / "EMPTY").write_bytes(b"\n")
        (tmp_path / ".hidden").write_bytes(b"x")
        (tmp_path / "folder").mkdir()
        (tmp_path / "LINK").symlink_to(tmp_path / "KEY")
        secrets = read_secret_files(tmp_path)
        assert secrets == {"EMPTY": "", "KEY": "ä", "LINK": "ä", "TOKEN": "a b\n"}

    def test_what_is_no_text_says_where(self, tmp_path: Path) -> None:
        (tmp_path / "TOKEN").write_bytes(b"a\xff")
        with pytest.raises(SecretFileError, match="TOKEN: not UTF-8 at byte 1"):
            read_secret_files(tmp_path)

    def test_a_folder_that_is_not_there_is_an_os_error(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            read_secret_files(tmp_path / "none")


class TestServe:
    def test_secrets_are_members_of_env_and_the_command_line_wins(self, tmp_path: Path) -> None:
        (tmp_path / "secrets").mkdir()
        (tmp_path / "secrets" / "GREETING").write_text("Psst\n")
        (tmp_path / "vars").write_text("GREETING=loud\n")
        module = REFERENCE / "examples" / "module.py"
        files = ("--env-file", tmp_path / "vars", "--secrets", tmp_path / "secrets")
        with serving(module, *files) as server:
            assert server.request() == (200, "Psst World\n")

    def test_what_cannot_be_read_is_said(self, tmp_path: Path) -> None:
        result = run("serve", REFERENCE / "examples" / "hello.py", "--secrets", tmp_path / "none")
        assert (result.returncode, result.stdout) == (1, "")
        assert "none: No such file or directory" in result.stderr
        assert "Traceback" not in result.stderr
