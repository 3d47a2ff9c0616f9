"""Prefix codes that are made for the symbols of a meta-block, and how they are written.

RFC 7932, 3: https://www.rfc-editor.org/rfc/rfc7932#section-3

Bits are written as strings of 0 and 1, in the order in which they are in the stream: to join them
is quick.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush

from .prefix_codes import CODE_LENGTH_ORDER, REPEAT_PREVIOUS, REPEAT_ZERO

# https://www.rfc-editor.org/rfc/rfc7932#section-3.5
LENGTHS_OF_CODE_LENGTH_CODES = ("00", "1110", "110", "01", "10", "1111")


def number(value: int, width: int) -> str:
    """An integer as that many bits, the least significant first.

    Part of https://www.rfc-editor.org/rfc/rfc7932#section-1.5
    """
    return f"{value:0{width}b}"[::-1] if width else ""


def code_lengths(counts: Mapping[int, int], most: int) -> dict[int, int]:
    """The lengths of an optimal code for two or more symbols that occur so often; none is longer
    than `most`.

    Part of https://www.rfc-editor.org/rfc/rfc7932#section-3.1
    """
    least = 1
    while True:
        # Huffman's algorithm. Where it makes too long a code, what is rare is counted as less rare.
        heap: list[tuple[int, int, tuple[int, ...]]]
        heap = [(max(count, least), symbol, (symbol,)) for symbol, count in counts.items()]
        heapify(heap)
        lengths = dict.fromkeys(counts, 0)
        while len(heap) > 1:
            first_count, _, first = heappop(heap)
            second_count, tie, second = heappop(heap)
            merged = first + second
            for symbol in merged:
                lengths[symbol] += 1
            heappush(heap, (first_count + second_count, tie, merged))
        if max(lengths.values()) <= most:
            return lengths
        least *= 2


def written_prefix_code(
    counts: Mapping[int, int], alphabet_size: int
) -> tuple[str, dict[int, str]]:
    """A code for the symbols that occur so often: its description, and the bits of each symbol.

    Part of https://www.rfc-editor.org/rfc/rfc7932#section-3.3
    """
    if len(counts) < 2:
        symbol = next(iter(counts), 0)
        return "10" + "00" + number(symbol, (alphabet_size - 1).bit_length()), {symbol: ""}
    lengths = code_lengths(counts, 15)
    order = sorted(lengths, key=lambda symbol: (lengths[symbol], symbol))
    if len(order) <= 4:
        width = (alphabet_size - 1).bit_length()
        description = (
            "10" + number(len(order) - 1, 2) + "".join(number(symbol, width) for symbol in order)
        )
        if len(order) == 4:
            description += "1" if lengths[order[0]] == 1 else "0"
    else:
        description = _complex_description(
            [lengths.get(symbol, 0) for symbol in range(max(lengths) + 1)]
        )
    return description, _bits_of_symbols(order, lengths)


def _bits_of_symbols(order: Sequence[int], lengths: Mapping[int, int]) -> dict[int, str]:
    """The canonical codes of symbols, which are ordered by their lengths."""
    bits = {}
    code = previous = 0
    for symbol in order:
        code <<= lengths[symbol] - previous
        previous = lengths[symbol]
        bits[symbol] = f"{code:0{previous}b}"
        code += 1
    return bits


def _complex_description(lengths: Sequence[int]) -> str:
    """The lengths up to the last that is not zero."""
    symbols = _with_repeat_codes(lengths)
    counts = Counter(symbol for symbol, _ in symbols)
    if len(counts) == 1:
        lengths_of_codes = dict.fromkeys(counts, 3)
        bits = dict.fromkeys(counts, "")
        end = len(CODE_LENGTH_ORDER)
    else:
        lengths_of_codes = code_lengths(counts, 5)
        bits = _bits_of_symbols(
            sorted(lengths_of_codes, key=lambda symbol: (lengths_of_codes[symbol], symbol)),
            lengths_of_codes,
        )
        end = max(CODE_LENGTH_ORDER.index(symbol) for symbol in counts) + 1
    used = [lengths_of_codes.get(symbol, 0) for symbol in CODE_LENGTH_ORDER[:end]]
    hskip = 0 if any(used[:2]) else 2 if used[2] else 3
    return (
        number(hskip, 2)
        + "".join(LENGTHS_OF_CODE_LENGTH_CODES[length] for length in used[hskip:])
        + "".join(bits[symbol] + extra for symbol, extra in symbols)
    )


def _with_repeat_codes(lengths: Sequence[int]) -> list[tuple[int, str]]:
    """Symbols for code lengths, each with its extra bits."""
    symbols: list[tuple[int, str]] = []
    start = 0
    previous = 8
    while start < len(lengths):
        length = lengths[start]
        end = start + 1
        while end < len(lengths) and lengths[end] == length:
            end += 1
        run = end - start
        if length and length != previous:
            symbols.append((length, ""))
            run -= 1
        previous = length or previous
        if run < 3:
            symbols += [(length, "")] * run
        else:
            symbol, width = (REPEAT_PREVIOUS, 2) if length else (REPEAT_ZERO, 3)
            repeats: list[tuple[int, str]] = []
            while run >= 3:
                repeats.append((symbol, number(run - 3 & (1 << width) - 1, width)))
                run = (run - 3 >> width) + 2
            symbols += reversed(repeats)
        start = end
    return symbols
