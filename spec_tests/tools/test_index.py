"""The index: nothing is read twice, and nothing that has changed is missed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools.traceability.index import Index


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "leaf.txt").write_text("green")
    return tmp_path / "leaf.txt"


def read(root: Path, file: Path, kind: str = "text") -> tuple[str, bool]:
    """What an index says of a file, and whether it had to be read."""
    calls = []

    def reader() -> str:
        calls.append(file)
        return file.read_text()

    index = Index(root)
    text = index.read(kind, file, reader)
    index.save()
    return text, bool(calls)


def test_a_file_is_read_once(tmp_path: Path, file: Path) -> None:
    assert [read(tmp_path, file) for _ in range(2)] == [("green", True), ("green", False)]
    assert read(tmp_path, file, "other") == ("green", True)


def test_a_file_that_has_changed_is_read_again(tmp_path: Path, file: Path) -> None:
    read(tmp_path, file)
    file.write_text("black")
    os.utime(file, ns=(0, 1))
    assert read(tmp_path, file) == ("black", True)
    file.write_text("white")
    os.utime(file, ns=(0, 2))
    assert read(tmp_path, file) == ("white", True)


@pytest.mark.parametrize("content", [b"", b"no pickle", b"\x80\x04N."])
def test_an_index_that_cannot_be_read_is_as_good_as_none(
    content: bytes, tmp_path: Path, file: Path
) -> None:
    read(tmp_path, file)
    (tmp_path / ".trace" / "index.pickle").write_bytes(content)
    assert read(tmp_path, file) == ("green", True)
    assert read(tmp_path, file) == ("green", False)


def test_one_that_cannot_be_written_does_no_harm(tmp_path: Path, file: Path) -> None:
    (tmp_path / ".trace").write_text("in the way")
    assert [read(tmp_path, file) for _ in range(2)] == [("green", True)] * 2
