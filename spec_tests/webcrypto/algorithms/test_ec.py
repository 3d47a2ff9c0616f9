"""Web Cryptography: what ECDSA and ECDH have in common."""

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
from worker_runtime.webcrypto.algorithm_normalization import normalize_an_algorithm
from worker_runtime.webcrypto.algorithms.ec import (
    CURVES,
    EcKeyGenParams,
    EcKeyImportParams,
    PrivateKey,
    curve_of,
    named_curve,
    point_of,
    private_key_of,
)
from worker_runtime.webcrypto.crypto_key import CryptoKeyPair
from worker_runtime.webcrypto.json_web_key import base64url_encode
from worker_runtime.webcrypto.primitives.ecc import public_key
from worker_runtime.webcrypto.primitives.key_structures import (
    AlgorithmIdentifier,
    ECParameters,
    ECPrivateKey,
    PrivateKeyInfo,
)
from worker_runtime.webcrypto.primitives.weierstrass import P_256, P_384, encode_point

spec = pytest.mark.spec

# RFC 7515, A.3
JWK = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
}
NAMES = ["ECDSA", "ECDH"]
PRIVATE_USAGE: dict[str, Any] = {"ECDSA": "sign", "ECDH": "deriveBits"}
PUBLIC_USAGES: dict[str, Any] = {"ECDSA": ["verify"], "ECDH": []}
EC_PUBLIC_KEY = "1.2.840.10045.2.1"


def algorithm_of(name: str, curve: str = "P-256") -> dict[str, str]:
    return {"name": name, "namedCurve": curve}


async def pair_of(name: str, curve: str = "P-256") -> CryptoKeyPair:
    return await key_pair(algorithm_of(name, curve), PRIVATE_USAGE[name], *PUBLIC_USAGES[name])


async def imported(name: str, format: Any, data: Any, curve: str = "P-256") -> CryptoKey:
    is_private = format == "pkcs8" or format == "jwk" and data.get("d") is not None
    usages = [PRIVATE_USAGE[name]] if is_private else PUBLIC_USAGES[name]
    return await subtle.importKey(format, data, algorithm_of(name, curve), True, usages)


@spec("https://w3c.github.io/webcrypto/#dfn-EcKeyGenParams")
class TestEcKeyGenParams:
    def test_the_curve_is_required(self) -> None:
        assert isinstance(
            normalize_an_algorithm("generateKey", algorithm_of("ECDH")), EcKeyGenParams
        )
        with pytest.raises(TypeError, match="'namedCurve' is missing"):
            normalize_an_algorithm("generateKey", "ECDSA")


@spec("https://w3c.github.io/webcrypto/#dfn-EcKeyImportParams")
class TestEcKeyImportParams:
    def test_the_curve_is_required(self) -> None:
        assert isinstance(
            normalize_an_algorithm("importKey", algorithm_of("ECDSA")), EcKeyImportParams
        )
        with pytest.raises(TypeError, match="'namedCurve' is missing"):
            normalize_an_algorithm("importKey", "ECDH")


@spec("https://w3c.github.io/webcrypto/#ecdsa-operations-import-key")
class TestPrivateKey:
    def test_has_the_public_key_in_it(self) -> None:
        assert PrivateKey(1, P_256.g).q == P_256.g


@spec("https://w3c.github.io/webcrypto/#ecdsa-operations-generate-key")
@spec("https://w3c.github.io/webcrypto/#ecdsa-operations-generate-key")
@spec("https://w3c.github.io/webcrypto/#ecdh-operations-generate-key")
class TestGenerateECKeyPair:
    @pytest.mark.parametrize("curve, octets", [("P-256", 32), ("P-384", 48), ("P-521", 66)])
    @pytest.mark.parametrize("name", NAMES)
    async def test_is_random_and_of_that_curve(self, name: str, curve: str, octets: int) -> None:
        with counting_entropy() as entropy:
            pair = await pair_of(name, curve)
        assert len(entropy.lengths) == 1 and entropy.lengths[0] >= octets + 8
        assert pair.publicKey.algorithm == pair.privateKey.algorithm == (name, curve)
        assert len(await exported_bytes("raw", pair.publicKey)) == 1 + 2 * octets

    @pytest.mark.parametrize("curve", ["p-256", "P-512", "secp256k1", ""])
    @pytest.mark.parametrize("name", NAMES)
    async def test_an_unknown_curve_is_not_supported(self, name: str, curve: str) -> None:
        await rejection(pair_of(name, curve), "NotSupportedError")
        await rejection(key_pair(algorithm_of(name, curve), "encrypt"), "SyntaxError")


