"""The KeyAlgorithm dictionary and its heirs: what a key says about its algorithm.

Web Cryptography: https://w3c.github.io/webcrypto/#key-algorithm-dictionary

They are immutable, and each can be passed as an algorithm to the methods of SubtleCrypto, as far as
its members go.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class KeyAlgorithm(NamedTuple):
    """https://w3c.github.io/webcrypto/#dfn-KeyAlgorithm"""

    name: str


class RsaHashedKeyAlgorithm(NamedTuple):
    """The length of the modulus in bits, and the exponent as a big-endian integer in as few bytes
    as can be.

    https://w3c.github.io/webcrypto/#dfn-RsaHashedKeyAlgorithm
    """

    name: str
    modulusLength: int
    publicExponent: bytes
    hash: KeyAlgorithm


class EcKeyAlgorithm(NamedTuple):
    """https://w3c.github.io/webcrypto/#dfn-EcKeyAlgorithm"""

    name: str
    namedCurve: str


class AesKeyAlgorithm(NamedTuple):
    """The length of the key in bits.

    https://w3c.github.io/webcrypto/#dfn-AesKeyAlgorithm
    """

    name: str
    length: int


class HmacKeyAlgorithm(NamedTuple):
    """The length of the key in bits.

    https://w3c.github.io/webcrypto/#dfn-HmacKeyAlgorithm
    """

    name: str
    hash: KeyAlgorithm
    length: int


AnyKeyAlgorithm: TypeAlias = (
    "KeyAlgorithm | RsaHashedKeyAlgorithm | EcKeyAlgorithm | AesKeyAlgorithm | HmacKeyAlgorithm"
)
