"""What Ed25519, X25519, Ed448 and X448 have in common: their keys, which are octets.

Web Cryptography: https://w3c.github.io/webcrypto/#ed25519-operations
RFC 8037 (JSON Web Keys) and RFC 8410 (structures): https://www.rfc-editor.org/rfc/rfc8037

The operations of the four that have to do with keys say the same but for what stands in
OctetKeyPairs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ...html.settings_objects import current_settings_object
from ...webidl.exceptions import DOMException
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
from ..key_algorithm_dictionary import KeyAlgorithm
from ..primitives.key_structures import (
    AlgorithmIdentifier,
    CurvePrivateKey,
    PrivateKeyInfo,
    SubjectPublicKeyInfo,
)
from ..terminology import (
    parse_a_private_key_info,
    parse_a_subject_public_key_info,
    parse_an_asn1_structure,
)
from .key_pairs import KeyPairUsages, check_type, new_key_pair, with_key_ops_and_ext


class OctetKeyPairs(NamedTuple):
    """The keys of an algorithm. The name is also the "crv" of a JSON Web Key; the first "alg" is
    written, each is read.

    https://www.rfc-editor.org/rfc/rfc8037#section-2
    """

    name: str
    object_identifier: str
    length: int  # of each key, in bytes
    usages: KeyPairUsages
    jwk_algs: tuple[str, ...]  # none: any is read, as it is of no interest
    public_key: Callable[[bytes], bytes]


class PrivateKey(NamedTuple):
    """The handle of a private key, which has the public one in it; that of a public key is its
    octets.

    https://www.rfc-editor.org/rfc/rfc8410#section-6
    """

    private_key: bytes
    public_key: bytes


def generate_octet_key_pair(
    algorithm: OctetKeyPairs, extractable: bool, usages: list[KeyUsage]
) -> CryptoKeyPair:
    """https://www.rfc-editor.org/rfc/rfc7748#section-6"""
    check_usages(usages, algorithm.usages.public + algorithm.usages.private)
    private_key = current_settings_object().host.entropy.random_bytes(algorithm.length)
    handle = PrivateKey(private_key, algorithm.public_key(private_key))
    return new_key_pair(
        KeyAlgorithm(algorithm.name),
        handle.public_key,
        handle,
        extractable,
        usages,
        algorithm.usages,
    )


def import_octet_key(
    algorithm: OctetKeyPairs,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    """https://www.rfc-editor.org/rfc/rfc8037#appendix-A"""
    name = algorithm.name
    match format:
        case "spki":
            check_usages(usages, algorithm.usages.public)
            spki = parse_a_subject_public_key_info(bytes_of(key_data))
            check_identifier(algorithm, spki.algorithm)
            return new_public_key(algorithm, spki.subject_public_key)
        case "pkcs8":
            check_usages(usages, algorithm.usages.private)
            private_key_info = parse_a_private_key_info(bytes_of(key_data))
            check_identifier(algorithm, private_key_info.private_key_algorithm)
            curve_private_key = parse_an_asn1_structure(
                private_key_info.private_key, CurvePrivateKey.decode
            )
            return new_private_key(algorithm, curve_private_key.private_key)
        case "jwk":
            jwk = json_web_key_of(key_data)
            check_usages(
                usages, algorithm.usages.private if "d" in jwk else algorithm.usages.public
            )
            check_kty(jwk, "OKP")
            check_member(jwk, "crv", (name,))
            if algorithm.jwk_algs and "alg" in jwk:
                check_member(jwk, "alg", algorithm.jwk_algs)
            check_use_key_ops_and_ext(jwk, algorithm.usages.use, extractable, usages)
            x = octets_of(jwk, "x", algorithm.length)
            if "d" not in jwk:
                return new_public_key(algorithm, x)
            key = new_private_key(algorithm, octets_of(jwk, "d", algorithm.length))
            if key._handle.public_key != x:
                raise DOMException(
                    "'d' and 'x' of the JSON Web Key do not belong together", "DataError"
                )
            return key
        case "raw":
            check_usages(usages, algorithm.usages.public)
            return new_public_key(algorithm, bytes_of(key_data))
        case _:
            raise DOMException(f"{name} keys have no format {format!r}", "NotSupportedError")


def new_public_key(algorithm: OctetKeyPairs, octets: bytes) -> CryptoKey:
    """https://www.rfc-editor.org/rfc/rfc8410#section-4"""
    check_length(algorithm, octets)
    return new_crypto_key("public", KeyAlgorithm(algorithm.name), octets)


def new_private_key(algorithm: OctetKeyPairs, octets: bytes) -> CryptoKey:
    """https://www.rfc-editor.org/rfc/rfc8410#section-5"""
    check_length(algorithm, octets)
    return new_crypto_key(
        "private", KeyAlgorithm(algorithm.name), PrivateKey(octets, algorithm.public_key(octets))
    )


def check_length(algorithm: OctetKeyPairs, octets: bytes) -> None:
    """https://www.rfc-editor.org/rfc/rfc8032#section-5"""
    if len(octets) != algorithm.length:
        raise DOMException(
            f"A key of {algorithm.name} has {algorithm.length} bytes, not {len(octets)}",
            "DataError",
        )


def check_identifier(algorithm: OctetKeyPairs, identifier: AlgorithmIdentifier) -> None:
    """https://www.rfc-editor.org/rfc/rfc8410#section-3"""
    if identifier.algorithm != algorithm.object_identifier:
        raise DOMException(
            f"Expected the object identifier of {algorithm.name}, not {identifier.algorithm}",
            "DataError",
        )
    if identifier.parameters is not None:
        raise DOMException(f"{algorithm.name} has no parameters", "DataError")


def export_octet_key(algorithm: OctetKeyPairs, key: CryptoKey, format: str) -> bytes | JsonWebKey:
    """https://www.rfc-editor.org/rfc/rfc8410#section-10"""
    identifier = AlgorithmIdentifier(algorithm.object_identifier, None)
    public_key: bytes = (
        key._handle.public_key if isinstance(key._handle, PrivateKey) else key._handle
    )
    match format:
        case "spki":
            check_type(key, "public")
            return SubjectPublicKeyInfo(identifier, public_key).encode()
        case "pkcs8":
            check_type(key, "private")
            return PrivateKeyInfo(
                identifier, CurvePrivateKey(key._handle.private_key).encode()
            ).encode()
        case "jwk":
            jwk = JsonWebKey(kty="OKP", crv=algorithm.name, x=base64url_encode(public_key))
            if algorithm.jwk_algs:
                jwk["alg"] = algorithm.jwk_algs[0]
            if isinstance(key._handle, PrivateKey):
                jwk["d"] = base64url_encode(key._handle.private_key)
            return with_key_ops_and_ext(jwk, key)
        case "raw":
            check_type(key, "public")
            return public_key
        case _:
            raise DOMException(
                f"{algorithm.name} keys have no format {format!r}", "NotSupportedError"
            )
