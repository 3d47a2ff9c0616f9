"""The byte format of structured data: reading bytes that may come from anywhere."""

from __future__ import annotations

import re
from array import array
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from worker_runtime import Blob, DOMException, File, QuotaExceededError, RangeError, Thrown
from worker_runtime.html.structured_data.byte_format_reading import (
    name_of_member,
    record_from_bytes,
)
from worker_runtime.html.structured_data.byte_format_writing import record_to_bytes
from worker_runtime.html.structured_data.structured_deserialize import structured_deserialize
from worker_runtime.html.structured_data.structured_serialize import (
    structured_serialize_for_storage,
)

spec = pytest.mark.spec


def value_of(data: str) -> Any:
    return structured_deserialize(record_from_bytes(bytes.fromhex("ff0f" + data)))


def copy_of(value: Any) -> Any:
    data = record_to_bytes(structured_serialize_for_storage(value))
    return structured_deserialize(record_from_bytes(data))


VALUES = [
    None, True, False, 0, 1, -1, 2**30, 2**31, -(2**30), 2**53, 2**53 + 1, -(2**64), 10**40, 1.5,
    -0.0, 1e300, 2.0**30, 2.0**53, float("inf"), "a", "é", "é😀", "\ud800", b"xx", b"", [], [1], {},
    {"b": 1}, {1: 2}, {(1, (2, datetime(2026, 1, 1))): 3}, {1, 2}, {(1,), frozenset({2})},
    frozenset([1, frozenset([2])]), (), (1, [2]), bytearray(b"abc"), array("H", [1, 2]),
    datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=timezone.utc),
    datetime(9999, 1, 1, 1, 1, 1, 123457, tzinfo=timezone.utc),
    datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")),
    datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1, minutes=7))),
    memoryview(b"abcd"), memoryview(b"abcd").cast("H"), memoryview(b"abcd").cast("@B"),
    memoryview(b"abcd").cast("B", (2, 2)), memoryview(b"abcdefgh").cast("l"),
    re.compile("a+", re.I), re.compile(b"a"),
]  # fmt: skip

every_kind: list[Any] = [
    1, -1, 2**40, 10**20, 1.5, 2.0**40, "é", "😀", None, True, (1, []), frozenset({(1, 2)}),
    {"a": {1: {2}}}, bytearray(b"x"), b"y", array("b", b"z"), memoryview(b"abcd").cast("h"),
    memoryview(b"abcd"), datetime(2026, 1, 1, tzinfo=timezone.utc),
    datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")), re.compile("a+"), KeyError("k", 2),
    TypeError("t"), Thrown([1]), DOMException("m", "AbortError"), Blob(["b"], type="text/plain"),
    File(["b"], "n", lastModified=1), QuotaExceededError("q", quota=1, requested=2),
]  # fmt: skip
every_kind.append(every_kind)
every_kind[-2].__cause__ = None
every_kind[21].__cause__ = every_kind[22]
ALL = record_to_bytes(structured_serialize_for_storage(every_kind))


