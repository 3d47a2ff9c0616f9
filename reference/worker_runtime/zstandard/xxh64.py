"""XXH64, the hash whose lowest 32 bits are the content checksum.

xxHash, XXH64:
https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md#xxh64-algorithm-description
"""

from __future__ import annotations

from struct import iter_unpack

MASK = 0xFFFFFFFFFFFFFFFF
PRIME_1, PRIME_2, PRIME_3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
PRIME_4, PRIME_5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5
STRIPE = 32  # bytes that go into the accumulators at once


class XXH64:
    """The hash with the seed 0 of data that comes in pieces.

    https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md#xxh64-algorithm-description
    """

    __slots__ = ("_accumulators", "_length", "_rest")

    def __init__(self) -> None:
        self._accumulators = (PRIME_1 + PRIME_2 & MASK, PRIME_2, 0, -PRIME_1 & MASK)
        self._length = 0
        self._rest = b""  # less than a stripe

    def update(self, data: bytes) -> None:
        """Take more data."""
        self._length += len(data)
        data = self._rest + data
        end = len(data) - len(data) % STRIPE
        self._rest = data[end:]
        first, second, third, fourth = self._accumulators
        for lane_1, lane_2, lane_3, lane_4 in iter_unpack("<4Q", memoryview(data)[:end]):
            first = first + lane_1 * PRIME_2 & MASK
            first = (first << 31 | first >> 33) * PRIME_1 & MASK
            second = second + lane_2 * PRIME_2 & MASK
            second = (second << 31 | second >> 33) * PRIME_1 & MASK
            third = third + lane_3 * PRIME_2 & MASK
            third = (third << 31 | third >> 33) * PRIME_1 & MASK
            fourth = fourth + lane_4 * PRIME_2 & MASK
            fourth = (fourth << 31 | fourth >> 33) * PRIME_1 & MASK
        self._accumulators = first, second, third, fourth

    def digest(self) -> int:
        """The hash of all data so far, of 64 bits."""
        if self._length < STRIPE:
            hash = PRIME_5
        else:
            first, second, third, fourth = self._accumulators
            hash = (
                _rotated(first, 1)
                + _rotated(second, 7)
                + _rotated(third, 12)
                + _rotated(fourth, 18)
            )
            for accumulator in self._accumulators:
                hash = (hash ^ _round(0, accumulator)) * PRIME_1 + PRIME_4
        hash = hash + self._length & MASK
        rest = self._rest
        while len(rest) >= 8:
            hash = (
                _rotated(hash ^ _round(0, int.from_bytes(rest[:8], "little")), 27) * PRIME_1
                + PRIME_4
                & MASK
            )
            rest = rest[8:]
        if len(rest) >= 4:
            hash = (
                _rotated(hash ^ int.from_bytes(rest[:4], "little") * PRIME_1 & MASK, 23) * PRIME_2
                + PRIME_3
                & MASK
            )
            rest = rest[4:]
        for byte in rest:
            hash = _rotated(hash ^ byte * PRIME_5 & MASK, 11) * PRIME_1 & MASK
        hash = (hash ^ hash >> 33) * PRIME_2 & MASK
        hash = (hash ^ hash >> 29) * PRIME_3 & MASK
        return hash ^ hash >> 32


def _round(accumulator: int, lane: int) -> int:
    return _rotated(accumulator + lane * PRIME_2 & MASK, 31) * PRIME_1 & MASK


def _rotated(value: int, count: int) -> int:
    return (value << count | value >> 64 - count) & MASK
