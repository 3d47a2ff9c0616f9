"""Compressed blocks: literals, the sequences that copy them and what came before, and their
execution.

RFC 8878, 3.1.1.3 to 3.1.1.5: https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from .bitstreams import WORD, BackwardBitstream, Decoding, ZstandardFailure, next_word
from .fse import Row, decoding_table, fse_table_description
from .huffman import HuffmanTable, huffman_coded_stream, huffman_tree_description

RAW, RLE, COMPRESSED = 0, 1, 2  # Literals_Block_Type; the fourth is treeless
PREDEFINED_MODE, RLE_MODE, FSE_COMPRESSED_MODE = 0, 1, 2  # the fourth is Repeat_Mode
MOST_OFFSET_BITS = 31
SEQUENCES_AT_ONCE = 4096  # before a rest; each takes about 2 µs

# What a state means for sequences: a smallest number and its extra bits, and how the next state is
# found: so many bits, and a baseline.
SequenceTable: TypeAlias = list[tuple[int, int, int, int]]

# https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3.2.1.1: the smallest number of each code,
# and its extra bits
LITERALS_LENGTHS = [(length, 0) for length in range(16)] + [
    (16, 1), (18, 1), (20, 1), (22, 1), (24, 2), (28, 2), (32, 3), (40, 3), (48, 4), (64, 6),
    *((1 << bits, bits) for bits in range(7, 17)),
]  # fmt: skip
MATCH_LENGTHS = [(length, 0) for length in range(3, 35)] + [
    (35, 1), (37, 1), (39, 1), (41, 1), (43, 2), (47, 2), (51, 3), (59, 3), (67, 4), (83, 4),
    (99, 5), *((3 + (1 << bits), bits) for bits in range(7, 17)),
]  # fmt: skip
OFFSETS = [(1 << bits, bits) for bits in range(MOST_OFFSET_BITS + 1)]

# https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3.2.2
DEFAULT_LITERALS_LENGTHS = (
    4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1,
    -1, -1, -1, -1,
)  # fmt: skip
DEFAULT_MATCH_LENGTHS = (1, 4, 3, 2, 2, 2, 2, 2, 2) + (1,) * 37 + (-1,) * 7
DEFAULT_OFFSETS = (1, 1, 1, 1, 1, 1, 2, 2, 2) + (1,) * 15 + (-1,) * 5

# For literals lengths, offsets and match lengths: the codes, the default distribution and its
# accuracy, and the most accuracy.
KINDS = (
    (LITERALS_LENGTHS, DEFAULT_LITERALS_LENGTHS, 6, 9),
    (OFFSETS, DEFAULT_OFFSETS, 5, 8),
    (MATCH_LENGTHS, DEFAULT_MATCH_LENGTHS, 6, 9),
)


class BlockDecoder:
    """What the compressed blocks of a frame leave to those that follow.

    Part of https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3
    Part of https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.2
    """

    __slots__ = ("huffman_table", "repeated_offsets", "sequence_tables")

    def __init__(self) -> None:
        self.huffman_table: HuffmanTable | None = None
        self.sequence_tables: list[SequenceTable | None] = [None, None, None]
        self.repeated_offsets = (1, 4, 8)

    def decode(
        self, block: bytes, output: bytearray, window_size: int, most: int
    ) -> Decoding[None]:
        """Append what a block stands for to what came before it, `most` bytes at the most;
        ZstandardFailure if it is wrong. There are rests, and nothing is yielded besides.
        """
        literals, end = yield from self.literals_section(block, most)
        number_of_sequences, position = _number_of_sequences(block, end)
        if number_of_sequences:
            position = self._read_sequence_tables(block, position)
            stream = BackwardBitstream(block[position:])
            yield from self.sequences(
                stream, number_of_sequences, literals, output, window_size, most
            )
        elif position < len(block):
            raise ZstandardFailure("a block without sequences goes on behind its literals")
        else:
            output += literals

    def literals_section(self, block: bytes, most: int) -> Decoding[tuple[bytes | bytearray, int]]:
        """The literals, and where their section ends.

        https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3.1
        """
        header = int.from_bytes(block[:5], "little")
        literals_block_type, size_format = header & 3, header >> 2 & 3
        if literals_block_type in (RAW, RLE):
            header_size, shift = ((1, 3), (2, 4), (1, 3), (3, 4))[size_format]
            size = header >> shift & (1 << 8 * header_size - shift) - 1
            compressed_size = size if literals_block_type == RAW else 1
        else:
            header_size, width = ((3, 10), (3, 10), (4, 14), (5, 18))[size_format]
            size = header >> 4 & (1 << width) - 1
            compressed_size = header >> 4 + width & (1 << width) - 1
        end = header_size + compressed_size
        if size > most or end > len(block):
            raise ZstandardFailure(
                f"{size} literals in {compressed_size} bytes are more than the block can have"
            )
        content = block[header_size:end]
        if literals_block_type == RAW:
            return content, end
        if literals_block_type == RLE:
            return content * size, end
        if literals_block_type == COMPRESSED:
            self.huffman_table, length = huffman_tree_description(content)
            content = content[length:]
        if self.huffman_table is None:
            raise ZstandardFailure("the first literals have no Huffman tree")
        if size_format == 0:
            return huffman_coded_stream(self.huffman_table, content, size), end
        return (yield from _four_streams(self.huffman_table, content, size)), end

    def _read_sequence_tables(self, block: bytes, position: int) -> int:
        """Where the bitstream begins."""
        modes = block[position] if position < len(block) else 3
        if modes & 3:
            raise ZstandardFailure(
                "the reserved bits of the sequences are set, or the block ends before them"
            )
        position += 1
        for kind, (codes, _, _, most_accuracy) in enumerate(KINDS):
            mode = modes >> 6 - 2 * kind & 3
            if mode == PREDEFINED_MODE:
                self.sequence_tables[kind] = predefined_table(kind)
            elif mode == RLE_MODE:
                code = block[position] if position < len(block) else len(codes)
                if code >= len(codes):
                    raise ZstandardFailure("the only code of the sequences does not exist")
                self.sequence_tables[kind] = [(*codes[code], 0, 0)]
                position += 1
            elif mode == FSE_COMPRESSED_MODE:
                rows, length = fse_table_description(block[position:], most_accuracy, len(codes))
                self.sequence_tables[kind] = _with_codes(rows, codes)
                position += length
        return position

    def sequences(
        self,
        stream: BackwardBitstream,
        number: int,
        literals: bytes | bytearray,
        output: bytearray,
        window_size: int,
        most: int,
    ) -> Decoding[None]:
        """Decode sequences and execute them: each copies literals, and then what is so far back.

        Part of https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.4
        Part of https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3.2
        Part of https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.5
        """
        literals_table, offset_table, match_table = self.sequence_tables
        if literals_table is None or offset_table is None or match_table is None:
            raise ZstandardFailure("there is no former table to be repeated")
        literals_state = stream.read(len(literals_table).bit_length() - 1)
        offset_state = stream.read(len(offset_table).bit_length() - 1)
        match_state = stream.read(len(match_table).bit_length() - 1)
        bits, count, words = stream.bits, stream.count, stream.words
        first, second, third = self.repeated_offsets
        position = 0  # in the literals
        limit = len(output) + most
        for remaining in range(number - 1, -1, -1):
            if remaining % SEQUENCES_AT_ONCE == SEQUENCES_AT_ONCE - 1:
                yield None
            literals_length, literals_extra, literals_bits, literals_base = literals_table[
                literals_state
            ]
            offset_value, offset_extra, offset_bits, offset_base = offset_table[offset_state]
            match_length, match_extra, match_bits, match_base = match_table[match_state]
            needed = offset_extra + match_extra + literals_extra
            if remaining:
                needed += literals_bits + match_bits + offset_bits
            while count < needed:
                bits = (bits & (1 << count) - 1) << WORD | next_word(words)
                count += WORD
            count -= offset_extra
            offset_value += bits >> count & (1 << offset_extra) - 1
            count -= match_extra
            match_length += bits >> count & (1 << match_extra) - 1
            count -= literals_extra
            literals_length += bits >> count & (1 << literals_extra) - 1
            if remaining:
                count -= literals_bits
                literals_state = literals_base + (bits >> count & (1 << literals_bits) - 1)
                count -= match_bits
                match_state = match_base + (bits >> count & (1 << match_bits) - 1)
                count -= offset_bits
                offset_state = offset_base + (bits >> count & (1 << offset_bits) - 1)

            # https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.5
            if offset_value > 3:
                first, second, third = offset_value - 3, first, second
            else:
                repeated = offset_value if literals_length else offset_value + 1
                if repeated == 2:
                    first, second = second, first
                elif repeated == 3:
                    first, second, third = third, first, second
                elif repeated == 4:
                    first, second, third = first - 1, first, second

            if literals_length:
                literals_end = position + literals_length
                output += literals[position:literals_end]
                position = literals_end
            length = len(output)
            if length + match_length > limit or position > len(literals):
                raise ZstandardFailure("sequences copy more than the block can have")
            if not 0 < first <= min(length, window_size):
                raise ZstandardFailure(f"an offset of {first} goes back too far")
            start = length - first
            if match_length <= first:
                output += output[start : start + match_length]
            else:
                output += (output[start:] * (match_length // first + 1))[:match_length]
        stream.count = count
        if stream.left():
            raise ZstandardFailure("the bitstream of the sequences does not end where they end")
        output += literals[position:]
        if len(output) > limit:
            raise ZstandardFailure("literals make a block longer than it can be")
        self.repeated_offsets = first, second, third


def _four_streams(table: HuffmanTable, content: bytes, size: int) -> Decoding[bytearray]:
    """Part of https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3.1.6"""
    ends = [6]
    for start in (0, 2, 4):
        ends.append(ends[-1] + int.from_bytes(content[start : start + 2], "little"))
    ends.append(len(content))
    longest = (size + 3) // 4
    if ends[3] >= ends[4] or 3 * longest > size:
        raise ZstandardFailure("the four streams of literals have no room")
    literals = bytearray()
    for start, end in zip(ends, ends[1:]):
        literals += huffman_coded_stream(
            table, content[start:end], min(longest, size - len(literals))
        )
        yield None
    return literals


def _number_of_sequences(block: bytes, position: int) -> tuple[int, int]:
    """The number, and where it ends."""
    first, second, third = block[position : position + 3].ljust(3, b"\0")
    if first < 128:
        number, length = first, 1
    elif first < 255:
        number, length = (first - 128 << 8) + second, 2
    else:
        number, length = 0x7F00 + second + (third << 8), 3
    if position + length > len(block):
        raise ZstandardFailure("a block ends before its sequences")
    return number, position + length


@lru_cache(maxsize=3)
def predefined_table(kind: int) -> SequenceTable:
    """The table of the default distribution.

    Part of https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3.2.2
    Part of https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3.2.1.1
    Part of https://www.rfc-editor.org/rfc/rfc8878#appendix-A
    """
    codes, distribution, accuracy_log, _ = KINDS[kind]
    return _with_codes(decoding_table(distribution, accuracy_log), codes)


def _with_codes(rows: list[Row], codes: list[tuple[int, int]]) -> SequenceTable:
    return [(*codes[symbol], number_of_bits, baseline) for symbol, number_of_bits, baseline in rows]
