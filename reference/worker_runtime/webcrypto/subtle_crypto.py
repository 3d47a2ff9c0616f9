"""The SubtleCrypto interface: what is done with keys. Subtle, for each method asks for knowledge of
what it does.

Web Cryptography: https://w3c.github.io/webcrypto/#subtlecrypto-interface

The steps of the methods are in methods_and_parameters.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, overload

from ..webidl.interfaces import illegal_constructor
from ..webidl.promises import Promise
from ..webidl.type_mapping import BufferSource
from . import methods_and_parameters as methods
from .algorithm_dictionary import AlgorithmIdentifier
from .crypto_key import CryptoKey, CryptoKeyPair, KeyUsage
from .json_web_key import JsonWebKey
from .methods_and_parameters import KeyFormat, perform


class SubtleCrypto:
    """An algorithm is its name, or a mapping with the name and its parameters: `{"name": "AES-GCM",
    "iv": iv}`.

    All errors are rejections of the promise that a method returns: TypeError, and the DOMExceptions
    "NotSupportedError", "SyntaxError", "InvalidAccessError", "DataError" and "OperationError".

    https://w3c.github.io/webcrypto/#dfn-SubtleCrypto
    """

    __slots__ = ()

    __init__ = illegal_constructor

    def encrypt(
        self, algorithm: AlgorithmIdentifier, key: CryptoKey, data: BufferSource
    ) -> Promise[bytes]:
        """https://w3c.github.io/webcrypto/#dfn-SubtleCrypto-method-encrypt"""
        return perform(methods.encrypt(algorithm, key, data))

    def decrypt(
        self, algorithm: AlgorithmIdentifier, key: CryptoKey, data: BufferSource
    ) -> Promise[bytes]:
        """https://w3c.github.io/webcrypto/#dfn-SubtleCrypto-method-decrypt"""
        return perform(methods.decrypt(algorithm, key, data))

    def sign(
        self, algorithm: AlgorithmIdentifier, key: CryptoKey, data: BufferSource
    ) -> Promise[bytes]:
        """https://w3c.github.io/webcrypto/#dfn-SubtleCrypto-method-sign"""
        return perform(methods.sign(algorithm, key, data))

    def verify(
        self,
        algorithm: AlgorithmIdentifier,
        key: CryptoKey,
        signature: BufferSource,
        data: BufferSource,
    ) -> Promise[bool]:
        """Whether the signature is the one of that data by that key.

        https://w3c.github.io/webcrypto/#dfn-SubtleCrypto-method-verify
        """
        return perform(methods.verify(algorithm, key, signature, data))

    def digest(self, algorithm: AlgorithmIdentifier, data: BufferSource) -> Promise[bytes]:
        """By "SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384" or "SHA3-512".

        https://w3c.github.io/webcrypto/#dfn-SubtleCrypto-method-digest
        """
        return perform(methods.digest(algorithm, data))

    def generateKey(
        self, algorithm: AlgorithmIdentifier, extractable: bool, keyUsages: Iterable[KeyUsage]
    ) -> Promise[CryptoKey | CryptoKeyPair]:
        """A key, or a pair of them.

        https://w3c.github.io/webcrypto/#dfn-SubtleCrypto-method-generateKey
        """
        return perform(methods.generate_key(algorithm, extractable, keyUsages))

    def deriveKey(
        self,
        algorithm: AlgorithmIdentifier,
        baseKey: CryptoKey,
        derivedKeyType: AlgorithmIdentifier,
        extractable: bool,
        keyUsages: Iterable[KeyUsage],
    ) -> Promise[CryptoKey]:
        """https://w3c.github.io/webcrypto/#dfn-SubtleCrypto-method-deriveKey"""
        return perform(
            methods.derive_key(algorithm, baseKey, derivedKeyType, extractable, keyUsages)
        )

    def deriveBits(
        self, algorithm: AlgorithmIdentifier, baseKey: CryptoKey, length: int | None = None
    ) -> Promise[bytes]:
        """As many bits as are asked for; without a length all of them, where the algorithm knows
        how many.

        https://w3c.github.io/webcrypto/#dfn-SubtleCrypto-method-deriveBits
        """
        return perform(methods.derive_bits(algorithm, baseKey, length))

    def importKey(
        self,
        format: KeyFormat,
        keyData: BufferSource | JsonWebKey,
        algorithm: AlgorithmIdentifier,
        extractable: bool,
        keyUsages: Iterable[KeyUsage],
    ) -> Promise[CryptoKey]:
        """A key from a mapping, if the format is "jwk", or else from a buffer.

        https://w3c.github.io/webcrypto/#dfn-SubtleCrypto-method-importKey
        """
        return perform(methods.import_key(format, keyData, algorithm, extractable, keyUsages))

    @overload
    def exportKey(self, format: Literal["jwk"], key: CryptoKey) -> Promise[JsonWebKey]: ...
    @overload
    def exportKey(
        self, format: Literal["raw", "pkcs8", "spki"], key: CryptoKey
    ) -> Promise[bytes]: ...
    def exportKey(self, format: KeyFormat, key: CryptoKey) -> Promise[Any]:
        """A dict, if the format is "jwk", or else bytes.

        https://w3c.github.io/webcrypto/#dfn-SubtleCrypto-method-exportKey
        """
        return perform(methods.export_key(format, key))

    def wrapKey(
        self,
        format: KeyFormat,
        key: CryptoKey,
        wrappingKey: CryptoKey,
        wrapAlgorithm: AlgorithmIdentifier,
    ) -> Promise[bytes]:
        """Export a key, and encrypt what it is.

        https://w3c.github.io/webcrypto/#dfn-SubtleCrypto-method-wrapKey
        """
        return perform(methods.wrap_key(format, key, wrappingKey, wrapAlgorithm))

    def unwrapKey(
        self,
        format: KeyFormat,
        wrappedKey: BufferSource,
        unwrappingKey: CryptoKey,
        unwrapAlgorithm: AlgorithmIdentifier,
        unwrappedKeyAlgorithm: AlgorithmIdentifier,
        extractable: bool,
        keyUsages: Iterable[KeyUsage],
    ) -> Promise[CryptoKey]:
        """Decrypt what a key is, and import it.

        https://w3c.github.io/webcrypto/#dfn-SubtleCrypto-method-unwrapKey
        """
        method = methods.unwrap_key(
            format,
            wrappedKey,
            unwrappingKey,
            unwrapAlgorithm,
            unwrappedKeyAlgorithm,
            extractable,
            keyUsages,
        )
        return perform(method)
