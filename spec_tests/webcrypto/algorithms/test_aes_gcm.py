"""Web Cryptography: AES-GCM. Its keys are tested in test_aes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.harness import as_python, rejection, secret_key, subtle
from worker_runtime import CryptoKey, DOMException
from worker_runtime.webcrypto.algorithm_normalization import normalize_an_algorithm
from worker_runtime.webcrypto.algorithms.aes_gcm import AesGcmParams, check_iv, tag_length_in_bytes

spec = pytest.mark.spec

# Test case 4 of the paper that proposed GCM
KEY = bytes.fromhex("feffe9928665731c6d6a8f9467308308")
IV = bytes.fromhex("cafebabefacedbaddecaf888")
PLAINTEXT = bytes.fromhex(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b5"
    "25b16aedf5aa0de657ba637b39"
)
ADDITIONAL_DATA = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
CIPHERTEXT = bytes.fromhex(
    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa"
    "051ba30b396a0aac973d58e091"
)
TAG = bytes.fromhex("5bc94fbc3221a5db94fae95ae7121a47")


async def key_of(data: bytes) -> CryptoKey:
    return await subtle.importKey("raw", data, "AES-GCM", False, ["encrypt", "decrypt"])


def parameters(**members: Any) -> dict[str, Any]:
    return {"name": "AES-GCM", "iv": IV, "additionalData": ADDITIONAL_DATA} | members


@spec("https://w3c.github.io/webcrypto/#dfn-AesGcmParams")
class TestAesGcmParams:
    @pytest.mark.parametrize(
        "member",
        [
            {"iv": None},
            {"iv": "iv"},
            {"additionalData": "text"},
            {"tagLength": 256},
            {"tagLength": -1},
        ],
    )
    def test_members_are_of_their_types(self, member: Any) -> None:
        assert isinstance(normalize_an_algorithm("encrypt", parameters()), AesGcmParams)
        with pytest.raises(TypeError):
            normalize_an_algorithm("encrypt", parameters(**member))


@spec("https://w3c.github.io/webcrypto/#aes-gcm-operations-encrypt")
class TestEncrypt:
    async def test_example(self) -> None:
        key = await key_of(KEY)
        assert await subtle.encrypt(parameters(), key, PLAINTEXT) == CIPHERTEXT + TAG
        assert (
            await subtle.encrypt(parameters(tagLength=104), key, PLAINTEXT) == CIPHERTEXT + TAG[:13]
        )

    @pytest.mark.parametrize("file", ["aes_gcm_96_iv_vectors", "aes_gcm_256_iv_vectors"])
    async def test_official_vectors(self, wpt_data: Callable[[str], Any], file: str) -> None:
        vectors = as_python(
            wpt_data(f"WebCryptoAPI/encrypt_decrypt/{file}.json")["data"]["getTestVectors"]
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
            await rejection(
                subtle.decrypt(vector["algorithm"], key, vector["result"]), "OperationError"
            )


@spec("https://w3c.github.io/webcrypto/#aes-gcm-operations-decrypt")
class TestDecrypt:
    async def test_what_was_changed_on_the_way_is_refused(self) -> None:
        key = await key_of(KEY)
        assert await subtle.decrypt(parameters(), key, CIPHERTEXT + TAG) == PLAINTEXT
        for algorithm, data in (
            (parameters(), CIPHERTEXT[:-1] + b"\0" + TAG),
            (parameters(), CIPHERTEXT + TAG[:-1] + b"\0"),
            (parameters(), CIPHERTEXT + TAG[:-1]),
            (parameters(), CIPHERTEXT + TAG + b"\0"),
            (parameters(iv=bytes(12)), CIPHERTEXT + TAG),
            (parameters(additionalData=None), CIPHERTEXT + TAG),
            (parameters(tagLength=120), CIPHERTEXT + TAG),
        ):
            await rejection(subtle.decrypt(algorithm, key, data), "OperationError")

    @pytest.mark.parametrize("length", [0, 15])
    async def test_without_room_for_a_tag_is_refused(self, length: int) -> None:
        await rejection(
            subtle.decrypt(parameters(), await key_of(KEY), bytes(length)), "OperationError"
        )

    @pytest.mark.parametrize("iv_length", [1, 12, 16, 100])
    async def test_an_iv_has_any_length(self, iv_length: int) -> None:
        key = await secret_key({"name": "AES-GCM", "length": 256}, "encrypt", "decrypt")
        algorithm = parameters(iv=bytes(iv_length))
        assert (
            await subtle.decrypt(algorithm, key, await subtle.encrypt(algorithm, key, b"text"))
            == b"text"
        )


@spec("https://w3c.github.io/webcrypto/#dfn-AesGcmParams-iv")
class TestCheckIV:
    async def test_there_has_to_be_one(self) -> None:
        check_iv(b"\0")
        with pytest.raises(DOMException, match="^OperationError"):
            check_iv(b"")
        key = await key_of(KEY)
        await rejection(subtle.encrypt(parameters(iv=b""), key, b""), "OperationError")
        await rejection(subtle.decrypt(parameters(iv=b""), key, bytes(16)), "OperationError")


@spec("https://w3c.github.io/webcrypto/#dfn-AesGcmParams-tagLength")
class TestTagLengthInBytes:
    def test_there_are_seven(self) -> None:
        def tag_length(length: int | None) -> int:
            return tag_length_in_bytes(
                normalize_an_algorithm("encrypt", parameters(tagLength=length))
            )

        assert [tag_length(length) for length in (None, 32, 64, 96, 104, 112, 120, 128)] == [
            16,
            4,
            8,
            12,
            13,
            14,
            15,
            16,
        ]
        for length in (0, 8, 24, 31, 33, 97, 136):
            with pytest.raises(DOMException, match="^OperationError"):
                tag_length(length)
