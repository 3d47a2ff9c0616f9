"""AES, by the examples of FIPS 197."""

from __future__ import annotations

import random

import pytest

from worker_runtime.webcrypto.primitives.aes import (
    KeySchedule,
    cipher,
    inv_cipher,
    inv_mix_columns,
    inv_shift_rows,
    inv_sub_bytes,
    key_expansion,
    mix_columns,
    shift_rows,
    sub_bytes,
    xtime,
)

spec = pytest.mark.spec

fromhex = bytes.fromhex


def lanes(block: str) -> bytes:
    """A block as its state: the standard writes a block column by column, a state of one block is
    row by row.
    """
    return bytes(fromhex(block)[r + 4 * c] for r in range(4) for c in range(4))


@spec("https://doi.org/10.6028/NIST.FIPS.197-upd1#5.2")
class TestKeyExpansion:
    # FIPS 197, A.1 to A.3
    @pytest.mark.parametrize(
        "key, words",
        [
            (
                "2b7e151628aed2a6abf7158809cf4f3c",
                {4: "a0fafe17", 10: "5935807a", 23: "11f915bc", 43: "b6630ca6"},
            ),
            (
                "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
                {6: "fe0c91f7", 12: "4db7b4bd", 51: "01002202"},
            ),
            (
                "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
                {8: "9ba35411", 12: "a8b09c1a", 59: "706c631e"},
            ),
        ],
    )
    def test_words_are_those_of_the_examples(self, key: str, words: dict[int, str]) -> None:
        w = key_expansion(fromhex(key))
        assert {i: w[i].hex() for i in words} == words
        assert len(w) == max(words) + 1


@spec("https://doi.org/10.6028/NIST.FIPS.197-upd1#5")
@spec("https://doi.org/10.6028/NIST.FIPS.197-upd1#5.3")
@spec("https://doi.org/10.6028/NIST.FIPS.197-upd1#5.1")
class TestCipher:
    # FIPS 197, B and C.1 to C.3
    EXAMPLES = [
        (
            "2b7e151628aed2a6abf7158809cf4f3c",
            "3243f6a8885a308d313198a2e0370734",
            "3925841d02dc09fbdc118597196a0b32",
        ),
        (
            "000102030405060708090a0b0c0d0e0f",
            "00112233445566778899aabbccddeeff",
            "69c4e0d86a7b0430d8cdb78070b4c55a",
        ),
        (
            "000102030405060708090a0b0c0d0e0f1011121314151617",
            "00112233445566778899aabbccddeeff",
            "dda97ca4864cdfe06eaf70a0ec0d7191",
        ),
        (
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "00112233445566778899aabbccddeeff",
            "8ea2b7ca516745bfeafc49904b496089",
        ),
    ]

    @pytest.mark.parametrize("key, plaintext, ciphertext", EXAMPLES)
    def test_examples(self, key: str, plaintext: str, ciphertext: str) -> None:
        w = KeySchedule(fromhex(key))
        assert cipher(fromhex(plaintext), w).hex() == ciphertext
        assert inv_cipher(fromhex(ciphertext), w).hex() == plaintext

    @pytest.mark.parametrize("key_length", [16, 24, 32])
    def test_many_blocks_at_once_are_the_same_as_one_by_one(self, key_length: int) -> None:
        source = random.Random(key_length)
        w = KeySchedule(source.randbytes(key_length))
        for count in (0, 1, 2, 3, 17, 100):
            blocks = [source.randbytes(16) for _ in range(count)]
            encrypted = cipher(b"".join(blocks), w)
            assert encrypted == b"".join(cipher(block, w) for block in blocks)
            assert inv_cipher(encrypted, w) == b"".join(blocks)


class TestTransformations:
    """The first round of the example in FIPS 197, B."""

    START = "193de3bea0f4e22b9ac68d2ae9f84808"
    AFTER_SUB_BYTES = "d42711aee0bf98f1b8b45de51e415230"
    AFTER_SHIFT_ROWS = "d4bf5d30e0b452aeb84111f11e2798e5"
    AFTER_MIX_COLUMNS = "046681e5e0cb199a48f8d37a2806264c"

    @spec("https://doi.org/10.6028/NIST.FIPS.197-upd1#5.1.1")
    def test_sub_bytes(self) -> None:
        assert sub_bytes(lanes(self.START)) == lanes(self.AFTER_SUB_BYTES)
        # table 4
        assert sub_bytes(bytes([0x00, 0x01, 0x53, 0xFF])) == bytes([0x63, 0x7C, 0xED, 0x16])

    @spec("https://doi.org/10.6028/NIST.FIPS.197-upd1#5.3.2")
    def test_inv_sub_bytes(self) -> None:
        assert inv_sub_bytes(lanes(self.AFTER_SUB_BYTES)) == lanes(self.START)
        assert inv_sub_bytes(sub_bytes(bytes(range(256)))) == bytes(range(256))

    @spec("https://doi.org/10.6028/NIST.FIPS.197-upd1#5.1.2")
    def test_shift_rows(self) -> None:
        assert shift_rows(lanes(self.AFTER_SUB_BYTES)) == lanes(self.AFTER_SHIFT_ROWS)

    @spec("https://doi.org/10.6028/NIST.FIPS.197-upd1#5.3.1")
    def test_inv_shift_rows(self) -> None:
        assert inv_shift_rows(lanes(self.AFTER_SHIFT_ROWS)) == lanes(self.AFTER_SUB_BYTES)

    @spec("https://doi.org/10.6028/NIST.FIPS.197-upd1#5.1.3")
    def test_mix_columns(self) -> None:
        state = int.from_bytes(lanes(self.AFTER_SHIFT_ROWS))
        assert mix_columns(state, 1) == int.from_bytes(lanes(self.AFTER_MIX_COLUMNS))

    @spec("https://doi.org/10.6028/NIST.FIPS.197-upd1#5.3.3")
    def test_inv_mix_columns(self) -> None:
        state = int.from_bytes(lanes(self.AFTER_MIX_COLUMNS))
        assert inv_mix_columns(state, 1) == int.from_bytes(lanes(self.AFTER_SHIFT_ROWS))

    @spec("https://doi.org/10.6028/NIST.FIPS.197-upd1#4.2")
    def test_xtime_takes_each_byte_by_itself(self) -> None:
        # 4.2.1
        assert [xtime(byte, 1) for byte in (0x57, 0xAE, 0x47, 0x8E)] == [0xAE, 0x47, 0x8E, 0x07]
        assert xtime(0x80FF0180, 1) == 0x1BE5021B
