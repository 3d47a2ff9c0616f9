"""Web Cryptography: the KeyAlgorithm dictionary."""

from __future__ import annotations

import pytest

from spec_tests.webcrypto.harness import RSA_JWK, exported_jwk, key_pair, secret_key, subtle
from worker_runtime.webcrypto.key_algorithm_dictionary import (
    AesKeyAlgorithm,
    EcKeyAlgorithm,
    HmacKeyAlgorithm,
    KeyAlgorithm,
    RsaHashedKeyAlgorithm,
)

spec = pytest.mark.spec


@spec("https://w3c.github.io/webcrypto/#dfn-KeyAlgorithm")
class TestKeyAlgorithm:
    async def test_of_a_curve_that_has_a_name_of_its_own(self) -> None:
        pair = await key_pair("x25519", "deriveBits")
        assert pair.publicKey.algorithm == pair.privateKey.algorithm == KeyAlgorithm("X25519")


@spec("https://w3c.github.io/webcrypto/#dfn-RsaHashedKeyAlgorithm")
class TestRsaHashedKeyAlgorithm:
    async def test_the_exponent_has_no_leading_zeros(self) -> None:
        algorithm = {"name": "RSA-PSS", "hash": "SHA-1"}
        key = await subtle.importKey("jwk", RSA_JWK, algorithm, False, ["sign"])
        assert key.algorithm == RsaHashedKeyAlgorithm(
            "RSA-PSS", 1024, b"\1\0\1", KeyAlgorithm("SHA-1")
        )
        parameters = {
            "name": "RSA-PSS",
            "modulusLength": 512,
            "publicExponent": bytes(3) + b"\1\0\1",
            "hash": "SHA-1",
        }
        pair = await key_pair(parameters, "sign")
        assert isinstance(pair.publicKey.algorithm, RsaHashedKeyAlgorithm)
        assert pair.publicKey.algorithm.publicExponent == b"\1\0\1"


@spec("https://w3c.github.io/webcrypto/#dfn-EcKeyAlgorithm")
class TestEcKeyAlgorithm:
    async def test_names_the_curve(self) -> None:
        pair = await key_pair({"name": "ECDH", "namedCurve": "P-384"}, "deriveBits")
        assert pair.publicKey.algorithm == EcKeyAlgorithm("ECDH", "P-384")


@spec("https://w3c.github.io/webcrypto/#dfn-AesKeyAlgorithm")
class TestAesKeyAlgorithm:
    async def test_can_be_passed_as_an_algorithm(self) -> None:
        key = await secret_key({"name": "AES-GCM", "length": 192}, "encrypt")
        assert key.algorithm == AesKeyAlgorithm("AES-GCM", 192)
        assert (await secret_key(key.algorithm, "encrypt")).algorithm == key.algorithm


@spec("https://w3c.github.io/webcrypto/#dfn-HmacKeyAlgorithm")
class TestHmacKeyAlgorithm:
    async def test_can_be_passed_as_an_algorithm(self) -> None:
        key = await secret_key({"name": "HMAC", "hash": "SHA-384"}, "sign")
        assert key.algorithm == HmacKeyAlgorithm("HMAC", KeyAlgorithm("SHA-384"), 1024)
        other = await subtle.importKey(
            "jwk", await exported_jwk(key), key.algorithm, True, ["sign"]
        )
        assert other.algorithm == key.algorithm
