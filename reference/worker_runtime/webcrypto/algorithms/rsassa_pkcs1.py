"""RSASSA-PKCS1-v1_5: signatures.

Web Cryptography: https://w3c.github.io/webcrypto/#rsassa-pkcs1
"""

from __future__ import annotations

from ...webidl.exceptions import DOMException
from ..algorithm_dictionary import Algorithm
from ..crypto_key import CryptoKey, CryptoKeyPair, KeyUsage
from ..json_web_key import JsonWebKey, KeyData
from ..primitives.rsa import rsassa_pkcs1_v1_5_sign, rsassa_pkcs1_v1_5_verify
from ..primitives.rsa_keys import RSAError
from .key_pairs import SIGNATURE, check_type
from ..registration import Registration, SupportedOperation
from .rsa import (
    RsaHashedImportParams,
    RsaHashedKeyGenParams,
    export_rsa_key,
    generate_rsa_key_pair,
    hashlib_name_of_hash,
    import_rsa_key,
    importing_takes_long,
    private_operation_takes_long,
    public_operation_takes_long,
    takes_long,
)

# https://w3c.github.io/webcrypto/#jwk-mapping-alg
JWK_ALGS = {"SHA-1": "RS1", "SHA-256": "RS256", "SHA-384": "RS384", "SHA-512": "RS512"}


def sign(normalized_algorithm: Algorithm, key: CryptoKey, message: bytes) -> bytes:
    """https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-sign"""
    check_type(key, "private")
    try:
        return rsassa_pkcs1_v1_5_sign(key._handle, message, hashlib_name_of_hash(key))
    except RSAError as error:
        raise DOMException(str(error), "OperationError") from None


def verify(
    normalized_algorithm: Algorithm, key: CryptoKey, signature: bytes, message: bytes
) -> bool:
    """https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-verify"""
    check_type(key, "public")
    return rsassa_pkcs1_v1_5_verify(key._handle, message, signature, hashlib_name_of_hash(key))


def generate_key(
    normalized_algorithm: RsaHashedKeyGenParams, extractable: bool, usages: list[KeyUsage]
) -> CryptoKeyPair:
    """https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-generate-key"""
    return generate_rsa_key_pair(normalized_algorithm, extractable, usages, SIGNATURE)


def import_key(
    normalized_algorithm: RsaHashedImportParams,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-import-key"""
    return import_rsa_key(
        normalized_algorithm, format, key_data, extractable, usages, SIGNATURE, JWK_ALGS
    )


def export_key(key: CryptoKey, format: str) -> bytes | JsonWebKey:
    """https://w3c.github.io/webcrypto/#rsassa-pkcs1-operations-export-key"""
    return export_rsa_key(key, format, JWK_ALGS)


# https://w3c.github.io/webcrypto/#rsassa-pkcs1-registration
REGISTRATION: Registration = {
    "sign": SupportedOperation(Algorithm, sign, takes_long_with=private_operation_takes_long),
    "verify": SupportedOperation(Algorithm, verify, takes_long_with=public_operation_takes_long),
    "generateKey": SupportedOperation(RsaHashedKeyGenParams, generate_key, takes_long),
    "importKey": SupportedOperation(RsaHashedImportParams, import_key, importing_takes_long),
    "exportKey": SupportedOperation(Algorithm, export_key),
}
