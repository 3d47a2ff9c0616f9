"""The one file: what is in it, and that it runs."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from spec_tests.server.processes import REFERENCE, serving
from tools.make_pyz import bytecode, main, make_pyz

MAIN = "import part\nprint(part.f.__code__.co_filename)\n"
PART = "def f(): pass\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small program."""
    folder = tmp_path / "program"
    (folder / "part" / "__pycache__").mkdir(parents=True)
    (folder / "__main__.py").write_text(MAIN)
    (folder / "part" / "__init__.py").write_text(PART)
    (folder / "part" / "__pycache__" / "__init__.cpython-311.pyc").write_bytes(b"old")
    return folder


def output_of(archive: Path) -> str:
    return subprocess.check_output([sys.executable, str(archive)], text=True).strip()


def test_the_runtime_serves_from_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = tmp_path / "worker-runtime.pyz"
    assert main(["-o", str(archive)]) == 0
    assert capsys.readouterr().out.startswith(f"{archive}: ")
    with serving(REFERENCE / "examples" / "hello.py", command=(str(archive),)) as server:
        assert server.request() == (200, "Hello World")
    with serving(command=(str(archive),)) as server:
        assert server.request()[0] == 200


def test_the_bytecode_is_used(folder: Path, tmp_path: Path) -> None:
    make_pyz(tmp_path / "a.pyz", folder)
    assert output_of(tmp_path / "a.pyz") == "part/__init__.py"  # not a path within the archive


def test_another_python_uses_the_sources(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "MAGIC_NUMBER", b"\0\0\r\n")
    make_pyz(tmp_path / "a.pyz", folder)
    assert output_of(tmp_path / "a.pyz") == str(tmp_path / "a.pyz" / Path("part/__init__.py"))


def test_the_same_sources_make_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    make_pyz(tmp_path / "a.pyz", folder)
    (folder / "part" / "__init__.py").touch()
    make_pyz(tmp_path / "b.pyz", folder)
    assert (tmp_path / "a.pyz").read_bytes() == (tmp_path / "b.pyz").read_bytes()
    assert os.access(tmp_path / "a.pyz", os.X_OK) or sys.platform == "win32"
    assert sorted(os.listdir(tmp_path)) == ["a.pyz", "b.pyz", "program"]


def test_bytecode_is_as_long_as_python_expects() -> None:
    assert bytecode("a.py", b"")[:16] == importlib.util.MAGIC_NUMBER + b"\1" + bytes(11)
