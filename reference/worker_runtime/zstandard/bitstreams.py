"""Bitstreams that are read from their end to their begin, as all entropy coding of this format is.

RFC 8878, 4.1 and 4.2.2: https://www.rfc-editor.org/rfc/rfc8878#section-4.1
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from operator import length_hint
from struct import unpack
from typing import TypeAlias, TypeVar

T = TypeVar("T")

WORD = 64  # bits that are taken from the stream at once

# A step of decoding yields output, or no bytes if it wants input, which is sent to it, or None for
# a rest: it has worked for long, and others may have their turn.
Decoding: TypeAlias = Generator[bytes | None, bytes, T]


class ZstandardFailure(ValueError):
    """The data is not in this format, or needs what is not supported.

    Part of https://www.rfc-editor.org/rfc/rfc8878#section-3
    """


class BackwardBitstream:
    """The bits below the highest one that is set; behind the last of them are zeros, at least as
    many as a word has.

    A loop that takes many bits does in local variables what `read` does.

    Part of https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3.2.1.2
    """

    __slots__ = ("bits", "count", "padding", "words")

    def __init__(self, data: bytes) -> None:
        """ZstandardFailure if the final bit is missing."""
        if not data or not data[-1]:
            raise ZstandardFailure("a bitstream has no final bit")
        zeros = 8 + -len(data) % 8
        self.padding = 8 * zeros
        self.words: Iterator[int] = reversed(
            unpack(f"<{(len(data) + zeros) // 8}Q", bytes(zeros) + data)
        )
        self.bits: int = next(self.words)  # the lowest `count` of them are still to be read
        self.count: int = self.bits.bit_length() - 1

    def left(self) -> int:
        """How many bits are left; a negative number if zeros behind the end were read."""
        return self.count + WORD * length_hint(self.words) - self.padding

    def read(self, count: int) -> int:
        """The integer in the next bits, of which there are no more than a word has;
        ZstandardFailure far behind the end.
        """
        if self.count < count:
            self.bits = (self.bits & (1 << self.count) - 1) << WORD | next_word(self.words)
            self.count += WORD
        self.count -= count
        return self.bits >> self.count & (1 << count) - 1


def next_word(words: Iterator[int]) -> int:
    """The next bits of a stream; ZstandardFailure if all of them have been taken.

    Part of https://www.rfc-editor.org/rfc/rfc8878#section-4
    """
    word = next(words, None)
    if word is None:
        raise ZstandardFailure("a bitstream is too short")
    return word
