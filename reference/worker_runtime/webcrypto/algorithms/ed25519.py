"""Ed25519: signatures.

Web Cryptography: https://w3c.github.io/webcrypto/#ed25519
"""

from __future__ import annotations

from functools import partial

from ..algorithm_dictionary import Algorithm
from ..crypto_key import CryptoKey, CryptoKeyPair, KeyUsage
from ..json_web_key import JsonWebKey, KeyData
from ..primitives.edwards import (
    ED25519,
    eddsa_public_key,
    eddsa_sign,
    eddsa_verify,
    is_of_large_order,
)
from .key_pairs import SIGNATURE, check_type
from .okp import OctetKeyPairs, export_octet_key, generate_octet_key_pair, import_octet_key
from ..registration import Registration, SupportedOperation

# https://w3c.github.io/webcrypto/#ed25519-description
KEYS = OctetKeyPairs(
    "Ed25519",
    "1.3.101.112",
    32,
    SIGNATURE,
    ("Ed25519", "EdDSA"),
    partial(eddsa_public_key, ED25519),
)


def sign(normalized_algorithm: Algorithm, key: CryptoKey, message: bytes) -> bytes:
    """https://w3c.github.io/webcrypto/#ed25519-operations-sign"""
    check_type(key, "private")
    return eddsa_sign(ED25519, key._handle.private_key, message)


def verify(
    normalized_algorithm: Algorithm, key: CryptoKey, signature: bytes, message: bytes
) -> bool:
    """https://w3c.github.io/webcrypto/#ed25519-operations-verify"""
    check_type(key, "public")
    if not is_of_large_order(ED25519, key._handle) or not is_of_large_order(
        ED25519, signature[:32]
    ):
        return False
    return eddsa_verify(ED25519, key._handle, message, signature)


def generate_key(
    normalized_algorithm: Algorithm, extractable: bool, usages: list[KeyUsage]
) -> CryptoKeyPair:
    """https://w3c.github.io/webcrypto/#ed25519-operations-generate-key"""
    return generate_octet_key_pair(KEYS, extractable, usages)


def import_key(
    normalized_algorithm: Algorithm,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#ed25519-operations-import-key"""
    return import_octet_key(KEYS, format, key_data, extractable, usages)


def export_key(key: CryptoKey, format: str) -> bytes | JsonWebKey:
    """https://w3c.github.io/webcrypto/#ed25519-operations-export-key"""
    return export_octet_key(KEYS, key, format)


# https://w3c.github.io/webcrypto/#ed25519-registration
REGISTRATION: Registration = {
    "sign": SupportedOperation(Algorithm, sign),
    "verify": SupportedOperation(Algorithm, verify),
    "generateKey": SupportedOperation(Algorithm, generate_key),
    "importKey": SupportedOperation(Algorithm, import_key),
    "exportKey": SupportedOperation(Algorithm, export_key),
}
