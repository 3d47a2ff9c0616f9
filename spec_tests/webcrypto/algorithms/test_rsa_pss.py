"""Web Cryptography: RSA-PSS. Its keys are tested in test_rsa."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.algorithms.test_rsa import private_key, public_key
from spec_tests.webcrypto.harness import as_python, counting_entropy, rejection, subtle
from worker_runtime.webcrypto.algorithm_normalization import normalize_an_algorithm
from worker_runtime.webcrypto.algorithms.rsa_pss import RsaPssParams

spec = pytest.mark.spec


def parameters(salt_length: int = 20) -> dict[str, Any]:
    return {"name": "RSA-PSS", "saltLength": salt_length}


@spec("https://w3c.github.io/webcrypto/#dfn-RsaPssParams")
class TestRsaPssParams:
    def test_the_length_of_the_salt_is_required(self) -> None:
        assert isinstance(normalize_an_algorithm("sign", parameters()), RsaPssParams)
        for algorithm in ("RSA-PSS", parameters(-1), parameters(2**32)):
            with pytest.raises(TypeError):
                normalize_an_algorithm("sign", algorithm)


@spec("https://w3c.github.io/webcrypto/#rsa-pss-operations-sign")
class TestSign:
    async def test_the_salt_is_random(self) -> None:
        key = await private_key()
        with counting_entropy() as entropy:
            await subtle.sign(parameters(17), key, b"text")
        assert entropy.lengths == [17]
        assert await subtle.sign(parameters(), key, b"text") != await subtle.sign(
            parameters(), key, b"text"
        )
        assert await subtle.sign(parameters(0), key, b"text") == await subtle.sign(
            parameters(0), key, b"text"
        )

    async def test_a_salt_that_is_too_long_is_an_operation_error(self) -> None:
        key = await private_key()
        assert len(await subtle.sign(parameters(94), key, b"text")) == 128
        for salt_length in (95, 2**32 - 1):
            await rejection(subtle.sign(parameters(salt_length), key, b"text"), "OperationError")

    async def test_needs_a_private_key(self) -> None:
        await rejection(subtle.sign(parameters(), await public_key(), b""), "InvalidAccessError")


@spec("https://w3c.github.io/webcrypto/#rsa-pss-operations-verify")
class TestVerify:
    @pytest.mark.parametrize("hash", ["SHA-1", "SHA-384", "SHA3-256"])
    async def test_only_a_signature_of_that_text_will_do(self, hash: str) -> None:
        private, public = await private_key(hash=hash), await public_key(hash=hash)
        signature = await subtle.sign(parameters(), private, b"text")
        assert await subtle.verify(parameters(), public, signature, b"text") is True
        for wrong in (
            b"",
            signature[1:],
            b"\0" + signature,
            signature[:-1] + b"\0",
            bytes(128),
            b"\xff" * 128,
        ):
            assert await subtle.verify(parameters(), public, wrong, b"text") is False
        assert await subtle.verify(parameters(), public, signature, b"texts") is False
        for salt_length in (0, 19, 21, 2**32 - 1):
            assert await subtle.verify(parameters(salt_length), public, signature, b"text") is False

    async def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for vector in as_python(
            wpt_data("WebCryptoAPI/sign_verify/rsa_pss_vectors.json")["data"]["getTestVectors"]
        ):
            algorithm = {"name": "RSA-PSS", "hash": vector["hash"]}
            private = await subtle.importKey(
                "pkcs8", vector["privateKeyBuffer"], algorithm, False, ["sign"]
            )
            public = await subtle.importKey(
                "spki", vector["publicKeyBuffer"], algorithm, False, ["verify"]
            )
            assert await subtle.verify(
                vector["algorithm"], public, vector["signature"], vector["plaintext"]
            )
            signature = await subtle.sign(vector["algorithm"], private, vector["plaintext"])
            assert await subtle.verify(vector["algorithm"], public, signature, vector["plaintext"])
