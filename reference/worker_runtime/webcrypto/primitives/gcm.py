"""GCM: authenticated encryption with AES.

SP 800-38D: https://doi.org/10.6028/NIST.SP.800-38D (the fragments are its section numbers)

Reference arithmetic, not constant-time: not for secrets that an attacker on the same machine could
time.
"""

from __future__ import annotations

import hmac
import struct
from functools import cached_property

from .aes import BLOCK_SIZE, KeySchedule, cipher
from .modes import ctr

R = 0xE1 << 120
TAG_LENGTHS = (16, 15, 14, 13, 12, 8, 4)  # in bytes


class GCMKey:
    """A key of AES, of 16, 24 or 32 bytes, and the hash subkey H that follows from it, as tables
    made when first needed.

    https://doi.org/10.6028/NIST.SP.800-38D#7
    """

    def __init__(self, key: bytes) -> None:
        self.w = KeySchedule(key)

    @cached_property
    def products_of_h(self) -> list[list[int]]:
        """For each of 16 places in a block: the products of H and the 256 bytes in that place."""
        return _products(int.from_bytes(cipher(bytes(BLOCK_SIZE), self.w)))


def gcm_ae(key: GCMKey, iv: bytes, p: bytes, a: bytes, tag_length: int) -> tuple[bytes, bytes]:
    """The ciphertext of a plaintext and additional data, and a tag of that length, in bytes.

    https://doi.org/10.6028/NIST.SP.800-38D#7.1
    """
    j_0 = _pre_counter_block(key, iv)
    c = gctr(key.w, inc_32(j_0), p)
    return c, _full_tag(key, j_0, c, a)[:tag_length]


def gcm_ad(key: GCMKey, iv: bytes, c: bytes, a: bytes, t: bytes) -> bytes | None:
    """The plaintext of a ciphertext, additional data and a tag; None if they do not belong
    together.

    https://doi.org/10.6028/NIST.SP.800-38D#7.2
    """
    j_0 = _pre_counter_block(key, iv)
    if len(t) not in TAG_LENGTHS or not hmac.compare_digest(t, _full_tag(key, j_0, c, a)[: len(t)]):
        return None
    return gctr(key.w, inc_32(j_0), c)


def _pre_counter_block(key: GCMKey, iv: bytes) -> bytes:
    """7.1, 2."""
    if len(iv) == 12:
        return iv + (1).to_bytes(4)
    y = ghash(key, 0, iv)
    return ghash(key, y, (8 * len(iv)).to_bytes(BLOCK_SIZE)).to_bytes(BLOCK_SIZE)


def _full_tag(key: GCMKey, j_0: bytes, c: bytes, a: bytes) -> bytes:
    """7.1, 4. to 6.: a tag before it is shortened."""
    y = ghash(key, ghash(key, 0, a), c)
    s = ghash(key, y, (8 * len(a)).to_bytes(8) + (8 * len(c)).to_bytes(8))
    return gctr(key.w, j_0, s.to_bytes(BLOCK_SIZE))


def gctr(w: KeySchedule, icb: bytes, x: bytes) -> bytes:
    """https://doi.org/10.6028/NIST.SP.800-38D#6.5"""
    return ctr(x, icb, 32, w)


def inc_32(x: bytes) -> bytes:
    """https://doi.org/10.6028/NIST.SP.800-38D#6.2"""
    return x[:12] + (int.from_bytes(x[12:]) + 1 & 0xFFFFFFFF).to_bytes(4)


def ghash(key: GCMKey, y: int, x: bytes) -> int:
    """The hash of what has led to y and of x, whose last block is filled up with zeros.

    https://doi.org/10.6028/NIST.SP.800-38D#6.4
    """
    # OPTIMIZATION: the product with H is the sum of the products of 16 bytes, each of which is
    # looked up.
    t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15 = key.products_of_h
    x += bytes(-len(x) % BLOCK_SIZE)
    for high, low in struct.iter_unpack(">QQ", x):
        y ^= high << 64 | low
        b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15 = y.to_bytes(
            BLOCK_SIZE
        )
        y = (
            t0[b0] ^ t1[b1] ^ t2[b2] ^ t3[b3] ^ t4[b4] ^ t5[b5] ^ t6[b6] ^ t7[b7]
            ^ t8[b8] ^ t9[b9] ^ t10[b10] ^ t11[b11] ^ t12[b12] ^ t13[b13] ^ t14[b14] ^ t15[b15]
        )  # fmt: skip
    return y


def _products(h: int) -> list[list[int]]:
    """6.3: the steps of the multiplication for every bit, 128 of them, and their sums for every
    byte.
    """
    tables = []
    v = h
    for _ in range(BLOCK_SIZE):
        bits = []
        for _ in range(8):
            bits.append(v)
            v = v >> 1 ^ R if v & 1 else v >> 1
        table = [0]
        for product in reversed(bits):
            table += [product ^ other for other in table]
        tables.append(table)
    return tables
