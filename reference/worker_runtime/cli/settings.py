"""Settings: what `serve` finds in the folder in which it is started.

`pyproject.toml` may have a table `[tool.worker-runtime]`; its keys are the options of `serve`
without the hyphens in front. `.env` has variables for the worker's `env`. What the command line
says comes before either.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


class SettingsError(ValueError):
    """A file of settings says something that cannot be; the message begins with its name."""


def settings_in(folder: Path) -> list[str]:
    """The options of the table in pyproject.toml, as arguments; none if there is no such table."""
    file = folder / "pyproject.toml"
    if not file.is_file():
        return []
    import tomllib

    try:
        table = tomllib.loads(file.read_text("utf-8")).get("tool", {}).get("worker-runtime", {})
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file}: {error}") from None
    arguments: list[str] = []
    for name, value in table.items():
        arguments += arguments_of(file, name, value)
    return arguments


def arguments_of(file: Path, name: str, value: Any) -> list[str]:
    """The arguments that say the same as an entry of the table."""
    match value:
        case True:
            return [f"--{name}"]
        case False:
            return []
        case str() | int() | float():
            return [f"--{name}={value}"]
        case list():
            return [argument for each in value for argument in arguments_of(file, name, each)]
        case dict():
            return [f"--{name}={key}={each}" for key, each in value.items()]
    raise SettingsError(f"{file}: {name} is {value!r}, which no option can be")


def what_came_from_where(
    parser: argparse.ArgumentParser, settings: list[str], arguments: list[str]
) -> str:
    """A line for each option of `serve`: its value, and who has said so."""
    arguments = [argument for argument in arguments if argument != "--show-config"]
    by_default = vars(parser.parse_args(["serve"]))
    by_file = vars(parser.parse_args(["serve", *settings]))
    in_force = vars(parser.parse_args(["serve", *settings, *arguments]))
    lines = []
    for name, value in in_force.items():
        if name == "run":
            continue
        source = "command line"
        if value == by_file[name]:
            source = "default" if value == by_default[name] else "pyproject.toml"
        lines.append(f"{name.replace('_', '-'):28} {value!s:32} {source}")
    return "\n".join(lines)
