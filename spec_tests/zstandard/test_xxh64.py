"""XXH64, against hashes that are known."""

from __future__ import annotations

import pytest

from worker_runtime.zstandard.xxh64 import XXH64

spec = pytest.mark.spec


@spec("https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md#xxh64-algorithm-description")
class TestXXH64:
    @pytest.mark.parametrize("data, hash", [
        (b"", 0xEF46DB3751D8E999),
        (b"a", 0xD24EC4F1A98C6E5B),
        (b"abc", 0x44BC2CF5AD770999),
        (b"Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1),
    ])  # fmt: skip
    def test_known_hashes(self, data: bytes, hash: int) -> None:
        state = XXH64()
        state.update(data)
        assert state.digest() == hash

    def test_it_does_not_matter_in_which_pieces_the_data_comes(self) -> None:
        data = bytes(range(256))
        whole = XXH64()
        whole.update(data)
        for length in (1, 7, 31, 32, 33, 100):
            pieces = XXH64()
            for start in range(0, len(data), length):
                pieces.update(data[start : start + length])
            assert pieces.digest() == whole.digest()
