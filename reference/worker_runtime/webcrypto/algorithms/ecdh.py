"""ECDH: agreement on a secret on P-256, P-384 and P-521; and what X25519 and X448 have in common
with it.

Web Cryptography: https://w3c.github.io/webcrypto/#ecdh
"""

from __future__ import annotations

from ...webidl.exceptions import DOMException
from ..algorithm_dictionary import Algorithm, Member
from ..crypto_key import CryptoKey, CryptoKeyPair, KeyUsage, to_crypto_key
from ..json_web_key import JsonWebKey, KeyData
from ..key_algorithm_dictionary import EcKeyAlgorithm
from ..primitives import ecc
from ..registration import Registration, SupportedOperation
from ..terminology import byte_sequence_containing
from .ec import (
    CURVES,
    EcKeyGenParams,
    EcKeyImportParams,
    export_ec_key,
    generate_ec_key_pair,
    import_ec_key,
)
from .key_pairs import KEY_AGREEMENT, check_type


class EcdhKeyDeriveParams(Algorithm):
    """https://w3c.github.io/webcrypto/#dfn-EcdhKeyDeriveParams"""

    __slots__ = ("public",)

    members = (Member("public", to_crypto_key, is_required=True),)

    public: CryptoKey


def derive_bits(
    normalized_algorithm: EcdhKeyDeriveParams, key: CryptoKey, length: int | None
) -> bytes:
    """https://w3c.github.io/webcrypto/#ecdh-operations-derive-bits"""
    public_key = peers_key(normalized_algorithm, key)
    assert isinstance(key._algorithm, EcKeyAlgorithm) and isinstance(
        public_key._algorithm, EcKeyAlgorithm
    )
    if public_key._algorithm.namedCurve != key._algorithm.namedCurve:
        message = (
            f"A key of {key._algorithm.namedCurve} and a public key of "
            f"{public_key._algorithm.namedCurve} share no secret"
        )
        raise DOMException(message, "InvalidAccessError")
    secret = ecc.ecdh(CURVES[key._algorithm.namedCurve], key._handle.d, public_key._handle)
    return first_bits(secret, length)


def peers_key(normalized_algorithm: EcdhKeyDeriveParams, key: CryptoKey) -> CryptoKey:
    """The public key to agree with; an "InvalidAccessError" DOMException if the two keys cannot.

    https://w3c.github.io/webcrypto/#dfn-EcdhKeyDeriveParams-public
    """
    check_type(key, "private")
    public_key = normalized_algorithm.public
    check_type(public_key, "public")
    if public_key._algorithm.name != key._algorithm.name:
        message = (
            f"A key of {key._algorithm.name} and a public key of "
            f"{public_key._algorithm.name} share no secret"
        )
        raise DOMException(message, "InvalidAccessError")
    return public_key


def first_bits(secret: bytes, length: int | None) -> bytes:
    """The first `length` bits of a secret, or all of it. An "OperationError" DOMException if it is
    shorter.

    Part of https://w3c.github.io/webcrypto/#ecdh-operations-derive-bits
    """
    if length is None:
        return secret
    if 8 * len(secret) < length:
        raise DOMException(f"The secret has {8 * len(secret)} bits, not {length}", "OperationError")
    return byte_sequence_containing(secret, length)


def generate_key(
    normalized_algorithm: EcKeyGenParams, extractable: bool, usages: list[KeyUsage]
) -> CryptoKeyPair:
    """https://w3c.github.io/webcrypto/#ecdh-operations-generate-key"""
    return generate_ec_key_pair(normalized_algorithm, extractable, usages, KEY_AGREEMENT)


def import_key(
    normalized_algorithm: EcKeyImportParams,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#ecdh-operations-import-key"""
    return import_ec_key(
        normalized_algorithm, format, key_data, extractable, usages, KEY_AGREEMENT, None
    )


def export_key(key: CryptoKey, format: str) -> bytes | JsonWebKey:
    """https://w3c.github.io/webcrypto/#ecdh-operations-export-key"""
    return export_ec_key(key, format)


# https://w3c.github.io/webcrypto/#ecdh-registration
REGISTRATION: Registration = {
    "generateKey": SupportedOperation(EcKeyGenParams, generate_key),
    "deriveBits": SupportedOperation(EcdhKeyDeriveParams, derive_bits),
    "importKey": SupportedOperation(EcKeyImportParams, import_key),
    "exportKey": SupportedOperation(Algorithm, export_key),
}
