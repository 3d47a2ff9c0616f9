"""Settings: what `serve` finds in the folder in which it is started.

`pyproject.toml` may have a table `[tool.worker-runtime]`; its keys are the options of `serve`
without the hyphens in front. `.env` has variables for the worker's `env`. What the command line
says comes before either.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

from .serving import StartFailure
from .worker_options import MEMBERS, sources_of


class SettingsError(ValueError):
    """A file of settings says something that cannot be; the message begins with its name."""


class Setting(NamedTuple):
    """The arguments that say the same as an entry of the table, and the file and line of that."""

    place: str
    arguments: list[str]


def settings_in(folder: Path) -> list[Setting]:
    """The entries of the table in pyproject.toml; none if there is no such table."""
    file = folder / "pyproject.toml"
    if not file.is_file():
        return []
    import tomllib

    try:
        text = file.read_text("utf-8")
        table: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, _, where = str(error).rstrip(")").partition(" (at ")
        found = re.match(r"line (\d+)", where)
        line = text.rstrip("\n").count("\n") + 1 if found is None else int(found[1])
        raise SettingsError(f"{file}:{line}: {message}: mend the line") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: not UTF-8 at byte {error.start}: save it as UTF-8") from None
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}") from None
    for name in ("tool", "worker-runtime"):
        table = table.get(name, {})
        if not isinstance(table, dict):
            place = f"{file}:{line_of(text, 0, name)}"
            raise SettingsError(f"{place}: {name} is not a table: write [tool.worker-runtime]")
    header = re.search(r"(?m)^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*[\"']?worker-runtime", text)
    start = 0 if header is None else header.start()
    settings = []
    for name, value in table.items():
        place = f"{file}:{line_of(text, start, name)}"
        settings.append(Setting(place, arguments_of(place, name, value)))
    return settings


def line_of(text: str, start: int, name: str) -> int:
    """The line of an entry, or of the table where there is no line for it."""
    entry = re.compile(rf"(?m)^[ \t\[]*[\"']?{re.escape(name)}[\"']?[ \t]*[=.\]]").search(
        text, start
    )
    return text.count("\n", 0, start if entry is None else entry.start()) + 1


def arguments_of(place: str, name: str, value: Any) -> list[str]:
    """The arguments that say the same as an entry of the table."""
    match value:
        case True:
            return [f"--{name}"]
        case False:
            return []
        case str() | int() | float():
            return [f"--{name}={value}"]
        case list():
            return [argument for each in value for argument in arguments_of(place, name, each)]
        case dict():
            return [f"--{name}={key}={each}" for key, each in value.items()]
    raise SettingsError(
        f"{place}: {name} is {value}, which no option can be: write a string, a number, true, or a "
        "list of them"
    )


# ---- what is in force ----------------------------------------------------------------------------

NOT_SHOWN = frozenset({"run", "show_config", "env_file", "secrets", *MEMBERS})


def show_config(
    parser: argparse.ArgumentParser, settings: list[Setting], arguments: list[str]
) -> int:
    """Print what is in force, and who has said so; returns the exit status."""
    try:
        print(what_came_from_where(parser, settings, arguments))
    except StartFailure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def what_came_from_where(
    parser: argparse.ArgumentParser, settings: list[Setting], arguments: list[str]
) -> str:
    """A line for each option of `serve`, and for each member of `env`: its value, and who has said
    so. The values of `env` are not shown, for some are secrets. StartFailure if a file cannot be
    read.
    """
    of_the_file = [argument for setting in settings for argument in setting.arguments]
    typed = [argument for argument in arguments if argument != "--show-config"]
    by_default = vars(parser.parse_args(["serve"]))
    by_file = vars(parser.parse_args(["serve", *of_the_file]))
    by_hand = vars(parser.parse_args(["serve", *typed]))
    in_force = parser.parse_args(["serve", *of_the_file, *typed])
    lines = []
    for name, value in vars(in_force).items():
        if name not in NOT_SHOWN:
            source = "command line"
            if value == by_file[name]:
                source = "default" if value == by_default[name] else "pyproject.toml"
            lines.append(f"{name.replace('_', '-'):28} {shown(value):32} {source}")
    for name, (_, source) in sources_of(in_force).items():
        if (option := source.removeprefix("--")) in MEMBERS:
            names = [member for member, _ in by_hand[option]]
            source = "command line" if name in names else "pyproject.toml"
        lines.append(f"{f'env.{name}':61} {source}")
    return "\n".join(lines)


def shown(value: object) -> str:
    """A value as people read it."""
    match value:
        case None | [] | ():
            return "-"
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return " ".join(map(str, value))
    return str(value)
