"""AES-GCM: encryption that does notice what was changed on the way.

Web Cryptography: https://w3c.github.io/webcrypto/#aes-gcm
"""

from __future__ import annotations

from ...webidl.exceptions import DOMException
from ..algorithm_dictionary import Algorithm, Member, buffer_source, octet
from ..crypto_key import CryptoKey, KeyUsage
from ..json_web_key import JsonWebKey, KeyData
from ..primitives.gcm import gcm_ad, gcm_ae
from ..registration import Registration, SupportedOperation
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

TAG_LENGTHS = (32, 64, 96, 104, 112, 120, 128)


class AesGcmParams(Algorithm):
    """https://w3c.github.io/webcrypto/#dfn-AesGcmParams"""

    __slots__ = ("additionalData", "iv", "tagLength")

    members = (
        Member("iv", buffer_source, is_required=True),
        Member("additionalData", buffer_source),
        Member("tagLength", octet),
    )

    additionalData: bytes | None
    iv: bytes
    tagLength: int | None


def encrypt(normalized_algorithm: AesGcmParams, key: CryptoKey, plaintext: bytes) -> bytes:
    """https://w3c.github.io/webcrypto/#aes-gcm-operations-encrypt"""
    # 2. and 3.: Python's bytes are shorter than 2^63, and so are iv and additionalData.
    if len(plaintext) > 2**39 - 256:
        raise DOMException(f"{len(plaintext)} bytes are too many for AES-GCM", "OperationError")
    check_iv(normalized_algorithm.iv)
    tag_length = tag_length_in_bytes(normalized_algorithm)
    additional_data = normalized_algorithm.additionalData or b""
    c, t = gcm_ae(
        key._handle.gcm_key, normalized_algorithm.iv, plaintext, additional_data, tag_length
    )
    return c + t


def decrypt(normalized_algorithm: AesGcmParams, key: CryptoKey, ciphertext: bytes) -> bytes:
    """https://w3c.github.io/webcrypto/#aes-gcm-operations-decrypt"""
    tag_length = tag_length_in_bytes(normalized_algorithm)
    if len(ciphertext) < tag_length:
        raise DOMException(
            f"A ciphertext of {len(ciphertext)} bytes has no tag of {tag_length}", "OperationError"
        )
    check_iv(normalized_algorithm.iv)
    tag, actual_ciphertext = ciphertext[-tag_length:], ciphertext[:-tag_length]
    additional_data = normalized_algorithm.additionalData or b""
    plaintext = gcm_ad(
        key._handle.gcm_key, normalized_algorithm.iv, actual_ciphertext, additional_data, tag
    )
    if plaintext is None:
        raise DOMException("The ciphertext does not decrypt", "OperationError")
    return plaintext


def check_iv(iv: bytes) -> None:
    """SP 800-38D, 5.2.1.1, asks for at least one bit: with an empty iv the ciphertext would reveal
    something about the key.

    https://w3c.github.io/webcrypto/#dfn-AesGcmParams-iv
    """
    if not iv:
        raise DOMException("'iv' is empty", "OperationError")


def tag_length_in_bytes(normalized_algorithm: AesGcmParams) -> int:
    """https://w3c.github.io/webcrypto/#dfn-AesGcmParams-tagLength"""
    tag_length = 128 if normalized_algorithm.tagLength is None else normalized_algorithm.tagLength
    if tag_length not in TAG_LENGTHS:
        raise DOMException(
            f"'tagLength' is one of {TAG_LENGTHS}, not {tag_length}", "OperationError"
        )
    return tag_length // 8


def generate_key(
    normalized_algorithm: AesKeyGenParams, extractable: bool, usages: list[KeyUsage]
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#aes-gcm-operations-generate-key"""
    return generate_aes_key(normalized_algorithm, extractable, usages, ENCRYPTION_USAGES)


def import_key(
    normalized_algorithm: Algorithm,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#aes-gcm-operations-import-key"""
    return import_aes_key(
        normalized_algorithm, format, key_data, extractable, usages, ENCRYPTION_USAGES
    )


def export_key(key: CryptoKey, format: str) -> bytes | JsonWebKey:
    """https://w3c.github.io/webcrypto/#aes-gcm-operations-export-key"""
    return export_aes_key(key, format)


def get_key_length(normalized_derived_key_algorithm: AesDerivedKeyParams) -> int:
    """https://w3c.github.io/webcrypto/#aes-gcm-operations-get-key-length"""
    return get_aes_key_length(normalized_derived_key_algorithm)


# https://w3c.github.io/webcrypto/#aes-gcm-registration
REGISTRATION: Registration = {
    "encrypt": SupportedOperation(AesGcmParams, encrypt, takes_long),
    "decrypt": SupportedOperation(AesGcmParams, decrypt, takes_long),
    "generateKey": SupportedOperation(AesKeyGenParams, generate_key),
    "importKey": SupportedOperation(Algorithm, import_key),
    "exportKey": SupportedOperation(Algorithm, export_key),
    "get key length": SupportedOperation(AesDerivedKeyParams, get_key_length),
}
