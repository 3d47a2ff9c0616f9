"""Web Cryptography: Ed25519. Its keys are tested in test_okp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.algorithms.test_okp import imported, pair_of
from spec_tests.webcrypto.harness import as_python, rejection, subtle
from worker_runtime.webcrypto.algorithms.ed25519 import KEYS
from worker_runtime.webcrypto.algorithms.okp import new_private_key
from worker_runtime.webcrypto.primitives.key_structures import (
    AlgorithmIdentifier,
    CurvePrivateKey,
    PrivateKeyInfo,
)

spec = pytest.mark.spec

# RFC 8032, 7.1, test 2
PRIVATE_KEY = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC_KEY = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


@spec("https://w3c.github.io/webcrypto/#ed25519-operations-sign")
class TestSign:
    async def test_example_of_the_standard(self) -> None:
        pkcs8 = PrivateKeyInfo(
            AlgorithmIdentifier("1.3.101.112", None), CurvePrivateKey(PRIVATE_KEY).encode()
        ).encode()
        key = await imported("Ed25519", "pkcs8", pkcs8)
        assert (
            key._handle == new_private_key(KEYS, PRIVATE_KEY)._handle == (PRIVATE_KEY, PUBLIC_KEY)
        )
        assert await subtle.sign("ed25519", key, b"\x72") == SIGNATURE

    async def test_needs_a_private_key(self) -> None:
        public, _ = await pair_of("Ed25519")
        await rejection(subtle.sign("Ed25519", public, b""), "InvalidAccessError")

    async def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        vectors = as_python(
            wpt_data("WebCryptoAPI/sign_verify/eddsa_vectors.json")["data"]["getTestVectors"][
                "Ed25519"
            ]
        )
        for vector in vectors:
            private = await imported("Ed25519", "pkcs8", vector["privateKeyBuffer"])
            public = await imported("Ed25519", "spki", vector["publicKeyBuffer"])
            assert await subtle.sign("Ed25519", private, vector["data"]) == vector["signature"]
            assert await subtle.verify("Ed25519", public, vector["signature"], vector["data"])


@spec("https://w3c.github.io/webcrypto/#ed25519-operations-verify")
class TestVerify:
    async def test_only_the_signature_of_that_text_will_do(self) -> None:
        key = await imported("Ed25519", "raw", PUBLIC_KEY)
        assert await subtle.verify("Ed25519", key, SIGNATURE, b"\x72") is True
        order = 2**252 + 27742317777372353535851937790883648493
        s_plus_order = (int.from_bytes(SIGNATURE[32:], "little") + order).to_bytes(32, "little")
        for wrong in (
            b"",
            SIGNATURE[:-1],
            SIGNATURE + b"\0",
            SIGNATURE[:32] + s_plus_order,
            bytes(64),
            b"\xff" * 64,
        ):
            assert await subtle.verify("Ed25519", key, wrong, b"\x72") is False
        assert await subtle.verify("Ed25519", key, SIGNATURE, b"\x73") is False

    async def test_needs_a_public_key(self) -> None:
        _, private = await pair_of("Ed25519")
        key = await subtle.importKey(
            "jwk", await subtle.exportKey("jwk", private), "Ed25519", True, ["sign"]
        )
        key._usages = ("verify",)  # which no private key has
        await rejection(subtle.verify("Ed25519", key, SIGNATURE, b""), "InvalidAccessError")

    async def test_points_of_small_order_are_refused(self) -> None:
        neutral = (1).to_bytes(32, "little")
        key = await imported("Ed25519", "raw", neutral)
        # [S]B = R + [k]A holds for S = 0, R = A = the neutral element, whatever the text.
        assert await subtle.verify("Ed25519", key, neutral + bytes(32), b"text") is False

    async def test_official_vectors_of_small_order(self, wpt_data: Callable[[str], Any]) -> None:
        cases = as_python(
            wpt_data("WebCryptoAPI/sign_verify/eddsa_vectors.json")["data"]["kSmallOrderTestCases"][
                "Ed25519"
            ]
        )
        for case in cases:
            key = await imported("Ed25519", "raw", case["keyData"])
            assert (
                await subtle.verify("Ed25519", key, case["signature"], case["message"])
                is case["verified"]
            )
