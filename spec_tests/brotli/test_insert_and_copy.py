"""RFC 7932, 4 to 6: the tables of lengths, counts and distances."""

from __future__ import annotations

import pytest

from worker_runtime.brotli.insert_and_copy import (
    BLOCK_COUNTS,
    COPY_LENGTHS,
    INSERT_AND_COPY,
    INSERT_LENGTHS,
    distances,
)

spec = pytest.mark.spec


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-5")
class TestInsertAndCopy:
    def test_the_ranges_are_those_of_the_standard(self) -> None:
        assert INSERT_LENGTHS[8:10] == [(10, 2), (14, 2)] and INSERT_LENGTHS[-3:] == [
            (2114, 12),
            (6210, 14),
            (22594, 24),
        ]
        assert COPY_LENGTHS[8:10] == [(10, 1), (12, 1)] and COPY_LENGTHS[-3:] == [
            (582, 9),
            (1094, 10),
            (2118, 24),
        ]
        assert BLOCK_COUNTS[:2] == [(1, 2), (5, 2)] and BLOCK_COUNTS[-3:] == [
            (4337, 12),
            (8433, 13),
            (16625, 24),
        ]

    @pytest.mark.parametrize("symbol, meaning", [
        (0, (0, 0, 2, 0, False)), (127, (8, 1, 54, 4, False)), (128, (0, 0, 2, 0, True)),
        (255, (8, 1, 54, 4, True)), (256, (10, 2, 2, 0, True)), (384, (0, 0, 70, 5, True)),
        (448, (130, 6, 2, 0, True)), (512, (10, 2, 70, 5, True)), (576, (130, 6, 10, 1, True)),
        (703, (22594, 24, 2118, 24, True)),
    ])  # fmt: skip
    def test_a_symbol_stands_for_two_lengths(
        self, symbol: int, meaning: tuple[int, int, int, int, bool]
    ) -> None:
        assert INSERT_AND_COPY[symbol] == meaning
        assert len(INSERT_AND_COPY) == 704


@spec("https://www.rfc-editor.org/rfc/rfc7932#section-4")
class TestDistances:
    @pytest.mark.parametrize("npostfix, ndirect", [(0, 0), (1, 2), (2, 60), (3, 120)])
    def test_each_distance_has_one_symbol(self, npostfix: int, ndirect: int) -> None:
        table = distances(npostfix, ndirect)
        assert len(table) == ndirect + (48 << npostfix)
        few = table[: ndirect + (12 << npostfix)]
        found = [
            first + (extra << npostfix if symbol >= ndirect else 0)
            for symbol, (first, bits) in enumerate(few) for extra in range(1 << bits)
        ]  # fmt: skip
        assert sorted(found) == list(range(1, len(found) + 1))

    def test_the_largest_one(self) -> None:
        first, bits = distances(0, 0)[-1]
        assert (first + (1 << bits) - 1, bits) == ((1 << 26) - 4, 24)
