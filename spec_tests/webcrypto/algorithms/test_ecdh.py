"""Web Cryptography: ECDH, and what X25519 and X448 have in common with it. Its keys are tested in
test_ec.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.algorithms.test_ec import imported, pair_of
from spec_tests.webcrypto.harness import as_python, key_pair, rejection, subtle
from worker_runtime import CryptoKey, DOMException
from worker_runtime.webcrypto.algorithm_normalization import normalize_an_algorithm
from worker_runtime.webcrypto.algorithms.ec import CURVES
from worker_runtime.webcrypto.algorithms.ecdh import EcdhKeyDeriveParams, first_bits, peers_key

spec = pytest.mark.spec


def with_key(key: CryptoKey) -> dict[str, Any]:
    return {"name": key.algorithm.name, "public": key}


@spec("https://w3c.github.io/webcrypto/#dfn-EcdhKeyDeriveParams")
class TestEcdhKeyDeriveParams:
    async def test_the_public_key_is_required(self) -> None:
        public, _ = await pair_of("ECDH")
        assert isinstance(
            normalize_an_algorithm("deriveBits", with_key(public)), EcdhKeyDeriveParams
        )
        for algorithm in ("ECDH", {"name": "ECDH", "public": {}}, {"name": "ECDH", "public": b""}):
            with pytest.raises(TypeError):
                normalize_an_algorithm("deriveBits", algorithm)


@spec("https://w3c.github.io/webcrypto/#ecdh-operations-derive-bits")
class TestDeriveBits:
    @pytest.mark.parametrize("curve", CURVES)
    async def test_two_agree(self, curve: str) -> None:
        (a_public, a_private), (b_public, b_private) = (
            await pair_of("ECDH", curve),
            await pair_of("ECDH", curve),
        )
        secret = await subtle.deriveBits(with_key(b_public), a_private)
        assert await subtle.deriveBits(with_key(a_public), b_private) == secret
        assert len(secret) == CURVES[curve].octets

    async def test_keys_of_different_curves_do_not(self) -> None:
        _, private = await pair_of("ECDH", "P-256")
        public, _ = await pair_of("ECDH", "P-384")
        await rejection(subtle.deriveBits(with_key(public), private), "InvalidAccessError")

    async def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        data = as_python(wpt_data("WebCryptoAPI/derive_bits_keys/ecdh_bits.json")["data"])
        for curve, expected in data["derivations"].items():
            private = await imported("ECDH", "pkcs8", data["pkcs8"][curve], curve)
            public = await imported("ECDH", "spki", data["spki"][curve], curve)
            bits = 8 * data["sizes"][curve]
            assert await subtle.deriveBits(with_key(public), private, bits) == expected
            last = expected[-1] & 0xE0
            assert await subtle.deriveBits(with_key(public), private, bits - 5) == expected[
                :-1
            ] + bytes([last])
            await rejection(
                subtle.deriveBits(with_key(public), private, bits + 1), "OperationError"
            )

    async def test_official_vectors_of_lengths(self, wpt_data: Callable[[str], Any]) -> None:
        cases = as_python(
            wpt_data("WebCryptoAPI/derive_bits_keys/derived_bits_length_testcases.json")["data"][
                "testCases"
            ]
        )
        vectors = as_python(
            wpt_data("WebCryptoAPI/derive_bits_keys/derived_bits_length_vectors.json")["data"][
                "algorithms"
            ]
        )
        for name, vector in vectors.items():
            private = vector["privateKey"]
            key = await subtle.importKey(
                private["format"], private["data"], vector["importAlg"], False, ["deriveBits"]
            )
            algorithm = vector["deriveAlg"]
            if "publicKey" in vector:
                public = vector["publicKey"]
                peer = await subtle.importKey(
                    public["format"], public["data"], vector["importAlg"], False, []
                )
                algorithm = {**algorithm, "public": peer}
            for case in cases[name]:
                length = None if case["length"] == "omitted" else case["length"]
                promise = subtle.deriveBits(algorithm, key, length)
                if case["expected"] is None:
                    await rejection(promise, "OperationError")
                else:
                    assert await promise == case["expected"]


@spec("https://w3c.github.io/webcrypto/#dfn-EcdhKeyDeriveParams-public")
class TestPeersKey:
    async def test_is_the_public_key_of_another_with_the_same_algorithm(self) -> None:
        public, private = await pair_of("ECDH")
        other, _ = await key_pair("X25519", "deriveBits")
        assert peers_key(normalize_an_algorithm("deriveBits", with_key(public)), private) is public
        for key, peer in ((public, public), (private, private), (private, other)):
            algorithm = normalize_an_algorithm("deriveBits", {"name": "ECDH", "public": peer})
            with pytest.raises(DOMException, match="^InvalidAccessError"):
                peers_key(algorithm, key)


@spec("https://w3c.github.io/webcrypto/#ecdh-operations-derive-bits")
class TestFirstBits:
    def test_are_all_if_not_said_otherwise(self) -> None:
        assert first_bits(b"\xff\xff", None) == first_bits(b"\xff\xff", 16) == b"\xff\xff"
        assert (first_bits(b"\xff\xff", 9), first_bits(b"\xff\xff", 0)) == (b"\xff\x80", b"")
        with pytest.raises(DOMException, match="^OperationError"):
            first_bits(b"\xff\xff", 17)
