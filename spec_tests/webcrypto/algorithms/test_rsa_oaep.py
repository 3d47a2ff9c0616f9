"""Web Cryptography: RSA-OAEP. Its keys are tested in test_rsa."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.algorithms.test_rsa import private_key, public_key
from spec_tests.webcrypto.harness import as_python, rejection, subtle
from worker_runtime.webcrypto.algorithm_normalization import normalize_an_algorithm
from worker_runtime.webcrypto.algorithms.rsa_oaep import RsaOaepParams

spec = pytest.mark.spec

LABELLED = {"name": "RSA-OAEP", "label": b"label"}


@spec("https://w3c.github.io/webcrypto/#dfn-RsaOaepParams")
class TestRsaOaepParams:
    def test_the_label_is_a_buffer_or_not_there(self) -> None:
        assert isinstance(normalize_an_algorithm("encrypt", "RSA-OAEP"), RsaOaepParams)
        with pytest.raises(TypeError):
            normalize_an_algorithm("encrypt", {"name": "RSA-OAEP", "label": "label"})


@spec("https://w3c.github.io/webcrypto/#rsa-oaep-operations-encrypt")
class TestEncrypt:
    @pytest.mark.parametrize("hash, most", [("SHA-1", 86), ("SHA-256", 62), ("SHA3-384", 30)])
    async def test_there_is_room_for_some_bytes(self, hash: str, most: int) -> None:
        public, private = await public_key("RSA-OAEP", hash), await private_key("RSA-OAEP", hash)
        for length in (0, 1, most):
            ciphertext = await subtle.encrypt(LABELLED, public, bytes(length))
            assert len(ciphertext) == 128
            assert await subtle.decrypt(LABELLED, private, ciphertext) == bytes(length)
        await rejection(subtle.encrypt(LABELLED, public, bytes(most + 1)), "OperationError")

    async def test_a_modulus_that_is_too_short_is_an_operation_error(self) -> None:
        await rejection(
            subtle.encrypt("RSA-OAEP", await public_key("RSA-OAEP", "SHA-512"), b""),
            "OperationError",
        )

    async def test_needs_a_public_key(self) -> None:
        await rejection(
            subtle.encrypt("RSA-OAEP", await private_key("RSA-OAEP"), b""), "InvalidAccessError"
        )

    async def test_two_ciphertexts_are_not_equal(self) -> None:
        key = await public_key("RSA-OAEP")
        assert await subtle.encrypt("RSA-OAEP", key, b"") != await subtle.encrypt(
            "RSA-OAEP", key, b""
        )


@spec("https://w3c.github.io/webcrypto/#rsa-oaep-operations-decrypt")
class TestDecrypt:
    async def test_all_errors_are_the_same(self) -> None:
        public, private = await public_key("RSA-OAEP"), await private_key("RSA-OAEP")
        ciphertext = await subtle.encrypt(LABELLED, public, b"text")
        assert await subtle.decrypt(LABELLED, private, ciphertext) == b"text"
        messages = {
            await rejection(subtle.decrypt("RSA-OAEP", private, ciphertext), "OperationError")
        }
        for wrong in (
            b"",
            ciphertext[1:],
            b"\0" + ciphertext,
            ciphertext[:-1] + b"\0",
            bytes(128),
            b"\xff" * 128,
        ):
            messages.add(
                await rejection(subtle.decrypt(LABELLED, private, wrong), "OperationError")
            )
        assert len(messages) == 1

    async def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for vector in as_python(
            wpt_data("WebCryptoAPI/encrypt_decrypt/rsa_vectors.json")["data"]["getTestVectors"]
        )["passing"]:
            algorithm = {"name": "RSA-OAEP", "hash": vector["hash"]}
            private = await subtle.importKey(
                "pkcs8", vector["privateKeyBuffer"], algorithm, False, ["decrypt"]
            )
            public = await subtle.importKey(
                "spki", vector["publicKeyBuffer"], algorithm, False, ["encrypt"]
            )
            if vector.get("ciphertext"):
                assert (
                    await subtle.decrypt(vector["algorithm"], private, vector["ciphertext"])
                    == vector["plaintext"]
                )
            if len(vector["plaintext"]) <= 256 - 2 * 64 - 2:
                ciphertext = await subtle.encrypt(vector["algorithm"], public, vector["plaintext"])
                assert (
                    await subtle.decrypt(vector["algorithm"], private, ciphertext)
                    == vector["plaintext"]
                )
