"""Console Standard, 2.3.3."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest

from worker_runtime import TextDecoder
from worker_runtime.console.common_object_formats import (
    generic_javascript_object_formatting,
    optimally_useful_formatting,
)
from worker_runtime.webidl.interfaces import Iterable

spec = pytest.mark.spec


class Point:
    def __init__(self) -> None:
        self.x = 1
        self.label = "p"


class Version(NamedTuple):
    major: int


class Shown(Point):
    def __repr__(self) -> str:
        return "Shown()"


class Numbers(list[int]):
    pass


class Pairs(Iterable[str, int]):
    def _value_pairs_to_iterate_over(self) -> Sequence[tuple[str, int]]:
        return [("a", 1), ("a", 2)]


class Weird:
    def __init__(self, result: Any) -> None:
        self.result = result

    def __repr__(self) -> Any:
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def endless_list() -> list[Any]:
    endless: list[Any] = [1]
    endless.append(endless)
    return endless


def bush(height: int) -> object:
    """A list with a hundred lists, each with a hundred lists..."""
    value: object = ["leaf"] * 100
    for _ in range(height):
        value = [value] * 100
    return value


@spec("https://console.spec.whatwg.org/#optimally-useful-formatting")
class TestOptimallyUsefulFormatting:
    @pytest.mark.parametrize(
        "value, text",
        [
            ("it's", "it's"),
            (["it's", None, True, 1.0], '["it\'s", None, True, 1.0]'),
            (
                {"a": (1,), 2: set(), "s": {1}, "f": frozenset({1})},
                "{'a': (1,), 2: set(), 's': {1}, 'f': frozenset({1})}",
            ),
            ((), "()"),
            (Numbers([1]), "Numbers([1])"),
            (b"ab", "b'ab'"),
            (bytearray(b"ab"), "bytearray(b'ab')"),
            (memoryview(b"ab"), "memoryview(b'ab')"),
            (Version(3), "Version(major=3)"),
            (OrderedDict(a=1), repr(OrderedDict(a=1))),
            (Counter("aab"), "Counter({'a': 2, 'b': 1})"),
            (Point(), "Point {x: 1, label: 'p'}"),
            (Shown(), "Shown()"),
            (Pairs(), "Pairs {'a': 1, 'a': 2}"),
            (TextDecoder(), "TextDecoder {encoding: 'utf-8', fatal: False, ignoreBOM: False}"),
            ([ValueError("v")], "[ValueError('v')]"),
        ],
    )
    def test_is_what_a_programmer_would_write(self, value: object, text: str) -> None:
        assert optimally_useful_formatting(value) == text

    def test_an_exception_has_its_traceback_and_its_cause(self) -> None:
        try:
            try:
                raise KeyError("inner")
            except KeyError as inner:
                raise ValueError("outer") from inner
        except ValueError as error:
            lines = optimally_useful_formatting(error).splitlines()
        assert lines[0] == "Traceback (most recent call last):"
        assert "KeyError: 'inner'" in lines
        assert lines[-1] == "ValueError: outer"

    def test_what_is_long_has_a_line_for_each_member(self) -> None:
        value = {"numbers": [*range(40)], "name": "n" * 60}
        assert optimally_useful_formatting(value) == (
            "{\n"
            "  'numbers': [\n"
            "    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,\n"
            "    22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,\n"
            "  ],\n"
            f"  'name': '{'n' * 60}',\n"
            "}"
        )

    def test_what_is_large_is_cut(self) -> None:
        assert optimally_useful_formatting(["x"] * 10_000_000).endswith("'x', ... 9999900 more,\n]")
        assert optimally_useful_formatting(dict.fromkeys(range(101))).endswith(
            "99: None,\n  ... 1 more,\n}"
        )
        assert optimally_useful_formatting(bytes(1_000_000)) == repr(bytes(100)) + "... 999900 more"
        assert optimally_useful_formatting(["x" * 10_001]) == f"[\n  '{'x' * 10_000}'... 1 more,\n]"
        assert optimally_useful_formatting("x" * 10_001) == "x" * 10_001

    def test_what_is_deep_is_cut(self) -> None:
        assert optimally_useful_formatting([[[[[["deep"]]]]]]) == "[[[[[...]]]]]"
        assert optimally_useful_formatting([[[[[[]]]]]]) == "[[[[[...]]]]]"
        assert optimally_useful_formatting([[[[[]]]]]) == "[[[[[]]]]]"
        assert optimally_useful_formatting([[1]], max_depth=1) == "[[...]]"

    def test_what_contains_itself_is_cut(self) -> None:
        assert optimally_useful_formatting(endless_list()) == "[1, ...]"

    def test_the_same_value_twice_is_shown_twice(self) -> None:
        twice = [1]
        assert optimally_useful_formatting([twice, twice]) == "[[1], [1]]"

    def test_a_small_value_that_is_large_when_written_is_cut(self) -> None:
        assert len(optimally_useful_formatting(bush(6))) < 1_000_000

    @pytest.mark.parametrize(
        "result", [ValueError(), RecursionError(), 5, None, "long" * 1_000_000, "\ud800"]
    )
    def test_nothing_that_a_repr_does_gets_out(self, result: object) -> None:
        for text in (
            optimally_useful_formatting(Weird(result)),
            optimally_useful_formatting([Weird(result)]),
        ):
            assert len(text) < 20_000

    def test_a_repr_that_raises_is_told(self) -> None:
        assert (
            optimally_useful_formatting([Weird(KeyError())])
            == "[<Weird, which raised KeyError when it was to be shown>]"
        )
        assert (
            optimally_useful_formatting(10**5000)
            == "<int, which raised ValueError when it was to be shown>"
        )

    def test_a_released_memoryview_does_no_harm(self) -> None:
        view = memoryview(b"ab")
        view.release()
        assert "memoryview" in optimally_useful_formatting(view)

    def test_an_exception_that_cannot_be_shown_is_its_name(self) -> None:
        class Unspeakable(Exception):
            def __str__(self) -> str:
                raise ValueError

        assert "Unspeakable" in optimally_useful_formatting(Unspeakable())


@spec("https://console.spec.whatwg.org/#generic-javascript-object-formatting")
class TestGenericJavascriptObjectFormatting:
    @pytest.mark.parametrize(
        "value, text",
        [
            ("it's", '"it\'s"'),
            (1.5, "1.5"),
            ([1], "[1]"),
            (Shown(), "Shown {x: 1, label: 'p'}"),
            (ValueError("v"), "ValueError('v')"),
        ],
    )
    def test_shows_attributes(self, value: object, text: str) -> None:
        assert generic_javascript_object_formatting(value) == text

    def test_functions_and_classes_are_themselves(self) -> None:
        assert generic_javascript_object_formatting(len) == "<built-in function len>"
        assert re.fullmatch(r"<class '.*Point'>", generic_javascript_object_formatting(Point))

    def test_an_attribute_that_raises_is_left_out(self) -> None:
        class Decoder(TextDecoder):
            @property
            def broken(self) -> str:
                raise RuntimeError

        Decoder.__module__ = TextDecoder.__module__
        assert (
            generic_javascript_object_formatting(Decoder())
            == "Decoder {encoding: 'utf-8', fatal: False, ignoreBOM: False}"
        )
