"""Web Cryptography: AES-CBC. Its keys are tested in test_aes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.harness import as_python, rejection, secret_key, subtle
from worker_runtime import CryptoKey, DOMException
from worker_runtime.webcrypto.algorithm_normalization import normalize_an_algorithm
from worker_runtime.webcrypto.algorithms.aes_cbc import (
    AesCbcParams,
    check_iv,
    encrypting_takes_long,
)
from worker_runtime.webcrypto.primitives.aes import KeySchedule
from worker_runtime.webcrypto.primitives.modes import cbc_encrypt

spec = pytest.mark.spec

# SP 800-38A, F.2.1
KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
IV = bytes(range(16))
PLAINTEXT = bytes.fromhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
CIPHERTEXT = bytes.fromhex("7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2")

AES_CBC = {"name": "AES-CBC", "iv": IV}


async def key_of(data: bytes) -> CryptoKey:
    return await subtle.importKey("raw", data, "AES-CBC", False, ["encrypt", "decrypt"])


@spec("https://w3c.github.io/webcrypto/#dfn-AesCbcParams")
class TestAesCbcParams:
    @pytest.mark.parametrize("iv", [None, "0" * 16, 16])
    def test_the_iv_is_a_buffer(self, iv: Any) -> None:
        assert isinstance(normalize_an_algorithm("encrypt", AES_CBC), AesCbcParams)
        with pytest.raises(TypeError):
            normalize_an_algorithm("encrypt", {"name": "AES-CBC", "iv": iv})


@spec("https://w3c.github.io/webcrypto/#aes-cbc-operations-encrypt")
class TestEncrypt:
    async def test_example_of_the_standard_with_a_block_of_padding(self) -> None:
        ciphertext = await subtle.encrypt(AES_CBC, await key_of(KEY), PLAINTEXT)
        assert ciphertext[:-16] == CIPHERTEXT
        assert ciphertext[-16:] == cbc_encrypt(b"\x10" * 16, CIPHERTEXT[-16:], KeySchedule(KEY))

    async def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        vectors = as_python(
            wpt_data("WebCryptoAPI/encrypt_decrypt/aes_cbc_vectors.json")["data"]["getTestVectors"]
        )
        for vector in vectors["passing"]:
            key = await key_of(vector["keyBuffer"])
            assert (
                await subtle.encrypt(vector["algorithm"], key, vector["plaintext"])
                == vector["result"]
            )
            assert (
                await subtle.decrypt(vector["algorithm"], key, vector["result"])
                == vector["plaintext"]
            )
        for vector in vectors["failing"]:
            key = await key_of(vector["keyBuffer"])
            await rejection(
                subtle.encrypt(vector["algorithm"], key, vector["plaintext"]), "OperationError"
            )
        for vector in vectors["decryptionFailing"]:
            key = await key_of(vector["keyBuffer"])
            await rejection(
                subtle.decrypt(vector["algorithm"], key, vector["result"]), "OperationError"
            )


@spec("https://w3c.github.io/webcrypto/#aes-cbc-operations-decrypt")
class TestDecrypt:
    async def test_takes_away_what_was_padded(self) -> None:
        key = await secret_key({"name": "AES-CBC", "length": 192}, "encrypt", "decrypt")
        for length in (0, 1, 15, 16, 17, 31, 32, 2000):
            ciphertext = await subtle.encrypt(AES_CBC, key, bytes(length))
            assert len(ciphertext) == length // 16 * 16 + 16
            assert await subtle.decrypt(AES_CBC, key, ciphertext) == bytes(length)

    @pytest.mark.parametrize("length", [0, 1, 15, 17])
    async def test_a_ciphertext_has_whole_blocks(self, length: int) -> None:
        await rejection(subtle.decrypt(AES_CBC, await key_of(KEY), bytes(length)), "OperationError")

    @pytest.mark.parametrize("end", ["00", "11", "ff", "0102", "020103", "10" * 15])
    async def test_padding_that_is_none_is_refused(self, end: str) -> None:
        block = bytes.fromhex(end).rjust(16, b"\0")
        ciphertext = cbc_encrypt(block, IV, KeySchedule(KEY))
        await rejection(subtle.decrypt(AES_CBC, await key_of(KEY), ciphertext), "OperationError")


@spec("https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0")
class TestEncryptingTakesLong:
    def test_above_a_kibibyte(self) -> None:
        algorithm = normalize_an_algorithm("encrypt", AES_CBC)
        assert (encrypting_takes_long(algorithm, 1024), encrypting_takes_long(algorithm, 1025)) == (
            False,
            True,
        )


@spec("https://w3c.github.io/webcrypto/#dfn-AesCbcParams-iv")
class TestCheckIV:
    @pytest.mark.parametrize("length", [0, 12, 15, 17])
    def test_has_16_bytes(self, length: int) -> None:
        check_iv(bytes(16))
        with pytest.raises(DOMException, match="^OperationError"):
            check_iv(bytes(length))
