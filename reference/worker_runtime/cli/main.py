"""The command line: `python3 reference serve hello.py`, or `worker-runtime serve hello.py` where it
is installed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from .fetch_command import add_fetch_command
from .oracle_command import add_oracle_command
from .serve_command import add_serve_command
from .ws_command import add_ws_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit status."""
    options = argument_parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def argument_parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(
        prog="worker-runtime",
        description="HTTP servers written against browser APIs.",
        epilog="Each command has its own --help.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    add_serve_command(commands)
    add_fetch_command(commands)
    add_ws_command(commands)
    add_oracle_command(commands)
    return parser
