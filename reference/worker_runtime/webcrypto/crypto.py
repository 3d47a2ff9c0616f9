"""The Crypto interface: random values, and the way to SubtleCrypto.

Web Cryptography: https://w3c.github.io/webcrypto/#crypto-interface
"""

from __future__ import annotations

from typing import TypeVar

from ..html.settings_objects import current_settings_object
from ..webidl.exceptions import DOMException, QuotaExceededError
from ..webidl.interfaces import illegal_constructor, new
from .subtle_crypto import SubtleCrypto

ArrayBufferView = TypeVar("ArrayBufferView")

INTEGER_FORMATS = frozenset("bBhHiIlLqQ")
MOST_RANDOM_BYTES = 65_536


class Crypto:
    """https://w3c.github.io/webcrypto/#dfn-Crypto"""

    __slots__ = ()

    __init__ = illegal_constructor

    @property
    def subtle(self) -> SubtleCrypto:
        """https://w3c.github.io/webcrypto/#dfn-Crypto-attribute-subtle"""
        return subtle

    def getRandomValues(self, array: ArrayBufferView) -> ArrayBufferView:
        """Fill a writable buffer of integers with random bytes, and return it.

        A "TypeMismatchError" DOMException if it is of anything else than integers,
        QuotaExceededError above 65,536 bytes.

        https://w3c.github.io/webcrypto/#dfn-Crypto-method-getRandomValues
        """
        try:
            view = memoryview(array)  # type: ignore[arg-type]
        except ValueError:  # it has been released, as a detached buffer, which has no room
            return array
        with view:
            if view.format not in INTEGER_FORMATS:
                raise DOMException(
                    f"Expected a buffer of integers, not of the format {view.format!r}",
                    "TypeMismatchError",
                )
            if view.nbytes > MOST_RANDOM_BYTES:
                raise QuotaExceededError(
                    f"At most {MOST_RANDOM_BYTES} random bytes at a time, not {view.nbytes}"
                )
            if view.readonly or not view.c_contiguous:
                raise TypeError(
                    f"Expected a buffer that can be written to in one piece, not "
                    f"{type(array).__name__}"
                )
            if view.nbytes:
                with view.cast("B") as room:
                    room[:] = current_settings_object().host.entropy.random_bytes(view.nbytes)
        return array

    def randomUUID(self) -> str:
        """https://w3c.github.io/webcrypto/#dfn-Crypto-method-randomUUID"""
        return generate_a_random_uuid()


def generate_a_random_uuid() -> str:
    """https://w3c.github.io/webcrypto/#dfn-generate-a-random-uuid"""
    bytes = bytearray(current_settings_object().host.entropy.random_bytes(16))
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    hexadecimal = bytes.hex()
    return "-".join(
        [
            hexadecimal[:8],
            hexadecimal[8:12],
            hexadecimal[12:16],
            hexadecimal[16:20],
            hexadecimal[20:],
        ]
    )


# One object serves all scopes: it keeps nothing, and the entropy is that of the scope that runs.
subtle: SubtleCrypto = new(SubtleCrypto)
