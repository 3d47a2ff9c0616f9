"""AES: the block cipher, for many blocks at once.

FIPS 197, updated in 2023: https://doi.org/10.6028/NIST.FIPS.197-upd1 (the fragments are its section
numbers)

Reference arithmetic, not constant-time: not for secrets that an attacker on the same machine could
time.

A state here is that of n blocks, in 16 lanes of n bytes: lane 4r + c has the byte s[r, c] of every
block, so that row r is four neighbouring lanes. Each transformation is a few operations for all
blocks: SUBBYTES is bytes.translate; SHIFTROWS gives the lanes of a row other places; MIXCOLUMNS and
ADDROUNDKEY take all lanes as one integer, in which the next row is 32n bits on. That costs little
more for a hundred blocks than for one; with many thousands the integers outgrow the processor's
caches.
"""

from __future__ import annotations

from functools import cache, lru_cache

BLOCK_SIZE = 16


class KeySchedule:
    """An expanded key, of 16, 24 or 32 bytes.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#5
    """

    __slots__ = ("_last", "_round_keys", "_single")

    def __init__(self, key: bytes) -> None:
        w = key_expansion(key)
        self._round_keys = [b"".join(w[i : i + 4]) for i in range(0, len(w), 4)]
        self._single = self._states(1)
        self._last = 1, self._single

    def for_blocks(self, n: int) -> list[int]:
        """The round keys as states of n blocks. Kept are those of a single block, and the last
        ones.
        """
        if n == 1:
            return self._single
        last_n, states = self._last
        if last_n != n:
            states = self._states(n)
            self._last = n, states
        return states

    def _states(self, n: int) -> list[int]:
        return [int.from_bytes(_to_state(round_key * n)) for round_key in self._round_keys]


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
            temp = (temp[1:] + temp[:1]).translate(_s_box())  # SUBWORD(ROTWORD(temp))
            temp = bytes([temp[0] ^ rcon]) + temp[1:]
            rcon = xtime(rcon, 1)
        elif nk > 6 and i % nk == 4:
            temp = temp.translate(_s_box())
        w.append(bytes(a ^ b for a, b in zip(w[i - nk], temp)))
    return w


def cipher(blocks: bytes, w: KeySchedule) -> bytes:
    """Encrypt any number of blocks, each by itself.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#5.1
    """
    n = len(blocks) // BLOCK_SIZE
    first, *middle, last = w.for_blocks(n)
    # ADDROUNDKEY is the exclusive or, here and below.
    state = int.from_bytes(_to_state(blocks)) ^ first
    for round_key in middle:
        lanes = shift_rows(sub_bytes(state.to_bytes(len(blocks))))
        state = mix_columns(int.from_bytes(lanes), n) ^ round_key
    lanes = shift_rows(sub_bytes(state.to_bytes(len(blocks))))
    return _from_state((int.from_bytes(lanes) ^ last).to_bytes(len(blocks)))


def inv_cipher(blocks: bytes, w: KeySchedule) -> bytes:
    """Decrypt any number of blocks, each by itself.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#5.3
    """
    n = len(blocks) // BLOCK_SIZE
    first, *middle, last = reversed(w.for_blocks(n))
    state = int.from_bytes(_to_state(blocks)) ^ first
    for round_key in middle:
        lanes = inv_sub_bytes(inv_shift_rows(state.to_bytes(len(blocks))))
        state = inv_mix_columns(int.from_bytes(lanes) ^ round_key, n)
    lanes = inv_sub_bytes(inv_shift_rows(state.to_bytes(len(blocks))))
    return _from_state((int.from_bytes(lanes) ^ last).to_bytes(len(blocks)))


def _to_state(blocks: bytes) -> bytes:
    """3.4: s[r, c] = in[r + 4c] of every block."""
    return b"".join([blocks[r + 4 * c :: BLOCK_SIZE] for r in range(4) for c in range(4)])


def _from_state(lanes: bytes) -> bytes:
    """3.4: out[r + 4c] = s[r, c] of every block."""
    n = len(lanes) // BLOCK_SIZE
    blocks = bytearray(len(lanes))
    for r in range(4):
        for c in range(4):
            blocks[r + 4 * c :: BLOCK_SIZE] = lanes[(4 * r + c) * n : (4 * r + c + 1) * n]
    return bytes(blocks)


