"""Folders where the system opens nothing by a descriptor; see test_folders.py for what they share
with the others.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from spec_tests.host.path_attacks import WINDOWS_NAMES
from worker_runtime.host.windows_folders import (
    REPARSE_POINT,
    PathFolder,
    check_windows_names,
    is_a_link,
)


class TestCheckWindowsNames:
    @pytest.mark.parametrize("name", WINDOWS_NAMES, ids=ascii)
    def test_refuses_what_is_something_else(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(OSError, match="Invalid argument"):
            check_windows_names([name])
        folder = PathFolder(tmp_path)
        for operation in (
            folder.make_file, folder.make_directory, folder.open, folder.replace, folder.children,
        ):  # fmt: skip
            with pytest.raises(OSError, match="Invalid argument"):
                operation((name,))
            with pytest.raises(OSError, match="Invalid argument"):
                operation((name, "a"))
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        "name", ["a", "console", "com", "com10", "comx", "null", "aux_", "nul-", "my.con", ".con"]
    )
    def test_takes_names_that_are_only_like_those(self, name: str) -> None:
        check_windows_names([name])


class TestIsALink:
    def test_a_junction_is_one(self) -> None:
        class Status:
            st_mode = stat.S_IFDIR
            st_file_attributes = REPARSE_POINT

        assert is_a_link(Status())  # type: ignore[arg-type]

    def test_a_folder_is_none(self, tmp_path: Path) -> None:
        assert not is_a_link(tmp_path.stat())


@pytest.mark.skipif(os.name != "posix", reason="links are those of POSIX")
class TestPathFolder:
    def test_a_link_put_there_after_the_look_is_not_used(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "folder" / "d").mkdir(parents=True)
        (tmp_path / "outside").mkdir()
        for name in ("folder/d", "outside"):
            (tmp_path / name / "a").write_text(name)
        folder = PathFolder(tmp_path / "folder")
        real_open = os.open

        def open_after_an_exchange(path: Path, flags: int) -> int:
            os.rename(tmp_path / "folder" / "d", tmp_path / "folder" / "e")
            (tmp_path / "folder" / "d").symlink_to(tmp_path / "outside")
            return real_open(path, flags)

        monkeypatch.setattr(os, "open", open_after_an_exchange)
        with pytest.raises(FileNotFoundError):
            folder.open(("d", "a"))

    def test_a_link_to_the_same_file_outside_is_not_used(self, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        (tmp_path / "outside").mkdir()
        (tmp_path / "outside" / "a").write_text("x")
        (tmp_path / "folder" / "d").symlink_to(tmp_path / "outside")
        assert PathFolder(tmp_path / "folder").look(("d", "a")) is None

    def test_a_swap_file_that_is_not_used_is_removed(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_text("x")
        replacement = PathFolder(tmp_path).replace(("a",))
        assert len(list(tmp_path.iterdir())) == 2
        replacement.discard()
        assert [each.name for each in tmp_path.iterdir()] == ["a"]
