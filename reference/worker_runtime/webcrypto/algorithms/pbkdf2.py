"""PBKDF2: keys from a password, which is hashlib's.

Web Cryptography: https://w3c.github.io/webcrypto/#pbkdf2
"""

from __future__ import annotations

import hashlib

from ...webidl.exceptions import DOMException
from ..algorithm_dictionary import (
    Algorithm,
    Member,
    buffer_source,
    hash_algorithm_identifier,
    unsigned_long,
)
from ..crypto_key import CryptoKey, KeyUsage, check_usages, new_crypto_key
from ..json_web_key import KeyData, bytes_of
from ..key_algorithm_dictionary import KeyAlgorithm
from ..registration import Registration, SupportedOperation
from .sha import HASHLIB_NAMES

ROUNDS_THAT_TAKE_LONG = 4000


class Pbkdf2Params(Algorithm):
    """https://w3c.github.io/webcrypto/#dfn-Pbkdf2Params"""

    __slots__ = ("hash", "iterations", "salt")

    members = (
        Member("salt", buffer_source, is_required=True),
        Member("iterations", unsigned_long, is_required=True),
        Member("hash", hash_algorithm_identifier, is_required=True),
    )

    hash: Algorithm
    iterations: int
    salt: bytes


def derive_bits(normalized_algorithm: Pbkdf2Params, key: CryptoKey, length: int | None) -> bytes:
    """https://w3c.github.io/webcrypto/#pbkdf2-operations-derive-bits"""
    if length is None or length % 8:
        raise DOMException(f"PBKDF2 derives whole bytes, not {length} bits", "OperationError")
    if normalized_algorithm.iterations == 0:
        raise DOMException("PBKDF2 needs at least one iteration", "OperationError")
    if length == 0:
        return b""
    hash, salt = HASHLIB_NAMES[normalized_algorithm.hash.name], normalized_algorithm.salt
    try:
        return hashlib.pbkdf2_hmac(
            hash, key._handle, salt, normalized_algorithm.iterations, length // 8
        )
    except (OverflowError, ValueError) as error:
        raise DOMException(f"PBKDF2 cannot do that: {error}", "OperationError") from None


def takes_long(normalized_algorithm: Pbkdf2Params, length: int) -> bool:
    """The rounds are those of each block of what is derived, in bytes; this many take a millisecond
    or so.

    Part of https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0
    """
    return normalized_algorithm.iterations * (1 + length // 20) > ROUNDS_THAT_TAKE_LONG


def import_key(
    normalized_algorithm: Algorithm,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    """https://w3c.github.io/webcrypto/#pbkdf2-operations-import-key"""
    if format != "raw":
        raise DOMException(f"PBKDF2 keys have no format {format!r}", "NotSupportedError")
    check_usages(usages, ("deriveKey", "deriveBits"))
    if extractable:
        raise DOMException("A key of PBKDF2 cannot be extractable", "SyntaxError")
    return new_crypto_key("secret", KeyAlgorithm("PBKDF2"), bytes_of(key_data))


def get_key_length(normalized_derived_key_algorithm: Algorithm) -> None:
    """https://w3c.github.io/webcrypto/#pbkdf2-operations-get-key-length"""


# https://w3c.github.io/webcrypto/#pbkdf2-registration
REGISTRATION: Registration = {
    "deriveBits": SupportedOperation(Pbkdf2Params, derive_bits, takes_long),
    "importKey": SupportedOperation(Algorithm, import_key),
    "get key length": SupportedOperation(Algorithm, get_key_length),
}
