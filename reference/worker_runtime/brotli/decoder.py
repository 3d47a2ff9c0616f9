"""The decoder: meta-blocks, and the commands that they consist of.

RFC 7932, 9 and 10: https://www.rfc-editor.org/rfc/rfc7932#section-10

A few bytes can mean gigabytes, or long work without output. So output comes in pieces, there are
rests, and no more than the window and a few pieces is ever held.
"""

from __future__ import annotations

from typing import NamedTuple

from .context_modeling import CONTEXT_LOOKUPS, read_context_map
from .insert_and_copy import BLOCK_COUNTS, INSERT_AND_COPY, distances
from .prefix_codes import (
    PIECE_LENGTH,
    ROOT_BITS,
    WORK_AT_ONCE,
    WORK_OF_A_META_BLOCK,
    BitReader,
    BrotliFailure,
    Decoding,
    PrefixCode,
    read_prefix_code,
)
from .static_dictionary import static_dictionary_word

NO_BLOCK_SWITCH = 1 << 24  # more than a meta-block has of anything


class BlockCategory:
    """The block types of literals, of insert-and-copy lengths or of distances, and the place in
    them.

    Part of https://www.rfc-editor.org/rfc/rfc7932#section-6
    """

    __slots__ = ("code_of_counts", "code_of_types", "count", "former_type", "type", "types")

    def __init__(self, types: int) -> None:
        self.types = types
        self.type = 0
        self.former_type = 1
        self.count = NO_BLOCK_SWITCH  # how many elements of the block are still to come
        self.code_of_types: PrefixCode = []
        self.code_of_counts: PrefixCode = []

    def read_count(self, reader: BitReader) -> Decoding[None]:
        """The length of the block that begins."""
        count, extra_bits = BLOCK_COUNTS[(yield from reader.read_symbol(self.code_of_counts))]
        self.count = count + (yield from reader.read(extra_bits))

    def switch(self, reader: BitReader) -> Decoding[None]:
        """The block is over, and another begins."""
        yield from reader.rest_after(1)
        symbol = yield from reader.read_symbol(self.code_of_types)
        type = (
            (self.former_type, (self.type + 1) % self.types)[symbol] if symbol < 2 else symbol - 2
        )
        self.former_type, self.type = self.type, type
        yield from self.read_count(reader)


class MetaBlockHeader(NamedTuple):
    """What comes before the commands of a meta-block.

    https://www.rfc-editor.org/rfc/rfc7932#section-9.2
    """

    literals: BlockCategory
    commands: BlockCategory
    distances: BlockCategory
    npostfix: int
    ndirect: int
    literal_codes: list[list[PrefixCode]]  # by block type and context ID
    context_lookups: list[tuple[bytes, bytes]]  # by block type
    command_codes: list[PrefixCode]  # by block type
    distance_codes: list[list[PrefixCode]]  # by block type and context ID


def decode() -> Decoding[bytes]:
    """Decode a stream, in steps. It returns what stands behind the end. BrotliFailure if the stream
    is wrong.

    Part of https://www.rfc-editor.org/rfc/rfc7932#section-10
    """
    reader = BitReader()
    reader.window_size = (1 << (yield from _read_wbits(reader))) - 16
    last_distances = (4, 11, 15, 16)
    is_last = False
    while not is_last:
        yield from reader.rest_after(WORK_OF_A_META_BLOCK)
        is_last = bool((yield from reader.read(1)))
        if is_last and (yield from reader.read(1)):
            break
        mnibbles = yield from reader.read(2)
        if mnibbles == 3:
            yield from _skip_metadata(reader)
            continue
        mlen = 1 + (yield from reader.read(16 + 4 * mnibbles))
        if mnibbles and mlen <= 1 << 12 + 4 * mnibbles:
            raise BrotliFailure("the length of a meta-block has a leading zero")
        if not is_last and (yield from reader.read(1)):
            yield from _copy_uncompressed(reader, mlen)
        else:
            header = yield from _read_meta_block_header(reader)
            last_distances = yield from commands(reader, header, mlen, last_distances)
    reader.align()
    if reader.given < len(reader.output):
        yield from reader.hand_over()
    return reader.rest()


def _read_wbits(reader: BitReader) -> Decoding[int]:
    """Part of https://www.rfc-editor.org/rfc/rfc7932#section-9.1"""
    if not (yield from reader.read(1)):
        return 16
    if (value := (yield from reader.read(3))) != 0:
        return 17 + value
    value = yield from reader.read(3)
    if value == 1:
        raise BrotliFailure(
            "the size of the window is the one that is not used, or that of a large window"
        )
    return 8 + value if value else 17


def _skip_metadata(reader: BitReader) -> Decoding[None]:
    if (yield from reader.read(1)):
        raise BrotliFailure("the reserved bit is set")
    mskipbytes = yield from reader.read(2)
    mskiplen = 1 + (yield from reader.read(8 * mskipbytes)) if mskipbytes else 0
    if mskipbytes > 1 and mskiplen <= 1 << 8 * (mskipbytes - 1):
        raise BrotliFailure("the length of metadata has a leading zero")
    reader.align()
    while mskiplen:
        mskiplen -= len((yield from _take_bytes(reader, mskiplen)))


