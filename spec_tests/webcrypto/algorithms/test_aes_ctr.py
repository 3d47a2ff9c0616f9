"""Web Cryptography: AES-CTR. Its keys are tested in test_aes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.harness import as_python, rejection, secret_key, subtle
from worker_runtime import CryptoKey
from worker_runtime.webcrypto.algorithm_normalization import normalize_an_algorithm
from worker_runtime.webcrypto.algorithms.aes_ctr import AesCtrParams

spec = pytest.mark.spec

# SP 800-38A, F.5.1
KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
COUNTER = bytes(range(0xF0, 0x100))
PLAINTEXT = bytes.fromhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
CIPHERTEXT = bytes.fromhex("874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff")


async def key_of(data: bytes) -> CryptoKey:
    return await subtle.importKey("raw", data, "AES-CTR", False, ["encrypt", "decrypt"])


def parameters(counter: bytes = COUNTER, length: int = 128) -> dict[str, Any]:
    return {"name": "AES-CTR", "counter": counter, "length": length}


@spec("https://w3c.github.io/webcrypto/#dfn-AesCtrParams")
class TestAesCtrParams:
    @pytest.mark.parametrize(
        "member",
        [{"counter": None}, {"counter": "0"}, {"length": None}, {"length": 256}, {"length": -1}],
    )
    def test_both_members_are_required_and_of_their_types(self, member: Any) -> None:
        assert isinstance(normalize_an_algorithm("encrypt", parameters()), AesCtrParams)
        with pytest.raises(TypeError):
            normalize_an_algorithm("encrypt", parameters() | member)


@spec("https://w3c.github.io/webcrypto/#aes-ctr-operations-encrypt")
class TestEncrypt:
    async def test_example_of_the_standard(self) -> None:
        assert await subtle.encrypt(parameters(), await key_of(KEY), PLAINTEXT) == CIPHERTEXT

    async def test_the_counting_bits_wrap_around(self) -> None:
        key = await key_of(KEY)
        first = await subtle.encrypt(parameters(bytes(16)), key, bytes(16))
        counter = bytes(15) + b"\xff"
        assert (await subtle.encrypt(parameters(counter, 8), key, bytes(32)))[16:] == first
        assert (await subtle.encrypt(parameters(counter, 9), key, bytes(32)))[16:] != first

    @pytest.mark.parametrize("length, most", [(1, 32), (2, 64), (4, 256), (8, 4096)])
    async def test_the_key_stream_does_not_repeat(self, length: int, most: int) -> None:
        key = await key_of(KEY)
        for counter in (bytes(16), COUNTER):
            algorithm = parameters(counter, length)
            ciphertext = await subtle.encrypt(algorithm, key, bytes(most))
            assert len({ciphertext[at : at + 16] for at in range(0, most, 16)}) == most // 16
            await rejection(subtle.encrypt(algorithm, key, bytes(most + 1)), "OperationError")
            await rejection(subtle.decrypt(algorithm, key, bytes(most + 16)), "OperationError")

    async def test_counter_and_length_are_of_a_block(self) -> None:
        key = await key_of(KEY)
        for algorithm in (
            parameters(b""),
            parameters(bytes(15)),
            parameters(bytes(17)),
            parameters(length=0),
            parameters(length=129),
        ):
            await rejection(subtle.encrypt(algorithm, key, b""), "OperationError")
            await rejection(subtle.decrypt(algorithm, key, b""), "OperationError")

    async def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        vectors = as_python(
            wpt_data("WebCryptoAPI/encrypt_decrypt/aes_ctr_vectors.json")["data"]["getTestVectors"]
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


@spec("https://w3c.github.io/webcrypto/#aes-ctr-operations-decrypt")
class TestDecrypt:
    async def test_takes_any_number_of_bytes(self) -> None:
        key = await secret_key({"name": "AES-CTR", "length": 256}, "encrypt", "decrypt")
        for length in (0, 1, 15, 16, 17, 100, 20_000):
            text = bytes(index % 251 for index in range(length))
            ciphertext = await subtle.encrypt(parameters(length=64), key, text)
            assert len(ciphertext) == length
            assert await subtle.decrypt(parameters(length=64), key, ciphertext) == text
