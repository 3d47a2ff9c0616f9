"""Finite State Entropy: symbols that are coded in the transitions of a state.

RFC 8878, 4.1: https://www.rfc-editor.org/rfc/rfc8878#section-4.1.1
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from .bitstreams import ZstandardFailure

LONGEST_TABLE_DESCRIPTION = 512  # bytes: at most 256 symbols with 10 bits, and flags


# What a state means: its symbol; and how the next one is found: an integer of so many bits, and
# what is added to it.
Row: TypeAlias = tuple[int, int, int]


def fse_table_description(
    data: bytes, most_accuracy: int, number_of_symbols: int
) -> tuple[list[Row], int]:
    """The decoding table that some data begins with, and how many bytes that takes;
    ZstandardFailure if the data does not begin with one.

    https://www.rfc-editor.org/rfc/rfc8878#section-4.1.1
    """
    bits = int.from_bytes(data[:LONGEST_TABLE_DESCRIPTION], "little")
    accuracy_log = 5 + (bits & 0xF)
    position = 4
    if accuracy_log > most_accuracy:
        raise ZstandardFailure(
            f"the accuracy of an FSE table is {accuracy_log}; {most_accuracy} is the most"
        )
    probabilities: list[int] = []
    remaining = 1 << accuracy_log
    while remaining and len(probabilities) < number_of_symbols:
        width = (remaining + 1).bit_length()
        # values that are small enough to have one bit less
        short_values = (1 << width) - 2 - remaining
        value = bits >> position & (1 << width) - 1
        position += width
        if value & (1 << width - 1) - 1 < short_values:
            value &= (1 << width - 1) - 1
            position -= 1
        elif value >= 1 << width - 1:
            value -= short_values
        probability = value - 1
        probabilities.append(probability)
        remaining -= abs(probability)
        repeat = 0 if probability else 3
        while repeat == 3 and len(probabilities) <= number_of_symbols:
            repeat = bits >> position & 3
            position += 2
            probabilities += [0] * repeat
    length = (position + 7) // 8
    if remaining or len(probabilities) > number_of_symbols or length > len(data):
        raise ZstandardFailure("the description of an FSE table does not add up")
    return decoding_table(probabilities, accuracy_log), length


def decoding_table(probabilities: Sequence[int], accuracy_log: int) -> list[Row]:
    """The rows for the probabilities of the symbols, which add up to the number of rows; -1 is less
    than 1.

    Part of https://www.rfc-editor.org/rfc/rfc8878#section-4.1
    """
    size = 1 << accuracy_log
    symbols = [0] * size
    highest = size - 1
    for symbol, probability in enumerate(probabilities):
        if probability == -1:
            symbols[highest] = symbol
            highest -= 1
    position = 0
    for symbol, probability in enumerate(probabilities):
        for _ in range(probability):
            symbols[position] = symbol
            position = position + (size >> 1) + (size >> 3) + 3 & size - 1
            while position > highest:
                position = position + (size >> 1) + (size >> 3) + 3 & size - 1
    shares = list(map(abs, probabilities))
    rows: list[Row] = []
    for symbol in symbols:
        share = shares[symbol]
        shares[symbol] += 1
        number_of_bits = accuracy_log + 1 - share.bit_length()
        rows.append((symbol, number_of_bits, (share << number_of_bits) - size))
    return rows
