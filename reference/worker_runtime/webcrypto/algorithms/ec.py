"""What ECDSA and ECDH have in common: their keys.

Web Cryptography: https://w3c.github.io/webcrypto/#ecdsa-operations

The operations of the two that have to do with keys say the same but for names, usages and the "alg"
of a JSON Web Key.
"""

from __future__ import annotations

from typing import NamedTuple

from ...html.settings_objects import current_settings_object
from ...webidl.exceptions import DOMException
from ...webidl.type_mapping import to_dom_string
from ..algorithm_dictionary import Algorithm, Member
from ..crypto_key import CryptoKey, CryptoKeyPair, KeyUsage, check_usages, new_crypto_key
from ..json_web_key import (
    JsonWebKey,
    KeyData,
    base64url_encode,
    bytes_of,
    check_kty,
    check_member,
    check_use_key_ops_and_ext,
    json_web_key_of,
    octets_of,
)
from ..key_algorithm_dictionary import EcKeyAlgorithm
from ..primitives.ecc import public_key, random_scalar
from ..primitives.key_structures import (
    AlgorithmIdentifier,
    ECParameters,
    ECPrivateKey,
    PrivateKeyInfo,
    SubjectPublicKeyInfo,
)
from ..primitives.weierstrass import (
    P_256,
    P_384,
    P_521,
    Curve,
    ECError,
    Point,
    decode_point,
    encode_point,
)
from ..terminology import (
    parse_a_private_key_info,
    parse_a_subject_public_key_info,
    parse_an_asn1_structure,
)
from .key_pairs import KeyPairUsages, check_type, new_key_pair, with_key_ops_and_ext

EC_PUBLIC_KEY = "1.2.840.10045.2.1"

# https://w3c.github.io/webcrypto/#dfn-NamedCurve
CURVES = {"P-256": P_256, "P-384": P_384, "P-521": P_521}
# https://www.rfc-editor.org/rfc/rfc5480#section-2.1.1.1
OBJECT_IDENTIFIERS = {
    "P-256": "1.2.840.10045.3.1.7",
    "P-384": "1.3.132.0.34",
    "P-521": "1.3.132.0.35",
}


class EcKeyGenParams(Algorithm):
    """https://w3c.github.io/webcrypto/#dfn-EcKeyGenParams"""

    __slots__ = ("namedCurve",)

    members = (Member("namedCurve", to_dom_string, is_required=True),)

    namedCurve: str


class EcKeyImportParams(Algorithm):
    """https://w3c.github.io/webcrypto/#dfn-EcKeyImportParams"""

    __slots__ = ("namedCurve",)

    members = (Member("namedCurve", to_dom_string, is_required=True),)

    namedCurve: str


class PrivateKey(NamedTuple):
    """The handle of a private key, which has the public one in it; that of a public key is the
    point alone.

    Part of https://w3c.github.io/webcrypto/#ecdsa-operations-import-key
    """

    d: int
    q: Point


def generate_ec_key_pair(
    normalized_algorithm: EcKeyGenParams,
    extractable: bool,
    usages: list[KeyUsage],
    key_usages: KeyPairUsages,
) -> CryptoKeyPair:
    """Part of https://w3c.github.io/webcrypto/#ecdsa-operations-generate-key"""
    check_usages(usages, key_usages.public + key_usages.private)
    curve = CURVES.get(normalized_algorithm.namedCurve)
    if curve is None:
        raise DOMException(
            f"Unknown curve: {normalized_algorithm.namedCurve!r}", "NotSupportedError"
        )
    d = random_scalar(curve, current_settings_object().host.entropy.random_bytes)
    q = public_key(curve, d)
    algorithm = EcKeyAlgorithm(normalized_algorithm.name, normalized_algorithm.namedCurve)
    return new_key_pair(algorithm, q, PrivateKey(d, q), extractable, usages, key_usages)


