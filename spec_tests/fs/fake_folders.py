"""Folders that behave badly."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from threading import Event
from typing import Any

from worker_runtime.host.folders import Folder, folder_at
from worker_runtime.host.windows_folders import check_windows_names


class FakeFolder:
    """A real folder, before which something else happens at each operation."""

    def __init__(self, path: str | os.PathLike[str], before: Callable[..., object]) -> None:
        self._before = before
        self._folder = folder_at(path)

    def __getattr__(self, operation: str) -> Any:
        def perform(*args: Any) -> Any:
            self._before(operation, *args)
            return getattr(self._folder, operation)(*args)

        return perform


def slow_folder(path: str | os.PathLike[str], goes_on: Event) -> Folder:
    """One on a disk that hangs until the test lets it go on."""
    return FakeFolder(path, lambda *_: goes_on.wait())


def failing_folder(path: str | os.PathLike[str], failures: dict[str, int]) -> Folder:
    """One whose operations fail as long as they are among these, with an error each."""

    def fail(operation: str, *args: object) -> None:
        number = failures.get(operation)
        if number is not None:
            raise OSError(number, os.strerror(number), "/secret/place")

    return FakeFolder(path, fail)


def folder_of_windows(path: str | os.PathLike[str]) -> Folder:
    """One that takes the names that Windows takes."""

    def check(operation: str, *args: Any) -> None:
        for names in args:
            if isinstance(names, tuple):
                check_windows_names(names)

    return FakeFolder(path, check)


FULL_DISK = dict.fromkeys(["make_file", "make_directory", "replace"], errno.ENOSPC)
READ_ONLY_DISK = dict.fromkeys(
    ["make_file", "make_directory", "replace", "remove", "move"], errno.EROFS
)
