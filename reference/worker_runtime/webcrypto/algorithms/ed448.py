"""Ed448: signatures.

Secure Curves: https://wicg.github.io/webcrypto-secure-curves/#ed448

The operations have no addresses of their own there; all are in
https://wicg.github.io/webcrypto-secure-curves/#ed448-operations
"""

from __future__ import annotations

from functools import partial

from ...webidl.exceptions import DOMException
from ..algorithm_dictionary import Algorithm, Member, buffer_source
from ..crypto_key import CryptoKey, CryptoKeyPair, KeyUsage
from ..json_web_key import JsonWebKey, KeyData
from ..primitives.edwards import (
    ED448,
    eddsa_public_key,
    eddsa_sign,
    eddsa_verify,
    is_of_large_order,
)
from .key_pairs import SIGNATURE, check_type
from .okp import OctetKeyPairs, export_octet_key, generate_octet_key_pair, import_octet_key
from ..registration import Registration, SupportedOperation

# https://wicg.github.io/webcrypto-secure-curves/#ed448-description
# DEVIATION: a raw key has 57 bytes, as RFC 8032 has it; the 448 bits of the text are 56.
KEYS = OctetKeyPairs(
    "Ed448", "1.3.101.113", 57, SIGNATURE, ("Ed448", "EdDSA"), partial(eddsa_public_key, ED448)
)


class Ed448Params(Algorithm):
    """https://wicg.github.io/webcrypto-secure-curves/#dfn-Ed448Params"""

    __slots__ = ("context",)

    members = (Member("context", buffer_source),)

    context: bytes | None


def sign(normalized_algorithm: Ed448Params, key: CryptoKey, message: bytes) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc8032#section-5.2.6
    Part of https://wicg.github.io/webcrypto-secure-curves/#ed448-operations
    """
    check_type(key, "private")
    return eddsa_sign(ED448, key._handle.private_key, message, context_of(normalized_algorithm))


def verify(
    normalized_algorithm: Ed448Params, key: CryptoKey, signature: bytes, message: bytes
) -> bool:
    """https://www.rfc-editor.org/rfc/rfc8032#section-5.2.7
    Part of https://wicg.github.io/webcrypto-secure-curves/#ed448-operations
    """
    check_type(key, "public")
    context = context_of(normalized_algorithm)
    if not is_of_large_order(ED448, key._handle) or not is_of_large_order(ED448, signature[:57]):
        return False
    return eddsa_verify(ED448, key._handle, message, signature, context)


def context_of(normalized_algorithm: Ed448Params) -> bytes:
    """https://wicg.github.io/webcrypto-secure-curves/#dfn-Ed448Params-context"""
    context = normalized_algorithm.context or b""
    if len(context) > 255:
        raise DOMException(f"'context' has at most 255 bytes, not {len(context)}", "OperationError")
    return context


def _generate_key(
    normalized_algorithm: Algorithm, extractable: bool, usages: list[KeyUsage]
) -> CryptoKeyPair:
    return generate_octet_key_pair(KEYS, extractable, usages)


def _import_key(
    normalized_algorithm: Algorithm,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
) -> CryptoKey:
    return import_octet_key(KEYS, format, key_data, extractable, usages)


def _export_key(key: CryptoKey, format: str) -> bytes | JsonWebKey:
    return export_octet_key(KEYS, key, format)


# https://wicg.github.io/webcrypto-secure-curves/#ed448-registration
REGISTRATION: Registration = {
    "sign": SupportedOperation(Ed448Params, sign),
    "verify": SupportedOperation(Ed448Params, verify),
    "generateKey": SupportedOperation(Algorithm, _generate_key),
    "importKey": SupportedOperation(Algorithm, _import_key),
    "exportKey": SupportedOperation(Algorithm, _export_key),
}
