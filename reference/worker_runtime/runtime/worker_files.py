"""Worker files: from a Python file to a script that can be evaluated.

A worker is a Python file, run as a module of its own. Its folder is on the path, so it imports its
neighbours as usual.
"""

from __future__ import annotations

import sys
import types
import weakref
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

from ..cloudflare.module_worker import add_module_handlers
from ..html.global_objects import GlobalObject
from .bindings import bound

# Evaluates a worker's script once, in the scope that it is given.
Script: TypeAlias = Callable[[GlobalObject], object]


def script_of_module(module: Mapping[str, Any], env: Mapping[str, object]) -> Script:
    """The script of a worker that is a module of this package."""
    return lambda scope: add_module_handlers(scope, module, bound(env, scope, module))


def script_of_file(path: Path, env: Mapping[str, object]) -> Script:
    """The script of a worker in a file, or in the `__init__.py` of a folder.

    OSError if the file cannot be read, SyntaxError or ValueError if it is not Python.
    """
    file = (path / "__init__.py" if path.is_dir() else path).resolve()
    code = compile(file.read_bytes(), str(file), "exec", dont_inherit=True)
    return partial(_evaluate, file, code, env)


def _evaluate(
    file: Path, code: types.CodeType, env: Mapping[str, object], scope: GlobalObject
) -> None:
    folder = str(file.parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    module = types.ModuleType(_free_module_name())
    module.__file__ = str(file)
    sys.modules[module.__name__] = module
    # Classes look for their module there, as long as the scope lives.
    weakref.finalize(scope, _forget, module.__name__, id(module))
    exec(code, module.__dict__)
    add_module_handlers(scope, module.__dict__, bound(env, scope, module.__dict__))


def _forget(name: str, module_id: int) -> None:
    if id(sys.modules.get(name)) == module_id:  # another worker may have taken the name
        del sys.modules[name]


def _free_module_name() -> str:
    names = ("__worker__" if number == 1 else f"__worker_{number}__" for number in count(1))
    return next(name for name in names if name not in sys.modules)