def import_ec_key(
    normalized_algorithm: EcKeyImportParams,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
    key_usages: KeyPairUsages,
    jwk_algs: dict[str, str] | None,
) -> CryptoKey:
    """The "alg" of a JSON Web Key has to be that of the curve, or is ignored.

    Part of https://w3c.github.io/webcrypto/#ecdsa-operations-import-key
    """
    algorithm = EcKeyAlgorithm(normalized_algorithm.name, normalized_algorithm.namedCurve)
    match format:
        case "spki":
            check_usages(usages, key_usages.public)
            spki = parse_a_subject_public_key_info(bytes_of(key_data))
            curve = named_curve(spki.algorithm, algorithm.namedCurve)
            return new_crypto_key("public", algorithm, point_of(curve, spki.subject_public_key))
        case "pkcs8":
            check_usages(usages, key_usages.private)
            private_key_info = parse_a_private_key_info(bytes_of(key_data))
            curve = named_curve(private_key_info.private_key_algorithm, algorithm.namedCurve)
            ec_private_key = parse_an_asn1_structure(
                private_key_info.private_key, ECPrivateKey.decode
            )
            if ec_private_key.parameters not in (
                None,
                ECParameters(OBJECT_IDENTIFIERS[algorithm.namedCurve]),
            ):
                raise DOMException(
                    "The private key is of another curve than the structure around it says",
                    "DataError",
                )
            q = (
                None
                if ec_private_key.public_key is None
                else point_of(curve, ec_private_key.public_key)
            )
            return new_crypto_key(
                "private", algorithm, private_key_of(curve, ec_private_key.private_key, q)
            )
        case "jwk":
            jwk = json_web_key_of(key_data)
            check_usages(usages, key_usages.private if "d" in jwk else key_usages.public)
            check_kty(jwk, "EC")
            check_use_key_ops_and_ext(jwk, key_usages.use, extractable, usages)
            check_member(jwk, "crv", (algorithm.namedCurve,))
            curve = curve_of(algorithm.namedCurve)
            if jwk_algs is not None and "alg" in jwk:
                check_member(jwk, "alg", (jwk_algs[algorithm.namedCurve],))
            x, y = octets_of(jwk, "x", curve.octets), octets_of(jwk, "y", curve.octets)
            q = point_of(curve, b"\x04" + x + y)
            if "d" in jwk:
                return new_crypto_key(
                    "private", algorithm, private_key_of(curve, octets_of(jwk, "d"), q)
                )
            return new_crypto_key("public", algorithm, q)
        case "raw":
            curve = curve_of(algorithm.namedCurve)
            check_usages(usages, key_usages.public)
            return new_crypto_key("public", algorithm, point_of(curve, bytes_of(key_data)))
        case _:
            raise DOMException(
                f"{algorithm.name} keys have no format {format!r}", "NotSupportedError"
            )


def curve_of(name: str) -> Curve:
    """https://w3c.github.io/webcrypto/#dfn-EcKeyImportParams-namedCurve"""
    if name not in CURVES:
        raise DOMException(f"Unknown curve: {name!r}", "DataError")
    return CURVES[name]


def named_curve(identifier: AlgorithmIdentifier, name: str) -> Curve:
    """The curve that the parameters of a structure name, which has to be the one that is wanted.

    https://w3c.github.io/webcrypto/#dfn-NamedCurve
    """
    if identifier.algorithm != EC_PUBLIC_KEY:
        raise DOMException(
            f"Expected the object identifier of EC keys, not {identifier.algorithm}", "DataError"
        )
    if identifier.parameters is None:
        raise DOMException("The structure of an EC key names no curve", "DataError")
    parameters = parse_an_asn1_structure(identifier.parameters, ECParameters.decode)
    if parameters.named_curve != OBJECT_IDENTIFIERS.get(name):
        raise DOMException(
            f"Expected a key of {name}, not of the curve {parameters.named_curve}", "DataError"
        )
    return CURVES[name]


def point_of(curve: Curve, octets: bytes) -> Point:
    """Part of https://w3c.github.io/webcrypto/#ecdsa-operations-import-key"""
    try:
        return decode_point(curve, octets)
    except ECError as error:
        raise DOMException(str(error), "DataError") from None


def private_key_of(curve: Curve, octets: bytes, q: Point | None) -> PrivateKey:
    """If the public key is given, it has to be that of the private one.

    Part of https://w3c.github.io/webcrypto/#ecdsa-operations-import-key
    """
    d = int.from_bytes(octets)
    if len(octets) != curve.octets or not 0 < d < curve.n:
        raise DOMException(
            "The private key is not a number from 1 to the order less 1, in as many bytes",
            "DataError",
        )
    private_key = PrivateKey(d, public_key(curve, d))
    if q not in (None, private_key.q):
        raise DOMException("The private and the public key do not belong together", "DataError")
    return private_key


def export_ec_key(key: CryptoKey, format: str) -> bytes | JsonWebKey:
    """Part of https://w3c.github.io/webcrypto/#ecdsa-operations-export-key
    Part of https://w3c.github.io/webcrypto/#ecdh-operations-export-key
    """
    assert isinstance(key._algorithm, EcKeyAlgorithm)
    name = key._algorithm.namedCurve
    curve = CURVES[name]
    identifier = AlgorithmIdentifier(EC_PUBLIC_KEY, ECParameters(OBJECT_IDENTIFIERS[name]).encode())
    point: Point = key._handle.q if isinstance(key._handle, PrivateKey) else key._handle
    octets = encode_point(curve, point)
    match format:
        case "spki":
            check_type(key, "public")
            return SubjectPublicKeyInfo(identifier, octets).encode()
        case "pkcs8":
            check_type(key, "private")
            # DEVIATION: the curve is not named a second time inside. Nobody does, and the official
            # tests compare.
            ec_private_key = ECPrivateKey(key._handle.d.to_bytes(curve.octets), None, octets)
            return PrivateKeyInfo(identifier, ec_private_key.encode()).encode()
        case "jwk":
            x, y = octets[1 : 1 + curve.octets], octets[1 + curve.octets :]
            jwk = JsonWebKey(kty="EC", crv=name, x=base64url_encode(x), y=base64url_encode(y))
            if isinstance(key._handle, PrivateKey):
                jwk["d"] = base64url_encode(key._handle.d.to_bytes(curve.octets))
            return with_key_ops_and_ext(jwk, key)
        case "raw":
            check_type(key, "public")
            return octets
        case _:
            raise DOMException(
                f"{key._algorithm.name} keys have no format {format!r}", "NotSupportedError"
            )
