"""The encoder: what repeats itself is copied, and what is frequent has short codes.

RFC 7932, 11: https://www.rfc-editor.org/rfc/rfc7932#section-11

A meta-block has one type of each block and one prefix code of each kind. It is stored as it is if
that is shorter.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Generator, Iterator
from typing import NamedTuple

from .insert_and_copy import CELLS, COPY_LENGTHS, IMPLICIT_DISTANCE, INSERT_LENGTHS
from .prefix_code_construction import number, written_prefix_code

WBITS, WBITS_CODE = 16, "0"  # https://www.rfc-editor.org/rfc/rfc7932#section-9.1
WINDOW_SIZE = (1 << WBITS) - 16
META_BLOCK_LENGTH = 1 << 16  # bytes of the input
LOOKED_UP = 4  # bytes that begin a match
MOST_CANDIDATES = 4  # places that are tried for a match
PLACES_AT_ONCE = 2048  # that are looked at before a rest
COMPARED_AT_ONCE = 64  # bytes
GOOD_MATCH = 32  # bytes, after which no better match is looked for
# What a match is worth: for each of its bytes what a literal takes, less what its distance takes;
# in halves of a bit.
WORTH_OF_BYTE, COST_OF_DISTANCE_BIT, WORTH_OF_LAST_DISTANCE, LEAST_WORTH = 9, 2, 6, 8
# literals in a row without a match, as a power of two, after which places are left out
PATIENCE = 6

FIRST_INSERT_LENGTHS = [length for length, _ in INSERT_LENGTHS]
FIRST_COPY_LENGTHS = [length for length, _ in COPY_LENGTHS]
CELL_OF = {cell: 64 * index for index, cell in enumerate(CELLS) if 64 * index >= IMPLICIT_DISTANCE}
IMPLICIT_CELL_OF = {
    cell: 64 * index for index, cell in enumerate(CELLS) if 64 * index < IMPLICIT_DISTANCE
}


class Command(NamedTuple):
    """Literals, and then a copy of what is so far back; the last command of a meta-block copies
    nothing.

    Part of https://www.rfc-editor.org/rfc/rfc7932#section-2
    """

    insert_length: int
    copy_length: int
    distance: int


class Encoder:
    """Encodes a stream, in steps of some milliseconds.

    Part of https://www.rfc-editor.org/rfc/rfc7932#section-11
    """

    __slots__ = ("_bits", "_last_distances", "_pending", "_places", "_previous", "_window")

    def __init__(self) -> None:
        self._bits = WBITS_CODE  # what does not fill a byte yet
        self._pending = bytearray()  # less than a meta-block
        self._window = b""
        self._places: dict[bytes, int] = {}  # where in the window some bytes came last
        # for each of its places: where its bytes came before that, or less than 0
        self._previous: list[int] = []
        self._last_distances = [4, 11, 15, 16]

    def compress(self, data: bytes) -> Iterator[bytes]:
        """What the data adds to the output; no bytes after a step that gave none yet."""
        self._pending += data
        while len(self._pending) >= META_BLOCK_LENGTH:
            yield from self._meta_block(bytes(self._pending[:META_BLOCK_LENGTH]))
            del self._pending[:META_BLOCK_LENGTH]

    def flush(self) -> Iterator[bytes]:
        """The end of the output."""
        if self._pending:
            yield from self._meta_block(bytes(self._pending))
        end = "11"  # ISLAST, ISLASTEMPTY
        yield self._written(end + "0" * (-(len(self._bits) + len(end)) % 8))

    def _written(self, bits: str) -> bytes:
        """The whole bytes that these bits make."""
        bits = self._bits + bits
        whole = len(bits) // 8
        self._bits = bits[8 * whole :]
        return int("0" + bits[: 8 * whole][::-1], 2).to_bytes(whole, "little")

    def _meta_block(self, block: bytes) -> Iterator[bytes]:
        """Write what section 9.2 reads."""
        commands = yield from self._commands(block)
        mlen = "0" + "00" + number(len(block) - 1, 16)  # ISLAST, MNIBBLES
        distances_before = list(self._last_distances)
        bits = mlen + "0" + (yield from self._compressed(block, commands))  # ISUNCOMPRESSED
        if len(bits) < 8 * len(block):
            yield self._written(bits)
            return
        self._last_distances = distances_before
        begin = mlen + "1"
        yield self._written(begin + "0" * (-(len(self._bits) + len(begin)) % 8)) + block

    def _commands(self, block: bytes) -> Generator[bytes, None, list[Command]]:
        """Find what repeats itself. The block becomes part of the window."""
        data = self._window + block
        places, previous = self._places, self._previous
        previous += [-1] * len(block)
        # literals: where those that have no command yet begin
        position = literals = len(self._window)
        end = len(data)
        last_distance = self._last_distances[0]

        def best_match(position: int) -> tuple[int, int, int]:
            """What the best match of a place is worth, its length, and its distance."""
            best_worth, best_length, best_distance = LEAST_WORTH, 0, 0
            key = data[position : position + LOOKED_UP]
            place = previous[position] = places.get(key, -1)
            places[key] = position
            candidates = MOST_CANDIDATES
            lowest = max(0, position - WINDOW_SIZE)
            last_place = position - last_distance
            if last_place >= lowest and data[last_place : last_place + LOOKED_UP] == key:
                length = match_length(last_place, position)
                best_worth = length * WORTH_OF_BYTE + WORTH_OF_LAST_DISTANCE
                best_length, best_distance = length, last_distance
            while place >= lowest and candidates and best_length < GOOD_MATCH:
                # Only what is longer can be worth more, since it is farther back.
                if (
                    position + best_length < end
                    and data[place + best_length] == data[position + best_length]
                ):
                    length = match_length(place, position)
                    distance = position - place
                    worth = length * WORTH_OF_BYTE - distance.bit_length() * COST_OF_DISTANCE_BIT
                    if worth > best_worth:
                        best_worth, best_length, best_distance = worth, length, distance
                place = previous[place]
                candidates -= 1
            return best_worth, best_length, best_distance

        def match_length(place: int, position: int) -> int:
            length = LOOKED_UP
            most = end - position
            # OPTIMIZATION: what is long is compared by runs.
            while (
                length < most
                and data[place + length : place + length + COMPARED_AT_ONCE]
                == data[position + length : position + length + COMPARED_AT_ONCE]
            ):
                length += COMPARED_AT_ONCE
            while length < most and data[place + length] == data[position + length]:
                length += 1
            return length

        commands = []
        next_rest = position + PLACES_AT_ONCE
        while position <= end - LOOKED_UP:
            if position >= next_rest:
                next_rest = position + PLACES_AT_ONCE
                yield b""
            worth, length, distance = best_match(position)
            if not length:
                position += 1 + (position - literals >> PATIENCE)
                continue
            # Where the next place has a better match, this one is a literal.
            if length < GOOD_MATCH and position < end - LOOKED_UP:
                next_worth, next_length, next_distance = best_match(position + 1)
                known = position + 2
                if next_worth > worth + WORTH_OF_BYTE:
                    position, length, distance = position + 1, next_length, next_distance
            else:
                known = position + 1
            commands.append(Command(position - literals, length, distance))
            position = literals = position + length
            last_distance = distance
            for place in range(known, min(position, end - LOOKED_UP)):
                key = data[place : place + LOOKED_UP]
                previous[place] = places.get(key, -1)
                places[key] = place
        if literals < end:
            commands.append(Command(end - literals, 0, 0))

        dropped = max(0, end - WINDOW_SIZE)
        self._window = data[dropped:]
        self._places = {key: place - dropped for key, place in places.items() if place >= dropped}
        self._previous = [place - dropped for place in previous[dropped:]]
        return commands

    def _compressed(self, block: bytes, commands: list[Command]) -> Generator[bytes, None, str]:
        """The bits of the codes and of the commands, which sections 9.2 and 9.3 read."""
        literals = bytearray()
        position = 0
        # for each command: a symbol, and the extra bits
        lengths: list[tuple[int, str]] = []
        distances = []  # and a distance symbol, or none, and its extra bits
        for insert_length, copy_length, distance in commands:
            if len(lengths) % PLACES_AT_ONCE == PLACES_AT_ONCE - 1:
                yield b""
            literals += block[position : position + insert_length]
            position += insert_length + copy_length
            distance_symbol, extra = self._distance(distance) if copy_length else (-1, "")
            symbol, extras = _insert_and_copy(
                insert_length, copy_length or COPY_LENGTHS[0][0], distance_symbol == 0
            )
            lengths.append((symbol, extras))
            distances.append((-1, "") if symbol < IMPLICIT_DISTANCE else (distance_symbol, extra))
        yield b""
        literal_description, literal_codes = written_prefix_code(Counter(literals), 256)
        length_description, length_codes = written_prefix_code(
            Counter(symbol for symbol, _ in lengths), 704
        )
        distance_description, distance_codes = written_prefix_code(
            Counter(symbol for symbol, _ in distances if symbol >= 0), 64
        )

        yield b""
        literal_bits = [literal_codes[literal] for literal in literals]
        # One block type of each kind, NPOSTFIX, NDIRECT, a context mode, and one prefix tree of
        # each kind.
        parts = ["000", "00", "0000", "00", "0", "0"]
        parts += [literal_description, length_description, distance_description]
        position = 0
        yield b""
        for command, (symbol, extra), (distance_symbol, distance_extra) in zip(
            commands, lengths, distances
        ):
            parts += (length_codes[symbol], extra)
            parts += literal_bits[position : position + command.insert_length]
            position += command.insert_length
            if distance_symbol >= 0:
                parts += (distance_codes[distance_symbol], distance_extra)
        return "".join(parts)

    def _distance(self, distance: int) -> tuple[int, str]:
        """The symbol of a distance, which becomes the last one, and its extra bits: what section 4
        reads.
        """
        if distance in self._last_distances:
            symbol, extra = self._last_distances.index(distance), ""
        else:
            width = (distance + 3).bit_length() - 2
            half = distance + 3 >> width & 1
            symbol, extra = (
                16 + 2 * (width - 1) + half,
                number(distance + 3 & (1 << width) - 1, width),
            )
        if symbol:
            self._last_distances = [distance, *self._last_distances[:3]]
        return symbol, extra


def _insert_and_copy(
    insert_length: int, copy_length: int, at_last_distance: bool
) -> tuple[int, str]:
    """The symbol of two lengths, which can say that the distance is the last one, and its extra
    bits: what section 5 reads.
    """
    insert_code = bisect_right(FIRST_INSERT_LENGTHS, insert_length) - 1
    copy_code = bisect_right(FIRST_COPY_LENGTHS, copy_length) - 1
    cell = insert_code & ~7, copy_code & ~7
    first_symbol = (
        IMPLICIT_CELL_OF[cell] if at_last_distance and cell in IMPLICIT_CELL_OF else CELL_OF[cell]
    )
    symbol = first_symbol + ((insert_code & 7) << 3) + (copy_code & 7)
    first_insert, insert_extra_bits = INSERT_LENGTHS[insert_code]
    first_copy, copy_extra_bits = COPY_LENGTHS[copy_code]
    return symbol, number(insert_length - first_insert, insert_extra_bits) + number(
        copy_length - first_copy, copy_extra_bits
    )