@spec("SPEC_NOTES.md#record-from-bytes")
class TestRecordFromBytes:
    @pytest.mark.parametrize("value", VALUES, ids=repr)
    def test_what_was_written_is_read(self, value: Any) -> None:
        copy = copy_of(value)
        assert copy == value and type(copy) is type(value)
        if isinstance(value, memoryview):
            assert (copy.format, copy.shape) == (value.format, value.shape)
        if isinstance(value, datetime):
            assert (copy.fold, copy.utcoffset()) == (value.fold, value.utcoffset())
        assert copy_of([value, {"a": value}]) == [value, {"a": value}]

    def test_nan_and_negative_zero_are_read(self) -> None:
        nan, zero = copy_of([float("nan"), -0.0])
        assert nan != nan and str(zero) == "-0.0"

    async def test_objects_of_the_platform_are_read(self) -> None:
        copy = copy_of(every_kind)
        assert copy[-1] is copy and copy[21].__cause__ is copy[22]
        assert [type(item) for item in copy] == [type(item) for item in every_kind]
        assert await copy[25].text() == "b" and copy[26].name == "n" and copy[27].requested == 2

    # What node 20.20 writes for values that are not written here in this way.
    @pytest.mark.parametrize(
        "data, value",
        [
            ("5f", None), ("5501", 1), ("55ffffffff0f", 2**32 - 1), ("530141", "A"),
            ("6103490049024904490640" "0203", [1, None, 3]), ("41022d4902240002", [None, 1]),
            ("6f490249042201616f7b007b02", {"1": 2, "a": {}}), ("00005f", None),
            ("4202010256420001" "00", b"\1"), ("4202010256430002" "00", memoryview(b"\1\2")),
        ],
    )  # fmt: skip
    def test_what_other_runtimes_write_is_read(self, data: str, value: Any) -> None:
        copy = value_of(data)
        assert copy == value and type(copy) is type(value)

    @pytest.mark.parametrize(
        "data, kind",
        [
            ("72546d2201742e", TypeError), ("72522e", RangeError), ("72452e", Exception),
            ("72466d22017473220173" "2e", NameError), ("726d22017463490273220173" "2e", Exception),
        ],
    )  # fmt: skip
    def test_errors_of_other_runtimes_are_read(self, data: str, kind: type[Exception]) -> None:
        error = value_of(data)
        assert type(error) is kind
        if "63" in data:
            cause: Any = error.__cause__
            assert error.args == ("t",) and cause.value == 1

    @pytest.mark.parametrize(
        "data",
        [
            "", "5f5f", "4102490224" "0002", "41014902240101", "4101490224" "0002", "410249022400",
            "41ffffffff0f", "24", "7b00", "6f2201617b00", "6f2201617b01", "6f49027b01",
            "3b49023a01", "3b490249043a04", "2749022c02", "6f41002400004902" "7b01", "6f2c00",
            "5e00", "41015e05240001", "53" "02ff41", "63" "0341000000", "2205" "6161", "5a10" "01",
            "4e0000", "44" "000000000000f87f", "44" "000000000000f07f", "520161" "00", "79", "78",
            "6e0000000000000000", "75" "00", "7401", "7e0000", "70", "77", "6d", "42" "0201",
            "420101" "5642010100", "420101" "5642000101", "420101" "5657000100", "420101"
            "567a000100", "61ffffff7f" "40" "00ffffff7f", "6101490549024001" "01", "4902" "00",
            "5c02" "2201" "61" "410024" "0000", "725a", "72", "724d", "726d49022e", "5c01" "4902"
            "410024" "0000", "5c01" "2205" "7475706c65" "4902", "2d", "49ffffffffff00",
            "49ffffffff7f", "49",
        ],
    )  # fmt: skip
    def test_what_is_not_to_the_letter_is_a_data_clone_error(self, data: str) -> None:
        with pytest.raises(DOMException, match="DataCloneError"):
            value_of(data)

    @pytest.mark.parametrize("data", ["", "ff", "ff0e", "ff0d30", "ff1030", "0f30", "30"])
    def test_another_header_is_a_data_clone_error(self, data: str) -> None:
        with pytest.raises(DOMException, match="DataCloneError"):
            record_from_bytes(bytes.fromhex(data))

    def test_cut_at_any_position_it_is_a_data_clone_error(self) -> None:
        for length in range(len(ALL)):
            with pytest.raises(DOMException, match="DataCloneError"):
                record_from_bytes(ALL[:length])

    def test_with_any_byte_changed_it_is_a_value_or_a_data_clone_error(self) -> None:
        refused = 0
        for position in range(len(ALL)):
            for byte in (0, 255, *b"A$o{^\\BN", ALL[position] ^ 1, ALL[position] ^ 128):
                changed = bytearray(ALL)
                changed[position] = byte
                try:
                    structured_deserialize(record_from_bytes(changed))
                except DOMException as error:
                    assert error.name == "DataCloneError"
                    refused += 1
        assert refused > 5 * len(ALL)

    def test_nothing_recurses(self) -> None:
        depth = 20_000
        value = value_of("4101" * depth + "30" + "240001" * depth)
        for _ in range(depth):
            (value,) = value
        assert value is None
        for begin in ("41016f220161", "5c012205" + b"tuple".hex() + "4101", "7263"):
            with pytest.raises(DOMException, match="DataCloneError"):
                value_of(begin * depth)

    def test_nobody_is_made_to_hash_what_is_nested_deep(self) -> None:
        begin, depth = "5c012205" + b"tuple".hex() + "4101", 30_000
        with pytest.raises(DOMException, match="DataCloneError"):
            value_of("27" + begin * depth + "2700" + "2c00" + "240001" * depth + "2c01")

    def test_an_object_of_the_platform_cannot_contain_itself(self) -> None:
        with pytest.raises(DOMException, match="DataCloneError"):
            value_of("5c012204" + b"Blob".hex() + "41015e00240001")
        with pytest.raises(DOMException, match="DataCloneError"):
            value_of("5c012205" + b"tuple".hex() + "41015e00240001")


@spec("https://tc39.es/ecma262/#sec-topropertykey")
class TestNameOfMember:
    def test_a_number_is_a_name(self) -> None:
        assert (name_of_member("a"), name_of_member(7)) == ("a", "7")
