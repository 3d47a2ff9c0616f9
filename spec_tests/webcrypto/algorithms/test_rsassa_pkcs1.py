"""Web Cryptography: RSASSA-PKCS1-v1_5. Its keys are tested in test_rsa."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.algorithms.test_rsa import private_key, public_key
from spec_tests.webcrypto.harness import as_python, key_pair, rejection, subtle

spec = pytest.mark.spec

NAME = "RSASSA-PKCS1-v1_5"


@spec("https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-sign")
class TestSign:
    async def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for vector in as_python(
            wpt_data("WebCryptoAPI/sign_verify/rsa_pkcs_vectors.json")["data"]["getTestVectors"]
        ):
            algorithm = {"name": NAME, "hash": vector["hash"]}
            private = await subtle.importKey(
                "pkcs8", vector["privateKeyBuffer"], algorithm, False, ["sign"]
            )
            public = await subtle.importKey(
                "spki", vector["publicKeyBuffer"], algorithm, False, ["verify"]
            )
            assert (
                await subtle.sign(vector["algorithm"], private, vector["plaintext"])
                == vector["signature"]
            )
            assert await subtle.verify(
                vector["algorithm"], public, vector["signature"], vector["plaintext"]
            )

    async def test_a_modulus_that_is_too_short_is_an_operation_error(self) -> None:
        parameters = {
            "name": NAME,
            "modulusLength": 512,
            "publicExponent": b"\3",
            "hash": "SHA-512",
        }
        pair = await key_pair(parameters, "sign", "verify")
        await rejection(subtle.sign(NAME, pair.privateKey, b""), "OperationError")
        assert await subtle.verify(NAME, pair.publicKey, bytes(64), b"") is False

    async def test_needs_a_private_key(self) -> None:
        key = await public_key(NAME)
        await rejection(subtle.sign(NAME, key, b""), "InvalidAccessError")


@spec("https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-verify")
class TestVerify:
    @pytest.mark.parametrize("hash", ["SHA-1", "SHA-256", "SHA3-256"])
    async def test_only_the_signature_of_that_text_will_do(self, hash: str) -> None:
        private, public = await private_key(NAME, hash), await public_key(NAME, hash)
        signature = await subtle.sign(NAME, private, b"text")
        assert await subtle.verify(NAME, public, signature, b"text") is True
        for wrong in (
            b"",
            signature[1:],
            b"\0" + signature,
            signature[:-1] + b"\0",
            bytes(128),
            b"\xff" * 128,
        ):
            assert await subtle.verify(NAME, public, wrong, b"text") is False
        assert await subtle.verify(NAME, public, signature, b"texts") is False
        assert (
            await subtle.verify(NAME, await public_key(NAME, "SHA-384"), signature, b"text")
            is False
        )
