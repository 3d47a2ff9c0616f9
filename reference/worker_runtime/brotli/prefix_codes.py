"""Prefix codes, and the bits that they are read from.

RFC 7932, 1.5.1 and 3: https://www.rfc-editor.org/rfc/rfc7932#section-3
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

ROOT_BITS = 8  # of a code that are looked up at once
PIECE_LENGTH = 16 * 1024  # bytes of output that are handed over at once, about
# How much is done without output before a rest, in units that take as long as a command, about 2
# µs.
WORK_AT_ONCE = 4096
WORK_OF_A_META_BLOCK, WORK_OF_A_PREFIX_CODE, NUMBERS_IN_A_UNIT = 2, 8, 4
REFILL = 12  # bytes of the input that become bits at once

# What the next bits mean, by the first 8 of them: the length of a code and its symbol; or a length
# above 8, that of the longest code which begins so, and a table like this for the bits that follow.
PrefixCode: TypeAlias = list[tuple[int, Any]]

# A step of decoding yields output, or no bytes if it wants input, which is sent to it, or None for
# a rest: it has worked for long, and others may have their turn.
Decoding: TypeAlias = Generator[bytes | None, bytes, T]

# https://www.rfc-editor.org/rfc/rfc7932#section-3.5: in which order the lengths of the codes for
# code lengths come
CODE_LENGTH_ORDER = (1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15)
REPEAT_PREVIOUS, REPEAT_ZERO = 16, 17


class BrotliFailure(ValueError):
    """The data is not in this format.

    Part of https://www.rfc-editor.org/rfc/rfc7932#section-12
    """


class BitReader:
    """The input as bits, the least significant first, and the output, which is handed over before
    more input is waited for.

    Part of https://www.rfc-editor.org/rfc/rfc7932#section-1.5.1
    """

    __slots__ = ("bits", "count", "data", "given", "output", "position", "window_size", "work")

    def __init__(self) -> None:
        self.bits = 0  # the next bits; `count` of them
        self.count = 0
        self.data = b""  # what has come in, from `position` on not yet in `bits`
        self.position = 0
        # the end of what was decoded; up to `given` it has been handed over
        self.output = bytearray()
        self.given = 0
        self.window_size = 0  # how far a distance can go back
        self.work = 0  # done since the last rest

    def rest_after(self, work: int) -> Decoding[None]:
        """Rest, if much work was done since the last time."""
        self.work += work
        if self.work >= WORK_AT_ONCE:
            self.work = 0
            yield None

    def hand_over(self) -> Decoding[None]:
        """Hand over all output, and forget what no distance goes back to."""
        yield bytes(self.output[self.given :])
        if len(self.output) >= self.window_size + 4 * PIECE_LENGTH:
            del self.output[: -self.window_size]
        self.given = len(self.output)

    def wait(self) -> Decoding[None]:
        """Hand over all output, and get more input."""
        if self.given < len(self.output):
            yield from self.hand_over()
        self.data = yield b""
        self.position = 0

    def need(self, count: int) -> Decoding[None]:
        """Get input until that many bits are there."""
        while self.count < count:
            piece = self.data[self.position : self.position + REFILL]
            if piece:
                self.bits |= int.from_bytes(piece, "little") << self.count
                self.position += len(piece)
                self.count += 8 * len(piece)
            else:
                yield from self.wait()

    def need_code(self, code: PrefixCode) -> Decoding[None]:
        """Have all bits of a symbol. There may be less than the longest code has: these bits can be
        the last.
        """
        while True:
            length, symbol = code[self.bits & 0xFF]
            if length > ROOT_BITS and self.count >= ROOT_BITS:
                length = (
                    ROOT_BITS + symbol[self.bits >> ROOT_BITS & (1 << length - ROOT_BITS) - 1][0]
                )
            if length <= self.count:
                return
            yield from self.need(self.count + 1)

    def read(self, count: int) -> Decoding[int]:
        """The integer in the next bits."""
        if self.count < count:
            yield from self.need(count)
        value = self.bits & (1 << count) - 1
        self.bits >>= count
        self.count -= count
        return value

    def read_symbol(self, code: PrefixCode) -> Decoding[Any]:
        """The symbol whose code comes next."""
        if self.count < 15:
            yield from self.need_code(code)
        length, symbol = code[self.bits & 0xFF]
        if length > ROOT_BITS:
            length, symbol = symbol[self.bits >> ROOT_BITS & (1 << length - ROOT_BITS) - 1]
            length += ROOT_BITS
        self.bits >>= length
        self.count -= length
        return symbol

    def align(self) -> None:
        """Go to the boundary of a byte; BrotliFailure if a bit that is left out is set."""
        fill = self.count % 8
        if self.bits & (1 << fill) - 1:
            raise BrotliFailure("the bits that fill a byte are not zero")
        self.bits >>= fill
        self.count -= fill

    def rest(self) -> bytes:
        """The input that was not read, at the boundary of a byte."""
        return self.bits.to_bytes(self.count // 8, "little") + self.data[self.position :]


def _canonical_codes(lengths: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """The length, the code with its first bit lowest, and the symbol, in the order of the codes."""
    codes = []
    code = previous = 0
    for length, symbol in sorted(lengths):
        code <<= length - previous
        codes.append((length, int(f"{code:0{length}b}"[::-1], 2), symbol))
        code, previous = code + 1, length
    return codes


def prefix_code(lengths: Sequence[int]) -> PrefixCode:
    """The code with these lengths of its symbols; a single symbol needs no bits. The lengths leave
    no bits without a meaning.

    Part of https://www.rfc-editor.org/rfc/rfc7932#section-3.2
    """
    return _prefix_code((length, symbol) for symbol, length in enumerate(lengths) if length)


def _prefix_code(lengths: Iterable[tuple[int, int]]) -> PrefixCode:
    codes = _canonical_codes(lengths)
    if len(codes) == 1:
        return [(0, codes[0][2])] * 256
    root: PrefixCode = [(0, None)] * 256
    long: dict[int, list[tuple[int, int, int]]] = {}
    for length, code, symbol in codes:
        if length <= ROOT_BITS:
            root[code :: 1 << length] = [(length, symbol)] * (256 >> length)
        else:
            long.setdefault(code & 0xFF, []).append((length - ROOT_BITS, code >> ROOT_BITS, symbol))
    for begin, following in long.items():
        longest = following[-1][0]
        table: PrefixCode = [(0, None)] * (1 << longest)
        for length, code, symbol in following:
            table[code :: 1 << length] = [(length, symbol)] * (1 << longest - length)
        root[begin] = (ROOT_BITS + longest, table)
    return root


def read_prefix_code(reader: BitReader, alphabet_size: int) -> Decoding[PrefixCode]:
    """The prefix code that comes next, for an alphabet of that size. BrotliFailure if what comes is
    not a code.

    Part of https://www.rfc-editor.org/rfc/rfc7932#section-3
    """
    yield from reader.rest_after(WORK_OF_A_PREFIX_CODE)
    kind = yield from reader.read(2)
    if kind == 1:
        return (yield from read_simple_prefix_code(reader, alphabet_size))
    return (yield from read_complex_prefix_code(reader, alphabet_size, kind))


def read_simple_prefix_code(reader: BitReader, alphabet_size: int) -> Decoding[PrefixCode]:
    """https://www.rfc-editor.org/rfc/rfc7932#section-3.4"""
    symbols = []
    for _ in range(1 + (yield from reader.read(2))):
        symbol = yield from reader.read((alphabet_size - 1).bit_length())
        if symbol >= alphabet_size or symbol in symbols:
            raise BrotliFailure(
                f"a simple prefix code has the symbol {symbol} twice, or its alphabet has only "
                f"{alphabet_size}"
            )
        symbols.append(symbol)
    code_lengths: tuple[int, ...] = ((1,), (1, 1), (1, 2, 2), (2, 2, 2, 2))[len(symbols) - 1]
    if len(symbols) == 4 and (yield from reader.read(1)):
        code_lengths = (1, 2, 3, 3)
    return _prefix_code(zip(code_lengths, symbols))


