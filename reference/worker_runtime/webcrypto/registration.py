"""Registration: the supported operations of an algorithm, as its section of the standard lists
them.

Web Cryptography: https://w3c.github.io/webcrypto/#algorithm-conventions
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeAlias

from .algorithm_dictionary import Algorithm

# https://w3c.github.io/webcrypto/#algorithm-concepts-operations
Operation: TypeAlias = Literal[
    "encrypt", "decrypt", "sign", "verify", "digest", "deriveBits", "wrapKey", "unwrapKey",
    "generateKey", "importKey", "exportKey", "get key length",
]  # fmt: skip


# To hash more than this takes longer than a millisecond or so; a thread costs a quarter of one.
BYTES_THAT_TAKE_LONG = 1 << 20


def hashing_takes_long(normalized_algorithm: Algorithm, length: int) -> bool:
    """Whether an operation on `length` bytes takes long, if it does little more than hash them.

    Part of https://w3c.github.io/webcrypto/#dfn-crypto-task-source-0
    """
    return length > BYTES_THAT_TAKE_LONG


class SupportedOperation(NamedTuple):
    """A row of the table: the type of its parameters, the steps of the operation, whether they take
    long for a number of bytes, and whether they take long with a key.

    Part of https://w3c.github.io/webcrypto/#algorithm-concepts-operations
    """

    type: type[Algorithm]
    steps: Callable[..., Any]
    takes_long: Callable[[Any, int], bool] = hashing_takes_long
    takes_long_with: Callable[[Any], bool] = lambda key: False


Registration: TypeAlias = dict[Operation, SupportedOperation]
