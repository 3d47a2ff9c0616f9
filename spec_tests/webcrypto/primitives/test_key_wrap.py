"""AES Key Wrap, by the examples of RFC 3394."""

from __future__ import annotations

import pytest

from worker_runtime.webcrypto.primitives.aes import KeySchedule
from worker_runtime.webcrypto.primitives.key_wrap import unwrap, wrap

spec = pytest.mark.spec

fromhex = bytes.fromhex

# RFC 3394, 4.1 to 4.6: the lengths of the key-encryption key and of the key in it, and the
# ciphertext
KEY = fromhex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
DATA = fromhex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f")
EXAMPLES = [
    (16, 16, "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"),
    (24, 16, "96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d"),
    (32, 16, "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7"),
    (24, 24, "031d33264e15d33268f24ec260743edce1c6c7ddee725a936ba814915c6762d2"),
    (32, 24, "a8f9bc1612c68b3ff6e6f4fbe30e71e4769c8b80a32cb8958cd5d17d6b254da1"),
    (32, 32, "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"),
]


@spec("https://www.rfc-editor.org/rfc/rfc3394#section-2.2.1")
class TestWrap:
    @pytest.mark.parametrize("key_length, length, ciphertext", EXAMPLES)
    def test_examples(self, key_length: int, length: int, ciphertext: str) -> None:
        assert wrap(DATA[:length], KeySchedule(KEY[:key_length])).hex() == ciphertext

    def test_counter_of_a_long_key_takes_more_than_a_byte(self) -> None:
        w = KeySchedule(KEY)
        assert unwrap(wrap(DATA * 20, w), w) == DATA * 20


@spec("https://www.rfc-editor.org/rfc/rfc3394#section-2.2.2")
class TestUnwrap:
    @pytest.mark.parametrize("key_length, length, ciphertext", EXAMPLES)
    def test_examples(self, key_length: int, length: int, ciphertext: str) -> None:
        assert unwrap(fromhex(ciphertext), KeySchedule(KEY[:key_length])) == DATA[:length]

    def test_whichever_byte_is_changed_it_fails(self) -> None:
        w = KeySchedule(KEY)
        ciphertext = wrap(DATA, w)
        for place in range(len(ciphertext)):
            changed = bytearray(ciphertext)
            changed[place] ^= 1
            assert unwrap(bytes(changed), w) is None

    @pytest.mark.parametrize("length", [0, 8, 16, 23, 25, 31])
    def test_a_length_that_wrap_does_not_make_fails(self, length: int) -> None:
        assert unwrap(bytes(length), KeySchedule(KEY)) is None

    def test_another_initial_value_fails(self) -> None:
        # The wrapping of RFC 5649, 6, has the initial value a65959a6 and a length.
        w = KeySchedule(fromhex("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8"))
        assert (
            unwrap(fromhex("138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a"), w)
            is None
        )
