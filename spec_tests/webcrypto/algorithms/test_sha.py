"""Web Cryptography: SHA, and SHA-3 of Modern Algorithms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.harness import as_python, subtle
from worker_runtime.webcrypto.algorithms.sha import block_size
from worker_runtime.webcrypto.key_algorithm_dictionary import KeyAlgorithm

spec = pytest.mark.spec


@spec("https://w3c.github.io/webcrypto/#sha-operations-digest")
class TestDigest:
    @pytest.mark.parametrize(
        "name, digest",
        [  # of "abc": FIPS 180-4's and FIPS 202's examples
            ("SHA-1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("SHA-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            ("SHA-384",
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358"
                "baeca134c825a7"),
            ("SHA-512", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"),
            ("SHA3-256", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
            ("SHA3-384",
                "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539"
                "f1edf228376d25"),
            ("SHA3-512", "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
                         "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0"),
        ],
    )  # fmt: skip
    async def test_examples_of_the_standards(self, name: str, digest: str) -> None:
        assert (await subtle.digest(name, b"abc")).hex() == digest

    async def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        data = as_python(wpt_data("WebCryptoAPI/digest/digest.json")["data"])
        sources = data["sourceData"] | {"long": data["sourceData"]["medium"] * 1024}
        for name, digests in data["digestedData"].items():
            for size, digest in digests.items():
                assert await subtle.digest({"name": name}, sources[size]) == digest


@spec("https://w3c.github.io/webcrypto/#hmac-operations-generate-key")
class TestBlockSize:
    @pytest.mark.parametrize(
        "name, size",
        [
            ("SHA-1", 512),
            ("SHA-256", 512),
            ("SHA-512", 1024),
            ("SHA3-256", 1088),
            ("SHA3-512", 576),
        ],
    )
    def test_is_in_bits(self, name: str, size: int) -> None:
        assert block_size(KeyAlgorithm(name)) == size
