"""Modes of operation of AES: CBC and CTR.

SP 800-38A: https://doi.org/10.6028/NIST.SP.800-38A (the fragments are its section numbers)

Reference arithmetic, not constant-time: not for secrets that an attacker on the same machine could
time.
"""

from __future__ import annotations

from .aes import BLOCK_SIZE, KeySchedule, cipher, inv_cipher

SEGMENT = 1024 * BLOCK_SIZE  # what the cipher gets at a time, so that its states stay small


def cbc_encrypt(plaintext: bytes, iv: bytes, w: KeySchedule) -> bytes:
    """The plaintext has whole blocks. Each depends on the one before, so that they cannot go
    through the cipher together.

    https://doi.org/10.6028/NIST.SP.800-38A#6.2.encryption
    """
    blocks = [iv]
    for start in range(0, len(plaintext), BLOCK_SIZE):
        blocks.append(cipher(_xor(plaintext[start : start + BLOCK_SIZE], blocks[-1]), w))
    return b"".join(blocks[1:])


def cbc_decrypt(ciphertext: bytes, iv: bytes, w: KeySchedule) -> bytes:
    """The ciphertext has whole blocks.

    https://doi.org/10.6028/NIST.SP.800-38A#6.2.decryption
    """
    blocks_before = iv + ciphertext
    plaintext = []
    for start in range(0, len(ciphertext), SEGMENT):
        segment = ciphertext[start : start + SEGMENT]
        plaintext.append(_xor(inv_cipher(segment, w), blocks_before[start : start + len(segment)]))
    return b"".join(plaintext)


def ctr(text: bytes, counter: bytes, counter_bits: int, w: KeySchedule) -> bytes:
    """Encrypt or decrypt, beginning with a counter block. Only its last `counter_bits` bits count
    up, and they wrap.

    https://doi.org/10.6028/NIST.SP.800-38A#6.5
    """
    output = []
    for start in range(0, len(text), SEGMENT):
        segment = text[start : start + SEGMENT]
        block_count = -(-len(segment) // BLOCK_SIZE)
        counters = counter_blocks(counter, counter_bits, start // BLOCK_SIZE, block_count)
        output.append(_xor(segment, cipher(counters, w)[: len(segment)]))
    return b"".join(output)


def counter_blocks(counter: bytes, counter_bits: int, first: int, count: int) -> bytes:
    """`count` counter blocks, beginning with the one that is `first` places after the initial one.
    Only the last `counter_bits` bits count up, and they wrap.

    https://doi.org/10.6028/NIST.SP.800-38A#B.1
    """
    initial = int.from_bytes(counter)
    mask = (1 << counter_bits) - 1
    fixed = initial & ~mask
    return b"".join(
        [(fixed | initial + i & mask).to_bytes(BLOCK_SIZE) for i in range(first, first + count)]
    )


def _xor(a: bytes, b: bytes) -> bytes:
    return (int.from_bytes(a) ^ int.from_bytes(b)).to_bytes(len(a))
