"""The command line: `python3 reference serve hello.py`, or `worker-runtime serve hello.py` where it
is installed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

# What each command is for. Its module is imported when the command is asked for.
COMMANDS = {
    "serve": "serve a worker over HTTP",
    "trigger": "call a worker as a timetable does, once",
    "fetch": "fetch a URL",
    "ws": "talk to a WebSocket",
    "oracle": "answer questions about the standards, line by line",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = argument_parser(arguments[:1]).parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def argument_parser(wanted: Sequence[str] = tuple(COMMANDS)) -> argparse.ArgumentParser:
    """The commands, and the options of those that are wanted."""
    parser = argparse.ArgumentParser(
        prog="worker-runtime",
        description="HTTP servers written against browser APIs.",
        epilog="Each command has its own --help.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        if name in wanted:
            module = import_module(f".{name}_command", __package__)
            getattr(module, f"add_{name}_command")(commands)
        else:
            commands.add_parser(name, help=purpose)
    return parser
