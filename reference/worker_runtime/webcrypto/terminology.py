"""Terminology: what the operations of several algorithms say in the same words.

Web Cryptography: https://w3c.github.io/webcrypto/#terminology
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..webidl.exceptions import DOMException
from .primitives.der import DERError
from .primitives.key_structures import PrivateKeyInfo, SubjectPublicKeyInfo

T = TypeVar("T")


def byte_sequence_containing(bits: bytes, length: int) -> bytes:
    """The first `length` bits of a byte sequence; the last byte is filled up with zeros.

    Part of https://w3c.github.io/webcrypto/#dfn-byte-sequence-containing
    """
    octets = bytearray(bits[: (length + 7) // 8])
    if length % 8:
        octets[-1] &= 0xFF00 >> length % 8 & 0xFF
    return bytes(octets)


def parse_an_asn1_structure(data: bytes, structure: Callable[[bytes], T]) -> T:
    """The structure is what decodes one; a "DataError" DOMException if all the bytes are not
    exactly that.

    https://w3c.github.io/webcrypto/#concept-parse-an-asn1-structure
    """
    try:
        return structure(data)
    except DERError as error:
        raise DOMException(str(error), "DataError") from None


def parse_a_subject_public_key_info(data: bytes) -> SubjectPublicKeyInfo:
    """https://w3c.github.io/webcrypto/#concept-parse-a-spki"""
    return parse_an_asn1_structure(data, SubjectPublicKeyInfo.decode)


def parse_a_private_key_info(data: bytes) -> PrivateKeyInfo:
    """https://w3c.github.io/webcrypto/#concept-parse-a-privateKeyInfo"""
    return parse_an_asn1_structure(data, PrivateKeyInfo.decode)