def read_complex_prefix_code(
    reader: BitReader, alphabet_size: int, hskip: int
) -> Decoding[PrefixCode]:
    """https://www.rfc-editor.org/rfc/rfc7932#section-3.5"""
    code_of_lengths = yield from _read_code_of_code_lengths(reader, hskip)
    lengths: list[int] = []
    space = 32768
    previous = 8  # the last length that is not zero
    repeated = repeat_count = 0  # the repeat code that came last, and how often it has repeated
    while space > 0 and len(lengths) < alphabet_size:
        symbol = yield from reader.read_symbol(code_of_lengths)
        if symbol < REPEAT_PREVIOUS:
            lengths.append(symbol)
            repeated = 0
            if symbol:
                previous = symbol
                space -= 32768 >> symbol
            continue
        extra_bits = 2 if symbol == REPEAT_PREVIOUS else 3
        former_count = repeat_count if symbol == repeated else 0
        repeat_count = (
            (former_count - 2 << extra_bits if former_count else 0)
            + 3
            + (yield from reader.read(extra_bits))
        )
        repeated = symbol
        length = previous if symbol == REPEAT_PREVIOUS else 0
        if len(lengths) + repeat_count - former_count > alphabet_size:
            raise BrotliFailure(
                f"a prefix code has more than the {alphabet_size} lengths of its alphabet"
            )
        lengths += [length] * (repeat_count - former_count)
        if length:
            space -= (32768 >> length) * (repeat_count - former_count)
    if space:
        raise BrotliFailure("the lengths of a prefix code make no complete code")
    yield from reader.rest_after(len(lengths) // NUMBERS_IN_A_UNIT)
    return prefix_code(lengths)


def _read_code_of_code_lengths(reader: BitReader, hskip: int) -> Decoding[PrefixCode]:
    lengths = [0] * len(CODE_LENGTH_ORDER)
    space = 32
    for symbol in CODE_LENGTH_ORDER[hskip:]:
        length = yield from reader.read_symbol(CODE_OF_CODE_LENGTH_LENGTHS)
        lengths[symbol] = length
        if length:
            space -= 32 >> length
            if space <= 0:
                break
    if space and sum(map(bool, lengths)) != 1:
        raise BrotliFailure("the lengths of the codes for code lengths make no complete code")
    return prefix_code(lengths)


# The lengths of the codes for code lengths: 0 is 00, 3 is 10, 4 is 01, 2 is 011, 1 is 0111, and 5
# is 1111.
CODE_OF_CODE_LENGTH_LENGTHS: PrefixCode = [
    (2, 0), (2, 4), (2, 3), (3, 2), (2, 0), (2, 4), (2, 3), (4, 1),
    (2, 0), (2, 4), (2, 3), (3, 2), (2, 0), (2, 4), (2, 3), (4, 5),
] * 16  # fmt: skip
