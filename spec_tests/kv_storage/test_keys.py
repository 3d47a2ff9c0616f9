"""KV Storage, 4: keys, and their order."""

from __future__ import annotations

import math
from array import array
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

import pytest

from worker_runtime.host.storage.backend import StorageError
from worker_runtime.kv_storage.keys import (
    allowed_as_a_key,
    bytes_at,
    convert_a_key_to_a_value,
    convert_a_value_to_a_key,
    double_at,
    ended,
    ordered_double,
    shown,
    value_at,
)
from worker_runtime.webidl.exceptions import DOMException

spec = pytest.mark.spec

UTC = timezone.utc
IN_ORDER: list[Any] = [
    -math.inf, -1e300, -2.5, -1, -5e-324, 0, 5e-324, 0.5, 1, 2, 10, 2**53 - 1, 1e300, math.inf,
    datetime(1, 1, 1, tzinfo=UTC), datetime(1969, 12, 31, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
    datetime(9999, 12, 31, tzinfo=UTC),
    "", "\0", "\0\0", "\0a", "\1", "10", "2", "A", "a", "a\0", "a\0\0", "aa", "b", "z\ud800", "é",
    "\U00010000", "\ud800\ue000", "\ue000", "\uffff",
    b"", b"\0", b"\0\0", b"\0\xff", b"\1", b"a", b"a\0", b"a\0\xff", b"a\1", b"\xff", b"\xff\0",
    [], [-1], [0], [0, 0], [1], [datetime(2026, 1, 1, tzinfo=UTC)], [""], ["", 1], ["\0"], ["a"],
    [b""], [b"", 1], [b"\0"], [[]], [[], 1], [[1]], [[[]]],
]  # fmt: skip


@spec("https://wicg.github.io/kv-storage/#allowed-as-a-key")
class TestAllowedAsAKey:
    @pytest.mark.parametrize(
        "value", [1, 1.5, "", [], (), datetime.now(), b"", bytearray(), memoryview(b""), array("d")]
    )
    def test_what_could_be_one(self, value: object) -> None:
        assert allowed_as_a_key(value)

    @pytest.mark.parametrize("value", [None, True, {}, set(), object(), 1j, range(3)])
    def test_what_could_not(self, value: object) -> None:
        assert not allowed_as_a_key(value)


@spec("SPEC_NOTES.md#convert-a-value-to-a-key")
class TestConvertAValueToAKey:
    def test_the_order_of_the_bytes_is_that_of_the_keys(self) -> None:
        shuffled = IN_ORDER.copy()
        Random(1).shuffle(shuffled)
        assert sorted(shuffled, key=convert_a_value_to_a_key) == IN_ORDER

    def test_no_key_is_the_beginning_of_another_one(self) -> None:
        keys = [convert_a_value_to_a_key(value) for value in IN_ORDER]
        assert len(set(keys)) == len(keys)
        assert not [
            (one, two) for one in keys for two in keys if one is not two and two.startswith(one)
        ]

    @pytest.mark.parametrize(
        "one, other",
        [
            (0.0, -0.0),
            (1, 1.0),
            (10**400, math.inf),
            ((1, "a"), [1, "a"]),
            (bytearray(b"ab"), memoryview(b"ab")),
            (array("H", [1]), array("H", [1]).tobytes()),
            (
                datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2))),
                datetime(2026, 1, 1, 10, tzinfo=UTC),
            ),
            (datetime(2026, 1, 1), datetime(2026, 1, 1).astimezone()),
        ],
    )
    def test_some_values_are_one_key(self, one: object, other: object) -> None:
        assert convert_a_value_to_a_key(one) == convert_a_value_to_a_key(other)

    @pytest.mark.parametrize("value", [math.nan, None, True, [None], ["a", [math.nan]], [{}]])
    def test_an_invalid_one_is_a_data_error(self, value: object) -> None:
        with pytest.raises(DOMException) as caught:
            convert_a_value_to_a_key(value)
        assert caught.value.name == "DataError"

    def test_a_list_in_itself_is_a_data_error(self) -> None:
        value: list[Any] = [1]
        value.append(value)
        with pytest.raises(DOMException, match="DataError"):
            convert_a_value_to_a_key(value)


@spec("SPEC_NOTES.md#convert-a-key-to-a-value")
class TestConvertAKeyToAValue:
    @pytest.mark.parametrize("value", IN_ORDER, ids=ascii)
    def test_it_is_the_inverse(self, value: object) -> None:
        again = convert_a_key_to_a_value(convert_a_value_to_a_key(value))
        assert again == value and type(again) is type(value)

    def test_what_is_integral_is_an_int(self) -> None:
        for value, expected in ((2.0, int), (2.5, float), (1e300, float), (-0.0, int)):
            assert type(convert_a_key_to_a_value(convert_a_value_to_a_key(value))) is expected

    @pytest.mark.parametrize(
        "key", [b"", b"\x99", b"\x10\0", b"\x30a", b"\x30a\0", b"\x50\x10", b"\x30\0\0x", b"\x40\0"]
    )
    def test_what_is_none_is_a_damage(self, key: bytes) -> None:
        with pytest.raises(StorageError, match="damaged"):
            convert_a_key_to_a_value(key)


@spec("https://wicg.github.io/kv-storage/#key-round-trip")
class TestValueAt:
    def test_it_says_where_it_ends(self) -> None:
        key = convert_a_value_to_a_key("ab")
        assert value_at(b"..." + key + b"...", 3) == ("ab", 3 + len(key))


@spec("SPEC_NOTES.md#kv-storage-keys")
class TestOrderedDouble:
    def test_zero_is_in_the_middle(self) -> None:
        assert ordered_double(0.0) == ordered_double(-0.0) == b"\x80" + bytes(7)


@spec("SPEC_NOTES.md#kv-storage-keys")
class TestDoubleAt:
    @pytest.mark.parametrize("number", [0.0, 1.5, -1.5, math.inf, -math.inf])
    def test_it_is_the_inverse(self, number: float) -> None:
        assert double_at(ordered_double(number), 0) == number


@spec("SPEC_NOTES.md#kv-storage-keys")
class TestEnded:
    def test_zeros_are_told_from_the_end(self) -> None:
        assert ended(b"a\0b") == b"a\0\xffb\0\0"


@spec("SPEC_NOTES.md#kv-storage-keys")
class TestBytesAt:
    @pytest.mark.parametrize("content", [b"", b"\0", b"a\0", b"\0\xff\0", b"\xff"])
    def test_it_is_the_inverse(self, content: bytes) -> None:
        assert bytes_at(ended(content) + b"more", 0) == (content, len(ended(content)))


@spec("SPEC_NOTES.md#kv-storage-keys")
class TestShown:
    def test_it_is_short(self) -> None:
        assert shown([1, 2]) == "list of 2, with something that is no key"
        assert shown(math.nan) == "nan"
