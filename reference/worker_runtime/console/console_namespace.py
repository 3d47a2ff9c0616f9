"""Namespace console: the functions that scripts call.

Console Standard, 1: https://console.spec.whatwg.org/#console-namespace
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import FrameType

from ..hr_time.time_origin import unsafe_shared_current_time
from ..html.settings_objects import EnvironmentSettingsObject, current_settings_object
from ..infra.json import number_to_string
from ..webidl.callbacks import dictionary_member
from ..webidl.type_mapping import to_dom_string
from .common_object_formats import MAX_DEPTH, PACKAGE, generic_javascript_object_formatting
from .supporting_operations import (
    Group,
    Representation,
    formatter,
    joined,
    logger,
    printer,
    report_a_warning_to_the_console,
)
from .table import construct_a_table


class ScopesConsole:
    """What a scope has counted, timed and grouped on its console.

    Part of https://console.spec.whatwg.org/#count-map
    """

    __slots__ = ("count_map", "group_stack", "timer_table")

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        self.count_map: dict[str, int] = {}
        self.group_stack: list[Group] = []
        self.timer_table: dict[str, float] = {}


def current_console() -> ScopesConsole:
    """That of the scope that is running.

    Part of https://console.spec.whatwg.org/#console-namespace
    """
    return current_settings_object().record(ScopesConsole)


class ConsoleNamespace:
    """The console of the scope that is running: each scope counts, times and indents on its own.

    https://console.spec.whatwg.org/#namespacedef-console
    """

    __slots__ = ()

    # ---- logging

    def assert_(self, condition: bool = False, *data: object) -> None:
        """Print the data as an error, unless a condition holds.

        https://console.spec.whatwg.org/#assert
        """
        if condition:
            return
        message = "Assertion failed"
        match data:
            case ():
                data = (message,)
            case (str() as first, *rest):
                data = (f"{message}: {first}", *rest)
            case _:
                data = (message, *data)
        logger(current_console().group_stack, "assert", [*data])

    def clear(self) -> None:
        """End all groups. What has been printed is not taken back: it is a log.

        https://console.spec.whatwg.org/#clear
        """
        current_console().group_stack.clear()

    def debug(self, *data: object) -> None:
        """https://console.spec.whatwg.org/#debug"""
        logger(current_console().group_stack, "debug", [*data])

    def error(self, *data: object) -> None:
        """https://console.spec.whatwg.org/#error"""
        logger(current_console().group_stack, "error", [*data])

    def info(self, *data: object) -> None:
        """https://console.spec.whatwg.org/#info"""
        logger(current_console().group_stack, "info", [*data])

    def log(self, *data: object) -> None:
        """https://console.spec.whatwg.org/#log"""
        logger(current_console().group_stack, "log", [*data])

    def table(self, tabularData: object = None, properties: Iterable[str] | None = None) -> None:
        """Print a collection of rows as a table: mappings, sequences, named tuples, objects or
        plain values.

        https://console.spec.whatwg.org/#table
        """
        if isinstance(properties, str):
            raise TypeError(f"Expected a sequence of property names, not {properties!r}")
        columns = None if properties is None else [to_dom_string(name) for name in properties]
        try:
            table = construct_a_table(tabularData, columns)
        except Exception:  # of a row, when it was asked for what it holds
            table = None
        logger(
            current_console().group_stack,
            "log",
            [tabularData if table is None else Representation(table)],
        )

    def trace(self, *data: object) -> None:
        """Print where this was called.

        https://console.spec.whatwg.org/#trace
        """
        from traceback import StackSummary, walk_stack

        # Without the frames of the platform, between those of the worker and those that run the
        # platform.
        frames = [
            (frame, line)
            for frame, line in walk_stack(sys._getframe())
            if not is_of_this_package(frame)
        ]
        callstack = "".join(StackSummary.extract(reversed(frames)).format()).rstrip("\n")
        label = f"Trace: {joined(formatter([*data]))}" if data else "Trace"
        printer(current_console().group_stack, "trace", [Representation(f"{label}\n{callstack}")])

    def warn(self, *data: object) -> None:
        """https://console.spec.whatwg.org/#warn"""
        logger(current_console().group_stack, "warn", [*data])

    def dir(self, item: object = None, options: object = None) -> None:
        """Print the attributes of an object. Of the options there is `depth`: how many levels of
        what is within it.

        https://console.spec.whatwg.org/#dir
        """
        depth = dictionary_member(options, "depth", MAX_DEPTH)
        object = generic_javascript_object_formatting(
            item, depth if isinstance(depth, int) else MAX_DEPTH
        )
        printer(current_console().group_stack, "dir", [Representation(object)])

    def dirxml(self, *data: object) -> None:
        """There is no DOM here: like `log`.

        https://console.spec.whatwg.org/#dirxml
        """
        logger(current_console().group_stack, "dirxml", [*data])

    # ---- counting

    def count(self, label: str | None = "default") -> None:
        """Print how often this has been called with a label.

        https://console.spec.whatwg.org/#count
        """
        label = to_label(label)
        current_console().count_map[label] = current_console().count_map.get(label, 0) + 1
        logger(
            current_console().group_stack,
            "count",
            [f"{label}: {current_console().count_map[label]}"],
        )

    def countReset(self, label: str | None = "default") -> None:
        """Let a label be counted from its beginning again.

        https://console.spec.whatwg.org/#countreset
        """
        label = to_label(label)
        if label in current_console().count_map:
            current_console().count_map[label] = 0
        else:
            logger(current_console().group_stack, "countReset", [f"There is no count {label!r}"])

    # ---- grouping

    def group(self, *data: object) -> None:
        """Print a label, and what is printed from now on indented, until `groupEnd`.

        https://console.spec.whatwg.org/#group
        """
        group = Group(joined(formatter([*data])) if data else "Group")
        printer(current_console().group_stack, "group", [group])
        current_console().group_stack.append(group)

    def groupCollapsed(self, *data: object) -> None:
        """Like `group`: lines of text do not collapse.

        https://console.spec.whatwg.org/#groupcollapsed
        """
        group = Group(joined(formatter([*data])) if data else "Group")
        printer(current_console().group_stack, "groupCollapsed", [group])
        current_console().group_stack.append(group)

    def groupEnd(self) -> None:
        """https://console.spec.whatwg.org/#groupend"""
        if current_console().group_stack:
            current_console().group_stack.pop()

    # ---- timing

    def time(self, label: str | None = "default") -> None:
        """Start a timer.

        https://console.spec.whatwg.org/#time
        """
        label = to_label(label)
        if label in current_console().timer_table:
            report_a_warning_to_the_console(
                f"There is a timer {label!r} already", current_console().group_stack
            )
        else:
            current_console().timer_table[label] = current_time()

    def timeLog(self, label: str | None = "default", *data: object) -> None:
        """Print how long ago a timer was started.

        https://console.spec.whatwg.org/#timelog
        """
        label = to_label(label)
        start_time = current_console().timer_table.get(label)
        if start_time is None:
            report_a_warning_to_the_console(
                f"There is no timer {label!r}", current_console().group_stack
            )
        else:
            printer(
                current_console().group_stack,
                "timeLog",
                [f"{label}: {duration_since(start_time)}", *data],
            )

    def timeEnd(self, label: str | None = "default") -> None:
        """Stop a timer, and print how long ago it was started.

        https://console.spec.whatwg.org/#timeend
        """
        label = to_label(label)
        start_time = current_console().timer_table.pop(label, None)
        if start_time is None:
            report_a_warning_to_the_console(
                f"There is no timer {label!r}", current_console().group_stack
            )
        else:
            printer(
                current_console().group_stack, "timeEnd", [f"{label}: {duration_since(start_time)}"]
            )


console = ConsoleNamespace()


def to_label(label: object) -> str:
    """A label's argument as a string; None is one that is missing.

    https://console.spec.whatwg.org/#dom-console-count-label-label
    """
    return "default" if label is None else to_dom_string(label)


def current_time() -> float:
    """In milliseconds.

    Part of https://console.spec.whatwg.org/#timer-table
    """
    return unsafe_shared_current_time(current_settings_object().host.clock)


def duration_since(start_time: float) -> str:
    """A duration until now, such as "4650.69 ms".

    https://console.spec.whatwg.org/#duration-string-example
    """
    return f"{number_to_string(round(current_time() - start_time, 3))} ms"


def is_of_this_package(frame: FrameType) -> bool:
    """Whether a frame of the stack runs code of the platform.

    https://console.spec.whatwg.org/#dom-console-trace
    """
    return str(frame.f_globals.get("__name__")).startswith(PACKAGE)
