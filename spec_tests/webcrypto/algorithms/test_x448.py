"""Secure Curves: X448. Its keys are tested in test_okp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.algorithms.test_okp import imported, pair_of
from spec_tests.webcrypto.harness import as_python, rejection, subtle
from worker_runtime import CryptoKey

spec = pytest.mark.spec


def with_key(key: CryptoKey) -> dict[str, Any]:
    return {"name": "X448", "public": key}


@spec("https://wicg.github.io/webcrypto-secure-curves/#x448-operations")
class TestDeriveBits:
    async def test_two_agree(self) -> None:
        (a_public, a_private), (b_public, b_private) = await pair_of("X448"), await pair_of("X448")
        secret = await subtle.deriveBits(with_key(b_public), a_private)
        assert await subtle.deriveBits(with_key(a_public), b_private) == secret
        assert len(secret) == 56

    async def test_a_peer_of_small_order_is_an_operation_error(self) -> None:
        _, private = await pair_of("X448")
        for u in (0, 1):
            public = await imported("X448", "raw", u.to_bytes(56, "little"))
            await rejection(subtle.deriveBits(with_key(public), private, 8), "OperationError")

    async def test_the_peer_has_a_public_key_of_the_same_algorithm(self) -> None:
        _, private = await pair_of("X448")
        other, _ = await pair_of("X25519")
        for public in (private, other):
            await rejection(subtle.deriveBits(with_key(public), private), "InvalidAccessError")

    async def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        data = as_python(
            wpt_data("WebCryptoAPI/derive_bits_keys/cfrg_curves_bits_fixtures.json")["data"]
        )
        private = await imported("X448", "pkcs8", data["pkcs8"]["X448"])
        public = await imported("X448", "spki", data["spki"]["X448"])
        expected = data["derivations"]["X448"]
        assert await subtle.deriveBits(with_key(public), private) == expected
        assert await subtle.deriveBits(with_key(public), private, 8 * 56 - 3) == expected[
            :-1
        ] + bytes([expected[-1] & 0xF8])
        await rejection(subtle.deriveBits(with_key(public), private, 8 * 56 + 1), "OperationError")
        for point in data["kSmallOrderPoint"]["X448"]:
            public = await imported("X448", "spki", point["vector"])
            await rejection(subtle.deriveBits(with_key(public), private), "OperationError")
