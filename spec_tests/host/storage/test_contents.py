"""The contents of files, in memory and in a folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from worker_runtime.host.storage.contents import Contents, FolderOfContents, MemoryContents

A, B = "a" * 32, "b" * 32


@pytest.fixture(params=["memory", "folder"])
def contents(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Contents]:
    contents: Contents = (
        MemoryContents() if request.param == "memory" else FolderOfContents(tmp_path / "files")
    )
    yield contents
    contents.close()


def id_of(contents: object) -> int:
    return id(contents)


class TestContents:
    def test_what_was_created_can_be_opened(self, contents: Contents) -> None:
        with pytest.raises(FileNotFoundError):
            contents.open(b"group", A)
        file = contents.create(b"group", A)
        file.write_all(0, [b"text"])
        file.close()
        for writable in (False, True):
            file = contents.open(b"group", A, writable)
            assert file.read(0, 10) == b"text"
            file.close()
        file = contents.open(b"group", A, writable=True)
        file.write_all(4, [b"!"])
        file.close()
        assert contents.size(b"group") == 5

    def test_groups_are_apart(self, contents: Contents) -> None:
        for group in (b"one", b"other", b"../one", b"\0"):
            assert contents.names(group) == []
            contents.create(group, A).close()
            assert contents.names(group) == [A]

    def test_what_was_deleted_is_there_for_who_has_it_open(self, contents: Contents) -> None:
        file = contents.create(b"group", A)
        file.write_all(0, [b"text"])
        contents.delete(b"group", A)
        contents.delete(b"group", A)
        assert contents.names(b"group") == []
        assert contents.size(b"group") == 0
        assert file.read(0, 4) == b"text"
        file.close()

    def test_keeps_records(self, contents: Contents) -> None:
        assert contents.record(id_of) == contents.record(id_of)

    def test_claims(self, contents: Contents) -> None:
        assert contents.claim(A, 0)
        assert contents.claim(A, 0)
        contents.release(A, 0)
        contents.release(A, 0)
        assert contents.claim(A, None)
        contents.release(A, None)


class TestFolderOfContents:
    def test_nothing_is_made_before_there_is_something(self, tmp_path: Path) -> None:
        contents = FolderOfContents(tmp_path / "files")
        assert (contents.names(b"group"), contents.size(b"group")) == ([], 0)
        contents.delete(b"group", A)
        contents.close()
        assert list(tmp_path.iterdir()) == []

    def test_files_are_the_owners_alone(self, tmp_path: Path) -> None:
        contents = FolderOfContents(tmp_path / "files")
        contents.create(b"group", A).close()
        contents.claim(A, 0)
        for path in (tmp_path / "files").rglob("*"):
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
        contents.close()

    def test_a_closed_one_has_nothing(self, tmp_path: Path) -> None:
        contents = FolderOfContents(tmp_path / "files")
        contents.close()
        with pytest.raises(OSError, match="closed"):
            contents.create(b"group", A)
        contents.close()

    def test_names_are_never_used_twice(self, tmp_path: Path) -> None:
        contents = FolderOfContents(tmp_path / "files")
        contents.create(b"group", A).close()
        with pytest.raises(FileExistsError):
            contents.create(b"group", A)
        contents.close()

    def test_windows_deletes_nothing_that_is_open(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def unlink(path: Path) -> None:
            error = PermissionError(13, "used by another process")
            error.winerror = 32  # type: ignore[attr-defined]
            raise error

        contents = FolderOfContents(tmp_path / "files")
        contents.create(b"group", A).close()
        monkeypatch.setattr(os, "unlink", unlink)
        contents.delete(b"group", A)
        monkeypatch.setattr(os, "unlink", lambda path: os.remove("/nowhere/at/all"))
        contents.delete(b"group", A)
        contents.close()
