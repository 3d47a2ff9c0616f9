"""CBC and CTR, by the examples of SP 800-38A and the vectors of the Web Platform Tests."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime.webcrypto.primitives.aes import KeySchedule, cipher
from worker_runtime.webcrypto.primitives.modes import (
    SEGMENT,
    cbc_decrypt,
    cbc_encrypt,
    counter_blocks,
    ctr,
)

spec = pytest.mark.spec

fromhex = bytes.fromhex

# SP 800-38A, F
KEYS = [
    "2b7e151628aed2a6abf7158809cf4f3c",
    "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
]
PLAINTEXT = fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)


@spec("https://doi.org/10.6028/NIST.SP.800-38A#6.2.decryption")
@spec("https://doi.org/10.6028/NIST.SP.800-38A#6.2.encryption")
class TestCBC:
    IV = fromhex("000102030405060708090a0b0c0d0e0f")
    CIPHERTEXTS = [  # F.2.1, F.2.3, F.2.5
        "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
        "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7",
        "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"
        "571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd",
        "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
        "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b",
    ]

    @pytest.mark.parametrize("key, ciphertext", list(zip(KEYS, CIPHERTEXTS)))
    def test_examples(self, key: str, ciphertext: str) -> None:
        w = KeySchedule(fromhex(key))
        assert cbc_encrypt(PLAINTEXT, self.IV, w).hex() == ciphertext
        assert cbc_decrypt(fromhex(ciphertext), self.IV, w) == PLAINTEXT

    def test_decryption_goes_on_over_the_ends_of_segments(self) -> None:
        source = random.Random(38)
        w = KeySchedule(source.randbytes(16))
        for length in (0, SEGMENT, 2 * SEGMENT + 32):
            plaintext = source.randbytes(length)
            assert cbc_decrypt(cbc_encrypt(plaintext, self.IV, w), self.IV, w) == plaintext

    def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        vectors = wpt_data("WebCryptoAPI/encrypt_decrypt/aes_cbc_vectors.json")["data"][
            "getTestVectors"
        ]
        for vector in vectors["passing"]:
            w, iv = (
                KeySchedule(fromhex(vector["keyBuffer"]["hex"])),
                fromhex(vector["algorithm"]["iv"]["hex"]),
            )
            plaintext, result = (
                fromhex(vector["plaintext"]["hex"]),
                fromhex(vector["result"]["hex"]),
            )
            padding = 16 - len(plaintext) % 16
            assert cbc_encrypt(plaintext + bytes([padding]) * padding, iv, w) == result, vector[
                "name"
            ]
            assert cbc_decrypt(result, iv, w)[:-padding] == plaintext, vector["name"]


@spec("https://doi.org/10.6028/NIST.SP.800-38A#6.5")
class TestCTR:
    COUNTER = fromhex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
    CIPHERTEXTS = [  # F.5.1, F.5.3, F.5.5
        "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
        "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee",
        "1abc932417521ca24f2b0459fe7e6e0b090339ec0aa6faefd5ccc2c6f4ce8e94"
        "1e36b26bd1ebc670d1bd1d665620abf74f78a7f6d29809585a97daec58c6b050",
        "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
        "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6",
    ]

    @pytest.mark.parametrize("key, ciphertext", list(zip(KEYS, CIPHERTEXTS)))
    def test_examples(self, key: str, ciphertext: str) -> None:
        w = KeySchedule(fromhex(key))
        assert ctr(PLAINTEXT, self.COUNTER, 128, w).hex() == ciphertext
        assert ctr(fromhex(ciphertext), self.COUNTER, 128, w) == PLAINTEXT

    @pytest.mark.parametrize(
        "length", [0, 1, 15, 16, 17, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT + 5]
    )
    def test_any_length_is_block_by_block_the_same(self, length: int) -> None:
        source = random.Random(length)
        w = KeySchedule(source.randbytes(32))
        text = source.randbytes(length)
        counter = int.from_bytes(self.COUNTER)
        stream = b"".join(cipher((counter + i).to_bytes(16), w) for i in range(-(-length // 16)))
        assert ctr(text, self.COUNTER, 128, w) == bytes(a ^ b for a, b in zip(text, stream))

    def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        vectors = wpt_data("WebCryptoAPI/encrypt_decrypt/aes_ctr_vectors.json")["data"][
            "getTestVectors"
        ]
        for vector in vectors["passing"]:
            w, counter = (
                KeySchedule(fromhex(vector["keyBuffer"]["hex"])),
                fromhex(vector["algorithm"]["counter"]["hex"]),
            )
            plaintext, result = (
                fromhex(vector["plaintext"]["hex"]),
                fromhex(vector["result"]["hex"]),
            )
            assert ctr(plaintext, counter, vector["algorithm"]["length"], w) == result, vector[
                "name"
            ]


@spec("https://doi.org/10.6028/NIST.SP.800-38A#B.1")
class TestCounterBlocks:
    @pytest.mark.parametrize(
        "counter, bits, after",
        [
            ("ffffffffffffffffffffffffffffffff", 128, "00000000000000000000000000000000"),
            ("ffffffffffffffffffffffffffffffff", 64, "ffffffffffffffff0000000000000000"),
            ("000000000000000000000000000000ff", 8, "00000000000000000000000000000000"),
            ("000000000000000000000000000000ff", 9, "00000000000000000000000000000100"),
            ("fffffffffffffffffffffffffffffffe", 1, "ffffffffffffffffffffffffffffffff"),
            ("ffffffffffffffffffffffffffffffff", 1, "fffffffffffffffffffffffffffffffe"),
        ],
    )
    def test_only_the_counting_bits_change_and_wrap_around(
        self, counter: str, bits: int, after: str
    ) -> None:
        assert counter_blocks(fromhex(counter), bits, 0, 2).hex() == counter + after
        assert counter_blocks(fromhex(counter), bits, 1, 1).hex() == after
