"""What AES-CTR, AES-CBC, AES-GCM and AES-KW have in common: their keys.

Web Cryptography: https://w3c.github.io/webcrypto/#aes-ctr-operations

The operations of the four that have to do with keys say the same but for names and usages.
"""

from __future__ import annotations

from functools import cached_property

from ...html.settings_objects import current_settings_object
from ...webidl.exceptions import DOMException
from ..algorithm_dictionary import Algorithm, Member, unsigned_short
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
from ..key_algorithm_dictionary import AesKeyAlgorithm
from ..primitives.aes import KeySchedule
from ..primitives.gcm import GCMKey

KEY_LENGTHS = (128, 192, 256)
ENCRYPTION_USAGES: tuple[KeyUsage, ...] = ("encrypt", "decrypt", "wrapKey", "unwrapKey")
BYTES_THAT_TAKE_LONG = 1 << 14


class AesKeyGenParams(Algorithm):
    """https://w3c.github.io/webcrypto/#dfn-AesKeyGenParams"""

    __slots__ = ("length",)

    members = (Member("length", unsigned_short, is_required=True),)

    length: int


class AesDerivedKeyParams(Algorithm):
    """https://w3c.github.io/webcrypto/#dfn-AesDerivedKeyParams"""

    __slots__ = ("length",)

    members = (Member("length", unsigned_short, is_required=True),)

    length: int


class AESKey:
    """The handle of a key: its bytes, and what is made of them once they are used.

    Part of https://w3c.github.io/webcrypto/#AesKeyAlgorithm-dictionary
    """

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def schedule(self) -> KeySchedule:
        return KeySchedule(self.data)

    @cached_property
    def gcm_key(self) -> GCMKey:
        return GCMKey(self.data)


def takes_long(normalized_algorithm: Algorithm, length: int) -> bool:
    """To encrypt or decrypt more than this takes longer than two milliseconds or so.

    Part of https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0
    """
    return length > BYTES_THAT_TAKE_LONG


def generate_aes_key(
    normalized_algorithm: AesKeyGenParams,
    extractable: bool,
    usages: list[KeyUsage],
    permitted: tuple[KeyUsage, ...],
) -> CryptoKey:
    """Part of https://w3c.github.io/webcrypto/#aes-ctr-operations-generate-key"""
    check_usages(usages, permitted)
    length = normalized_algorithm.length
    check_key_length(length)
    handle = AESKey(current_settings_object().host.entropy.random_bytes(length // 8))
    return new_crypto_key(
        "secret", AesKeyAlgorithm(normalized_algorithm.name, length), handle, extractable, usages
    )


def import_aes_key(
    normalized_algorithm: Algorithm,
    format: str,
    key_data: KeyData,
    extractable: bool,
    usages: list[KeyUsage],
    permitted: tuple[KeyUsage, ...],
) -> CryptoKey:
    """https://www.rfc-editor.org/rfc/rfc7518#section-6.4.1"""
    check_usages(usages, permitted)
    match format:
        case "raw":
            data = bytes_of(key_data)
        case "jwk":
            jwk = json_web_key_of(key_data)
            check_kty(jwk, "oct")
            data = octets_of(jwk, "k")
            if "alg" in jwk:
                check_member(jwk, "alg", (jwk_alg(normalized_algorithm.name, 8 * len(data)),))
            check_use_key_ops_and_ext(jwk, "enc", extractable, usages)
        case _:
            raise DOMException(
                f"{normalized_algorithm.name} keys have no format {format!r}", "NotSupportedError"
            )
    if 8 * len(data) not in KEY_LENGTHS:
        raise DOMException(
            f"A key of AES has 128, 192 or 256 bits, not {8 * len(data)}", "DataError"
        )
    return new_crypto_key(
        "secret", AesKeyAlgorithm(normalized_algorithm.name, 8 * len(data)), AESKey(data)
    )


def export_aes_key(key: CryptoKey, format: str) -> bytes | JsonWebKey:
    """https://www.rfc-editor.org/rfc/rfc7518#section-6.4"""
    assert isinstance(key._algorithm, AesKeyAlgorithm)
    name, length = key._algorithm
    data: bytes = key._handle.data
    match format:
        case "raw":
            return data
        case "jwk":
            return JsonWebKey(
                kty="oct",
                k=base64url_encode(data),
                alg=jwk_alg(name, length),
                key_ops=list(key._usages),
                ext=key._extractable,
            )
        case _:
            raise DOMException(f"{name} keys have no format {format!r}", "NotSupportedError")


def jwk_alg(name: str, length: int) -> str:
    """The "alg" of an algorithm and a length: "A256GCM" for "AES-GCM" and 256.

    Part of https://w3c.github.io/webcrypto/#jwk-mapping-alg
    """
    return f"A{length}{name.removeprefix('AES-')}"


def get_aes_key_length(normalized_derived_key_algorithm: AesDerivedKeyParams) -> int:
    """Part of https://w3c.github.io/webcrypto/#aes-ctr-operations-get-key-length"""
    check_key_length(normalized_derived_key_algorithm.length)
    return normalized_derived_key_algorithm.length


def check_key_length(length: int) -> None:
    """https://w3c.github.io/webcrypto/#dfn-AesKeyGenParams-length"""
    if length not in KEY_LENGTHS:
        raise DOMException(f"A key of AES has 128, 192 or 256 bits, not {length}", "OperationError")
