"""Whether the files of a worker have changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from worker_runtime.cli.watching import WatchedFolder


def touch(folder: Path) -> None:
    (folder / "w.py").write_text("changed")


def add_a_module(folder: Path) -> None:
    (folder / "late.py").write_text("")


def change_a_module_of_a_package(folder: Path) -> None:
    (folder / "package" / "deep" / "module.py").write_text("changed")


def remove_a_module(folder: Path) -> None:
    (folder / "helper.py").unlink()


def swap_the_symbolic_link(folder: Path) -> None:
    (folder / "new.link").symlink_to(folder.parent / "versions" / "2")
    os.replace(folder / "new.link", folder / "current")


def replace_by_one_of_the_same_time_and_size(folder: Path) -> None:
    status = os.stat(folder / "helper.py")
    (folder / "other").write_text("2")
    os.utime(folder / "other", ns=(status.st_atime_ns, status.st_mtime_ns))
    os.replace(folder / "other", folder / "helper.py")


def write_something_else(folder: Path) -> None:
    (folder / "data.txt").write_text("changed")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "w.py").write_text("")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "w.py").write_text("")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "worker"
    (folder / "package" / "deep").mkdir(parents=True)
    for name in ("w.py", "helper.py", "package/deep/module.py"):
        (folder / name).write_text("1")
    for version in ("1", "2"):
        (tmp_path / "versions" / version).mkdir(parents=True)
        (tmp_path / "versions" / version / "linked.py").write_text(version * int(version))
    (folder / "current").symlink_to(tmp_path / "versions" / "1")
    return folder


class TestWatchedFolder:
    @pytest.mark.parametrize(
        "change, is_seen",
        [
            (touch, True), (add_a_module, True), (change_a_module_of_a_package, True),
            (remove_a_module, True), (swap_the_symbolic_link, True),
            (replace_by_one_of_the_same_time_and_size, True), (write_something_else, False),
        ],
    )  # fmt: skip
    def test_a_change_is_seen_once(
        self, folder: Path, change: Callable[[Path], None], is_seen: bool
    ) -> None:
        watched = WatchedFolder(folder / "w.py")
        assert not watched.has_changed()
        change(folder)
        assert (watched.has_changed(), watched.has_changed()) == (is_seen, False)
