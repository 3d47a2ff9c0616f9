"""The byte format of structured data: writing."""

from __future__ import annotations

import re
from array import array
from datetime import datetime, timezone
from typing import Any

import pytest

from worker_runtime import DOMException, RangeError
from worker_runtime.html.structured_data.byte_format_writing import (
    is_a_message,
    record_to_bytes,
    varint,
)
from worker_runtime.html.structured_data.structured_serialize import (
    structured_serialize_for_storage,
)
from worker_runtime.html.structured_data.structured_serialize_with_transfer import (
    structured_serialize_with_transfer,
)

spec = pytest.mark.spec


def bytes_of(value: Any) -> str:
    return record_to_bytes(structured_serialize_for_storage(value)).hex()


twice: list[Any] = []
itself: list[Any] = []
itself.append(itself)


@spec("SPEC_NOTES.md#record-to-bytes")
class TestRecordToBytes:
    # What v8.serialize of Node 20.20 makes of the same values, and with workerd's way of views.
    @pytest.mark.parametrize(
        "value, expected",
        [
            (None, "30"), (True, "54"), (False, "46"), (0, "4900"), (-1, "4901"), (2, "4904"),
            (2**40, "4e0000000000007042"), (1.5, "4e000000000000f83f"),
            (-0.0, "4e0000000000000080"), (10**30, "5a2000000040eaed7446d09c2c9f0c000000"),
            (-(10**30), "5a2100000040eaed7446d09c2c9f0c000000"),
            ("é", "2201e9"), ("", "2200"), ("é😀", "6306e9003dd800de"), ("\ud800", "630200d8"),
            ([1], "41014902240001"), ({"b": 1}, "6f22016249027b01"), ({}, "6f7b00"),
            ({1: 2}, "3b490249043a02"), ({1}, "2749022c01"), (["😀"], "410163043dd800de240001"),
            (["a", "😀"], "41022201610063043dd800de240002"),
            (["ab", "😀"], "41022202616263043dd800de240002"),
            (datetime(1970, 1, 1, 0, 0, 0, 5000, timezone.utc), "440000000000001440"),
            (bytearray(b"\0\0\0"), "4203000000"), (b"\1\2", "42020102" "5642000200"),
            (memoryview(b"\1\0\2\0").cast("H"), "420401000200" "5657000400"),
            (memoryview(b"\1").cast("@B"), "420101" "563f000100"),
            (TypeError("t"), "72546d2201742e"), (RangeError(), "72522e"),
            ([twice, twice], "41024100240000" "5e01240002"), (itself, "41015e00240001"),
            ((1, 2), "5c01" "2205" + b"tuple".hex() + "410249024904240002"),
        ],
        ids=repr,
    )  # fmt: skip
    def test_they_are_those_of_v8(self, value: Any, expected: str) -> None:
        assert bytes_of(value) == "ff0f" + expected

    def test_a_cause_stands_in_an_error(self) -> None:
        error = TypeError("t")
        error.__cause__ = Exception("c")
        assert bytes_of(error) == "ff0f72546d22017463726d2201632e2e"

    @pytest.mark.parametrize(
        "value",
        [(1, [2]), frozenset({1}), 2.0**40, re.compile(b"a"), array("d", [1]), KeyError("k")],
    )
    def test_what_v8_has_no_tag_for_is_a_host_object(self, value: Any) -> None:
        assert bytes_of(value).startswith("ff0f5c0122")

    def test_what_was_transferred_cannot_leave_the_process(self) -> None:
        view = memoryview(bytearray(1))
        record, _ = structured_serialize_with_transfer([view], [view])
        with pytest.raises(DOMException, match="DataCloneError"):
            record_to_bytes(record)

    def test_nothing_recurses(self) -> None:
        value: Any = []
        for _ in range(20_000):
            value = ({"a": value}, [])
        assert len(bytes_of(value)) > 400_000


@spec("SPEC_NOTES.md#varint")
class TestVarint:
    @pytest.mark.parametrize(
        "value, expected", [(0, "00"), (127, "7f"), (128, "8001"), (2**32 - 1, "ffffffff0f")]
    )
    def test_it_has_seven_bits_a_byte(self, value: int, expected: str) -> None:
        assert varint(value).hex() == expected


@spec("SPEC_NOTES.md#errors-as-bytes")
class TestIsAMessage:
    @pytest.mark.parametrize(
        "arguments, expected", [((), True), (("m",), True), ((1,), False), (("m", "n"), False)]
    )
    def test_it_is_one_text_or_nothing(self, arguments: tuple[Any, ...], expected: bool) -> None:
        assert is_a_message(arguments) == expected