@spec("https://w3c.github.io/webcrypto/#ecdsa-operations-import-key")
@spec("https://w3c.github.io/webcrypto/#ecdsa-operations-import-key")
@spec("https://w3c.github.io/webcrypto/#ecdh-operations-import-key")
class TestImportECKey:
    @pytest.mark.parametrize("curve", CURVES)
    @pytest.mark.parametrize("name", NAMES)
    async def test_every_format_comes_back_as_it_was(self, name: str, curve: str) -> None:
        public, private = await pair_of(name, curve)
        formats: list[tuple[CryptoKey, Any]] = [
            (public, "spki"), (public, "raw"), (public, "jwk"), (private, "pkcs8"), (private, "jwk")
        ]  # fmt: skip
        for key, format in formats:
            exported: Any = await subtle.exportKey(format, key)
            again = await imported(name, format, exported, curve)
            assert (again.type, again.algorithm) == (key.type, key.algorithm)
            assert await subtle.exportKey(format, again) == exported

    @pytest.mark.parametrize("name", NAMES)
    async def test_usages_are_those_of_the_type(self, name: str) -> None:
        algorithm = algorithm_of(name)
        public: list[Any] = [("spki", b""), ("raw", b""), ("jwk", {})]
        for format, data in public:
            await rejection(
                subtle.importKey(format, data, algorithm, True, [PRIVATE_USAGE[name]]),
                "SyntaxError",
            )
        private: list[Any] = [("pkcs8", b""), ("jwk", {"d": ""})]
        for format, data in private:
            await rejection(
                subtle.importKey(format, data, algorithm, True, ["encrypt"]), "SyntaxError"
            )

    @pytest.mark.parametrize("format", ["spki", "raw", "pkcs8", "jwk"])
    @pytest.mark.parametrize("name", NAMES)
    async def test_a_key_of_another_curve_is_a_data_error(self, name: str, format: Any) -> None:
        public, private = await pair_of(name)
        data = await subtle.exportKey(format, private if format == "pkcs8" else public)
        for curve in ("P-384", "p-256", "P-512"):
            await rejection(imported(name, format, data, curve), "DataError")

    @pytest.mark.parametrize("name", NAMES)
    async def test_points_may_be_compressed(self, name: str) -> None:
        point = (
            b"\x03"
            + (await exported_bytes("raw", await imported(name, "jwk", {**JWK, "d": None})))[1:33]
        )
        key = await imported(name, "raw", point)
        assert (await exported_jwk(key))["y"] == JWK["y"]

    @pytest.mark.parametrize("name", NAMES)
    async def test_what_is_no_point_is_a_data_error(self, name: str) -> None:
        x, y = bytes(31) + b"\1", bytes(32)
        points = [
            b"",
            b"\0",
            b"\4",
            b"\4" + x + y,
            b"\5" + x,
            b"\2" + bytes(31) + b"\4",
            b"\4" + bytes(64),
            b"\4" + bytes(66),
        ]
        for point in points:
            await rejection(imported(name, "raw", point), "DataError")

    @pytest.mark.parametrize("name", NAMES)
    async def test_the_curve_that_is_named_inside_agrees(self, name: str) -> None:
        private_key = (1).to_bytes(32)
        for oid, ok in (("1.2.840.10045.3.1.7", True), ("1.3.132.0.34", False)):
            inner = ECPrivateKey(private_key, ECParameters(oid), None).encode()
            identifier = AlgorithmIdentifier(
                EC_PUBLIC_KEY, ECParameters("1.2.840.10045.3.1.7").encode()
            )
            promise = imported(name, "pkcs8", PrivateKeyInfo(identifier, inner).encode())
            if ok:
                assert (await promise).type == "private"
            else:
                await rejection(promise, "DataError")

    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize(
        "member",
        [
            {"kty": "ec"}, {"kty": "OKP"}, {"crv": "P-384"}, {"crv": None}, {"x": None},
            {"y": None}, {"x": "AA"}, {"x": JWK["y"]}, {"d": "AA"}, {"d": JWK["x"]},
            {"d": base64url_encode(bytes(32))}, {"d": base64url_encode(P_256.n.to_bytes(32))},
            {"ext": False}, {"key_ops": []}, {"use": "other"},
        ],
    )  # fmt: skip
    async def test_each_member_of_a_json_web_key_is_checked(self, name: str, member: Any) -> None:
        assert (await imported(name, "jwk", JWK)).type == "private"
        await rejection(imported(name, "jwk", JWK | member), "DataError")

    async def test_use_is_for_one_of_the_two_and_alg_for_signatures(self) -> None:
        assert (
            await imported("ECDSA", "jwk", {**JWK, "use": "sig", "alg": "ES256"})
        ).type == "private"
        assert (
            await imported("ECDH", "jwk", {**JWK, "use": "enc", "alg": "ES512"})
        ).type == "private"
        await rejection(imported("ECDSA", "jwk", {**JWK, "use": "enc"}), "DataError")
        await rejection(imported("ECDH", "jwk", {**JWK, "use": "sig"}), "DataError")
        for alg in ("ES512", "es256", "ECDH-ES", ""):
            await rejection(imported("ECDSA", "jwk", {**JWK, "alg": alg}), "DataError")

    @pytest.mark.parametrize("name", NAMES)
    async def test_official_vectors(self, wpt_data: Callable[[str], Any], name: str) -> None:
        keys = as_python(
            wpt_data("WebCryptoAPI/import_export/ec_importKey.json")["data"]["keyData"]
        )
        for curve, formats in keys.items():
            raw, spki = formats["raw"], formats["spki"]
            for format, data in (
                ("spki", spki),
                ("spki", formats["spki_compressed"]),
                ("raw", raw),
                ("raw", formats["raw_compressed"]),
            ):
                key = await imported(name, format, data, curve)
                assert await exported_bytes("raw", key) == raw
                assert await exported_bytes("spki", key) == spki
            key = await imported(name, "pkcs8", formats["pkcs8"], curve)
            assert await exported_bytes("pkcs8", key) == formats["pkcs8"]
            assert await exported_jwk(key) == formats["jwk"] | {
                "key_ops": [PRIVATE_USAGE[name]],
                "ext": True,
            }

    @pytest.mark.parametrize("name", NAMES)
    async def test_official_vectors_of_what_is_missing(
        self, wpt_data: Callable[[str], Any], name: str
    ) -> None:
        failures = as_python(
            wpt_data("WebCryptoAPI/import_export/ec_importKey_failures_fixtures.json")["data"]
        )
        for failure in failures["getMissingJWKFieldKeyData"][name]:
            await rejection(
                imported(name, "jwk", failure["data"], failure["data"].get("crv") or "P-256"),
                "DataError",
            )


