"""The CryptoKey interface, pairs of keys, and what keys may be used for.

Web Cryptography: https://w3c.github.io/webcrypto/#cryptokey-interface
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Literal, NamedTuple, TypeAlias

from ..webidl.exceptions import DOMException
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.type_mapping import is_buffer_source
from .key_algorithm_dictionary import AnyKeyAlgorithm

# https://w3c.github.io/webcrypto/#dom-keytype
KeyType: TypeAlias = Literal["public", "private", "secret"]
# https://w3c.github.io/webcrypto/#dom-keyusage
KeyUsage: TypeAlias = Literal[
    "encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"
]

# https://w3c.github.io/webcrypto/#dfn-RecognizedKeyUsage
RECOGNIZED_KEY_USAGE_VALUES: tuple[KeyUsage, ...] = (
    "encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"
)  # fmt: skip


class CryptoKey:
    """A key: what it is, what it may be used for, and, out of sight, its material.

    https://w3c.github.io/webcrypto/#dfn-CryptoKey
    """

    # The standard's internal slots. [[algorithm]] and [[usages]] never change, so that they are
    # their own cached objects. [[handle]] is opaque: what the key's algorithm makes of its
    # material.
    __slots__ = ("__weakref__", "_algorithm", "_extractable", "_handle", "_type", "_usages")

    __init__ = illegal_constructor

    _algorithm: AnyKeyAlgorithm
    _extractable: bool
    _handle: Any
    _type: KeyType
    _usages: tuple[KeyUsage, ...]

    def _serialization_steps(self, for_storage: bool) -> dict[str, Any]:
        from .methods_and_parameters import serialization_steps  # the algorithm knows its material

        return serialization_steps(self, for_storage)

    @staticmethod
    def _deserialization_steps(serialized: dict[str, Any]) -> CryptoKey:
        from .methods_and_parameters import deserialization_steps

        return deserialization_steps(serialized)

    @property
    def type(self) -> KeyType:
        """https://w3c.github.io/webcrypto/#dom-cryptokey-type"""
        return self._type

    @property
    def extractable(self) -> bool:
        """Whether the material may leave the key.

        https://w3c.github.io/webcrypto/#dom-cryptokey-extractable
        """
        return self._extractable

    @property
    def algorithm(self) -> AnyKeyAlgorithm:
        """The algorithm with its parameters, such as `key.algorithm.hash.name`; always the same
        object.

        https://w3c.github.io/webcrypto/#dom-cryptokey-algorithm
        """
        return self._algorithm

    @property
    def usages(self) -> tuple[KeyUsage, ...]:
        """Always the same object.

        https://w3c.github.io/webcrypto/#dom-cryptokey-usages
        """
        return self._usages

    def __repr__(self) -> str:
        return f"<CryptoKey: {self._type}, {self._algorithm!r}>"


class CryptoKeyPair(NamedTuple):
    """https://w3c.github.io/webcrypto/#dfn-CryptoKeyPair"""

    publicKey: CryptoKey
    privateKey: CryptoKey


def new_crypto_key(
    type: KeyType,
    algorithm: AnyKeyAlgorithm,
    handle: object,
    extractable: bool = False,
    usages: Iterable[str] = (),
) -> CryptoKey:
    """A key; one that is imported gets the last two from the method that imports it.

    Part of https://w3c.github.io/webcrypto/#cryptokey-interface-internal-slots
    """
    key: CryptoKey = new(CryptoKey)
    key._type = type
    key._algorithm = algorithm
    key._handle = handle
    key._extractable = extractable
    # DEVIATION: a secret key that is generated would have its usages as they were given, some of
    # them twice.
    key._usages = normalized_value_of_a_usages_list(usages)
    return key


def usage_intersection(a: Collection[str], b: Collection[str]) -> tuple[KeyUsage, ...]:
    """https://w3c.github.io/webcrypto/#concept-usage-intersection"""
    return tuple(usage for usage in RECOGNIZED_KEY_USAGE_VALUES if usage in a and usage in b)


def normalized_value_of_a_usages_list(usages: Iterable[str]) -> tuple[KeyUsage, ...]:
    """Each usage once, in the order of the standard.

    https://w3c.github.io/webcrypto/#concept-normalized-usages
    """
    return usage_intersection(set(usages), RECOGNIZED_KEY_USAGE_VALUES)


def check_usages(usages: Iterable[KeyUsage], permitted: Collection[KeyUsage]) -> None:
    """A "SyntaxError" DOMException if a usage is not permitted for what is to become of the key.

    Part of https://w3c.github.io/webcrypto/#SubtleCrypto-Exceptions
    """
    for usage in usages:
        if usage not in permitted:
            expected = " or ".join(map(repr, permitted)) or "no usage"
            raise DOMException(f"Expected {expected} for this key, not {usage!r}", "SyntaxError")


# ---- conversion ----------------------------------------------------------------------------------


def to_crypto_key(value: object) -> CryptoKey:
    """TypeError if the value is not a CryptoKey.

    Part of https://w3c.github.io/webcrypto/#cryptokey-interface-members
    """
    if not isinstance(value, CryptoKey):
        raise TypeError(f"Expected a CryptoKey, not {type(value).__name__}")
    key: CryptoKey = value
    return key


def to_key_usages(value: object) -> list[KeyUsage]:
    """The usages of an iterable; TypeError if one is unknown.

    Part of https://w3c.github.io/webcrypto/#cryptokey-interface-types
    """
    if isinstance(value, str) or is_buffer_source(value) or not isinstance(value, Iterable):
        raise TypeError(f"Expected a list of usages, not {value!r}")
    return [to_key_usage(usage) for usage in value]


def to_key_usage(value: object) -> KeyUsage:
    """TypeError if the value is not a usage.

    Part of https://w3c.github.io/webcrypto/#cryptokey-interface-types
    """
    for usage in RECOGNIZED_KEY_USAGE_VALUES:
        if usage == value:
            return usage
    raise TypeError(f"Expected a key usage such as 'sign', not {value!r}")
