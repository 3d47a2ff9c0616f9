"""Web Cryptography: AES-KW. Its keys are tested in test_aes."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.webcrypto.harness import exported_bytes, rejection, secret_key, subtle
from worker_runtime import CryptoKey
from worker_runtime.webcrypto.algorithm_normalization import normalize_an_algorithm
from worker_runtime.webcrypto.algorithms.aes_kw import takes_long

spec = pytest.mark.spec

# RFC 3394, 4.1
KEY = bytes(range(16))
KEY_DATA = bytes.fromhex("00112233445566778899aabbccddeeff")
WRAPPED = bytes.fromhex("1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5")

HMAC: dict[str, Any] = {"name": "HMAC", "hash": "SHA-256"}


async def wrapping_key() -> CryptoKey:
    return await subtle.importKey("raw", KEY, "AES-KW", False, ["wrapKey", "unwrapKey"])


@spec("https://w3c.github.io/webcrypto/#aes-kw-operations-wrap-key")
class TestWrapKey:
    async def test_example_of_the_standard(self) -> None:
        key = await subtle.importKey("raw", KEY_DATA, "AES-GCM", True, ["encrypt"])
        assert await subtle.wrapKey("raw", key, await wrapping_key(), "AES-KW") == WRAPPED

    @pytest.mark.parametrize("length", [1, 8, 12, 17])
    async def test_wraps_whole_blocks_and_more_than_one(self, length: int) -> None:
        key = await subtle.importKey("raw", bytes(length), HMAC, True, ["sign"])
        await rejection(
            subtle.wrapKey("raw", key, await wrapping_key(), "AES-KW"), "OperationError"
        )

    async def test_json_is_filled_up_with_spaces(self) -> None:
        for length in range(1, 9):
            key = await subtle.importKey("raw", bytes(length), HMAC, True, ["sign"])
            wrapped = await subtle.wrapKey("jwk", key, await wrapping_key(), "AES-KW")
            unwrapped = await subtle.unwrapKey(
                "jwk", wrapped, await wrapping_key(), "AES-KW", HMAC, True, ["sign"]
            )
            assert await exported_bytes("raw", unwrapped) == bytes(length)


@spec("https://w3c.github.io/webcrypto/#aes-kw-operations-unwrap-key")
class TestUnwrapKey:
    async def test_example_of_the_standard(self) -> None:
        key = await subtle.unwrapKey(
            "raw", WRAPPED, await wrapping_key(), "AES-KW", "AES-CBC", True, ["decrypt"]
        )
        assert await exported_bytes("raw", key) == KEY_DATA

    @pytest.mark.parametrize(
        "data",
        [b"", WRAPPED[:-1], WRAPPED[:16], WRAPPED + bytes(8), bytes(24), b"\0" + WRAPPED[1:]],
    )
    async def test_what_was_changed_on_the_way_is_refused(self, data: bytes) -> None:
        await rejection(
            subtle.unwrapKey(
                "raw", data, await wrapping_key(), "AES-KW", "AES-CBC", True, ["decrypt"]
            ),
            "OperationError",
        )

    async def test_is_not_for_encrypting(self) -> None:
        key = await secret_key({"name": "AES-KW", "length": 128}, "wrapKey")
        await rejection(subtle.encrypt("AES-KW", key, bytes(16)), "NotSupportedError")


@spec("https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0")
class TestTakesLong:
    def test_above_128_bytes(self) -> None:
        algorithm = normalize_an_algorithm("wrapKey", "AES-KW")
        assert (takes_long(algorithm, 128), takes_long(algorithm, 136)) == (False, True)
