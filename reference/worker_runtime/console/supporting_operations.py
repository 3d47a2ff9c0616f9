"""Supporting abstract operations: from the arguments of a call to lines of text.

Console Standard, 2: https://console.spec.whatwg.org/#supporting-ops
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Literal, TypeAlias

from ..html.settings_objects import current_settings_object
from ..infra.json import number_to_string
from .common_object_formats import generic_javascript_object_formatting, optimally_useful_formatting

LogLevel: TypeAlias = Literal[
    "assert", "count", "countReset", "debug", "dir", "dirxml", "error", "group", "groupCollapsed",
    "info", "log", "reportWarning", "timeEnd", "timeLog", "trace", "warn",
]  # fmt: skip
Severity: TypeAlias = Literal["log", "info", "warn", "error"]

# https://console.spec.whatwg.org/#loglevel-severity
SEVERITIES: dict[LogLevel, Severity] = {
    "assert": "error", "count": "info", "countReset": "warn", "debug": "log", "dir": "log",
    "dirxml": "log", "error": "error", "group": "log", "groupCollapsed": "log", "info": "info",
    "log": "log", "reportWarning": "warn", "timeEnd": "info", "timeLog": "log", "trace": "log",
    "warn": "warn",
}  # fmt: skip

SPECIFIER = re.compile("%[sdifoOc]")
INTEGER_PREFIX = re.compile(r"\s*([+-]?)0*([0-9]+)")
FLOAT_PREFIX = re.compile(
    r"\s*([+-]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?))"
)
CONTROLS = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f]")  # but for tab and newline
INDENTATION = "  "
MAX_INDENTATION = 40


class Representation:
    """Text that stands for a printable thing, such as a stack trace, and is printed as it is.

    Part of https://console.spec.whatwg.org/#object-formats
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Group(Representation):
    """Indents what is printed while it is on the stack; the text is its label.

    https://console.spec.whatwg.org/#concept-group
    """

    __slots__ = ()


# ---- the operations ------------------------------------------------------------------------------


def logger(group_stack: Sequence[Group], log_level: LogLevel, args: list[object]) -> None:
    """https://console.spec.whatwg.org/#logger"""
    if not args:
        return
    printer(group_stack, log_level, formatter(args))


def formatter(args: list[object]) -> list[object]:
    """The arguments, of which those that the first one has specifiers for are part of it.

    https://console.spec.whatwg.org/#formatter
    """
    target = args[0]
    if len(args) == 1 or not isinstance(target, str):
        return args
    # DEVIATION: the standard starts anew after each specifier, so that one within an argument would
    # consume the next.
    result: list[str] = []
    rest = iter(args[1:])
    position = 0
    for specifier in islice(SPECIFIER.finditer(target), len(args) - 1):
        result += target[position : specifier.start()], converted(specifier[0], next(rest))
        position = specifier.end()
    return ["".join(result) + target[position:], *rest]


def converted(specifier: str, current: object) -> str:
    """What stands for an argument where its specifier stood.

    Part of https://console.spec.whatwg.org/#formatting-specifiers
    """
    match specifier:
        case "%s":
            return to_string(current)
        case "%d" | "%i":
            return parse_int(to_string(current))
        case "%f":
            return parse_float(to_string(current))
        case "%o":
            return optimally_useful_formatting(current)
        case "%O":
            return generic_javascript_object_formatting(current)
        case _:
            # DEVIATION: what becomes of the style of a %c is still open there. It is dropped.
            return ""


def to_string(value: object) -> str:
    """A value as it says itself, if it does; numbers and booleans as JavaScript writes them,
    exceptions with their names.

    https://tc39.es/ecma262/#sec-tostring
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_to_string(value)
    if type(value).__str__ is object.__str__:
        return optimally_useful_formatting(value)
    try:
        return (
            f"{type(value).__name__}: {value}" if isinstance(value, BaseException) else str(value)
        )
    except Exception:
        return optimally_useful_formatting(value)


def parse_int(string: str) -> str:
    """The integer that a string starts with, as text, or "NaN".

    https://tc39.es/ecma262/#sec-parseint-string-radix
    """
    prefix = INTEGER_PREFIX.match(string)
    if prefix is None:
        return "NaN"
    sign, digits = prefix.groups()
    return f"-{digits}" if sign == "-" and digits != "0" else digits


def parse_float(string: str) -> str:
    """The number that a string starts with, as text, or "NaN".

    https://tc39.es/ecma262/#sec-parsefloat-string
    """
    prefix = FLOAT_PREFIX.match(string)
    return "NaN" if prefix is None else number_to_string(float(prefix[1]))


def joined(args: Iterable[object]) -> str:
    """Printable things as text, with a space between them.

    https://console.spec.whatwg.org/#nodejs-printer-example
    """
    return " ".join(
        arg.text if isinstance(arg, Representation) else optimally_useful_formatting(arg)
        for arg in args
    )


def printer(group_stack: Sequence[Group], log_level: LogLevel, args: Iterable[object]) -> None:
    """Write the arguments within their groups; control characters are escaped, so that a value
    cannot steer a terminal.

    https://console.spec.whatwg.org/#printer
    """
    text = CONTROLS.sub(
        lambda control: f"\\x{ord(control[0]):02x}", joined(args).replace("\r\n", "\n")
    )
    if group_stack:
        indentation = INDENTATION * min(len(group_stack), MAX_INDENTATION)
        text = indentation + text.replace("\n", f"\n{indentation}")
    current_settings_object().host.console.write(log_level, text)


def report_a_warning_to_the_console(description: str, group_stack: Sequence[Group] = ()) -> None:
    """https://console.spec.whatwg.org/#report-a-warning-to-the-console"""
    printer(group_stack, "reportWarning", [description])
