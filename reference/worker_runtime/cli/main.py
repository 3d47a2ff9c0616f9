"""The command line: `python3 reference serve hello.py`, or `worker-runtime serve hello.py` where it
is installed.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from ..html.settings_objects import USER_AGENT

# What each command is for. Its module is imported when the command is asked for.
COMMANDS = {
    "serve": "serve a worker over HTTP",
    "init": "write a small worker to begin with, and its test",
    "trigger": "call a worker as a timetable does, once",
    "fetch": "fetch a URL",
    "ws": "talk to a WebSocket",
    "oracle": "answer questions about the standards, line by line",
}


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, with the nearest thing that there is.

    `place` is where arguments are from that nobody has typed: then errors begin with it. `command`
    is the command that is asked for.
    """

    place: str | None = None
    command: str | None = None

    def refuse_unknown_options(self, arguments: Sequence[str]) -> None:
        """Before their values are taken for something else."""
        for argument in arguments:
            name = argument.partition("=")[0]
            if argument == "--":
                return
            is_known = any(option.startswith(name) for option in self._options())
            if name.startswith("--") and not is_known:
                self.error(f"unrecognized arguments: {name}")

    def error(self, message: str) -> NoReturn:
        """Exit with status 2."""
        who = self.prog if self.command is None else f"{self.prog} {self.command}"
        self.exit(2, f"{self.place or who}: {self.explanation(message, f' (see {who} --help)')}\n")

    def explanation(self, message: str, see: str) -> str:
        """What argparse says, in other words where these say more, and what to do."""
        from difflib import get_close_matches

        if option := re.match(r"unrecognized arguments: (-[^ =]*)", message):
            near = get_close_matches(option[1], self._options(), n=1)
            hint = f": did you mean {near[0]}?" if near else see
            return f"there is no option {option[1]}{hint}"
        if surplus := re.match(r"unrecognized arguments: (.*)", message):
            return f"{surplus[1]!r} is one argument too many{see}"
        if command := re.match(r"argument COMMAND: invalid choice: '([^']*)'", message):
            near = get_close_matches(command[1], COMMANDS, n=1)
            if command[1].endswith(".py"):
                near = [f"serve {command[1]}"]
            hint = f": did you mean {near[0]}?" if near else see
            return f"there is no command {command[1]}{hint}"
        if message.endswith("required: COMMAND"):
            return f"a command is missing: {', '.join(COMMANDS)}{see}"
        if needed := re.match("the following arguments are required: (.*)", message):
            return f"{needed[1]} is missing{see}"
        message = re.sub(r"expected one argument$", "a value is missing", message)
        if self.place is not None:
            return message.removeprefix("argument --")
        return message + see

    def check(self, arguments: Sequence[str], place: str) -> None:
        """Exit if these arguments, which are from that place, cannot be."""
        parsers = [self, *self._commands().values()]
        for parser in parsers:
            parser.place = place
        self.refuse_unknown_options(arguments[1:])
        self.parse_args(arguments)
        for parser in parsers:
            parser.place = None

    def of_command(self, name: str) -> Parser:
        """The parser of a command."""
        return self._commands()[name]

    def _commands(self) -> dict[str, Parser]:
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                return dict(action.choices)
        return {}

    def _options(self) -> list[str]:
        """Those of this parser and of its commands."""
        options = list(self._option_string_actions)
        for command in self._commands().values():
            options += command._option_string_actions
        return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    parser = argument_parser(arguments[:1])
    if arguments[:1] and arguments[0] in COMMANDS:
        parser.command = arguments[0]
    if arguments[:1] == ["serve"] and (
        Path("pyproject.toml").is_file() or "--show-config" in arguments
    ):
        from .settings import SettingsError, settings_in, show_config

        try:
            settings = settings_in(Path.cwd())
        except SettingsError as error:
            parser.exit(2, f"{error}\n")
        for setting in settings:
            parser.check(["serve", *setting.arguments], setting.place)
        if "--show-config" in arguments:
            return show_config(parser, settings, arguments[1:])
        # what comes later wins
        arguments[1:1] = [argument for setting in settings for argument in setting.arguments]
    elif arguments[:1] == ["fetch"]:
        from .curl_options import in_full

        arguments[1:] = in_full(parser.of_command("fetch"), arguments[1:])
    parser.refuse_unknown_options(arguments[1:])
    options = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def argument_parser(wanted: Sequence[str] = tuple(COMMANDS)) -> Parser:
    """The commands, and the options of those that are wanted."""
    parser = Parser(
        allow_abbrev=False,
        prog="worker-runtime",
        description="HTTP servers written against browser APIs.",
        epilog="Each command has its own --help.",
    )
    version = f"{USER_AGENT} on Python {sys.version.split()[0]}"
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        if name in wanted:
            module = import_module(f".{name}_command", __package__)
            getattr(module, f"add_{name}_command")(commands)
        else:
            commands.add_parser(name, help=purpose)
        command = parser.of_command(name)
        command.add_argument("--version", action="version", version=version, help=argparse.SUPPRESS)
    return parser
