"""HMAC, which is Python's hmac.

Web Cryptography: https://w3c.github.io/webcrypto/#hmac
"""

from __future__ import annotations

import hmac

from ...html.settings_objects import current_settings_object
from ...webidl.exceptions import DOMException
from ..algorithm_dictionary import Algorithm, Member, hash_algorithm_identifier, unsigned_long
from ..crypto_key import CryptoKey, KeyUsage, check_usages, new_crypto_key
from ..json_web_key import (
    JsonWebKey,
    KeyData,
    base64url_encode,
    bytes_of,
    check_kty,
    check_member,
    check_use_key_ops_and_ext,
    json_web_key_of,
    octets_of,
)
from ..key_algorithm_dictionary import HmacKeyAlgorithm, KeyAlgorithm
from ..registration import BYTES_THAT_TAKE_LONG, Registration, SupportedOperation
from ..terminology import byte_sequence_containing
from .sha import HASHLIB_NAMES, block_size

# https://w3c.github.io/webcrypto/#jwk-mapping-alg. The SHA-3 family has no names there: such a key
# has no "alg".
JWK_ALGS = {"SHA-1": "HS1", "SHA-256": "HS256", "SHA-384": "HS384", "SHA-512": "HS512"}


class HmacImportParams(Algorithm):
    """https://w3c.github.io/webcrypto/#dfn-HmacImportParams"""

    __slots__ = ("hash", "length")

    members = (
        Member("hash", hash_algorithm_identifier, is_required=True),
        Member("length", unsigned_long),
    )

    hash: Algorithm
    length: int | None


class HmacKeyGenParams(Algorithm):
    """https://w3c.github.io/webcrypto/#dfn-HmacKeyGenParams"""

    __slots__ = ("hash", "length")

    members = (
        Member("hash", hash_algorithm_identifier, is_required=True),
        Member("length", unsigned_long),
    )

    hash: Algorithm
    length: int | None


def sign(normalized_algorithm: Algorithm, key: CryptoKey, message: bytes) -> bytes:
    """https://w3c.github.io/webcrypto/#hmac-operations-sign"""
    assert isinstance(key._algorithm, HmacKeyAlgorithm)
    return hmac.digest(key._handle, message, HASHLIB_NAMES[key._algorithm.hash.name])


def verify(
    normalized_algorithm: Algorithm, key: CryptoKey, signature: bytes, message: bytes
) -> bool:
    """https://w3c.github.io/webcrypto/#hmac-operations-verify"""
    return hmac.compare_digest(sign(normalized_algorithm, key, message), signature)


def generate_key(
    normalized_algorithm: HmacKeyGenParams, extractable: bool, usages: list[KeyUsage]
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#hmac-operations-generate-key"""
    check_usages(usages, ("sign", "verify"))
    length = (
        block_size(normalized_algorithm.hash)
        if normalized_algorithm.length is None
        else normalized_algorithm.length
    )
    if length == 0:
        raise DOMException("A key of HMAC has at least one bit", "OperationError")
    data = byte_sequence_containing(
        current_settings_object().host.entropy.random_bytes((length + 7) // 8), length
    )
    algorithm = HmacKeyAlgorithm("HMAC", KeyAlgorithm(normalized_algorithm.hash.name), length)
    return new_crypto_key("secret", algorithm, data, extractable, usages)


def import_key(
    normalized_algorithm: HmacImportParams,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#hmac-operations-import-key"""
    check_usages(usages, ("sign", "verify"))
    hash = KeyAlgorithm(normalized_algorithm.hash.name)
    match format:
        case "raw":
            data = bytes_of(key_data)
        case "jwk":
            jwk = json_web_key_of(key_data)
            check_kty(jwk, "oct")
            data = octets_of(jwk, "k")
            if "alg" in jwk:
                check_member(jwk, "alg", [JWK_ALGS[hash.name]] if hash.name in JWK_ALGS else [])
            check_use_key_ops_and_ext(jwk, "sig", extractable, usages)
        case _:
            raise DOMException(f"HMAC keys have no format {format!r}", "NotSupportedError")
    length = 8 * len(data)
    if length == 0:
        raise DOMException("A key of HMAC has at least one bit", "DataError")
    if normalized_algorithm.length is not None:
        if not length - 8 < normalized_algorithm.length <= length:
            message = f"'length' is {normalized_algorithm.length}, but the key has {length} bits"
            raise DOMException(message, "DataError")
        length = normalized_algorithm.length
    return new_crypto_key(
        "secret", HmacKeyAlgorithm("HMAC", hash, length), byte_sequence_containing(data, length)
    )


def export_key(key: CryptoKey, format: str) -> bytes | JsonWebKey:
    """https://w3c.github.io/webcrypto/#hmac-operations-export-key"""
    assert isinstance(key._algorithm, HmacKeyAlgorithm)
    data: bytes = key._handle
    match format:
        case "raw":
            return data
        case "jwk":
            jwk = JsonWebKey(kty="oct", k=base64url_encode(data))
            if key._algorithm.hash.name in JWK_ALGS:
                jwk["alg"] = JWK_ALGS[key._algorithm.hash.name]
            jwk["key_ops"] = list(key._usages)
            jwk["ext"] = key._extractable
            return jwk
        case _:
            raise DOMException(f"HMAC keys have no format {format!r}", "NotSupportedError")


def get_key_length(normalized_derived_key_algorithm: HmacImportParams) -> int:
    """https://w3c.github.io/webcrypto/#hmac-operations-get-key-length"""
    if normalized_derived_key_algorithm.length is None:
        return block_size(normalized_derived_key_algorithm.hash)
    if normalized_derived_key_algorithm.length == 0:
        raise TypeError("A key of HMAC has at least one bit")
    return normalized_derived_key_algorithm.length


def generating_takes_long(normalized_algorithm: HmacKeyGenParams, length: int) -> bool:
    """A key may have 512 MiB.

    Part of https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0
    """
    return (normalized_algorithm.length or 0) > 8 * BYTES_THAT_TAKE_LONG


def key_takes_long(key: CryptoKey) -> bool:
    """A key that is longer than a block is hashed before the message.

    Part of https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0
    """
    return isinstance(key._handle, bytes) and len(key._handle) > BYTES_THAT_TAKE_LONG


# https://w3c.github.io/webcrypto/#hmac-registration
REGISTRATION: Registration = {
    "sign": SupportedOperation(Algorithm, sign, takes_long_with=key_takes_long),
    "verify": SupportedOperation(Algorithm, verify, takes_long_with=key_takes_long),
    "generateKey": SupportedOperation(HmacKeyGenParams, generate_key, generating_takes_long),
    "importKey": SupportedOperation(HmacImportParams, import_key),
    "exportKey": SupportedOperation(Algorithm, export_key),
    "get key length": SupportedOperation(HmacImportParams, get_key_length),
}
