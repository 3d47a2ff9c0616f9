"""Web Cryptography: what the RSA algorithms have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.webcrypto.harness import (
    PUBLIC_RSA_JWK,
    RSA_JWK,
    as_python,
    exported_bytes,
    exported_jwk,
    key_pair,
    rejection,
    subtle,
)
from worker_runtime import CryptoKey, DOMException
from worker_runtime.webcrypto.algorithm_normalization import normalize_an_algorithm
from worker_runtime.webcrypto.algorithms.rsa import (
    RsaHashedImportParams,
    RsaHashedKeyGenParams,
    RsaKeyGenParams,
    check_object_identifier,
    hashlib_name_of_hash,
    importing_takes_long,
    new_private_key,
    new_public_key,
    private_operation_takes_long,
    public_operation_takes_long,
    rsa_hashed_key_algorithm,
    rsa_private_key_of_jwk,
    takes_long,
)
from worker_runtime.webcrypto.json_web_key import JsonWebKey, base64url_uint, number_of
from worker_runtime.webcrypto.key_algorithm_dictionary import RsaHashedKeyAlgorithm
from worker_runtime.webcrypto.primitives.key_structures import (
    AlgorithmIdentifier,
    PrivateKeyInfo,
    SubjectPublicKeyInfo,
)
from worker_runtime.webcrypto.primitives.rsa_keys import RSAPrivateKey, RSAPublicKey

spec = pytest.mark.spec

ALGS = {
    "RSASSA-PKCS1-v1_5": {"SHA-1": "RS1", "SHA-256": "RS256", "SHA-384": "RS384", "SHA-512":
    "RS512"}, "RSA-PSS": {"SHA-1": "PS1", "SHA-256": "PS256", "SHA-384": "PS384", "SHA-512":
    "PS512"}, "RSA-OAEP": { "SHA-1": "RSA-OAEP", "SHA-256": "RSA-OAEP-256", "SHA-384":
    "RSA-OAEP-384", "SHA-512": "RSA-OAEP-512", },
}  # fmt: skip
PRIVATE_USAGE: dict[str, Any] = {
    "RSASSA-PKCS1-v1_5": "sign",
    "RSA-PSS": "sign",
    "RSA-OAEP": "decrypt",
}
PUBLIC_USAGE: dict[str, Any] = {
    "RSASSA-PKCS1-v1_5": "verify",
    "RSA-PSS": "verify",
    "RSA-OAEP": "encrypt",
}


async def private_key(
    name: str = "RSA-PSS", hash: str = "SHA-256", jwk: Any = RSA_JWK
) -> CryptoKey:
    return await subtle.importKey(
        "jwk", jwk, {"name": name, "hash": hash}, True, [PRIVATE_USAGE[name]]
    )


async def public_key(
    name: str = "RSA-PSS", hash: str = "SHA-256", jwk: Any = PUBLIC_RSA_JWK
) -> CryptoKey:
    return await subtle.importKey(
        "jwk", jwk, {"name": name, "hash": hash}, True, [PUBLIC_USAGE[name]]
    )


def parameters(
    name: str = "RSA-PSS", length: Any = 512, exponent: Any = b"\3", hash: Any = "SHA-1"
) -> dict[str, Any]:
    return {"name": name, "modulusLength": length, "publicExponent": exponent, "hash": hash}


@spec("https://w3c.github.io/webcrypto/#dfn-RsaKeyGenParams")
class TestRsaKeyGenParams:
    @pytest.mark.parametrize(
        "member",
        [{"length": None}, {"length": -1}, {"exponent": None}, {"exponent": 3}, {"hash": None}],
    )
    def test_members_are_required_and_of_their_types(self, member: Any) -> None:
        assert isinstance(normalize_an_algorithm("generateKey", parameters()), RsaKeyGenParams)
        with pytest.raises(TypeError):
            normalize_an_algorithm("generateKey", parameters(**member))


@spec("https://w3c.github.io/webcrypto/#dfn-RsaHashedKeyGenParams")
class TestRsaHashedKeyGenParams:
    def test_the_hash_is_normalized(self) -> None:
        normalized = normalize_an_algorithm("generateKey", parameters(hash={"name": "sha-512"}))
        assert isinstance(normalized, RsaHashedKeyGenParams)
        assert normalized.hash.name == "SHA-512"


@spec("https://w3c.github.io/webcrypto/#dfn-RsaHashedImportParams")
class TestRsaHashedImportParams:
    def test_the_hash_is_required(self) -> None:
        assert isinstance(
            normalize_an_algorithm("importKey", {"name": "RSA-PSS", "hash": "SHA-1"}),
            RsaHashedImportParams,
        )
        with pytest.raises(TypeError, match="'hash' is missing"):
            normalize_an_algorithm("importKey", "RSA-PSS")


@spec("https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-generate-key")
@spec("https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-generate-key")
@spec("https://w3c.github.io/webcrypto/#rsa-pss-operations-generate-key")
@spec("https://w3c.github.io/webcrypto/#rsa-oaep-operations-generate-key")
class TestGenerateRSAKeyPair:
    @pytest.mark.parametrize("name", ALGS)
    async def test_is_of_that_length_and_exponent(self, name: str) -> None:
        pair = await key_pair(
            parameters(name, 513, b"\0\1\0\1"), PRIVATE_USAGE[name], PUBLIC_USAGE[name]
        )
        assert (
            pair.publicKey.algorithm
            == pair.privateKey.algorithm
            == (name, 513, b"\1\0\1", ("SHA-1",))
        )
        assert number_of(await exported_jwk(pair.privateKey), "n").bit_length() == 513

    @pytest.mark.parametrize("exponent", [b"", b"\0", b"\1", b"\2", b"\1\0\0", b"\1" + bytes(32)])
    async def test_an_exponent_is_odd_and_above_1(self, exponent: bytes) -> None:
        await rejection(key_pair(parameters(exponent=exponent), "sign"), "OperationError")

    @pytest.mark.parametrize("length", [0, 128, 511, 16_385, 2**32 - 1])
    async def test_a_length_is_one_that_we_compute_with(self, length: int) -> None:
        await rejection(key_pair(parameters(length=length), "sign"), "OperationError")

    async def test_without_private_usages_the_error_is_the_same_as_if_a_key_had_been_made(
        self,
    ) -> None:
        await rejection(key_pair(parameters(length=4096), "verify"), "SyntaxError")
        await rejection(key_pair(parameters(length=4096)), "SyntaxError")
        await rejection(key_pair(parameters(length=1), "verify"), "OperationError")
        await rejection(key_pair(parameters(exponent=b"\2")), "OperationError")

    async def test_takes_long_and_the_loop_goes_on(self) -> None:
        promise = subtle.generateKey(parameters(length=512), True, ["sign"])
        assert "pending" in repr(promise)
        await promise


@spec("https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0")
class TestTakesLong:
    def test_always(self) -> None:
        assert takes_long(normalize_an_algorithm("generateKey", parameters()), 0)

    async def test_a_private_operation_with_a_long_key_does(self) -> None:
        private, public = await private_key("RSA-PSS"), await public_key("RSA-PSS")
        assert not private_operation_takes_long(private)
        key = private._handle
        private._handle = RSAPrivateKey.of_primes(key.p << 600 | 1, key.q << 600 | 1, 3, 1)
        assert private_operation_takes_long(private)
        assert not private_operation_takes_long(public)

    async def test_a_public_operation_with_a_long_exponent_does(self) -> None:
        public = await public_key("RSA-PSS")
        assert not public_operation_takes_long(public)
        public._handle = public._handle._replace(e=(1 << 64) + 1)
        assert public_operation_takes_long(public)

    def test_an_import_of_a_long_key_does(self) -> None:
        algorithm = normalize_an_algorithm("importKey", {"name": "RSA-PSS", "hash": "SHA-256"})
        assert isinstance(algorithm, RsaHashedImportParams)
        assert importing_takes_long(algorithm, 700) and not importing_takes_long(algorithm, 200)

    @pytest.mark.parametrize("times", [1, 2, 4])
    async def test_a_hostile_json_web_key_is_refused_while_the_loop_goes_on(
        self, times: int
    ) -> None:
        p = 2**2203 - 1
        d = pow(65537, -1, p ** (times - 1) * (p - 1))
        jwk: Any = {"kty": "RSA", "e": "AQAB"} | {
            name: base64url_uint(number) for name, number in (("n", p**times), ("d", d))
        }
        promise = subtle.importKey(
            "jwk", jwk, {"name": "RSA-PSS", "hash": "SHA-256"}, True, ["sign"]
        )
        assert "pending" in repr(promise)
        await rejection(promise, "DataError")

    @pytest.mark.parametrize(
        "member, bits", [("n", 1 << 20), ("d", 1 << 20), ("e", 1 << 16), ("p", 1 << 20)]
    )
    async def test_numbers_that_are_too_long_are_refused(self, member: str, bits: int) -> None:
        jwk: Any = RSA_JWK | {member: base64url_uint((1 << bits) + 1)}
        algorithm = {"name": "RSA-PSS", "hash": "SHA-256"}
        await rejection(subtle.importKey("jwk", jwk, algorithm, True, ["sign"]), "DataError")


@spec("https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-import-key")
@spec("https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-import-key")
@spec("https://w3c.github.io/webcrypto/#rsa-pss-operations-import-key")
@spec("https://w3c.github.io/webcrypto/#rsa-oaep-operations-import-key")
class TestImportRSAKey:
    @pytest.mark.parametrize("name", ALGS)
    async def test_every_format_comes_back_as_it_was(self, name: str) -> None:
        algorithm = {"name": name, "hash": "SHA-256"}
        private, public = await private_key(name), await public_key(name)
        assert (private.type, public.type) == ("private", "public")
        assert private.algorithm == public.algorithm == (name, 1024, b"\1\0\1", ("SHA-256",))
        pkcs8, spki = await exported_bytes("pkcs8", private), await exported_bytes("spki", public)
        again = await subtle.importKey("pkcs8", pkcs8, algorithm, True, [PRIVATE_USAGE[name]])
        assert await exported_jwk(again) == RSA_JWK | {
            "alg": ALGS[name]["SHA-256"],
            "key_ops": [PRIVATE_USAGE[name]],
            "ext": True,
        }
        again = await subtle.importKey("spki", spki, algorithm, True, [PUBLIC_USAGE[name]])
        assert await exported_jwk(again) == PUBLIC_RSA_JWK | {
            "alg": ALGS[name]["SHA-256"], "key_ops": [PUBLIC_USAGE[name]], "ext": True
        }  # fmt: skip

    @pytest.mark.parametrize("name", ALGS)
    async def test_usages_are_those_of_the_type(self, name: str) -> None:
        algorithm = {"name": name, "hash": "SHA-1"}
        await rejection(
            subtle.importKey("spki", b"", algorithm, True, [PRIVATE_USAGE[name]]), "SyntaxError"
        )
        await rejection(
            subtle.importKey("pkcs8", b"", algorithm, True, [PUBLIC_USAGE[name]]), "SyntaxError"
        )
        await rejection(
            subtle.importKey("jwk", {}, algorithm, True, [PRIVATE_USAGE[name]]), "SyntaxError"
        )
        await rejection(
            subtle.importKey("jwk", {"d": ""}, algorithm, True, [PUBLIC_USAGE[name]]), "SyntaxError"
        )
        await rejection(
            subtle.importKey("raw", b"", algorithm, True, [PUBLIC_USAGE[name]]), "NotSupportedError"
        )

    async def test_what_is_no_structure_is_a_data_error(self) -> None:
        spki, pkcs8 = (
            await exported_bytes("spki", await public_key()),
            await exported_bytes("pkcs8", await private_key()),
        )
        algorithm = {"name": "RSA-PSS", "hash": "SHA-1"}
        for data in (b"", spki[:-1], spki + b"\0", pkcs8, b"\x30\x80" + spki[4:]):
            await rejection(
                subtle.importKey("spki", data, algorithm, True, ["verify"]), "DataError"
            )
        for data in (b"", pkcs8[:-1], pkcs8 + b"\0", spki):
            await rejection(subtle.importKey("pkcs8", data, algorithm, True, ["sign"]), "DataError")

    async def test_a_structure_of_another_algorithm_is_a_data_error(self) -> None:
        pair = await key_pair({"name": "ECDSA", "namedCurve": "P-256"}, "sign")
        spki, pkcs8 = (
            await exported_bytes("spki", pair.publicKey),
            await exported_bytes("pkcs8", pair.privateKey),
        )
        algorithm = {"name": "RSA-PSS", "hash": "SHA-1"}
        assert "1.2.840.10045.2.1" in await rejection(
            subtle.importKey("spki", spki, algorithm, True, ["verify"]), "DataError"
        )
        await rejection(subtle.importKey("pkcs8", pkcs8, algorithm, True, ["sign"]), "DataError")

    @pytest.mark.parametrize(
        "member",
        [
            {"kty": "rsa"}, {"kty": None}, {"n": None}, {"n": "AA"}, {"n": "AAAB"}, {"e": None},
            {"e": "AQAA"}, {"e": "AAEAAQ"}, {"e": "AQ"}, {"e": ""}, {"n": "AQAB"}, {"alg": "PS1"},
            {"alg": "RS256"}, {"use": "enc"}, {"key_ops": ["sign"]},
            {"key_ops": ["verify", "verify"]}, {"key_ops": ["verify", "encrypt"]}, {"ext": False},
        ],
    )  # fmt: skip
    async def test_each_member_of_a_public_json_web_key_is_checked(self, member: Any) -> None:
        jwk = PUBLIC_RSA_JWK | {"alg": "PS256", "use": "sig", "key_ops": ["verify"], "ext": True}
        await public_key(jwk=jwk)
        await rejection(public_key(jwk=jwk | member), "DataError")

    @pytest.mark.parametrize(
        "member",
        [{name: "AQAB"} for name in ("n", "d", "p", "q", "dp", "dq", "qi")]
        + [{name: None} for name in ("n", "e", "p", "q", "dp", "dq", "qi")]
        + [
            {"e": "Aw"},
            {"oth": []},
            {"oth": [{"r": "AQ", "d": "AQ", "t": "AQ"}]},
            {"p": RSA_JWK["q"], "q": RSA_JWK["p"]},
        ],
    )
    async def test_each_number_of_a_private_json_web_key_is_checked(self, member: Any) -> None:
        await rejection(private_key(jwk=RSA_JWK | member), "DataError")

    async def test_a_json_web_key_without_alg_is_for_any_hash(self) -> None:
        for hash in ("SHA-1", "SHA3-512"):
            assert (await public_key(hash=hash)).algorithm == ("RSA-PSS", 1024, b"\1\0\1", (hash,))
        await rejection(
            public_key(hash="SHA3-512", jwk=PUBLIC_RSA_JWK | {"alg": "PS512"}), "DataError"
        )

    async def test_official_vectors(self, wpt_data: Callable[[str], Any]) -> None:
        keys = as_python(
            wpt_data("WebCryptoAPI/import_export/rsa_importKey.json")["data"]["keyData"]
        )
        for name, algs in ALGS.items():
            for length, formats in keys.items():
                for hash, alg in algs.items():
                    algorithm = {"name": name, "hash": hash}
                    key = await subtle.importKey(
                        "pkcs8", formats["pkcs8"], algorithm, True, [PRIVATE_USAGE[name]]
                    )
                    assert key.algorithm == (name, int(length), b"\1\0\1", (hash,))
                    assert await exported_bytes("pkcs8", key) == formats["pkcs8"]
                    assert await exported_jwk(key) == formats["jwk"] | {
                        "alg": alg,
                        "key_ops": [PRIVATE_USAGE[name]],
                        "ext": True,
                    }
                    key = await subtle.importKey(
                        "spki", formats["spki"], algorithm, True, [PUBLIC_USAGE[name]]
                    )
                    assert await exported_bytes("spki", key) == formats["spki"]


@spec("https://www.rfc-editor.org/rfc/rfc3447#section-3.1")
class TestNewPublicKey:
    @pytest.mark.parametrize(
        "n, e",
        [
            ((1 << 511) - 1, 3),
            ((1 << 512) - 2, 3),
            ((1 << 512) - 1, 2),
            ((1 << 512) - 1, 1),
            ((1 << 512) - 1, 0),
            (3, 3),
            (0, 0),
        ],
    )
    def test_what_cannot_be_a_key_is_a_data_error(self, n: int, e: int) -> None:
        hash = normalize_an_algorithm("digest", "SHA-1")
        assert new_public_key("RSA-PSS", hash, RSAPublicKey((1 << 512) - 1, 3)).type == "public"
        with pytest.raises(DOMException, match="^DataError"):
            new_public_key("RSA-PSS", hash, RSAPublicKey(n, e))


@spec("https://www.rfc-editor.org/rfc/rfc3447#section-3.2")
class TestNewPrivateKey:
    def test_numbers_that_do_not_fit_each_other_are_a_data_error(self) -> None:
        hash = normalize_an_algorithm("digest", "SHA-1")
        key = rsa_private_key_of_jwk(RSA_JWK)
        assert new_private_key("RSA-PSS", hash, key).type == "private"
        for member in RSAPrivateKey._fields:
            with pytest.raises(DOMException, match="^DataError"):
                new_private_key("RSA-PSS", hash, key._replace(**{member: getattr(key, member) + 2}))

    def test_numbers_above_the_modulus_are_not_even_multiplied(self) -> None:
        hash = normalize_an_algorithm("digest", "SHA-1")
        huge = (1 << 100_000_000) - 1  # the square of which would take long
        with pytest.raises(DOMException, match="^DataError"):
            new_private_key(
                "RSA-PSS", hash, rsa_private_key_of_jwk(RSA_JWK)._replace(p=huge, q=huge)
            )


@spec("https://w3c.github.io/webcrypto/#spki-mapping")
class TestCheckObjectIdentifier:
    async def test_is_rsa_encryption(self) -> None:
        spki = SubjectPublicKeyInfo.decode(await exported_bytes("spki", await public_key()))
        pkcs8 = PrivateKeyInfo.decode(await exported_bytes("pkcs8", await private_key()))
        assert (
            spki.algorithm
            == pkcs8.private_key_algorithm
            == AlgorithmIdentifier("1.2.840.113549.1.1.1", b"\5\0")
        )
        check_object_identifier(spki.algorithm)
        with pytest.raises(DOMException):
            # id-RSASSA-PSS
            check_object_identifier(AlgorithmIdentifier("1.2.840.113549.1.1.10", None))


@spec("https://www.rfc-editor.org/rfc/rfc7518#section-6.3.2")
class TestRSAPrivateKeyOfJWK:
    def test_the_primes_are_recovered_where_only_d_is_there(self) -> None:
        key = rsa_private_key_of_jwk({"n": RSA_JWK["n"], "e": RSA_JWK["e"], "d": RSA_JWK["d"]})
        assert key.is_valid()
        assert {key.p, key.q} == {number_of(RSA_JWK, "p"), number_of(RSA_JWK, "q")}

    @pytest.mark.parametrize(
        "member",
        [
            {"n": "AQAB"},
            {"e": "AQAD"},
            {"d": "AQAB"},
            {"d": "AA"},
            {"d": RSA_JWK["n"]},
            {"e": None},
        ],
    )
    async def test_what_has_no_primes_is_a_data_error(self, member: Any) -> None:
        jwk = {"kty": "RSA", "n": RSA_JWK["n"], "e": RSA_JWK["e"], "d": RSA_JWK["d"]}
        assert (await private_key(jwk=jwk)).type == "private"
        await rejection(private_key(jwk=jwk | member), "DataError")

    async def test_the_square_of_a_prime_is_a_data_error(self) -> None:
        p, e = (1 << 521) - 1, 65_537
        d = pow(e, -1, p * (p - 1))
        jwk = JsonWebKey(kty="RSA", n=base64url_uint(p * p), e="AQAB", d=base64url_uint(d))
        await rejection(private_key(jwk=jwk), "DataError")


@spec("https://w3c.github.io/webcrypto/#RsaHashedKeyAlgorithm-dictionary")
class TestRSAHashedKeyAlgorithm:
    def test_counts_the_bits_of_the_modulus(self) -> None:
        hash = normalize_an_algorithm("digest", "SHA-1")
        algorithm = rsa_hashed_key_algorithm("RSA-PSS", RSAPublicKey(1 << 512, 256), hash)
        assert algorithm == RsaHashedKeyAlgorithm("RSA-PSS", 513, b"\1\0", algorithm.hash)


@spec("https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-export-key")
@spec("https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-export-key")
@spec("https://w3c.github.io/webcrypto/#rsa-pss-operations-export-key")
@spec("https://w3c.github.io/webcrypto/#rsa-oaep-operations-export-key")
class TestExportRSAKey:
    async def test_a_format_is_of_one_type(self) -> None:
        await rejection(subtle.exportKey("spki", await private_key()), "InvalidAccessError")
        await rejection(subtle.exportKey("pkcs8", await public_key()), "InvalidAccessError")
        await rejection(subtle.exportKey("raw", await public_key()), "NotSupportedError")

    @pytest.mark.parametrize("name", ALGS)
    async def test_a_json_web_key_names_the_hash(self, name: str) -> None:
        for hash, alg in ALGS[name].items():
            assert (await exported_jwk(await public_key(name, hash)))["alg"] == alg
        await rejection(exported_jwk(await public_key(name, "SHA3-256")), "NotSupportedError")


@spec("https://w3c.github.io/webcrypto/#dfn-RsaHashedKeyAlgorithm-hash")
class TestHashlibNameOfHash:
    async def test_is_that_of_the_key(self) -> None:
        assert hashlib_name_of_hash(await public_key(hash="SHA3-384")) == "sha3_384"
