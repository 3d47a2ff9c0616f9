"""Huffman coding of literals.

RFC 8878, 4.2: https://www.rfc-editor.org/rfc/rfc8878#section-4.2
"""

from __future__ import annotations

from typing import NamedTuple

from .bitstreams import WORD, BackwardBitstream, ZstandardFailure, next_word
from .fse import fse_table_description

MOST_BITS = 11
MOST_WEIGHTS = 255  # the last one is not written


class HuffmanTable(NamedTuple):
    """The length of the code and the symbol, by the next bits: as many as the longest code has.

    Part of https://www.rfc-editor.org/rfc/rfc8878#section-4.2
    """

    max_number_of_bits: int
    rows: list[tuple[int, int]]


def huffman_tree_description(data: bytes) -> tuple[HuffmanTable, int]:
    """The table that is described at the begin of some data, and how many bytes that takes;
    ZstandardFailure if the data does not begin with one.

    https://www.rfc-editor.org/rfc/rfc8878#section-4.2.1
    """
    header_byte = data[0] if data else 0
    if header_byte < 128:
        length = 1 + header_byte
        weights = _fse_compressed_weights(data[1:length])
    else:
        number_of_weights = header_byte - 127
        length = 1 + (number_of_weights + 1) // 2
        weights = [weight for byte in data[1:length] for weight in (byte >> 4, byte & 0xF)][
            :number_of_weights
        ]
    if length > len(data):
        raise ZstandardFailure("the description of a Huffman tree is too short")
    return huffman_table(weights), length


def _fse_compressed_weights(data: bytes) -> list[int]:
    """Part of https://www.rfc-editor.org/rfc/rfc8878#section-4.2.1.2"""
    table, length = fse_table_description(data, most_accuracy=6, number_of_symbols=MOST_BITS + 1)
    stream = BackwardBitstream(data[length:])
    accuracy_log = len(table).bit_length() - 1
    state, other_state = stream.read(accuracy_log), stream.read(accuracy_log)
    if stream.left() < 0:
        raise ZstandardFailure("the weights of a Huffman tree have no initial states")
    weights: list[int] = []
    while len(weights) < MOST_WEIGHTS:
        symbol, number_of_bits, baseline = table[state]
        weights.append(symbol)
        if stream.left() < number_of_bits:
            return [*weights, table[other_state][0]]
        state, other_state = other_state, baseline + stream.read(number_of_bits)
    raise ZstandardFailure(f"a Huffman tree has more than {MOST_WEIGHTS} weights")


def huffman_table(weights: list[int]) -> HuffmanTable:
    """The table for the weights of all symbols but the last; ZstandardFailure if no weight of that
    one would complete it.

    Part of https://www.rfc-editor.org/rfc/rfc8878#section-4.2.1.3
    """
    total = sum(1 << weight >> 1 for weight in weights)
    max_number_of_bits = total.bit_length()
    missing = (1 << max_number_of_bits) - total
    if (
        not 0 < max_number_of_bits <= MOST_BITS
        or missing & missing - 1
        or len(weights) > MOST_WEIGHTS
    ):
        raise ZstandardFailure("the weights of a Huffman tree make no complete code")
    rows: list[tuple[int, int]] = []
    for weight, symbol in sorted(
        (weight, symbol) for symbol, weight in enumerate([*weights, missing.bit_length()]) if weight
    ):
        rows += [(max_number_of_bits + 1 - weight, symbol)] * (1 << weight - 1)
    return HuffmanTable(max_number_of_bits, rows)


def huffman_coded_stream(table: HuffmanTable, data: bytes, size: int) -> bytearray:
    """That many symbols. ZstandardFailure if they do not take exactly the data.

    https://www.rfc-editor.org/rfc/rfc8878#section-4.2.2
    """
    stream = BackwardBitstream(data)
    bits, count, words = stream.bits, stream.count, stream.words
    longest, rows = table
    mask = (1 << longest) - 1
    symbols = bytearray()
    append = symbols.append
    for _ in range(size):
        if count < longest:
            bits = (bits & (1 << count) - 1) << WORD | next_word(words)
            count += WORD
        length, symbol = rows[bits >> count - longest & mask]
        count -= length
        append(symbol)
    stream.count = count
    if stream.left():
        raise ZstandardFailure("a stream of literals does not end where its symbols end")
    return symbols
