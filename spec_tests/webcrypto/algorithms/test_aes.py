"""Web Cryptography: what the modes of AES have in common."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.webcrypto.harness import (
    counting_entropy,
    exported_bytes,
    exported_jwk,
    rejection,
    secret_key,
    subtle,
)
from worker_runtime import CryptoKey, DOMException
from worker_runtime.webcrypto.algorithm_normalization import normalize_an_algorithm
from worker_runtime.webcrypto.algorithms.aes import (
    AESKey,
    AesDerivedKeyParams,
    AesKeyGenParams,
    check_key_length,
    get_aes_key_length,
    jwk_alg,
    takes_long,
)

spec = pytest.mark.spec

MODES = ["AES-CTR", "AES-CBC", "AES-GCM", "AES-KW"]
LENGTHS = [128, 192, 256]


def usages_of(mode: str) -> list[Any]:
    return (
        ["wrapKey", "unwrapKey"]
        if mode == "AES-KW"
        else ["encrypt", "decrypt", "wrapKey", "unwrapKey"]
    )


@spec("https://w3c.github.io/webcrypto/#dfn-AesKeyGenParams")
class TestAesKeyGenParams:
    @pytest.mark.parametrize("length", [None, -1, 65_536, "128", b""])
    def test_the_length_is_required_and_within_its_range(self, length: object) -> None:
        assert isinstance(
            normalize_an_algorithm("generateKey", {"name": "AES-KW", "length": 65_535}),
            AesKeyGenParams,
        )
        with pytest.raises(TypeError):
            normalize_an_algorithm("generateKey", {"name": "AES-KW", "length": length})


@spec("https://w3c.github.io/webcrypto/#dfn-AesDerivedKeyParams")
class TestAesDerivedKeyParams:
    def test_the_length_is_required(self) -> None:
        assert isinstance(
            normalize_an_algorithm("get key length", {"name": "AES-KW", "length": 1}),
            AesDerivedKeyParams,
        )
        with pytest.raises(TypeError, match="'length' is missing"):
            normalize_an_algorithm("get key length", "AES-KW")


@spec("https://w3c.github.io/webcrypto/#AesKeyAlgorithm-dictionary")
class TestAESKey:
    def test_what_is_made_of_a_key_is_made_once(self) -> None:
        key = AESKey(bytes(16))
        assert key.schedule is key.schedule
        assert key.gcm_key is key.gcm_key


@spec("https://w3c.github.io/webcrypto/#aes-ctr-operations-generate-key")
@spec("https://w3c.github.io/webcrypto/#aes-ctr-operations-generate-key")
@spec("https://w3c.github.io/webcrypto/#aes-cbc-operations-generate-key")
@spec("https://w3c.github.io/webcrypto/#aes-gcm-operations-generate-key")
@spec("https://w3c.github.io/webcrypto/#aes-kw-operations-generate-key")
class TestGenerateAESKey:
    @pytest.mark.parametrize("length", LENGTHS)
    @pytest.mark.parametrize("mode", MODES)
    async def test_is_random_and_of_that_length(self, mode: str, length: int) -> None:
        with counting_entropy() as entropy:
            key = await secret_key({"name": mode, "length": length}, "wrapKey")
        assert entropy.lengths == [length // 8]
        assert (key.type, key.algorithm) == ("secret", (mode, length))
        assert await exported_bytes("raw", key) == bytes(range(length // 8))

    @pytest.mark.parametrize("length", [0, 64, 127, 129, 255, 512])
    @pytest.mark.parametrize("mode", MODES)
    async def test_there_are_three_lengths(self, mode: str, length: int) -> None:
        await rejection(secret_key({"name": mode, "length": length}, "wrapKey"), "OperationError")
        await rejection(secret_key({"name": mode, "length": length}, "sign"), "SyntaxError")

    @pytest.mark.parametrize("mode", MODES)
    async def test_usages_are_those_of_the_mode(self, mode: str) -> None:
        permitted = usages_of(mode)
        assert (await secret_key({"name": mode, "length": 128}, *permitted)).usages == tuple(
            permitted
        )
        for usage in {"encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits"} - set(
            permitted
        ):
            await rejection(
                secret_key({"name": mode, "length": 128}, "wrapKey", usage), "SyntaxError"
            )


@spec("https://www.rfc-editor.org/rfc/rfc7518#section-6.4.1")
@spec("https://w3c.github.io/webcrypto/#aes-ctr-operations-import-key")
@spec("https://w3c.github.io/webcrypto/#aes-cbc-operations-import-key")
@spec("https://w3c.github.io/webcrypto/#aes-gcm-operations-import-key")
@spec("https://w3c.github.io/webcrypto/#aes-kw-operations-import-key")
class TestImportAESKey:
    async def imported(self, mode: str, data: Any, *usages: Any) -> CryptoKey:
        format: Any = "raw" if isinstance(data, bytes) else "jwk"
        return await subtle.importKey(format, data, mode, True, usages or ("wrapKey",))

    @pytest.mark.parametrize("mode", MODES)
    async def test_of_16_24_or_32_bytes(self, mode: str) -> None:
        for length in range(0, 40):
            if 8 * length in LENGTHS:
                assert (await self.imported(mode, bytes(length))).algorithm == (mode, 8 * length)
            else:
                await rejection(self.imported(mode, bytes(length)), "DataError")

    @pytest.mark.parametrize("mode", MODES)
    async def test_usages_are_those_of_the_mode(self, mode: str) -> None:
        await rejection(self.imported(mode, b"", "sign"), "SyntaxError")
        await rejection(self.imported(mode, {}, "sign"), "SyntaxError")

    @pytest.mark.parametrize("mode", MODES)
    @pytest.mark.parametrize("format", ["spki", "pkcs8"])
    async def test_has_no_other_formats(self, mode: str, format: Any) -> None:
        await rejection(
            subtle.importKey(format, bytes(16), mode, True, ["wrapKey"]), "NotSupportedError"
        )

    @pytest.mark.parametrize("mode", MODES)
    @pytest.mark.parametrize(
        "member",
        [
            {"kty": "OCT"}, {"kty": None}, {"k": None}, {"k": "AAECAwQFBgcICQoLDA0ODw=="},
            {"k": "AAECAwQFBgcICQoLDA0O"}, {"k": "AAECAwQFBgcICQoLDA0OEBESExQVFhcY"},
            {"alg": "A128"}, {"alg": "A192GCM"}, {"alg": "HS256"}, {"use": "sig"},
            {"key_ops": ["unwrapKey"]}, {"key_ops": ["wrapKey", "wrapKey"]}, {"ext": False},
        ],
    )  # fmt: skip
    async def test_each_member_of_a_json_web_key_is_checked(self, mode: str, member: Any) -> None:
        jwk = {
            "kty": "oct", "k": "AAECAwQFBgcICQoLDA0ODw", "alg": jwk_alg(mode, 128), "use": "enc",
            "ext": True, "key_ops": ["wrapKey", "unwrapKey"],
        }  # fmt: skip
        assert await exported_bytes("raw", await self.imported(mode, jwk)) == bytes(range(16))
        await rejection(self.imported(mode, jwk | member), "DataError")


@spec("https://www.rfc-editor.org/rfc/rfc7518#section-6.4")
@spec("https://w3c.github.io/webcrypto/#aes-ctr-operations-export-key")
@spec("https://w3c.github.io/webcrypto/#aes-cbc-operations-export-key")
@spec("https://w3c.github.io/webcrypto/#aes-gcm-operations-export-key")
@spec("https://w3c.github.io/webcrypto/#aes-kw-operations-export-key")
class TestExportAESKey:
    @pytest.mark.parametrize("mode", MODES)
    async def test_a_json_web_key_names_mode_and_length(self, mode: str) -> None:
        key = await subtle.importKey("raw", bytes(range(24)), mode, True, ["unwrapKey", "wrapKey"])
        assert await exported_jwk(key) == {
            "kty": "oct", "k": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", "alg": f"A192{mode[4:]}",
            "key_ops": ["wrapKey", "unwrapKey"], "ext": True,
        }  # fmt: skip
        await rejection(subtle.exportKey("pkcs8", key), "NotSupportedError")


@spec("https://w3c.github.io/webcrypto/#jwk-mapping-alg")
class TestJWKAlg:
    def test_names_length_and_mode(self) -> None:
        assert [jwk_alg("AES-CTR", 128), jwk_alg("AES-KW", 256)] == ["A128CTR", "A256KW"]


@spec("https://w3c.github.io/webcrypto/#aes-ctr-operations-get-key-length")
@spec("https://w3c.github.io/webcrypto/#aes-ctr-operations-get-key-length")
@spec("https://w3c.github.io/webcrypto/#aes-cbc-operations-get-key-length")
@spec("https://w3c.github.io/webcrypto/#aes-gcm-operations-get-key-length")
@spec("https://w3c.github.io/webcrypto/#aes-kw-operations-get-key-length")
class TestGetAESKeyLength:
    @pytest.mark.parametrize("mode", MODES)
    def test_there_are_three_lengths(self, mode: str) -> None:
        for length in LENGTHS:
            assert (
                get_aes_key_length(
                    normalize_an_algorithm("get key length", {"name": mode, "length": length})
                )
                == length
            )
        with pytest.raises(DOMException, match="not 512"):
            get_aes_key_length(
                normalize_an_algorithm("get key length", {"name": mode, "length": 512})
            )


@spec("https://w3c.github.io/webcrypto/#dfn-AesKeyGenParams-length")
class TestCheckKeyLength:
    def test_anything_else_is_an_operation_error(self) -> None:
        check_key_length(256)
        with pytest.raises(DOMException, match="^OperationError"):
            check_key_length(255)


@spec("https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0")
class TestTakesLong:
    def test_above_16_kibibytes(self) -> None:
        algorithm = normalize_an_algorithm("encrypt", {"name": "AES-GCM", "iv": b""})
        assert (takes_long(algorithm, 1 << 14), takes_long(algorithm, (1 << 14) + 1)) == (
            False,
            True,
        )
