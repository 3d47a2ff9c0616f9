"""Console Standard, 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.fakes import running_in
from worker_runtime import console as the_console
from worker_runtime.console.console_namespace import ConsoleNamespace
from worker_runtime.host.clock import SystemClock
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, current_settings_object

spec = pytest.mark.spec


class HandClock(SystemClock):
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(printed: list[Any]) -> HandClock:
    clock = current_settings_object().host.clock = HandClock()
    return clock


@pytest.fixture
def console() -> ConsoleNamespace:
    return ConsoleNamespace()


@spec("https://console.spec.whatwg.org/#namespacedef-console")
class TestConsoleNamespace:
    def test_is_one_object_of_the_platform(self, printed: list[Any]) -> None:
        the_console.log("Hello %s", "World")
        assert printed == [("log", "Hello World")]

    @pytest.mark.parametrize("level", ["debug", "error", "info", "log", "warn", "dirxml"])
    def test_logging_functions_log_at_their_level(
        self, console: ConsoleNamespace, printed: list[Any], level: str
    ) -> None:
        function: Callable[..., None] = getattr(console, level)
        function()
        function("%s!", [1], {"a": 2})
        assert printed == [(level, "[1]! {'a': 2}")]


@spec("https://console.spec.whatwg.org/#assert")
class TestAssert:
    def test_a_true_condition_prints_nothing(
        self, console: ConsoleNamespace, printed: list[Any]
    ) -> None:
        console.assert_(True, "never")
        assert printed == []

    @pytest.mark.parametrize(
        "data, text",
        [
            ((), "Assertion failed"),
            (("%s is %d", "x", 5), "Assertion failed: x is 5"),
            (("",), "Assertion failed: "),
            (([1], "%s", 2), "Assertion failed [1] %s 2"),
        ],
    )
    def test_a_false_one_prints_the_data(
        self, console: ConsoleNamespace, printed: list[Any], data: tuple[object, ...], text: str
    ) -> None:
        console.assert_(False, *data)
        assert printed == [("assert", text)]

    def test_the_condition_is_false_by_default(
        self, console: ConsoleNamespace, printed: list[Any]
    ) -> None:
        console.assert_()
        assert printed == [("assert", "Assertion failed")]


@spec("https://console.spec.whatwg.org/#clear")
class TestClear:
    def test_ends_all_groups(self, console: ConsoleNamespace, printed: list[Any]) -> None:
        console.group("a")
        console.group("b")
        console.clear()
        console.log("c")
        assert printed == [("group", "a"), ("group", "  b"), ("log", "c")]


@spec("https://console.spec.whatwg.org/#table")
class TestTable:
    def test_prints_a_table(self, console: ConsoleNamespace, printed: list[Any]) -> None:
        console.table([{"a": 1, "b": 2}], ["b"])
        assert [level for level, _ in printed] == ["log"]
        assert "│ (index) │ b │" in printed[0][1]

    @pytest.mark.parametrize("data, text", [(None, "None"), ("%s", "%s"), (5, "5")])
    def test_logs_what_is_not_tabular(
        self, console: ConsoleNamespace, printed: list[Any], data: object, text: str
    ) -> None:
        console.table(data)
        assert printed == [("log", text)]

    def test_logs_data_that_resists(self, console: ConsoleNamespace, printed: list[Any]) -> None:
        class Resisting(dict[str, int]):
            def items(self) -> Any:
                raise ValueError

        console.table(Resisting(a=1))
        assert printed == [("log", "<Resisting, which raised ValueError when it was to be shown>")]

    def test_properties_are_a_sequence(self, console: ConsoleNamespace) -> None:
        with pytest.raises(TypeError):
            console.table([], "a")
        with pytest.raises(TypeError):
            console.table([], [b"a"])  # type: ignore[list-item]


@spec("https://console.spec.whatwg.org/#trace")
class TestTrace:
    def test_prints_the_callers_and_no_frame_of_the_platform(
        self, console: ConsoleNamespace, printed: list[Any]
    ) -> None:
        def caller() -> None:
            console.trace("at %s", "caller", 1)

        caller()
        [(level, text)] = printed
        assert level == "trace"
        assert text.startswith("Trace: at caller 1\n")
        assert "in caller\n" in text
        assert text.index("in test_prints_the_callers") < text.index("in caller")
        assert "in trace" not in text

    def test_needs_no_label(self, console: ConsoleNamespace, printed: list[Any]) -> None:
        console.trace()
        assert printed[0][1].startswith("Trace\n")


@spec("https://console.spec.whatwg.org/#dir")
class TestDir:
    def test_shows_the_attributes_as_deep_as_asked(
        self, console: ConsoleNamespace, printed: list[Any]
    ) -> None:
        console.dir([[[1]]])
        console.dir([[[1]]], {"depth": 1})
        console.dir([[[1]]], {"depth": None, "showHidden": True})
        console.dir("%s")
        assert printed == [
            ("dir", "[[[1]]]"),
            ("dir", "[[...]]"),
            ("dir", "[[[1]]]"),
            ("dir", "'%s'"),
        ]


@spec("https://console.spec.whatwg.org/#count")
class TestCount:
    def test_counts_each_label(self, console: ConsoleNamespace, printed: list[Any]) -> None:
        console.count()
        console.count("%s")
        console.count(None)
        console.count("default")
        assert [text for _, text in printed] == ["default: 1", "%s: 1", "default: 2", "default: 3"]
        assert {level for level, _ in printed} == {"count"}

    def test_each_scope_counts_on_its_own(
        self, console: ConsoleNamespace, printed: list[Any]
    ) -> None:
        console.count()
        with running_in(EnvironmentSettingsObject(current_settings_object().host)):
            console.count()
        console.count()
        assert [text for _, text in printed] == ["default: 1", "default: 1", "default: 2"]


@spec("https://console.spec.whatwg.org/#countreset")
class TestCountReset:
    def test_lets_the_count_begin_again(
        self, console: ConsoleNamespace, printed: list[Any]
    ) -> None:
        console.count("x")
        console.countReset("x")
        console.count("x")
        assert [text for _, text in printed] == ["x: 1", "x: 1"]

    def test_warns_of_a_label_that_has_no_count(
        self, console: ConsoleNamespace, printed: list[Any]
    ) -> None:
        console.countReset("x")
        assert printed == [("countReset", "There is no count 'x'")]


@spec("https://console.spec.whatwg.org/#groupcollapsed")
@spec("https://console.spec.whatwg.org/#groupend")
@spec("https://console.spec.whatwg.org/#group")
class TestGroup:
    def test_indents_until_its_end(self, console: ConsoleNamespace, printed: list[Any]) -> None:
        console.group("%s", "outer", 1)
        console.groupCollapsed()
        console.log("in")
        console.groupEnd()
        console.warn("out")
        console.groupEnd()
        console.groupEnd()
        console.log("free")
        assert printed == [
            ("group", "outer 1"),
            ("groupCollapsed", "  Group"),
            ("log", "    in"),
            ("warn", "  out"),
            ("log", "free"),
        ]


@spec("https://console.spec.whatwg.org/#time")
@spec("https://console.spec.whatwg.org/#timeend")
@spec("https://console.spec.whatwg.org/#timing")
class TestTiming:
    @spec("https://console.spec.whatwg.org/#timelog")
    def test_logs_the_time_since_the_start(
        self, console: ConsoleNamespace, clock: HandClock, printed: list[Any]
    ) -> None:
        console.time()
        clock.now += 4.65069
        console.timeLog("default", "so far", [1])
        clock.now += 0.34931
        console.timeEnd()
        assert printed == [
            ("timeLog", "default: 4650.69 ms so far [1]"),
            ("timeEnd", "default: 5000 ms"),
        ]

    def test_a_timer_ends_once(
        self, console: ConsoleNamespace, clock: HandClock, printed: list[Any]
    ) -> None:
        console.time("x")
        console.timeEnd("x")
        console.timeEnd("x")
        console.timeLog("x")
        assert printed == [
            ("timeEnd", "x: 0 ms"),
            *[("reportWarning", "There is no timer 'x'")] * 2,
        ]

    def test_a_second_start_is_a_warning_and_no_start(
        self, console: ConsoleNamespace, clock: HandClock, printed: list[Any]
    ) -> None:
        console.group("g")
        console.time("x")
        clock.now += 1
        console.time("x")
        console.timeEnd("x")
        assert printed[1:] == [
            ("reportWarning", "  There is a timer 'x' already"),
            ("timeEnd", "  x: 1000 ms"),
        ]
