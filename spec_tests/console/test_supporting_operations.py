"""Console Standard, 2."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime import URL
from worker_runtime.console.supporting_operations import (
    Group,
    Representation,
    formatter,
    logger,
    printer,
    report_a_warning_to_the_console,
)

spec = pytest.mark.spec


class Rude:
    def __str__(self) -> str:
        raise ValueError

    __repr__ = __str__


@spec("https://console.spec.whatwg.org/#logger")
class TestLogger:
    def test_nothing_prints_nothing(self, printed: list[Any]) -> None:
        logger([], "log", [])
        assert printed == []

    def test_a_lone_argument_is_no_format(self, printed: list[Any]) -> None:
        logger([], "log", ["100%s"])
        assert printed == [("log", "100%s")]

    def test_the_first_of_several_is_one(self, printed: list[Any]) -> None:
        logger([], "warn", ["100%s", 5, [6]])
        assert printed == [("warn", "1005 [6]")]


@spec("https://console.spec.whatwg.org/#formatter")
class TestFormatter:
    @pytest.mark.parametrize(
        "args, result",
        [
            (["%s"], ["%s"]),
            (["%s", "a", "b"], ["a", "b"]),
            (["%s and %s", "a"], ["a and %s"]),
            (["%x %%s %", 1], ["%x %1 %"]),
            ([1, "%s", 2], [1, "%s", 2]),
            (["", "%s"], ["", "%s"]),
            (["%cred%c plain", "color: red", ""], ["red plain"]),
            (["%o %O", "a", "a"], ["a 'a'"]),
        ],
    )
    def test_specifiers_consume_arguments_from_left_to_right(
        self, args: list[object], result: list[object]
    ) -> None:
        assert formatter(args) == result

    def test_a_specifier_within_an_argument_is_none(self) -> None:
        assert formatter(["%s %s", "%s%d", "secret"]) == ["%s%d secret"]

    @pytest.mark.parametrize(
        "value, text",
        [("a", "a"), (1.0, "1"), (None, "None"), (True, "true"), (False, "false"),
            ([1, True], "[1, True]"), (URL("a:b"), "a:b"),
         (ValueError("v"), "ValueError: v"),
         (Rude(), "<Rude, which raised ValueError when it was to be shown>")],
    )  # fmt: skip
    def test_s_is_the_string_of_a_value(self, value: object, text: str) -> None:
        assert formatter(["%s", value]) == [text]

    @pytest.mark.parametrize(
        "value, text",
        [(42, "42"), (42.9, "42"), ("  -0042px", "-42"), ("+7", "7"), ("-0", "0"), ("0x1F", "0"),
            (1e21, "1"), ("", "NaN"),
         ("px", "NaN"), (None, "NaN"), (True, "NaN"), ([5], "NaN"), ("\u0661", "NaN"),
         (10**30, "1" + "0" * 30), ("9" * 5000, "9" * 5000)],
    )  # fmt: skip
    @pytest.mark.parametrize("specifier", ["%d", "%i"])
    def test_d_and_i_are_integers(self, specifier: str, value: object, text: str) -> None:
        assert formatter([specifier, value]) == [text]

    @pytest.mark.parametrize(
        "value, text",
        [(42, "42"), (1.50, "1.5"), (" -.5e1x", "-5"), ("1e", "1"), ("1.2.3", "1.2"),
            ("-Infinity!", "-Infinity"),
         ("1e999", "Infinity"), ("", "NaN"), (".", "NaN"), ("e5", "NaN"), (None, "NaN"),
         ("inf", "NaN")],
    )  # fmt: skip
    def test_f_is_a_number(self, value: object, text: str) -> None:
        assert formatter(["%f", value]) == [text]

    def test_s_of_a_large_collection_is_cut(self) -> None:
        assert len(str(formatter(["%s", [0] * 10_000_000]))) < 1000

    def test_a_megabyte_of_specifiers_takes_a_moment(self) -> None:
        assert formatter(["%s" * 500_000, *"a" * 500_000]) == ["a" * 500_000]
        assert formatter(["%d", "0" * 1_000_000]) == ["0"]
        assert formatter(["%f", " " * 1_000_000]) == ["NaN"]


@spec("https://console.spec.whatwg.org/#printer")
class TestPrinter:
    def test_puts_a_space_between_the_arguments(self, printed: list[Any]) -> None:
        printer([], "log", ["a", 1, {"b": "c"}, Representation("as it is")])
        assert printed == [("log", "a 1 {'b': 'c'} as it is")]

    @spec("https://console.spec.whatwg.org/#concept-group")
    def test_indents_each_line_within_groups(self, printed: list[Any]) -> None:
        printer([Group("g")], "log", ["a\nb"])
        printer([Group("g"), Group("h")], "log", ["c"])
        assert printed == [("log", "  a\n  b"), ("log", "    c")]

    def test_a_million_groups_do_not_make_a_line_of_megabytes(self, printed: list[Any]) -> None:
        printer([Group("g")] * 1_000_000, "log", ["a"])
        assert len(printed[0][1]) < 100

    def test_control_characters_cannot_steer_a_terminal(self, printed: list[Any]) -> None:
        printer([], "log", ["\x1b[2J\x07\r\x00\x7f\x9b1m", "kept:\t\n", "\r\nwindows"])
        assert printed == [("log", "\\x1b[2J\\x07\\x0d\\x00\\x7f\\x9b1m kept:\t\n \nwindows")]


@spec("https://console.spec.whatwg.org/#report-a-warning-to-the-console")
class TestReportAWarningToTheConsole:
    def test_prints_it(self, printed: list[Any]) -> None:
        report_a_warning_to_the_console("Beware of %s")
        assert printed == [("reportWarning", "Beware of %s")]
