"""Web Cryptography: HKDF."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.harness import as_python, rejection, subtle
from worker_runtime import CryptoKey
from worker_runtime.webcrypto.algorithm_normalization import normalize_an_algorithm
from worker_runtime.webcrypto.algorithms.hkdf import (
    HkdfParams,
    get_key_length,
    hkdf_expand,
    hkdf_extract,
    takes_long,
)

spec = pytest.mark.spec

# RFC 5869, A.1
IKM, SALT, INFO = b"\x0b" * 22, bytes(range(13)), bytes(range(0xF0, 0xFA))
PRK = bytes.fromhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
OKM = bytes.fromhex(
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
)


async def key_of(data: bytes) -> CryptoKey:
    return await subtle.importKey("raw", data, "HKDF", False, ["deriveKey", "deriveBits"])


def parameters(hash: str = "SHA-256", salt: bytes = SALT, info: bytes = INFO) -> dict[str, Any]:
    return {"name": "HKDF", "hash": hash, "salt": salt, "info": info}


@spec("https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0")
class TestTakesLong:
    @pytest.mark.parametrize("size, length", [(1 << 21, 0), (1 << 17, 320), (1000, 255 * 64)])
    def test_the_information_is_hashed_for_each_block(self, size: int, length: int) -> None:
        algorithm = normalize_an_algorithm("deriveBits", parameters(info=bytes(size)))
        assert isinstance(algorithm, HkdfParams)
        assert takes_long(algorithm, length) == (size * (length // 20 + 1) > 1 << 20)


@spec("https://w3c.github.io/webcrypto/#dfn-HkdfParams")
class TestHkdfParams:
    @pytest.mark.parametrize("name", ["hash", "salt", "info"])
    def test_all_members_are_required(self, name: str) -> None:
        assert isinstance(normalize_an_algorithm("deriveBits", parameters()), HkdfParams)
        with pytest.raises(TypeError, match=f"{name!r} is missing"):
            normalize_an_algorithm("deriveBits", parameters() | {name: None})


@spec("https://w3c.github.io/webcrypto/#hkdf-operations-derive-bits")
class TestDeriveBits:
    async def test_example_of_the_standard(self) -> None:
        assert await subtle.deriveBits(parameters(), await key_of(IKM), 42 * 8) == OKM

    async def test_derives_whole_bytes(self) -> None:
        key = await key_of(IKM)
        assert await subtle.deriveBits(parameters(), key, 0) == b""
        for length in (None, 1, 255):
            await rejection(subtle.deriveBits(parameters(), key, length), "OperationError")

    @pytest.mark.parametrize(
        "hash, most", [("SHA-1", 255 * 20), ("SHA-256", 255 * 32), ("SHA3-512", 255 * 64)]
    )
    async def test_derives_at_most_255_digests(self, hash: str, most: int) -> None:
        key = await key_of(b"")
        assert len(await subtle.deriveBits(parameters(hash), key, 8 * most)) == most
        await rejection(subtle.deriveBits(parameters(hash), key, 8 * (most + 1)), "OperationError")

    async def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        data = as_python(
            wpt_data("WebCryptoAPI/derive_bits_keys/hkdf_vectors.json")["data"]["getTestData"]
        )
        for size, of_salts in data["derivations"].items():
            key = await key_of(data["derivedKeys"][size])
            for salt, of_hashes in of_salts.items():
                for hash, of_infos in of_hashes.items():
                    for info, expected in of_infos.items():
                        algorithm = parameters(hash, data["salts"][salt], data["infos"][info])
                        assert await subtle.deriveBits(algorithm, key, 256) == expected[:32]


@spec("https://www.rfc-editor.org/rfc/rfc5869#section-2.2")
class TestHkdfExtract:
    def test_example_of_the_standard(self) -> None:
        assert hkdf_extract("sha256", SALT, IKM) == PRK

    def test_no_salt_is_one_of_zeros(self) -> None:
        assert hkdf_extract("sha256", b"", IKM) == hkdf_extract("sha256", bytes(32), IKM)


@spec("https://www.rfc-editor.org/rfc/rfc5869#section-2.3")
class TestHkdfExpand:
    def test_example_of_the_standard(self) -> None:
        assert hkdf_expand("sha256", PRK, INFO, 42) == OKM


@spec("https://w3c.github.io/webcrypto/#hkdf-operations-import-key")
class TestImportKey:
    async def test_is_secret_and_says_nothing_else(self) -> None:
        key = await key_of(b"")
        assert (key.type, key.extractable, key.algorithm) == ("secret", False, ("HKDF",))

    async def test_stays_where_it_is(self) -> None:
        await rejection(subtle.importKey("raw", b"", "HKDF", True, ["deriveKey"]), "SyntaxError")
        await rejection(subtle.importKey("raw", b"", "HKDF", False, ["sign"]), "SyntaxError")
        await rejection(
            subtle.importKey("jwk", {"kty": "oct", "k": ""}, "HKDF", False, ["deriveKey"]),
            "NotSupportedError",
        )


@spec("https://w3c.github.io/webcrypto/#hkdf-operations-get-key-length")
class TestGetKeyLength:
    def test_is_unknown(self) -> None:
        length: object = get_key_length(normalize_an_algorithm("get key length", "HKDF"))  # type: ignore[func-returns-value]
        assert length is None
