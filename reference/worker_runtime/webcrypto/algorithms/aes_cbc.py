"""AES-CBC: encryption by chaining blocks, which does not notice what was changed on the way.

Web Cryptography: https://w3c.github.io/webcrypto/#aes-cbc
"""

from __future__ import annotations

import hmac

from ...webidl.exceptions import DOMException
from ..algorithm_dictionary import Algorithm, Member, buffer_source
from ..crypto_key import CryptoKey, KeyUsage
from ..json_web_key import JsonWebKey, KeyData
from ..primitives.modes import cbc_decrypt, cbc_encrypt
from .aes import (
    ENCRYPTION_USAGES,
    AesDerivedKeyParams,
    AesKeyGenParams,
    export_aes_key,
    generate_aes_key,
    get_aes_key_length,
    import_aes_key,
    takes_long,
)
from ..registration import Registration, SupportedOperation

BLOCK_SIZE = 16
BYTES_THAT_TAKE_LONG_TO_ENCRYPT = 1 << 10


class AesCbcParams(Algorithm):
    """https://w3c.github.io/webcrypto/#dfn-AesCbcParams"""

    __slots__ = ("iv",)

    members = (Member("iv", buffer_source, is_required=True),)

    iv: bytes


def encrypt(normalized_algorithm: AesCbcParams, key: CryptoKey, plaintext: bytes) -> bytes:
    """https://w3c.github.io/webcrypto/#aes-cbc-operations-encrypt"""
    check_iv(normalized_algorithm.iv)
    padding = BLOCK_SIZE - len(plaintext) % BLOCK_SIZE
    padded_plaintext = plaintext + bytes([padding]) * padding
    return cbc_encrypt(padded_plaintext, normalized_algorithm.iv, key._handle.schedule)


def decrypt(normalized_algorithm: AesCbcParams, key: CryptoKey, ciphertext: bytes) -> bytes:
    """https://w3c.github.io/webcrypto/#aes-cbc-operations-decrypt"""
    check_iv(normalized_algorithm.iv)
    if not ciphertext or len(ciphertext) % BLOCK_SIZE:
        raise DOMException(
            f"A ciphertext has whole blocks of 16 bytes, not {len(ciphertext)} bytes",
            "OperationError",
        )
    padded_plaintext = cbc_decrypt(ciphertext, normalized_algorithm.iv, key._handle.schedule)
    p = padded_plaintext[-1]
    if not 0 < p <= BLOCK_SIZE or not hmac.compare_digest(padded_plaintext[-p:], bytes([p]) * p):
        raise DOMException("The ciphertext does not decrypt", "OperationError")
    return padded_plaintext[:-p]


def encrypting_takes_long(normalized_algorithm: AesCbcParams, length: int) -> bool:
    """To encrypt takes longer than to decrypt, as each block has to wait for the one before.

    Part of https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0
    """
    return length > BYTES_THAT_TAKE_LONG_TO_ENCRYPT


def check_iv(iv: bytes) -> None:
    """https://w3c.github.io/webcrypto/#dfn-AesCbcParams-iv"""
    if len(iv) != BLOCK_SIZE:
        raise DOMException(f"'iv' has 16 bytes, not {len(iv)}", "OperationError")


def generate_key(
    normalized_algorithm: AesKeyGenParams, extractable: bool, usages: list[KeyUsage]
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#aes-cbc-operations-generate-key"""
    return generate_aes_key(normalized_algorithm, extractable, usages, ENCRYPTION_USAGES)


def import_key(
    normalized_algorithm: Algorithm,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#aes-cbc-operations-import-key"""
    return import_aes_key(
        normalized_algorithm, format, key_data, extractable, usages, ENCRYPTION_USAGES
    )


def export_key(key: CryptoKey, format: str) -> bytes | JsonWebKey:
    """https://w3c.github.io/webcrypto/#aes-cbc-operations-export-key"""
    return export_aes_key(key, format)


def get_key_length(normalized_derived_key_algorithm: AesDerivedKeyParams) -> int:
    """https://w3c.github.io/webcrypto/#aes-cbc-operations-get-key-length"""
    return get_aes_key_length(normalized_derived_key_algorithm)


# https://w3c.github.io/webcrypto/#aes-cbc-registration
REGISTRATION: Registration = {
    "encrypt": SupportedOperation(AesCbcParams, encrypt, encrypting_takes_long),
    "decrypt": SupportedOperation(AesCbcParams, decrypt, takes_long),
    "generateKey": SupportedOperation(AesKeyGenParams, generate_key),
    "importKey": SupportedOperation(Algorithm, import_key),
    "exportKey": SupportedOperation(Algorithm, export_key),
    "get key length": SupportedOperation(AesDerivedKeyParams, get_key_length),
}