def sub_bytes(lanes: bytes) -> bytes:
    """https://doi.org/10.6028/NIST.FIPS.197-upd1#5.1.1"""
    return lanes.translate(_s_box())


def inv_sub_bytes(lanes: bytes) -> bytes:
    """https://doi.org/10.6028/NIST.FIPS.197-upd1#5.3.2"""
    return lanes.translate(_inv_s_box())


def shift_rows(lanes: bytes) -> bytes:
    """Rotate row r to the left by r lanes.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#5.1.2
    """
    n = len(lanes) // BLOCK_SIZE
    return b"".join(
        (
            lanes[: 4 * n],
            lanes[5 * n : 8 * n], lanes[4 * n : 5 * n],
            lanes[10 * n : 12 * n], lanes[8 * n : 10 * n],
            lanes[15 * n :], lanes[12 * n : 15 * n],
        )
    )  # fmt: skip


def inv_shift_rows(lanes: bytes) -> bytes:
    """Rotate row r to the right by r lanes.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#5.3.1
    """
    n = len(lanes) // BLOCK_SIZE
    return b"".join(
        (
            lanes[: 4 * n],
            lanes[7 * n : 8 * n], lanes[4 * n : 7 * n],
            lanes[10 * n : 12 * n], lanes[8 * n : 10 * n],
            lanes[13 * n :], lanes[12 * n : 13 * n],
        )
    )  # fmt: skip


def mix_columns(state: int, n: int) -> int:
    """s'[r] = {02}s[r] + {03}s[r+1] + s[r+2] + s[r+3], which is {02}(s[r] + s[r+1]) + s[r+1] +
    (s[r+2] + s[r+3]).

    https://doi.org/10.6028/NIST.FIPS.197-upd1#5.1.3
    """
    next_row = _rotate_rows(state, 1, n)
    sums = state ^ next_row
    return xtime(sums, n) ^ next_row ^ _rotate_rows(sums, 2, n)


def inv_mix_columns(state: int, n: int) -> int:
    """MixColumns, after {04}(s[r] + s[r+2]) is added to s[r]: {0e, 0b, 0d, 09} is {02, 03, 01, 01}
    times {05, 00, 04, 00}.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#5.3.3
    """
    sums = state ^ _rotate_rows(state, 2, n)
    return mix_columns(state ^ xtime(xtime(sums, n), n), n)


def _rotate_rows(state: int, rows: int, n: int) -> int:
    """Each row is replaced by the one that is that many rows further, modulo 4."""
    bits = 32 * n * rows
    return state << bits & _repeated(0xFF, n) | state >> 128 * n - bits


def xtime(state: int, n: int) -> int:
    """Each byte of n blocks times {02}, modulo x^8 + x^4 + x^3 + x + 1.

    https://doi.org/10.6028/NIST.FIPS.197-upd1#4.2
    """
    carries = state & _repeated(0x80, n)
    return (state ^ carries) << 1 ^ (carries >> 7) * 0x1B


@lru_cache(8)
def _repeated(byte: int, n: int) -> int:
    """A state with the same byte everywhere."""
    return int.from_bytes(bytes([byte]) * (BLOCK_SIZE * n))


@cache
def _s_box() -> bytes:
    """5.1.1, table 4: of each byte the inverse in GF(2^8), where 0 stands for that of 0, and then
    an affine transformation.
    """
    powers = [1]  # of {03}, among which every byte but 0 is found
    while len(powers) < 255:
        powers.append(powers[-1] ^ xtime(powers[-1], 1))
    inverse = {power: powers[-i % 255] for i, power in enumerate(powers)} | {0: 0}
    doubled = (inverse[byte] * 0x101 for byte in range(256))  # so that a rotation is a shift
    return bytes((b ^ b >> 4 ^ b >> 5 ^ b >> 6 ^ b >> 7) & 0xFF ^ 0x63 for b in doubled)


@cache
def _inv_s_box() -> bytes:
    """5.3.2, table 6."""
    return bytes(_s_box().index(byte) for byte in range(256))
