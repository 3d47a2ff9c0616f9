"""AES: the block cipher, over many blocks at once.

FIPS 197 (updated 2023): https://doi.org/10.6028/NIST.FIPS.197-upd1 (the fragments are its section numbers)

Reference arithmetic, not constant-time: not for secrets that an attacker on the same machine could time.

A state is not the array of one block but those of n blocks, in 16 lanes of n bytes: lane 4r + c holds the byte s[r, c] of every block,
so that a row is four neighbouring lanes. Each transformation then is a few operations on all blocks: SubBytes is bytes.translate,
ShiftRows gives the lanes of a row other places, and for MixColumns and AddRoundKey the lanes are one integer of 128n bits, in which the
next row is a rotation by 32n bits away. About a thousand blocks at a time are fastest.
"""

from __future__ import annotations

from functools import cache, lru_cache

BLOCK_SIZE = 16


class KeySchedule:
    """An expanded key of 16, 24 or 32 bytes: w[4i..4i+3] are round key i.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#5
    """

    __slots__ = ("_for_blocks", "_round_keys")

    def __init__(self, key: bytes) -> None:
        w = key_expansion(key)
        self._round_keys = [b"".join(w[i : i + 4]) for i in range(0, len(w), 4)]
        self._for_blocks: dict[int, list[int]] = {}

    def for_blocks(self, n: int) -> list[int]:
        """The round keys as states of n blocks. Those of one block are kept, and those that were asked for last."""
        if n not in self._for_blocks:
            kept = {1: self._for_blocks[1]} if 1 in self._for_blocks else {}
            self._for_blocks = kept | {n: [int.from_bytes(to_state(round_key * n)) for round_key in self._round_keys]}
        return self._for_blocks[n]


def key_expansion(key: bytes) -> list[bytes]:
    """The words of a key schedule.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#5.2
    """
    nk = len(key) // 4
    w = [key[i : i + 4] for i in range(0, len(key), 4)]
    rcon = 1
    for i in range(nk, 4 * (nk + 7)):
        temp = w[i - 1]
        if i % nk == 0:
            temp = (temp[1:] + temp[:1]).translate(s_box())  # SUBWORD(ROTWORD(temp))
            temp = bytes([temp[0] ^ rcon]) + temp[1:]
            rcon = xtime(rcon, 1)
        elif nk > 6 and i % nk == 4:
            temp = temp.translate(s_box())
        w.append(bytes(a ^ b for a, b in zip(w[i - nk], temp)))
    return w


def cipher(blocks: bytes, w: KeySchedule) -> bytes:
    """Encrypt any number of blocks, each by itself.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#5.1
    """
    n = len(blocks) // BLOCK_SIZE
    first, *middle, last = w.for_blocks(n)
    state = int.from_bytes(to_state(blocks)) ^ first  # ADDROUNDKEY is the exclusive or, here and below.
    for round_key in middle:
        lanes = shift_rows(sub_bytes(state.to_bytes(len(blocks))))
        state = mix_columns(int.from_bytes(lanes), n) ^ round_key
    lanes = shift_rows(sub_bytes(state.to_bytes(len(blocks))))
    return from_state((int.from_bytes(lanes) ^ last).to_bytes(len(blocks)))


def inv_cipher(blocks: bytes, w: KeySchedule) -> bytes:
    """Decrypt any number of blocks, each by itself.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#5.3
    """
    n = len(blocks) // BLOCK_SIZE
    first, *middle, last = reversed(w.for_blocks(n))
    state = int.from_bytes(to_state(blocks)) ^ first
    for round_key in middle:
        lanes = inv_sub_bytes(inv_shift_rows(state.to_bytes(len(blocks))))
        state = inv_mix_columns(int.from_bytes(lanes) ^ round_key, n)
    lanes = inv_sub_bytes(inv_shift_rows(state.to_bytes(len(blocks))))
    return from_state((int.from_bytes(lanes) ^ last).to_bytes(len(blocks)))


def to_state(blocks: bytes) -> bytes:
    """s[r, c] = in[r + 4c], of every block.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#3.4
    """
    return b"".join([blocks[r + 4 * c :: BLOCK_SIZE] for r in range(4) for c in range(4)])


