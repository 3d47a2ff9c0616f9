"""Web Cryptography: PBKDF2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.harness import as_python, rejection, subtle
from worker_runtime import CryptoKey
from worker_runtime.webcrypto.algorithm_normalization import normalize_an_algorithm
from worker_runtime.webcrypto.algorithms.pbkdf2 import Pbkdf2Params, get_key_length, takes_long

spec = pytest.mark.spec


async def password(data: bytes) -> CryptoKey:
    return await subtle.importKey("raw", data, "PBKDF2", False, ["deriveKey", "deriveBits"])


def parameters(iterations: int = 1, hash: str = "SHA-1", salt: bytes = b"salt") -> dict[str, Any]:
    return {"name": "PBKDF2", "hash": hash, "salt": salt, "iterations": iterations}


@spec("https://w3c.github.io/webcrypto/#dfn-Pbkdf2Params")
class TestPbkdf2Params:
    @pytest.mark.parametrize("name", ["hash", "salt", "iterations"])
    def test_all_members_are_required(self, name: str) -> None:
        assert isinstance(normalize_an_algorithm("deriveBits", parameters()), Pbkdf2Params)
        with pytest.raises(TypeError, match=f"{name!r} is missing"):
            normalize_an_algorithm("deriveBits", parameters() | {name: None})


@spec("https://w3c.github.io/webcrypto/#pbkdf2-operations-derive-bits")
class TestDeriveBits:
    @pytest.mark.parametrize(
        "iterations, derived",
        [  # RFC 6070
            (1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"),
            (2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"),
            (4096, "4b007901b765489abead49d926f721d065a429c1"),
        ],
    )
    async def test_examples_of_the_standard(self, iterations: int, derived: str) -> None:
        assert (
            await subtle.deriveBits(parameters(iterations), await password(b"password"), 160)
        ).hex() == derived

    async def test_derives_whole_bytes(self) -> None:
        key = await password(b"")
        assert await subtle.deriveBits(parameters(), key, 0) == b""
        for length in (None, 1, 255):
            await rejection(subtle.deriveBits(parameters(), key, length), "OperationError")

    @pytest.mark.parametrize("iterations", [0, 2**31, 2**32 - 1])
    async def test_cannot_do_without_a_round_or_with_too_many(self, iterations: int) -> None:
        await rejection(
            subtle.deriveBits(parameters(iterations), await password(b""), 8), "OperationError"
        )

    async def test_a_sha_3_is_a_hash_as_well(self) -> None:
        assert (
            len(await subtle.deriveBits(parameters(2, "SHA3-256"), await password(b""), 512)) == 64
        )

    async def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        data = as_python(
            wpt_data("WebCryptoAPI/derive_bits_keys/pbkdf2_vectors.json")["data"]["getTestData"]
        )
        for size, of_salts in data["derivations"].items():
            key = await password(data["passwords"][size])
            for salt, of_hashes in of_salts.items():
                for hash, of_iterations in of_hashes.items():
                    for iterations, expected in of_iterations.items():
                        if int(iterations) < 100_000:
                            algorithm = parameters(int(iterations), hash, data["salts"][salt])
                            assert await subtle.deriveBits(algorithm, key, 256) == expected[:32]


@spec("https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0")
class TestTakesLong:
    @pytest.mark.parametrize(
        "iterations, length, is_long",
        [
            (1000, 32, False),
            (4000, 0, False),
            (4001, 0, True),
            (1000, 64, False),
            (1000, 128, True),
        ],
    )
    def test_by_rounds_and_blocks(self, iterations: int, length: int, is_long: bool) -> None:
        assert (
            takes_long(normalize_an_algorithm("deriveBits", parameters(iterations)), length)
            is is_long
        )


@spec("https://w3c.github.io/webcrypto/#pbkdf2-operations-import-key")
class TestImportKey:
    async def test_is_secret_and_says_nothing_else(self) -> None:
        key = await password(b"")
        assert (key.type, key.extractable, key.algorithm) == ("secret", False, ("PBKDF2",))

    async def test_stays_where_it_is(self) -> None:
        await rejection(subtle.importKey("raw", b"", "PBKDF2", True, ["deriveKey"]), "SyntaxError")
        await rejection(subtle.importKey("raw", b"", "PBKDF2", False, ["sign"]), "SyntaxError")
        await rejection(
            subtle.importKey("jwk", {"kty": "oct", "k": ""}, "PBKDF2", True, ["sign"]),
            "NotSupportedError",
        )


@spec("https://w3c.github.io/webcrypto/#pbkdf2-operations-get-key-length")
class TestGetKeyLength:
    def test_is_unknown(self) -> None:
        length: object = get_key_length(normalize_an_algorithm("get key length", "PBKDF2"))  # type: ignore[func-returns-value]
        assert length is None
