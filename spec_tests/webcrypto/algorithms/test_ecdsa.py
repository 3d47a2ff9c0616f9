"""Web Cryptography: ECDSA. Its keys are tested in test_ec."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.algorithms.test_ec import JWK, imported, pair_of
from spec_tests.webcrypto.harness import as_python, rejection, subtle
from worker_runtime.webcrypto.algorithm_normalization import normalize_an_algorithm
from worker_runtime.webcrypto.algorithms.ecdsa import EcdsaParams
from worker_runtime.webcrypto.json_web_key import base64url_decode
from worker_runtime.webcrypto.primitives.weierstrass import P_256

spec = pytest.mark.spec

SHA_256 = {"name": "ECDSA", "hash": "SHA-256"}


@spec("https://w3c.github.io/webcrypto/#dfn-EcdsaParams")
class TestEcdsaParams:
    def test_the_hash_is_required(self) -> None:
        assert isinstance(normalize_an_algorithm("sign", SHA_256), EcdsaParams)
        with pytest.raises(TypeError, match="'hash' is missing"):
            normalize_an_algorithm("sign", "ECDSA")


@spec("https://w3c.github.io/webcrypto/#ecdsa-operations-sign")
class TestSign:
    @pytest.mark.parametrize("hash", ["SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA3-256"])
    @pytest.mark.parametrize("curve, length", [("P-256", 64), ("P-384", 96), ("P-521", 132)])
    async def test_any_hash_goes_with_any_curve(self, curve: str, length: int, hash: str) -> None:
        public, private = await pair_of("ECDSA", curve)
        signature = await subtle.sign({"name": "ECDSA", "hash": hash}, private, b"text")
        assert len(signature) == length
        assert await subtle.verify({"name": "ECDSA", "hash": hash}, public, signature, b"text")

    async def test_two_signatures_are_not_equal(self) -> None:
        _, private = await pair_of("ECDSA")
        assert await subtle.sign(SHA_256, private, b"text") != await subtle.sign(
            SHA_256, private, b"text"
        )

    async def test_needs_a_private_key(self) -> None:
        public, _ = await pair_of("ECDSA")
        await rejection(subtle.sign(SHA_256, public, b""), "InvalidAccessError")


@spec("https://w3c.github.io/webcrypto/#ecdsa-operations-verify")
class TestVerify:
    async def test_example_of_rfc_7515(self) -> None:
        key = await imported("ECDSA", "jwk", {**JWK, "d": None})
        message = (
            b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
            b"cGxlLmNvbS9pc19yb290Ijp0"
            b"cnVlfQ"
        )
        signature = base64url_decode(
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
        )
        assert signature is not None
        assert await subtle.verify(SHA_256, key, signature, message) is True

    async def test_only_a_signature_of_that_text_will_do(self) -> None:
        public, private = await pair_of("ECDSA")
        signature = await subtle.sign(SHA_256, private, b"text")
        n = P_256.n.to_bytes(32)
        for wrong in (
            b"",
            signature[:-1],
            signature + b"\0",
            signature[32:] + signature[:32],
            bytes(64),
            n + n,
            bytes(32) + signature[32:],
        ):
            assert await subtle.verify(SHA_256, public, wrong, b"text") is False
        assert await subtle.verify(SHA_256, public, signature, b"texts") is False
        assert (
            await subtle.verify({"name": "ECDSA", "hash": "SHA-1"}, public, signature, b"text")
            is False
        )
        other, _ = await pair_of("ECDSA")
        assert await subtle.verify(SHA_256, other, signature, b"text") is False

    async def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        data = as_python(wpt_data("WebCryptoAPI/sign_verify/ecdsa_vectors.json")["data"])
        for vectors, valid in (
            (data["getTestVectors"], True),
            (data["getInvalidTestVectors"], False),
        ):
            for vector in vectors:
                algorithm = {"name": "ECDSA", "hash": vector["hashName"]}
                curve = vector["namedCurve"]
                key = await imported("ECDSA", "spki", vector["publicKeyBuffer"], curve)
                assert (
                    await subtle.verify(algorithm, key, vector["signature"], vector["plaintext"])
                    is valid
                )
