"""SHA-1, the SHA-2 family and the SHA-3 family, which are hashlib's.

Web Cryptography: https://w3c.github.io/webcrypto/#sha
Modern Algorithms: https://wicg.github.io/webcrypto-modern-algos/#sha3
"""

from __future__ import annotations

import hashlib

from ..algorithm_dictionary import Algorithm
from ..key_algorithm_dictionary import KeyAlgorithm
from ..registration import Registration, SupportedOperation

# https://w3c.github.io/webcrypto/#sha-registration and
# https://wicg.github.io/webcrypto-modern-algos/#sha3-registration
HASHLIB_NAMES = {
    "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512",
    "SHA3-256": "sha3_256", "SHA3-384": "sha3_384", "SHA3-512": "sha3_512",
}  # fmt: skip


def digest(normalized_algorithm: Algorithm | KeyAlgorithm, message: bytes) -> bytes:
    """Those of SHA-3 as well.

    https://w3c.github.io/webcrypto/#sha-operations-digest
    Part of https://wicg.github.io/webcrypto-modern-algos/#sha3-operations-digest
    """
    return hashlib.new(HASHLIB_NAMES[normalized_algorithm.name], message).digest()


def block_size(hash: Algorithm | KeyAlgorithm) -> int:
    """The block size of a hash function, in bits.

    Part of https://w3c.github.io/webcrypto/#hmac-operations-generate-key
    """
    return hashlib.new(HASHLIB_NAMES[hash.name]).block_size * 8


REGISTRATION: Registration = {"digest": SupportedOperation(Algorithm, digest)}
