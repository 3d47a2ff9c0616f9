"""Web Cryptography: X25519. Its keys are tested in test_okp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.algorithms.test_okp import imported, pair_of
from spec_tests.webcrypto.harness import as_python, rejection, subtle
from worker_runtime import CryptoKey

spec = pytest.mark.spec


def with_key(key: CryptoKey) -> dict[str, Any]:
    return {"name": "X25519", "public": key}


@spec("https://w3c.github.io/webcrypto/#x25519-operations-derive-bits")
class TestDeriveBits:
    async def test_two_agree(self) -> None:
        (a_public, a_private), (b_public, b_private) = (
            await pair_of("X25519"),
            await pair_of("X25519"),
        )
        secret = await subtle.deriveBits(with_key(b_public), a_private)
        assert await subtle.deriveBits(with_key(a_public), b_private) == secret
        assert len(secret) == 32

    async def test_a_peer_of_small_order_is_an_operation_error(self) -> None:
        _, private = await pair_of("X25519")
        for u in (0, 1):
            public = await imported("X25519", "raw", u.to_bytes(32, "little"))
            await rejection(subtle.deriveBits(with_key(public), private, 8), "OperationError")

    async def test_the_peer_has_a_public_key_of_the_same_algorithm(self) -> None:
        _, private = await pair_of("X25519")
        other, _ = await pair_of("X448")
        for public in (private, other):
            await rejection(subtle.deriveBits(with_key(public), private), "InvalidAccessError")

    async def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        data = as_python(
            wpt_data("WebCryptoAPI/derive_bits_keys/cfrg_curves_bits_fixtures.json")["data"]
        )
        private = await imported("X25519", "pkcs8", data["pkcs8"]["X25519"])
        public = await imported("X25519", "spki", data["spki"]["X25519"])
        expected = data["derivations"]["X25519"]
        assert await subtle.deriveBits(with_key(public), private) == expected
        assert await subtle.deriveBits(with_key(public), private, 8 * 32 - 3) == expected[
            :-1
        ] + bytes([expected[-1] & 0xF8])
        await rejection(subtle.deriveBits(with_key(public), private, 8 * 32 + 1), "OperationError")
        for point in data["kSmallOrderPoint"]["X25519"]:
            public = await imported("X25519", "spki", point["vector"])
            await rejection(subtle.deriveBits(with_key(public), private), "OperationError")
