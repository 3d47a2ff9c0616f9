"""Context modeling: what came before a literal or a distance chooses the code that it has.

RFC 7932, 7: https://www.rfc-editor.org/rfc/rfc7932#section-7
"""

from __future__ import annotations

from .prefix_codes import NUMBERS_IN_A_UNIT, BitReader, BrotliFailure, Decoding, read_prefix_code

# https://www.rfc-editor.org/rfc/rfc7932#section-7.1
# Classes of ASCII characters, four for each digit of this text: controls, blanks, marks, digits,
# upper and lower case.
_ASCII = (
    "000000000110010000000000000000002343353467338393bbbbbbbbbb886a73"
    "3cdddcdddcdddddcdddddcddddd6373" "33efffefffefffffefffffefffff63730"
)  # fmt: skip
LUT_0 = bytes([4 * int(digit, 16) for digit in _ASCII] + [0, 1] * 32 + [2, 3] * 32)
LUT_1 = bytes(
    2
    if 48 <= byte <= 57 or 65 <= byte <= 90 or byte >= 224
    else 3
    if 97 <= byte <= 122
    else int(32 < byte < 127)
    for byte in range(256)
)
LUT_2 = bytes([0] + [1] * 15 + [2] * 48 + [3] * 64 + [4] * 64 + [5] * 48 + [6] * 15 + [7])

# The context ID of a literal is FIRST[p1] | SECOND[p2], for the last byte p1 and the one before it,
# p2; by the context mode.
CONTEXT_LOOKUPS: tuple[tuple[bytes, bytes], ...] = (
    (bytes(p1 & 0x3F for p1 in range(256)), bytes(256)),  # LSB6
    (bytes(p1 >> 2 for p1 in range(256)), bytes(256)),  # MSB6
    (LUT_0, LUT_1),  # UTF8
    (bytes(id << 3 for id in LUT_2), LUT_2),  # Signed
)


def read_context_map(reader: BitReader, size: int, trees: int) -> Decoding[bytes]:
    """The index of a prefix code for each context of each block type; BrotliFailure if the map is
    too long.

    Part of https://www.rfc-editor.org/rfc/rfc7932#section-7.3
    """
    if trees == 1:
        return bytes(size)
    yield from reader.rest_after(size // NUMBERS_IN_A_UNIT)
    rlemax = 1 + (yield from reader.read(4)) if (yield from reader.read(1)) else 0
    code = yield from read_prefix_code(reader, trees + rlemax)
    context_map = bytearray()
    while len(context_map) < size:
        symbol = yield from reader.read_symbol(code)
        if symbol == 0 or symbol > rlemax:
            context_map.append(symbol and symbol - rlemax)
        else:
            context_map += bytes((1 << symbol) + (yield from reader.read(symbol)))
    if len(context_map) > size:
        raise BrotliFailure(f"a run of zeros makes a context map longer than {size}")
    if (yield from reader.read(1)):
        return _inverse_move_to_front_transform(context_map)
    return bytes(context_map)


def _inverse_move_to_front_transform(indexes: bytearray) -> bytes:
    """The transform at the end of section 7.3."""
    values = bytearray(range(256))
    transformed = bytearray()
    for index in indexes:
        value = values.pop(index)
        values.insert(0, value)
        transformed.append(value)
    return bytes(transformed)
