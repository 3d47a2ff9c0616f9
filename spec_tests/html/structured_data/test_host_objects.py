"""The byte format of structured data: host objects."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from datetime import datetime
from struct import pack
from typing import Any

import pytest

from worker_runtime import Blob, DOMException, RangeError, Thrown
from worker_runtime.html.structured_data.host_objects import (
    array_of,
    datetime_of,
    error_of,
    float_of,
    frozenset_of,
    host_object,
    memoryview_of,
    pattern_of,
    thrown_of,
    tuple_of,
)
from worker_runtime.html.structured_data.records import Record

spec = pytest.mark.spec


def refuses(make: Callable[..., Any], *items: Any) -> None:
    with pytest.raises((ValueError, TypeError, OverflowError)):
        make(*items)


@spec("SPEC_NOTES.md#host-objects-of-structured-data")
class TestHostObject:
    def test_its_name_says_what_it_is(self) -> None:
        assert host_object("tuple", [1, 2]) == (1, 2)
        record = host_object("Blob", [Record(dict, ([], []))])
        assert record.type is Blob and len(record.data) == 1

    @pytest.mark.parametrize("name", ["URL", "Popen", "__import__", "", "list"])
    def test_what_is_not_serializable_is_a_data_clone_error(self, name: str) -> None:
        with pytest.raises(DOMException, match="DataCloneError"):
            host_object(name, [None])

    def test_an_interface_has_one_item(self) -> None:
        refuses(host_object, "Blob", [])
        refuses(host_object, "Blob", [1, 2])


@spec("SPEC_NOTES.md#host-object-tuple")
@spec("SPEC_NOTES.md#host-object-frozenset")
class TestTupleAndFrozenset:
    def test_one_of_primitives_is_itself(self) -> None:
        assert tuple_of(1, "a") == (1, "a") and frozenset_of(1, 1) == {1}

    def test_another_is_a_record(self) -> None:
        item = Record(list, [])
        assert tuple_of(item).type is tuple and frozenset_of(item).data == [item]


@spec("SPEC_NOTES.md#host-object-float")
class TestFloat:
    def test_it_has_eight_bytes(self) -> None:
        assert float_of(pack("<d", 2.0**40)) == 2.0**40
        refuses(float_of, b"")
        refuses(float_of, "12345678")


@spec("SPEC_NOTES.md#host-object-datetime")
class TestDatetime:
    def test_it_has_a_time_zone_or_none(self) -> None:
        assert datetime_of("2026-01-01T00:00:00", None, 0) == datetime(2026, 1, 1)
        moment = datetime_of("2026-10-25T02:30:00", "Europe/Berlin", 1)
        assert (str(moment.tzinfo), moment.fold) == ("Europe/Berlin", 1)

    @pytest.mark.parametrize(
        "items",
        [
            ("2026", None, 7), ("", None, 0), (1, None, 0), ("2026-01-01", "No/Where", 0),
            ("2026-01-01", "../../etc/passwd", 0), ("2026-01-01T00:00+01:00", "Europe/Berlin", 0),
            ("2026-01-01", "a" * 1000, 0), ("2026-01-01", "Europe", 0), ("2026-01-01", 1, 0),
            ("2026-01-01", "\0", 0), ("2026-01-01", "", 0),
        ],
    )  # fmt: skip
    def test_anything_else_is_refused(self, items: Any) -> None:
        refuses(datetime_of, *items)


@spec("SPEC_NOTES.md#host-object-re.pattern")
class TestPattern:
    def test_it_has_flags(self) -> None:
        assert pattern_of("a", re.I.value | re.U.value) == re.compile("a", re.I)

    @pytest.mark.parametrize(
        "items", [("(", 0), ("a", re.DEBUG.value), ("a", "i"), (1, 0), ("a", 4), ("(" * 5000, 0)]
    )
    def test_anything_else_is_refused(self, items: Any) -> None:
        refuses(pattern_of, *items)


@spec("SPEC_NOTES.md#host-object-array")
class TestArray:
    def test_it_has_a_typecode(self) -> None:
        assert array_of("H", b"\1\0").data == array("H", [1])

    @pytest.mark.parametrize(
        "items", [("H", b"\1"), ("x", b""), ("u", bytes(4)), (1, b""), ("H", [])]
    )
    def test_anything_else_is_refused(self, items: Any) -> None:
        refuses(array_of, *items)


@spec("SPEC_NOTES.md#host-object-memoryview")
class TestMemoryview:
    def test_it_has_a_format_and_a_shape(self) -> None:
        assert memoryview_of(b"abcd", "H", Record(list, [2])).data == (b"abcd", "H", (2,))
        assert memoryview_of(b"abcd", "B", Record(list, [2, 2])).data == (b"abcd", "B", (2, 2))

    @pytest.mark.parametrize(
        "items",
        [
            (b"abc", "H", Record(list, [1])), (b"a", "<B", Record(list, [1])),
            (b"a", "B", Record(list, [])), (b"a", "B", Record(list, [2])),
            ("a", "B", Record(list, [1])), (b"a", "B", Record(dict, ([], []))),
            (b"a", 1, Record(list, [1])), (b"abcd", "B", Record(list, [2, 3])),
            (b"abcd", "B", Record(list, [2] * 99)), (b"abcd", "B", Record(list, ["2", 2])),
            (b"abcd", "B", Record(list, [2**70, 2])),
        ],
    )  # fmt: skip
    def test_anything_else_is_refused(self, items: Any) -> None:
        refuses(memoryview_of, *items)


@spec("SPEC_NOTES.md#host-object-thrown")
class TestThrown:
    def test_it_has_a_value(self) -> None:
        record = thrown_of(1)
        assert (record.type, record.data) == (Thrown, [1])


@spec("SPEC_NOTES.md#host-object-error")
class TestError:
    def test_it_has_arguments_and_a_cause(self) -> None:
        record = error_of("KeyError", Record(list, [1]), "cause")
        assert (record.type, record.data) == (KeyError, ((1,), ["cause"]))
        assert error_of("RangeError", Record(list, [])).type is RangeError

    @pytest.mark.parametrize(
        "items",
        [
            ("print", Record(list, [])), ("int", Record(list, [])), ("No", Record(list, [])),
            ("ExceptionGroup", Record(list, [])), ("IOError", Record(list, [])),
            ("KeyError", Record(list, [Record(list, [])], False)), ("KeyError", Record(set, [])),
            ("KeyError", Record(list, []), 1, 2), (Record(list, []), Record(list, [])),
        ],
    )  # fmt: skip
    def test_anything_else_is_refused(self, items: Any) -> None:
        refuses(error_of, *items)
