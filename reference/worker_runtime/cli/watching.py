"""Watching: whether the files of a worker have changed."""

from __future__ import annotations

import os
from pathlib import Path

SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages"})


class WatchedFolder:
    """The Python files of a worker: its own, and every other one below its folder."""

    def __init__(self, worker: Path) -> None:
        self._file = worker / "__init__.py" if worker.is_dir() else worker
        self._seen = self._look()

    def has_changed(self) -> bool:
        """Whether a file has come, gone or changed since the last time that this was asked."""
        before, self._seen = self._seen, self._look()
        return self._seen != before

    def _look(self) -> dict[str, tuple[int, int, int]]:
        """Of each file what changes with it, behind symbolic links."""
        found: dict[str, tuple[int, int, int]] = {}
        for folder, folders, files in os.walk(self._file.parent, followlinks=True):
            folders[:] = [
                name for name in folders if name not in SKIPPED_FOLDERS and name[0] != "."
            ]
            for name in files:
                if name.endswith(".py"):
                    path = os.path.join(folder, name)
                    try:
                        status = os.stat(path)
                    except OSError:
                        continue
                    found[path] = (status.st_mtime_ns, status.st_ino, status.st_size)
        return found
