"""X25519: agreement on a secret.

Web Cryptography: https://w3c.github.io/webcrypto/#x25519
"""

from __future__ import annotations

import hmac

from ...webidl.exceptions import DOMException
from ..algorithm_dictionary import Algorithm
from ..crypto_key import CryptoKey, CryptoKeyPair, KeyUsage
from ..json_web_key import JsonWebKey, KeyData
from ..primitives.montgomery import X25519_BASE_POINT, x25519
from .ecdh import EcdhKeyDeriveParams, first_bits, peers_key
from .key_pairs import KEY_AGREEMENT
from .okp import OctetKeyPairs, export_octet_key, generate_octet_key_pair, import_octet_key
from ..registration import Registration, SupportedOperation

# https://w3c.github.io/webcrypto/#x25519-description
KEYS = OctetKeyPairs(
    "X25519",
    "1.3.101.110",
    32,
    KEY_AGREEMENT,
    (),
    lambda private_key: x25519(private_key, X25519_BASE_POINT),
)


def derive_bits(
    normalized_algorithm: EcdhKeyDeriveParams, key: CryptoKey, length: int | None
) -> bytes:
    """https://w3c.github.io/webcrypto/#x25519-operations-derive-bits"""
    public_key = peers_key(normalized_algorithm, key)
    secret = x25519(key._handle.private_key, public_key._handle)
    if hmac.compare_digest(secret, bytes(len(secret))):
        raise DOMException(
            "The public key is of small order: the secret would be zero", "OperationError"
        )
    return first_bits(secret, length)


def generate_key(
    normalized_algorithm: Algorithm, extractable: bool, usages: list[KeyUsage]
) -> CryptoKeyPair:
    """https://w3c.github.io/webcrypto/#x25519-operations-generate-key"""
    return generate_octet_key_pair(KEYS, extractable, usages)


def import_key(
    normalized_algorithm: Algorithm,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#x25519-operations-import-key"""
    return import_octet_key(KEYS, format, key_data, extractable, usages)


def export_key(key: CryptoKey, format: str) -> bytes | JsonWebKey:
    """https://w3c.github.io/webcrypto/#x25519-operations-export-key"""
    return export_octet_key(KEYS, key, format)


# https://w3c.github.io/webcrypto/#x25519-registration
REGISTRATION: Registration = {
    "deriveBits": SupportedOperation(EcdhKeyDeriveParams, derive_bits),
    "generateKey": SupportedOperation(Algorithm, generate_key),
    "importKey": SupportedOperation(Algorithm, import_key),
    "exportKey": SupportedOperation(Algorithm, export_key),
}
