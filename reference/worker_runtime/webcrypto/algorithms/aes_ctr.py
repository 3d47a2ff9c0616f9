"""AES-CTR: encryption in counter mode, which does not notice what was changed on the way.

Web Cryptography: https://w3c.github.io/webcrypto/#aes-ctr
"""

from __future__ import annotations

from ...webidl.exceptions import DOMException
from ..algorithm_dictionary import Algorithm, Member, buffer_source, octet
from ..crypto_key import CryptoKey, KeyUsage
from ..json_web_key import JsonWebKey, KeyData
from ..primitives.aes import BLOCK_SIZE
from ..primitives.modes import ctr
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


class AesCtrParams(Algorithm):
    """https://w3c.github.io/webcrypto/#dfn-AesCtrParams"""

    __slots__ = ("counter", "length")

    members = (
        Member("counter", buffer_source, is_required=True),
        Member("length", octet, is_required=True),
    )

    counter: bytes
    length: int


def encrypt(normalized_algorithm: AesCtrParams, key: CryptoKey, plaintext: bytes) -> bytes:
    """https://w3c.github.io/webcrypto/#aes-ctr-operations-encrypt"""
    counter, length = normalized_algorithm.counter, normalized_algorithm.length
    if len(counter) != 16:
        raise DOMException(f"'counter' has 16 bytes, not {len(counter)}", "OperationError")
    if not 0 < length <= 128:
        raise DOMException(f"'length' is from 1 to 128, not {length}", "OperationError")
    # DEVIATION: by the letter the counter blocks repeat, and with them the key stream, which SP
    # 800-38A forbids (B.1): it would show the difference of two parts of the text.
    if -(-len(plaintext) // BLOCK_SIZE) > 1 << length:
        raise DOMException(
            f"A counter of {length} bits is too short for {len(plaintext)} bytes", "OperationError"
        )
    return ctr(plaintext, counter, length, key._handle.schedule)


def decrypt(normalized_algorithm: AesCtrParams, key: CryptoKey, ciphertext: bytes) -> bytes:
    """The same as to encrypt.

    https://w3c.github.io/webcrypto/#aes-ctr-operations-decrypt
    """
    return encrypt(normalized_algorithm, key, ciphertext)


def generate_key(
    normalized_algorithm: AesKeyGenParams, extractable: bool, usages: list[KeyUsage]
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#aes-ctr-operations-generate-key"""
    return generate_aes_key(normalized_algorithm, extractable, usages, ENCRYPTION_USAGES)


def import_key(
    normalized_algorithm: Algorithm,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#aes-ctr-operations-import-key"""
    return import_aes_key(
        normalized_algorithm, format, key_data, extractable, usages, ENCRYPTION_USAGES
    )


def export_key(key: CryptoKey, format: str) -> bytes | JsonWebKey:
    """https://w3c.github.io/webcrypto/#aes-ctr-operations-export-key"""
    return export_aes_key(key, format)


def get_key_length(normalized_derived_key_algorithm: AesDerivedKeyParams) -> int:
    """https://w3c.github.io/webcrypto/#aes-ctr-operations-get-key-length"""
    return get_aes_key_length(normalized_derived_key_algorithm)


# https://w3c.github.io/webcrypto/#aes-ctr-registration
REGISTRATION: Registration = {
    "encrypt": SupportedOperation(AesCtrParams, encrypt, takes_long),
    "decrypt": SupportedOperation(AesCtrParams, decrypt, takes_long),
    "generateKey": SupportedOperation(AesKeyGenParams, generate_key),
    "importKey": SupportedOperation(Algorithm, import_key),
    "exportKey": SupportedOperation(Algorithm, export_key),
    "get key length": SupportedOperation(AesDerivedKeyParams, get_key_length),
}
