"""Worker loader: from a file to a script that can be evaluated, and to know when it has changed.

A worker is a Python file, run as a module of its own. Its folder is on the path, so it imports its
neighbours as usual.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from ..cloudflare.module_worker import add_module_handlers
from ..global_scope.service_worker_global_scope import ServiceWorkerGlobalScope

MODULE_NAME = "__worker__"


class WorkerFile:
    """A worker in a file, or in the `__init__.py` of a folder; `load` it for each version that is
    to be run.
    """

    def __init__(self, path: Path, env: Mapping[str, object]) -> None:
        self.file = (path / "__init__.py" if path.is_dir() else path).resolve()
        self._env = env
        self._neighbours: list[str] = []  # the modules beside it that its last version imported
        self._seen: dict[str, float] = {}  # the time of each file's last change

    def load(self) -> Callable[[ServiceWorkerGlobalScope], None]:
        """Read and compile the file, for a service worker's script resource.

        OSError if the file cannot be read, SyntaxError or ValueError if it is no Python.
        """
        self._seen = {str(self.file): change_time(str(self.file))}
        return partial(
            self._evaluate,
            compile(self.file.read_bytes(), str(self.file), "exec", dont_inherit=True),
        )

    def _evaluate(self, code: types.CodeType, scope: ServiceWorkerGlobalScope) -> None:
        folder = str(self.file.parent)
        if folder not in sys.path:
            sys.path.insert(0, folder)
        for name in self._neighbours:
            sys.modules.pop(name, None)
        before = set(sys.modules)
        module = types.ModuleType(MODULE_NAME)
        module.__file__ = str(self.file)
        sys.modules[MODULE_NAME] = module
        try:
            exec(code, module.__dict__)
        finally:
            self._look_for_neighbours(before)
        add_module_handlers(scope, module.__dict__, self._env)

    def _look_for_neighbours(self, before: set[str]) -> None:
        self._neighbours = []
        for name in set(sys.modules) - before:
            file = getattr(sys.modules[name], "__file__", None)
            if file and Path(file).is_relative_to(self.file.parent) and "site-packages" not in file:
                self._neighbours.append(name)
                self._seen[file] = change_time(file)

    def has_changed(self) -> bool:
        """Whether the file, or a neighbour that it imports, is not as it was when it was loaded."""
        return any(change_time(file) != time for file, time in self._seen.items())


def change_time(file: str) -> float:
    """When a file was changed last; 0 if it is gone."""
    try:
        return Path(file).stat().st_mtime
    except OSError:
        return 0.0
