"""AES-KW: a way to encrypt keys.

Web Cryptography: https://w3c.github.io/webcrypto/#aes-kw
"""

from __future__ import annotations

from ...webidl.exceptions import DOMException
from ..algorithm_dictionary import Algorithm
from ..crypto_key import CryptoKey, KeyUsage
from ..json_web_key import JsonWebKey, KeyData
from ..primitives.key_wrap import unwrap, wrap
from ..registration import Registration, SupportedOperation
from .aes import (
    AesDerivedKeyParams,
    AesKeyGenParams,
    export_aes_key,
    generate_aes_key,
    get_aes_key_length,
    import_aes_key,
)

WRAPPING_USAGES: tuple[KeyUsage, ...] = ("wrapKey", "unwrapKey")
BYTES_THAT_TAKE_LONG = 1 << 7


def wrap_key(normalized_algorithm: Algorithm, key: CryptoKey, plaintext: bytes) -> bytes:
    """https://w3c.github.io/webcrypto/#aes-kw-operations-wrap-key"""
    if len(plaintext) % 8:
        raise DOMException(
            f"AES-KW wraps whole blocks of 8 bytes, not {len(plaintext)} bytes", "OperationError"
        )
    if len(plaintext) < 16:  # RFC 3394, 2: n is at least 2
        raise DOMException(
            f"AES-KW wraps two blocks of 8 bytes or more, not {len(plaintext)} bytes",
            "OperationError",
        )
    return wrap(plaintext, key._handle.schedule)


def unwrap_key(normalized_algorithm: Algorithm, key: CryptoKey, ciphertext: bytes) -> bytes:
    """https://w3c.github.io/webcrypto/#aes-kw-operations-unwrap-key"""
    plaintext = unwrap(ciphertext, key._handle.schedule)
    if plaintext is None:
        raise DOMException("The key does not unwrap", "OperationError")
    return plaintext


def takes_long(normalized_algorithm: Algorithm, length: int) -> bool:
    """Eight bytes at a time go through the cipher, each of them six times.

    Part of https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0
    """
    return length > BYTES_THAT_TAKE_LONG


def generate_key(
    normalized_algorithm: AesKeyGenParams, extractable: bool, usages: list[KeyUsage]
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#aes-kw-operations-generate-key"""
    return generate_aes_key(normalized_algorithm, extractable, usages, WRAPPING_USAGES)


def import_key(
    normalized_algorithm: Algorithm,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#aes-kw-operations-import-key"""
    return import_aes_key(
        normalized_algorithm, format, key_data, extractable, usages, WRAPPING_USAGES
    )


def export_key(key: CryptoKey, format: str) -> bytes | JsonWebKey:
    """https://w3c.github.io/webcrypto/#aes-kw-operations-export-key"""
    return export_aes_key(key, format)


def get_key_length(normalized_derived_key_algorithm: AesDerivedKeyParams) -> int:
    """https://w3c.github.io/webcrypto/#aes-kw-operations-get-key-length"""
    return get_aes_key_length(normalized_derived_key_algorithm)


# https://w3c.github.io/webcrypto/#aes-kw-registration
REGISTRATION: Registration = {
    "wrapKey": SupportedOperation(Algorithm, wrap_key, takes_long),
    "unwrapKey": SupportedOperation(Algorithm, unwrap_key, takes_long),
    "generateKey": SupportedOperation(AesKeyGenParams, generate_key),
    "importKey": SupportedOperation(Algorithm, import_key),
    "exportKey": SupportedOperation(Algorithm, export_key),
    "get key length": SupportedOperation(AesDerivedKeyParams, get_key_length),
}
