"""RFC 8878, 4.1: FSE tables."""

from __future__ import annotations

import pytest

from worker_runtime.zstandard.bitstreams import ZstandardFailure
from worker_runtime.zstandard.blocks import (
    DEFAULT_LITERALS_LENGTHS,
    DEFAULT_MATCH_LENGTHS,
    DEFAULT_OFFSETS,
)
from worker_runtime.zstandard.fse import decoding_table, fse_table_description

spec = pytest.mark.spec


def description(probabilities: list[int], accuracy_log: int) -> bytes:
    """How probabilities are described, always with the longer form where there are two."""
    bits, position, remaining = accuracy_log - 5, 4, 1 << accuracy_log
    at = 0
    while remaining:
        value = probabilities[at] + 1
        width = (remaining + 1).bit_length()
        short_values = (1 << width) - 2 - remaining
        if value < short_values:
            bits |= value << position
            position += width - 1
        else:
            bits |= (value + short_values if value >= 1 << width - 1 else value) << position
            position += width
        remaining -= abs(probabilities[at])
        at += 1
        if value == 1:
            zeros = 0
            while probabilities[at + zeros] == 0:
                zeros += 1
            at += zeros
            while zeros >= 3:
                bits |= 3 << position
                position += 2
                zeros -= 3
            bits |= zeros << position
            position += 2
    return bits.to_bytes((position + 7) // 8, "little")


@spec("https://www.rfc-editor.org/rfc/rfc8878#section-4.1.1")
class TestFSETableDescription:
    @pytest.mark.parametrize("probabilities, accuracy_log", [
        (list(DEFAULT_LITERALS_LENGTHS), 6), (list(DEFAULT_MATCH_LENGTHS), 6),
        (list(DEFAULT_OFFSETS), 5), ([0, 0, 0, 0, 0, 0, 0, 30, -1, 1], 5), ([31, 0, 0, 0, 1], 5),
        ([100, 0, 56, 100], 8),
    ])  # fmt: skip
    def test_gives_the_table_and_its_length(
        self, probabilities: list[int], accuracy_log: int
    ) -> None:
        data = description(probabilities, accuracy_log)
        assert fse_table_description(data + b"more", 9, 64) == (
            decoding_table(probabilities, accuracy_log),
            len(data),
        )

    @pytest.mark.parametrize("data, message", [
        (b"", "does not add up"),
        (description([31, 0, 0, 0, 1], 5)[:-1], "does not add up"),
        (description([0] * 64 + [32], 5), "does not add up"),
        (b"\x05" + bytes(20), "accuracy of an FSE table is 10; 9"),
    ])  # fmt: skip
    def test_what_does_not_add_up_is_a_failure(self, data: bytes, message: str) -> None:
        with pytest.raises(ZstandardFailure, match=message):
            fse_table_description(data, 9, 64)


@spec("https://www.rfc-editor.org/rfc/rfc8878#section-4.1")
class TestDecodingTable:
    def test_the_example_of_the_standard(self) -> None:
        # A probability of 5 of 128, whose rows begin at 1: what comes before takes the rows 0, 83,
        # 38 ... up to there.
        before = next(count for count in range(1, 128) if count * 83 % 128 == 1)
        rows = decoding_table([before, 5, 123 - before], 7)
        assert {state: row[1:] for state, row in enumerate(rows) if row[0] == 1} == {
            1: (5, 32), 39: (5, 64), 77: (5, 96), 84: (4, 0), 122: (4, 16),
        }  # fmt: skip

    def test_what_is_less_likely_than_one_has_the_last_rows(self) -> None:
        rows = decoding_table(DEFAULT_OFFSETS, 5)
        assert [row[0] for row in rows[-5:]] == [28, 27, 26, 25, 24]
        assert rows[-1] == (24, 5, 0)

    def test_the_first_rows_are_those_of_the_appendix(self) -> None:
        # https://www.rfc-editor.org/rfc/rfc8878#appendix-A.1
        assert decoding_table(DEFAULT_LITERALS_LENGTHS, 6)[:4] == [
            (0, 4, 0),
            (0, 4, 16),
            (1, 5, 32),
            (3, 5, 0),
        ]
