"""Web Cryptography: what Ed25519, X25519, Ed448 and X448 have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.harness import (
    as_python,
    counting_entropy,
    exported_bytes,
    exported_jwk,
    key_pair,
    rejection,
    subtle,
)
from worker_runtime import CryptoKey, DOMException
from worker_runtime.webcrypto.algorithms import ed448, ed25519, x448, x25519
from worker_runtime.webcrypto.algorithms.okp import (
    OctetKeyPairs,
    PrivateKey,
    check_identifier,
    check_length,
    new_private_key,
    new_public_key,
)
from worker_runtime.webcrypto.crypto_key import CryptoKeyPair
from worker_runtime.webcrypto.json_web_key import base64url_encode
from worker_runtime.webcrypto.primitives.key_structures import (
    AlgorithmIdentifier,
    CurvePrivateKey,
    PrivateKeyInfo,
    SubjectPublicKeyInfo,
)

spec = pytest.mark.spec

KEYS: dict[str, OctetKeyPairs] = {
    keys.name: keys for keys in (ed25519.KEYS, ed448.KEYS, x25519.KEYS, x448.KEYS)
}
SIGNING = ["Ed25519", "Ed448"]
NAMES = list(KEYS)


async def pair_of(name: str) -> CryptoKeyPair:
    return await key_pair(name, *KEYS[name].usages.private, *KEYS[name].usages.public)


async def imported(name: str, format: Any, data: Any) -> CryptoKey:
    is_private = format == "pkcs8" or format == "jwk" and data.get("d") is not None
    usages = KEYS[name].usages.private if is_private else KEYS[name].usages.public
    return await subtle.importKey(format, data, name, True, usages)


@spec("https://www.rfc-editor.org/rfc/rfc8037#section-2")
class TestOctetKeyPairs:
    @pytest.mark.parametrize(
        "name, length", [("Ed25519", 32), ("X25519", 32), ("Ed448", 57), ("X448", 56)]
    )
    def test_keys_have_that_many_bytes(self, name: str, length: int) -> None:
        assert KEYS[name].length == length
        assert len(KEYS[name].public_key(bytes(length))) == length


@spec("https://www.rfc-editor.org/rfc/rfc8410#section-6")
class TestPrivateKey:
    def test_has_the_public_key_in_it(self) -> None:
        assert PrivateKey(b"private", b"public").public_key == b"public"


@spec("https://www.rfc-editor.org/rfc/rfc7748#section-6")
@spec("https://w3c.github.io/webcrypto/#ed25519-operations-generate-key")
@spec("https://w3c.github.io/webcrypto/#x25519-operations-generate-key")
class TestGenerateOctetKeyPair:
    @pytest.mark.parametrize("name", NAMES)
    async def test_is_random(self, name: str) -> None:
        with counting_entropy() as entropy:
            pair = await pair_of(name)
        assert entropy.lengths == [KEYS[name].length]
        jwk = await exported_jwk(pair.privateKey)
        assert jwk["d"] == base64url_encode(bytes(range(KEYS[name].length)))
        assert pair.publicKey.algorithm == pair.privateKey.algorithm == (name,)


@spec("https://www.rfc-editor.org/rfc/rfc8037#appendix-A")
@spec("https://w3c.github.io/webcrypto/#ed25519-operations-import-key")
@spec("https://w3c.github.io/webcrypto/#x25519-operations-import-key")
class TestImportOctetKey:
    @pytest.mark.parametrize("name", NAMES)
    async def test_every_format_comes_back_as_it_was(self, name: str) -> None:
        public, private = await pair_of(name)
        formats: list[tuple[CryptoKey, Any]] = [
            (public, "spki"), (public, "raw"), (public, "jwk"), (private, "pkcs8"), (private, "jwk")
        ]  # fmt: skip
        for key, format in formats:
            exported: Any = await subtle.exportKey(format, key)
            again = await imported(name, format, exported)
            assert (again.type, again.algorithm) == (key.type, key.algorithm)
            assert await subtle.exportKey(format, again) == exported

    @pytest.mark.parametrize("name", NAMES)
    async def test_usages_are_those_of_the_type(self, name: str) -> None:
        public: list[Any] = [("spki", b""), ("raw", b""), ("jwk", {})]
        for format, data in public:
            await rejection(
                subtle.importKey(format, data, name, True, [KEYS[name].usages.private[0]]),
                "SyntaxError",
            )
        private: list[Any] = [("pkcs8", b""), ("jwk", {"d": ""})]
        for format, data in private:
            await rejection(subtle.importKey(format, data, name, True, ["encrypt"]), "SyntaxError")

    @pytest.mark.parametrize("name", NAMES)
    async def test_a_key_of_another_algorithm_is_a_data_error(self, name: str) -> None:
        for other in NAMES:
            if other != name:
                public, private = await pair_of(other)
                await rejection(
                    imported(name, "spki", await exported_bytes("spki", public)), "DataError"
                )
                await rejection(
                    imported(name, "pkcs8", await exported_bytes("pkcs8", private)), "DataError"
                )
                await rejection(imported(name, "jwk", await exported_jwk(public)), "DataError")

    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize(
        "member",
        [
            {"kty": "okp"}, {"kty": "EC"}, {"crv": None}, {"crv": "ed25519"}, {"x": None},
            {"x": "AA"}, {"d": "AA"}, {"ext": False}, {"key_ops": []}, {"use": "other"},
            {"d": base64url_encode(bytes(32))}, {"d": base64url_encode(bytes(56))},
            {"d": base64url_encode(bytes(57))},
        ],
    )  # fmt: skip
    async def test_each_member_of_a_json_web_key_is_checked(self, name: str, member: Any) -> None:
        jwk: Any = {
            **await exported_jwk((await pair_of(name)).privateKey),
            "use": KEYS[name].usages.use,
        }
        assert (await imported(name, "jwk", jwk)).type == "private"
        await rejection(imported(name, "jwk", jwk | member), "DataError")

    @pytest.mark.parametrize("name", NAMES)
    async def test_alg_is_checked_where_it_says_something(self, name: str) -> None:
        jwk: Any = await exported_jwk((await pair_of(name)).publicKey)
        for alg, ok in (("EdDSA", True), (name, True), (name.lower(), False), ("ES256", False)):
            promise = imported(name, "jwk", {**jwk, "alg": alg})
            if ok or name not in SIGNING:
                assert (await promise).type == "public"
            else:
                await rejection(promise, "DataError")

    @pytest.mark.parametrize("name", NAMES)
    async def test_official_vectors(self, wpt_data: Callable[[str], Any], name: str) -> None:
        formats = as_python(
            wpt_data("WebCryptoAPI/import_export/okp_importKey_fixtures.json")["data"]["keyData"][
                name
            ]
        )
        for format in ("spki", "raw"):
            key = await imported(name, format, formats[format])
            assert await exported_bytes("spki", key) == formats["spki"]
            assert await exported_bytes("raw", key) == formats["raw"]
        key = await imported(name, "pkcs8", formats["pkcs8"])
        assert await exported_bytes("pkcs8", key) == formats["pkcs8"]
        jwk = {
            name: member
            for name, member in (await exported_jwk(key)).items()
            if name not in ("alg", "key_ops", "ext")
        }
        assert jwk == formats["jwk"]

    @pytest.mark.parametrize("name", NAMES)
    async def test_official_vectors_of_failures(
        self, wpt_data: Callable[[str], Any], name: str
    ) -> None:
        data = as_python(
            wpt_data("WebCryptoAPI/import_export/okp_importKey_failures_fixtures.json")["data"]
        )
        for failure in data["getBadKeyLengthData"][name]:
            await rejection(imported(name, failure["format"], failure["data"]), "DataError")
        for failure in data["getMissingJWKFieldKeyData"][name]:
            await rejection(imported(name, "jwk", failure["data"]), "DataError")
        for jwk in data["getMismatchedJWKKeyData"][name]:
            await rejection(imported(name, "jwk", jwk), "DataError")


@spec("https://www.rfc-editor.org/rfc/rfc8410#section-4")
class TestNewPublicKey:
    def test_any_octets_of_that_length_are_one(self) -> None:
        assert new_public_key(ed25519.KEYS, b"\xff" * 32).type == "public"
        with pytest.raises(DOMException, match="^DataError"):
            new_public_key(ed25519.KEYS, b"\xff" * 33)


@spec("https://www.rfc-editor.org/rfc/rfc8410#section-5")
class TestNewPrivateKey:
    def test_any_octets_of_that_length_are_one(self) -> None:
        assert new_private_key(x448.KEYS, b"\xff" * 56).type == "private"
        with pytest.raises(DOMException, match="^DataError"):
            new_private_key(x448.KEYS, b"\xff" * 57)


@spec("https://www.rfc-editor.org/rfc/rfc8032#section-5")
class TestCheckLength:
    def test_says_the_length(self) -> None:
        check_length(ed448.KEYS, bytes(57))
        with pytest.raises(DOMException, match="A key of Ed448 has 57 bytes, not 56"):
            check_length(ed448.KEYS, bytes(56))


@spec("https://www.rfc-editor.org/rfc/rfc8410#section-3")
class TestCheckIdentifier:
    def test_has_no_parameters(self) -> None:
        check_identifier(x25519.KEYS, AlgorithmIdentifier("1.3.101.110", None))
        for identifier in (
            AlgorithmIdentifier("1.3.101.110", b"\5\0"),
            AlgorithmIdentifier("1.3.101.111", None),
        ):
            with pytest.raises(DOMException, match="^DataError"):
                check_identifier(x25519.KEYS, identifier)


@spec("https://www.rfc-editor.org/rfc/rfc8410#section-10")
@spec("https://w3c.github.io/webcrypto/#ed25519-operations-export-key")
@spec("https://w3c.github.io/webcrypto/#x25519-operations-export-key")
class TestExportOctetKey:
    @pytest.mark.parametrize("name", NAMES)
    async def test_a_format_is_of_one_type(self, name: str) -> None:
        public, private = await pair_of(name)
        await rejection(subtle.exportKey("spki", private), "InvalidAccessError")
        await rejection(subtle.exportKey("raw", private), "InvalidAccessError")
        await rejection(subtle.exportKey("pkcs8", public), "InvalidAccessError")

    @pytest.mark.parametrize("name", NAMES)
    async def test_structures_and_json_say_the_same(self, name: str) -> None:
        public, private = await pair_of(name)
        raw, jwk = await exported_bytes("raw", public), await exported_jwk(private)
        spki = SubjectPublicKeyInfo.decode(await exported_bytes("spki", public))
        pkcs8 = PrivateKeyInfo.decode(await exported_bytes("pkcs8", private))
        assert spki == (AlgorithmIdentifier(KEYS[name].object_identifier, None), raw)
        assert pkcs8.private_key_algorithm == spki.algorithm
        assert jwk["x"] == base64url_encode(raw)
        assert jwk["d"] == base64url_encode(CurvePrivateKey.decode(pkcs8.private_key).private_key)
        assert jwk.get("alg") == (name if name in SIGNING else None)
