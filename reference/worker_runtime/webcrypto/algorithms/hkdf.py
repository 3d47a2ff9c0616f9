"""HKDF: keys from a secret, by extracting and expanding.

Web Cryptography: https://w3c.github.io/webcrypto/#hkdf
RFC 5869: https://www.rfc-editor.org/rfc/rfc5869
"""

from __future__ import annotations

import hmac

from ...webidl.exceptions import DOMException
from ..algorithm_dictionary import Algorithm, Member, buffer_source, hash_algorithm_identifier
from ..crypto_key import CryptoKey, KeyUsage, check_usages, new_crypto_key
from ..json_web_key import KeyData, bytes_of
from ..key_algorithm_dictionary import KeyAlgorithm
from ..registration import BYTES_THAT_TAKE_LONG, Registration, SupportedOperation
from .sha import HASHLIB_NAMES


class HkdfParams(Algorithm):
    """https://w3c.github.io/webcrypto/#dfn-HkdfParams"""

    __slots__ = ("hash", "info", "salt")

    members = (
        Member("hash", hash_algorithm_identifier, is_required=True),
        Member("salt", buffer_source, is_required=True),
        Member("info", buffer_source, is_required=True),
    )

    hash: Algorithm
    salt: bytes
    info: bytes


def derive_bits(normalized_algorithm: HkdfParams, key: CryptoKey, length: int | None) -> bytes:
    """https://w3c.github.io/webcrypto/#hkdf-operations-derive-bits"""
    if length is None or length % 8:
        raise DOMException(f"HKDF derives whole bytes, not {length} bits", "OperationError")
    hash = HASHLIB_NAMES[normalized_algorithm.hash.name]
    pseudorandom_key = hkdf_extract(hash, normalized_algorithm.salt, key._handle)
    if length // 8 > 255 * len(pseudorandom_key):
        raise DOMException(
            f"HKDF derives at most {255 * len(pseudorandom_key)} bytes, not {length // 8}",
            "OperationError",
        )
    return hkdf_expand(hash, pseudorandom_key, normalized_algorithm.info, length // 8)


def takes_long(normalized_algorithm: HkdfParams, length: int) -> bool:
    """The information is hashed once for each block of what is derived, in bytes.

    Part of https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0
    """
    return len(normalized_algorithm.info) * (1 + length // 20) > BYTES_THAT_TAKE_LONG


def hkdf_extract(hash: str, salt: bytes, input_keying_material: bytes) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc5869#section-2.2"""
    # which fills a missing salt up with zeros itself
    return hmac.digest(salt, input_keying_material, hash)


def hkdf_expand(hash: str, pseudorandom_key: bytes, info: bytes, length: int) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc5869#section-2.3"""
    output, block = b"", b""
    for counter in range(1, -(-length // len(pseudorandom_key)) + 1):
        block = hmac.digest(pseudorandom_key, block + info + bytes([counter]), hash)
        output += block
    return output[:length]


def import_key(
    normalized_algorithm: Algorithm,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#hkdf-operations-import-key"""
    if format != "raw":
        raise DOMException(f"HKDF keys have no format {format!r}", "NotSupportedError")
    check_usages(usages, ("deriveKey", "deriveBits"))
    if extractable:
        raise DOMException("A key of HKDF cannot be extractable", "SyntaxError")
    return new_crypto_key("secret", KeyAlgorithm("HKDF"), bytes_of(key_data))


def get_key_length(normalized_derived_key_algorithm: Algorithm) -> None:
    """https://w3c.github.io/webcrypto/#hkdf-operations-get-key-length"""


# https://w3c.github.io/webcrypto/#hkdf-registration
REGISTRATION: Registration = {
    "deriveBits": SupportedOperation(HkdfParams, derive_bits, takes_long),
    "importKey": SupportedOperation(Algorithm, import_key),
    "get key length": SupportedOperation(Algorithm, get_key_length),
}
