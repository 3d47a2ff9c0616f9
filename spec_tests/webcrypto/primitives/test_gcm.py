"""GCM, by the test cases in its submission to NIST, which became SP 800-38D, and those of the Web
Platform Tests.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime.webcrypto.primitives.gcm import R, GCMKey, gcm_ad, gcm_ae, gctr, ghash, inc_32

spec = pytest.mark.spec

fromhex = bytes.fromhex

KEY = "feffe9928665731c6d6a8f9467308308"
IV = "cafebabefacedbaddecaf888"
LONG_IV = (
    "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728c3c0c95156809539fcf0e24"
    "29a6b525416aedbf5a0de6a57a637b39b"
)
PLAINTEXT = (
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
)
DATA = "feedfacedeadbeeffeedfacedeadbeefabaddad2"

# The McGrew-Viega test cases: key, plaintext, additional data, initialization vector, ciphertext
# (or what it starts with), tag
TEST_CASES = {
    1: ("00" * 16, "", "", "00" * 12, "", "58e2fccefa7e3061367f1d57a4e7455a"),
    2: (
        "00" * 16,
        "00" * 16,
        "",
        "00" * 12,
        "0388dace60b6a392f328c2b971b2fe78",
        "ab6e47d42cec13bdf53a67b21257bddf",
    ),
    3: (
        KEY,
        PLAINTEXT,
        "",
        IV,
        "42831ec2217774244b7221b784d0d49c",
        "4d5c2af327cd64a62cf35abd2ba6fab4",
    ),
    4: (
        KEY,
        PLAINTEXT[:120],
        DATA,
        IV,
        "42831ec2217774244b7221b784d0d49c",
        "5bc94fbc3221a5db94fae95ae7121a47",
    ),
    5: (
        KEY,
        PLAINTEXT[:120],
        DATA,
        IV[:16],
        "61353b4c2806934a777ff51fa22a4755",
        "3612d2e79e3b0785561be14aaca2fccb",
    ),
    6: (
        KEY,
        PLAINTEXT[:120],
        DATA,
        LONG_IV,
        "8ce24998625615b603a033aca13fb894",
        "619cc5aefffe0bfa462af43c1699d050",
    ),
    13: ("00" * 32, "", "", "00" * 12, "", "530f8afbc74536b9a963b4f1c4cb738b"),
    14: (
        "00" * 32,
        "00" * 16,
        "",
        "00" * 12,
        "cea7403d4d606b6e074ec5d3baf39d18",
        "d0d1c8a799996bf0265b98b5d48ab919",
    ),
    15: (
        KEY * 2,
        PLAINTEXT,
        "",
        IV,
        "522dc1f099567d07f47f37a32a84427d",
        "b094dac5d93471bdec1a502270e3cc6c",
    ),
    16: (
        KEY * 2,
        PLAINTEXT[:120],
        DATA,
        IV,
        "522dc1f099567d07f47f37a32a84427d",
        "76fc6ece0f4e1768cddf8853bb2d551b",
    ),
    17: (
        KEY * 2,
        PLAINTEXT[:120],
        DATA,
        IV[:16],
        "c3762df1ca787d32ae47c13bf19844cb",
        "3a337dbf46a792c45e454913fe2ea8f2",
    ),
    18: (
        KEY * 2,
        PLAINTEXT[:120],
        DATA,
        LONG_IV,
        "5a8def2f0c9e53f1f75d7853659e2a20",
        "a44a8266ee1c8eb0c8b5d4cf5ae9f19a",
    ),
}


@spec("https://doi.org/10.6028/NIST.SP.800-38D#7")
@spec("https://doi.org/10.6028/NIST.SP.800-38D#7.1")
class TestGCMAE:
    @pytest.mark.parametrize("key, p, a, iv, c, t", TEST_CASES.values(), ids=map(str, TEST_CASES))
    def test_cases(self, key: str, p: str, a: str, iv: str, c: str, t: str) -> None:
        ciphertext, tag = gcm_ae(GCMKey(fromhex(key)), fromhex(iv), fromhex(p), fromhex(a), 16)
        assert ciphertext.hex().startswith(c) and len(ciphertext) == len(fromhex(p))
        assert tag.hex() == t

    @pytest.mark.parametrize("length", [4, 8, 12, 13, 14, 15])
    def test_a_shorter_tag_is_the_start_of_the_longest(self, length: int) -> None:
        key = GCMKey(fromhex(KEY))
        assert (
            gcm_ae(key, fromhex(IV), b"text", b"", length)[1]
            == gcm_ae(key, fromhex(IV), b"text", b"", 16)[1][:length]
        )

    @pytest.mark.parametrize("file", ["aes_gcm_96_iv_vectors.json", "aes_gcm_256_iv_vectors.json"])
    def test_official_vectors(self, file: str, wpt_data: Callable[[str], Any]) -> None:
        for vector in wpt_data(f"WebCryptoAPI/encrypt_decrypt/{file}")["data"]["getTestVectors"][
            "passing"
        ]:
            key, algorithm = GCMKey(fromhex(vector["keyBuffer"]["hex"])), vector["algorithm"]
            iv, data = (
                fromhex(algorithm["iv"]["hex"]),
                fromhex(algorithm.get("additionalData", {"hex": ""})["hex"]),
            )
            plaintext, result = (
                fromhex(vector["plaintext"]["hex"]),
                fromhex(vector["result"]["hex"]),
            )
            ciphertext, tag = gcm_ae(key, iv, plaintext, data, algorithm["tagLength"] // 8)
            assert ciphertext + tag == result, vector["name"]
            assert gcm_ad(key, iv, ciphertext, data, tag) == plaintext, vector["name"]


@spec("https://doi.org/10.6028/NIST.SP.800-38D#7.2")
class TestGCMAD:
    @pytest.mark.parametrize("key, p, a, iv, c, t", TEST_CASES.values(), ids=map(str, TEST_CASES))
    def test_what_is_encrypted_comes_back(
        self, key: str, p: str, a: str, iv: str, c: str, t: str
    ) -> None:
        gcm_key = GCMKey(fromhex(key))
        ciphertext, tag = gcm_ae(gcm_key, fromhex(iv), fromhex(p), fromhex(a), 16)
        assert gcm_ad(gcm_key, fromhex(iv), ciphertext, fromhex(a), tag) == fromhex(p)

    def test_a_change_anywhere_fails(self) -> None:
        key = GCMKey(fromhex(KEY))
        c, t = gcm_ae(key, fromhex(IV), fromhex(PLAINTEXT), fromhex(DATA), 16)
        for number, argument in enumerate([fromhex(IV), c, fromhex(DATA), t]):
            for place in range(len(argument)):
                arguments = [fromhex(IV), c, fromhex(DATA), t]
                arguments[number] = (
                    argument[:place] + bytes([argument[place] ^ 0x80]) + argument[place + 1 :]
                )
                assert gcm_ad(key, *arguments) is None

    def test_data_that_moves_into_the_ciphertext_fails(self) -> None:
        key = GCMKey(fromhex(KEY))
        c, t = gcm_ae(key, fromhex(IV), bytes(16), bytes(16), 16)
        assert gcm_ad(key, fromhex(IV), bytes(16) + c, b"", t) is None
        assert gcm_ad(key, fromhex(IV), c, bytes(32), t) is None

    @pytest.mark.parametrize("length", [0, 1, 3, 5, 11, 17])
    def test_a_tag_of_a_length_that_there_is_not_fails(self, length: int) -> None:
        key = GCMKey(fromhex(KEY))
        c, t = gcm_ae(key, fromhex(IV), b"text", b"", 16)
        assert gcm_ad(key, fromhex(IV), c, b"", (t + t)[:length]) is None


@spec("https://doi.org/10.6028/NIST.SP.800-38D#6.2")
class TestInc32:
    def test_only_the_last_four_bytes_count(self) -> None:
        assert inc_32(b"\xff" * 16) == b"\xff" * 12 + bytes(4)
        assert inc_32(bytes(16)) == bytes(15) + b"\x01"


@spec("https://doi.org/10.6028/NIST.SP.800-38D#6.5")
class TestGCTR:
    def test_the_counter_wraps_without_a_carry_into_the_rest(self) -> None:
        w = GCMKey(fromhex(KEY)).w
        stream = gctr(w, fromhex(IV + "ffffffff"), bytes(32))
        assert stream[16:] == gctr(w, fromhex(IV + "00000000"), bytes(16))

    def test_nothing_stays_nothing(self) -> None:
        assert gctr(GCMKey(fromhex(KEY)).w, bytes(16), b"") == b""


@spec("https://doi.org/10.6028/NIST.SP.800-38D#6.4")
class TestGHASH:
    def test_the_tables_multiply_as_the_standard_does_bit_by_bit(self) -> None:
        source = random.Random(38)
        key = GCMKey(source.randbytes(16))
        h = key.products_of_h[0][0x80]  # 1, as its first bit is, times H
        y = 0
        text = source.randbytes(40 * 16)
        for start in range(0, len(text), 16):
            y = multiply(y ^ int.from_bytes(text[start : start + 16]), h)
        assert ghash(key, 0, text) == y

    def test_the_last_block_is_filled_up_with_zeros(self) -> None:
        key = GCMKey(fromhex(KEY))
        assert ghash(key, 7, b"text") == ghash(key, 7, b"text" + bytes(12))
        assert ghash(key, 7, b"") == 7


def multiply(x: int, y: int) -> int:
    """SP 800-38D, 6.3, algorithm 1, step by step."""
    z, v = 0, y
    for i in range(128):
        if x >> 127 - i & 1:
            z ^= v
        v = v >> 1 ^ R if v & 1 else v >> 1
    return z