@spec("https://w3c.github.io/webcrypto/#dfn-EcKeyImportParams-namedCurve")
class TestCurveOf:
    def test_an_unknown_one_is_a_data_error(self) -> None:
        assert curve_of("P-256") is P_256
        with pytest.raises(DOMException, match="^DataError: Unknown curve: 'P-257'"):
            curve_of("P-257")


@spec("https://w3c.github.io/webcrypto/#dfn-NamedCurve")
class TestNamedCurve:
    def test_the_structure_has_to_name_the_curve(self) -> None:
        parameters = ECParameters("1.3.132.0.34").encode()
        assert named_curve(AlgorithmIdentifier(EC_PUBLIC_KEY, parameters), "P-384") is P_384
        for identifier in (
            AlgorithmIdentifier("1.3.132.1.12", parameters),  # id-ecDH
            AlgorithmIdentifier(EC_PUBLIC_KEY, None),
            AlgorithmIdentifier(EC_PUBLIC_KEY, b"\5\0"),
            AlgorithmIdentifier(EC_PUBLIC_KEY, ECParameters("1.3.132.0.10").encode()),
        ):
            with pytest.raises(DOMException, match="^DataError"):
                named_curve(identifier, "P-384")


@spec("https://w3c.github.io/webcrypto/#ecdsa-operations-import-key")
class TestPointOf:
    def test_what_is_none_is_a_data_error(self) -> None:
        assert point_of(P_256, encode_point(P_256, P_256.g)) == P_256.g
        with pytest.raises(DOMException, match="^DataError"):
            point_of(P_256, b"\0")


@spec("https://w3c.github.io/webcrypto/#ecdsa-operations-import-key")
class TestPrivateKeyOf:
    @pytest.mark.parametrize("d", [0, P_256.n, P_256.n + 1])
    def test_a_number_out_of_range_is_a_data_error(self, d: int) -> None:
        with pytest.raises(DOMException, match="^DataError"):
            private_key_of(P_256, d.to_bytes(32), None)

    def test_has_as_many_bytes_as_the_order(self) -> None:
        assert private_key_of(P_256, (1).to_bytes(32), None) == (1, P_256.g)
        assert private_key_of(P_256, (P_256.n - 1).to_bytes(32), None).d == P_256.n - 1
        for octets in (b"\1", bytes(30) + b"\1", bytes(32) + b"\1"):
            with pytest.raises(DOMException, match="^DataError"):
                private_key_of(P_256, octets, None)

    def test_the_public_key_has_to_belong_to_it(self) -> None:
        assert private_key_of(P_256, (2).to_bytes(32), public_key(P_256, 2)).d == 2
        with pytest.raises(DOMException, match="belong together"):
            private_key_of(P_256, (2).to_bytes(32), P_256.g)


@spec("https://w3c.github.io/webcrypto/#ecdsa-operations-export-key")
@spec("https://w3c.github.io/webcrypto/#ecdsa-operations-export-key")
@spec("https://w3c.github.io/webcrypto/#ecdh-operations-export-key")
class TestExportECKey:
    @pytest.mark.parametrize("name", NAMES)
    async def test_a_format_is_of_one_type(self, name: str) -> None:
        public, private = await pair_of(name)
        await rejection(subtle.exportKey("spki", private), "InvalidAccessError")
        await rejection(subtle.exportKey("raw", private), "InvalidAccessError")
        await rejection(subtle.exportKey("pkcs8", public), "InvalidAccessError")

    @pytest.mark.parametrize("name", NAMES)
    async def test_the_structure_of_a_private_key_has_the_public_one_in_it(self, name: str) -> None:
        public, private = await pair_of(name)
        inner = ECPrivateKey.decode(
            PrivateKeyInfo.decode(await exported_bytes("pkcs8", private)).private_key
        )
        assert inner.public_key == await exported_bytes("raw", public)
        assert inner.parameters is None