def _copy_uncompressed(reader: BitReader, mlen: int) -> Decoding[None]:
    reader.align()
    while mlen:
        data = yield from _take_bytes(reader, mlen)
        reader.output += data
        mlen -= len(data)
        if len(reader.output) - reader.given >= PIECE_LENGTH:
            yield from reader.hand_over()


def _take_bytes(reader: BitReader, most: int) -> Decoding[bytes]:
    """Some of the next bytes, which begin at a bit that begins a byte."""
    if not reader.count and reader.position == len(reader.data):
        yield from reader.wait()
    if reader.count:
        length = min(reader.count // 8, most)
        data = (reader.bits & (1 << 8 * length) - 1).to_bytes(length, "little")
        reader.bits >>= 8 * length
        reader.count -= 8 * length
        return data
    data = reader.data[reader.position : reader.position + min(most, PIECE_LENGTH)]
    reader.position += len(data)
    return data


def _read_meta_block_header(reader: BitReader) -> Decoding[MetaBlockHeader]:
    categories = []
    for _ in range(3):
        category = BlockCategory((yield from _read_number_of_types(reader)))
        if category.types > 1:
            category.code_of_types = yield from read_prefix_code(reader, category.types + 2)
            category.code_of_counts = yield from read_prefix_code(reader, len(BLOCK_COUNTS))
            yield from category.read_count(reader)
        categories.append(category)
    literals, commands, distances = categories
    npostfix = yield from reader.read(2)
    ndirect = (yield from reader.read(4)) << npostfix
    modes = []
    for _ in range(literals.types):
        modes.append((yield from reader.read(2)))
    literal_trees = yield from _read_number_of_types(reader)
    literal_map = yield from read_context_map(reader, 64 * literals.types, literal_trees)
    distance_trees = yield from _read_number_of_types(reader)
    distance_map = yield from read_context_map(reader, 4 * distances.types, distance_trees)
    literal_codes = yield from _read_prefix_codes(reader, literal_trees, 256)
    command_codes = yield from _read_prefix_codes(reader, commands.types, 704)
    distance_codes = yield from _read_prefix_codes(
        reader, distance_trees, 16 + ndirect + (48 << npostfix)
    )
    return MetaBlockHeader(
        literals, commands, distances, npostfix, ndirect,
        [[literal_codes[tree] for tree in literal_map[start : start + 64]] for start
            in range(0, len(literal_map), 64)],
        [CONTEXT_LOOKUPS[mode] for mode in modes],
        command_codes,
        [[distance_codes[tree] for tree in distance_map[start : start + 4]] for start
            in range(0, len(distance_map), 4)],
    )  # fmt: skip


def _read_number_of_types(reader: BitReader) -> Decoding[int]:
    """A number from 1 to 256, of block types or of prefix trees."""
    if not (yield from reader.read(1)):
        return 1
    extra_bits = yield from reader.read(3)
    return 1 + (1 << extra_bits) + (yield from reader.read(extra_bits))


def _read_prefix_codes(
    reader: BitReader, number: int, alphabet_size: int
) -> Decoding[list[PrefixCode]]:
    codes = []
    for _ in range(number):
        codes.append((yield from read_prefix_code(reader, alphabet_size)))
    return codes


def commands(
    reader: BitReader, header: MetaBlockHeader, mlen: int, last_distances: tuple[int, int, int, int]
) -> Decoding[tuple[int, int, int, int]]:
    """The commands that give the `mlen` bytes of a meta-block; it returns the distances used last,
    the last one first.

    Part of https://www.rfc-editor.org/rfc/rfc7932#section-9.3
    """
    # The bits are in local variables, and in the reader only where it is asked for more of them.
    bits, count, output, window_size = reader.bits, reader.count, reader.output, reader.window_size
    literals, command_category, distance_category = (
        header.literals,
        header.commands,
        header.distances,
    )
    literal_codes, (first, second) = header.literal_codes[0], header.context_lookups[0]
    command_code, distance_codes = header.command_codes[0], header.distance_codes[0]
    distance_table = distances(header.npostfix, header.ndirect)
    npostfix = header.npostfix
    last, second_last, third_last, fourth_last = last_distances
    p1, p2 = (output[-1] if output else 0), (output[-2] if len(output) > 1 else 0)
    work = WORK_AT_ONCE
    while mlen:
        work -= 1
        if not work:
            yield None
            work = WORK_AT_ONCE
        if not command_category.count:
            reader.bits, reader.count = bits, count
            yield from command_category.switch(reader)
            bits, count = reader.bits, reader.count
            command_code = header.command_codes[command_category.type]
        command_category.count -= 1

        if count < 15:
            reader.bits, reader.count = bits, count
            yield from reader.need_code(command_code)
            bits, count = reader.bits, reader.count
        length, symbol = command_code[bits & 0xFF]
        if length > ROOT_BITS:
            length, symbol = symbol[bits >> ROOT_BITS & (1 << length - ROOT_BITS) - 1]
            length += ROOT_BITS
        bits >>= length
        count -= length
        insert_length, insert_extra_bits, copy_length, copy_extra_bits, has_distance = (
            INSERT_AND_COPY[symbol]
        )
        extra_bits = insert_extra_bits + copy_extra_bits
        if extra_bits:
            if count < extra_bits:
                reader.bits, reader.count = bits, count
                yield from reader.need(extra_bits)
                bits, count = reader.bits, reader.count
            insert_length += bits & (1 << insert_extra_bits) - 1
            copy_length += bits >> insert_extra_bits & (1 << copy_extra_bits) - 1
            bits >>= extra_bits
            count -= extra_bits

        if insert_length > mlen:
            raise BrotliFailure("more literals are inserted than the meta-block has bytes")
        mlen -= insert_length
        while insert_length:
            if not literals.count:
                reader.bits, reader.count = bits, count
                yield from literals.switch(reader)
                bits, count = reader.bits, reader.count
                literal_codes, (first, second) = (
                    header.literal_codes[literals.type],
                    header.context_lookups[literals.type],
                )
            run = min(insert_length, literals.count, PIECE_LENGTH)
            insert_length -= run
            literals.count -= run
            for _ in range(run):
                code = literal_codes[first[p1] | second[p2]]
                if count < 15:
                    reader.bits, reader.count = bits, count
                    yield from reader.need_code(code)
                    bits, count = reader.bits, reader.count
                length, symbol = code[bits & 0xFF]
                if length > ROOT_BITS:
                    length, symbol = symbol[bits >> ROOT_BITS & (1 << length - ROOT_BITS) - 1]
                    length += ROOT_BITS
                bits >>= length
                count -= length
                p2 = p1
                p1 = symbol
                output.append(symbol)
            if len(output) - reader.given >= PIECE_LENGTH:
                yield from reader.hand_over()
        if not mlen:
            break

        distance = last
        if has_distance:
            if not distance_category.count:
                reader.bits, reader.count = bits, count
                yield from distance_category.switch(reader)
                bits, count = reader.bits, reader.count
                distance_codes = header.distance_codes[distance_category.type]
            distance_category.count -= 1
            code = distance_codes[copy_length - 2 if copy_length < 5 else 3]
            if count < 15:
                reader.bits, reader.count = bits, count
                yield from reader.need_code(code)
                bits, count = reader.bits, reader.count
            length, symbol = code[bits & 0xFF]
            if length > ROOT_BITS:
                length, symbol = symbol[bits >> ROOT_BITS & (1 << length - ROOT_BITS) - 1]
                length += ROOT_BITS
            bits >>= length
            count -= length
            if symbol >= 16:
                distance, extra_bits = distance_table[symbol - 16]
                if extra_bits:
                    if count < extra_bits:
                        reader.bits, reader.count = bits, count
                        yield from reader.need(extra_bits)
                        bits, count = reader.bits, reader.count
                    distance += (bits & (1 << extra_bits) - 1) << npostfix
                    bits >>= extra_bits
                    count -= extra_bits
            elif symbol >= 4:
                distance = (last if symbol < 10 else second_last) + DISTANCE_OFFSETS[symbol]
                if distance <= 0:
                    raise BrotliFailure(
                        f"the distance symbol {symbol} comes to the distance {distance}"
                    )
            elif symbol:
                distance = (second_last, third_last, fourth_last)[symbol - 1]

        most = min(window_size, len(output))
        if distance <= most:
            if has_distance and symbol:
                last, second_last, third_last, fourth_last = distance, last, second_last, third_last
            if copy_length > mlen:
                raise BrotliFailure("more is copied than the meta-block has bytes left")
            mlen -= copy_length
            while copy_length:
                run = min(copy_length, PIECE_LENGTH)
                copy_length -= run
                if run <= distance:
                    start = len(output) - distance
                    output += output[start : start + run]
                else:
                    period = output[-distance:]
                    output += (period * (run // distance + 1))[:run]
                if len(output) - reader.given >= PIECE_LENGTH:
                    yield from reader.hand_over()
        else:
            word = static_dictionary_word(copy_length, distance - most - 1)
            if len(word) > mlen:
                raise BrotliFailure("a word is longer than what the meta-block has left")
            mlen -= len(word)
            output += word
        p1, p2 = (output[-1] if output else 0), (output[-2] if len(output) > 1 else 0)
    reader.bits, reader.count = bits, count
    return last, second_last, third_last, fourth_last


# What the distance symbols from 4 to 15 add to the last or to the second-to-last distance.
DISTANCE_OFFSETS = (0, 0, 0, 0, -1, 1, -2, 2, -3, 3, -1, 1, -2, 2, -3, 3)
