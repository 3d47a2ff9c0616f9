"""Registration: the supported operations of an algorithm, as its section of the standard lists them.

Web Cryptography: https://w3c.github.io/webcrypto/#algorithm-conventions
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeAlias

from .algorithm_dictionary import Algorithm

# https://w3c.github.io/webcrypto/#algorithm-concepts-operations
Operation: TypeAlias = Literal[
    "encrypt", "decrypt", "sign", "verify", "digest", "deriveBits", "wrapKey", "unwrapKey", "generateKey", "importKey", "exportKey",
    "get key length",
]  # fmt: skip


def more_than_a_mebibyte(normalized_algorithm: Algorithm, length: int) -> bool:
    """What takes long where the work is hashing: a thread costs as much as a third of this.

    https://w3c.github.io/webcrypto/#algorithm-concepts-operations
    """
    return length > 1 << 20


class SupportedOperation(NamedTuple):
    """A row of the table: the type that its parameters are normalized to, the steps of the operation, and whether it takes long.

    Of an operation that takes long on so many bytes the event loop is spared.

    https://w3c.github.io/webcrypto/#supported-operations
    """

    type: type[Algorithm]
    steps: Callable[..., Any]
    takes_long: Callable[[Any, int], bool] = more_than_a_mebibyte


Registration: TypeAlias = dict[Operation, SupportedOperation]
