"""ECDSA: signatures on P-256, P-384 and P-521.

Web Cryptography: https://w3c.github.io/webcrypto/#ecdsa
"""

from __future__ import annotations

from ...html.settings_objects import current_settings_object
from ..algorithm_dictionary import Algorithm, Member, hash_algorithm_identifier
from ..crypto_key import CryptoKey, CryptoKeyPair, KeyUsage
from ..json_web_key import JsonWebKey, KeyData
from ..key_algorithm_dictionary import EcKeyAlgorithm
from ..primitives.ecc import ecdsa_sign, ecdsa_verify
from ..registration import Registration, SupportedOperation
from .ec import (
    CURVES,
    EcKeyGenParams,
    EcKeyImportParams,
    export_ec_key,
    generate_ec_key_pair,
    import_ec_key,
)
from .key_pairs import SIGNATURE, check_type
from .sha import digest

# https://w3c.github.io/webcrypto/#jwk-mapping-alg
JWK_ALGS = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}


class EcdsaParams(Algorithm):
    """https://w3c.github.io/webcrypto/#dfn-EcdsaParams"""

    __slots__ = ("hash",)

    members = (Member("hash", hash_algorithm_identifier, is_required=True),)

    hash: Algorithm


def sign(normalized_algorithm: EcdsaParams, key: CryptoKey, message: bytes) -> bytes:
    """https://w3c.github.io/webcrypto/#ecdsa-operations-sign"""
    check_type(key, "private")
    assert isinstance(key._algorithm, EcKeyAlgorithm)
    m = digest(normalized_algorithm.hash, message)
    params = CURVES[key._algorithm.namedCurve]
    r, s = ecdsa_sign(params, key._handle.d, m, current_settings_object().host.entropy.random_bytes)
    return r.to_bytes(params.octets) + s.to_bytes(params.octets)


def verify(
    normalized_algorithm: EcdsaParams, key: CryptoKey, signature: bytes, message: bytes
) -> bool:
    """https://w3c.github.io/webcrypto/#ecdsa-operations-verify"""
    check_type(key, "public")
    assert isinstance(key._algorithm, EcKeyAlgorithm)
    m = digest(normalized_algorithm.hash, message)
    params = CURVES[key._algorithm.namedCurve]
    n = params.octets
    if len(signature) != 2 * n:
        return False
    return ecdsa_verify(
        params, key._handle, m, int.from_bytes(signature[:n]), int.from_bytes(signature[n:])
    )


def generate_key(
    normalized_algorithm: EcKeyGenParams, extractable: bool, usages: list[KeyUsage]
) -> CryptoKeyPair:
    """https://w3c.github.io/webcrypto/#ecdsa-operations-generate-key"""
    return generate_ec_key_pair(normalized_algorithm, extractable, usages, SIGNATURE)


def import_key(
    normalized_algorithm: EcKeyImportParams,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#ecdsa-operations-import-key"""
    return import_ec_key(
        normalized_algorithm, format, key_data, extractable, usages, SIGNATURE, JWK_ALGS
    )


def export_key(key: CryptoKey, format: str) -> bytes | JsonWebKey:
    """https://w3c.github.io/webcrypto/#ecdsa-operations-export-key"""
    return export_ec_key(key, format)


# https://w3c.github.io/webcrypto/#ecdsa-registration
REGISTRATION: Registration = {
    "sign": SupportedOperation(EcdsaParams, sign),
    "verify": SupportedOperation(EcdsaParams, verify),
    "generateKey": SupportedOperation(EcKeyGenParams, generate_key),
    "importKey": SupportedOperation(EcKeyImportParams, import_key),
    "exportKey": SupportedOperation(Algorithm, export_key),
}
