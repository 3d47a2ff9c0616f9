"""Secure Curves: Ed448. Its keys are tested in test_okp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.algorithms.test_okp import imported, pair_of
from spec_tests.webcrypto.harness import as_python, rejection, subtle
from worker_runtime import DOMException
from worker_runtime.webcrypto.algorithm_normalization import normalize_an_algorithm
from worker_runtime.webcrypto.algorithms.ed448 import Ed448Params, context_of

spec = pytest.mark.spec

# RFC 8032, 7.4: 1 octet (with context)
PUBLIC_KEY = bytes.fromhex(
    "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0866aea01eb00742802b8438ea4cb8216"
    "9c235160627b4c3a9480"
)
SIGNATURE = bytes.fromhex(
    "d4f8f6131770dd46f40867d6fd5d5055de43541f8c5e35abbcd001b32a89f7d2151f7647f11d8ca2ae279fb8"
    "42d607217fce6e042f6815ea000c85741de5c8da1144a6a1aba7f96de42505d7a7298524fda538fccbbb754f"
    "578c1cad10d54d0d5428407e85dcbc98a49155c13764e66c3c00"
)
CONTEXT = b"foo"


@spec("https://wicg.github.io/webcrypto-secure-curves/#dfn-Ed448Params")
class TestEd448Params:
    def test_the_context_is_a_buffer_or_not_there(self) -> None:
        assert isinstance(normalize_an_algorithm("sign", "Ed448"), Ed448Params)
        with pytest.raises(TypeError):
            normalize_an_algorithm("sign", {"name": "Ed448", "context": "foo"})


@spec("https://www.rfc-editor.org/rfc/rfc8032#section-5.2.6")
class TestSign:
    async def test_signatures_are_of_one_context(self) -> None:
        public, private = await pair_of("Ed448")
        signature = await subtle.sign({"name": "Ed448", "context": CONTEXT}, private, b"text")
        assert (
            await subtle.verify({"name": "Ed448", "context": CONTEXT}, public, signature, b"text")
            is True
        )
        assert (
            await subtle.verify({"name": "Ed448", "context": b"bar"}, public, signature, b"text")
            is False
        )
        assert await subtle.verify("Ed448", public, signature, b"text") is False

    async def test_no_context_is_an_empty_one(self) -> None:
        _, private = await pair_of("Ed448")
        assert await subtle.sign("Ed448", private, b"") == await subtle.sign(
            {"name": "Ed448", "context": b""}, private, b""
        )

    async def test_needs_a_private_key(self) -> None:
        public, _ = await pair_of("Ed448")
        await rejection(subtle.sign("Ed448", public, b""), "InvalidAccessError")

    async def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        vectors = as_python(
            wpt_data("WebCryptoAPI/sign_verify/eddsa_vectors.json")["data"]["getTestVectors"][
                "Ed448"
            ]
        )
        for vector in vectors:
            private = await imported("Ed448", "pkcs8", vector["privateKeyBuffer"])
            public = await imported("Ed448", "spki", vector["publicKeyBuffer"])
            assert await subtle.sign("Ed448", private, vector["data"]) == vector["signature"]
            assert await subtle.verify("Ed448", public, vector["signature"], vector["data"])


@spec("https://www.rfc-editor.org/rfc/rfc8032#section-5.2.7")
class TestVerify:
    async def test_example_of_the_standard(self) -> None:
        key = await imported("Ed448", "raw", PUBLIC_KEY)
        assert (
            await subtle.verify({"name": "Ed448", "context": CONTEXT}, key, SIGNATURE, b"\3")
            is True
        )

    async def test_points_of_small_order_are_refused(self) -> None:
        neutral = (1).to_bytes(57, "little")
        key = await imported("Ed448", "raw", neutral)
        assert await subtle.verify("Ed448", key, neutral + bytes(57), b"text") is False
        public, _ = await pair_of("Ed448")
        assert await subtle.verify("Ed448", public, neutral + bytes(57), b"text") is False


@spec("https://wicg.github.io/webcrypto-secure-curves/#dfn-Ed448Params-context")
class TestContextOf:
    async def test_has_at_most_255_bytes(self) -> None:
        def context(length: int) -> bytes:
            return context_of(
                normalize_an_algorithm("sign", {"name": "Ed448", "context": bytes(length)})
            )

        assert context(255) == bytes(255)
        with pytest.raises(DOMException, match="^OperationError"):
            context(256)
        public, private = await pair_of("Ed448")
        await rejection(
            subtle.verify({"name": "Ed448", "context": bytes(256)}, public, b"", b""),
            "OperationError",
        )
