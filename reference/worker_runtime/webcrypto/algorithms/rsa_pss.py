"""RSA-PSS: signatures with salt.

Web Cryptography: https://w3c.github.io/webcrypto/#rsa-pss
"""

from __future__ import annotations

from ...html.settings_objects import current_settings_object
from ...webidl.exceptions import DOMException
from ..algorithm_dictionary import Algorithm, Member, unsigned_long
from ..crypto_key import CryptoKey, CryptoKeyPair, KeyUsage
from ..json_web_key import JsonWebKey, KeyData
from ..primitives.rsa import rsassa_pss_sign, rsassa_pss_verify
from ..primitives.rsa_keys import RSAError
from ..registration import Registration, SupportedOperation
from .key_pairs import SIGNATURE, check_type
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
JWK_ALGS = {"SHA-1": "PS1", "SHA-256": "PS256", "SHA-384": "PS384", "SHA-512": "PS512"}


class RsaPssParams(Algorithm):
    """https://w3c.github.io/webcrypto/#dfn-RsaPssParams"""

    __slots__ = ("saltLength",)

    members = (Member("saltLength", unsigned_long, is_required=True),)

    saltLength: int


def sign(normalized_algorithm: RsaPssParams, key: CryptoKey, message: bytes) -> bytes:
    """https://w3c.github.io/webcrypto/#rsa-pss-operations-sign"""
    check_type(key, "private")
    random_bytes = current_settings_object().host.entropy.random_bytes
    salt_length = normalized_algorithm.saltLength
    try:
        return rsassa_pss_sign(
            key._handle, message, hashlib_name_of_hash(key), salt_length, random_bytes
        )
    except RSAError as error:
        raise DOMException(str(error), "OperationError") from None


def verify(
    normalized_algorithm: RsaPssParams, key: CryptoKey, signature: bytes, message: bytes
) -> bool:
    """https://w3c.github.io/webcrypto/#rsa-pss-operations-verify"""
    check_type(key, "public")
    return rsassa_pss_verify(
        key._handle, message, signature, hashlib_name_of_hash(key), normalized_algorithm.saltLength
    )


def generate_key(
    normalized_algorithm: RsaHashedKeyGenParams, extractable: bool, usages: list[KeyUsage]
) -> CryptoKeyPair:
    """https://w3c.github.io/webcrypto/#rsa-pss-operations-generate-key"""
    return generate_rsa_key_pair(normalized_algorithm, extractable, usages, SIGNATURE)


def import_key(
    normalized_algorithm: RsaHashedImportParams,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#rsa-pss-operations-import-key"""
    return import_rsa_key(
        normalized_algorithm, format, key_data, extractable, usages, SIGNATURE, JWK_ALGS
    )


def export_key(key: CryptoKey, format: str) -> bytes | JsonWebKey:
    """https://w3c.github.io/webcrypto/#rsa-pss-operations-export-key"""
    return export_rsa_key(key, format, JWK_ALGS)


# https://w3c.github.io/webcrypto/#rsa-pss-registration
REGISTRATION: Registration = {
    "sign": SupportedOperation(RsaPssParams, sign, takes_long_with=private_operation_takes_long),
    "verify": SupportedOperation(RsaPssParams, verify, takes_long_with=public_operation_takes_long),
    "generateKey": SupportedOperation(RsaHashedKeyGenParams, generate_key, takes_long),
    "importKey": SupportedOperation(RsaHashedImportParams, import_key, importing_takes_long),
    "exportKey": SupportedOperation(Algorithm, export_key),
}
