"""Insert-and-copy lengths, block counts and distances: symbols for ranges, and extra bits that say
which number is meant.

RFC 7932, 4 to 6: https://www.rfc-editor.org/rfc/rfc7932#section-5
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple


def _ranges(first: int, extra_bits: Iterable[int]) -> list[tuple[int, int]]:
    """The smallest number and the extra bits of each symbol, where the ranges follow each other."""
    bits = list(extra_bits)
    return list(zip(accumulate((1 << count for count in bits[:-1]), initial=first), bits))


INSERT_LENGTHS = _ranges(
    0, (0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 12, 14, 24)
)
COPY_LENGTHS = _ranges(
    2, (0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 24)
)
# https://www.rfc-editor.org/rfc/rfc7932#section-6
BLOCK_COUNTS = _ranges(
    1, (2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 7, 8, 9, 10, 11, 12, 13, 24)
)

# The cells of the table, 64 symbols each: the first insert length code and the first copy length
# code.
CELLS = (
    (0, 0),
    (0, 8),
    (0, 0),
    (0, 8),
    (8, 0),
    (8, 8),
    (0, 16),
    (16, 0),
    (8, 16),
    (16, 8),
    (16, 16),
)
IMPLICIT_DISTANCE = 128  # symbols below it have the last distance, which is not written


class InsertAndCopy(NamedTuple):
    """What an insert-and-copy length symbol stands for.

    Part of https://www.rfc-editor.org/rfc/rfc7932#section-5
    """

    insert_length: int
    insert_extra_bits: int
    copy_length: int
    copy_extra_bits: int
    has_distance: bool


INSERT_AND_COPY = [
    InsertAndCopy(
        *INSERT_LENGTHS[insert + (symbol >> 3 & 7)],
        *COPY_LENGTHS[copy + (symbol & 7)],
        has_distance=64 * cell >= IMPLICIT_DISTANCE,
    )
    for cell, (insert, copy) in enumerate(CELLS)
    for symbol in range(64)
]


@lru_cache(maxsize=64)
def distances(npostfix: int, ndirect: int) -> list[tuple[int, int]]:
    """The smallest distance of each distance symbol from 16 on, and its extra bits, which count in
    steps of 1 << npostfix.

    Part of https://www.rfc-editor.org/rfc/rfc7932#section-4
    """
    direct = [(distance, 0) for distance in range(1, ndirect + 1)]
    return direct + [
        (
            ((2 + (code >> npostfix & 1) << extra_bits) - 4 << npostfix)
            + (code & (1 << npostfix) - 1)
            + ndirect
            + 1,
            extra_bits,
        )
        for code in range(48 << npostfix)
        for extra_bits in (1 + (code >> npostfix + 1),)
    ]
