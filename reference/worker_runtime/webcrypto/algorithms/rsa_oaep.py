"""RSA-OAEP: encryption of short messages, such as keys.

Web Cryptography: https://w3c.github.io/webcrypto/#rsa-oaep
"""

from __future__ import annotations

from ...html.settings_objects import current_settings_object
from ...webidl.exceptions import DOMException
from ..algorithm_dictionary import Algorithm, Member, buffer_source
from ..crypto_key import CryptoKey, CryptoKeyPair, KeyUsage
from ..json_web_key import JsonWebKey, KeyData
from ..primitives.rsa import rsaes_oaep_decrypt, rsaes_oaep_encrypt
from ..primitives.rsa_keys import RSAError
from ..registration import Registration, SupportedOperation
from .key_pairs import ENCRYPTION, check_type
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
JWK_ALGS = {
    "SHA-1": "RSA-OAEP",
    "SHA-256": "RSA-OAEP-256",
    "SHA-384": "RSA-OAEP-384",
    "SHA-512": "RSA-OAEP-512",
}


class RsaOaepParams(Algorithm):
    """https://w3c.github.io/webcrypto/#dfn-RsaOaepParams"""

    __slots__ = ("label",)

    members = (Member("label", buffer_source),)

    label: bytes | None


def encrypt(normalized_algorithm: RsaOaepParams, key: CryptoKey, plaintext: bytes) -> bytes:
    """https://w3c.github.io/webcrypto/#rsa-oaep-operations-encrypt"""
    check_type(key, "public")
    label = normalized_algorithm.label or b""
    random_bytes = current_settings_object().host.entropy.random_bytes
    try:
        return rsaes_oaep_encrypt(
            key._handle, plaintext, hashlib_name_of_hash(key), label, random_bytes
        )
    except RSAError as error:
        raise DOMException(str(error), "OperationError") from None


def decrypt(normalized_algorithm: RsaOaepParams, key: CryptoKey, ciphertext: bytes) -> bytes:
    """https://w3c.github.io/webcrypto/#rsa-oaep-operations-decrypt"""
    check_type(key, "private")
    label = normalized_algorithm.label or b""
    try:
        return rsaes_oaep_decrypt(key._handle, ciphertext, hashlib_name_of_hash(key), label)
    except RSAError as error:
        raise DOMException(str(error), "OperationError") from None


def generate_key(
    normalized_algorithm: RsaHashedKeyGenParams, extractable: bool, usages: list[KeyUsage]
) -> CryptoKeyPair:
    """https://w3c.github.io/webcrypto/#rsa-oaep-operations-generate-key"""
    return generate_rsa_key_pair(normalized_algorithm, extractable, usages, ENCRYPTION)


def import_key(
    normalized_algorithm: RsaHashedImportParams,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#rsa-oaep-operations-import-key"""
    return import_rsa_key(
        normalized_algorithm, format, key_data, extractable, usages, ENCRYPTION, JWK_ALGS
    )


def export_key(key: CryptoKey, format: str) -> bytes | JsonWebKey:
    """https://w3c.github.io/webcrypto/#rsa-oaep-operations-export-key"""
    return export_rsa_key(key, format, JWK_ALGS)


# https://w3c.github.io/webcrypto/#rsa-oaep-registration
REGISTRATION: Registration = {
    "encrypt": SupportedOperation(
        RsaOaepParams, encrypt, takes_long_with=public_operation_takes_long
    ),
    "decrypt": SupportedOperation(
        RsaOaepParams, decrypt, takes_long_with=private_operation_takes_long
    ),
    "generateKey": SupportedOperation(RsaHashedKeyGenParams, generate_key, takes_long),
    "importKey": SupportedOperation(RsaHashedImportParams, import_key, importing_takes_long),
    "exportKey": SupportedOperation(Algorithm, export_key),
}