def from_state(lanes: bytes) -> bytes:
    """out[r + 4c] = s[r, c], of every block.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#3.4-out
    """
    n = len(lanes) // BLOCK_SIZE
    blocks = bytearray(len(lanes))
    for r in range(4):
        for c in range(4):
            blocks[r + 4 * c :: BLOCK_SIZE] = lanes[(4 * r + c) * n : (4 * r + c + 1) * n]
    return bytes(blocks)


def sub_bytes(lanes: bytes) -> bytes:
    """https://doi.org/10.6028/NIST.FIPS.197-upd1#5.1.1"""
    return lanes.translate(s_box())


def inv_sub_bytes(lanes: bytes) -> bytes:
    """https://doi.org/10.6028/NIST.FIPS.197-upd1#5.3.2"""
    return lanes.translate(inv_s_box())


def shift_rows(lanes: bytes) -> bytes:
    """Rotate row r to the left by r lanes.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#5.1.2
    """
    n = len(lanes) // BLOCK_SIZE
    row_1, row_2, row_3 = lanes[4 * n : 8 * n], lanes[8 * n : 12 * n], lanes[12 * n :]
    return b"".join((lanes[: 4 * n], row_1[n:], row_1[:n], row_2[2 * n :], row_2[: 2 * n], row_3[3 * n :], row_3[: 3 * n]))


def inv_shift_rows(lanes: bytes) -> bytes:
    """Rotate row r to the right by r lanes.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#5.3.1
    """
    n = len(lanes) // BLOCK_SIZE
    row_1, row_2, row_3 = lanes[4 * n : 8 * n], lanes[8 * n : 12 * n], lanes[12 * n :]
    return b"".join((lanes[: 4 * n], row_1[3 * n :], row_1[: 3 * n], row_2[2 * n :], row_2[: 2 * n], row_3[n:], row_3[:n]))


def mix_columns(state: int, n: int) -> int:
    """s'[r] = {02}s[r] + {03}s[r+1] + s[r+2] + s[r+3], which is {02}(s[r] + s[r+1]) + s[r+1] + (s[r+2] + s[r+3]).

    https://doi.org/10.6028/NIST.FIPS.197-upd1#5.1.3
    """
    next_row = rotate_rows(state, 1, n)
    sums = state ^ next_row
    return xtime(sums, n) ^ next_row ^ rotate_rows(sums, 2, n)


def inv_mix_columns(state: int, n: int) -> int:
    """MixColumns, after {04}(s[r] + s[r+2]) is added to s[r]: {0e, 0b, 0d, 09} is {02, 03, 01, 01} times {05, 00, 04, 00}.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#5.3.3
    """
    sums = state ^ rotate_rows(state, 2, n)
    return mix_columns(state ^ xtime(xtime(sums, n), n), n)


def rotate_rows(state: int, rows: int, n: int) -> int:
    """Row r + rows in the place of row r; the rows are counted modulo 4.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#3.4-rows
    """
    bits = 32 * n * rows
    return state << bits & (1 << 128 * n) - 1 | state >> 128 * n - bits


def xtime(state: int, n: int) -> int:
    """Each byte of n blocks times {02}, modulo x^8 + x^4 + x^3 + x + 1.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#4.2
    """
    carries = state & _high_bits(n)
    return (state ^ carries) << 1 ^ (carries >> 7) * 0x1B


@lru_cache(4)
def _high_bits(n: int) -> int:
    return int.from_bytes(b"\x80" * (BLOCK_SIZE * n))


@cache
def s_box() -> bytes:
    """The inverse of each byte in GF(2^8), where that of 0 is 0, and an affine transformation of it.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#5.1.1-table-4
    """
    powers = [1]  # of {03}, of which every element but zero is one
    while len(powers) < 255:
        powers.append(powers[-1] ^ xtime(powers[-1], 1))
    inverse = {powers[i]: powers[-i % 255] for i in range(255)} | {0: 0}
    rotations = {b: b | b << 8 for b in range(256)}
    return bytes(
        0x63 ^ (b := rotations[inverse[byte]]) & 0xFF ^ b >> 7 & 0xFF ^ b >> 6 & 0xFF ^ b >> 5 & 0xFF ^ b >> 4 & 0xFF
        for byte in range(256)
    )


@cache
def inv_s_box() -> bytes:
    """https://doi.org/10.6028/NIST.FIPS.197-upd1#5.3.2-table-6"""
    return bytes(s_box().index(byte) for byte in range(256))
