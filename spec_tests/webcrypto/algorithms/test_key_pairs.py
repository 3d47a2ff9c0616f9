"""Web Cryptography: what all algorithms with key pairs have in common."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.webcrypto.harness import key_pair, rejection
from worker_runtime import DOMException
from worker_runtime.webcrypto.algorithms.key_pairs import (
    ENCRYPTION,
    KEY_AGREEMENT,
    SIGNATURE,
    check_type,
    new_key_pair,
    with_key_ops_and_ext,
)
from worker_runtime.webcrypto.crypto_key import new_crypto_key
from worker_runtime.webcrypto.json_web_key import KEY_OPS_OF_USE
from worker_runtime.webcrypto.key_algorithm_dictionary import KeyAlgorithm

spec = pytest.mark.spec

RSA = {"modulusLength": 512, "publicExponent": b"\3", "hash": "SHA-1"}
SIGNING: list[Any] = [
    {"name": "RSASSA-PKCS1-v1_5", **RSA},
    {"name": "RSA-PSS", **RSA},
    {"name": "ECDSA", "namedCurve": "P-256"},
    "Ed25519",
    "Ed448",
]
AGREEING: list[Any] = [{"name": "ECDH", "namedCurve": "P-256"}, "X25519", "X448"]


@spec("https://w3c.github.io/webcrypto/#keypair")
class TestKeyPairUsages:
    def test_are_those_of_the_use(self) -> None:
        for usages in (SIGNATURE, ENCRYPTION, KEY_AGREEMENT):
            assert set(usages.public + usages.private) <= set(KEY_OPS_OF_USE[usages.use])

    @pytest.mark.parametrize("algorithm", SIGNING)
    async def test_of_signatures(self, algorithm: Any) -> None:
        pair = await key_pair(algorithm, "verify", "sign", "sign")
        assert (pair.publicKey.usages, pair.privateKey.usages) == (("verify",), ("sign",))
        for usage in ("encrypt", "deriveBits", "wrapKey"):
            await rejection(key_pair(algorithm, "sign", usage), "SyntaxError")
        await rejection(key_pair(algorithm, "verify"), "SyntaxError")

    @pytest.mark.parametrize("algorithm", AGREEING)
    async def test_of_agreements(self, algorithm: Any) -> None:
        pair = await key_pair(algorithm, "deriveBits", "deriveKey")
        assert (pair.publicKey.usages, pair.privateKey.usages) == ((), ("deriveKey", "deriveBits"))
        for usage in ("encrypt", "sign", "wrapKey"):
            await rejection(key_pair(algorithm, "deriveBits", usage), "SyntaxError")
        await rejection(key_pair(algorithm), "SyntaxError")

    async def test_of_encryption(self) -> None:
        pair = await key_pair({"name": "RSA-OAEP", **RSA}, "unwrapKey", "wrapKey", "encrypt")
        assert (pair.publicKey.usages, pair.privateKey.usages) == (
            ("encrypt", "wrapKey"),
            ("unwrapKey",),
        )
        for usage in ("sign", "deriveBits"):
            await rejection(key_pair({"name": "RSA-OAEP", **RSA}, "decrypt", usage), "SyntaxError")
        await rejection(key_pair({"name": "RSA-OAEP", **RSA}, "encrypt"), "SyntaxError")


@spec("https://w3c.github.io/webcrypto/#dfn-CryptoKeyPair-publicKey")
class TestNewKeyPair:
    def test_the_public_key_is_always_extractable(self) -> None:
        pair = new_key_pair(
            KeyAlgorithm("Ed25519"), b"public", b"private", False, ["verify", "sign"], SIGNATURE
        )
        assert (pair.publicKey.extractable, pair.privateKey.extractable) == (True, False)


@spec("https://w3c.github.io/webcrypto/#SubtleCrypto-Exceptions")
class TestCheckType:
    def test_another_type_is_an_invalid_access(self) -> None:
        key = new_crypto_key("public", KeyAlgorithm("Ed25519"), b"")
        check_type(key, "public")
        with pytest.raises(
            DOMException, match="^InvalidAccessError: This needs a private key, not a public one"
        ):
            check_type(key, "private")


@spec("https://w3c.github.io/webcrypto/#dom-jsonwebkey-key_ops")
class TestWithKeyOpsAndExt:
    def test_come_last(self) -> None:
        key = new_crypto_key("private", KeyAlgorithm("Ed25519"), b"", True, ["sign"])
        assert with_key_ops_and_ext({"kty": "OKP"}, key) == {
            "kty": "OKP",
            "key_ops": ["sign"],
            "ext": True,
        }
