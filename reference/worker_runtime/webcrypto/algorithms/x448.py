"""X448: agreement on a secret.

Secure Curves: https://wicg.github.io/webcrypto-secure-curves/#x448

The operations have no addresses of their own there; all are in
https://wicg.github.io/webcrypto-secure-curves/#x448-operations
"""

from __future__ import annotations

import hmac

from ...webidl.exceptions import DOMException
from ..algorithm_dictionary import Algorithm
from ..crypto_key import CryptoKey, CryptoKeyPair, KeyUsage
from ..json_web_key import JsonWebKey, KeyData
from ..primitives.montgomery import X448_BASE_POINT, x448
from .ecdh import EcdhKeyDeriveParams, first_bits, peers_key
from .key_pairs import KEY_AGREEMENT
from .okp import OctetKeyPairs, export_octet_key, generate_octet_key_pair, import_octet_key
from ..registration import Registration, SupportedOperation

# https://wicg.github.io/webcrypto-secure-curves/#x448-description
KEYS = OctetKeyPairs(
    "X448",
    "1.3.101.111",
    56,
    KEY_AGREEMENT,
    (),
    lambda private_key: x448(private_key, X448_BASE_POINT),
)


def derive_bits(
    normalized_algorithm: EcdhKeyDeriveParams, key: CryptoKey, length: int | None
) -> bytes:
    """Part of https://wicg.github.io/webcrypto-secure-curves/#x448-operations"""
    public_key = peers_key(normalized_algorithm, key)
    secret = x448(key._handle.private_key, public_key._handle)
    if hmac.compare_digest(secret, bytes(len(secret))):
        raise DOMException(
            "The public key is of small order: the secret would be zero", "OperationError"
        )
    return first_bits(secret, length)


def _generate_key(
    normalized_algorithm: Algorithm, extractable: bool, usages: list[KeyUsage]
) -> CryptoKeyPair:
    return generate_octet_key_pair(KEYS, extractable, usages)


def _import_key(
    normalized_algorithm: Algorithm,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    return import_octet_key(KEYS, format, key_data, extractable, usages)


def _export_key(key: CryptoKey, format: str) -> bytes | JsonWebKey:
    return export_octet_key(KEYS, key, format)


# https://wicg.github.io/webcrypto-secure-curves/#x448-registration
REGISTRATION: Registration = {
    "deriveBits": SupportedOperation(EcdhKeyDeriveParams, derive_bits),
    "generateKey": SupportedOperation(Algorithm, _generate_key),
    "importKey": SupportedOperation(Algorithm, _import_key),
    "exportKey": SupportedOperation(Algorithm, _export_key),
}
