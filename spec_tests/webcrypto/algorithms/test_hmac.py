"""Web Cryptography: HMAC."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.harness import (
    as_python,
    counting_entropy,
    exported_bytes,
    exported_jwk,
    rejection,
    secret_key,
    subtle,
)
from worker_runtime import CryptoKey
from worker_runtime.webcrypto.algorithm_normalization import normalize_an_algorithm
from worker_runtime.webcrypto.algorithms.hmac import (
    HmacImportParams,
    HmacKeyGenParams,
    get_key_length,
)
from worker_runtime.webcrypto.registration import BYTES_THAT_TAKE_LONG

spec = pytest.mark.spec


async def imported(data: bytes, hash: str = "SHA-256", **members: Any) -> CryptoKey:
    return await subtle.importKey(
        "raw", data, {"name": "HMAC", "hash": hash, **members}, True, ["sign", "verify"]
    )


@spec("https://w3c.github.io/webcrypto/#dfn-HmacImportParams")
class TestHmacImportParams:
    def test_the_hash_is_required(self) -> None:
        assert isinstance(
            normalize_an_algorithm("importKey", {"name": "HMAC", "hash": "SHA-1"}), HmacImportParams
        )
        with pytest.raises(TypeError, match="'hash' is missing"):
            normalize_an_algorithm("importKey", "HMAC")


@spec("https://w3c.github.io/webcrypto/#dfn-HmacKeyGenParams")
class TestHmacKeyGenParams:
    def test_the_length_is_within_its_range(self) -> None:
        assert isinstance(
            normalize_an_algorithm("generateKey", {"name": "HMAC", "hash": "SHA-1"}),
            HmacKeyGenParams,
        )
        for length in (-1, 2**32, float("nan")):
            with pytest.raises(TypeError):
                normalize_an_algorithm(
                    "generateKey", {"name": "HMAC", "hash": "SHA-1", "length": length}
                )


@spec("https://w3c.github.io/webcrypto/#hmac-operations-sign")
class TestSign:
    @pytest.mark.parametrize(
        "hash, mac",
        [  # RFC 2202 and RFC 4231, test case 2
            ("SHA-1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            ("SHA-256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
            ("SHA-384",
                "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b"
                "3239ecfab21649"),
            ("SHA-512", "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                        "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"),
        ],
    )  # fmt: skip
    async def test_examples_of_the_standards(self, hash: str, mac: str) -> None:
        key = await imported(b"Jefe", hash)
        assert (await subtle.sign("HMAC", key, b"what do ya want for nothing?")).hex() == mac

    async def test_a_sha_3_is_a_hash_as_well(self) -> None:
        key = await imported(bytes(range(32)), "SHA3-256")  # NIST's example of HMAC_SHA3-256
        message = b"Sample message for keylen<blocklen"
        mac = "4fe8e202c4f058e8dddc23d8c34e467343e23555e24fc2f025d598f558f67205"
        assert (await subtle.sign("HMAC", key, message)).hex() == mac

    async def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        for vector in as_python(
            wpt_data("WebCryptoAPI/sign_verify/hmac_vectors.json")["data"]["getTestVectors"]
        ):
            key = await imported(vector["keyBuffer"], vector["hash"])
            assert await subtle.sign("HMAC", key, vector["plaintext"]) == vector["signature"]
            assert await subtle.verify("HMAC", key, vector["signature"], vector["plaintext"])


@spec("https://w3c.github.io/webcrypto/#hmac-operations-verify")
class TestVerify:
    async def test_only_the_whole_signature_will_do(self) -> None:
        key = await imported(b"key")
        signature = await subtle.sign("HMAC", key, b"text")
        assert await subtle.verify("HMAC", key, signature, b"text") is True
        for wrong in (
            b"",
            signature[:-1],
            signature + b"\0",
            bytes([signature[0] ^ 1]) + signature[1:],
        ):
            assert await subtle.verify("HMAC", key, wrong, b"text") is False
        assert await subtle.verify("HMAC", key, signature, b"texts") is False
        assert await subtle.verify("HMAC", await imported(b"yek"), signature, b"text") is False


@spec("https://w3c.github.io/webcrypto/#hmac-operations-generate-key")
class TestGenerateKey:
    async def test_has_as_many_bits_as_a_block_if_not_said_otherwise(self) -> None:
        for hash, length in (("SHA-1", 512), ("SHA-384", 1024), ("SHA3-384", 832)):
            key = await secret_key({"name": "HMAC", "hash": hash}, "sign")
            assert key.algorithm == ("HMAC", (hash,), length)
            assert len(await exported_bytes("raw", key)) == length // 8

    async def test_can_have_any_number_of_bits(self) -> None:
        with counting_entropy():
            key = await secret_key({"name": "HMAC", "hash": "SHA-1", "length": 20}, "sign")
        assert await exported_bytes("raw", key) == bytes.fromhex("000100")
        await rejection(
            secret_key({"name": "HMAC", "hash": "SHA-1", "length": 0}, "sign"), "OperationError"
        )

    @pytest.mark.parametrize(
        "usage", ["encrypt", "decrypt", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"]
    )
    async def test_is_for_signing_and_verifying(self, usage: str) -> None:
        await rejection(secret_key({"name": "HMAC", "hash": "SHA-1"}, "sign", usage), "SyntaxError")


@spec("https://w3c.github.io/webcrypto/#hmac-operations-import-key")
class TestImportKey:
    async def test_of_bytes(self) -> None:
        assert (await imported(b"k" * 200)).algorithm == ("HMAC", ("SHA-256",), 1600)
        await rejection(imported(b""), "DataError")

    @pytest.mark.parametrize(
        "length, ok", [(8, False), (9, True), (15, True), (16, True), (17, False), (0, False)]
    )
    async def test_the_length_is_of_the_last_byte(self, length: int, ok: bool) -> None:
        if not ok:
            await rejection(imported(b"\xff\xff", length=length), "DataError")
            return
        key = await imported(b"\xff\xff", length=length)
        assert key.algorithm == ("HMAC", ("SHA-256",), length)
        assert await exported_bytes("raw", key) == (0xFFFF0000 >> length & 0xFFFF).to_bytes(2)

    @pytest.mark.parametrize("format", ["spki", "pkcs8"])
    async def test_has_no_other_formats(self, format: Any) -> None:
        await rejection(
            subtle.importKey(format, b"k", {"name": "HMAC", "hash": "SHA-1"}, True, ["sign"]),
            "NotSupportedError",
        )
        await rejection(
            subtle.importKey(format, b"k", {"name": "HMAC", "hash": "SHA-1"}, True, ["encrypt"]),
            "SyntaxError",
        )

    @pytest.mark.parametrize(
        "member",
        [
            {"kty": "OCT"}, {"k": None}, {"k": "AA="}, {"k": ""}, {"alg": "HS1"}, {"alg": "hs256"},
            {"use": "enc"}, {"ext": False}, {"key_ops": ["verify"]},
            {"key_ops": ["sign", "verify", "sign"]}, {"key_ops": []},
        ],
    )  # fmt: skip
    async def test_each_member_of_a_json_web_key_is_checked(self, member: Any) -> None:
        jwk: Any = {
            "kty": "oct",
            "k": "AAECAw",
            "alg": "HS256",
            "use": "sig",
            "key_ops": ["verify", "sign"],
            "ext": True,
        }
        algorithm = {"name": "HMAC", "hash": "SHA-256"}
        assert (
            await subtle.importKey("jwk", jwk, algorithm, True, ["sign", "verify"])
        ).algorithm == ("HMAC", ("SHA-256",), 32)
        await rejection(
            subtle.importKey("jwk", jwk | member, algorithm, True, ["sign", "verify"]), "DataError"
        )

    async def test_a_hash_without_a_name_there_has_no_alg(self) -> None:
        algorithm = {"name": "HMAC", "hash": "SHA3-256"}
        key = await subtle.importKey(
            "jwk", {"kty": "oct", "k": "AAECAw"}, algorithm, True, ["sign"]
        )
        assert "alg" not in await exported_jwk(key)
        await rejection(
            subtle.importKey(
                "jwk", {"kty": "oct", "k": "AA", "alg": "HS256"}, algorithm, True, ["sign"]
            ),
            "DataError",
        )


@spec("https://w3c.github.io/webcrypto/#hmac-operations-export-key")
class TestExportKey:
    @pytest.mark.parametrize(
        "hash, alg",
        [("SHA-1", "HS1"), ("SHA-256", "HS256"), ("SHA-384", "HS384"), ("SHA-512", "HS512")],
    )
    async def test_a_json_web_key_names_the_hash(self, hash: str, alg: str) -> None:
        jwk = {"kty": "oct", "k": "AAECAw", "alg": alg, "key_ops": ["sign", "verify"], "ext": True}
        assert await exported_jwk(await imported(bytes(range(4)), hash)) == jwk


@spec("https://w3c.github.io/webcrypto/#hmac-operations-get-key-length")
class TestGetKeyLength:
    def test_is_that_of_a_block_if_not_said_otherwise(self) -> None:
        def length(**members: Any) -> int:
            return get_key_length(
                normalize_an_algorithm(
                    "get key length", {"name": "HMAC", "hash": "SHA-512", **members}
                )
            )

        assert (length(), length(length=9)) == (1024, 9)
        with pytest.raises(TypeError):
            length(length=0)


@spec("https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0")
class TestTakesLong:
    async def test_a_long_key_is_made_and_used_in_a_thread(self) -> None:
        for length, is_long in ((512, False), (8 * BYTES_THAT_TAKE_LONG + 8, True)):
            algorithm = {"name": "HMAC", "hash": "SHA-256", "length": length}
            generated = subtle.generateKey(algorithm, True, ["sign", "verify"])
            assert ("pending" in repr(generated)) is is_long
            key = await generated
            assert isinstance(key, CryptoKey)
            signed = subtle.sign("HMAC", key, b"message")
            assert ("pending" in repr(signed)) is is_long
            verified = subtle.verify("HMAC", key, await signed, b"message")
            assert ("pending" in repr(verified)) is is_long
            assert await verified
