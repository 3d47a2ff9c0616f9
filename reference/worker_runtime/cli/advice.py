"""Advice: what to do about something that has gone wrong, in a sentence."""

from __future__ import annotations

import errno
import re
from difflib import get_close_matches
from pathlib import Path
from sys import modules

from ..host.console import Mistake

PACKAGE = __name__.rpartition(".cli.")[0]  # under whatever name the folder has
MEND = "Mend the line, and save the file: with --reload the worker is started again."


def advice_on(value: object) -> str:
    """What the author of a worker can do about what it has thrown; None: it did not answer."""
    match value:
        case None:
            return "Return a Response from fetch(), or call event.respondWith(...)."
        case ModuleNotFoundError(name=str(name)):
            return advice_on_a_module(name)
        case ImportError(name=str(module)) if f"{module}.".startswith(f"{PACKAGE}."):
            found = re.search(r"cannot import name '(\w+)'", str(value))
            return MEND if found is None else advice_on_a_name(found[1])
        case Mistake() if "\n" in str(value):
            return " ".join(str(value).split("\n")[1:]).strip()
        case TypeError() if "takes a Response" in str(value):
            return "Return Response(...) or Response.json(...), and await what is a coroutine."
        case SystemExit():
            return "A worker does not end the process: raise an exception, or leave the call out."
    return MEND


def advice_on_the_start(cause: object) -> str:
    """What to do so that a worker starts."""
    if isinstance(cause, Mistake):
        return "Mend that, and start it again."
    return "Mend the line, and start it again." if advice_on(cause) == MEND else advice_on(cause)


def advice_on_a_module(name: str) -> str:
    """About a module that is not there."""
    if name.partition(".")[0] in (PACKAGE.partition(".")[0], "worker_runtime"):
        return f"The platform is imported by its top: from {PACKAGE} import Response, ..."
    return f"Is there a file {name}.py beside the worker, or a package to install?"


def advice_on_a_name(name: str) -> str:
    """About a name that is imported from the platform, and is not there."""
    names: list[str] = modules[PACKAGE].__all__
    if name in names:
        return f"Write `from {PACKAGE} import {name}`."
    spelt_alike = {each.lower(): each for each in names}
    near = get_close_matches(name.lower(), spelt_alike, n=1)
    if near:
        return f"Did you mean {spelt_alike[near[0]]}?"
    return f"help({PACKAGE}) has the names that there are."


def advice_on_listening(error: OSError) -> str:
    """About an address at which nobody can listen."""
    match error.errno:
        case errno.EADDRINUSE:
            return "another program listens there; end it, or choose another --port"
        case errno.EADDRNOTAVAIL:
            return 'this machine has no such address; --host "" is all that it has'
        case errno.EACCES | errno.EPERM:
            return "that takes more rights; choose a --port from 1024 up, or another path"
        case errno.ENOENT | errno.ENOTDIR:
            return "is there the folder of the socket?"
    return "--host takes a name or a number of this machine"


def advice_on_a_folder(folder: Path) -> str:
    """About a folder in which nothing can be written."""
    if folder.exists() and not folder.is_dir():
        return f"{str(folder)!r} is a file; name a folder"
    return "name a folder in which you may write"
