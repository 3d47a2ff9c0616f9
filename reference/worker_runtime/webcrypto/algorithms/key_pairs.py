"""What all algorithms with key pairs have in common.

Web Cryptography: https://w3c.github.io/webcrypto/#algorithms
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from ...webidl.exceptions import DOMException
from ..crypto_key import (
    CryptoKey,
    CryptoKeyPair,
    KeyType,
    KeyUsage,
    new_crypto_key,
    usage_intersection,
)
from ..json_web_key import JsonWebKey
from ..key_algorithm_dictionary import AnyKeyAlgorithm


class KeyPairUsages(NamedTuple):
    """What the two keys of a pair may be used for, and the "use" of a JSON Web Key that says so.

    Part of https://w3c.github.io/webcrypto/#keypair
    """

    public: tuple[KeyUsage, ...]
    private: tuple[KeyUsage, ...]
    use: Literal["sig", "enc"]


SIGNATURE = KeyPairUsages(public=("verify",), private=("sign",), use="sig")
ENCRYPTION = KeyPairUsages(
    public=("encrypt", "wrapKey"), private=("decrypt", "unwrapKey"), use="enc"
)
KEY_AGREEMENT = KeyPairUsages(public=(), private=("deriveKey", "deriveBits"), use="enc")


def new_key_pair(
    algorithm: AnyKeyAlgorithm,
    public_handle: object,
    private_handle: object,
    extractable: bool,
    usages: list[KeyUsage],
    key_usages: KeyPairUsages,
) -> CryptoKeyPair:
    """The keys of a pair that was generated: the public one is always extractable.

    https://w3c.github.io/webcrypto/#dfn-CryptoKeyPair-publicKey
    """
    public_usages, private_usages = (
        usage_intersection(usages, permitted) for permitted in key_usages[:2]
    )
    return CryptoKeyPair(
        new_crypto_key("public", algorithm, public_handle, True, public_usages),
        new_crypto_key("private", algorithm, private_handle, extractable, private_usages),
    )


def check_type(key: CryptoKey, type: KeyType) -> None:
    """An "InvalidAccessError" DOMException if the key is not the one of its pair that an operation
    needs.

    Part of https://w3c.github.io/webcrypto/#SubtleCrypto-Exceptions
    """
    if key._type != type:
        raise DOMException(f"This needs a {type} key, not a {key._type} one", "InvalidAccessError")


def with_key_ops_and_ext(jwk: JsonWebKey, key: CryptoKey) -> JsonWebKey:
    """The last two members of a key that is exported.

    https://w3c.github.io/webcrypto/#dom-jsonwebkey-key_ops
    """
    jwk["key_ops"] = list(key._usages)
    jwk["ext"] = key._extractable
    return jwk
