"""HTML, 2.7.3 to 2.7.5: structured serialization."""

from __future__ import annotations

import array
import enum
import re
import sys
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from worker_runtime import URL, DOMException, RangeError
from worker_runtime.html.structured_data.structured_deserialize import structured_deserialize
from worker_runtime.html.structured_data.structured_serialize import (
    exception_class,
    structured_serialize,
    structured_serialize_for_storage,
    structured_serialize_internal,
)

spec = pytest.mark.spec


def copy_of(value: Any) -> Any:
    return structured_deserialize(structured_serialize(value))


class Level(enum.IntEnum):
    HIGH = 3


class Word(str):
    pass


@spec("https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeinternal")
class TestStructuredSerializeInternal:
    @pytest.mark.parametrize(
        "value",
        [
            None, True, 0, -1.5, 10**30, float("inf"), "text", "\ud800", b"bytes", (), (1, "a"),
            (1, [2]), frozenset({1}), frozenset({(1, frozenset({2}))}), {(1, (2,)): "key"},
            {frozenset({1}), (1, 2)}, [], [1, [2, {"a": None}]], {"a": {1: {2}}}, {1, "a"},
            {1: {}}, bytearray(b"x"), array.array("H", [1, 2]), re.compile("a+", re.I),
            datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=timezone.utc),
            datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")),
        ],
    )  # fmt: skip
    def test_a_copy_is_equal_and_of_the_same_type(self, value: Any) -> None:
        wrappings: list[Any] = [value, [value], (value, []), {"a": value, "b": []}]
        for wrapped in wrappings:
            copy = copy_of(wrapped)
            assert copy == wrapped and type(copy) is type(wrapped)
        if isinstance(value, (list, dict, set, bytearray, array.array)):
            assert copy_of(value) is not value

    def test_nan_and_negative_zero_stay_what_they_are(self) -> None:
        nan, zero = copy_of([float("nan"), -0.0])
        assert nan != nan and str(zero) == "-0.0"

    def test_a_derived_class_becomes_the_one_of_python(self) -> None:
        class Rows(list[int]):
            pass

        copy = copy_of([Rows([1]), Level.HIGH, Word("a"), type("D", (dict,), {})(a=1)])
        assert copy == [[1], 3, "a", {"a": 1}]
        assert [type(item) for item in copy] == [list, int, Word, dict]
        word = Word("a")
        word.attribute = []  # type: ignore[attr-defined]
        assert type(copy_of(word)) is str

    def test_a_time_zone_of_anybodys_own_becomes_its_offset(self) -> None:
        class Zone(tzinfo):
            def utcoffset(self, moment: datetime | None) -> timedelta:
                return timedelta(hours=5)

            def dst(self, moment: datetime | None) -> timedelta:
                return timedelta(0)

            def tzname(self, moment: datetime | None) -> str:
                return "five"

        copy = copy_of(datetime(2026, 1, 1, tzinfo=Zone()))
        assert copy.tzinfo == timezone(timedelta(hours=5))
        assert copy == datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=5)))

    def test_a_view_keeps_its_format_and_shape_and_has_memory_of_its_own(self) -> None:
        memory = array.array("I", [1, 2, 3])
        copy = copy_of(memoryview(memory)[1:])
        memory[1] = 9
        assert (copy.format, copy.tolist(), copy.readonly) == ("I", [2, 3], False)
        square = memoryview(b"abcdef").cast("B", (2, 3))
        assert (copy_of(square).shape, copy_of(square)) == ((2, 3), square)
        assert copy_of(memoryview(b"abcdef")[::2]).tobytes() == b"ace"
        assert copy_of(memoryview(b"ab").cast("@B")).format == "@B"
        assert copy_of(memoryview(b"")).nbytes == 0

    def test_a_view_that_is_released_is_a_data_clone_error(self) -> None:
        view = memoryview(b"a")
        view.release()
        with pytest.raises(DOMException, match="DataCloneError"):
            structured_serialize(view)

    @pytest.mark.parametrize(
        "error",
        [
            TypeError("t"), RangeError("r"), KeyError("k"), Exception("e", 1), ValueError(),
            OSError(2, "no"), FileNotFoundError(2, "no", "name"), StopIteration(3),
            UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"), ExceptionGroup("g", [ValueError()]),
        ],
    )  # fmt: skip
    def test_an_exception_has_its_arguments_and_its_cause(self, error: Exception) -> None:
        error.__cause__ = ValueError("cause")
        error.__cause__.__cause__ = error
        copy = copy_of(error)
        if isinstance(error, ExceptionGroup):
            assert (type(copy), copy.args[0]) == (Exception, "g")
        else:
            assert (type(copy), copy.args, str(copy)) == (type(error), error.args, str(error))
        assert repr(copy.__cause__) == "ValueError('cause')" and copy.__cause__.__cause__ is copy

    @spec("https://tc39.es/ecma262/#sec-native-error-types-used-in-this-standard")
    def test_an_exception_of_the_workers_own_is_of_the_kind_that_it_derives_from(self) -> None:
        class OwnError(TypeError):
            pass

        copy = copy_of(OwnError("own", object))
        assert type(copy) is TypeError and copy.args == ("own", str(object))
        assert exception_class(OwnError) is TypeError

    def test_what_is_in_a_structure_twice_is_so_in_the_copy(self) -> None:
        shared: list[int] = [1]
        empty: dict[str, int] = {}
        copy = copy_of({"a": shared, "b": (shared, empty), "c": empty})
        assert copy["a"] is copy["b"][0] is not shared and copy["b"][1] is copy["c"]

    def test_what_contains_itself_does_so_in_the_copy(self) -> None:
        value: dict[Any, Any] = {}
        value["self"] = [value]
        pair: Any = (value, [])
        pair[1].append(pair)
        value[(1, frozenset({(2,)}))] = pair
        copy = copy_of(value)
        assert copy["self"][0] is copy is not value
        copied_pair = copy[(1, frozenset({(2,)}))]
        assert copied_pair[0] is copy and copied_pair[1][0] is copied_pair

    @pytest.mark.parametrize(
        "value",
        [lambda: None, object(), object, URL("https://x.example/"), iter([]), Exception, ..., 1j],
        ids=lambda value: type(value).__name__,
    )
    @pytest.mark.parametrize(
        "wrap",
        [
            lambda value: value, lambda value: [value], lambda value: {"a": value},
            lambda value: {value: 1}, lambda value: {value}, lambda value: (value,),
        ],
    )  # fmt: skip
    def test_anything_else_is_a_data_clone_error(self, value: object, wrap: Any) -> None:
        with pytest.raises(DOMException, match="DataCloneError"):
            structured_serialize(wrap(value))

    def test_an_argument_that_has_no_text_is_a_data_clone_error(self) -> None:
        class Silent:
            def __str__(self) -> str:
                raise LookupError

        with pytest.raises(DOMException, match="DataCloneError"):
            structured_serialize(ValueError(Silent()))

    @pytest.mark.parametrize(
        "wrap",
        [
            lambda value: [value], lambda value: {"a": value}, lambda value: (value,),

        ],
    )  # fmt: skip
    def test_depth_is_bounded_by_memory_and_not_by_the_stack(self, wrap: Any) -> None:
        value: Any = [0]
        for _ in range(20 * sys.getrecursionlimit()):
            value = wrap(value)
        copy = copy_of(value)
        depth = 0
        while copy != 0 and depth < 10 * sys.getrecursionlimit():
            copy = next(iter(copy.values() if isinstance(copy, dict) else copy))
            depth += 1
        assert depth == 10 * sys.getrecursionlimit()

    def test_causes_may_be_as_many(self) -> None:
        error: BaseException | None = None
        for number in range(10_000):
            error, cause = ValueError(number), error
            error.__cause__ = cause
        copy = copy_of(error)
        for number in reversed(range(10_000)):
            assert copy.args == (number,)
            copy = copy.__cause__
        assert copy is None

    def test_what_is_remembered_is_used(self) -> None:
        value: list[int] = []
        record = structured_serialize(value)
        memory: Any = {id(value): (value, record)}
        assert structured_serialize_internal([value], False, memory).data == [record]


@spec("https://html.spec.whatwg.org/multipage/structured-data.html#structuredserialize")
@spec("https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeforstorage")
class TestForStorage:
    def test_an_object_of_the_platform_is_told_what_it_is_for(self) -> None:
        heard = []

        class Told(DOMException):
            def _serialization_steps(self, for_storage: bool) -> dict[str, object]:
                heard.append(for_storage)
                return super()._serialization_steps(for_storage)

        structured_serialize([Told()])
        structured_serialize_for_storage([Told()])
        assert heard == [False, True]
