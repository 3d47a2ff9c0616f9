"""The command `init`: a small worker to begin with, and its test."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import Any

from ..host.console import PACKAGE_FOLDER
from .advice import advice_on_a_folder

PACKAGE = __name__.rpartition(".cli.")[0]  # under whatever name the folder has
WHERE_IT_IS = str(Path(PACKAGE_FOLDER).parents[PACKAGE.count(".")])
FILES = {
    "worker.py": '''"""A worker that greets."""

from worker_runtime import URL, Request, Response


async def fetch(request: Request) -> Response:
    """Greets the caller: /?name=Ada"""
    name = URL(request.url).searchParams.get("name") or "World"
    return Response.json({"hello": name})
''',
    "test_worker.py": '''"""A test without a socket, also for pytest."""

import asyncio
from pathlib import Path

from worker_runtime.runtime.runtime import Runtime

WORKER = Path(__file__).with_name("worker.py")


def test_greets_by_name() -> None:
    async def test() -> None:
        async with Runtime() as runtime:
            worker = await runtime.start(WORKER)
            response = await worker.fetch("/?name=Ada")
            assert await response.json() == {"hello": "Ada"}

    asyncio.run(test())


if __name__ == "__main__":
    test_greets_by_name()
    print("ok")
''',
}


def add_init_command(commands: Any) -> None:
    """The command and its options."""
    parser = commands.add_parser(
        "init",
        help="write a small worker to begin with, and its test",
        description="Write worker.py and test_worker.py into a folder. No file is replaced.",
    )
    parser.set_defaults(run=init_command)
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path(), metavar="DIR", help="default: this folder"
    )


def init_command(options: argparse.Namespace) -> int:
    """Write the files that are not there; 0, or 1 if one cannot be written."""
    folder: Path = options.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in FILES.items():
            try:
                with open(folder / name, "x", encoding="utf-8") as file:
                    file.write(text.replace("worker_runtime", PACKAGE))
                print(f"wrote {folder / name}")
            except FileExistsError:
                print(f"kept  {folder / name}, which was there")
    except OSError as error:
        advice = advice_on_a_folder(folder)
        print(f"Cannot write into {str(folder)!r}: {error.strerror}; {advice}", file=sys.stderr)
        return 1
    this_command = shlex.join(sys.orig_argv[: -len(sys.argv[1:]) or None])
    worker, test = (shlex.quote(str(folder / name)) for name in FILES)
    print(f"Now:      {this_command} serve {worker} --reload")
    python = shlex.quote(sys.orig_argv[0])
    print(f"Its test: PYTHONPATH={shlex.quote(WHERE_IT_IS)} {python} {test}")
    return 0
